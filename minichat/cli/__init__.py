"""The command line: what a program is asked there, and what it says there."""
