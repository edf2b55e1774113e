"""The exercises, and the checks of a student's tree."""
