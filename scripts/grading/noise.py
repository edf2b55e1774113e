"""What came because of other cases that share the server: it is no evidence."""

from __future__ import annotations

from typing import Iterator, List, Sequence

from grading.dialect import Dialect
from grading.peer import Act, Event


def without(events: Sequence[Event], dialect: Dialect, own: str, others: Sequence[str]) -> List[Event]:
    """Return the events of one peer without the messages that name somebody of ``others`` and nobody of ``own``.

    These are the suffixes by which the cases know their people and texts.
    """
    found: List[Event] = []
    for event in _whole(events) if dialect.has_header else events:
        if event.act is Act.CAME:
            messages = _messages(event.data, dialect)
            data = b"".join(message for message in messages if not _is_noise(message, own, others))
            if not data:
                continue
            event = event._replace(data=data)
        found.append(event)
    return found


def _is_noise(message: bytes, own: str, others: Sequence[str]) -> bool:
    return own.encode() not in message and any(other.encode() in message for other in others)


def _whole(events: Sequence[Event]) -> List[Event]:
    """Return the events, reads that follow each other joined: a length and what it is of often come in two."""
    found: List[Event] = []
    for event in events:
        if found and event.act is found[-1].act is Act.CAME:
            found[-1] = found[-1]._replace(data=found[-1].data + event.data)
        else:
            found.append(event)
    return found


def _messages(data: bytes, dialect: Dialect) -> Iterator[bytes]:
    """Cut what came in one read into messages, with all their bytes."""
    if not dialect.has_header:
        yield from data.splitlines(keepends=True) if dialect.ends_lines else [data]
        return
    while data:
        size = data[: dialect.header_bytes].strip()
        end = dialect.header_bytes + int(size) if size.isdigit() else len(data)
        yield data[:end]
        data = data[end:]
