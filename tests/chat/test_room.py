"""Who is in, by key and in the order of joining."""

from __future__ import annotations

import unittest
from typing import List

from minichat.chat.room import Member, Room


def member() -> Member:
    """A newcomer whose output is thrown away."""
    writes: List[bytes] = []
    return Member(writes.append)


def room_of(*nicks: str) -> Room:
    """A room with these people."""
    room = Room()
    for nick in nicks:
        assert room.join(member(), nick)
    return room


def nicks(room: Room) -> List[str]:
    """Who is in."""
    return [member.nick for member in room.members]


class TheRoom(unittest.TestCase):
    """Joining, finding, leaving."""

    def test_at_first_the_room_is_empty(self) -> None:
        room = Room()
        self.assertEqual((len(room), nicks(room), room.find("ana"), room.find("")), (0, [], None, None))

    def test_one_who_joins_is_in(self) -> None:
        room, ana = Room(), member()
        self.assertFalse(ana in room)
        self.assertTrue(room.join(ana, "Ana"))
        self.assertTrue(ana in room)
        self.assertEqual((len(room), ana.nick), (1, "Ana"))

    def test_people_stand_in_the_order_of_joining(self) -> None:
        room = room_of("carla", "ana", "bia")
        again = room.find("carla")
        assert again is not None
        room.leave(again)
        room.join(again, "carla")
        self.assertEqual(nicks(room), ["ana", "bia", "carla"])

    def test_a_nick_is_taken_in_every_disguise(self) -> None:
        """Traps 39 and 43."""
        same = (("José", "jose\u0301"), ("Straße", "STRASSE"), ("paco", "расо"), ("ꓮꓠꓮ", "ana"))
        for nick, other in (("Ana", "ana"), ("ana", "ＡＮＡ"), *same):
            room, late = room_of(nick), member()
            self.assertFalse(room.join(late, other))
            self.assertFalse(late in room)
            self.assertEqual((late.nick, nicks(room)), ("", [nick]))

    def test_a_member_is_found_however_the_nick_is_written(self) -> None:
        room = room_of("José", "Straße")
        for nick, disguises in (("José", ("José", "jose\u0301", "JOSÉ")), ("Straße", ("strasse", "ＳＴＲＡSSE"))):
            for written in disguises:
                found = room.find(written)
                assert found is not None
                self.assertEqual(found.nick, nick)
        for written in ("jose", "", " José", "José ", "ana"):
            self.assertIsNone(room.find(written))

    def test_a_nick_is_free_at_once_after_leaving(self) -> None:
        """Trap 39."""
        room, ana, other = Room(), member(), member()
        room.join(ana, "ana")
        room.leave(ana)
        self.assertTrue(room.join(other, "ANA"))
        self.assertTrue(other in room)
        self.assertFalse(ana in room)

    def test_who_is_not_in_cannot_leave(self) -> None:
        with self.assertRaises(KeyError):
            room_of("bia").leave(member())
