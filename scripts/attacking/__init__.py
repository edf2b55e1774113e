"""The parts of scripts/attacks.py: the attacks, who is attacked, and the verdict."""
