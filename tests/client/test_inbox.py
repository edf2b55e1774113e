"""The private messages that came."""

from __future__ import annotations

import unittest

from minichat.client.inbox import CROSSING_SECONDS, Inbox


class InboxTest(unittest.TestCase):
    def setUp(self) -> None:
        self.now = 100.0
        self.inbox = Inbox(lambda: self.now)

    def test_it_is_empty_at_first(self) -> None:
        self.assertEqual((self.inbox.sender, self.inbox.unseen, self.inbox.is_crossing), ("", 0, False))

    def test_the_last_sender_is_kept_and_the_unseen_are_counted(self) -> None:
        for nick in ("bia", "caio", "caio"):
            self.inbox.came(nick)
        self.assertEqual((self.inbox.sender, self.inbox.unseen), ("caio", 3))
        self.inbox.seen()
        self.assertEqual((self.inbox.sender, self.inbox.unseen), ("caio", 0))
        self.inbox.came("bia")
        self.assertEqual((self.inbox.sender, self.inbox.unseen), ("bia", 1))

    def test_a_reply_may_cross_a_message_of_another_sender(self) -> None:
        self.inbox.came("bia")
        self.assertFalse(self.inbox.is_crossing)  # nobody else could be meant
        self.now += 60
        self.inbox.came("caio")
        self.assertTrue(self.inbox.is_crossing)
        self.now += CROSSING_SECONDS - 0.1
        self.inbox.came("Caio")  # the same person says more: it is counted from the first message
        self.assertTrue(self.inbox.is_crossing)
        self.now += 0.1
        self.assertFalse(self.inbox.is_crossing)

    def test_who_was_told_of_the_other_sender_means_that_one(self) -> None:
        for nick in ("bia", "caio"):
            self.inbox.came(nick)
        self.inbox.told()
        self.assertFalse(self.inbox.is_crossing)
        self.inbox.came("bia")
        self.assertTrue(self.inbox.is_crossing)

    def test_one_sender_alone_never_crosses(self) -> None:
        for nick in ("bia", "BIA", "bia"):
            self.inbox.came(nick)
            self.assertFalse(self.inbox.is_crossing)


if __name__ == "__main__":
    unittest.main()
