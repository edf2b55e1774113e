"""Run one of the servers that the grader is tried on.

    python3 tests/scripts/graded/faulty.py NAME [PORT]
    python3 tests/scripts/graded/faulty.py             prints the names, and the cases that must fail
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # this folder must not hide a module of the standard library

from tests.scripts.graded import dialects, faults_of_life, faults_of_lines, faults_of_rules, starts  # noqa: E402, F401
from tests.scripts.graded.table import DIALECTS, FAULTS, MAY, ODD, SERVERS, UNGRADABLE  # noqa: E402

__all__ = ["DIALECTS", "FAULTS", "MAY", "ODD", "SERVERS", "UNGRADABLE"]


def main() -> None:
    """Run the server that is named."""
    if sys.argv[1:]:
        SERVERS[sys.argv[1]](int(sys.argv[2]) if sys.argv[2:] else 0).run()
    else:
        for name in SERVERS:
            print(f"{name:24}", *sorted(FAULTS[name]))


if __name__ == "__main__":
    main()
