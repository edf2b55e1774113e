"""Tests of the server, driven turn by turn in this process."""
