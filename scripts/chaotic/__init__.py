"""The parts of the chaos run: who talks, over what, and how it is judged."""
