"""What a typed line asks for: a command of the client or of the server, or a text to be said.

Local commands begin with a slash and are never sent.  The commands of the
server are the WORDS of the protocol.  A pasted line is always a text.  This
module knows text; it does not know the session or the console.
"""

from __future__ import annotations

import difflib
from typing import Dict, List, NamedTuple, Sequence, Tuple

from minichat.chat import parser
from minichat.limits import Limits

TEXT_BYTES = Limits().line_bytes - 1  # of the longest text, in UTF-8; the newline is the rest


class Request(NamedTuple):
    """What one line asks for.

    say       ``text`` is what to send: for everyone, or for one person as "@nick text"
    reply     ``text`` is for the person who wrote the last private line
    command   ``text`` is a command of the server, in lower case
    help, clear
    explain   ``text`` is the key of the sentence that says why nothing is done
    alone     the command ``text`` takes nothing after it
    unknown   ``text`` is no command
    """

    name: str
    text: str = ""


_HELP, _CLEAR = Request("help"), Request("clear")
_WHO, _QUIT = Request("command", "who"), Request("command", "quit")
_LOCAL: Dict[str, Request] = {
    "/ajuda": _HELP, "/help": _HELP,
    "/quem": _WHO, "/who": _WHO,
    "/sair": _QUIT, "/quit": _QUIT,
    "/limpar": _CLEAR, "/clear": _CLEAR,
}  # fmt: skip
_TELL, _REPLY = ("/msg", "/privado"), ("/responder", "/reply")
_EXPLAINED = {"/nick": "why_no_nick", "/apelido": "why_no_nick", "/me": "why_no_me", "/eu": "why_no_me"}

WORDS = (*_LOCAL, *_TELL, *_REPLY)  # of the local commands that do something

# What other programs call it; a reply is the nearest thing to "/r".
_ELSEWHERE = {
    **dict.fromkeys(("/m", "/w", "/dm", "/pm", "/tell", "/whisper", "/query", "/notice"), "/msg"),
    **dict.fromkeys(("/q", "/exit", "/bye", "/part"), "/quit"),
    **dict.fromkeys(("/names", "/list", "/users"), "/who"),
    "/r": "/reply", "/h": "/help", "/?": "/help",
}  # fmt: skip
_SIMILAR = 0.75  # from 0 to 1, as difflib counts it: /mgs and /msg have 0.75, /nada and /ajuda 0.73


def is_local(line: str) -> bool:
    """True for a line that begins like a local command, known or not."""
    return line.startswith("/") and not line.startswith("//")


def parse_typed(line: str) -> Request:
    """Return what a typed line asks for.

    >>> parse_typed("/quem") == parse_typed("WHO") == Request("command", "who")
    True
    >>> parse_typed("/msg ana oi")
    Request(name='say', text='@ana oi')
    >>> parse_typed("/nada disso")
    Request(name='unknown', text='/nada')
    >>> parse_typed("//etc")                    # the first slash means: no command
    Request(name='say', text='/etc')
    """
    if is_local(line):
        return _parse_local(line)
    text = line[1:] if line.startswith("//") else line
    word = parser.command_word(text)
    return Request("command", word) if word else Request("say", text)


def _parse_local(line: str) -> Request:
    word, _, rest = line.partition(" ")
    word = word.lower()
    if word in _TELL:
        nick, _, text = rest.lstrip(" ").partition(" ")
        nick = nick[nick.startswith("@") :].rstrip(":,")
        return Request("say", f"@{nick} {text}") if nick and text.strip(" ") else Request("explain", "how_to_tell")
    if word in _REPLY:
        return Request("reply", rest) if rest.strip(" ") else Request("explain", "how_to_reply")
    if word in _EXPLAINED:
        return Request("explain", _EXPLAINED[word])
    if word in _LOCAL:
        return Request("alone", word) if rest.strip(" ") else _LOCAL[word]
    return Request("unknown", word)


def nearest(word: str, own: Sequence[str]) -> str:
    """Return the local command that ``word`` may be meant for, or ""; those of ``own``, one language, come first.

    >>> nearest("/qem", ()), nearest("/tell", ()), nearest("/nada", ())
    ('/quem', '/msg', '')
    """
    if word in _ELSEWHERE:
        meaning = parse_typed(_ELSEWHERE[word])
        return next((other for other in own if parse_typed(other) == meaning), _ELSEWHERE[word])
    similar = [*difflib.get_close_matches(word, own, 1, _SIMILAR), *difflib.get_close_matches(word, WORDS, 1, _SIMILAR)]
    return similar[0] if similar else ""


def completions(word: str, own: Sequence[str]) -> List[str]:
    """Return the local commands that begin with ``word``; those of ``own``, one language, come first.

    >>> completions("/QU", ("/quem",)), completions("qu", ())
    (['/quem', '/quit'], [])
    """
    return [other for other in dict.fromkeys((*own, *WORDS)) if word and other.startswith(word.lower())]


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
