"""Hosts as people write them: which are taken, and what is understood of the others."""

from __future__ import annotations

import unittest

from minichat.cli.hosts import Place, read

# A text, its host and, in MORE, its port.
PLAIN = (
    ("localhost", "localhost"), ("127.0.0.1", "127.0.0.1"), ("", ""), ("sala_1.exemplo.br.", "sala_1.exemplo.br."),
    ("::1", "::1"), ("[::1]", "::1"), (" [::1] ", "::1"), ("fe80::1%eth0", "fe80::1%eth0"),
    ("[fe80::1%eth0]", "fe80::1%eth0"), ("::", "::"), ("::ffff:127.0.0.1", "::ffff:127.0.0.1"),
    ("servidor-ação", "servidor-ação"),
)  # fmt: skip
MORE = (
    ("sala:50001", "sala", "50001"), ("sala:", "sala", ""), (":50001", "", "50001"), ("sala:porta", "sala", ""),
    ("sala:²", "sala", ""), ("[::1]:50001", "::1", "50001"), ("[::1]:", "::1", ""), ("[::1", "::1", ""),
    ("::1]", "::1]", ""), ("[sala]", "sala", ""), ("[]", "", ""), ("[::1]x", "::1", ""),
    ("http://sala:50001/", "sala", "50001"), ("http://sala", "sala", ""), ("tcp://[::1]:50001", "::1", "50001"),
    ("http://[::1]/a//b", "::1", ""), ("sala:50001/", "sala", "50001"), ("sala/", "sala", ""), ("/", "", ""),
    ("ana@sala", "sala", ""), ("http://ana:x@sala:1/?a=b", "sala", "1"), ("sala 50001", "sala", "50001"),
    ("sala\t50001", "sala", "50001"), ("a b c", "a", ""), (" ", "", ""), ("::1:50001", "::1", "50001"),
)  # fmt: skip


class Hosts(unittest.TestCase):
    def test_a_host_alone_is_plain(self) -> None:
        for text, host in PLAIN:
            self.assertEqual(read(text), Place(host, "", bool(text)), repr(text))

    def test_of_more_than_a_host_each_part_is_found(self) -> None:
        for text, host, port in MORE:
            self.assertEqual(read(text), Place(host, port, False), repr(text))


if __name__ == "__main__":
    unittest.main()
