"""Who a peer counts as, and how addresses are shown."""

from __future__ import annotations

import ipaddress
import unittest
from typing import Any, Tuple

from minichat.server import address


def v6(host: str) -> Tuple[Any, ...]:
    """What ``accept`` returns for a peer with this IPv6 address."""
    return (host, 40000, 0, 0)


class TheSource(unittest.TestCase):
    """Connections are counted by where they come from."""

    def test_an_ipv4_peer_is_its_address(self) -> None:
        """Trap 7."""
        self.assertEqual(address.source(("192.0.2.7", 40000)), "192.0.2.7")

    def test_an_ipv4_peer_on_a_dual_stack_listener_is_the_same_one(self) -> None:
        """Trap 7."""
        self.assertEqual(address.source(v6("::ffff:192.0.2.7")), "192.0.2.7")

    def test_ipv6_peers_of_one_64_are_one(self) -> None:
        """Trap 7."""
        one, two = address.source(v6("2001:db8:1:2::1")), address.source(v6("2001:db8:1:2:ffff:ffff:ffff:ffff"))
        self.assertEqual((one, two), ("2001:db8:1:2::/64", "2001:db8:1:2::/64"))
        self.assertNotEqual(one, address.source(v6("2001:db8:1:3::1")))

    def test_the_scope_is_no_part_of_it(self) -> None:
        """Trap 7."""
        self.assertEqual(address.source(v6("fe80::1%eth0")), address.source(v6("fe80::1%eth1")))

    def test_on_a_local_ipv6_network_each_address_counts_for_itself(self) -> None:
        """Trap 53."""
        for host in ("fe80::1", "fe80::2", "febf::1", "fc00::1", "fdff::1", "fdff::2"):
            self.assertEqual(address.source(v6(host)), host)
        for outside in ("fec0::1", "fbff::1", "fe00::1"):
            self.assertTrue(address.source(v6(outside)).endswith("::/64"), outside)

    def test_loopback_counts_as_nobody(self) -> None:
        """Trap 38."""
        for sockaddr in (("127.0.0.1", 1), ("127.8.9.10", 1), v6("::1"), v6("::ffff:127.0.0.1")):
            self.assertEqual(address.source(sockaddr), "", sockaddr)

    def test_what_is_no_ip_address_counts_as_nobody(self) -> None:
        for sockaddr in ("", (), ("",), "/run/chat", ("no.such.host", 1)):
            self.assertEqual(address.source(sockaddr), "", sockaddr)  # type: ignore[arg-type]


class WhatIsShown(unittest.TestCase):
    """Addresses for people."""

    def test_an_address_is_written_as_people_write_it(self) -> None:
        self.assertEqual(address.shown(("127.0.0.1", 50001)), "127.0.0.1:50001")
        self.assertEqual(address.shown(("::1", 50001, 0, 0)), "[::1]:50001")
        self.assertEqual(address.shown(v6("::ffff:192.0.2.7")), "192.0.2.7:40000")

    def test_what_is_no_ip_address_is_shown_as_it_is(self) -> None:
        for sockaddr in ("", (), ("",), "/run/chat"):
            self.assertEqual(address.shown(sockaddr), str(sockaddr))  # type: ignore[arg-type]

    def test_loopback_is_told_from_the_network(self) -> None:
        for host, expected in (("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("::", False),
                               ("192.0.2.7", False), ("::ffff:127.0.0.1", True)):  # fmt: skip
            self.assertEqual(address.is_loopback((host, 1)), expected, host)

    def test_a_listener_on_one_address_is_reached_there(self) -> None:
        for host in ("192.0.2.7", "2001:db8::7"):
            self.assertEqual(address.reachable_host((host, 1)), host)

    def test_a_listener_on_every_address_is_reached_at_a_real_one_if_any(self) -> None:
        for host in ("0.0.0.0", "::"):
            found = address.reachable_host((host, 1))
            if found:
                self.assertFalse(ipaddress.ip_address(found).is_unspecified)
