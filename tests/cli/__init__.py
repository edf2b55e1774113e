"""Tests of what a program is asked and says on a command line."""
