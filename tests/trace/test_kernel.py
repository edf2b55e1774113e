"""What the kernel holds for a socket."""

from __future__ import annotations

import socket
import sys
import unittest

from minichat.trace.kernel import held_by_kernel
from tests.trace.traced import full_trace


@unittest.skipUnless(sys.platform in ("linux", "darwin"), "only there it is known")
class Kernel(unittest.TestCase):
    def test_what_was_not_read_and_what_was_not_sent_is_counted(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            ours = socket.create_connection(listening.getsockname())
            its, _ = listening.accept()
        with ours, its:
            self.assertEqual(held_by_kernel(ours), [0, 0])
            its.sendall(b"oito....")
            ours.recv(3, socket.MSG_WAITALL)
            self.assertEqual(held_by_kernel(ours), [5, 0])
            its.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            ours.setblocking(False)
            sent = 0
            try:
                while True:
                    sent += ours.send(b"x" * 65536)
            except BlockingIOError:
                pass
            held = held_by_kernel(ours)
            assert held is not None
            self.assertGreater(held[1], 0)
            self.assertLessEqual(held[1], sent)

    def test_what_is_no_socket_or_closed_is_not_asked(self) -> None:
        self.assertIsNone(held_by_kernel(object()))
        closed = socket.socket()
        closed.close()
        self.assertIsNone(held_by_kernel(closed))

    def test_a_trace_has_it_at_each_recv_and_send(self) -> None:
        events = [event for event in full_trace() if event["event"] in ("recv", "send")]
        self.assertGreater(len(events), 20)
        for event in events:
            self.assertEqual([type(size) for size in event["kernel"]], [int, int], event)


if __name__ == "__main__":
    unittest.main()
