"""Tests of what stands in scripts/."""

from __future__ import annotations

import os
import unittest
from typing import Optional


def load_tests(loader: unittest.TestLoader, standard: unittest.TestSuite, pattern: Optional[str]) -> unittest.TestSuite:
    """Load all tests of this folder, or none where the gate asks for minichat alone."""
    if os.environ.get("TESTS_OF_MINICHAT_ALONE"):
        return unittest.TestSuite()
    folder = os.path.dirname(__file__)
    top = os.path.dirname(os.path.dirname(folder))
    return unittest.TestSuite([standard, loader.discover(folder, pattern or "test*.py", top)])
