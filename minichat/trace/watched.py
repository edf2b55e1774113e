"""The watched reactor, pool and connection: subclasses that tell a recorder what happens.

Each watched class overrides a few methods of the real class, its seams, and wraps
the real socket in a watched one.  So the loop makes no test for being watched, and
a loop that is not watched pays nothing.
"""

from __future__ import annotations

from typing import Any, Iterable, Iterator, Optional, Union

from minichat.net.connection import OPEN, Connection, Life
from minichat.net.linebuffer import LineTooLong
from minichat.net.pace import Pace
from minichat.net.pool import Pool
from minichat.net.reactor import Handler, Reactor, Ready, Step
from minichat.net.timers import Timer
from minichat.net.turn import Turn
from minichat.trace.kernel import held_by_kernel
from minichat.trace.recorder import Recorder


class WatchedSocket:
    """Passes each call on to the socket of a connection, and tells the recorder."""

    def __init__(self, sock: Any, recorder: Any, connection: Any) -> None:
        self._sock, self._recorder, self._connection = sock, recorder, connection

    def tell(self, recorder: Recorder) -> None:
        """Tell another recorder from now on."""
        self._recorder = recorder

    def recv(self, size: int) -> bytes:
        """Call the same method of the socket, and record the result."""
        try:
            data: bytes = self._sock.recv(size)
        except OSError as error:
            self._recorder.received(self._connection, size, error, held_by_kernel(self._sock))
            raise
        self._recorder.received(self._connection, size, data, held_by_kernel(self._sock))
        return data

    def send(self, data: Union[bytes, memoryview]) -> int:
        """Call the same method of the socket, and record the result."""
        try:
            count: int = self._sock.send(data)
        except OSError as error:
            self._recorder.sent(self._connection, len(data), error, held_by_kernel(self._sock))
            raise
        self._recorder.sent(self._connection, len(data), count, held_by_kernel(self._sock))
        return count

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class WatchedListener:
    """Passes each call on to the listening socket, and tells the recorder."""

    def __init__(self, sock: Any, recorder: Any) -> None:
        self._sock, self._recorder = sock, recorder

    def accept(self) -> Any:
        """Call the same method of the socket, and record the result."""
        try:
            pair = self._sock.accept()
        except OSError as error:
            self._recorder.accepted(error)
            raise
        self._recorder.accepted(None, pair[1])
        return pair

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class WatchedHandler:
    """A handler whose time is measured."""

    def __init__(self, handler: Handler, recorder: Recorder) -> None:
        self.handler, self._recorder = handler, recorder

    def __call__(self, mask: int) -> None:
        """Call the handler."""
        self._recorder.timed(self.handler)(mask)


class WatchedReactor(Reactor):
    """A reactor that tells the recorder what it waits for, why it woke up, and which calls take long."""

    def __init__(self, recorder: Recorder, *arguments: Any) -> None:
        """``arguments`` are those of Reactor."""
        super().__init__(*arguments)
        self.recorder = recorder

    def register(self, file: Any, events: int, handler: Handler) -> None:
        super().register(file, events, WatchedHandler(handler, self.recorder))

    def modify(self, file: Any, events: int, handler: Handler) -> None:
        super().modify(file, events, WatchedHandler(handler, self.recorder))

    def _wait(self, timeout: float) -> Ready:
        self.recorder.waits(timeout, int(self._has_more))
        self._reading = self._clock()  # so that a pause of the viewer does not count
        ready = super()._wait(timeout)
        self.recorder.woke([(key.data.handler, mask) for key, mask in ready])
        return ready

    def _call_all(self, calls: Iterable[Step]) -> bool:
        return super()._call_all([self.recorder.timed(call) for call in calls])

    def _ring(self, timer: Timer) -> None:
        if timer.callback is not None:
            self.recorder.timer_rang(self.now - timer.when)
        super()._ring(timer)


class WatchedConnection(Connection):
    """A connection that tells the recorder everything that happens on it."""

    def __init__(self, turn: Turn, sock: Any, pace: Optional[Pace] = None) -> None:
        self._recorder: Recorder = turn.reactor.recorder  # type: ignore[attr-defined]
        self._recorder.opened(self)
        self._lost = 0
        super().__init__(turn, WatchedSocket(sock, self._recorder, self), pace)  # type: ignore[arg-type]

    def write(self, data: bytes) -> None:
        is_open = self.life is OPEN
        super().write(data)
        if is_open:
            self._book(data)

    def answer(self, size: int, lines: Iterator[bytes], memory: int) -> None:
        whole = list(lines)
        if self.life is OPEN:
            self._book(b"".join(whole))
        super().answer(size, iter(whole), memory)

    def _book(self, data: bytes) -> None:
        """Record that ``data`` was queued."""
        self._recorder.queued(self, data)

    def take_line(self) -> Optional[bytes]:
        try:
            line = super().take_line()
        except LineTooLong:
            self._recorder.line(self, None, len(self.buffer.rest), self.buffer.thrown_away)
            raise
        if line is not None:
            self._book_line(line)
        return line

    def _book_line(self, line: bytes) -> None:
        """Record that ``line`` was taken from the line buffer."""
        self._recorder.line(self, line, len(self.buffer.rest), self.buffer.thrown_away)

    @property
    def interest(self) -> int:
        """The events that are waited for."""
        return self._interest

    @property
    def unsent(self) -> int:
        """Bytes of output that wait."""
        return len(self._pending or b"") + (0 if self._output is None else self._output.backlog.bytes)

    def _give_up_queue(self, last_line: bytes) -> None:
        before = self.unsent
        super()._give_up_queue(last_line)
        self._recorder.cut(self, before + len(last_line) - self.unsent)
        self._book(last_line)

    def _enter(self, life: Life, reason: str) -> None:
        buffered, thrown_away = len(self.buffer.rest), self.buffer.thrown_away
        self._lost = self.unsent  # what waits when it is CLOSED is never sent
        super()._enter(life, reason)
        self._recorder.state_changed(self, life.value, buffered, thrown_away)

    def update_interest(self) -> None:
        before = self._interest
        super().update_interest()
        if self._interest != before:
            self._recorder.interest_changed(self, before, self._interest, self.pause.value)

    def release(self) -> None:
        super().release()
        self._recorder.closed(self, self._lost)


class WatchedPool(Pool):
    """A pool of watched connections; its reactor must be a watched one."""

    kind = WatchedConnection
