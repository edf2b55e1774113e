"""Tests of minichat/web."""
