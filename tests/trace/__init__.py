"""Tests of the trace: how it is written, checked and shown."""
