"""Faults of reading and writing: what is a line, and what is a text."""

from __future__ import annotations

import codecs
import contextlib
import time
from typing import Iterator, Tuple

from tests.scripts.graded.correct import LONGEST_LINE, Client, Server
from tests.scripts.graded.dialects import TakesMsg
from tests.scripts.graded.faults_of_rules import AsksAgain
from tests.scripts.graded.table import DIALECTS, Dialect, dialect, fault

NO_FRAMING = "byte_by_byte glued_lines nick_and_text_glued cut_in_character long_line long_multibyte"


class _Unframed(Client):
    def lines(self) -> Iterator[bytes]:
        for data in self.chunks():
            yield data.strip()

    def chunks(self) -> Iterator[bytes]:
        try:
            while data := self.socket.recv(1024):
                yield data
        except OSError:
            pass


@fault("unframed_strip", NO_FRAMING, may="half_close endless_line empty_line slow_reader")
class UnframedStrip(Server):
    """One recv is one message; strip() takes the LF off."""

    client = _Unframed

    def is_forbidden(self, text: str) -> bool:
        return super().is_forbidden(text.replace("\n", " "))


class _NoLF(Client):
    end = ""


class _UnframedBothWays(_Unframed, _NoLF):
    def lines(self) -> Iterator[bytes]:
        return self.chunks()


@dialect(
    "unframed",
    Dialect(nick="{nick}", say="{text}", direct="@{nick} {text}", who="WHO", quit="QUIT", ends_lines=False),
    na="crlf empty_line",
    fails=NO_FRAMING + " own_output_glued",
    may="crlf half_close endless_line empty_line empty_nick nick_forges control_sequences slow_reader",
)
class Unframed(UnframedStrip):
    """One recv is one message and an LF is a part of it; what is said ends in nothing."""

    client = _UnframedBothWays

    def is_legal(self, nick: str) -> bool:
        return super().is_legal(nick.rstrip("\n"))


class _SplitLost(Client):
    def lines(self) -> Iterator[bytes]:
        buffer = b""
        for data in self.chunks():
            buffer += data
            if b"\n" in buffer:
                line, _, _ = buffer.partition(b"\n")
                buffer = b""  # and with it what followed
                yield line.rstrip(b"\r")
            if len(buffer) > LONGEST_LINE:
                self.tell("ERR line_too_long")
                return


@fault("split_lost", "glued_lines nick_and_text_glued", may="half_close slow_reader")
class SplitLost(Server):
    """What follows an LF in the same read is lost."""

    client = _SplitLost


class _ShortLines(Client):
    def lines(self) -> Iterator[bytes]:
        for line in super().lines():
            if len(line) <= 512:
                yield line
            else:
                self.tell("ERR line_too_long")


@fault("short_lines", "long_line long_multibyte")
class ShortLines(Server):
    """Lines of more than 512 bytes are refused."""

    client = _ShortLines


class _DecodesEachRead(Client):
    read_bytes = 255

    def chunks(self) -> Iterator[bytes]:
        try:
            while data := self.socket.recv(self.read_bytes):
                yield data.decode(errors="replace").encode()
        except OSError:
            pass


@fault("decode_per_recv", "cut_in_character long_multibyte")
class DecodePerRecv(Server):
    """Each read is decoded by itself."""

    client = _DecodesEachRead


class _Unbounded(Client):
    def lines(self) -> Iterator[bytes]:
        with self.socket.makefile("rb") as stream:
            try:
                for line in stream:
                    if line.endswith(b"\n"):
                        yield line[:-1].rstrip(b"\r")
            except OSError:
                pass


@fault("unbounded_line", "endless_line")
class UnboundedLine(Server):
    """A line may be as long as the memory."""

    client = _Unbounded


class _UnboundedSlowly(Client):
    def lines(self) -> Iterator[bytes]:
        buffer = b""
        while data := self.socket.recv(1024):
            buffer += data
            while b"\n" in buffer:
                line, buffer = buffer.split(b"\n", 1)
                yield line.rstrip(b"\r")


@fault("unbounded_slowly", "endless_line", may="reset reset_while_broadcasting connect_and_go silent_end")
class UnboundedSlowly(Server):
    """The same, and each read copies what is kept: the more it has, the less it reads."""

    client = _UnboundedSlowly


class _KeepsCR(Client):
    def lines(self) -> Iterator[bytes]:
        buffer = b""
        for data in self.chunks():
            *whole, buffer = (buffer + data).split(b"\n")
            yield from whole
            if len(buffer) > LONGEST_LINE:
                return


class _EndsInCRLF(Client):
    end = "\r\n"


class _KeepsCRAndEndsInIt(_KeepsCR, _EndsInCRLF):
    pass


@fault("cr_kept", "crlf")
class CRKept(Server):
    """The CR of a CRLF is a part of the line, and of the nick."""

    client = _KeepsCR


@dialect("crlf_out")
class CRLFOut(Server):
    """What is said ends in CR LF, and in some of it the nick comes last."""

    words = {**Server.words, "entered": "SYSTEM: entrou {nick}", "left": "SYSTEM: saiu {nick}"}
    client = _EndsInCRLF


class _AllowsCR(Server):
    client = _KeepsCR

    def nick_in(self, text: str) -> str:
        return text.rstrip("\r")

    def is_forbidden(self, text: str) -> bool:
        return super().is_forbidden(text.rstrip("\r"))


@fault("crlf_doubled", "crlf")
class CRLFDoubled(_AllowsCR):
    """The CR of a CRLF is a part of the text, and what is said ends in CR LF anyway."""

    client = _KeepsCRAndEndsInIt


@fault("cr_in_commands", "crlf")
class CRInCommands(_AllowsCR):
    """The CR is taken off nicks and texts, but WHO and QUIT are looked for before that."""

    def understand(self, text: str) -> Tuple[str, str, str]:
        kind, to, said = super().understand(text)
        return kind, to, said.rstrip("\r")


@fault("truncates", "long_line long_multibyte")
class Truncates(Server):
    """What is longer than 1000 bytes is cut without a word."""

    def decode(self, line: bytes) -> str:
        return super().decode(codecs.getincrementaldecoder("utf-8")().decode(line[:1000]).encode())


@dialect("no_lf_out", Dialect(ends_lines=False), fails="own_output_glued", may="glued_lines nick_and_text_glued")
class NoLFOut(Server):
    """What is said ends in nothing, so that two texts become one."""

    client = _NoLF


@dialect(
    "glued_out",
    Dialect(first="Digite seu apelido: ", ends_lines=False),
    wording="broadcast direct",
    fails="own_output_glued nick_with_space nick_forges",
    may="glued_lines nick_and_text_glued",
)
class GluedOut(NoLFOut):
    """The end of what is said glues to the nick that comes next: "entrou no chatana: oi".

    As "NICK ana" would be a nick, too, it can be mistaken for the way to give one.
    """

    words = {
        **Server.words,
        "ok": "{nick} entrou no chat",
        "entered": "{nick} entrou no chat",
        "left": "{nick} saiu do chat",
        "all": "{nick}: {text}",
        "direct": "(privado) {nick}: {text}",
    }

    def greet(self, client: Client) -> None:
        client.outbox.put(b"Digite seu apelido: ")

    def is_legal(self, nick: str) -> bool:
        return bool(nick.strip())


@dialect(
    "unframed_glued",
    DIALECTS["unframed"]._replace(first="Digite seu apelido: "),
    wording="broadcast direct",
    na="crlf empty_line nick_with_space",
    fails=f"{NO_FRAMING} own_output_glued nick_forges",
    may="nick_with_space crlf half_close endless_line empty_line empty_nick control_sequences slow_reader",
)
class UnframedGlued(GluedOut):
    """The nick keeps its LF, so that the name of who speaks stands in the line before: "entrou no chatana\\n: oi"."""

    client = _UnframedBothWays


@fault("utf8_cuts_sender", "invalid_utf8")
class Utf8CutsSender(Server):
    """An error of decoding ends the thread of its sender."""

    def answer(self, client: Client, line: bytes) -> bool:
        try:
            line.decode()
        except UnicodeDecodeError:
            return False
        return super().answer(client, line)


@fault("utf8_mutes_sender", "invalid_utf8")
class Utf8MutesSender(Server):
    """An error of decoding ends the thread of its sender, whose connection stays open."""

    def answer(self, client: Client, line: bytes) -> bool:
        try:
            line.decode()
        except UnicodeDecodeError:
            for _ in client.chunks():
                pass
            return False
        return super().answer(client, line)


@fault("control_relayed", "control_sequences")
class ControlRelayed(Server):
    """Escape sequences reach the terminals of the others."""

    def is_forbidden(self, text: str) -> bool:
        return False


class _DropsAtEnd(Client):
    def write(self) -> None:
        """Collect for a moment what is to be sent."""
        while (data := self.outbox.get()) is not None:
            time.sleep(0.02)
            try:
                self.socket.sendall(data)
            except OSError:
                return self.cut()

    def chunks(self) -> Iterator[bytes]:
        yield from super().chunks()
        self.cut()


@fault("drops_at_end", "half_close", may="slow_reader")
class DropsAtEnd(Server):
    """Who ends sending is cut, whatever was to be said yet."""

    client = _DropsAtEnd


@dialect(
    "unframed_asks_again",
    DIALECTS["unframed"]._replace(say="MSG {text}", direct="MSG @{nick} {text}", who="MSG WHO"),
    fails=NO_FRAMING + " own_output_glued disconnected nick_with_space crlf",
    may="half_close endless_line empty_line empty_nick nick_forges control_sequences slow_reader direct_without_text"
    " who_private",
)
class UnframedAsksAgain(AsksAgain, Unframed):
    """Who is refused may try again, and then even "MSG oi" is a nick: that is no text of the first one."""

    def must_go(self, client: Client, nick: str) -> bool:
        return False

    def is_legal(self, nick: str) -> bool:
        return bool(nick.strip())

    def understand(self, text: str) -> Tuple[str, str, str]:
        if text.startswith("MSG "):
            return super().understand(text[4:])
        return ("quit" if text == "QUIT" else "nothing"), "", ""


@fault(
    "relay_of_reads",
    "broadcast direct no_such_user who nick_and_text_glued own_output_glued crlf cut_in_character long_multibyte"
    " empty_line",
    may="who_private half_close endless_line empty_nick nick_with_space nick_forges control_sequences"
    " direct_without_text slow_reader",
)
class RelayOfReads(Unframed):
    """What is read is said as it is, and who comes is told with the end of the line that was sent."""

    words = {**Unframed.words, "entered": "{nick}, entrou", "left": "{nick} saiu", "all": "{text}"}

    def greet(self, client: Client) -> None:
        client.tell("NICK")

    def understand(self, text: str) -> Tuple[str, str, str]:
        return ("quit" if text == "/sair" else "all"), "", text


class _TextsFirst(Client):
    def lines(self) -> Iterator[bytes]:
        for data in self.chunks():
            lines = [line.rstrip(b"\r") for line in data.split(b"\n")]
            yield from lines[:1] + [line for line in lines[1:] if line not in (b"WHO", b"QUIT")]

    def chunks(self) -> Iterator[bytes]:
        rest = b""
        for data in super().chunks():
            whole, end, rest = (rest + data).rpartition(b"\n")
            if end:
                yield whole
            if len(rest) > LONGEST_LINE:
                return


@fault("commands_behind_lost", "glued_lines")
class CommandsBehindLost(Server):
    """A command is looked for at the beginning of a read only."""

    client = _TextsFirst


class _EndsTexts(Client):
    end = ""


@fault("notices_unended", "own_output_glued", may="nick_forges nick_with_space")
class NoticesUnended(Server):
    """Only a text has a line end, that which was typed; what the server has to say itself has none."""

    client = _EndsTexts
    words = {**Server.words, "all": "FROM {nick} [all]: {text}\n", "direct": "FROM {nick} [dm]: {text}\n"}


class _WritesInPieces(Client):
    def tell(self, text: str) -> None:
        try:
            for piece in (text[:8].encode(), self.frame(text[8:])):
                self.socket.sendall(piece)
                time.sleep(0.002)
        except OSError:
            self.cut()


@fault("writes_in_pieces", "own_output_glued", may="*")
class WritesInPieces(Server):
    """Each thread writes a line in two pieces, and no lock keeps another from writing between them."""

    client = _WritesInPieces

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.lock = contextlib.nullcontext()  # type: ignore[assignment]


class _DecodesKilobytes(_DecodesEachRead):
    read_bytes = 1024


@dialect("send_decodes_reads", Dialect(say="SEND {text}\n"), fails="cut_in_character long_multibyte")
class SendDecodesReads(TakesMsg):
    """A text comes as SEND text, and each read is decoded by itself."""

    client = _DecodesKilobytes

    def understand(self, text: str) -> Tuple[str, str, str]:
        if text.startswith("SEND "):
            return "all", "", text[5:]
        kind, to, rest = Server.understand(self, text)
        return ("unknown" if kind == "all" else kind), to, rest
