"""How a connection ended: what each error and each code means."""

from __future__ import annotations

import errno
import socket
import unittest

from minichat.client.ends import BEFORE_OK, End, Why, end_by_error, end_without_server


class Ends(unittest.TestCase):
    def test_an_error_of_the_system_says_what_to_look_at(self) -> None:
        """Trap 72."""
        for error, why in (
            (ConnectionRefusedError(errno.ECONNREFUSED, "text"), Why.NO_SERVER),
            (TimeoutError(errno.ETIMEDOUT, "text"), Why.UNREACHABLE),
            (OSError(errno.EHOSTUNREACH, "text"), Why.UNREACHABLE),
            (OSError(errno.ENETUNREACH, "text"), Why.UNREACHABLE),
            (PermissionError(errno.EACCES, "text"), Why.UNREACHABLE),  # a firewall of this machine
            (OSError(errno.EMFILE, "text"), Why.NO_FILES),
            (OSError(errno.ENFILE, "text"), Why.NO_FILES),
            (OSError(errno.EINVAL, "text"), Why.UNKNOWN_HOST),
            (socket.gaierror(socket.EAI_NONAME, "text"), Why.UNKNOWN_HOST),
            (socket.gaierror(socket.EAI_AGAIN, "text"), Why.UNKNOWN_HOST),
            (socket.gaierror(errno.EMFILE, "text"), Why.UNKNOWN_HOST),  # the number is one of the resolver
        ):
            self.assertEqual(end_without_server(error), End(why, "text"), repr(error))

    def test_an_error_without_a_text_is_told_as_it_is(self) -> None:
        self.assertEqual(end_without_server(OSError("strange")), End(Why.UNREACHABLE, "strange"))

    def test_a_code_says_whose_fault_it_was(self) -> None:
        self.assertEqual(end_by_error("apelido_em_uso").text_key, "apelido_em_uso")
        self.assertEqual(end_by_error("invalid_text").text_key, "apelido_invalido")
        self.assertEqual(end_by_error("server_full"), End(Why.REFUSED, "server_full"))

    def test_only_a_member_is_said_goodbye_to(self) -> None:
        for end, is_goodbye in (
            (End(Why.BYE), True),
            (End(Why.SHUTDOWN), True),
            (End(Why.SHUTDOWN, BEFORE_OK), False),
            (End(Why.LOST), False),
        ):
            self.assertEqual(end.is_goodbye, is_goodbye, end)

    def test_the_key_of_a_text_is_that_of_the_end(self) -> None:
        self.assertEqual(End(Why.SHUTDOWN).text_key, "server_stopped")
        self.assertEqual(End(Why.HUNG_UP).text_key, "hung_up")


if __name__ == "__main__":
    unittest.main()
