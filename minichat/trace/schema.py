"""The schema of a trace: the one place that says what its events hold.

Every event has these four fields:

    n       number of the event, from 0, without gaps
    t       nanoseconds since the start; pauses of slow motion and of stepping do not count
    turn    number of the turn of the loop, from 0 before the first one
    event   its name, one of EVENTS

and the fields that EVENTS lists for its name.  Lengths and counts are bytes
unless the field says otherwise.  ``conn`` is a number that a connection gets when
it is opened, and that no other connection gets.  Texts are in a trace only if
``--trace-bytes`` asks for them, and a reader of a trace must take them for hostile.

VERSION changes when the meaning of a field or an event changes, not when one is
added; readers ignore what they do not know.
"""

from __future__ import annotations

from typing import Any, Dict

VERSION = 1
Event = Dict[str, Any]

AGAIN, EOF = "again", "eof"  # instead of a number of bytes: not ready after all; the peer has ended

# The fields of each event.  A field in brackets may be missing.
EVENTS: Dict[str, Dict[str, str]] = {
    "header": {
        "version": "VERSION",
        "program": "minichat-server or minichat-client, and its version",
        "selector": "the class of the selector",
        "python": "version",
        "start": "wall clock, ISO 8601 in UTC",
        "payload": "how many bytes of each text are in the trace",
        "limits": "name and value of each limit; null where there is none",
    },
    "wait": {
        "timeout": "seconds until the nearest timer; 0 while there is something to do",
        "deferred": "how many calls wait to be made in this turn",
    },
    "wake": {
        "duration": "nanoseconds that select took",
        "ready": "a list of [conn or name of another file, R, W or RW]",
        "reason": "io, signal, timer, or deferred if nothing was waited for",
    },
    "accept": {
        "result": "ok, again, or the name of an error such as EMFILE",
        "[conn]": "the number that the connection will have, if ok",
        "[peer]": "its address",
    },
    "open": {"conn": "a connection begins"},
    "recv": {
        "conn": "",
        "asked": "for how many bytes",
        "got": "how many there were; again, eof, or the name of an error",
        "[data]": "the first of these bytes",
        "[kernel]": "what the kernel holds afterwards: bytes that are not read yet, bytes that are not sent yet",
    },
    "line": {
        "conn": "",
        "length": "with its newline, without a carriage return before that; 0 for a line that was too long",
        "buffered": "what is left in the line buffer",
        "thrown": "what was thrown away on this connection until now: lines too long, telnet",
        "[data]": "the beginning of the line",
    },
    "command": {
        "conn": "",
        "name": "say, tell, who, quit or nothing; join for the first line, refuse for one that is refused",
        "message": "the number of this command, from 1",
    },
    "queue": {
        "conn": "the recipient",
        "bytes": "",
        "messages": "the commands that the output comes from, in order; 0 is the server's own",
        "queued": "what waits for this recipient now",
        "[overhead]": "if it is made of frames: how many of the bytes are in none of their texts",
        "[data]": "the beginning of the output",
    },
    "send": {
        "conn": "",
        "asked": "how many bytes the kernel was offered",
        "sent": "how many it took; again, or the name of an error",
        "queued": "what still waits",
        "done": "the messages whose last byte the kernel has taken now, in order",
        "[kernel]": "as in recv",
    },
    "drop": {
        "conn": "",
        "lost": "queued bytes that were given up",
        "queued": "what still waits",
        "messages": "the messages with no bytes left in the queue, the last one first",
    },
    "interest": {"conn": "", "from": "R, W, RW or nothing", "to": "the same", "why": "in English"},
    "head": {"conn": "", "status": "of the answer to a request of HTTP; 101 begins a WebSocket"},
    "frame": {
        "conn": "",
        "kind": "text, continuation, close, ping or pong: a frame of a WebSocket was read whole",
        "length": "of its payload",
    },
    "state": {
        "conn": "",
        "state": "joined, draining, closed; or watching, the last event of a watcher of this loop",
        "[nick]": "if joined",
        "[reason]": "if draining or closed",
        "[buffered]": "if not joined: what is left in the line buffer, and will never be a line",
        "[thrown]": "if not joined: as in line",
    },
    "close": {"conn": "", "reason": "", "lost": "queued bytes that were never sent"},
    "timer": {"late": "nanoseconds after its time"},
    "slow": {"what": "the name of a handler", "duration": "nanoseconds; SLOW_NANOSECONDS or more"},
    "note": {
        "text": "from a lab, or from the recorder",
        "[ask]": "a question about what comes now, in each language",
        "[answer]": "the answer to the question before, in each language",
    },
    "end": {
        "turns": "of the loop",
        "received": "bytes, of all connections",
        "sent": "bytes, of all connections",
        "lost": "bytes, of all connections",
        "dropped": "events that could not be written",
    },
}

SLOW_NANOSECONDS = 50_000_000  # of a handler; a person notices a delay of about this length


def required(name: str) -> frozenset[str]:
    """Return the fields that every event of that name has besides the four; raise KeyError for an unknown name."""
    return frozenset(field for field in EVENTS[name] if not field.startswith("["))
