"""Coming back after a lost connection: whether, when, and who still has our nick.

This module knows the time and the codes of ERR; it knows no session and no texts.
"""

from __future__ import annotations

import random
from typing import Callable, Optional

from minichat.chat import protocol
from minichat.net.reactor import Reactor
from minichat.net.timers import Timer

FIRST_SECONDS = 1.0  # the first pause; each further one is twice as long
LONGEST_SECONDS = 30.0

# A quarter more or less: when a server restarts, a whole class must not return in one instant.
JITTER = 0.25

STEADY_SECONDS = 10.0  # a connection that lasted longer was a good one: the pauses are short again

# A ghost is our own lost connection, which the server has not noticed yet.  A
# server notices it after 90 seconds of silence (60 s, then three questions of
# 10 s); after that the nick belongs to another person.
GHOST_SECONDS = 120.0


class Reconnect:
    """The attempts of one client to come back.

    The order of calls, where ``try_again`` may follow an attempt of any kind:

        came_in [lost (try_again)* came_in]*
    """

    def __init__(self, reactor: Reactor, is_wanted: bool, connect: Callable[[str], None]) -> None:
        """``connect`` is called with the nick for each attempt; if not ``is_wanted``, never."""
        self.has_been_in = False
        self._reactor = reactor
        self._is_wanted = is_wanted
        self._connect = connect
        self._in_since = self._lost_at = 0.0  # by the clock of the reactor
        self._pause = FIRST_SECONDS  # before the next attempt, without jitter
        self._timer: Optional[Timer] = None  # until the next attempt

    def came_in(self) -> None:
        """Note that the server has let us in."""
        self.has_been_in = True
        self._in_since = self._reactor.now

    def lost(self) -> None:
        """Note that the connection is lost; we were in."""
        self._lost_at = self._reactor.now
        if self._lost_at - self._in_since > STEADY_SECONDS:
            self._pause = FIRST_SECONDS

    def is_ghost(self, code: str) -> bool:
        """True if the ERR ``code`` means that our own lost connection still has the nick."""
        is_recent = self._reactor.now - self._lost_at < GHOST_SECONDS
        return self.has_been_in and code == protocol.NICK_IN_USE and is_recent

    def try_again(self, nick: str) -> Optional[float]:
        """Connect as ``nick`` after a pause and return its seconds; return None if that is not wanted."""
        if not self._is_wanted:
            return None
        pause = self._pause * random.uniform(1 - JITTER, 1 + JITTER)
        self._pause = min(2 * self._pause, LONGEST_SECONDS)
        self._timer = self._reactor.call_later(pause, lambda: self._connect(nick))
        return pause

    def cancel(self) -> None:
        """Cancel the next attempt, if there is one."""
        if self._timer:
            self._timer.cancel()
