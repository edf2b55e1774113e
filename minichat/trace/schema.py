"""What a trace holds: the one place where its schema is written down.

Every event has these four fields:

    n       number of the event, from 0, without gaps
    t       nanoseconds since the start; pauses of slow motion and of stepping do not count
    turn    number of the turn of the loop, from 0 before the first one
    event   its name, one of EVENTS

and those that stand in EVENTS for its name.  Lengths and counts are bytes
unless it says otherwise.  ``conn`` is a number given to a connection when it
is opened, and never given again.  Texts are in a trace only if asked for
(``--trace-bytes``), and whatever reads a trace has to take them for hostile.

VERSION changes when the meaning of something that stands here changes, not
when something is added; readers ignore what they do not know.
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
        "limits": "name and value of each limit",
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
        "[data]": "the beginning of them",
    },
    "line": {
        "conn": "",
        "length": "with its newline, without a carriage return before that; 0 for a line that was too long",
        "buffered": "what is left in the line buffer",
        "thrown": "what was thrown away on this connection until now, with lines that were too long",
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
        "messages": "the commands that it comes from, in order; 0 is the server's own",
        "queued": "what waits for this recipient now",
        "[data]": "the beginning of it",
    },
    "send": {
        "conn": "",
        "asked": "how many bytes the kernel was offered",
        "sent": "how many it took; again, or the name of an error",
        "queued": "what still waits",
        "done": "the messages of which the last byte is with the kernel now, in order",
    },
    "drop": {
        "conn": "",
        "lost": "queued bytes that were given up",
        "queued": "what still waits",
        "messages": "those of which nothing waits any more, the last one first",
    },
    "interest": {"conn": "", "from": "R, W, RW or nothing", "to": "the same", "why": "in English"},
    "state": {
        "conn": "",
        "state": "joined, draining or closed",
        "[nick]": "if joined",
        "[reason]": "if not",
        "[buffered]": "if not: what is left in the line buffer, and will be no line",
        "[thrown]": "if not: as in line",
    },
    "close": {"conn": "", "reason": "", "lost": "queued bytes that were never sent"},
    "timer": {"late": "nanoseconds after its time"},
    "slow": {"what": "the name of a handler", "duration": "nanoseconds; SLOW_NANOSECONDS or more"},
    "note": {"text": "from a lab, or from the recorder"},
    "end": {
        "turns": "of the loop",
        "received": "bytes, of all connections",
        "sent": "bytes, of all connections",
        "lost": "bytes, of all connections",
        "dropped": "events that could not be written",
    },
}

SLOW_NANOSECONDS = 50_000_000  # of a handler: as long as a person needs to notice


def required(name: str) -> frozenset[str]:
    """The fields that every event of that name has besides the four; KeyError for an unknown name."""
    return frozenset(field for field in EVENTS[name] if not field.startswith("["))
