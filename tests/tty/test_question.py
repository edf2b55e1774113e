"""A question and the row for its answer."""

from __future__ import annotations

import unittest

from minichat.tty.question import About, Question, Reply, is_yes


class Answers(unittest.TestCase):
    def test_only_whole_words_are_yes_or_no(self) -> None:
        """Trap 63."""
        for word in ("s", "S", "sim", "SIM", "y", "yes", " s "):
            self.assertIs(is_yes(word), True, word)
        for word in ("n", "N", "nao", "não", "na\u0303o", "NÃO", "no"):
            self.assertIs(is_yes(word), False, word)
        for word in ("", " ", "ss", "si", "sim!", "s im", "nada", "nao sei", "sei", "/sair"):
            self.assertIsNone(is_yes(word), word)

    def test_no_answer_is_taken_without_enter(self) -> None:
        """Trap 63."""
        question = Question(About.PASTE, "?", "um\ndois")
        for text, reply in (("sim", Reply.YES), ("nao", Reply.NO), ("", None), ("sei", None)):
            question.row.set(text)
            for key in ("text", "left", "tab", "ctrl-r", "up"):
                self.assertIsNone(question.judge(key), (text, key))
            self.assertIs(question.judge("enter"), reply, text)

    def test_the_keys_that_leave_say_no(self) -> None:
        for about in (About.PASTE, About.LINE):
            question = Question(about, "?", "um")
            question.row.set("s")
            for key in ("escape", "ctrl-c", "ctrl-g"):
                self.assertIs(question.judge(key), Reply.NO)
            self.assertIsNone(question.judge("ctrl-d"))
            question.row.set("")
            self.assertIs(question.judge("ctrl-d"), Reply.NO)

    def test_any_text_answers_a_question_for_a_text(self) -> None:
        question = Question(About.TEXT, "?")
        self.assertIs(question.judge("enter"), Reply.TEXT)
        for key in ("escape", "ctrl-c", "ctrl-d", "ctrl-g"):
            self.assertIsNone(question.judge(key))


if __name__ == "__main__":
    unittest.main()
