"""People who chat with the telnet programs of their system, at a pseudo-terminal."""

from __future__ import annotations

import os
import shutil
import unittest

from tests.live import LiveCase
from tests.program import Program, ServerProcess
from tests.support import wait_until

if os.name == "posix":
    from tests.seat import Seat

CTRL_C = b"\x03"
PLINK = ("plink", "-telnet", "-P", "PORT", "127.0.0.1")


@unittest.skipUnless(hasattr(os, "openpty"), "no pseudo-terminals on this system")
class TelnetPrograms(LiveCase):
    """Each program is skipped where it is not installed."""

    def sit_down(self, server: ServerProcess, *command: str) -> Seat:
        """Start a program that is connected to the server, at a terminal of its own."""
        if shutil.which(command[0]) is None:
            self.skipTest(f"{command[0]} is not installed")
        seat = Seat()
        self.addCleanup(seat.close)
        with_port = [str(server.port) if word == "PORT" else word for word in command]
        self.enter(Program(*with_port, interpreter=(), **seat.popen))
        seat.sat_down()
        if "telnet" in command[0]:  # what is typed while it changes the settings may not be a whole line
            wait_until(lambda: seat.settings() != seat.before, "telnet's own settings of the terminal")
        return seat

    def chat(self, *command: str) -> Seat:
        """Join, say something, and read the echo and what another member says."""
        server = self.serve()
        seat = self.sit_down(server, *command)
        seat.type("ana\r")
        seat.find("OK ana")
        seat.type("Olá\r")
        seat.find("FROM ana [all]: Olá")
        with self.peer(server, "bia") as bia:
            bia.send("@ana psst\n")
            seat.find("FROM bia [dm]: psst")
        seat.find("LEAVE bia gone")
        return seat

    def check_hears_after_ctrl_c(self, command: str) -> None:
        """Assert that a person reads on after a Ctrl-C, and after another one."""
        seat = self.chat(command, "127.0.0.1", "PORT")
        for count in ("1", "2", "3"):
            seat.type(CTRL_C)
            seat.type(f"ainda aqui {count}\r")
            seat.find(f"FROM ana [all]: ainda aqui {count}")
        seat.type("QUIT\r")
        seat.find("BYE")

    def test_debians_telnet_hears_after_each_ctrl_c(self) -> None:
        """Trap 57."""
        self.check_hears_after_ctrl_c("telnet")

    def test_inetutils_telnet_hears_after_each_ctrl_c(self) -> None:
        """Trap 57."""
        self.check_hears_after_ctrl_c("inetutils-telnet")

    def test_netkit_telnet_hears_after_each_ctrl_c(self) -> None:
        """Trap 57."""
        self.check_hears_after_ctrl_c("telnet.netkit")

    def test_ctrl_c_before_the_nick_does_no_harm(self) -> None:
        """Trap 57."""
        seat = self.sit_down(self.serve(), "telnet", "127.0.0.1", "PORT")
        seat.type(CTRL_C)
        seat.type("ana\r")
        seat.find("OK ana")

    def test_telnet_that_marks_its_ctrl_c_as_urgent_is_heard(self) -> None:
        """Trap 57: the kernel must not take the urgent byte out of the stream."""
        seat = self.chat("telnet", "127.0.0.1", "PORT")
        for word in ("send synch", "send ip", "send ao", "send ayt", "send brk"):
            seat.type(b"\x1d")  # Ctrl-]: to its own prompt
            seat.until(lambda: seat.screen.cursor_row.startswith("telnet>"), "the prompt of telnet")
            seat.type(f"{word}\r")
            seat.type(f"depois de {word}\r")
            seat.find(f"FROM ana [all]: depois de {word}")

    def test_putty_that_negotiates_first_can_join_and_leave(self) -> None:
        """Trap 57."""
        seat = self.chat(*PLINK)
        seat.type("QUIT\r")
        seat.find("BYE")

    def test_putty_between_pipes_can_chat(self) -> None:
        """Trap 57."""
        if shutil.which("plink") is None:
            self.skipTest("plink is not installed")
        server = self.serve()
        command = [str(server.port) if word == "PORT" else word for word in PLINK]
        plink = self.enter(Program(*command, interpreter=()))
        plink.type("ana\n")
        plink.output.expect("OK ana")
        plink.type("oi\nQUIT\n")
        plink.output.expect("FROM ana [all]: oi", "BYE")


if __name__ == "__main__":
    unittest.main()
