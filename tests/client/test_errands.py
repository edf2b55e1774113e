"""What the client does for a typed line, on fakes that only note."""

from __future__ import annotations

import random
import unittest
from typing import Dict, Iterator, List, Sequence, Tuple

from minichat.chat.parser import Leave, Ok, Who
from minichat.cli.messages import Messages
from minichat.client import commands
from minichat.client.errands import Errands, Place
from minichat.client.inbox import CROSSING_SECONDS, Inbox
from minichat.client.presence import Presence

ASKED = "Everyone would read this; in private it is @{} text. y sends it to everyone, n does not: "


class Fakes:
    """Console, outbox, session and client in one; ``done`` is what they were asked for."""

    def __init__(self) -> None:
        self.done: List[Tuple[str, ...]] = []
        self.place = Place.IN
        self.echoes = False

    def tell(self, text: str) -> None:
        """A line of the client."""
        self.done.append(("tell", text))

    def confirm(self, question: str, line: str) -> None:
        """A question about a line."""
        self.done.append(("ask", question, line))

    def put_back(self, line: str) -> None:
        """A line for the row."""
        self.done.append(("row", line))

    def clear(self) -> None:
        """An empty screen."""
        self.done.append(("clear",))

    def add(self, line: str) -> None:
        """A line for the outbox."""
        self.done.append(("send", line))

    def paste(self, lines: Sequence[str]) -> None:
        """A paste for the outbox."""
        self.done += [("send", line) for line in lines]

    def leave(self, status: int) -> None:
        """The end."""
        self.done.append(("leave", str(status)))


class ErrandsTest(unittest.TestCase):
    """The errands of ana, who is in with Bruno and bia."""

    def setUp(self) -> None:
        self.now = 0.0
        self.fakes = fakes = Fakes()
        self.presence = Presence()
        for message in Ok("ana"), Who(3, ("ana", "Bruno", "bia")):
            self.presence.heard(message)
        self.inbox = Inbox(lambda: self.now)
        self.errands = self.in_language("en")
        self.assertEqual(fakes.done, [])

    def in_language(self, language: str) -> Errands:
        """The errands of a person who reads this language."""
        fakes = self.fakes
        return Errands(fakes, fakes, fakes, self.presence, self.inbox, Messages(language))

    def did(self, *done: Tuple[str, ...]) -> None:
        """Assert what was done since the last time."""
        self.assertEqual(self.fakes.done, list(done))
        self.fakes.done.clear()

    def check(self, line: str, *done: Tuple[str, ...]) -> None:
        """Assert what is done for a typed line."""
        with self.subTest(line):
            self.errands.obey(line)
            self.did(*done)


class Typed(ErrandsTest):
    def test_a_text_is_sent_and_waits_without_a_connection(self) -> None:
        self.check("oi", ("send", "oi"))
        self.check("//etc", ("send", "/etc"))
        for place in (Place.ENTERING, Place.LEAVING):
            self.fakes.place = place
            self.check("oi", ("send", "oi"))
        self.fakes.place = Place.STUCK
        self.check("oi", ("tell", "Waits for the server to answer: oi"), ("send", "oi"))
        self.fakes.place = Place.AWAY
        self.check("oi", ("tell", "Will be sent once the connection is back: oi"), ("send", "oi"))
        self.fakes.place = Place.OUTSIDE
        self.check("/msg bia x", ("tell", "Waits until you have chosen a nickname: @bia x"), ("send", "@bia x"))

    def test_a_command_goes_to_the_server_only_where_it_helps(self) -> None:
        self.check("/quem", ("send", "WHO"))
        self.fakes.place = Place.ENTERING
        self.check("who", ("send", "WHO"))  # between the texts that wait
        self.fakes.place = Place.STUCK
        self.check("who", ("tell", "Waits for the server to answer: WHO"), ("send", "WHO"))
        for place in (Place.AWAY, Place.OUTSIDE, Place.LEAVING):
            self.fakes.place = place
            self.check("who", ("tell", "Not connected now."))

    def test_what_needs_no_server_is_done_anywhere(self) -> None:
        for place in Place:
            self.fakes.place = place
            self.check("/clear", ("clear",))
            self.check("QUIT", ("leave", "0"))

    def test_a_text_that_is_too_long_goes_back_on_the_row(self) -> None:
        self.check("x" * 4095, ("send", "x" * 4095))
        told = f'The line "{"x" * 24}…" has 4096 bytes and 4095 fit; it was not sent, divide it.'
        self.check("x" * 4096, ("tell", told), ("row", "x" * 4096))

    def test_the_help_is_short_and_names_all_commands(self) -> None:
        for language in ("pt", "en"):
            self.in_language(language).obey("/help")
            told = [text for _, text in self.fakes.done]
            self.fakes.done.clear()
            self.assertLessEqual(len(told), 10)
            self.assertLess(max(map(len, told)), 80)
            for text in told:  # a terminal of 40 columns cuts no word
                self.assertEqual((text[39], text[40] == " "), (" ", False), text)
            for word in Messages(language)("commands").split(" "):
                if word != "/privado":  # another word for /msg
                    self.assertRegex("\n".join(told), rf"{word}\b")

    def test_each_command_is_of_a_language(self) -> None:
        own = {word for language in ("pt", "en") for word in Messages(language)("commands").split(" ")}
        self.assertEqual(own, set(commands.WORDS))

    def test_what_does_not_exist_is_told_with_what_may_be_meant(self) -> None:
        self.check("/nada", ("tell", "/nada does not exist and was not sent (/help; // sends a slash)"))
        self.check("/hepl x", ("tell", "/hepl does not exist and was not sent; did you mean /help? (// sends a slash)"))
        self.check("/w bia x", ("tell", "/w does not exist and was not sent; did you mean /msg? (// sends a slash)"))
        self.in_language("pt").obey("/r x")
        self.did(("tell", "/r não existe e não foi enviado; quis dizer /responder? (// envia uma barra)"))
        self.check("/who bia", ("tell", "Nothing may follow /who; it was not sent. (// sends a slash)"))

    def test_why_there_is_no_nick_and_no_me_is_said(self) -> None:
        for line, beginning in (("/nick bia", "The nick is chosen"), ("/me dorme", "There is no /me")):
            self.errands.obey(line)
            [(name, told)] = self.fakes.done
            self.assertEqual((name, told[: len(beginning)]), ("tell", beginning))
            self.fakes.done.clear()


class Anything(ErrandsTest):
    """Rows of random pieces."""

    BEGINNINGS = ("", "", "/", "//", " /", "\\", "@", " @", "＠", " ", "\t", "\u3000", "\u200b", ".", ">")
    WORDS = (
        *("msg", "MSG", "privmsg", "reply", "responder", "privado", "who", "quit", "nick", "me", "w", "r"),
        *("x", "ana", "bia", "Bruno", "zoe", "é"),
    )
    JOINTS = (" ", " ", " @", "  ", ": ", "> ", "\t", "")

    def lines(self) -> Iterator[str]:
        """Many rows, always the same ones."""
        chance = random.Random(73)
        for _ in range(3000):
            words = [chance.choice(self.WORDS) + chance.choice(self.JOINTS) for _ in range(chance.randint(1, 4))]
            yield chance.choice(self.BEGINNINGS) + "".join(words)

    def test_every_row_gets_an_answer_and_is_sent_as_it_is(self) -> None:
        """Trap 73."""
        self.inbox.came("bia")
        counts: Dict[str, int] = {}
        for line in self.lines():
            self.fakes.done.clear()
            self.errands.obey(line)
            self.assertEqual(len(self.fakes.done), 1, line)  # nothing is lost without a word, nor said twice
            name, text = self.fakes.done[0][0], self.fakes.done[0][-1]
            counts[name] = counts.get(name, 0) + 1
            if name == "send" and text != "WHO":
                self.assertIn(text, (line, line[1:] if line.startswith("//") else f"@{text[1:]}"), line)
                self.assertTrue(line.startswith("//") or not text.startswith("/"), line)
            elif name == "ask":
                self.assertEqual(text, line)
                self.assertFalse(line.startswith(("@", "/")), line)
        self.assertEqual({name for name, count in counts.items() if count > 20}, {"send", "ask", "tell"}, counts)
        self.assertLessEqual({"send", "ask", "tell", "leave"}, set(counts))


class Private(ErrandsTest):
    def test_a_message_for_one_person_is_sent_as_the_server_wants_it(self) -> None:
        self.check("/msg bia oi bia", ("send", "@bia oi bia"))
        self.check("/PRIVADO  @BIA:  oi ", ("send", "@BIA  oi "))
        for line in ("/msg", "/msg bia", "/msg bia ", "/privado  "):
            self.check(line, ("tell", "Like this: /msg nick text; or @nick text."))

    def test_where_the_line_stays_the_screen_shows_what_was_sent(self) -> None:
        self.inbox.came("bia")
        self.fakes.echoes = True
        self.check("/msg bia oi", ("tell", "@bia oi"), ("send", "@bia oi"))
        self.check("/reply oi", ("tell", "@bia oi"), ("send", "@bia oi"))
        self.check("@bia oi", ("send", "@bia oi"))
        self.check("//etc", ("send", "/etc"))

    def test_a_reply_goes_to_the_last_sender_even_one_who_left(self) -> None:
        self.check("/reply oi", ("tell", "No private message has come yet; nothing was sent."))
        self.inbox.came("Bruno")
        self.presence.heard(Leave("Bruno", "quit"))
        self.check("/reply  oi", ("send", "@Bruno  oi"))
        self.check("/RESPONDER oi", ("send", "@Bruno oi"))
        how = "Like this: /reply text; it goes to the sender of the last private message."
        self.check("/reply ", ("tell", how))

    def test_a_reply_that_may_be_meant_for_another_sender_waits(self) -> None:
        self.inbox.came("bia")
        self.inbox.came("Bruno")
        line = "/reply segredo da bia"
        told = "Bruno has just written, too; nothing was sent. Look, then press ENTER again, or use @nick."
        self.check(line, ("tell", told), ("row", line))
        self.check(line, ("send", "@Bruno segredo da bia"))
        self.inbox.came("bia")
        self.now += CROSSING_SECONDS
        self.check(line, ("send", "@bia segredo da bia"))

    def test_a_reply_that_grows_too_long_goes_back_on_the_row(self) -> None:
        self.inbox.came("é" * 24)
        line = "/reply " + "x" * (4095 - 50)
        self.check(line, ("send", f"@{'é' * 24} {'x' * 4045}"))
        line += "x"
        self.errands.obey(line)
        self.assertEqual(self.fakes.done[1:], [("row", line)])


class Pasted(ErrandsTest):
    def test_the_lines_of_a_paste_are_texts(self) -> None:
        self.errands.paste(["WHO", "", "/who", "@bia x"])
        self.did(("send", " WHO"), ("send", "/who"), ("send", "@bia x"))

    def test_a_paste_while_away_waits_and_that_is_told(self) -> None:
        self.fakes.place = Place.AWAY
        self.errands.paste(["um", "dois"])
        self.did(("tell", "Lines that will be sent once there is a connection: 2"), ("send", "um"), ("send", "dois"))


class AnotherDialect(ErrandsTest):
    def test_a_private_line_of_another_program_is_asked_about(self) -> None:
        """Trap 73."""
        for line, nick in (
            ("MSG @zoe x", "zoe"), (" @bia x", "bia"), ("msg BRUNO x", "BRUNO"), ("PRIVMSG zoe :x", "zoe"),
            (" /reply x", "nick"), (f" @{'y' * 25} x", "y" * 24 + "…"),
        ):  # fmt: skip
            self.check(line, ("ask", ASKED.format(nick), line))

    def test_yes_sends_the_line_as_it_was_typed(self) -> None:
        """Trap 73."""
        self.errands.obey(" @bia x ")
        self.fakes.done.clear()
        self.errands.confirmed(" @bia x ")
        self.did(("send", " @bia x "))
        self.fakes.place = Place.AWAY
        self.errands.confirmed("MSG @bia x")
        self.did(("tell", "Will be sent once the connection is back: MSG @bia x"), ("send", "MSG @bia x"))

    def test_no_sends_nothing(self) -> None:
        """Trap 73."""
        self.errands.obey("MSG @bia x")
        self.fakes.done.clear()
        self.errands.declined("MSG @bia x")
        self.did()  # it is on the row
        self.fakes.place = Place.LEAVING  # the row is erased in a moment
        self.errands.declined("MSG @bia x")
        self.did(("tell", "Not sent: MSG @bia x"))
        self.fakes.place = Place.IN
        self.fakes.echoes = True
        self.errands.declined("MSG @bia x")
        self.did(("tell", "Not sent: MSG @bia x"))

    def test_honest_sentences_and_private_lines_are_not_asked_about(self) -> None:
        for line in ("msg me later", "@bia x", "bia: x", "oi @bia", "msg zoe x"):
            self.check(line, ("send", line))
        self.check("//msg bia x", ("send", "/msg bia x"))  # who types // knows
        self.check("/msg bia x", ("send", "@bia x"))

    def test_one_who_left_is_still_a_nick(self) -> None:
        """Trap 73."""
        self.presence.heard(Leave("bia", "quit"))
        self.check("msg bia x", ("ask", ASKED.format("bia"), "msg bia x"))

    def test_before_it_is_known_who_is_in_all_may_be(self) -> None:
        """Trap 73."""
        for place in (Place.OUTSIDE, Place.ENTERING, Place.STUCK):
            self.fakes.place = place
            self.check("msg zoe x", ("ask", ASKED.format("zoe"), "msg zoe x"))
        self.fakes.place = Place.IN
        self.presence.begin_stay()
        self.check("msg zoe x", ("ask", ASKED.format("zoe"), "msg zoe x"))
        self.presence.heard(Who(1, ("ana",)))
        self.check("msg zoe x", ("send", "msg zoe x"))

    def test_a_paste_with_such_a_line_is_asked_about_once(self) -> None:
        """Trap 73."""
        lines = ["um", "MSG @bia x", "/msg bia y", "z" * 4096]
        question = 'Everyone would read "MSG @bia x"; in private it is @bia text. y sends it all to everyone'
        question += ", n does not: "
        for yes in (True, False):
            self.errands.paste(lines)
            self.assertEqual(self.fakes.done[1:], [("ask", question, "MSG @bia x")])
            self.fakes.done.clear()
            if yes:
                self.errands.confirmed("MSG @bia x")
                self.did(("send", "um"), ("send", "MSG @bia x"), ("send", "/msg bia y"))
            else:
                self.errands.declined("MSG @bia x")
                self.did(("tell", "Lines that were not sent: 3"))
            self.errands.confirmed("oi")  # of another question: nothing is left of the paste
            self.did(("send", "oi"))


if __name__ == "__main__":
    unittest.main()
