"""The launcher: starts the server that is graded, as often as needed, and finds its port each time.

The port is never found by connecting: an empty connection is a person to some
servers, and kills others.  On Linux the kernel tells where a process listens;
elsewhere the server says it, or its source does.
"""

from __future__ import annotations

import errno
import os
import re
import signal
import sys
import time
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from grading import procfs
from grading.peer import Peer
from grading.ports import answer, can_listen, free, free_port, ports_in_source
from grading.process import STOPPING, Bounds, Process
from grading.procfs import LOOPBACK, Address
from grading.script import Steps, pause, watch
from minichat.net.reactor import Reactor

QUIET_SECONDS = 1.0  # a server that does not listen by then, and prints nothing more, waits for its input
NAMED_SECONDS = 0.3  # after it listens somewhere: by then it does on its other ports, and has printed which
LOOKS, TRY_LOOKS = 10, 2  # so many times that, from the start to listening
FREE_SECONDS = 65.0  # the kernel keeps a port for a minute after a connection that the server ended first
FREED_SECONDS = 0.3  # between two attempts to make it forget that
PORT_IN_USE = "port_in_use"  # the key of a text
MOST_TAKEN = 2  # ports that were free, and then were not
MOST_SAID = 5  # numbers in what it prints that may be its port
MOST_ANSWERS = 5  # typed on the standard input
PORT_PLACE = "{port}"  # in a command: a free port goes here

_OF_THE_MACHINE = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)  # that nothing starts, whatever it is
_IN_USE = re.compile(rb"in use|em uso|EADDRINUSE|Errno 98|Errno 48|AddrInUse", re.IGNORECASE)
_NUMBER = re.compile(rb"(?<![\d.])(\d{4,5})(?![\d.]*\d)")


class NotStarted(Exception):
    """The server does not listen; ``key`` names the text that says why, ``output`` is what it printed."""

    def __init__(self, key: str, output: bytes) -> None:
        super().__init__(key)
        self.key, self.output = key, output


class Way(NamedTuple):
    """How a command is told its port."""

    arguments: Tuple[str, ...] = ()
    is_told: bool = False
    has_variable: bool = False  # PORT in its environment


PLAIN = Way()
WAYS = (  # tried in this order; the last one is that of programs for node
    Way(("--port", PORT_PLACE), True),
    Way((PORT_PLACE,), True),
    Way((LOOPBACK, PORT_PLACE), True),
    Way(("-p", PORT_PLACE), True),
    Way((), True, True),
)


class Server(NamedTuple):
    """A server that runs and listens."""

    process: Process
    address: Address
    peers: List[Peer]  # all who have connected; they go before it is ended


class Launcher:
    """Starts one command again and again."""

    def __init__(
        self,
        reactor: Reactor,
        command: Sequence[str],
        folder: str = ".",
        port: int = 0,
        typed: Sequence[str] = (),
        bounds: Optional[Bounds] = None,
    ) -> None:
        """``port`` is given if the server listens on that one; ``typed`` are lines for its standard input."""
        self._reactor = reactor
        self.command, self._folder, self._bounds = list(command), folder, bounds or Bounds()
        self._typed = list(typed)
        self.host = LOOPBACK
        self.port = self._given_port = port
        self.way = Way((), True) if any(PORT_PLACE in word for word in command) else PLAIN
        self.is_random = False  # each start chooses another port
        self._looks = TRY_LOOKS
        self.asked: List[str] = []  # what was typed, at the last start
        self.running: List[Process] = []

    @property
    def has_free_ports(self) -> bool:
        """True if each start gets a port of its own, so that several servers can run at once."""
        return self.way.is_told or self.is_random

    def words(self, port: int, way: Optional[Way] = None) -> List[str]:
        """Return the command with its port."""
        return [word.replace(PORT_PLACE, str(port)) for word in (*self.command, *(way or self.way).arguments)]

    def by_hand(self) -> List[str]:
        """Return the words with which a person starts the server in a shell."""
        variables = [f"{name}={value}" for name, value in _variables(self.way, self.port).items()]
        return variables + ["python3" if word == sys.executable else word for word in self.words(self.port)]

    def typed_by_hand(self) -> List[str]:
        """Return what a person types on its standard input."""
        return [text.replace(PORT_PLACE, str(self.port)) for text in self._typed or self.asked]

    def close(self) -> None:
        """End everything that still runs."""
        for process in self.running:
            process.close()
        self.running.clear()
        if self.port and not self.has_free_ports:
            free(self.port)  # so that its author can start it at once

    # -- the first start ---------------------------------------------------------

    def discover(self) -> Steps[None]:
        """Find out how the server is told a port, or which one is its own.  Raises NotStarted."""
        if self.way.is_told:
            server = yield from self._stop(self.start(self.port))
            self.port = self.port or server.address.port
            return
        failure: Optional[NotStarted] = None
        try:
            server = yield from self._stop(self._start_when_free(PLAIN, self.port))
            self.port = server.address.port
            if self.asked:  # from now on it is told at once
                port = str(self.port)
                self.way = Way((), port in self.asked)
                self._typed = [PORT_PLACE if text == port else text for text in self.asked]
        except NotStarted as error:
            failure = error
        if not self._typed:
            for way in WAYS:
                if (yield from self._takes(way)):
                    self.way = way
                    return
        if failure is not None:
            raise failure
        if not self.has_free_ports and not self._given_port:
            server = yield from self._stop(self._start_when_free(PLAIN, self.port))
            self.is_random = server.address.port != self.port
            self.port = 0 if self.is_random else self.port

    def _takes(self, way: Way) -> Steps[bool]:
        port = free_port()
        try:
            server = yield from self._stop(self._start(way, port, is_try=True))
        except NotStarted:
            return False
        return server.address.port == port

    def _stop(self, start: Steps[Server]) -> Steps[Server]:
        server = yield from start
        yield from self.end(server)
        return server

    # -- each start --------------------------------------------------------------

    def start(self, port: int = 0) -> Steps[Server]:
        """Start the server and wait until it listens, on ``port`` if it can be told.  Raises NotStarted."""
        if not self.way.is_told:
            return (yield from self._start_when_free(PLAIN, self.port))
        for _ in range(0 if port else MOST_TAKEN):
            try:
                return (yield from self._start(self.way, free_port()))
            except NotStarted as error:
                if error.key != PORT_IN_USE:  # another program was faster: then on another one
                    raise
        return (yield from self._start(self.way, port or free_port()))

    def start_at_once(self, port: int) -> Steps[Server]:
        """Start the server on ``port`` without waiting until the kernel has given it free.  Raises NotStarted."""
        return (yield from self._start(self.way, port))

    def end(self, server: Server) -> Steps[None]:
        """End the server and everything that it has started."""
        for peer in server.peers:
            peer.reset(is_told=False)
        yield from self._end(server.process)

    def _end(self, process: Process) -> Steps[None]:
        yield from process.end()
        if process in self.running:
            self.running.remove(process)

    def _start_when_free(self, way: Way, port: int) -> Steps[Server]:
        """Start on a port that is always the same, which the kernel or another program may still hold."""
        deadline = time.monotonic() + FREE_SECONDS
        while port and time.monotonic() < deadline:
            free(port)
            if (yield from watch(lambda: can_listen(port), FREED_SECONDS)):
                break
        while True:
            try:
                return (yield from self._start(way, port))
            except NotStarted as error:
                if error.key != PORT_IN_USE or time.monotonic() > deadline:
                    raise
                for number in [port] if port else ports_in_source(self.command, self._folder):
                    free(number)
                yield from pause(QUIET_SECONDS)

    def _start(self, way: Way, port: int, is_try: bool = False) -> Steps[Server]:
        words = self.words(port, way)
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)  # an interrupt waits until it is known what runs
        try:
            process = Process(self._reactor, words, self._folder, self._bounds, _variables(way, port))
            self.running.append(process)
        except (OSError, ValueError) as error:  # a NUL in a word is a ValueError
            if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
                raise
            is_folder = os.path.isdir(os.path.join(self._folder, words[0]))
            raise NotStarted("is_folder" if is_folder else "no_command", str(error).encode()) from error
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        yield from self._type_until_it_listens(process, port, is_try)
        yield from watch(lambda: self._is_named(process, port), NAMED_SECONDS)
        found = self._addresses(process, port)
        if not found:
            process.read_rest()
            key = PORT_IN_USE if _IN_USE.search(process.output) else _why_not(process)
            yield from self._end(process)
            raise NotStarted(key, process.output)
        wanted = [address for address in found if address.port == port]
        address = (wanted or self._said(process) or found)[0]
        self.host = address.host
        return Server(process, address, [])

    def _type_until_it_listens(self, process: Process, port: int, is_try: bool) -> Steps[None]:
        """Wait until the server listens; type answers when it seems to ask for them."""
        self.asked = [text.replace(PORT_PLACE, str(port)) for text in self._typed]
        for text in self.asked:
            process.type(text + "\n")
        for look in range(self._looks if is_try else LOOKS):
            seen = process.output
            if (yield from watch(lambda: self._is_decided(process, port), QUIET_SECONDS)):
                if process.is_running:
                    self._looks = max(self._looks, look + 2)  # it takes its time, also the next time
                return
            is_quiet = process.output == seen and (look > 1 or bool(seen))
            if is_quiet and not is_try and not self._typed and len(self.asked) < MOST_ANSWERS:
                self.asked.append(answer(seen, port or free_port()))
                process.type(self.asked[-1] + "\n")

    def _is_decided(self, process: Process, port: int) -> bool:
        ports = [address.port for address in self._addresses(process, port)]
        is_given = port == self._given_port > 0  # and not one that it was told at this start
        return (port in ports if is_given else bool(ports)) or not process.is_running

    def _is_named(self, process: Process, port: int) -> bool:
        """Return True if the server listens on ``port``, or on one that it has printed; or has ended.

        One that listens on several ports may not be that far.
        """
        is_told = any(address.port == port for address in self._addresses(process, port))
        return is_told or bool(self._said(process)) or not process.is_running

    def _said(self, process: Process) -> List[Address]:
        """Return the first address at which it listens whose port the server has printed, if there is one."""
        for number in [int(digits) for digits in _NUMBER.findall(process.output)][:MOST_SAID]:
            if said := [address for address in self._addresses(process, number) if address.port == number]:
                return said
        return []

    def _addresses(self, process: Process, port: int) -> List[Address]:
        if procfs.HAS_PROC:
            return process.addresses(port)
        return list(self._guessed(process, port))

    def _guessed(self, process: Process, port: int) -> Iterator[Address]:
        """Yield where the server listens by what it says, or what its source says, on a system without /proc."""
        if not process.is_running:
            return
        numbers = [int(number) for number in _NUMBER.findall(process.output)]
        for number in [port, *numbers, *ports_in_source(self.command, self._folder)]:
            if 1024 <= number < 65536 and not can_listen(number):
                yield Address(LOOPBACK, number)


def _variables(way: Way, port: int) -> Dict[str, str]:
    return {"PORT": str(port)} if way.has_variable else {}


def _why_not(process: Process) -> str:
    return process.trouble or ("does_not_listen" if process.is_running else "ended_at_once")
