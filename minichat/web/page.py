"""The chat page, made of its parts: one text that loads nothing, and the policy that goes with it."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

from minichat.limits import Limits
from minichat.web.answers import Content

PARTS = Path(__file__).resolve().parent / "pages"
SCRIPTS = (
    "words.js", "wire.js", "typed.js", "link.js", "picture.js", "people.js", "memory.js", "row.js", "door.js",
    "chat.js",
)  # fmt: skip


def chat_page(language: str) -> Content:
    """Return the page, which first speaks ``language``; it is the same for everyone."""
    style = _part("chat.css")
    script = "\n".join(_part(name) for name in SCRIPTS)
    options = json.dumps({"lineBytes": Limits().line_bytes})
    texts = {"language": language, "style": style, "options": options, "script": script}
    head, *rest = _part("chat.html").split("@@")
    body = head + "".join(part if position % 2 else texts[part] for position, part in enumerate(rest))
    return Content("text/html; charset=utf-8", body.encode("utf-8"), _policy(script, style))


def _policy(script: str, style: str) -> str:
    """Return the Content-Security-Policy: our own script and style, our own server, and nothing else."""
    return "; ".join((
        "default-src 'none'", f"script-src {_digest(script)}", f"style-src {_digest(style)}", "connect-src 'self'",
        "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        "require-trusted-types-for 'script'", "trusted-types 'none'",
    ))  # fmt: skip


def _part(name: str) -> str:
    return (PARTS / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """Return how a policy names an inline style or script (CSP level 3, section 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
