"""One paste by itself: its bytes, its end, its stages."""

from __future__ import annotations

import unittest

from minichat.tty.keys import Key
from minichat.tty.paste import DROP_SECONDS, STALL_SECONDS, Paste

END = b"\x1b[201~"


class Pastes(unittest.TestCase):
    def test_the_end_is_found_wherever_a_read_cuts_it(self) -> None:
        for cut in range(len(END) + 1):
            paste = Paste(100)
            self.assertIsNone(paste.take(b"um" + END[: cut - 1]) if cut else None)
            paste = Paste(100)
            first = paste.take(b"um" + END[:cut])
            self.assertEqual(first if first is not None else paste.take(END[cut:] + b"abc"), 0 if cut == 6 else 3)
            self.assertEqual(paste.key(), Key("paste", "um"))

    def test_nearly_an_end_is_none(self) -> None:
        for body in (b"\x1b[201", b"[201~", b"\x1b[0201~", b"\x1b[201;1~", b"\x1b[200~", b"\x1b[201\x1b"):
            paste = Paste(100)
            self.assertIsNone(paste.take(body))
            self.assertEqual(paste.take(END), 0)
            self.assertEqual(paste.key(), Key("paste", body.decode()))

    def test_line_ends_become_newlines(self) -> None:
        paste = Paste(100)
        paste.take(b"a\r\nb\rc\nd\r\r\ne" + END)
        self.assertEqual(paste.key().text, "a\nb\nc\nd\n\ne")

    def test_a_paste_has_a_bound_to_the_byte(self) -> None:
        for size in range(95, 120):
            for step in (1, 7, 200):
                paste = Paste(100)
                data = b"x" * size + END
                for start in range(0, len(data), step):
                    paste.take(data[start : start + step])
                self.assertEqual(paste.key().name, "paste" if size <= 100 else "paste-too-long", (size, step))

    def test_only_silence_and_a_key_change_the_stage(self) -> None:
        """Trap 62."""
        paste = Paste(100)
        paste.take(b"um\rdois")
        self.assertEqual(paste.patience_seconds, STALL_SECONDS)
        self.assertEqual(paste.note_silence(), [Key("paste-stalled")])
        self.assertEqual((paste.is_stalled, paste.patience_seconds, paste.note_silence()), (True, 0.0, []))
        self.assertEqual(paste.wake(is_ctrl_c=False), [Key("paste-resumed")])
        self.assertEqual((paste.is_stalled, paste.patience_seconds), (False, STALL_SECONDS))

    def test_a_dropped_paste_says_what_was_dropped(self) -> None:
        """Trap 62."""
        paste = Paste(100)
        paste.take(b"um\rdois")
        paste.note_silence()
        self.assertEqual((paste.wake(is_ctrl_c=True), paste.patience_seconds, paste.is_over), ([], DROP_SECONDS, False))
        self.assertEqual((paste.note_silence(), paste.is_over), ([Key("paste-dropped", "um\ndois")], True))

    def test_a_dropped_paste_can_still_find_its_end(self) -> None:
        """Trap 62."""
        paste = Paste(100)
        paste.note_silence()
        paste.wake(is_ctrl_c=True)
        self.assertEqual((paste.take(b"um" + END + b"x"), paste.is_over), (1, True))
        self.assertEqual(paste.key(), Key("paste-dropped", "um"))


if __name__ == "__main__":
    unittest.main()
