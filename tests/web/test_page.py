"""The chat page as it is served: its policy, its words, and what its scripts may not do."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import unittest
from typing import List

from minichat.limits import Limits
from minichat.web import looppage
from minichat.web.page import PARTS, SCRIPTS, chat_page
from tests.web.chatpages import WebServer

MOST_BYTES_OF_PARTS = 80 * 1024
FORBIDDEN = (
    r"innerHTML|outerHTML|insertAdjacent|document\.write|createContextualFragment|\beval\b|new Function|srcdoc|"
    r"setTimeout\(['\"`]|\.on(?:click|load|error|input|submit|key\w+)\b|setAttribute\(['\"`]on|"
    r"clipboard|Notification|wakeLock|serviceWorker|crypto\.subtle"  # these need a secure context
)


def part(name: str) -> str:
    """The text of a part."""
    return (PARTS / name).read_text(encoding="utf-8")


def inlined(text: str, tag: str) -> str:
    """What stands in the only element ``tag`` without attributes."""
    found: List[str] = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    assert len(found) == 1, found
    return found[0]


class ThePage(unittest.TestCase):
    def test_no_element_is_found_under_the_name_of_the_chat(self) -> None:
        # A browser has elements with an id in window: before the scripts ran, one would pass for the chat.
        names = set(re.findall(r"\bwindow\.(\w+) = ", part("chat.js")))
        self.assertEqual(names, {"chat"})
        self.assertEqual(names & set(re.findall(r'\bid="([\w-]+)"', part("chat.html"))), set())

    def test_the_policy_names_our_script_and_style_alone(self) -> None:
        content = chat_page("pt")
        text = content.body.decode()
        for tag, directive in (("script", "script-src"), ("style", "style-src")):
            digest = base64.b64encode(hashlib.sha256(inlined(text, tag).encode()).digest()).decode()
            self.assertIn(f"{directive} 'sha256-{digest}';", content.policy)
        for wanted in (
            "default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'",
            "form-action 'none'", "require-trusted-types-for 'script'",
        ):  # fmt: skip
            self.assertIn(wanted, content.policy.split("; "))
        self.assertNotIn("unsafe", content.policy)

    def test_the_page_is_one_text_that_loads_nothing(self) -> None:
        text = chat_page("en").body.decode()
        self.assertTrue(text.startswith('<!doctype html>\n<html lang="en">'))
        self.assertNotRegex(text, r"<(?:img|iframe|object)|\bsrc=|https?://(?!www)|@@")
        self.assertNotRegex(text, r'\son\w+="')
        self.assertIn('<link rel="icon" href="data:,">', text)

    def test_the_page_knows_the_limit_of_a_line(self) -> None:
        options = re.search(r'id="options-of-page">(.*?)</script>', chat_page("pt").body.decode())
        assert options
        self.assertEqual(json.loads(options[1]), {"lineBytes": Limits().line_bytes})

    def test_no_script_makes_markup_of_text_or_needs_tls(self) -> None:
        for name in SCRIPTS:
            self.assertNotRegex(part(name), FORBIDDEN, name)
            self.assertTrue(part(name).startswith('"use strict";\n/* '), name)

    def test_all_parts_are_used_and_small(self) -> None:
        own = {*SCRIPTS, "chat.html", "chat.css"}
        self.assertEqual({file.name for file in PARTS.iterdir()}, own | set(looppage.SCRIPTS))
        self.assertLessEqual(sum(len(part(name).encode()) for name in own), MOST_BYTES_OF_PARTS)
        for name in SCRIPTS:
            self.assertLessEqual(len(part(name).splitlines()), 300, name)

    def test_it_is_served_with_its_policy(self) -> None:
        with WebServer() as server:
            link = http.client.HTTPConnection("127.0.0.1", server.web_port, timeout=20)
            link.request("GET", "/?lang=en")
            answer = link.getresponse()
            body = answer.read()
            link.close()
        content = chat_page("pt")
        self.assertEqual((answer.status, body), (200, content.body))
        self.assertEqual(answer.headers["Content-Security-Policy"], content.policy)


class Words(unittest.TestCase):
    def words(self) -> List[List[str]]:
        """Key, Portuguese and English of each word."""
        pair = r'"((?:[^"\\]|\\.)*)"'
        found = re.findall(rf"(\w+): \[\s*{pair},\s*{pair}\]", part("words.js"))
        self.assertGreater(len(found), 80)
        return [list(one) for one in found]

    def test_both_languages_have_the_same_fields(self) -> None:
        for key, portuguese, english in self.words():
            fields = [sorted(re.findall(r"\{\w+\}", text)) for text in (portuguese, english)]
            self.assertEqual(fields[0], fields[1], key)

    def test_each_word_that_is_asked_for_is_there_and_used(self) -> None:
        known = {key for key, _, _ in self.words()}
        html = part("chat.html")
        scripts = "".join(part(name) for name in SCRIPTS if name != "words.js")
        asked = {*re.findall(r'data-(?:word|label|hint)="(\w+)"', html), *re.findall(r'\bsay\("(\w+)"', scripts)}
        self.assertEqual(asked - known, set())
        dynamic = r"err_\w+|left_\w+|help\d|apelido_\w+|server_full|too_many_connections|kicked|banned"
        named = set(re.findall(r'"(\w+)"', scripts))
        self.assertEqual({key for key in known - asked - named if not re.fullmatch(dynamic, key)}, set())


if __name__ == "__main__":
    unittest.main()
