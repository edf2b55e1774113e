"""Draw the picture on the first page: three terminals in which people chat.

    python3 scripts/picture.py

It starts a server, a client and an ``nc`` on pseudo-terminals, types for two
people, and draws what the three screens show: scripts/pictures/chat.svg in
English, scripts/pictures/conversa.svg in Portuguese.  A test makes both anew and
compares them.  The exit status is 0, 1 when there is no ``nc``, 2 after any option.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Sequence, Tuple
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from minichat.cli.messages import Messages
from minichat.cli.options import DEFAULT_HOST, DEFAULT_PORT
from tests.ending import end_with
from tests.program import PYTHON, Program, port_of
from tests.seat import Seat

FOLDER = Path(__file__).resolve().parent / "pictures"

COLUMNS = 46  # of a terminal in the picture; no line of the scene is longer
CHARACTER, ROW, MARGIN, BAR = 8.0, 19, 14, 28  # px
CARD = COLUMNS * CHARACTER + 2 * MARGIN  # px, the width of a terminal
GAP = 16  # px
WIDTH = 2 * CARD + GAP

# Each terminal brings its own dark ground and a border, so that the picture reads on a light and on a dark page.
GROUND, HEAD, BORDER = "#16202c", "#223041", "#5b6b7d"
TEXT, TYPED, FAINT = "#d7e0ea", "#ffd479", "#93a4b7"
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


class Scene(NamedTuple):
    """What is said, and what the picture says about itself, in one language."""

    language: str
    file: str
    options: str  # of both programs
    title: str
    about: str
    server: str
    client: str
    netcat: str
    said: Dict[str, str]


SCENES = (
    Scene(
        "en", "chat.svg", " --lang en",
        "Three terminals: the server, ana with the client, bruno with nc",
        "ana and bruno chat. Both read what either says to all; a direct message is read by bruno alone; "
        "the server shows only who comes in.",
        "the server", "ana, with the client", "bruno, with nc",
        {"all": "hello", "direct": "@bruno only you read this", "answer": "good morning, ana", "row": "see you to"},
    ),
    Scene(
        "pt", "conversa.svg", "",
        "Três terminais: o servidor, a Ana com o cliente, o Bruno com nc",
        "A Ana e o Bruno conversam. Os dois leem o que se diz a todos; a mensagem privada, só o Bruno lê; "
        "o servidor só mostra quem entra.",
        "o servidor", "Ana, com o cliente", "Bruno, com nc",
        {"all": "olá", "direct": "@bruno só você lê isto", "answer": "bom dia, ana", "row": "até am"},
    ),
)  # fmt: skip


class Terminal:
    """A program on a pseudo-terminal, and what was typed there."""

    def __init__(self, title: str, command: str, arguments: Sequence[str], port: int = 0) -> None:
        """``command`` is what the picture shows; ``arguments`` is what is run."""
        self.title, self.command = title, command
        self.typed: List[str] = []
        self.seat = Seat(COLUMNS if port else 2 * COLUMNS)  # the server has a whole row of the picture
        variables = {"MINICHAT_PORT": str(port), "LC_ALL": "C.UTF-8", "TERM": "xterm"}
        self._program = Program(*arguments, interpreter=(), variables=variables, **self.seat.popen)
        self.seat.sat_down()

    def type(self, text: str, end: str = "\n") -> None:
        """Type ``text`` as a person does, and ENTER."""
        self.typed.append(text)
        self.seat.type(text + end)

    def see(self, *lines: str) -> None:
        """Wait until each of the lines is on the screen."""
        for line in lines:
            self.seat.find(line)

    def close(self) -> None:
        """End the program and the terminal."""
        self._program.__exit__()
        self.seat.close()


@contextlib.contextmanager
def played(scene: Scene) -> Iterator[List[Terminal]]:
    """Play the scene on real programs; the three terminals as they are at its end."""
    say, netcat = Messages(scene.language), shutil.which("nc") or "nc"
    with contextlib.ExitStack() as processes:

        def start(title: str, command: str, arguments: Sequence[str], port: int = 0) -> Terminal:
            terminal = Terminal(title, command, arguments, port)
            processes.callback(terminal.close)
            return terminal

        def python(title: str, module: str, port: int = 0) -> Terminal:
            words = f"-m {module}{scene.options}"
            return start(title, f"python3 {words}", [*PYTHON, *words.split()], port)

        server = python(scene.server, "minichat.server")
        server.seat.until(lambda: server.seat.lines != [], "the port")
        port = port_of(server.seat.lines[0])
        ana = python(scene.client, "minichat.client", port)
        ana.see(say("ask_nick").rstrip())
        ana.type("ana")
        ana.see("OK ana", say("welcome"))
        bruno = start(scene.netcat, f"nc {DEFAULT_HOST} {DEFAULT_PORT}", [netcat, DEFAULT_HOST, str(port)], port)
        bruno.type("bruno")
        bruno.see("OK bruno")
        ana.see(f"JOIN bruno ({say('means_join')})")
        server.see("[STATUS] " + say("joined", nick="bruno", count=2))
        _chat(scene.said, ana, bruno)
        server.seat.screen.rows[0].cells = list(server.seat.lines[0].replace(f":{port}", f":{DEFAULT_PORT}"))
        yield [server, ana, bruno]


def _chat(said: Dict[str, str], ana: Terminal, bruno: Terminal) -> None:
    """Let them talk; each step waits until both have read the one before."""
    ana.type(said["all"])
    for terminal in (ana, bruno):
        terminal.see(f"FROM ana [all]: {said['all']}")
    ana.type(said["direct"])
    ana.see(said["direct"])
    bruno.see("FROM ana [dm]: " + said["direct"].partition(" ")[2])
    bruno.type(said["answer"])
    for terminal in (ana, bruno):
        terminal.see(f"FROM bruno [all]: {said['answer']}")
    ana.type(said["row"], end="")
    ana.seat.see_row(f"> {said['row']}|")


# -- drawing ---------------------------------------------------------------


def drawn(scene: Scene) -> str:
    """Play the scene and return the picture of it, an SVG."""
    with played(scene) as terminals:
        server, ana, bruno = terminals
        top = _height(server) + GAP
        height = top + max(_height(ana), _height(bruno))
        parts = [
            *_card(server, 0, 0, WIDTH, _height(server)),
            *_card(ana, 0, top, CARD, height - top),
            *_card(bruno, CARD + GAP, top, CARD, height - top),
        ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 {WIDTH + 2:g} {height + 2}" width="{WIDTH + 2:g}" '
        f'role="img" aria-labelledby="title about" xml:lang="{scene.language}">'
    )
    texts = f'<title id="title">{escape(scene.title)}</title>\n<desc id="about">{escape(scene.about)}</desc>'
    body = "\n".join(parts)
    return f'{head}\n{texts}\n<g font-family="{FONT}" font-size="13" fill="{TEXT}">\n{body}\n</g>\n</svg>\n'


def _height(terminal: Terminal) -> int:
    return BAR + 2 * MARGIN + ROW * (1 + len(terminal.seat.screen.lines))


def _card(terminal: Terminal, x: float, y: float, width: float, height: float) -> Iterator[str]:
    """Draw one terminal: a frame, its title, the command, and what the screen shows."""
    box = f'x="{x:g}" y="{y:g}" width="{width:g}"'
    yield f'<rect {box} height="{height:g}" rx="8" fill="{GROUND}" stroke="{BORDER}"/>'
    yield f'<path d="M{x + 1:g} {y + BAR:g}h{width - 2:g}" stroke="{HEAD}"/>'
    yield _text(x + MARGIN, y + BAR - 9, [(FAINT, terminal.title)])
    left, line = x + MARGIN, y + BAR + MARGIN + ROW - 6
    yield _text(left, line, [(FAINT, "$ "), (TYPED, terminal.command)])
    for row in terminal.seat.screen.lines:
        line += ROW
        yield _text(left, line, _colours(row, terminal.typed))
    if terminal.seat.row.startswith("> "):
        cursor = left + CHARACTER * len(terminal.seat.screen.before_cursor)
        yield f'<rect x="{cursor:g}" y="{line - 12:g}" width="2" height="15" fill="{TYPED}"/>'


def _colours(row: str, typed: Sequence[str]) -> List[Tuple[str, str]]:
    """Return the parts of a row with their colours: what a person typed stands out."""
    for text in typed:
        if row in (text, f"> {text}") or (row.endswith(f": {text}") and not row.startswith("FROM ")):
            before = row[: len(row) - len(text)]
            return [(TEXT, before), (TYPED, text)] if before else [(TYPED, text)]
    return [(FAINT if row.startswith("[STATUS]") else TEXT, row)]


def _text(x: float, y: float, parts: Sequence[Tuple[str, str]]) -> str:
    # A length for each text keeps its columns, whatever font there is.  Not all browsers know it inside a text.
    drawn, column = "", 0
    for colour, text in parts:
        place = f'x="{x + CHARACTER * column:g}" y="{y:g}" textLength="{CHARACTER * len(text):g}"'
        drawn += f'<text {place} fill="{colour}" xml:space="preserve">{escape(text)}</text>'
        column += len(text)
    return drawn


def main() -> int:
    """Draw the picture in both languages; return the exit status."""
    if sys.argv[1:]:
        print(__doc__, file=sys.stderr)
        return 2
    if shutil.which("nc") is None:
        print("picture: there is no nc", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    for scene in SCENES:
        (FOLDER / scene.file).write_text(drawn(scene), "utf-8")
        print(f"scripts/pictures/{scene.file}")
    return 0


if __name__ == "__main__":
    end_with("picture", main)
