"""The client of a person on a fake console and a fake session: what it decides."""

from __future__ import annotations

import argparse
import os
import signal
import unittest
from typing import Any, List, Tuple
from unittest import mock

from minichat.chat import parser, protocol
from minichat.cli.messages import Messages
from minichat.client.ends import End, Why
from minichat.client.errands import LONG_PASTE_LINES
from minichat.client.interactive import Interactive
from minichat.client.notices import Notices
from minichat.client.reconnect import GHOST_SECONDS
from minichat.client.session import LIMITS, Loop
from minichat.client.show import Look, Show
from minichat.net.pool import Pool
from minichat.net.reactor import Reactor
from minichat.net.signals import Wakeup

IN_USE = End(Why.BAD_NICK, protocol.NICK_IN_USE)
LOST = End(Why.LOST)


class FakeConsole:
    """Keeps what the person is shown; a test types by calling the client."""

    echoes = False

    def __init__(self, *arguments: Any) -> None:
        self.shown: List[str] = []
        self.titles: List[str] = []

    def start(self) -> None:
        """Do nothing."""

    def ask(self, question: str) -> None:
        """Show the question."""
        self.shown.append(question)

    def tell(self, text: str) -> None:
        """Show a line of the client."""
        self.shown.append(text)

    def say(self, line: bytes) -> None:
        """Show a line of the server."""
        self.shown.append(line.decode())

    def remember(self, line: str) -> None:
        """Forget a line of the history."""

    resume = put_back = remember

    def title(self, text: str) -> None:
        """Note the title of the window."""
        self.titles.append(text)

    def confirm(self, question: str, line: str) -> None:
        """Note the question."""
        self.shown.append(question)

    def bell(self) -> None:
        """Be silent."""

    close = clear = bell


class FakeSession:
    """Keeps what is sent; a test answers by calling the client."""

    host, port = "127.0.0.1", 50001

    def __init__(self, *arguments: Any) -> None:
        self.nicks: List[str] = []
        self.sent: List[str] = []

    def connect(self, nick: bytes) -> None:
        """Note the nick."""
        self.nicks.append(nick.decode())

    def write(self, data: bytes) -> None:
        """Note the lines."""
        self.sent += data.decode().split("\n")[:-1]

    def close(self) -> None:
        """Do nothing."""


@unittest.skipUnless(os.name == "posix", "a matter of signals")
class InteractiveTest(unittest.TestCase):
    def setUp(self) -> None:
        self.reactor = Reactor()
        self.addCleanup(self.reactor.close)
        self.notices = Notices()

    def client(self, nick: str | None = "ana", reconnects: bool = True) -> Interactive:
        """Make a client on fakes and start it."""
        values = argparse.Namespace(host="127.0.0.1", port=50001, nick=nick, no_reconnect=not reconnects)
        show = Show(Look(is_terminal=True, has_title=True), Messages("en"))
        module = "minichat.client.interactive."
        loop = Loop(self.reactor, Pool(self.reactor, LIMITS), Wakeup())
        with mock.patch(module + "Session", FakeSession), mock.patch(module + "chosen_console", FakeConsole):
            client = Interactive(loop, values, show, Messages("en"), self.notices)
        self.addCleanup(client.ending.signals.close)
        self.console: Any = client._console
        self.session: Any = client._session
        client.start()
        return client

    def hear(self, client: Interactive, *lines: str) -> None:
        """Let the server say these lines."""
        for line in lines:
            client.heard(line.encode(), parser.parse_message(line.encode()))

    def enter(self, client: Interactive, *others: str) -> Interactive:
        """Let the server take the nick; the client learns who else is in."""
        self.hear(client, "OK ana")
        client.came_in()
        self.hear(client, " ".join([f"WHO {len(others) + 1}", *others, "ana"]))
        self.console.shown.clear()
        self.session.sent.clear()
        return client

    def check(self, shown: Tuple[str, ...] = (), sent: Tuple[str, ...] = ()) -> None:
        """Assert what was shown and sent since the last time."""
        self.assertEqual((tuple(self.console.shown), tuple(self.session.sent)), (shown, sent))
        self.console.shown.clear()
        self.session.sent.clear()


class Commands(InteractiveTest):
    def test_a_new_command_is_sent_when_it_is_typed(self) -> None:
        client = self.enter(self.client())
        with mock.patch.object(protocol, "WORDS", protocol.WORDS | {"time"}):
            client.typed("Time ")
            client.pasted(["time"])
            self.assertEqual(client._outbox.close(), [" time"])  # a command is nothing to be lost
        self.check(sent=("TIME", " time"))

    def test_a_command_typed_on_the_way_in_keeps_its_place(self) -> None:
        client = self.client()
        for line in ("um", "/quem", "dois"):
            client.typed(line)
        self.check()
        client.came_in()
        self.assertEqual(self.session.sent, ["WHO", "um"])  # WHO of the client itself; the rest is paced

    def test_without_a_connection_a_command_is_refused(self) -> None:
        asking = self.client(nick=None)
        self.console.shown.clear()
        asking.answered("/who")
        self.check(("Not connected now.", "Choose your nickname: "))

    def test_after_a_loss_a_command_is_refused_and_a_text_waits(self) -> None:
        client = self.enter(self.client())
        client.ended(LOST)
        self.console.shown.clear()
        client.typed("WHO")
        client.typed("oi")
        self.check(("Not connected now.", "Will be sent once the connection is back: oi"))

    def test_a_line_is_no_nick_and_waits_for_one(self) -> None:
        """Trap 68."""
        client = self.enter(self.client())
        client.ended(LOST)
        client.ended(End(Why.BAD_NICK, protocol.NICK_INVALID))
        self.console.shown.clear()
        client.typed("@bia segredo")
        client.typed("  ")
        client.typed("/foo")
        client.pasted(["um", "dois"])
        self.assertEqual(self.session.nicks, ["ana"])
        waits = "Waits until you have chosen a nickname: "
        told = self.console.shown.pop(1)
        self.assertTrue(told.startswith("/foo does not exist"), told)
        self.check((f"{waits}@bia segredo", f"{waits}2 × …"))
        client.answered("davi")
        self.assertEqual(self.session.nicks, ["ana", "davi"])
        client.came_in()
        self.assertEqual(self.session.sent, ["WHO", "@bia segredo"])
        self.assertEqual(len(client._outbox.drop()), 2)

    def test_a_blank_answer_and_a_command_ask_again(self) -> None:
        client = self.client(nick=None)
        for answer in ("", "  ", "/clear"):
            client.answered(answer)
        self.check(("Choose your nickname: ",) * 4)
        self.assertEqual(self.session.nicks, [])

    def test_a_dropped_paste_is_told_with_its_lines(self) -> None:
        client = self.enter(self.client())
        client.paste_dropped(3)
        self.check(("The pasted text was dropped; lines: 3.",))

    def test_a_paste_that_is_too_long_in_part_is_sent_in_part(self) -> None:
        client = self.enter(self.client())
        client.pasted(["x" * 4096, "oi"])
        self.assertIn("has 4096 bytes and 4095 fit", self.console.shown[0])
        self.check((self.console.shown[0],), ("oi",))

    def test_a_long_paste_is_told_and_ctrl_c_stops_only_the_paste(self) -> None:
        """Trap 69."""
        client = self.enter(self.client())
        client.pasted(["x"] * (LONG_PASTE_LINES + 1))
        client.typed("oi")
        self.check((f"Pasting {LONG_PASTE_LINES + 1} lines; Ctrl-C stops it.",), ("x",))
        client.interrupted()
        self.check((f"Lines that were not sent: {LONG_PASTE_LINES}",))
        client.interrupted()  # now there is no paste to stop
        self.check(sent=("oi", "QUIT"))


    def test_a_paste_while_away_waits_and_what_is_typed_goes_first(self) -> None:
        """Trap 69."""
        client = self.enter(self.client())
        client.ended(LOST)
        self.console.shown.clear()
        client.pasted(["", " "])
        self.check()
        client.pasted(["um", "dois", ""])
        client.typed("oi")
        told = "Will be sent once the connection is back: oi"
        self.check(("Lines that will be sent once there is a connection: 2", told))
        client.came_in()
        client._outbox._pace()
        self.check(sent=("WHO", "oi", "um"))
        client._stop(0)
        client.close()
        lines: List[str] = []
        self.notices.pass_to(lines.append)
        unsure = [f"May not have arrived: {text}" for text in ("oi", "um")]
        self.assertEqual(lines, [*unsure, "Not sent: dois"])


class Listening(InteractiveTest):
    def test_the_first_list_stays_hidden_however_many_lines_it_has(self) -> None:
        client = self.client()
        self.hear(client, "OK ana")
        client.came_in()
        self.console.shown.clear()
        self.hear(client, "WHO 3 ana bia", "JOIN davi", "WHO 3 caio", "WHO 1 ana")
        self.assertEqual(self.console.shown, ["JOIN davi (came in)", "WHO 1 ana (here now: 1)"])

    def test_a_list_that_was_asked_for_is_shown_in_its_turn(self) -> None:
        """Trap 60."""
        client = self.enter(self.client())
        client.typed("@bia oi")
        self.console.shown.clear()
        self.reactor.now += 1.0
        client._outbox._look()
        client.typed("/who")
        self.assertEqual(self.session.sent, ["@bia oi", "WHO", "WHO"])
        self.hear(client, "WHO 2 ana bia", "WHO 1 ana")
        self.assertEqual(self.console.shown, ["WHO 1 ana (here now: 1)"])


class Private(InteractiveTest):
    def turn(self, client: Interactive) -> List[str]:
        """End a turn; return the titles since the last one."""
        client._end_turn()
        titles: List[str] = self.console.titles
        self.console.titles = []
        return titles

    def test_the_title_counts_what_came_until_a_key_is_pressed(self) -> None:
        client = self.client()
        self.assertEqual(self.turn(client), [])
        self.enter(client, "bia")
        name = "minichat ana@127.0.0.1"
        self.assertEqual(self.turn(client), [name])
        self.hear(client, "FROM bia [dm]: um", "FROM bia [dm]: dois", "FROM bia [all]: oi", "FROM ana [dm]: eu")
        self.assertEqual(self.turn(client), [f"(2) {name}"])
        client.noticed()
        self.assertEqual(self.turn(client), [name])
        client.close()
        self.assertEqual(self.console.titles, [""])

    def test_a_reply_goes_to_the_last_one_who_wrote_privately(self) -> None:
        client = self.enter(self.client(), "bia", "caio")
        client.typed("/reply oi")
        self.check(("No private message has come yet; nothing was sent.",))
        self.hear(client, "FROM bia [dm]: um", "FROM caio [all]: oi", "FROM ana [dm]: eu", "LEAVE bia quit")
        self.console.shown.clear()
        client.typed("/reply oi")
        self.check(("@bia oi",), ("@bia oi",))

    def test_the_sender_is_known_after_a_connection_was_lost(self) -> None:
        client = self.enter(self.client(), "bia")
        self.hear(client, "FROM bia [dm]: um")
        client.ended(LOST)
        self.console.shown.clear()
        client.typed("/reply oi")
        self.check(("Will be sent once the connection is back: @bia oi",))

    def test_a_private_line_of_another_program_waits_for_an_answer(self) -> None:
        """Trap 73."""
        client = self.enter(self.client(), "bia")
        question = "Everyone would read this; in private it is @bia text. y sends it to everyone, n does not: "
        client.typed("msg bia segredo")
        self.check((question,))
        client.declined("msg bia segredo")
        self.check()
        client.typed("msg bia segredo")
        self.check((question,))
        client.confirmed("msg bia segredo")
        self.check(sent=("msg bia segredo",))


class ComingBack(InteractiveTest):
    def test_a_ghost_is_waited_for_two_minutes_and_then_the_nick_is_asked(self) -> None:
        client = self.enter(self.client())
        client.ended(LOST)
        client.ended(IN_USE)
        self.assertRegex(self.console.shown[-1], "Trying again in . s, as ana")
        self.reactor.now += GHOST_SECONDS
        client.ended(IN_USE)
        self.assertEqual(self.console.shown[-1], "Choose your nickname: ")

    def test_without_the_wish_to_come_back_it_ends(self) -> None:
        for why, status in ((Why.LOST, 1), (Why.SHUTDOWN, 0)):
            with self.subTest(why):
                client = self.enter(self.client(reconnects=False))
                client.ended(End(why))
                self.assertTrue(client.ending.is_over)
                self.assertEqual(client.ending.status, status)

    def test_no_way_in_at_the_start_is_told_at_the_end(self) -> None:
        for why in set(Why) - {Why.BAD_NICK, Why.BYE}:
            with self.subTest(why):
                client = self.client()
                client.ended(End(why, "detail"))
                self.assertEqual(client.ending.status, 1)
                told: List[str] = []
                self.notices.pass_to(told.append)
                self.assertEqual(len(told), 1)
                self.assertTrue(told[0].startswith("minichat-client: "), told)


class Ending(InteractiveTest):
    def test_a_terminal_that_is_gone_at_the_start_ends_it_without_a_dial(self) -> None:
        with mock.patch.object(FakeConsole, "start", side_effect=OSError(5, "gone")):
            for nick in ("ana", None):
                client = self.client(nick)
                self.assertEqual((client.ending.status, self.session.nicks), (1, []))
                self.check()

    def test_a_signal_during_a_wait_for_the_output_ends_it(self) -> None:
        client = self.enter(self.client())
        client.pasted(["um", "dois", "tres"])
        client.output_failed(InterruptedError())
        self.assertFalse(client.ending.is_over)
        client.interrupted()  # would only stop the paste if the terminal were read
        self.assertEqual((client.ending.is_over, client.ending.status), (True, 128 + signal.SIGINT))

    def test_the_first_reason_to_end_is_the_one_that_counts(self) -> None:
        client = self.enter(self.client())
        client.typed("oi")
        client.bug("a bug")
        client.output_failed(BrokenPipeError())
        client.ended(End(Why.BYE))
        self.assertEqual(client.ending.status, 1)
        told: List[str] = []
        client.close()
        self.notices.pass_to(told.append)
        self.assertEqual(told[:2], ["a bug", "May not have arrived: oi"])

    def test_many_lines_that_are_lost_are_named_in_part(self) -> None:
        """Traps 60 and 69."""
        client = self.enter(self.client())
        for number in range(7):
            client.typed(f"@bia {number}")
        client.input_ended()
        client.typed("tarde")
        client._stop(0)
        client.close()
        told: List[str] = []
        self.notices.pass_to(told.append)
        unsure = [f"May not have arrived: @bia {number}" for number in range(5)]
        self.assertEqual(told, [*unsure, "Other lines that may not have arrived: 2", "Not sent: tarde"])

    def test_lines_of_a_trace_wait_once_it_ends(self) -> None:
        client = self.enter(self.client())
        self.notices.add("#0001")
        client._end_turn()
        self.check(("#0001",))
        client.input_ended()
        client.ended(End(Why.BYE))
        self.notices.add("#0002")
        client._end_turn()
        self.check(sent=("QUIT",))


if __name__ == "__main__":
    unittest.main()
