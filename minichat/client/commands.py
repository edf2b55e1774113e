"""What a typed line asks for: a command of the client or of the server, or a text to be said.

Local commands begin with a slash and are never sent.  The commands of the
server are the WORDS of the protocol.  A pasted line is always a text.  This
module knows text; it does not know the session or the console.
"""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Tuple

from minichat.chat import parser
from minichat.limits import Limits

TEXT_BYTES = Limits().line_bytes - 1  # of the longest text, in UTF-8; the newline is the rest

class Request(NamedTuple):
    """What one line asks for."""

    name: str  # "say", "command" (of the server), "help", "clear" or "unknown"
    text: str = ""  # what to say, the command in lower case, or the unknown word


_HELP, _CLEAR = Request("help"), Request("clear")
_WHO, _QUIT = Request("command", "who"), Request("command", "quit")
_LOCAL: Dict[str, Request] = {
    "/ajuda": _HELP, "/help": _HELP,
    "/quem": _WHO, "/who": _WHO,
    "/sair": _QUIT, "/quit": _QUIT,
    "/limpar": _CLEAR, "/clear": _CLEAR,
}  # fmt: skip


def is_local(line: str) -> bool:
    """True for a line that begins like a local command, known or not."""
    return line.startswith("/") and not line.startswith("//")


def parse_typed(line: str) -> Request:
    """Return what a typed line asks for.

    >>> parse_typed("/quem") == parse_typed("WHO") == Request("command", "who")
    True
    >>> parse_typed("/nada disso")
    Request(name='unknown', text='/nada')
    >>> parse_typed("//etc")                    # the first slash means: no command
    Request(name='say', text='/etc')
    """
    if is_local(line):
        word = line.rstrip(" ").lower()
        return _LOCAL.get(word) or Request("unknown", word.partition(" ")[0])
    text = line[1:] if line.startswith("//") else line
    word = parser.command_word(text)
    return Request("command", word) if word else Request("say", text)


def as_text(line: str) -> str:
    """Return a pasted line as a text: with a space before what the server would take for a command.

    A direct message stays one, even if it may be refused: it is not meant for everyone.

    >>> as_text("QUIT"), as_text("@property"), as_text("@bia oi")
    (' QUIT', ' @property', '@bia oi')
    """
    has_no_text = line.startswith("@") and " " not in line
    return f" {line}" if has_no_text or parser.command_word(line) else line


def pasted_texts(lines: List[str]) -> Tuple[List[str], List[str]]:
    """Return the texts of a paste, without blank lines: those that fit into a line, and those that do not."""
    texts = [as_text(line) for line in lines if line.strip(" ")]
    fitting = [text for text in texts if len(text.encode()) <= TEXT_BYTES]
    return fitting, [text for text in texts if len(text.encode()) > TEXT_BYTES]
