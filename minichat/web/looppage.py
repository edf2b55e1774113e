"""The page of the running loop: the player of the trace wing, and the scripts that feed it."""

from __future__ import annotations

from pathlib import Path

from minichat.trace.page import frame
from minichat.web.answers import Content

PARTS = Path(__file__).resolve().parent / "pages"
SCRIPTS = ("growing.js", "live.js")
TITLE = "minichat /loop"

# Some of this only the answer can say of a page; the page cannot say it of itself.
_IN_THE_ANSWER = "; ".join((
    "", "frame-ancestors 'none'", "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
))  # fmt: skip


def loop_page(language: str) -> Content:
    """Return the page, which first speaks ``language``; it is the same for everyone."""
    live = "\n".join((PARTS / name).read_text(encoding="utf-8") for name in SCRIPTS)
    policy, texts = frame(TITLE, language, live, "; connect-src 'self'")
    body = "".join(text or "" for text in texts)  # no event is in it yet
    return Content("text/html; charset=utf-8", body.encode("utf-8"), policy + _IN_THE_ANSWER)
