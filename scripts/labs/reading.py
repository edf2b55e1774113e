"""Labs 1 and 2: a read is not a line."""

from __future__ import annotations

from labs.stage import Stage, after_joins, numbers, of, pause

PIECE_SECONDS = 0.3
PIECES = (b"/ni", b"ck bom", b" rapaz\n")
LINES = ("um", "dois", "tres")


def half_a_line(stage: Stage) -> None:
    """Send one line in three pieces."""
    stage.serve()
    ana = stage.person("ana")
    for piece in PIECES:
        stage.tell(f"ana envia {piece!r}", f"ana sends {piece!r}")
        ana.send(piece)
        pause(PIECE_SECONDS)
    ana.until(b"FROM ana [all]: /nick bom rapaz\n")
    events = stage.end()
    conn = numbers(events)["ana"]
    shown = after_joins(events)
    stage.show(shown, {conn: "ana"})
    reads, lines = of(shown, "recv", conn=conn), of(shown, "line", conn=conn)
    got = [event["got"] for event in reads if isinstance(event["got"], int)]
    stage.require(got == [3, 6, 7], f"leituras de 3, 6 e 7 bytes, e não {got}", f"reads of 3, 6 and 7 bytes, not {got}")
    stage.require(len(lines) == 1, f"uma linha, e não {len(lines)}", f"one line, not {len(lines)}")
    is_last = lines[0]["n"] > reads[2]["n"]
    stage.require(is_last, "a linha vem depois do último pedaço", "the line comes after the last piece")


def glued_lines(stage: Stage) -> None:
    """Send three lines at once, to a normal server and to one that reads byte by byte."""
    said = []
    for options in ((), ("--recv-size", "1")):
        stage.serve(*options)
        ana = stage.person("ana")
        data = "".join(f"{line}\n" for line in LINES).encode()
        stage.tell(f"ana envia {data!r} de uma vez, servidor {' '.join(options) or 'normal'}",
                   f"ana sends {data!r} at once, server {' '.join(options) or 'as it is'}")  # fmt: skip
        ana.send(data)
        said.append([ana.until(f"[all]: {line}\n".encode()) for line in LINES])
        events = stage.end()
        conn = numbers(events)["ana"]
        shown = after_joins(events)
        stage.show(shown, {conn: "ana"})
        reads = [event for event in of(shown, "recv", conn=conn) if isinstance(event["got"], int)]
        wanted = len(data) if options else 1
        stage.require(len(reads) == wanted,
                      f"{wanted} leituras, e não {len(reads)}", f"{wanted} reads, not {len(reads)}")  # fmt: skip
        count = len(of(shown, "line", conn=conn))
        stage.require(count == len(LINES), f"três linhas, e não {count}", f"three lines, not {count}")
    stage.require(said[0] == said[1], "a conversa é a mesma", "the chat is the same")
