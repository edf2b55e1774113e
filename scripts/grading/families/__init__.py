"""The cases of the grader, a module for each family."""
