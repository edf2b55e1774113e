"""What the sequences of keyboards mean: their tables, and the one way to read them.

A key with modifiers means what the plain bytes of that key mean, whichever of
the newer ways a terminal has to send it.  A report of the terminal is no key.
This module knows whole sequences; it does not know how they are cut.

Sources: "XTerm Control Sequences", sections "PC-Style Function Keys",
"VT220-Style Function Keys" and modifyOtherKeys; "Comprehensive keyboard handling
in terminals" (kitty); rxvt(7).
"""

from __future__ import annotations

from typing import Dict, List, NamedTuple


class Key(NamedTuple):
    """One key: its name, and the text of the keys "text", "paste" and "paste-dropped".

    The lines of a paste are separated by newlines, whatever the terminal sent.
    """

    name: str
    text: str = ""


NOTHING = Key("")  # a report, a key that is released, a key without a meaning here

CONTROL: Dict[int, str] = {code: f"ctrl-{chr(code + 96)}" for code in range(1, 27)}
CONTROL.update({0x08: "backspace", 0x09: "tab", 0x0A: "enter", 0x0D: "enter", 0x1F: "ctrl-_", 0x7F: "backspace"})

# The keys after ESC alone: Alt and the key.
ALT: Dict[int, str] = {
    ord("b"): "word-left", ord("f"): "word-right", ord("d"): "kill-word",
    0x08: "kill-word-left", 0x7F: "kill-word-left",
}  # fmt: skip

# After ESC [ and after ESC O come two tables, not one: ESC O M is the ENTER of the
# number pad, ESC [ M announces a mouse event; ESC [ O tells that the focus is lost.
_ARROWS = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end"}
_AFTER_BRACKET = {**_ARROWS, "Z": "back-tab", "a": "up", "b": "down", "c": "right", "d": "left"}  # small: Shift of rxvt
_AFTER_O = {**_ARROWS, "M": "enter", "I": "tab"}
_AFTER_O_CONTROL = {"c": "word-right", "d": "word-left"}  # Ctrl of rxvt
_NUMBER_PAD = {"X": "=", "j": "*", "k": "+", "l": ",", "m": "-", "n": ".", "o": "/", " ": " "}
_NUMBER_PAD.update({chr(ord("p") + digit): str(digit) for digit in range(10)})
# The second halves of arrows and of F1 to F4.  If one comes late it does nothing: in an
# answer, the S of F4 would be a yes.
LATE_AFTER_O = b"ABCDFHMPQRS"
_NUMBERED = {1: "home", 7: "home", 4: "end", 8: "end", 3: "delete"}  # before ~, from the VT220
_RXVT = {"^": 4, "$": 1, "@": 5}  # these in place of ~: Ctrl, Shift, both

# The reports of a terminal, which begin with ESC and one of these characters and
# end with BEL or ESC \: how each of them goes on.  With anything else the two are
# a key with Alt.  After ESC X and ESC ^ no terminal reports anything.
REPORTS: Dict[int, bytes] = {ord("]"): b"0123456789lLI", ord("P"): b"0123456789!<=>?", ord("_"): b"G"}

# Raw bytes that follow these beginnings: mouse events in their oldest forms, and F1 to F5 of Linux.
RAW_AFTER_BRACKET = {b"M": 3, b"t": 2, b"T": 6, b"[": 1}

_SHIFT, _ALT, _CTRL, _OTHERS = 1, 2, 4, 8 | 16 | 32  # Caps Lock (64) and Num Lock (128) change nothing
_RELEASED = 3
_WITH_CTRL = {"left": "word-left", "right": "word-right", "delete": "kill-word"}  # or with Alt

# What Ctrl makes of a key that is no letter, on the keyboards of all terminals.
_CTRL_BYTES = {
    **dict.fromkeys("@ 2", 0x00), **dict.fromkeys("[3", 0x1B), **dict.fromkeys("\\4", 0x1C),
    **dict.fromkeys("]5", 0x1D), **dict.fromkeys("^6~", 0x1E), **dict.fromkeys("_7/-", 0x1F),
    **dict.fromkeys("8?", 0x7F),
    "\r": 0x0D, "\t": 0x09, "\x1b": 0x1B, "\x7f": 0x08, "\x08": 0x08,
}  # fmt: skip

_UNSEEN = {"\r": "enter", "\t": "tab", "\x1b": "escape", "\x7f": "backspace", "\x08": "backspace"}

# Keys of kitty that have no character: their numbers are from a private range of Unicode.
_PRIVATE = range(57344, 63744)
_KITTY_TEXTS: Dict[int, str] = dict(zip(range(57399, 57417), [*"0123456789./*-+", "", "=", ","]))
_KITTY_NAMES = {
    57414: "enter", 57417: "left", 57418: "right", 57419: "up", 57420: "down",
    57423: "home", 57424: "end", 57426: "delete",
}  # fmt: skip


def after_bracket(sequence: bytes, has_alt: bool = False) -> Key:
    r"""Return the key of the whole sequence after ESC [.

    >>> after_bracket(b"A"), after_bracket(b"99;5u"), after_bracket(b"<0;3;4M")
    (Key(name='up', text=''), Key(name='ctrl-c', text=''), Key(name='', text=''))
    """
    parameters, final = sequence[:-1].decode("ascii"), chr(sequence[-1])
    if parameters.strip("0123456789;:"):
        return NOTHING  # such as < = > ?, which begin reports
    fields = [[_number(part) for part in field.split(":")] for field in parameters.split(";")]
    first, modifiers = fields[0][0], _modifiers(fields[1:2], has_alt)
    if final == "u":
        return _of_code(fields[0], modifiers, [code for field in fields[2:3] for code in field])
    if final == "~":
        if first == 27 and len(fields) == 3:  # modifyOtherKeys
            return _of_code(fields[2], modifiers, [])
        return _modified(_NUMBERED.get(first, ""), modifiers)
    if final in _RXVT:
        return _modified(_NUMBERED.get(first, ""), modifiers | _RXVT[final])
    return _modified(_AFTER_BRACKET.get(final, ""), modifiers) if first in (0, 1) else NOTHING


def after_o(sequence: bytes, has_alt: bool = False) -> Key:
    """Return the key of the whole sequence after ESC O."""
    parameters, final = sequence[:-1].decode("ascii"), chr(sequence[-1])
    last = parameters.rpartition(";")[2]
    modifiers = _modifiers([[_number(last)]], has_alt)
    if final in _NUMBER_PAD:
        return NOTHING if modifiers & (_ALT | _CTRL | _OTHERS) else Key("text", _NUMBER_PAD[final])
    return Key(_AFTER_O_CONTROL[final]) if final in _AFTER_O_CONTROL else _modified(_AFTER_O.get(final, ""), modifiers)


def _number(text: str) -> int:
    return int(text[:9]) if text else 0


def _modifiers(field: List[List[int]], has_alt: bool) -> int:
    """Return the bits of the modifiers, from the field that also tells press from release."""
    number, event = [*(field[0] if field else []), 0, 0][:2]
    if event == _RELEASED:
        return _OTHERS  # no key here has such a modifier
    return (max(number, 1) - 1) | (_ALT if has_alt else 0)


def _modified(name: str, modifiers: int) -> Key:
    """Return a named key under modifiers."""
    if modifiers & _OTHERS:
        return NOTHING
    if modifiers & (_CTRL | _ALT):
        return Key(name if name in ("enter", "tab", "back-tab") else _WITH_CTRL.get(name, ""))
    return Key(name)


def _of_code(codes: List[int], modifiers: int, text: List[int]) -> Key:
    """Return the key with the character ``codes[0]``.

    ``codes[1]`` is the character with Shift, ``codes[2]`` the one on a Latin
    keyboard, ``text`` what the key types; each can be missing.
    """
    if modifiers & _OTHERS:
        return NOTHING
    code, shifted, latin = [*codes, 0, 0][:3]
    if code in _KITTY_NAMES:
        return _modified(_KITTY_NAMES[code], modifiers)
    if modifiers & _CTRL:
        return _control(latin if code > 0x7F and latin else code, modifiers)
    character = _character(code, shifted, modifiers)
    if modifiers & _ALT:
        name = ALT.get(ord(character), "") if character else ""
        return Key(name or _plain(character, modifiers))
    typed = "".join(map(_typed, text)) or _typed(ord(character) if character else 0)
    return Key("text", typed) if typed else Key(_plain(character, modifiers))


def _control(code: int, modifiers: int) -> Key:
    """Return the key that Ctrl and a character mean."""
    letter = chr(code) if code < 0x80 else ""
    byte = ord(letter) & 0x1F if letter.isalpha() else _CTRL_BYTES.get(letter, 0)
    if byte == 0x1B:
        return Key("escape")
    if byte == 0x09 and modifiers & _SHIFT and letter == "\t":
        return Key("back-tab")
    name = CONTROL.get(byte, "")
    return Key(ALT.get(byte, name) if modifiers & _ALT else name)


def _character(code: int, shifted: int, modifiers: int) -> str:
    """Return the character of a key, with Shift if it is pressed; "" if it has none."""
    if code in _PRIVATE:
        return _KITTY_TEXTS.get(code, "")
    if modifiers & _SHIFT and shifted:
        code = shifted
    if not 0 < code <= 0x10FFFF:
        return ""
    upper = chr(code).upper()
    return upper if modifiers & _SHIFT and len(upper) == 1 else chr(code)


def _typed(code: int) -> str:
    """Return the character if it is one that can stand in a row, else ""."""
    is_control = code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000
    return "" if is_control or code > 0x10FFFF else chr(code)


def _plain(character: str, modifiers: int) -> str:
    """Return the name of a key that types nothing."""
    if character == "\t" and modifiers & _SHIFT:
        return "back-tab"
    return _UNSEEN.get(character, "")
