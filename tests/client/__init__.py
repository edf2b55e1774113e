"""Tests of the client's parts; the whole client is under programs."""
