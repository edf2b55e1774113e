"""Text that is safe on a terminal: it cannot control the screen.

All text from a server or another person passes through here before it reaches a
terminal.  So it cannot move the cursor, change the title or turn the direction
of the text.  This module knows characters; it knows no terminal.
"""

from __future__ import annotations

import re

# Controls (C0, DEL, C1), line and paragraph separators, bidi embeddings,
# overrides and isolates (CVE-2021-42574), and surrogates, which no terminal can read.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
TAB_COLUMNS = 8


def displayable(text: str) -> str:
    r"""Return ``text`` with TAB as spaces and every unsafe character as a visible escape.

    >>> displayable("a\x1b[2J\tb")
    'a\\x1b[2J        b'
    """
    if text.isprintable():
        return text
    return _UNSAFE.sub(_visible, text.replace("\t", " " * TAB_COLUMNS))


def typeable(text: str) -> str:
    r"""Return ``text`` without its unsafe characters; TAB stays, and what separates words becomes a space.

    >>> typeable("a\x1b\tb\x0cc")
    'a\tb c'
    """
    return text if text.isprintable() else _UNSAFE.sub(_typed, text)


def _typed(found: re.Match[str]) -> str:
    if found[0] == "\t":
        return "\t"
    return " " if found[0].isspace() else ""


def _visible(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
