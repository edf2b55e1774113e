"""Tests of the loop and its connections: socket pairs and a clock of their own."""
