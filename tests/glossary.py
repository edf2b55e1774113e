"""The glossary: how the Portuguese texts say the terms of the field, and which words they do not use.

The table in the guide is this one; print it with ``python3 -m tests.glossary``.
Every string of the programs, the labs and the exercises is read, in whatever
file it stands, so that no text can be forgotten.
"""

from __future__ import annotations

import ast
import re
from typing import Iterator, List, NamedTuple, Tuple

from tests.support import ROOT

GUIDE = "minichat/LEIAME.md"
SECTION = "Glossário"
PICTURES = "scripts/pictures"


class Term(NamedTuple):
    """A term and its meaning, for readers of Portuguese, and what is not said for it."""

    said: str
    english: str
    meaning: str
    instead_of: Tuple[str, ...] = ()


class Wording(NamedTuple):
    """A way of putting it that reads otherwise than it is meant, and what is said in its place."""

    wrong: str  # a regular expression
    example: str  # that it matches
    said: str


class Found(NamedTuple):
    """A word that is not to be used, and where it stands."""

    place: str
    wrong: str
    said: str


TERMS = (
    Term("apelido", "nick", "o nome de quem está na conversa", ("alcunha",)),
    Term("arquivo", "file", "também o que o sistema conta como aberto: sockets, pipes", ("ficheiro",)),
    Term("bate-papo", "chat", "a conversa de todos os que estão no servidor"),
    Term("buffer", "buffer", "memória em que os bytes esperam"),
    Term("conexão", "connection", "um socket e a pessoa do outro lado", ("ligação",)),
    Term("descritor", "descriptor", "o número pelo qual o sistema conhece um arquivo aberto"),
    Term("fila", "queue", "o que o servidor ainda tem de enviar a uma conexão"),
    Term("frame", "frame", "um pedaço de um WebSocket, com o comprimento na frente"),
    Term("handler", "handler", "a função que o laço chama quando algo está pronto"),
    Term("idioma", "language", "português ou inglês", ("língua",)),
    Term("interesse", "interest", "o que o laço espera de um socket: ler, escrever ou os dois"),
    Term("kernel", "kernel", "a parte do sistema operacional que cuida dos sockets", ("núcleo",)),
    Term("laço", "event loop", "espera até que algo esteja pronto, trata disso e espera de novo"),
    Term("log", "log", "o que o servidor anota para quem o mantém", ("registro", "diário")),
    Term("mensagem privada", "direct message", "o que só uma pessoa lê", ("mensagem direta",)),
    Term("newline", "newline", "o byte 0x0A (LF, `\\n`), que termina cada linha"),
    Term("pronto", "ready", "pode ser lido ou escrito sem esperar"),
    Term("rastro", "trace", "tudo o que o laço fez, evento por evento"),
    Term("seletor", "selector", "quem pergunta ao kernel o que está pronto: select, poll, epoll"),
    Term("socket", "socket", "a ponta de uma conexão", ("soquete",)),
    Term("tela", "screen", "o que o terminal mostra", ("ecrã",)),
    Term("temporizador", "timer", "pede ao laço que chame uma função mais tarde"),
    Term("thread", "thread", "uma linha de execução; o minichat só tem uma"),
    Term("volta", "turn", "uma passagem do laço: de uma espera até a seguinte"),
)

WORDINGS = (
    Wording(r"\btomam?\b", "o kernel toma tudo", "aceita"),
    Wording(r"\bcom a fila cheia\b", "escreve só com a fila cheia", "enquanto há algo na fila"),
    Wording(r"\bnada espera\b", "nada espera", "nada pendente"),
    Wording(r"\bnão vale\b", "o apelido não vale", "não é válido"),
    Wording(r"\batende,? mas não responde\b", "atende mas não responde", "aceita a conexão, mas não responde"),
    Wording(r"\bopç(ão errada|ões erradas)\b", "opção errada", "opção inválida"),
    Wording(r"\brecibos?\b", "é o seu recibo", "a confirmação de que chegou"),
    Wording(r"\b(?:bytes|linhas) cada vez\b", "1000 bytes cada vez", "por vez"),
    Wording(r"\b(?:neste|deste|do|mesmo|um) chat\b", "o mesmo chat em frames", "bate-papo"),
    Wording(r"\bligando a\b", "Ligando a sala.example", "conectando a"),
    Wording(r"(?<![\d.,])1 (\w+[aeo]s|\w+ões|\w+ens)\b", "1 conexões", "1 conexão"),
    Wording(r"\benvios? curtos?\b", "envio curto", "envio parcial"),
    Wording(r"\{count\} (?!antes\b)\w+s\b", "({count} linhas)", "{count:linha/linhas}"),
)


def plural(word: str) -> str:
    """Return a pattern of a word in the singular and in the plural."""
    first, *rest = word.split()
    known = next((f"{first[: -len(one)]}({one}|{many})" for one, many in (("ção", "ções"), ("gem", "gens"))
                  if first.endswith(one)), f"{first}s?")  # fmt: skip
    return " ".join([known, *(f"{other}s?" for other in rest)])


def forbidden() -> Iterator[Tuple[str, str]]:
    """Yield each pattern that no text may match, and what is said instead."""
    for term in TERMS:
        for word in term.instead_of:
            yield rf"\b{plural(word)}\b", term.said
    for wording in WORDINGS:
        yield wording.wrong, wording.said


def examples() -> List[str]:
    """Return a text for each word and each wording that is not to be used."""
    words = [word for term in TERMS for word in term.instead_of]
    return [*words, *(wording.example for wording in WORDINGS)]


def wrong_in(text: str) -> List[Tuple[str, str]]:
    """Return what stands in ``text`` and is not to be used, each with what is said instead."""
    return [(found[0], said) for wrong, said in forbidden() for found in re.finditer(wrong, text, re.IGNORECASE)]


def strings_of(source: str) -> Iterator[Tuple[int, str]]:
    """Yield every string of a module, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def texts() -> Iterator[Tuple[str, str]]:
    """Yield the place and the text of all that is said.

    That is the strings of programs and scripts, the pages for browsers, the pictures and the guide.
    """
    for folder in ("minichat", "scripts"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for line, text in strings_of(path.read_text("utf-8")):
                yield f"{name}:{line}", text
    for path in sorted((ROOT / "minichat").rglob("words.js")):
        for line, text in enumerate(path.read_text("utf-8").splitlines(), 1):
            yield f"{path.relative_to(ROOT).as_posix()}:{line}", text
    for path in sorted((ROOT / PICTURES).glob("*.svg")):
        yield f"{PICTURES}/{path.name}", path.read_text("utf-8")
    for number, text in enumerate(guide_without_glossary().splitlines(), 1):
        yield f"{GUIDE}, {number}", text


def guide_without_glossary() -> str:
    """Return the guide without the section that names the words not to be used."""
    before, _, rest = (ROOT / GUIDE).read_text("utf-8").partition(f"\n## {SECTION}\n")
    return before + "\n## ".join(["", *rest.split("\n## ")[1:]])


def wrong_words() -> List[Found]:
    """Return all words that are not to be used, in all texts."""
    return [Found(place, *wrong) for place, text in texts() for wrong in wrong_in(text)]


def table() -> List[List[str]]:
    """Return the rows of the table in the guide."""
    return [[term.said, term.english, term.meaning, ", ".join(term.instead_of)] for term in TERMS]


def main() -> None:
    """Print the table as it stands in the guide."""
    print("| aqui | em inglês | o que é | não se usa |\n|---|---|---|---|")
    for row in table():
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
