"""What a typed or pasted line asks for."""

from __future__ import annotations

import unittest
from unittest import mock

from minichat.chat import dispatcher, parser, protocol
from minichat.chat.dispatcher import Outcome
from minichat.chat.protocol import Command
from minichat.chat.room import Member, Room
from minichat.client.commands import (
    WORDS,
    Request,
    as_text,
    completions,
    is_local,
    nearest,
    parse_typed,
    pasted_texts,
)
from tests.support import lines_of


class Typed(unittest.TestCase):
    def test_a_slash_begins_a_local_command_in_both_languages(self) -> None:
        for lines, request in (
            (("/ajuda", "/help", "/AJUDA  "), Request("help")),
            (("/quem", "/who"), Request("command", "who")),
            (("/sair", "/quit"), Request("command", "quit")),
            (("/limpar", "/clear"), Request("clear")),
        ):
            for line in lines:
                self.assertEqual(parse_typed(line), request)
                self.assertTrue(is_local(line))

    def test_an_unknown_local_command_is_named_and_never_a_text(self) -> None:
        for line, word in (("/nada disso", "/nada"), ("/", "/"), ("/whoami", "/whoami"), ("/FOO", "/foo")):
            self.assertEqual(parse_typed(line), Request("unknown", word))

    def test_a_command_that_takes_nothing_stands_alone(self) -> None:
        for line, word in (("/who ana", "/who"), ("/Sair já", "/sair"), ("/clear  x", "/clear")):
            self.assertEqual(parse_typed(line), Request("alone", word))

    def test_a_message_for_one_person_has_a_nick_and_a_text(self) -> None:
        for line, text in (
            ("/msg ana oi", "@ana oi"), ("/MSG Ana  oi ", "@Ana  oi "), ("/privado   @ana: oi", "@ana oi"),
            ("/msg Ａｎａ, oi", "@Ａｎａ oi"), ("/msg ana :x", "@ana :x"), ("/msg @@ana x", "@@ana x"),
        ):  # fmt: skip
            self.assertEqual(parse_typed(line), Request("say", text))
        for line in ("/msg", "/msg ", "/msg ana", "/privado ana  ", "/msg @ x", "/msg : x"):
            self.assertEqual(parse_typed(line), Request("explain", "how_to_tell"))

    def test_a_reply_has_a_text(self) -> None:
        for line, text in (("/responder oi", "oi"), ("/REPLY  @ana Oi ", " @ana Oi ")):
            self.assertEqual(parse_typed(line), Request("reply", text))
        for line in ("/responder", "/reply  "):
            self.assertEqual(parse_typed(line), Request("explain", "how_to_reply"))

    def test_what_other_chats_have_is_explained(self) -> None:
        for line, key in (("/nick bia", "why_no_nick"), ("/apelido", "why_no_nick"), ("/me dorme", "why_no_me")):
            self.assertEqual(parse_typed(line), Request("explain", key))

    def test_a_command_is_found_though_it_is_misspelt(self) -> None:
        for word, near in (
            ("/qem", "/quem"), ("/hepl", "/help"), ("/mgs", "/msg"), ("/respnder", "/responder"), ("/tell", "/msg"),
            ("/nada", ""), ("/", ""), ("/x", ""),
        ):  # fmt: skip
            self.assertEqual(nearest(word, ()), near)
        self.assertEqual([nearest("/r", own) for own in ((), ("/responder",))], ["/reply", "/responder"])

    def test_the_commands_of_the_own_language_are_completed_first(self) -> None:
        self.assertEqual(completions("/QU", ("/quem", "/sair")), ["/quem", "/quit"])
        self.assertEqual(completions("/re", ("/reply",)), ["/reply", "/responder"])
        for word in ("", "qu", "//", "/x"):
            self.assertEqual(completions(word, ("/quem",)), [])
        self.assertEqual(set(completions("/", ())), set(WORDS))

    def test_two_slashes_begin_a_text(self) -> None:
        for line, text in (("//etc/hosts", "/etc/hosts"), ("//", "/"), ("//sair", "/sair"), ("///", "//")):
            self.assertEqual(parse_typed(line), Request("say", text))
            self.assertFalse(is_local(line))

    def test_the_words_of_the_protocol_are_commands(self) -> None:
        for word in protocol.WORDS:
            for line in (word, word.upper(), word + "   "):
                self.assertEqual(parse_typed(line), Request("command", word))

    def test_all_else_is_said_as_it_was_typed(self) -> None:
        for line in ("oi", "  oi ", "@ana oi", "@", " WHO", "who is who", "QUIT now"):
            self.assertEqual(parse_typed(line), Request("say", line))


class Pasted(unittest.TestCase):
    def test_what_the_server_takes_for_a_command_gets_a_space(self) -> None:
        for line in ("QUIT", "who ", "Who", "@property", "@"):
            self.assertEqual(as_text(line), " " + line)

    def test_all_else_stays_as_it_was_copied(self) -> None:
        for line in ("oi", " QUIT", "quit now", "/sair", "//x", "@ana oi", "@ana "):
            self.assertEqual(as_text(line), line)


    def test_lines_that_do_not_fit_are_set_apart_by_their_bytes(self) -> None:
        longest, wide = "x" * 4095, "é" * 2047 + "x"
        lines = [longest, "", "  ", longest + "x", wide, wide + "x", "who"]
        self.assertEqual(pasted_texts(lines), ([longest, wide, " who"], [longest + "x", wide + "x"]))

    def test_a_command_as_long_as_a_line_cannot_become_a_text(self) -> None:
        line = "who" + " " * 4092
        self.assertEqual(pasted_texts([line]), ([], [f" {line}"]))


class ANewCommand(unittest.TestCase):
    """TIME is planted: one word in the protocol, one function in the dispatcher."""

    def setUp(self) -> None:
        def tell_time(room: Room, member: Member, command: Command) -> Outcome:
            room.fanout.tell(member, b"TIME 14:03\n")
            return Outcome.SERVED

        for planted in (
            mock.patch.object(protocol, "WORDS", protocol.WORDS | {"time"}),
            mock.patch.dict(dispatcher._COMMANDS, {"time": tell_time}),
        ):
            planted.start()
            self.addCleanup(planted.stop)

    def answers(self, line: bytes) -> list[str]:
        """What ana reads when she sends ``line``."""
        room = Room()
        writes: list[bytes] = []
        ana = Member(writes.append)
        for sent in (b"ana", line):
            dispatcher.dispatch(room, ana, sent)
        room.deliver()
        return lines_of(writes)[1:]

    def test_the_server_serves_it(self) -> None:
        for line in (b"TIME", b"time  "):
            self.assertEqual(self.answers(line), ["TIME 14:03"])

    def test_the_client_takes_it_for_a_command_when_it_is_typed(self) -> None:
        request = parse_typed("time")
        self.assertEqual(request, Request("command", "time"))
        self.assertEqual(self.answers(parser.format_command(request.text).rstrip(b"\n")), ["TIME 14:03"])

    def test_the_client_makes_it_a_text_in_a_paste(self) -> None:
        self.assertEqual(self.answers(as_text("Time").encode()), ["FROM ana [all]:  Time"])


if __name__ == "__main__":
    unittest.main()
