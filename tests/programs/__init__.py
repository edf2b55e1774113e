"""Tests of the programs, as processes of their own."""
