"""The protocol, held against any server that speaks it: these tests use nothing but sockets.

    python3 -m tests.wire python3 my_server.py

The command is given ``--port 0`` and has to print where it listens, as
``... 127.0.0.1:50001``; it is started anew for every test.  A server that can
be started in another way: inherit from the classes below and say how, in
``serve``.  tests/programs/test_wire.py does so for minichat.

``FourCases`` are those of the assignment; each of the other classes is about a
part of the protocol, minichat/chat/README.md.
"""

from __future__ import annotations

import contextlib
import random
import ssl
import sys
import unittest
from typing import Callable, Iterable, List, Optional, Sequence, Tuple, Type, Union

from tests.peer import Peer, SlowPeer
from tests.program import ServerProcess
from tests.support import DidNotCome

LINE_BYTES = 4096  # longest line of a client, with its newline
WHO_LINE_BYTES = 512
MOST_UNREAD_BYTES = 64 << 20  # that a server and a kernel may keep for a peer that does not read


class WireCase(unittest.TestCase):
    """A server of which only the address is known; it is empty when a test begins."""

    def serve(self) -> Tuple[str, int]:
        """The factory: a server without anybody in it; its host and port.

        It serves what one peer sends without delay, for some tests send much.
        """
        raise NotImplementedError("say in a subclass how the server is started")

    def setUp(self) -> None:
        self.host, self.port = self.serve()

    def peer(self, nick: Optional[str] = None) -> Peer:
        """A peer, in the chat if it has a ``nick``, until the end of the test."""
        peer = Peer(self.port, nick, self.host)
        self.addCleanup(self.let_go, peer)
        return peer

    @staticmethod
    def let_go(peer: Peer) -> None:
        """Have a peer leave in good order, if it is still there: by its end the server knows."""
        with peer, contextlib.suppress(OSError, DidNotCome):
            peer.send("QUIT\n")
            peer.end_sending()
            peer.rest()

    def people(self, *nicks: str) -> List[Peer]:
        """Some who come in one after the other, and have read of all the others' coming."""
        people: List[Peer] = []
        for nick in nicks:
            newcomer = self.peer(nick)
            for peer in people:
                peer.expect(f"JOIN {nick}")
            people.append(newcomer)
        return people

    def check_hear_nothing_more(self, **people: Peer) -> None:
        """Assert that nothing has been said to these, by nick, that was not read.

        The first acted: what it said is served before it has the answer to its
        next line.  So what the others were to hear stands before theirs.
        """
        for nick, peer in people.items():
            peer.send(f"@{nick} anything before this?\n")
            peer.expect(f"FROM {nick} [dm]: anything before this?")

    def answer_to(self, data: Union[str, bytes]) -> str:
        """All that a newcomer reads who sends this and is then disconnected."""
        with Peer(self.port, host=self.host) as newcomer:
            newcomer.send(data)
            return newcomer.rest()


class FourCases(WireCase):
    """The four cases of the assignment, and the order of what is said."""

    def setUp(self) -> None:
        super().setUp()
        self.ana, self.bruno, self.duda = self.people("ana", "bruno", "duda")

    def check_nothing_more(self) -> None:
        self.check_hear_nothing_more(ana=self.ana, bruno=self.bruno, duda=self.duda)

    def test_case_1_everyone_hears_ana_and_she_too(self) -> None:
        self.ana.send("Olá\n")
        for peer in (self.ana, self.bruno, self.duda):
            peer.expect("FROM ana [all]: Olá")
        self.check_nothing_more()

    def test_case_2_bruno_alone_hears_what_is_for_him(self) -> None:
        self.ana.send("@bruno oi\n")
        self.bruno.expect("FROM ana [dm]: oi")
        self.check_nothing_more()

    def test_case_3_ana_alone_is_told_that_there_is_no_carlos(self) -> None:
        self.ana.send("@carlos tudo bem?\n")
        self.ana.expect("ERR user_not_found")
        self.check_nothing_more()

    def test_case_4_a_second_ana_is_disconnected_unnoticed(self) -> None:
        self.assertEqual(self.answer_to("ana\n"), "ERR apelido_em_uso\n")
        self.check_nothing_more()

    def test_public_and_private_lines_keep_their_order(self) -> None:
        self.ana.send("1\n@bruno 2\n3\n@bruno 4\n5\n")
        self.bruno.expect(*(f"FROM ana [{kind}]: {n}" for n, kind in enumerate(("all", "dm", "all", "dm", "all"), 1)))
        for peer in (self.ana, self.duda):
            peer.expect("FROM ana [all]: 1", "FROM ana [all]: 3", "FROM ana [all]: 5")
        self.check_nothing_more()

    def test_all_hear_all_in_one_and_the_same_order(self) -> None:
        people = {"ana": self.ana, "bruno": self.bruno, "duda": self.duda}
        for number in range(50):
            for nick, peer in people.items():
                peer.send(f"{nick} {number}\n")
        heard = [[peer.line() for _ in range(150)] for peer in people.values()]
        self.assertEqual(heard[1:], heard[:1] * 2)
        for nick in people:
            own = [line for line in heard[0] if line.startswith(f"FROM {nick} ")]
            self.assertEqual(own, [f"FROM {nick} [all]: {nick} {number}" for number in range(50)])

    def test_who_quits_reads_bye_and_the_others_leave(self) -> None:
        self.bruno.send("QUIT\n")
        self.assertEqual(self.bruno.rest(), "BYE\n")
        for peer in (self.ana, self.duda):
            peer.expect("LEAVE bruno quit")

    def test_lines_may_come_in_any_pieces_and_many_at_once(self) -> None:
        for byte in "ção\r\n".encode():
            self.bruno.send(bytes([byte]))
        self.bruno.send("um\ndois\ntr")
        self.bruno.send("ês\n")
        self.ana.expect(*(f"FROM bruno [all]: {text}" for text in ("ção", "um", "dois", "três")))


class Joining(WireCase):
    """The first line is the nickname."""

    LEGAL = ("a", "7", "x" * 24, "a_b-c.d", "ção", "日本カナ", "한글", "Ελένη", "Анна", "q\u0301\u0302", "ＡＮＡ")
    ILLEGAL = (
        *("", " ", " ana", "ana ", "a b", "a\tb", "_a", "-a", ".a", "@ana", "a:b", "[all]", "a/b", "x" * 25, "日" * 22),
        *("a\u0430", "a\u200db", "a\u00adb", "\u0301a", "a\u3164"),
        *("ana\u034f", "ana\ufe0f", "\u3164", "q\u0301\u0302\u0323"),
        *("who", "QUIT", "All", "dm", "SYSTEM", "ｗｈｏ", "ԝһо"),
    )
    DISGUISES = {
        "Ana": ("ana", "ANA", "\uff21\uff2e\uff21", "aNA", "ɑna", "ꓮꓠꓮ"),
        "Jos\u00e9": ("Jose\u0301", "JOS\u00c9", "jos\u00e9"),
        "Stra\u00dfe": ("strasse", "STRASSE", "stra\u1e9ee"),
        "\ufb01m": ("fim", "FIM"),
        "paco": ("расо", "РАСО"),
    }

    def test_the_server_says_nothing_until_spoken_to(self) -> None:
        silent, ana = self.peer(), self.peer("ana")
        self.check_hear_nothing_more(ana=ana)  # after it had time to say something
        silent.send("bruno\n")
        silent.expect("OK bruno")

    def test_who_comes_is_told_to_all_who_are_in_and_to_no_other(self) -> None:
        waiting = self.peer()
        ana, bruno, caio = self.people("ana", "bruno", "caio")
        self.check_hear_nothing_more(caio=caio, bruno=bruno, ana=ana)
        waiting.send("davi\n")
        waiting.expect("OK davi")

    def test_every_legal_nick_is_taken(self) -> None:
        for nick in self.LEGAL:
            with self.subTest(nick), Peer(self.port, host=self.host) as newcomer:
                newcomer.send(f"{nick}\nQUIT\n")
                self.assertEqual(newcomer.rest(), f"OK {nick}\nBYE\n")

    def test_every_illegal_nick_is_refused_and_disconnected(self) -> None:
        for nick in self.ILLEGAL:
            with self.subTest(nick):
                self.assertRegex(self.answer_to(f"{nick}\n"), r"\AERR (apelido_invalido|invalid_text)\n\Z")

    def test_a_nick_is_shown_as_typed_and_composed(self) -> None:
        ana = self.peer("ana")
        with Peer(self.port, host=self.host) as newcomer:
            newcomer.send("Jose\u0301\n")
            newcomer.expect("OK Jos\u00e9")
        ana.expect("JOIN Jos\u00e9")

    def test_a_nick_in_use_is_refused_and_found_in_every_disguise(self) -> None:
        """Trap 39."""
        for nick, disguises in self.DISGUISES.items():
            member = self.peer(nick)
            for disguise in disguises:
                with self.subTest(nick=nick, disguise=disguise):
                    self.assertEqual(self.answer_to(f"{disguise}\n"), "ERR apelido_em_uso\n")
                    member.send(f"@{disguise} it is me\n")
                    member.expect(f"FROM {nick} [dm]: it is me")
            member.send("QUIT\n")
            member.rest()

    def test_of_two_who_come_at_once_with_one_nick_one_gets_it(self) -> None:
        """Trap 39."""
        for number in range(10):
            with Peer(self.port, host=self.host) as first, Peer(self.port, host=self.host) as second:
                first.send(f"Ana{number}\n")
                second.send(f"ana{number}\n")
                answers = sorted((first.line(), second.line()))
                self.assertEqual(answers[0], "ERR apelido_em_uso")
                self.assertIn(answers[1], (f"OK Ana{number}", f"OK ana{number}"))

    def test_who_is_refused_was_never_in(self) -> None:
        """Trap 39."""
        ana = self.peer("ana")
        for nick in ("ANA", "who", "a b", "", "x" * 25, "a\u0430"):
            self.assertRegex(self.answer_to(f"{nick}\n@ana forged\nforged\nWHO\n"), r"\AERR apelido_\w+\n\Z")
        self.check_hear_nothing_more(ana=ana)

    def test_a_byte_order_mark_before_the_nick_is_skipped(self) -> None:
        ana = self.peer()
        ana.send(b"\xef\xbb\xbfana\r\n")
        ana.expect("OK ana")
        ana.send("\ufeffelsewhere it is text\n")
        ana.expect("FROM ana [all]: \ufeffelsewhere it is text")

    def test_half_a_nick_with_a_carriage_return_may_become_one(self) -> None:
        newcomer, ana = self.peer(), self.peer("ana")
        newcomer.send("bruno\r")
        self.check_hear_nothing_more(ana=ana)  # the server has seen it by now
        newcomer.send("\n")
        newcomer.expect("OK bruno")

    def test_a_first_line_that_is_no_text_disconnects(self) -> None:
        """Trap 26."""
        for line, code in ((b"\x1b[2J\n", "invalid_text"), (b"\xff\n", "invalid_utf8")):
            self.assertEqual(self.answer_to(line), f"ERR {code}\n")

    def test_a_first_line_without_an_end_disconnects(self) -> None:
        """Trap 37."""
        for size in (LINE_BYTES, 1_000_000):
            self.assertEqual(self.answer_to(b"a" * size), "ERR line_too_long\n")

    def test_who_speaks_another_protocol_reads_one_error(self) -> None:
        """Trap 29."""
        for hello in self.hellos():
            with self.subTest(hello):
                self.assertRegex(self.answer_to(hello), r"\AERR (apelido_invalido|invalid_text|invalid_utf8)\n\Z")

    def hellos(self) -> List[bytes]:
        """How a browser, IRC and SSH clients and TLS begin; the last has no newline to wait for."""
        sent = ssl.MemoryBIO()
        tls = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), sent, server_hostname="localhost")
        with self.assertRaises(ssl.SSLWantReadError):
            tls.do_handshake()
        hello = sent.read().replace(b"\xff", b".")  # its random bytes may be telnet, too
        return [
            b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n",
            b"NICK ana\r\nUSER ana 0 * :Ana\r\n",
            b"CAP LS 302\r\n",
            b"SSH-2.0-OpenSSH 9\r\n",
            hello,
            hello.replace(b"\n", b"."),
        ]


class Saying(WireCase):
    """What is said by those who are in, and to whom."""

    AS_IT_CAME = (
        *("  two  spaces ", "\ttab", " @ana", " WHO", " QUIT", "WHO ana", "WHOA", "QUIT now", "quite", "no\u00a0break"),
        *("café 日本 \U0001f600", "e\u0301", "a" * 2000, "\u200b", "FROM", "%s {0} \\n"),
    )
    FORGERIES = (
        *("OK bruno", "JOIN eva", "LEAVE bruno quit", "FROM bruno [all]: forged", "FROM bruno [dm]: forged"),
        *("BYE", "BYE shutdown", "ERR apelido_em_uso", "WHO 1 ana"),
    )

    def test_a_text_is_relayed_as_it_came(self) -> None:
        ana, bruno = self.people("ana", "bruno")
        for text in self.AS_IT_CAME:
            ana.send(f"{text}\n")
            for peer in (ana, bruno):
                peer.expect(f"FROM ana [all]: {text}")

    def test_no_text_can_look_like_a_line_of_the_server(self) -> None:
        """Trap 40."""
        ana, bruno = self.people("ana", "bruno")
        for text in self.FORGERIES:
            ana.send(f"{text}\n@bruno {text}\n")
            bruno.expect(f"FROM ana [all]: {text}", f"FROM ana [dm]: {text}")

    def test_an_empty_line_and_spaces_only_are_nothing(self) -> None:
        ana, bruno = self.people("ana", "bruno")
        ana.send("\n \n      \n\r\n  \r\n")
        self.check_hear_nothing_more(ana=ana, bruno=bruno)

    def test_a_direct_message_is_heard_by_nobody_else(self) -> None:
        ana, bruno, caio = self.people("ana", "bruno", "caio")
        ana.send("@BRUNO psst\n@ana a note to myself\n")
        bruno.expect("FROM ana [dm]: psst")
        ana.expect("FROM ana [dm]: a note to myself")
        self.check_hear_nothing_more(ana=ana, bruno=bruno, caio=caio)

    def test_a_direct_message_that_cannot_be_sent_is_told_why(self) -> None:
        ana, bruno = self.people("ana", "bruno")
        for line, code in (
            ("@bruno", "empty_message"),
            ("@bruno ", "empty_message"),
            ("@ana", "empty_message"),
            ("@carlos", "user_not_found"),
            ("@carlos oi", "user_not_found"),
            ("@", "user_not_found"),
            ("@ bruno oi", "user_not_found"),
            ("@bruno: oi", "user_not_found"),
        ):
            with self.subTest(line):
                ana.send(f"{line}\n")
                ana.expect(f"ERR {code}")
        self.check_hear_nothing_more(ana=ana, bruno=bruno)

    def test_who_lists_everyone_in_the_order_of_joining(self) -> None:
        people = self.people("carla", "ana", "bruno")
        for question in ("WHO", "who", "Who   "):
            for peer in people:
                peer.send(f"{question}\n")
                peer.expect("WHO 3 carla ana bruno")
        people[0].send("QUIT\n")
        people[0].rest()
        people[1].send("WHO\n")
        people[1].expect("LEAVE carla quit", "WHO 2 ana bruno")

    def test_a_long_list_goes_on_in_more_lines_of_one_total(self) -> None:
        nicks = [f"somebody_with_a_nick_{number:03}" for number in range(60)]
        people = [self.peer(nick) for nick in nicks]
        people[-1].send("WHO\n")
        listed: List[str] = []
        lines = 0
        while len(listed) < len(nicks):
            line = people[-1].line()
            self.assertLessEqual(len(line.encode()) + 1, WHO_LINE_BYTES)
            word, total, *some = line.split(" ")
            self.assertEqual((word, total), ("WHO", "60"))
            self.assertNotEqual(some, [])
            listed += some
            lines += 1
        self.assertEqual(listed, nicks)
        self.assertGreater(lines, 1)
        self.check_hear_nothing_more(**{nicks[-1]: people[-1]})


class Lines(WireCase):
    """A read is not a line, and not every line is a text."""

    SCRIPT = "café\r\nolá \U0001f600\n\n WHO\nWHO\n@café ç\nfim\nQUIT\n".encode()
    ANSWER = (
        "OK café\nFROM café [all]: olá \U0001f600\nFROM café [all]:  WHO\n"
        "WHO {total} {others}café\nFROM café [dm]: ç\nFROM café [all]: fim\nBYE\n"
    )
    NOT_UTF8 = (
        *(b"\xff", b"\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"),
        *(b"\xf5\x80\x80\x80", b"a\x80", b"\xe2\x82", b"\xc3("),
    )

    def test_a_cut_at_any_byte_gives_the_same_answers(self) -> None:
        """Trap 23."""
        expected = self.ANSWER.format(total=2, others="ana ")
        ana = self.peer("ana")
        for cut in range(1, len(self.SCRIPT)):
            with self.subTest(cut), Peer(self.port, host=self.host) as peer:
                peer.send(self.SCRIPT[:cut])
                ana.send("@ana served\n")  # and so is what came before it
                while ana.line() != "FROM ana [dm]: served":
                    pass
                peer.send(self.SCRIPT[cut:])
                self.assertEqual(peer.rest(), expected)

    def test_any_cutting_gives_the_same_answers(self) -> None:
        """Trap 23."""
        chance = random.Random(23)
        for longest in (1, 2, 5, 20, len(self.SCRIPT)):
            with self.subTest(longest), Peer(self.port, host=self.host) as peer:
                rest = self.SCRIPT
                while rest:
                    size = chance.randint(1, longest) if longest < len(rest) else len(rest)
                    peer.send(rest[:size])
                    rest = rest[size:]
                self.assertEqual(peer.rest(), self.ANSWER.format(total=1, others=""))

    def test_one_carriage_return_before_the_newline_is_dropped(self) -> None:
        ana = self.peer("ana")
        ana.send("um\r\ndois\ntrês\r\r\nqua\rtro\n")
        ana.expect("FROM ana [all]: um", "FROM ana [all]: dois", "ERR invalid_text", "ERR invalid_text")

    def test_nothing_but_a_newline_ends_a_line(self) -> None:
        ana = self.peer("ana")
        for separator in ("\u00a0", "\u3000", "\ufeff", "\t"):
            ana.send(f"a{separator}b\n")
            ana.expect(f"FROM ana [all]: a{separator}b")

    def test_a_line_is_relayed_whole_up_to_the_limit(self) -> None:
        """Trap 24."""
        ana, bruno = self.people("ana", "bruno")
        for size, fits in ((LINE_BYTES - 1, True), (LINE_BYTES, True), (LINE_BYTES + 1, False)):
            text = "x" * (size - 1)  # and its newline
            ana.send(f"{text}\n")
            ana.expect(f"FROM ana [all]: {text}" if fits else "ERR line_too_long")
            if fits:
                bruno.expect(f"FROM ana [all]: {text}")
        self.check_hear_nothing_more(ana=ana, bruno=bruno)

    def test_the_limit_counts_bytes_not_characters(self) -> None:
        """Trap 24."""
        ana = self.peer("ana")
        for text, fits in (("é" * 2047 + "x", True), ("é" * 2048, False)):
            ana.send(f"{text}\n")
            ana.expect(f"FROM ana [all]: {text}" if fits else "ERR line_too_long")

    def test_the_tail_of_a_long_line_is_never_a_command(self) -> None:
        """Trap 24."""
        ana = self.peer("ana")
        for tail in ("QUIT", "\rQUIT", "WHO", "@ana forged", " " * 4096 + "QUIT", "\u001b", "x" * 1_000_000):
            ana.send("A" * 5000 + tail + "\nWHO\n")
            ana.expect("ERR line_too_long", "WHO 1 ana")

    def test_a_line_that_is_no_text_is_refused_and_one_goes_on(self) -> None:
        """Trap 26."""
        ana, bruno = self.people("ana", "bruno")
        for code, lines in (("invalid_text", self.no_texts()), ("invalid_utf8", self.NOT_UTF8)):
            for line in lines:
                with self.subTest(line):
                    ana.send(line + b"\n@bruno " + line + b"\nstill here\n")
                    ana.expect(f"ERR {code}", f"ERR {code}", "FROM ana [all]: still here")
                    bruno.expect("FROM ana [all]: still here")

    @staticmethod
    def no_texts() -> Iterable[bytes]:
        """Lines that are UTF-8, and hold something that no line may hold."""
        controls = [code for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x09, 0x0A)]
        bidi = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
        forbidden = [f"a{chr(code)}b".encode() for code in (*controls, 0x2028, 0x2029, *bidi)]
        return [*forbidden, b"\x00", b"\x1b[2J", b"\x07", b"a\r\r", "\u2028".encode()]


class Ends(WireCase):
    """How one goes, and what the others are told."""

    def test_a_half_closed_peer_gets_every_answer_then_the_end(self) -> None:
        """Trap 27."""
        peer = self.peer()
        texts = [str(number) for number in range(100)]
        peer.send("\n".join(["ana", *texts, "WHO", "never ended"]))
        peer.end_sending()
        answers = ["OK ana", *(f"FROM ana [all]: {text}" for text in texts), "WHO 1 ana", ""]
        self.assertEqual(peer.rest().split("\n"), answers)

    def test_bytes_after_the_last_newline_are_no_line(self) -> None:
        ana = self.peer("ana")
        for left in ("QUIT", "never said", "@ana never said"):
            with Peer(self.port, host=self.host) as peer:
                peer.send(f"bruno\n{left}")
                peer.end_sending()
                self.assertEqual(peer.rest(), "OK bruno\n")
                ana.expect("JOIN bruno", "LEAVE bruno gone")

    def test_who_half_closes_before_a_nick_reads_a_clean_end(self) -> None:
        for sent in ("", "an"):
            with Peer(self.port, host=self.host) as peer:
                peer.send(sent)
                peer.end_sending()
                self.assertEqual(peer.rest(), "")

    def test_quit_is_answered_and_what_follows_discarded(self) -> None:
        """Trap 28."""
        ana = self.peer("ana")
        for goodbye in ("QUIT", "quit", "Quit  "):
            with Peer(self.port, "bruno", self.host) as bruno:
                bruno.send(f"{goodbye}\nnever said\n@ana never said\n" + "x" * 1_000_000)
                self.assertEqual(bruno.rest(), "BYE\n")
                ana.expect("JOIN bruno", "LEAVE bruno quit")
        self.check_hear_nothing_more(ana=ana)

    def test_who_goes_without_a_word_is_told_as_gone_once(self) -> None:
        """Trap 31."""
        ana = self.peer("ana")
        for go in (Peer.close, Peer.reset, Peer.end_sending):
            with self.subTest(go.__name__), Peer(self.port, "bruno", self.host) as bruno:
                go(bruno)
                ana.expect("JOIN bruno", "LEAVE bruno gone")
        self.check_hear_nothing_more(ana=ana)

    def test_who_does_not_read_is_too_slow_and_the_others_lose_nothing(self) -> None:
        """Trap 33."""
        ana, slow = self.peer("ana"), SlowPeer(self.port, "slow", self.host)
        self.addCleanup(slow.close)
        ana.expect("JOIN slow")
        text, said, is_cut = "x" * 4000, 0, False
        while not is_cut:
            ana.send(f"{text}\n" * 16)
            said += 16
            heard = 0
            while heard < 16:
                line = ana.line()
                heard += line == f"FROM ana [all]: {text}"
                is_cut = is_cut or line == "LEAVE slow too_slow"
            self.assertLess(said * len(text), MOST_UNREAD_BYTES)
        lines = slow.rest().split("\n")
        self.assertEqual(lines[-2:], ["ERR too_slow", ""])
        self.assertEqual(set(lines[:-2]), {f"FROM ana [all]: {text}"}, "whole lines, and more than none")

    def test_a_nick_is_free_again_when_its_leave_can_be_read(self) -> None:
        """Trap 39."""
        ana = self.peer("ana")
        for go, reason in ((Peer.close, "gone"), (self.quit, "quit"), (Peer.reset, "gone")) * 3:
            bruno = self.peer("bruno")
            ana.expect("JOIN bruno")
            go(bruno)
            ana.expect(f"LEAVE bruno {reason}")
        self.peer("BRUNO")

    @staticmethod
    def quit(peer: Peer) -> None:
        peer.send("QUIT\n")


KINDS: Sequence[Type[WireCase]] = (FourCases, Joining, Saying, Lines, Ends)


def held_against(serve: Callable[[WireCase], Tuple[str, int]]) -> List[WireCase]:
    """All tests, with this factory in them."""
    tests: List[WireCase] = []
    for kind in KINDS:
        case = type(kind.__name__, (kind,), {"serve": serve})
        tests += [case(name) for name in unittest.defaultTestLoader.getTestCaseNames(case)]
    return tests


def main() -> int:
    """Hold the server that the command line names against the protocol; returns the exit status."""
    if not sys.argv[1:] or sys.argv[1].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2

    def serve(case: WireCase) -> Tuple[str, int]:
        server = ServerProcess(how=sys.argv[1:], interpreter=())
        case.addCleanup(server.__exit__)
        return "127.0.0.1", server.port

    return 0 if unittest.TextTestRunner().run(unittest.TestSuite(held_against(serve))).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
