"""The report for people: a table for a terminal, and a page in Markdown for one student."""

from __future__ import annotations

import math
import re
import shlex
from typing import Iterator, List, Tuple

from grading.case import Result
from grading.catalogue import BY_NAME, FAMILIES, LAST
from grading.dialect import Dialect
from grading.evidence import evidence, quoted
from grading.grader import Grade
from grading.outcome import Verdict
from grading.reasons import reason, shown
from grading.rubric import Score
from grading.texts import CASES, VERDICTS, Text, pick
from grading.texts import FAMILIES as FAMILY_TEXTS
from minichat.cli.messages import decimal

WORDS = {
    "points": (
        "Pontos: {got} de {possible} ({percent} %)",
        "Points: {got} of {possible} ({percent} %)",
    ),
    "counts": (
        "{pass} passaram, {fail} falharam, {wording} com outro texto, {na} não se aplicam; {seconds:.0f} s",
        "{pass} passed, {fail} failed, {wording} in other words, {na} not applicable; {seconds:.0f} s",
    ),
    "counts_strict": (
        "{pass} passaram, {fail} falharam, {wording} com outro texto (com --strict também falham), {na} não se aplicam;"
        " {seconds:.0f} s",
        "{pass} passed, {fail} failed, {wording} in other words (with --strict they fail, too), {na} not applicable;"
        " {seconds:.0f} s",
    ),
    "not_graded": ("não foi possível avaliar: {why}", "could not be graded: {why}"),
    "printed": ("o que o servidor escreveu:", "what the server printed:"),
    "in_folder": ("o que há na pasta:", "what is in the folder:"),
    "tried": ("o que foi tentado, e o que se viu:", "what was tried, and what was seen:"),
    "silence": ("(nada)", "(nothing)"),
    "closed": ("(conexão encerrada)", "(connection ended)"),
    "done": ("o que se faz", "what is done"),
    "right": ("o certo", "what is right"),
    "seen": ("o que se viu", "what was seen"),
    "errors": ("o que o servidor escreveu", "what the server printed"),
    "sent": ("enviado", "sent"),
    "came": ("recebido", "received"),
    "by_hand": ("para ver com as próprias mãos", "to see it by hand"),
    "lab": ("o lab que explica isso", "the lab that explains it"),
    "module": ("como o minichat faz", "how minichat does it"),
    "start": (
        "antes de cada caso, de novo, em outro terminal: {command}",
        "before each case, anew, in another terminal: {command}",
    ),
    "title": ("Mini-Chat: {name}", "Mini-Chat: {name}"),
    "asked": ("digite na entrada dele: {typed}", "type on its input: {typed}"),
    "in_use": (
        "se a porta ainda estiver em uso, espere um minuto: veja o caso restart",
        "if the port is still in use, wait a minute: see the case restart",
    ),
    "no_text": (
        "o apelido é aceito, mas o que se diz a todos não chega aos outros",
        "the nick was taken, but what is said to all does not reach the others",
    ),
    "all_right": ("Nada falhou.", "Nothing failed."),
    "rights": (
        "O servidor rodou com os seus direitos: só avalie código em que confia, ou use outra conta ou um contêiner.",
        "The server ran with your rights: grade only code that you trust, or use another account or a container.",
    ),
}

_FIRST = (("o cliente", "the client"), ("o servidor: {greeting}", "the server: {greeting}"))


def word(key: str, language: str, **fields: object) -> str:
    """Return one of the texts above."""
    return pick(WORDS[key], language).format(**fields)


def dialect_lines(dialect: Dialect, language: str) -> Iterator[str]:
    """Yield what was found out about how the server is spoken to."""

    def told(label: Text, said: str) -> str:
        return f"{pick(label, language)}: {said}"

    def yes(flag: bool) -> str:
        return pick(("sim", "yes") if flag else ("não", "no"), language)

    none = pick(("não há", "none"), language)
    first = pick(_FIRST[bool(dialect.greeting)], language).format(greeting=quoted(dialect.greeting[:60]))
    yield told(("quem fala primeiro", "who speaks first"), first)
    forms = [dialect.nick.pattern, dialect.say.pattern, dialect.direct.pattern if dialect.has_direct else none]
    yield told(("apelido, texto, privada", "nick, text, direct"), "  ".join(forms))
    commands = [dialect.who.pattern or none, dialect.quit.pattern or none]
    yield told(("quem está, sair", "who is in, leaving"), "  ".join(commands))
    yield told(("uma mensagem é", "a message is"), pick(_framing(dialect), language))
    if not dialect.has_header:
        yield told(("o que o servidor diz termina em LF", "what the server says ends in LF"), yes(dialect.ends_lines))
    if dialect.crosses:
        yield told(("quem fala lê o próprio texto", "who speaks reads the own text"), yes(dialect.has_echo))
    else:
        yield word("no_text", language)


def _framing(dialect: Dialect) -> Text:
    if dialect.has_header:
        size = dialect.header_bytes
        return (f"o que vem depois de seu tamanho, em {size} bytes", f"what comes after its length, in {size} bytes")
    if not dialect.end:
        return ("um recv, com tudo o que tem: não envie LF", "one recv, with all that is in it: send no LF")
    if dialect.crosses and not dialect.splits:
        if dialect.loses_rest:
            return ("uma linha; o resto do recv se perde", "a line; the rest of the recv is lost")
        return ("um recv, sem o LF", "one recv, without the LF")
    if dialect.end == b"\r\n":
        return ("uma linha que termina em CR LF", "a line that ends in CR LF")
    return ("uma linha", "a line")


def table(grade: Grade, score: Score, language: str) -> Iterator[str]:
    """Yield the lines of the table for a terminal, then what there is to say about each failure."""
    if not grade.is_graded:
        yield from trouble_lines(grade, language)
        return
    assert grade.dialect is not None
    for line in dialect_lines(grade.dialect, language):
        yield shown(line)
    for family in FAMILIES:
        results = [result for result in grade.results if BY_NAME[result.case].family == family]
        if results:
            yield from ("", pick(FAMILY_TEXTS[family], language))
        for result in results:
            verdict = pick(VERDICTS[result.verdict.value], language)
            yield f"  {result.case:25} {verdict:14} {said(result, language)}"
    for number, (heading, lines) in enumerate(details(grade, language)):
        if not number:
            yield from ("", *_start(grade, language))
        yield ""
        yield f"== {heading}"
        yield from lines
    yield ""
    yield from summary(grade, score, language)


def _start(grade: Grade, language: str) -> Iterator[str]:
    """Yield how the server is started by hand."""
    yield word("start", language, command=shown(shlex.join(grade.by_hand)))
    if grade.asked:
        yield word("asked", language, typed=shown(", ".join(text or "ENTER" for text in grade.asked)))
    if any(result.case == LAST and result.verdict is Verdict.FAIL for result in grade.results):
        yield word("in_use", language)


def said(result: Result, language: str) -> str:
    """Return why a case did not pass; of one that passed, what was done."""
    if result.key:
        return reason(result.key, result.fields, language)
    return pick(CASES[result.case][0], language)


def summary(grade: Grade, score: Score, language: str) -> Iterator[str]:
    """Yield the last lines: points, counts, and a warning."""
    counts = {verdict.value: sum(result.verdict is verdict for result in grade.results) for verdict in Verdict}
    yield points(score, language)
    yield word("counts_strict" if grade.is_strict else "counts", language, **counts, seconds=grade.seconds)


def points(score: Score, language: str) -> str:
    """Return the line that tells the points."""
    percent = math.floor(10 * score.percent) / 10  # 100 only if no point is missing
    told = {name: decimal(f"{value:g}", language) for name, value in (*score._asdict().items(), ("percent", percent))}
    return word("points", language, **told)


def trouble_lines(grade: Grade, language: str) -> Iterator[str]:
    """Yield why a server could not be graded, with all that was seen."""
    yield word("not_graded", language, why=reason(grade.trouble, {}, language))
    if grade.output.strip() and grade.trouble not in ("no_command", "is_folder", "bad_command"):
        yield word("in_folder" if grade.trouble == "no_server" else "printed", language)
    if grade.output.strip():
        for line in grade.output.decode("utf-8", "replace").splitlines()[-15:]:
            yield f"    {shown(line)}"
    if grade.attempts:
        yield word("tried", language)
    for attempt in grade.attempts:
        seen = quoted(attempt.seen) if attempt.seen else word("silence", language)
        end = "" if attempt.is_open else f" {word('closed', language)}"
        yield f"    {shown(f'{quoted(attempt.sent)} -> {seen}{end}')}"


def details(grade: Grade, language: str) -> Iterator[Tuple[str, List[str]]]:
    """Yield a heading and lines for each failure."""
    for result in grade.results:
        if result.verdict not in grade.bad:
            continue
        found = evidence(result, grade, language)
        lines = [f"{word('done', language)}: {found.title}", f"{word('right', language)}: {found.right}"]
        lines.append(f"{word('seen', language)}: {found.why}")
        if found.printed:
            lines.append(f"{word('errors', language)}: {found.printed}")
        for key, said in (("sent", found.sent), ("came", found.came)):
            lines += [f"{word(key, language)}:", *(f"    {line}" for line in said)]
        if found.by_hand:
            lines += [f"{word('by_hand', language)}:", *(f"    {line}" for line in found.by_hand)]
        if found.lab:
            lines.append(f"{word('lab', language)}: {found.lab}")
        yield result.case, [*lines, f"{word('module', language)}: {found.module}"]


def page(name: str, grade: Grade, score: Score, language: str) -> str:
    """Return the page for one student, in Markdown."""
    lines = [f"# {markdown(word('title', language, name=shown(name)))}", ""]
    if not grade.is_graded:
        lines += ["    " + line for line in trouble_lines(grade, language)]
        return "\n".join(lines) + "\n"
    assert grade.dialect is not None
    lines += [f"- {markdown(line)}" for line in summary(grade, score, language)]
    lines += [f"- {markdown(shown(line))}" for line in dialect_lines(grade.dialect, language)]
    lines += ["", *(f"    {line}" for line in _start(grade, language)), "", "| | | |", "|---|---|---|"]
    for result in grade.results:
        verdict = pick(VERDICTS[result.verdict.value], language)
        lines.append(f"| {markdown(result.case)} | {verdict} | {markdown(said(result, language))} |")
    failures = list(details(grade, language))
    for heading, body in failures:
        lines += ["", f"## {markdown(heading)}"]
        lines += _blocks(body)
    if not failures:
        lines += ["", word("all_right", language)]
    return "\n".join([*lines, "", word("rights", language)]) + "\n"


def _blocks(body: List[str]) -> Iterator[str]:
    """Yield lines for Markdown: what is indented is a block of code, the rest are paragraphs."""
    was_code = False
    for line in body:
        is_code = line.startswith("    ")
        if is_code != was_code or not is_code:
            yield ""
        yield line if is_code else markdown(line)
        was_code = is_code


def markdown(text: str) -> str:
    r"""Return ``text`` so that Markdown shows it as it is.

    >>> markdown("<b>a|b*c")
    '&lt;b&gt;a\\|b\\*c'
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]#!|~])", r"\\\1", text)
