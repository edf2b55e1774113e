"""A page in Markdown, as far as its tests need it: sections, blocks, tables, links, and what is quoted as code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Tuple

from tests.support import ROOT

# What begins so, and goes on, is a command that a reader may type.
COMMANDS = ("python3 ", "py ", "printf ", "(printf ", "pip ", "scripts/check", "minichat-", "sh ")


class Block(NamedTuple):
    """A fenced block and where it stands."""

    section: str
    terminals: Tuple[str, ...]  # those named last before it
    before: str  # the paragraph before it
    kind: str  # "sh", "text", ... or ""
    name: str  # of the file that it is, or ""
    lines: List[str]


class Page:
    """One page."""

    def __init__(self, path: str) -> None:
        """``path`` is that from the top of the checkout."""
        self.path = path
        self.text = (ROOT / path).read_text(encoding="utf-8")

    def __repr__(self) -> str:
        return self.path

    @property
    def blocks(self) -> List[Block]:
        """All fenced blocks, in order."""
        found: List[Block] = []
        section = before = ""
        terminals: Tuple[str, ...] = ()
        inside: Optional[Block] = None
        for line in self.text.splitlines():
            if inside is not None:
                if line == "```":
                    inside = None
                else:
                    inside.lines.append(line)
            elif line.startswith("```"):
                kind, _, name = line[3:].partition(" ")
                inside = Block(section, terminals, before, kind, name, [])
                found.append(inside)
            else:
                if line.startswith("## "):
                    section, terminals = line[3:], ()
                elif line.startswith("**Terminal "):
                    terminals = tuple(re.findall(r"\*\*(Terminal \d)\*\*", line))
                before = line or before
        return found

    def commands(self) -> List[str]:
        """The lines of all blocks that a reader types into a shell."""
        return [line for block in self.blocks if block.kind == "sh" and not block.name for line in block.lines]

    def quoted_commands(self) -> List[str]:
        """The commands in the text between the blocks."""
        return [code for code in codes(self.prose) if code.startswith(COMMANDS) and " " in code]

    @property
    def prose(self) -> str:
        """Everything but the blocks."""
        return re.sub(r"^```.*?^```$", "", self.text, flags=re.MULTILINE | re.DOTALL)

    def section(self, title: str) -> str:
        """The text below a heading."""
        return self.text.split(f"\n## {title}\n")[1].split("\n## ")[0]

    def table(self, title: str) -> List[List[str]]:
        """The cells of the tables of a section, without their headings."""
        lines = [line for line in self.section(title).splitlines() if line.startswith("|")]
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        rules = [index for index, row in enumerate(cells) if row[-1] and set(row[-1]) <= set("-:")]
        return [row for index, row in enumerate(cells) if index not in rules and index + 1 not in rules]

    def anchors(self) -> List[str]:
        """What a link can name after ``#``: the headings as GitHub writes them."""
        titles = re.findall(r"^#+ (.*)$", self.prose, re.MULTILINE)
        return [re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in titles]

    def links(self) -> List[str]:
        """The targets of all links and pictures."""
        return re.findall(r"\]\(([^)]+)\)", self.prose)

    def target(self, link: str) -> Tuple[Path, str]:
        """Return the file that a link leads to, and its anchor or ""."""
        path, _, anchor = link.partition("#")
        return ((ROOT / self.path).parent / path).resolve() if path else ROOT / self.path, anchor


def codes(text: str) -> List[str]:
    """What stands in backquotes."""
    return re.findall(r"`([^`\n]+)`", text)


def _pages() -> Dict[str, Page]:
    paths = [ROOT / "README.md", *(p for name in ("minichat", "scripts", "tests") for p in (ROOT / name).rglob("*.md"))]
    return {name: Page(name) for name in (path.relative_to(ROOT).as_posix() for path in sorted(paths))}


PAGES = _pages()
FIRST = PAGES["README.md"]
HOUSE = PAGES["minichat/README.md"]
GUIDE = PAGES["minichat/LEIAME.md"]
PROTOCOL = PAGES["minichat/chat/README.md"]
LOOP = PAGES["minichat/trace/README.md"]
CLIENT = PAGES["minichat/client/README.md"]
WEB = PAGES["minichat/web/README.md"]
LABS = PAGES["scripts/labs/README.md"]
EXERCISES = PAGES["scripts/exercising/README.md"]
TESTS = PAGES["tests/README.md"]
