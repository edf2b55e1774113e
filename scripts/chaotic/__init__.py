"""The parts of the chaos run: its people, their connections, and the judge."""
