"""The end of the server, and its next start."""

from __future__ import annotations

from typing import List

from grading.launcher import NotStarted
from grading.outcome import Failed, NotApplicable
from grading.peer import Peer
from grading.process import errors_in
from grading.script import Steps, pause, watch
from grading.stage import GAP_SECONDS, Stage

END_SECONDS, REST_SECONDS = 5.0, 2.5  # threads may wait for one another before they end


def interrupt(stage: Stage) -> Steps[None]:
    """Ctrl-C ends the server, also while people are connected."""
    yield from _some(stage)
    began = stage.play.reactor.now
    stage.server.process.interrupt()
    if (yield from stage.until(lambda: not stage.server.process.is_running, END_SECONDS, REST_SECONDS)):
        return
    seconds, has_ended_all = round(stage.play.reactor.now - began, 1), all(peer.has_ended for peer in stage.peers)
    for peer in stage.peers:
        peer.close()
    if has_ended_all and (yield from watch(lambda: not stage.server.process.is_running, REST_SECONDS)):
        raise Failed("waits_for_clients", seconds=seconds)
    raise Failed("goes_on", seconds=seconds)


def restart(stage: Stage) -> Steps[None]:
    """After its end the server can be started on the same port at once."""
    people = yield from _some(stage)
    port = stage.server.address.port
    stage.server.peers.clear()
    yield from stage.launcher.end(stage.server)  # first: so that the kernel keeps the server's end of each connection
    for peer in people:
        peer.close()
    yield from pause(GAP_SECONDS)
    try:
        server = yield from stage.launcher.start_at_once(port)
    except NotStarted as error:
        raise Failed("no_restart", port=port, line=errors_in(error.output) or error.output[-300:]) from error
    stage.server = server
    if server.address.port != port and stage.launcher.is_random:
        raise NotApplicable("random_port")
    if server.address.port != port:
        raise Failed("other_port", port=port, other=server.address.port)
    people = yield from _some(stage)
    if stage.dialect.crosses:
        yield from stage.talk(*people)


def _some(stage: Stage) -> Steps[List[Peer]]:
    """Let two people join; one, where no two can talk."""
    return (yield from stage.people(*("ana", "bruno")[: 2 if stage.dialect.crosses else 1]))
