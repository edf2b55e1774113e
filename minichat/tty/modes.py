"""The modes of a terminal: which of them the row needs, and how to undo what a dead program left on.

A program that was killed can leave a terminal in a state in which it reports
the mouse, sends other bytes for the same keys or scrolls only a part of the
screen.  Nothing here is printed by a terminal that does not know it, except by
consoles that are very old; so the row is erased after it.

Sources: "XTerm Control Sequences"; "Comprehensive keyboard handling in terminals"
(kitty); console_codes(4); ECMA-48.
"""

from __future__ import annotations

PASTE_ON, PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"  # bracketed paste: the terminal marks a paste
WRAP_ON, WRAP_OFF = "\x1b[?7h", "\x1b[?7l"
SAVE, RESTORE = "\x1b7", "\x1b8"  # the place of the cursor
ERASE = "\r\x1b[K"  # this row
ERASE_BELOW = "\r\x1b[J"  # this row and all below; some terminals keep the erased text in their scrollback
CLEAR = "\x1b[H\x1b[2J"
WHERE = "\x1b[6n"  # asks for the place of the cursor, which comes as a key: ESC [ row ; column R

# The answer to each of these modes would come as keys, or keys would come otherwise.
_REPORTING = (9, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1015, 1016)  # the mouse; 1004: the focus
_KEYS = (1, 66, 9001)  # cursor keys and number pad for applications, the keys of Windows
_UNDO = (
    f"\x1b[?{';'.join(map(str, (*_REPORTING, *_KEYS)))}l"
    "\x1b>"  # the number pad sends digits
    "\x1b[4;20l"  # no insert mode; ENTER sends one byte
    "\x1b[>4;0m"  # no modifyOtherKeys
    "\x1b[=0u"  # no keys in kitty's way
    "\x1b[r"  # the whole screen scrolls
)
# The last ones move the cursor on some terminals, so its place is kept.  Colours,
# a hidden cursor and letters drawn as lines come after that, for they are kept with the place.
CLEAN = f"{SAVE}{_UNDO}{RESTORE}\x1b[m\x1b[?25h\x1b(B\x0f{ERASE}"

TITLE_BYTES = 200  # of a title; no window shows more
_SAVE_TITLE, _RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"


def titled(text: str, is_first: bool) -> str:
    """Return what sets the title of the window; ``text`` must be safe.

    The first time, the title from before is kept; an empty text puts it back.
    """
    set_title = f"\x1b]2;{text.encode()[:TITLE_BYTES].decode('utf-8', 'ignore')}\x07"
    if not text:  # a terminal that keeps no titles shows none then, instead of an old one of ours
        return set_title + _RESTORE_TITLE
    return _SAVE_TITLE + set_title if is_first else set_title
