"""Every row of the protocol that needs no socket, on lists instead of connections."""

from __future__ import annotations

import random
import time
import unittest
from typing import Dict, List, Tuple

from minichat.chat import dispatcher, protocol
from minichat.chat.dispatcher import Outcome, dispatch
from minichat.chat.parser import From, Join, Leave, Message, Who, parse_message
from minichat.chat.room import Member, Room
from tests.support import lines_of

LONGEST = "x" * 4095


class Person:
    """A person with a list for a connection."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.writes: List[bytes] = []
        self.member = Member(self.writes.append)

    def says(self, line: str | bytes) -> Outcome:
        """Have one line dispatched."""
        return dispatch(self.room, self.member, line.encode() if isinstance(line, str) else line)

    def read(self) -> List[str]:
        """What came since the last time."""
        lines = lines_of(self.writes)
        self.writes.clear()
        return lines


class Cutting(unittest.TestCase):
    def test_a_newcomer_is_refused_for_the_same_reason_however_cut(self) -> None:
        """Trap 23."""
        for line in (b"\x16\xff", b"\x16a", b"\x00", b"a\x16\xff", b"\xff\x16", b"ana\x00"):
            person = Person(Room())
            person.says(line)
            answer = person.read()
            for end in range(len(line)):
                code = protocol.hopeless(line[:end])  # what one is refused with who has sent no more yet
                self.assertIn(code, ("", answer[0].partition(" ")[2]), line)

    def test_who_is_in_is_told_what_is_wrong_with_the_line_as_a_whole(self) -> None:
        person = Person(Room())
        person.says("ana")
        person.says(b"\x16\xff")
        self.assertEqual(person.read()[-1:], ["ERR invalid_utf8"])


class ChatTest(unittest.TestCase):
    """A room, people in it, and turns."""

    def setUp(self) -> None:
        self.room = Room()

    def door(self, *lines: str) -> Person:
        """A newcomer who says these lines."""
        person = Person(self.room)
        for line in lines:
            person.says(line)
        return person

    def people(self, *nicks: str) -> List[Person]:
        """People who are in, and have read everything so far."""
        people = [self.door(nick) for nick in nicks]
        self.turn()
        for person in people:
            person.read()
        return people

    def turn(self) -> None:
        """End the turn."""
        self.room.deliver()

    def reads(self, person: Person, *lines: str) -> None:
        """End the turn; ``person`` then reads these lines and no other."""
        self.turn()
        self.assertEqual(person.read(), list(lines))


class Assignment(ChatTest):
    """The four cases of the course, to the letter."""

    def test_a_message_goes_to_everyone_the_sender_too(self) -> None:
        ana, bruno = self.people("ana", "bruno")
        self.assertEqual(ana.says("Olá"), Outcome.SERVED)
        self.reads(ana, "FROM ana [all]: Olá")
        self.reads(bruno, "FROM ana [all]: Olá")

    def test_a_direct_message_goes_to_its_addressee_only(self) -> None:
        ana, bruno, carla = self.people("ana", "bruno", "carla")
        self.assertEqual(ana.says("@bruno oi"), Outcome.SERVED)
        self.reads(bruno, "FROM ana [dm]: oi")
        self.reads(ana)
        self.reads(carla)

    def test_a_direct_message_to_nobody_is_an_error_for_its_sender_only(self) -> None:
        ana, bruno = self.people("ana", "bruno")
        self.assertEqual(ana.says("@carlos tudo bem?"), Outcome.REFUSED)
        self.reads(ana, "ERR user_not_found")
        self.reads(bruno)

    def test_a_nick_in_use_is_an_error_and_ends_the_connection(self) -> None:
        (ana,) = self.people("ana")
        late = self.door()
        self.assertEqual(late.says("ana"), Outcome.ENDED)
        self.reads(late, "ERR apelido_em_uso")
        self.reads(ana)


class Table(unittest.TestCase):
    def test_every_command_of_the_protocol_has_its_function(self) -> None:
        self.assertEqual(set(dispatcher._COMMANDS), protocol.WORDS | {"say", "tell", "nothing"})


class Joining(ChatTest):
    """The first line is the nickname."""

    def test_nothing_is_said_to_a_silent_newcomer(self) -> None:
        (ana,) = self.people("ana")
        door = self.door()
        ana.says("oi")
        self.reads(door)

    def test_a_legal_nick_gets_in_and_the_others_hear_of_it(self) -> None:
        ana, bia = self.people("ana", "bia")
        newcomer = self.door()
        self.assertEqual(newcomer.says("Zé"), Outcome.JOINED)
        self.reads(newcomer, "OK Zé")
        self.reads(ana, "JOIN Zé")
        self.reads(bia, "JOIN Zé")

    def test_the_ok_does_not_wait_for_the_end_of_the_turn(self) -> None:
        self.assertEqual(self.door("ana").read(), ["OK ana"])

    def test_a_newcomer_hears_nothing_of_earlier_in_the_turn(self) -> None:
        (ana,) = self.people("ana")
        ana.says("before")
        bia = self.door("bia")
        ana.says("after")
        carla = self.door("carla")
        self.reads(bia, "OK bia", "FROM ana [all]: after", "JOIN carla")
        self.reads(carla, "OK carla")
        self.reads(ana, "FROM ana [all]: before", "JOIN bia", "FROM ana [all]: after", "JOIN carla")

    def test_the_nick_is_shown_in_nfc(self) -> None:
        self.reads(self.door("jose\u0301"), "OK jos\u00e9")

    def test_a_byte_order_mark_before_the_nick_is_skipped(self) -> None:
        ana = self.door("\ufeffana")
        self.reads(ana, "OK ana")
        ana.says("\ufeffWHO")
        self.reads(ana, "FROM ana [all]: \ufeffWHO")
        self.reads(self.door("\ufeff\ufeffbia"), "ERR apelido_invalido")

    def test_an_illegal_nick_is_an_error_and_ends_the_connection(self) -> None:
        """Trap 29."""
        (ana,) = self.people("ana")
        for nick in ("", " ", "who", "QUIT", "a b", "_a", "x" * 25, LONGEST, "@ana oi", "GET / HTTP/1.1", "NICK bob"):
            person = self.door()
            self.assertEqual(person.says(nick), Outcome.ENDED, nick)
            self.reads(person, "ERR apelido_invalido")
        self.reads(ana)
        self.assertEqual(len(self.room), 1)

    def test_nobody_gets_in_with_a_refused_line(self) -> None:
        """Trap 26."""
        for line, code in ((b"an\xff", "invalid_utf8"), (b"ana\x00", "invalid_text"), (b"a\xc2\x85", "invalid_text")):
            person = self.door()
            self.assertEqual(person.says(line), Outcome.ENDED)
            self.reads(person, f"ERR {code}")
        person = self.door()
        self.assertEqual(dispatcher.refuse(self.room, person.member, protocol.LINE_TOO_LONG), Outcome.ENDED)
        self.reads(person, "ERR line_too_long")
        self.assertEqual(len(self.room), 0)

    def test_a_nick_is_taken_in_every_disguise(self) -> None:
        """Trap 39."""
        self.people("Ana", "José", "Straße")
        for nick in ("ana", "ANA", "ＡＮＡ", "jose\u0301", "JOSÉ", "strasse", "STRASSE", "straſſe"):
            self.reads(self.door(nick), "ERR apelido_em_uso")
        self.assertEqual(len(self.room), 3)

    def test_of_two_in_one_turn_the_first_wins(self) -> None:
        """Trap 39."""
        first, second = self.door("ana"), self.door("ANA")
        self.reads(second, "ERR apelido_em_uso")
        self.reads(first, "OK ana")
        first.says("WHO")
        self.reads(first, "WHO 1 ana")


class Speaking(ChatTest):
    """What members say, row by row."""

    def test_text_is_relayed_as_it_came(self) -> None:
        ana, bia = self.people("ana", "bia")
        for text in (" WHO", "  oi  ", "\ta\t", "\t", " @bia oi", "QUIT now", "e\u0301", "\u00a0", "ＷＨＯ", LONGEST):
            ana.says(text)
            self.reads(bia, f"FROM ana [all]: {text}")
            self.reads(ana, f"FROM ana [all]: {text}")

    def test_spaces_and_nothing_are_nothing(self) -> None:
        ana, bia = self.people("ana", "bia")
        for text in ("", " ", " " * 4095):
            self.assertEqual(ana.says(text), Outcome.SERVED)
        self.reads(ana)
        self.reads(bia)

    def test_a_direct_message_keeps_its_spaces(self) -> None:
        ana, bia = self.people("ana", "bia")
        for text in (" oi ", "@x", "WHO", "\t", "QUIT "):
            ana.says(f"@bia {text}")
            self.reads(bia, f"FROM ana [dm]: {text}")

    def test_the_addressee_is_found_in_every_disguise(self) -> None:
        ana, bia = self.people("ana", "Beatriz")
        for nick in ("beatriz", "BEATRIZ", "Ｂｅａｔｒｉｚ"):
            ana.says(f"@{nick} oi")
            self.reads(bia, "FROM ana [dm]: oi")

    def test_a_direct_message_to_oneself_comes_once(self) -> None:
        (ana,) = self.people("ana")
        ana.says("@ana oi")
        self.reads(ana, "FROM ana [dm]: oi")

    def test_a_direct_message_without_text_is_an_error(self) -> None:
        ana, bia = self.people("ana", "bia")
        for line, code in (
            *(("@bia", "empty_message"), ("@bia ", "empty_message"), ("@bia   ", "empty_message")),
            *(("@zé", "user_not_found"), ("@zé ", "user_not_found"), ("@", "user_not_found"), ("@ ", "user_not_found")),
            *(("@ bia oi", "user_not_found"), ("@@bia oi", "user_not_found"), ("@bia\toi", "user_not_found")),
        ):
            self.assertEqual(ana.says(line), Outcome.REFUSED)
            self.reads(ana, f"ERR {code}")
        self.reads(bia)

    def test_a_refused_line_is_told_to_its_sender_and_harms_nobody(self) -> None:
        """Trap 26."""
        ana, bia = self.people("ana", "bia")
        for line in (b"a\rb", b"\x00", b"\x1b[2J", b"\x07", b"\xc2\x9b", "\u202eoi".encode(), "@bia \u2028".encode()):
            self.assertEqual(ana.says(line), Outcome.REFUSED)
            self.reads(ana, "ERR invalid_text")
        for line in (b"\xff", b"\xc0\xaf", b"@bia caf\xe9", b"\xed\xa0\x80"):
            self.assertEqual(ana.says(line), Outcome.REFUSED)
            self.reads(ana, "ERR invalid_utf8")
        ana.says("still here")
        self.reads(bia, "FROM ana [all]: still here")

    def test_a_line_too_long_is_told_to_its_sender(self) -> None:
        """Trap 24."""
        ana, bia = self.people("ana", "bia")
        self.assertEqual(dispatcher.refuse(self.room, ana.member, protocol.LINE_TOO_LONG), Outcome.REFUSED)
        self.reads(ana, "ERR line_too_long")
        self.reads(bia)

    def test_a_hostile_addressee_costs_next_to_nothing(self) -> None:
        """Trap 19."""
        # Putting a thousand marks in order takes quadratic time, and a turn may hold sixteen such lines.
        (ana,) = self.people("ana")
        marks = "\u0315" * 1023 + "\u0300" * 1023
        started = time.process_time()
        for _ in range(16):
            ana.says("@" + marks)
        self.assertLess(time.process_time() - started, 0.025)

    def test_a_hostile_nick_costs_next_to_nothing(self) -> None:
        """Trap 19."""
        people, marks = [self.door() for _ in range(16)], "a" + "\u0315" * 1023 + "\u0300" * 1023
        started = time.process_time()
        for person in people:
            person.says(marks)
        self.assertLess(time.process_time() - started, 0.025)


class Asking(ChatTest):
    """WHO."""

    def test_who_lists_everyone_in_the_order_of_joining(self) -> None:
        carla, ana = self.people("carla", "ana")
        for line in ("WHO", "who", "wHo  "):
            self.assertEqual(ana.says(line), Outcome.SERVED)
            self.reads(ana, "WHO 2 carla ana")
        self.reads(carla)

    def test_who_agrees_with_the_joins_and_leaves_around_it(self) -> None:
        ana, bia = self.people("ana", "bia")
        ana.says("WHO")
        self.door("carla")
        ana.says("WHO")
        bia.says("QUIT")
        ana.says("WHO")
        self.reads(ana, "WHO 2 ana bia", "JOIN carla", "WHO 3 ana bia carla", "LEAVE bia quit", "WHO 2 ana carla")

    def test_a_long_list_goes_on_in_further_lines(self) -> None:
        """Trap 35."""
        nicks = [f"{number:024}" for number in range(100)]
        people = self.people(*nicks)
        people[0].says("WHO")
        self.turn()
        lines = people[0].read()
        self.assertTrue(all(len(line) + 1 <= 512 for line in lines))
        self.assertEqual([line.split(" ")[:2] for line in lines], [["WHO", "100"]] * 5)
        self.assertEqual([nick for line in lines for nick in line.split(" ")[2:]], nicks)


class Leaving(ChatTest):
    """QUIT, and being gone."""

    def test_quit_says_goodbye_and_tells_the_others(self) -> None:
        for line in ("QUIT", "quit", "Quit   "):
            ana, bia = self.people("ana", "bia")
            self.assertEqual(ana.says(line), Outcome.ENDED)
            self.reads(ana, "BYE")
            self.reads(bia, "LEAVE ana quit")
            bia.says("QUIT")

    def test_one_who_leaves_reads_all_before_and_nothing_after(self) -> None:
        """Trap 28."""
        ana, bia = self.people("ana", "bia")
        bia.says("before")
        ana.says("QUIT")
        bia.says("after")
        self.reads(ana, "FROM bia [all]: before", "BYE")
        self.reads(bia, "FROM bia [all]: before", "LEAVE ana quit", "FROM bia [all]: after")

    def test_every_reason_is_told(self) -> None:
        (ana,) = self.people("ana")
        for reason in ("gone", "too_slow", "timeout", "error"):
            (bia,) = self.people("bia")
            ana.read()
            dispatcher.leave(self.room, bia.member, reason)
            self.reads(ana, f"LEAVE bia {reason}")
            self.reads(bia)

    def test_one_who_is_gone_has_had_what_was_said_before(self) -> None:
        ana, bia = self.people("ana", "bia")
        ana.says("before")
        dispatcher.leave(self.room, bia.member, "gone")
        self.assertEqual(bia.read(), ["FROM ana [all]: before"])
        ana.says("after")
        self.reads(bia)

    def test_one_leaves_once(self) -> None:
        """Trap 31."""
        ana, bia = self.people("ana", "bia")
        bia.says("QUIT")
        dispatcher.leave(self.room, bia.member, "gone")
        dispatcher.leave(self.room, self.door().member, "gone")
        self.reads(ana, "LEAVE bia quit")

    def test_join_comes_first_and_leave_last(self) -> None:
        (ana,) = self.people("ana")
        self.door("bia", "oi", "@ana psst", "tchau", "QUIT")
        self.reads(
            ana,
            *("JOIN bia", "FROM bia [all]: oi", "FROM bia [dm]: psst"),
            *("FROM bia [all]: tchau", "LEAVE bia quit"),
        )

    def test_a_nick_is_free_before_its_leave_can_be_read(self) -> None:
        """Trap 39."""
        ana, old = self.people("ana", "bia")
        old.says("QUIT")
        self.assertEqual(ana.read(), [])
        new = self.door("BIA")
        ana.says("@bia oi")
        self.reads(new, "OK BIA", "FROM ana [dm]: oi")
        self.reads(old, "BYE")
        self.reads(ana, "LEAVE bia quit", "JOIN BIA")

    def test_one_who_leaves_in_the_middle_changes_no_other_mail(self) -> None:
        """Trap 11."""
        people = self.people("ana", "bia", "carla", "davi")
        people[0].says("1")
        people[1].says("QUIT")
        people[0].says("2")
        dispatcher.leave(self.room, people[2].member, "gone")
        expected = ["FROM ana [all]: 1", "LEAVE bia quit", "FROM ana [all]: 2", "LEAVE carla gone"]
        self.reads(people[0], *expected)
        self.reads(people[3], *expected)
        self.reads(people[2], *expected[:3])

    def test_a_shutdown_is_told_to_everyone_after_all_that_was_said(self) -> None:
        """Trap 22."""
        ana, bia = self.people("ana", "bia")
        ana.says("oi")
        dispatcher.shut_down(self.room)
        self.assertEqual(len(self.room), 0)
        self.reads(ana, "FROM ana [all]: oi", "BYE shutdown")
        self.reads(bia, "FROM ana [all]: oi", "BYE shutdown")


class Order(ChatTest):
    """The guarantees, in particular and at random."""

    def test_private_and_public_lines_come_in_the_order_said(self) -> None:
        ana, bia, carla = self.people("ana", "bia", "carla")
        for line in ("1", "@bia 2", "3", "@bia", "@bia 4", "WHO", "5"):
            ana.says(line)
        self.reads(bia, *(f"FROM ana [{k}]: {n}" for n, k in enumerate(("all", "dm", "all", "dm", "all"), 1)))
        self.reads(carla, "FROM ana [all]: 1", "FROM ana [all]: 3", "FROM ana [all]: 5")
        own = ["FROM ana [all]: 3", "ERR empty_message", "WHO 3 ana bia carla", "FROM ana [all]: 5"]
        self.reads(ana, "FROM ana [all]: 1", *own)

    def test_no_text_can_forge_a_line(self) -> None:
        """Trap 40."""
        ana, bia = self.people("ana", "bia")
        for text in ("FROM bia [all]: x", "OK bia", "ERR x", "LEAVE bia quit", "]: FROM bia [dm]: x", "BYE", "[all]: "):
            ana.says(text)
            ana.says(f"@bia {text}")
            self.turn()
            got = [parse_message(line.encode()) for line in bia.read()]
            self.assertEqual(got, [From("ana", "all", text), From("ana", "dm", text)])
        for text in ("a\nFROM bia [all]: x", "a\rBYE", "\u2028OK bia", "\x85BYE"):
            ana.says(text)
            self.reads(bia)

    def test_random_chats_keep_the_guarantees(self) -> None:
        for seed in range(30):
            with self.subTest(seed=seed):
                self.room = Room()
                RandomChat(self, random.Random(seed)).run(400)


class RandomChat:
    """People who come, speak and go at random, and what each of them has read."""

    NICKS = ("ana", "ANA", "bia", "Ｂｉａ", "carla", "davi", "eva", "José", "jose\u0301")

    def __init__(self, test: ChatTest, chance: random.Random) -> None:
        self.test = test
        self.chance = chance
        (self.watcher,) = test.people("watcher")  # in from the first to the last
        self.inside: List[Person] = []
        self.views: List[Tuple[str, List[str], str]] = []  # nick, lines and end of everyone who ever was in
        self.number = 0

    def run(self, steps: int) -> None:
        """Chat, then look at what everyone has got."""
        for _ in range(steps):
            acts = [self.come] + ([self.speak] * 6 + [self.ask] * 2 + [self.go, self.test.turn] if self.inside else [])
            self.chance.choice(acts)()
        self.test.turn()
        while self.inside:
            self.go()
        self.test.turn()
        whole = "\n" + "\n".join(self.watcher.read()) + "\n"
        for nick, lines, reason in self.views:
            check_view(self.test, nick, lines)
            public = [line for line in lines if line.startswith(("JOIN", "LEAVE")) or "[all]" in line]
            stretch = [f"JOIN {nick}", *public, f"LEAVE {nick} {reason}"]
            self.test.assertIn("\n" + "\n".join(stretch) + "\n", whole)

    def come(self) -> None:
        """A newcomer tries to join."""
        person = self.test.door()
        if person.says(self.chance.choice(self.NICKS)) is Outcome.JOINED:
            self.inside.append(person)

    def speak(self) -> None:
        """A member says the next number, to all or to one."""
        self.number += 1
        to = self.chance.choice(("", "", f"@{self.chance.choice(self.NICKS)} "))
        self.chance.choice(self.inside).says(f"{to}{self.number}")

    def ask(self) -> None:
        """A member asks who is in."""
        self.chance.choice(self.inside).says("WHO")

    def go(self) -> None:
        """A member leaves, by QUIT or with the connection."""
        person = self.inside.pop(self.chance.randrange(len(self.inside)))
        reason = self.chance.choice(("quit", "gone"))
        if reason == "quit":
            person.says("QUIT")
        else:
            dispatcher.leave(self.test.room, person.member, reason)
        if self.chance.random() < 0.5:
            self.test.turn()
        self.views.append((person.member.nick, person.read(), reason))


def check_view(test: unittest.TestCase, nick: str, lines: List[str]) -> None:
    """The guarantees as one person can see them."""
    test.assertEqual(lines[0], f"OK {nick}")
    roster: List[str] = []
    last: Dict[str, int] = {}  # number of each sender; they only grow
    known = False  # until the first WHO, it is not known who is in
    for line in lines[1:]:
        message: Message = parse_message(line.encode())
        if isinstance(message, Who):
            test.assertEqual(len(message.nicks), message.total)
            if known:
                test.assertEqual(list(message.nicks), roster)
            known, roster = True, list(message.nicks)
        elif isinstance(message, Join) and known:
            test.assertNotIn(message.nick, roster)
            roster.append(message.nick)
        elif isinstance(message, Leave) and known:
            roster.remove(message.nick)
        elif isinstance(message, From):
            test.assertTrue(not known or message.nick in roster, line)
            test.assertGreater(int(message.text), last.get(message.nick, 0))
            last[message.nick] = int(message.text)
