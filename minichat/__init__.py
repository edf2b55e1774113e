"""minichat: a multi-user TCP chat on a hand-written reactor.

The README shows the whole program; minichat/README.md has the house and its reading order.
"""

import sys

__version__ = "1.0.0"

# This file is loaded before any other, and every Python since 2.7 can read it.
if sys.version_info < (3, 9):  # noqa: UP036 (pip looks at python_requires, `python3.8 -m` does not)
    sys.exit(
        "minichat: precisa do Python 3.9 ou mais novo; needs Python 3.9 or newer (this is {}.{})".format(
            *sys.version_info[:2]
        )
    )
