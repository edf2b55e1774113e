"""The parts of scripts/grade.py: a grader for any server of the assignment."""
