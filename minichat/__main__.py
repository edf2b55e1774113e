"""``python3 -m minichat server`` and ``python3 -m minichat client``."""

from __future__ import annotations

import importlib
import sys


def main() -> int:
    """Run the program that the first argument names, with the other arguments; return its exit status."""
    program = sys.argv[1] if len(sys.argv) > 1 else ""
    if program not in ("server", "client"):
        print("python3 -m minichat server|client [--help]", file=sys.stderr)
        return 2
    del sys.argv[1]
    # Only the program that is named is imported: a server needs no keyboard.
    module = importlib.import_module(f"minichat.{program}.__main__")
    return int(module.main())


if __name__ == "__main__":
    sys.exit(main())
