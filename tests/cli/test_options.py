"""Options from the command line and the environment, and how mistakes are told."""

from __future__ import annotations

import argparse
import contextlib
import unittest
import unittest.mock
from typing import Any, Dict, Iterator, List, Mapping, Tuple

from minichat import __version__
from minichat.cli import options
from minichat.cli.messages import Messages

PROGRAMS = ("minichat-server", "minichat-client")
OPTIONS = (
    *options.COMMON,
    options.Option("nick", None, options.text),
    options.Option("max_clients", 0, options.number(0)),
    options.SLOW,
    options.Option("log_level", "warning", options.choice(*options.LOG_LEVELS)),
)
FLAGS = ("show_limits",)


def parse(*arguments: str, program: str = PROGRAMS[0], **environment: str) -> Tuple[argparse.Namespace, Messages]:
    """Parse these, with an environment of MINICHAT_<NAME>."""
    names: Mapping[str, str] = {f"MINICHAT_{name.upper()}": value for name, value in environment.items()}
    return options.parse(program, OPTIONS, FLAGS, list(arguments), names)


def value(name: str, *arguments: str, **environment: str) -> Any:
    """The value of one option."""
    return getattr(parse(*arguments, **environment)[0], name)


@contextlib.contextmanager
def printed() -> Iterator[Dict[int, str]]:
    """What is written meanwhile to standard output (1) and standard error (2)."""
    texts = {1: "", 2: ""}

    def write_all(fd: int, data: bytes, gives_up: object = None) -> None:
        texts[fd] += data.decode()

    with unittest.mock.patch("minichat.cli.output.write_all", write_all):
        yield texts


def ending(*arguments: str, program: str = PROGRAMS[0], **environment: str) -> Tuple[Any, str, str]:
    """Exit status, standard output and standard error of options that end the program."""
    with printed() as texts:
        try:
            parse(*arguments, program=program, **environment)
        except SystemExit as end:
            return end.code, texts[1], texts[2]
    raise AssertionError(f"{arguments} did not end it")


class Values(unittest.TestCase):
    """The option wins over the environment, the environment over the default."""

    def test_without_anything_there_are_the_defaults(self) -> None:
        values, messages = parse()
        self.assertEqual((values.host, values.port, values.lang, values.nick), ("127.0.0.1", 50001, "pt", None))
        self.assertEqual((values.max_clients, values.log_level, values.show_limits), (0, "warning", False))
        self.assertEqual(messages("stopping"), "Encerrando...")

    def test_an_option_is_taken_in_both_spellings(self) -> None:
        self.assertEqual(value("port", "--port", "6000"), 6000)
        self.assertEqual(value("port", "--port=6000"), 6000)
        self.assertEqual(value("max_clients", "--max-clients=7"), 7)
        self.assertTrue(value("show_limits", "--show-limits"))

    def test_every_option_comes_from_the_environment_too(self) -> None:
        self.assertEqual(value("port", port="6000"), 6000)
        self.assertEqual(value("max_clients", max_clients="7"), 7)
        self.assertEqual(value("host", host="::1"), "::1")

    def test_a_host_is_taken_with_or_without_brackets(self) -> None:
        """Trap 72."""
        for text in ("[::1]", "::1", " ::1 "):
            self.assertEqual((value("host", f"--host={text}"), value("host", host=text)), ("::1", "::1"))
        self.assertEqual(value("host", "--host", "localhost"), "localhost")

    def test_an_empty_variable_is_as_good_as_none(self) -> None:
        self.assertEqual(value("port", port=""), 50001)
        self.assertEqual(value("log_level", log_level=""), "warning")
        self.assertEqual(parse(lang="")[1]("stopping"), "Encerrando...")

    def test_seconds_are_taken_with_or_without_a_point(self) -> None:
        for text, seconds in (("0", 0.0), ("1", 1.0), ("0.25", 0.25), (".5", 0.5), ("5.", 5.0), ("60", 60.0)):
            self.assertEqual(value("slow", f"--slow={text}"), seconds)

    def test_the_option_wins(self) -> None:
        self.assertEqual(value("port", "--port=6000", port="7000"), 6000)
        self.assertEqual(value("port", "--port=50001", port="7000"), 50001)  # also when it is the default
        self.assertEqual(value("lang", "--lang=pt", lang="en"), "pt")
        self.assertEqual(value("port", "--port=6000", port="wrong"), 6000)

    def test_the_last_of_two_wins(self) -> None:
        self.assertEqual(value("port", "--port=1", "--port=2"), 2)
        self.assertEqual(value("lang", "--lang=pt", "--lang=en"), "en")

    def test_numbers_are_taken_at_the_ends_of_their_range(self) -> None:
        for port in (0, 1, 65534, 65535):
            self.assertEqual(value("port", f"--port={port}"), port)
        self.assertEqual(value("max_clients", "--max-clients=0"), 0)
        self.assertEqual(value("max_clients", "--max-clients=1000000000"), 10**9)

    def test_the_language_is_that_of_the_messages(self) -> None:
        for _, messages in (parse("--lang=en"), parse("--lang", "en"), parse(lang="en")):
            self.assertEqual(messages("stopping"), "Stopping...")
        for _, messages in (parse("--lang=pt", lang="en"), parse()):
            self.assertEqual(messages("stopping"), "Encerrando...")

    def test_a_text_may_be_anything(self) -> None:
        for nick in ("", "Zé", "a b", "--help", "100%", "{x}"):
            self.assertEqual(value("nick", f"--nick={nick}"), nick)


class Mistakes(unittest.TestCase):
    """One line on standard error, in the language chosen, and status 2."""

    def wrong(self, *arguments: str, says: str, program: str = PROGRAMS[0], **environment: str) -> None:
        """These are refused with a line that holds ``says``."""
        with self.subTest(arguments=str(arguments)[:60], **environment):
            status, output, errors = ending(*arguments, program=program, **environment)
            self.assertEqual((status, output), (2, ""))
            self.assertEqual((errors.count("\n"), errors[-1:]), (1, "\n"), errors)
            self.assertTrue(errors.startswith(f"{program}: "), errors)
            self.assertTrue(errors.endswith(f"{program} --help\n"), errors)
            self.assertIn(says, errors)

    def test_a_number_out_of_range_is_told_with_its_range(self) -> None:
        for port in ("-1", "65536", "", "x", "1.5", "1e3", "0x10", " 1", "+1", "1_000", "١", "²"):
            option = f"--port={port}"
            self.wrong(option, says=f"--port deve ser um número inteiro de 0 a 65535, e não {port};")
            self.wrong(option, says=f"--port must be a whole number from 0 to 65535, not {port};", lang="en")
        self.wrong("--max-clients=-1", says="--max-clients deve ser um número inteiro a partir de 0, e não -1;")
        self.wrong("--port", "-1", says="e não -1;")

    def test_a_time_out_of_range_is_told_with_its_range(self) -> None:
        for text in ("", ".", "-1", "60.1", "61", "1e1", "nan", "inf", "1,5", "1.2.3", " 1", "+1", "²", "0" * 13):
            self.wrong(f"--slow={text}", says=f"--slow deve ser um tempo em segundos, até 60, e não {text};")
        self.wrong("--slow=x", says="--slow must be a time in seconds, up to 60, not x;", lang="en")

    def test_a_word_that_is_no_choice_is_told_with_the_choices(self) -> None:
        self.wrong("--log-level=loud", says="--log-level deve ser um destes: debug, info, warning, error; e não loud;")
        self.wrong("--log-level=INFO", "--lang=en", says="--log-level must be one of debug, info, warning, error;")
        self.wrong("--lang=fr", says="--lang deve ser um destes: pt, en; e não fr;")

    def test_a_wrong_value_in_the_environment_is_told_by_its_name(self) -> None:
        self.wrong(says="MINICHAT_PORT deve ser um número inteiro de 0 a 65535, e não x;", port="x")
        self.wrong(says="MINICHAT_LANG deve ser um destes", lang="fr")
        self.wrong(says="MINICHAT_MAX_CLIENTS must be a whole number of at least 0", max_clients="x", lang="en")

    def test_a_host_with_more_than_a_host_is_told_what_to_write(self) -> None:
        """Trap 72."""
        for program in PROGRAMS:
            for text, host, port in (
                ("sala-1:50001", "sala-1", "50001"),
                ("[::1]:50001", "::1", "50001"),
                ("http://sala-1:50001/", "sala-1", "50001"),
                ("sala-1:porta", "sala-1", "PORT"),
                (":50001", "HOST", "50001"),
            ):
                told = f"deve ser só um endereço, e não {text}; escreva --host {host} --port {port};"
                self.wrong(f"--host={text}", says=f"--host {told}", program=program)
                self.wrong(says=f"MINICHAT_HOST {told}", program=program, host=text)
        english = "--host must be an address alone, not a:1; write --host a --port 1;"
        self.wrong("--host=a:1", says=english, lang="en")
        self.wrong(f"--host=a:{'1' * 5000}", says=f"--port {'1' * options.LONGEST_NUMBER};")

    def test_a_host_that_is_empty_is_told(self) -> None:
        """Trap 72."""
        for text in ("", " ", "\t"):
            self.wrong(f"--host={text}", says="--host precisa de um valor;")
        self.wrong("--host", "", says="--host precisa de um valor;")
        self.wrong(says="MINICHAT_HOST precisa de um valor;", host=" ")

    def test_an_unknown_option_is_told(self) -> None:
        for option in ("--no-such", "-x", "--por=1", "--PORT=1", "word", "--show-limit"):
            self.wrong(option, says=f"não existe {option};")
            self.wrong(option, says=f"there is no {option};", lang="en")

    def test_a_missing_value_is_told(self) -> None:
        self.wrong("--lang", says="--lang precisa de um valor;")
        for option in ("--port", "--host", "--nick", "--max-clients"):
            self.wrong(option, says=f"{option} precisa de um valor;")
            self.wrong(option, says=f"{option} needs a value;", lang="en")
        self.wrong("--port", "--lang", "en", says="--port needs a value;")

    def test_a_language_that_is_missing_leaves_that_of_the_environment(self) -> None:
        self.wrong("--lang", says="--lang needs a value;", lang="en")

    def test_a_value_that_is_not_wanted_is_told(self) -> None:
        for option in ("--help", "--version", "--show-limits"):
            self.wrong(f"{option}=1", says=f"{option} não aceita um valor;")
            self.wrong(f"{option}=1", says=f"{option} takes no value;", lang="en")

    def test_who_asks_for_help_gets_it_whatever_else_is_wrong(self) -> None:
        for arguments in (["--help", "--port"], ["--port", "x", "-h"], ["--nope", "--help"]):
            self.assertEqual(ending(*arguments)[0], 0, arguments)

    def test_a_number_of_thousands_of_digits_is_told_like_any_other(self) -> None:
        self.wrong("--port=" + "1" * 5000, says="--port deve ser um número inteiro de 0 a 65535")

    def test_a_value_with_a_newline_is_told_in_one_line_too(self) -> None:
        self.wrong("--port=1\n2", says="--port deve ser um número inteiro de 0 a 65535")
        self.wrong("--no\nsuch", says="não existe")

    def test_the_client_complains_under_its_own_name(self) -> None:
        self.wrong("--port=x", says="opção errada", program="minichat-client")


class Help(unittest.TestCase):
    """--help and --version."""

    def help(self, *arguments: str, **keywords: str) -> str:
        """What help says; it ends with status 0 and no error."""
        status, output, errors = ending(*arguments, **keywords)
        self.assertEqual((status, errors), (0, ""))
        return " ".join(output.split())

    def test_it_speaks_both_languages(self) -> None:
        for arguments in (["--help"], ["-h"], ["--lang=pt", "-h"]):
            text = self.help(*arguments)
            for part in ("uso: minichat-server", "opções", "mostra esta ajuda e sai", "língua das mensagens"):
                self.assertIn(part, text)
            self.assertNotIn("show", text.replace("show-limits", ""))
        for arguments in (["--lang=en", "--help"], ["--help", "--lang", "en"]):
            text = self.help(*arguments)
            for part in ("usage: minichat-server", "options", "show this help and exit", "language of the messages"):
                self.assertIn(part, text)
        self.assertEqual(self.help("--help", lang="en"), text)

    def test_it_names_every_option_with_its_default(self) -> None:
        for language in ("pt", "en"):
            text = self.help("--help", lang=language)
            for part in ("--host HOST", "--port PORT", "--max-clients MAX_CLIENTS", "--show-limits", "--version"):
                self.assertIn(part, text)
            for part in ("(127.0.0.1)", "(50001)", "(pt)", "(warning)", "MINICHAT_HOST"):
                self.assertIn(part, text)

    def test_each_program_says_what_it_is(self) -> None:
        self.assertIn("O servidor", self.help("--help"))
        self.assertIn("O cliente", self.help("--help", program="minichat-client"))
        self.assertIn("usage: minichat-client", self.help("--help", program="minichat-client", lang="en"))

    def test_the_version_is_that_of_the_package(self) -> None:
        self.assertEqual(self.help("--version"), f"minichat {__version__}")

    def test_every_option_has_a_help_text_in_both_languages(self) -> None:
        from minichat.client import options as client
        from minichat.server import options as server

        programs: List[Tuple[str, Any]] = [("minichat-server", server.OPTIONS), ("minichat-client", client.OPTIONS)]
        for program, its_options in programs:
            for language in ("pt", "en"):
                with printed() as texts, self.assertRaises(SystemExit):
                    options.parse(program, its_options, [], ["--help"], {"MINICHAT_LANG": language})
                for option in its_options:
                    self.assertIn("--" + option.name.replace("_", "-"), texts[1])
