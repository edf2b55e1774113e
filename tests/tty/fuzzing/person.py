"""What a person types and what a terminal sends by itself, as bytes.

The characters of reports and of long pastes are never among those that a person
types, so a single one of them in a line that goes out gives a mistake away.
"""

from __future__ import annotations

import random
import re
from typing import Dict, List, Tuple

# A string for each thing that people see as one character.  No yes is among them.
LETTERS = [
    *"acdfijklnopqvwxz", *"ãçéíôü", "e\u0301", "o\u0302\u0323", *"日本語한", *"سبم", *"של", "नि", "कु", "ก้", "வ", "க",
    "👍🏽", "👨\u200d👩\u200d👧", "🇧🇷", "🙂", "❤\ufe0f", *",.'",
]  # fmt: skip
SPACE = " "
TYPED = "".join(LETTERS) + SPACE + "@li!"  # all code points that may go out; @lia and @lina complete

SEPARATORS = [SPACE, SPACE, "\u2028", "\u2029", "\x0b", "\x0c", "\x85"]
UNWANTED = ["\x07", "\x01", "\x1b", "\x7f", "\u202e", "\u2066", "\x9b"]

ENTERS = [
    b"\r", b"\r", b"\r", b"\n", b"\x1bOM", b"\x1b[13u", b"\x1b[13;1u", b"\x1b[13;1:1u\x1b[13;1:3u", b"\x1b[57414u",
    b"\x1b[13;2u", b"\x1b[27;2;13~", b"\x1b\r",
]  # fmt: skip
MOVES: Dict[str, List[bytes]] = {
    "left": [b"\x1b[D", b"\x1bOD", b"\x02", b"\x1b[98;5u", b"\x1b[27;5;98~", b"\x1b[1;1:1D\x1b[1;1:3D"],
    "right": [b"\x1b[C", b"\x1bOC", b"\x06", b"\x1b[102;5u", b"\x1b[27;5;102~", b"\x1b[1;1:2C"],
    "home": [b"\x1b[H", b"\x1bOH", b"\x1b[1~", b"\x1b[7~", b"\x01", b"\x1b[97;5u"],
    "end": [b"\x1b[F", b"\x1bOF", b"\x1b[4~", b"\x1b[8~", b"\x05", b"\x1b[101;5:1u\x1b[101;5:3u"],
}
ERASERS: Dict[str, List[bytes]] = {
    "backspace": [b"\x7f", b"\x08", b"\x1b[127u", b"\x1b[27;5;104~"],
    "delete": [b"\x1b[3~", b"\x1b[3;1:1~\x1b[3;1:3~"],
    "kill-right": [b"\x0b", b"\x1b[107;5u"],
    "kill-left": [b"\x15", b"\x1b[117;5u"],
}
# Keys that the model does not follow: what is on the row is then unknown, but nothing goes out.
VAGUE = [
    b"\x1b[A", b"\x1bOA", b"\x10", b"\x1b[B", b"\x1bOB", b"\x0e", b"\x17", b"\x19", b"\x1bb", b"\x1bf", b"\x1bd",
    b"\x1b\x7f", b"\x1b\x08", b"\x1b[1;5C", b"\x1b[1;5D", b"\x1b[1;3C", b"\x1b[3;5~", b"\x1bOc", b"\x1bOd", b"\x09",
    b"\x1b[Z", b"\x1b\x1b[C", b"\x1b\x1b[3~", b"@li\x09", b"\x1f", b"\x14", b"\x1b[119;5u", b"\x1b[27;5;121~",
]  # fmt: skip
# Keys that do nothing here.
IDLE = [
    b"\x1bOP", b"\x1bOS", b"\x1b[11~", b"\x1b[15~", b"\x1b[24~", b"\x1b[[A", b"\x1b[[E", b"\x1b[23^", b"\x1b[24$",
    b"\x1b[25@", b"\x1b[1;5P", b"\x1b[1;2S", b"\x1b[15;5~", b"\x1b[2~", b"\x1b[5~", b"\x1b[6~", b"\x1b[6^", b"\x1b[E",
    b"\x1bq", b"\x1bz", b"\x00", b"\x1c", b"\x0c", b"\x1a", b"\x1b\xc3\xa9", b"\x1b\xe6\x97\xa5",
    b"\x1b[57376u", b"\x1b[57441;2u", b"\x1b[97;1:3u", b"\x1b[13;1:3u", b"\x1b[1;1:3D", b"\x1b[3;1:3~",
    b"\x1b[115;1:3u",
]  # fmt: skip
CHARACTER_FORMS = ["\x1b[{0}u", "\x1b[{0};1:1u", "\x1b[{0};;{0}u", "\x1b[27;1;{0}~"]
# Alt and a character that also begins a report.
ALTS = [b"\x1bP", b"\x1b]", b"\x1b_", b"\x1b^", b"\x1bX", b"\x1b[", b"\x1bO"]
# What a terminal says by itself: when it gets or loses the focus, or as an answer to another program.
REPORTS = [
    b"\x1b[I", b"\x1b[O", b"\x1b[?62;22;52c", b"\x1b[>41;370;0c", b"\x1b[12;40R", b"\x1b[0n", b"\x1b[8;24;80t",
    b"\x1b[?2026;2$y", b"\x1b[?1u", b"\x1b]11;rgb:0000/0000/1E1E\x07", b"\x1b]10;rgb:FFFF/FFFF/FFFF\x1b\\",
    b"\x1b]52;c;QUIT\x1b\\", b"\x1bP>|XTERM(370)\x1b\\", b"\x1bP1$r0m\x1b\\", b"\x1b_Gi=31;OK\x1b\\",
    b"\x1b]l\xc3\x9cRGB\x1b\\", b"\x1b]L/QUIT\x07",
]  # fmt: skip
# In its oldest form, three bytes of any value follow the announcement of a mouse event.
MOUSE_BYTES = b" !#@MGBR019[];<>~\r\n\x03\x04\x1b\x7f\x80\x8d\x9b\xa0\xff"
RAW = b"\x1b[M"  # begins what is known even after a silence in its middle
NO_REPORT = "a"  # no report goes on with it after such an Alt
NOES = ["n", "nao", "não", "no", "N", "NAO"]
UNCLEAR = ["", "nunca", "sei", "si", "ss", "sim, sim", "s!", "/SIM", "y n"]
YESES = ["s", "S", "y", "sim", "SIM", "yes", "Sim"]
PASTE_BEGIN, PASTE_END = b"\x1b[200~", b"\x1b[201~"
JUNK = [
    b"\r", b"\n", b"\r\n", b"/QUIT\r", b"S\r", b"\x03", b"\x04", b"\x1b", b"\x1b[", b"\x1b[201", b"201~", b"[201~",
    b"\x1b[200~", b"\x1b[M \r\r", b"\x1bOM", b"\x1b\r", b"\x1b]11;", b"\x07", b"\x9b201~", b"\xc3", b"\x1b[2\x1b[20",
    "É".encode(), b"XYZ", b"\t", b"\x7f", bytes(range(256)), b"\x1b[201;1~", b"\x1b[0201~", b"\x1b[201\x1b",
]  # fmt: skip


SOUP = [
    *JUNK, *REPORTS, *VAGUE, *IDLE, *ALTS, *ENTERS, b"\x1b", b"\x1b", b"O", b"M", b"~", b";", b"1", b"200", b"u", b"a",
    b"s", b"\x14",
    b"\xf0\x9f", b"\x91\x8d", b"\xcc\x81", b"\xe2\x80\x8d", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xe2\x80\xa8",
    b"\x03", b"\x9c",
    PASTE_BEGIN, PASTE_END, "é日".encode(), b"\x12", b"\x1f",
]  # fmt: skip
# Ends all that may have begun: a mouse event, a character, a report, a paste.
SOUP_END = b"aaaaaa\x07" + PASTE_END + b"\x07a"
NUMBER_PAD = b"0123456789*+,-./= "  # characters that its keys type
_ENTER = re.compile(rb"\r|\n|M|13[0-9;:]*[u~]|57414|10[69]|7[47]")  # wherever it stands


def soup(chance: random.Random) -> bytes:
    """Pieces of keys and reports, or bytes of any value, in any order."""
    if chance.random() < 0.5:
        return b"".join(chance.choices(SOUP, k=chance.randint(1, 12)))
    return bytes(chance.choices(range(256), k=chance.randint(1, 30)))


def enters_at_most(data: bytes) -> int:
    """How often ENTER may have been pressed in ``data``."""
    return len(_ENTER.findall(data))


def yeses_at_most(data: bytes) -> int:
    """How often yes may have been said in ``data``."""
    return sum(map(data.count, (b"s", b"S", b"y", b"Y")))


def word(chance: random.Random) -> List[str]:
    """Some characters that a person types in one go."""
    return [chance.choice(LETTERS) if chance.random() < 0.85 else SPACE for _ in range(chance.randint(1, 6))]


def as_keys(chance: random.Random, characters: List[str]) -> bytes:
    """The same as a terminal sends it that reports every key, also when it is released."""
    keys = b""
    for character in characters:
        if len(character) > 1:
            keys += character.encode()
            continue
        form, release = chance.choice(CHARACTER_FORMS), chance.choice(("", "\x1b[{0};1:3u"))
        keys += (form + release).format(ord(character)).encode()
    return keys


def disguised(chance: random.Random, characters: List[str]) -> bytes:
    """The same with other separators for its spaces and with what never gets into a row."""
    parts = [chance.choice(SEPARATORS) if character == SPACE else character for character in characters]
    parts.insert(chance.randint(0, len(parts)), chance.choice(("", *UNWANTED)))
    return "".join(parts).encode()


def mouse(chance: random.Random) -> bytes:
    """A mouse event in one of its forms."""
    x, y = chance.randint(1, 300), chance.randint(1, 90)
    raw = bytes(chance.choices(MOUSE_BYTES, k=6))
    last = chance.choice((b"", b"\xc5"))
    return chance.choice((
        b"\x1b[M" + raw[: 3 - len(last)] + last, b"\x1b[t" + raw[:2], b"\x1b[T" + raw,
        f"\x1b[<{chance.choice((0, 2, 35, 64))};{x};{y}{chance.choice('Mm')}".encode(),
        f"\x1b[{chance.choice((32, 35, 96))};{x};{y}M".encode(),
    ))  # fmt: skip


def junk_paste(chance: random.Random, mark: str) -> bytes:
    """A paste of at least two lines that holds anything but its end."""
    parts = chance.choices(JUNK, k=chance.randint(0, 8))
    text = mark.encode() + b"\n" + mark.encode() + b"".join(parts)
    while PASTE_END in text:
        text = text.replace(PASTE_END, b"")
    return text


def lines_paste(chance: random.Random) -> Tuple[bytes, str]:
    """A paste of plain lines, and what it means."""
    lines = [["a", *word(chance)] for _ in range(chance.randint(2, 4))]
    glue = chance.choice((b"\r", b"\n", b"\r\n"))
    data = glue.join(disguised(chance, line) for line in lines) + glue * chance.randint(0, 1)
    return data, "\n".join(map("".join, lines))
