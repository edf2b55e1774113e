"""The host on a command line: people also write it with its port, in brackets or as a URL.

This module knows how addresses are written; it looks none up.
"""

from __future__ import annotations

from typing import NamedTuple

# An IPv6 address has two colons at least, and groups of four digits at most: one of five is a port.
PORT_DIGITS = 5


class Place(NamedTuple):
    """What a text says of a server."""

    host: str  # "" if the text has none
    port: str  # "" if the text has none, or no number
    is_plain: bool  # the text is a host and nothing else


def read(text: str) -> Place:
    """Take a text apart, as far as it can be understood.

    >>> read("[::1]"), read("http://sala-1:50001/")
    (Place(host='::1', port='', is_plain=True), Place(host='sala-1', port='50001', is_plain=False))
    """
    rest = text.strip()
    is_url = "/" in rest or "@" in rest
    if is_url:
        rest = rest.partition("//")[2] or rest
        rest = rest.partition("/")[0].rpartition("@")[2]
    if rest.startswith("["):  # as an IPv6 address is written before a port: RFC 3986, 3.2.2
        host, bracket, after = rest[1:].partition("]")
        is_plain = ":" in host and bool(bracket) and not after
    elif rest.count(":") == 1 or (rest.count(":") > 1 and len(rest.rpartition(":")[2]) == PORT_DIGITS):
        host, _, after = rest.rpartition(":")
        is_plain = False
    else:
        host, *words = rest.split() or [""]
        after = " ".join(words)
        is_plain = bool(host) and not words and "[" not in host and "]" not in host
    port = after.lstrip(":")
    return Place(host.strip(), port if port.isascii() and port.isdigit() else "", is_plain and not is_url)
