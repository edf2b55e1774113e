"""Tests of the keyboard and the screen."""
