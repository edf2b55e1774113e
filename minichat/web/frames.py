r"""Frames of WebSocket (RFC 6455): bytes in any pieces in, payload and control frames out, and the way back.

A frame begins with its opcode and its length; those of a browser are masked.  A
message is one frame or several.  The reader never keeps a payload: it hands on each
piece as it comes, so a frame of 2**63 bytes costs nothing.

This module knows bytes; it knows no socket and no line.
"""

from __future__ import annotations

import codecs
import math
import struct
from typing import List, NamedTuple, Protocol, Tuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
CONTROL_BYTES = 125  # of the longest payload of a control frame (5.5)
FIN, RESERVED, MASKED = 0x80, 0x70, 0x80

# Close codes (7.4.1).
NORMAL, GOING_AWAY, PROTOCOL_ERROR, UNACCEPTABLE, BAD_DATA, POLICY, TRY_LATER = 1000, 1001, 1002, 1003, 1007, 1008, 1013
INTERNAL = 1011
_NO_CODE = 1005  # stands for an empty close frame; never sent
_MOST_HEADER_BYTES = 14


class Violation(Exception):
    """The peer breaks the protocol; the connection has to be failed with ``code``."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Control(NamedTuple):
    """A whole control frame: CLOSE, PING or PONG."""

    opcode: int
    payload: bytes


def frame(opcode: int, payload: bytes) -> bytes:
    """Return ``payload`` as one frame of a server, which masks nothing (5.1).

    >>> frame(TEXT, b"oi")
    b'\\x81\\x02oi'
    """
    size = len(payload)
    if size < 126:
        return bytes((FIN | opcode, size)) + payload
    if size < 1 << 16:
        return struct.pack("!BBH", FIN | opcode, 126, size) + payload
    return struct.pack("!BBQ", FIN | opcode, 127, size) + payload


def close_frame(code: int) -> bytes:
    """Return the close frame with this code; without one for an answer to a close frame without one."""
    return frame(CLOSE, b"" if code == _NO_CODE else struct.pack("!H", code))


def frame_end(data: bytes, taken: int) -> int:
    """Return where the frame ends in which the byte before ``taken`` is; ``data`` begins with a frame of a server."""
    at = 0
    while at < taken:
        size, header = data[at + 1] & 0x7F, 2
        if size == 126:
            size, header = int.from_bytes(data[at + 2 : at + 4], "big"), 4
        elif size == 127:
            size, header = int.from_bytes(data[at + 2 : at + 10], "big"), 10
        at += header + size
    return at


def unmasked(data: bytes, mask: bytes, offset: int) -> bytes:
    """Return ``data`` without its mask of four bytes; ``offset`` bytes of the payload came before it (5.3)."""
    size = len(data)
    turned = mask[offset % 4 :] + mask[: offset % 4]
    key = int.from_bytes((turned * (size // 4 + 1))[:size], "little")
    return (int.from_bytes(data, "little") ^ key).to_bytes(size, "little")


def close_code(payload: bytes) -> int:
    """Return the code in the payload of a close frame; raise Violation (7.4)."""
    if not payload:
        return _NO_CODE
    code = int.from_bytes(payload[:2], "big")
    # 1004 to 1006 and 1015 are never sent; 3000 to 4999 belong to libraries and programs.
    is_known = 1000 <= code <= 1014 and code not in (1004, 1005, 1006)
    if len(payload) == 1 or not (is_known or 3000 <= code <= 4999):
        raise Violation(PROTOCOL_ERROR)
    try:
        payload[2:].decode("utf-8")
    except UnicodeDecodeError:
        raise Violation(BAD_DATA) from None
    return code


class Hearer(Protocol):
    """Is told what comes in frames."""

    def text(self, piece: bytes, is_end: bool) -> None: ...  # a piece of a text message, perhaps its last, or empty
    def control(self, control: Control) -> None: ...  # may come between the frames of a message (5.4)


class FrameReader:
    """Takes the bytes of a browser, cut anywhere."""

    __slots__ = ("_control", "_half", "_header", "_hearer", "_is_final", "_is_message_open", "_left", "_mask",
                 "_opcode", "_read", "frames")  # fmt: skip

    def __init__(self, hearer: Hearer) -> None:
        """``hearer`` is told what comes."""
        self._hearer = hearer
        self._header = b""  # of a frame, not whole yet: at most 13 bytes
        self._opcode = 0  # of the frame that goes on
        self._is_final = False
        self._left = 0  # bytes of its payload that are still to come
        self._read = 0  # and that have come
        self._mask = b""
        self._control = b""  # the payload of a control frame so far
        self._is_message_open = False  # a frame with FIN is still to come
        self._half = b""  # of a character at the end of a piece
        self.frames = 0  # that have begun in what was fed last

    def feed(self, data: bytes, most: float = math.inf) -> int:
        """Take in what one read brought, up to the end of ``most`` frames; return how many bytes were taken.

        Raises Violation, after which nothing more may be fed.
        """
        at = self.frames = 0
        while at < len(data) or (self._mask and not self._left):
            if not self._mask:
                if self.frames >= most:
                    break
                at = self._read_header(data, at)
                if not self._mask:
                    break
                continue
            piece = data[at : at + self._left]
            at += len(piece)
            self._take(piece)
        return at

    def _read_header(self, data: bytes, at: int) -> int:
        """Read the header of a frame, if it is whole; return where its payload begins."""
        before = len(self._header)
        header = self._header + data[at : at + _MOST_HEADER_BYTES - before]
        size, used = self._parsed(header)
        if used:
            self._header, self._left, self._read = b"", size, 0
            return at + used - before
        self._header = header
        return len(data)

    def _parsed(self, header: bytes) -> Tuple[int, int]:
        """Return the length of the payload and of the header; 0 for the second if the header is not whole."""
        self._check(header)
        if len(header) < 2:
            return 0, 0
        size, begin = header[1] & 0x7F, 2
        if size >= 126:
            begin = 4 if size == 126 else 10
            if len(header) < begin:
                return 0, 0
            shortest = 126 if size == 126 else 1 << 16
            size = int.from_bytes(header[2:begin], "big")
            if size < shortest or size >= 1 << 63:  # in the fewest bytes, and not negative (5.2)
                raise Violation(PROTOCOL_ERROR)
        if len(header) < begin + 4:
            return 0, 0
        self.frames += 1
        self._mask = header[begin : begin + 4]
        self._opcode, self._is_final = header[0] & 0x0F, bool(header[0] & FIN)
        if self._opcode < CLOSE:
            self._is_message_open = True
        return size, begin + 4

    def _check(self, header: bytes) -> None:
        """Raise Violation as soon as the first bytes of a header show one."""
        opcode, is_final = header[0] & 0x0F, header[0] & FIN
        if header[0] & RESERVED or opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise Violation(PROTOCOL_ERROR)
        if opcode == BINARY and not self._is_message_open:
            raise Violation(UNACCEPTABLE)
        if opcode >= CLOSE and not is_final:
            raise Violation(PROTOCOL_ERROR)
        if opcode < CLOSE and (opcode == CONTINUATION) != self._is_message_open:
            raise Violation(PROTOCOL_ERROR)
        if len(header) > 1 and (not header[1] & MASKED or (opcode >= CLOSE and header[1] & 0x7F > CONTROL_BYTES)):
            raise Violation(PROTOCOL_ERROR)

    def _take(self, piece: bytes) -> None:
        """Take the next bytes of a payload, perhaps its last ones."""
        payload = unmasked(piece, self._mask, self._read) if piece else b""
        self._read += len(piece)
        self._left -= len(piece)
        if self._opcode >= CLOSE:
            self._control += payload
        elif payload or (self._is_final and not self._left):
            is_end = self._is_final and not self._left
            self._check_text(payload, is_end)
            self._hearer.text(payload, is_end)
        if not self._left:
            self._end_frame()

    def _end_frame(self) -> None:
        self._mask = b""
        if self._opcode >= CLOSE:
            control, self._control = Control(self._opcode, self._control), b""
            self._hearer.control(control)
        elif self._is_final:
            self._is_message_open = False

    def _check_text(self, payload: bytes, is_end: bool) -> None:
        """Raise Violation for what is not UTF-8, as soon as that can be known."""
        whole = self._half + payload
        try:
            used = codecs.utf_8_decode(whole, "strict", is_end)[1]
        except UnicodeDecodeError:
            raise Violation(BAD_DATA) from None
        self._half = whole[used:]
        if self._half[:1] == b"\xed" and self._half[1:] >= b"\xa0":  # half of a surrogate pair: no third byte helps
            raise Violation(BAD_DATA)


def frames_of(data: bytes) -> List[Control]:
    """Return all frames in ``data``, what a server sends: for tests and other clients.

    >>> frames_of(frame(TEXT, b"oi") + close_frame(NORMAL))
    [Control(opcode=1, payload=b'oi'), Control(opcode=8, payload=b'\\x03\\xe8')]
    """
    found: List[Control] = []
    at = 0
    while at < len(data):
        end = frame_end(data[at:], 1) + at
        header = {126: 4, 127: 10}.get(data[at + 1], 2)
        found.append(Control(data[at] & 0x0F, data[at + header : end]))
        at = end
    return found
