"""Addresses of sockets: as a key for counting, as text, and as others on the network reach them.

This module knows socket addresses only.  It makes no reverse look-up, which can
block for seconds, and sends no packet.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any, Tuple, Union

IPAddress = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]

# The smallest block of IPv6 that a provider gives to one customer (RFC 6177):
# a customer with one address has 2**64 of them.
IPV6_PREFIX_BITS = 64

# Here the whole network of a school is one /64 (RFC 4291: link-local; RFC 4193: unique local), as
# with a private IPv4 network: each address counts for itself.
IPV6_LOCAL = tuple(map(ipaddress.IPv6Network, ("fe80::/10", "fc00::/7")))


def _address(host: str) -> IPAddress:
    address = ipaddress.ip_address(host.partition("%")[0])  # without its scope
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped  # an IPv4 peer on a dual-stack listener
    return address


def source(sockaddr: Tuple[Any, ...]) -> str:
    """Return what a peer is counted under: its address, or the /64 of a global IPv6 address.

    ``sockaddr`` is what ``accept`` returned.  The result is "", not counted, for
    loopback, where all peers share one address, and for what is no IP address.
    """
    try:
        address = _address(sockaddr[0])
    except (ValueError, IndexError):
        return ""
    if address.is_loopback:
        return ""
    if address.version == 6 and not any(address in network for network in IPV6_LOCAL):
        return str(ipaddress.ip_network((address, IPV6_PREFIX_BITS), strict=False))
    return str(address)


def shown(sockaddr: Tuple[Any, ...]) -> str:
    """Return ``host:port`` as people write it, ``[host]:port`` for IPv6; any other address as it is."""
    try:
        host, port = str(_address(sockaddr[0])), sockaddr[1]
    except (ValueError, IndexError):
        return str(sockaddr)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def url(host: str, port: int) -> str:
    """Return what to type into a browser.

    >>> url("::1", 8080)
    'http://[::1]:8080/'
    """
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def is_loopback(sockaddr: Tuple[Any, ...]) -> bool:
    """True if only programs on this machine can reach this address."""
    return _address(sockaddr[0]).is_loopback


def own_host(sockaddr: Tuple[Any, ...]) -> str:
    """Return the loopback address by which this machine reaches a listener, or "" if there is none."""
    address = _address(sockaddr[0])
    if address.is_loopback:
        return str(sockaddr[0])
    return ("127.0.0.1" if address.version == 4 else "::1") if address.is_unspecified else ""


def reachable_host(sockaddr: Tuple[Any, ...]) -> str:
    """Return the host that others on the network use to reach a listener, or "" if there is none.

    For a listener on a wildcard address (0.0.0.0, ::) that is the address from
    which this machine would send; to find it, only the routes are looked at.
    """
    address = _address(sockaddr[0])
    if not address.is_unspecified:
        return str(sockaddr[0])
    for family, elsewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):  # RFC 5737, RFC 3849
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((elsewhere, 9))  # a datagram socket sends nothing on connect
                return str(probe.getsockname()[0])
        except OSError:
            continue
    return ""
