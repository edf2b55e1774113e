r"""From the bytes of a keyboard to keys: characters, control keys, sequences, pastes.

A terminal sends a key as one byte, as some bytes of UTF-8 or as an escape
sequence, and a read may end anywhere inside.  So this is a state machine: it
takes bytes in any pieces and returns the keys that are complete.  It knows no
terminal and no text; the editor decides what a key does.

Invariants: the same bytes give the same keys, wherever a read cuts them (only
text may come in several pieces); an unknown sequence gives no key; the bytes
that wait are bounded.
"""

from __future__ import annotations

import codecs
import re
from typing import Callable, List, Optional

from minichat.tty import keynames
from minichat.tty.keynames import Key as Key  # of the keys that the parser returns
from minichat.tty.paste import END, Paste

PASTE_BYTES = 1 << 20  # of one paste; a longer one is a file, and files go through a pipe
SEQUENCE_BYTES = 64  # of one sequence; those of all known keyboards are much shorter

# How long to wait for the rest of a key after ESC, or ESC and one character.  The wait is short: the bytes
# of one key come together, even over a network, and a person types two keys more slowly.  What has more
# bytes is no typing and ends by itself, so it is never given up: its rest would be taken for typing.
ESCAPE_SECONDS = 0.25
SEQUENCE_SECONDS = 1.0  # after ESC [, with which most sequences begin, and which people do not type
LATE_SECONDS = 3.0  # after ESC O was given up: the second half of an arrow or of F1 to F4 may still come

_ESCAPE = 0x1B
_PASTE_BEGIN = b"\x1b[200~"

# Ctrl-C, pressed and perhaps released, in all its forms: a paste may hold it among other bytes.
_KEYS_ALONE = re.compile(rb"(\x03|\x1b\[[0-9:;]+[u~])+")


class KeyParser:
    r"""Bytes in, keys out.

    >>> parser = KeyParser()
    >>> parser.feed(b"a\xc3"), parser.feed(b"\xa7\x1b["), parser.feed(b"D")
    ([Key(name='text', text='a')], [Key(name='text', text='ç')], [Key(name='left', text='')])

    The keys of a paste, in this order: paste-stalled after a silence, paste-resumed when
    more comes, and at the end one of paste, paste-too-long and paste-dropped.
    """

    def __init__(self) -> None:
        self.is_paste_growing = False  # the last read brought more of a paste; Ctrl-C alone is not more, until it drops
        self.begun = 0  # escape sequences that have begun; each has a time of its own to end
        self._keys: List[Key] = []
        self._state: Callable[[int], None] = self._ground
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text: List[str] = []  # characters of this feed, which make one key
        self._sequence = bytearray()  # after ESC and one character; of a report, its last byte
        self._has_alt = False  # one more ESC came before the sequence
        self._report_begins = b""  # the bytes that can come first in the report
        self._left = 0  # bytes or characters that are still to be skipped
        self._matched = 0  # bytes of _PASTE_BEGIN that have come, when a silence was in it
        self._released = 0  # of these, the ones that have been taken for keys
        self._paste: Optional[Paste] = None

    @property
    def patience_seconds(self) -> float:
        """How long to wait before ``give_up``; 0 if waiting changes nothing.

        A lone ESC looks like the beginning of a key.  In a paste it is a time of silence.
        """
        if self._paste is not None:
            return self._paste.patience_seconds
        if self._state == self._in_late_mark:
            return ESCAPE_SECONDS if self._matched > self._released else 0.0
        if self._sequence or self._state in (self._ground, self._in_alt_character):
            return 0.0
        after_o = LATE_SECONDS if self._state == self._in_late_ss3 else ESCAPE_SECONDS
        return SEQUENCE_SECONDS if self._state == self._in_csi else after_o

    @property
    def is_pasting(self) -> bool:
        """True if a paste has begun and not ended."""
        return self._paste is not None

    def give_up(self) -> List[Key]:
        """Wait no longer for the rest of a key, or note that a paste is silent."""
        if self._paste is not None:
            self._keys += self._paste.note_silence()
            self._paste = None if self._paste.is_over else self._paste
        elif self._state == self._in_late_mark:
            self._release_mark()
        elif self._state == self._after_escape:
            self._press("escape")
            self._wait_for_mark(1)
        elif self.patience_seconds:
            given_up = self._state
            self._to_ground()
            if given_up == self._in_csi:
                self._wait_for_mark(2)
            elif given_up == self._in_ss3:
                self._state = self._in_late_ss3
        return self._taken()

    def feed(self, data: bytes) -> List[Key]:
        """Take the bytes of a read, which may be cut anywhere; return the complete keys."""
        self.is_paste_growing = False
        if self._paste is not None and data:
            is_ctrl_c = _is_ctrl_c(data)
            if self._paste.is_stalled:
                self._keys += self._paste.wake(is_ctrl_c)
                data = b"" if is_ctrl_c else data
            self.is_paste_growing = not is_ctrl_c or self._paste.is_dropped
        position = 0
        while position < len(data):
            if self._paste is not None:
                position = len(data) - self._in_paste(self._paste, data[position:])
                continue
            self._state(data[position])
            position += 1
        return self._taken()

    def _taken(self) -> List[Key]:
        self._end_text()
        keys, self._keys = self._keys, []
        return keys

    # -- states: each takes one byte -----------------------------------------

    def _ground(self, byte: int) -> None:
        if byte >= 0x20 and byte != 0x7F:
            self._text.append(self._decoder.decode(bytes([byte])))
        else:
            self._decoder.reset()  # a control ends a character that was cut
            if byte == _ESCAPE:
                self._begin_escape()
            else:
                self._press(keynames.CONTROL.get(byte, ""))

    def _after_escape(self, byte: int) -> None:
        if byte == _ESCAPE:
            self._has_alt = True
        elif byte in b"[O":
            self._state = self._in_csi if byte == ord("[") else self._in_ss3
        elif byte in keynames.REPORTS:
            self._report_begins = keynames.REPORTS[byte]
            self._state = self._in_report
        elif byte >= 0xC2:  # Alt and a character of several bytes
            self._left = 1 + (byte >= 0xE0) + (byte >= 0xF0)
            self._state = self._in_alt_character
        else:
            self._to_ground()
            if byte < 0x20 and byte not in keynames.ALT:  # ESC alone, then a control key
                self._ground(byte)
            else:
                self._press(keynames.ALT.get(byte, ""))

    def _in_alt_character(self, byte: int) -> None:
        if not 0x80 <= byte < 0xC0:
            self._restart(byte)
            return
        self._left -= 1
        if not self._left:
            self._to_ground()

    def _in_csi(self, byte: int) -> None:
        is_rxvt = byte == ord("$") and self._sequence.isdigit()  # elsewhere $ comes before the last byte
        if not 0x20 <= byte < 0x7F or len(self._sequence) >= SEQUENCE_BYTES:
            self._restart(byte)
            return
        self._sequence.append(byte)
        if bytes(self._sequence) in keynames.RAW_AFTER_BRACKET:
            self._left = keynames.RAW_AFTER_BRACKET[bytes(self._sequence)]
            self._state = self._in_raw
        elif byte >= 0x40 or is_rxvt:
            self._end_sequence(keynames.after_bracket)

    def _in_ss3(self, byte: int) -> None:
        if not 0x20 <= byte < 0x7F or len(self._sequence) >= SEQUENCE_BYTES:
            self._restart(byte)
            return
        self._sequence.append(byte)
        if byte not in b"0123456789;":
            self._end_sequence(keynames.after_o)

    def _in_late_ss3(self, byte: int) -> None:
        self._to_ground()
        if byte not in keynames.LATE_AFTER_O:
            self._ground(byte)

    def _in_raw(self, byte: int) -> None:
        # Whatever the bytes are, they are numbers.  One of the mouse's modes (1005)
        # sends a large number as a character of two bytes, which counts once.
        is_second = 0x80 <= byte < 0xC0 and 0xC2 <= self._sequence[-1] < 0xE0
        if not is_second and not self._left:
            self._restart(byte)
            return
        self._left -= not is_second
        self._sequence.append(byte)
        if not self._left and (is_second or not 0xC2 <= byte < 0xE0):
            self._to_ground()

    def _in_report(self, byte: int) -> None:
        if not self._sequence and byte not in self._report_begins:
            self._restart(byte)  # so it was a key with Alt
        elif byte == _ESCAPE:
            self._state = self._after_report_escape
        elif byte == 0x07 or (byte == 0x9C and self._sequence[-1] < 0x80):  # 0x9C can be a part of a character
            self._to_ground()
        elif byte < 0x20 or byte == 0x7F:  # no report has such a byte: a person types
            self._restart(byte)
        else:
            self._sequence[:] = bytes([byte])

    def _after_report_escape(self, byte: int) -> None:
        if byte == ord("\\"):
            self._to_ground()
            return
        self._begin_escape()
        self._after_escape(byte)

    def _in_late_mark(self, byte: int) -> None:
        # ESC has been given up.  If it was the first byte of a paste, or of a mouse
        # event, the rest still comes; taken for typing, it could end in ENTER.
        if self._matched == 2 and byte == ord("M"):
            self._begin_escape()
            self._state = self._in_csi
            self._in_csi(byte)
        elif byte != _PASTE_BEGIN[self._matched]:
            self._release_mark()
            self._restart(byte)
        else:
            self._matched += 1
            if self._matched == len(_PASTE_BEGIN):
                self._to_ground()
                self._paste = Paste(PASTE_BYTES)

    # -- between states --------------------------------------------------------

    def _begin_escape(self) -> None:
        self.begun += 1
        self._end_text()
        self._has_alt = False
        self._sequence.clear()
        self._state = self._after_escape

    def _wait_for_mark(self, matched: int) -> None:
        """Go on to look for the beginning of a paste, of which so many bytes have been given up."""
        self._matched = self._released = matched
        self._state = self._in_late_mark

    def _release_mark(self) -> None:
        """Take for text what has come of the beginning of a paste."""
        self._text.append(_PASTE_BEGIN[self._released : self._matched].decode("ascii"))
        self._released = self._matched

    def _restart(self, byte: int) -> None:
        """Forget a sequence that cannot go on with ``byte``, which is a key itself."""
        self._to_ground()
        self._ground(byte)

    def _end_sequence(self, meaning: Callable[[bytes, bool], Key]) -> None:
        sequence = bytes(self._sequence)
        self._to_ground()
        if sequence == b"200~" and meaning == keynames.after_bracket:
            self._paste = Paste(PASTE_BYTES)
            return
        key = meaning(sequence, self._has_alt)
        self._press(key.name, key.text)

    def _to_ground(self) -> None:
        self._state = self._ground
        self._sequence.clear()

    def _press(self, name: str, text: str = "") -> None:
        self._end_text()
        if name:
            self._keys.append(Key(name, text))

    def _end_text(self) -> None:
        text = "".join(self._text)
        if text:
            self._keys.append(Key("text", text))
        self._text = []

    # -- pastes ----------------------------------------------------------------

    def _in_paste(self, paste: Paste, data: bytes) -> int:
        """Give ``data`` to the paste; return how many bytes of it came after the end."""
        after = paste.take(data)
        if after is not None:
            self._keys.append(paste.key())
            self._paste = None
        return after or 0


def _is_ctrl_c(data: bytes) -> bool:
    """True if a person presses Ctrl-C, once or more, and nothing else is read."""
    is_alone = _KEYS_ALONE.fullmatch(data) and len(data) <= SEQUENCE_BYTES and END not in data
    return bool(is_alone) and {*KeyParser().feed(data)} == {Key("ctrl-c")}
