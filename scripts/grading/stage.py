"""The stage: what a case needs to act and to look, on a server that runs, in the dialect of that server."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import Dict, Iterator, List, Optional

from grading import procfs
from grading.dialect import Dialect, line_of, lines_of
from grading.launcher import Launcher, Server
from grading.outcome import Failed, NotApplicable
from grading.peer import Peer
from grading.script import Condition, Play, Steps, pause, until, watch

HEAR_SECONDS = 2.0  # what was said is there by then
QUIET_SECONDS = 0.3  # a server that says nothing has done by then what it was told
REST_SHARE, REST_SECONDS = 0.5, 0.75  # of a wait, but no more: a server that has rested for so long says no more
STUCK_SHARE = 0.75  # the same, of a server that sleeps though there is something to read
SHORT_SECONDS = 0.1  # the same, of one that has read a nick and is known to say nothing to it
WORK_SHARE = 0.5  # of a processor: who does not sleep and gets less waits for its turn
LOOK_SECONDS = 0.05  # between two looks whether it rests
SEQUENCE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")  # of a terminal: some servers colour nicks, or clear the row first
RENAMED = rb"[#.(~|-]\d{1,2}(?!\.?\d)| ?\(\d{1,2}\)|\[\d{1,2}\]"  # what a server adds to a nick that is in use
ANSWER_LINES = 2  # of what a newcomer reads, that are the answer to the nick
SUFFIXES = tuple(2 * letter for letter in "bcdfghjklmnp")  # behind the nicks of cases that share a server
TEXT_LETTERS = "qwxzkvjy"  # that tell the texts of a case from each other, before a "zz"
OTHERS = re.compile(f"[a-z]({'|'.join(SUFFIXES)})(?=[^a-z]|$|[{TEXT_LETTERS}]{{2}}zz)".encode())  # a nick, or a text
FEW_PLACES = 3  # a server that has let in so many, and refuses the next with a word, may be full
TOLD_CHARACTERS = 8  # by which a text is known, though it was cut, or its letters came in another encoding
MORE_WORDS = "Tudo bem, Bia: 100% em b@c.d?"
GAP_SECONDS = 0.06  # between two messages to a server that takes a read for a message


class Stage:
    """The people of one case."""

    def __init__(self, play: Play, launcher: Launcher, server: Server, dialect: Dialect, suffix: str = "") -> None:
        """``suffix``, letters only, is added to every nick, so that several cases can share a server."""
        self.play, self.launcher, self.server, self.dialect = play, launcher, server, dialect
        self.peers: List[Peer] = []
        self.suffix = suffix
        self.was_asleep = False  # the server, at the end of the last wait that brought nothing
        self._texts = 0
        self._before: Dict[str, Dict[Peer, int]] = {}  # of each text: where what came later begins

    # -- waiting ----------------------------------------------------------------

    @property
    def dawdles(self) -> float:
        """For how long the server dawdles while it says something to all, in seconds."""
        return self.dialect.pace * sum(peer.is_there for peer in self.server.peers)

    def often(self, times: int) -> int:
        """Return how many times to do what may go well by chance: of a server that dawdles, each takes long."""
        return 1 if self.dialect.pace else times

    def until(self, condition: Condition, seconds: float, rest: float = 0.0) -> Steps[bool]:
        """Wait for ``condition``; return False if it did not come true in time, or the server rests before that.

        A server rests while it sleeps, says nothing to anybody and has read everything: then
        nothing more comes from it.  One that has not read everything is stuck, or looks only
        now and then: it gets longer.  One that waits for its turn on a busy machine does neither, and
        gets up to twice the time.  One that dawdles gets that time, too.  ``rest`` is for how long it
        must have rested, in seconds.
        """
        seconds, rest = seconds + self.dawdles, (rest or min(REST_SHARE * seconds, REST_SECONDS)) + self.dawdles
        began = asleep = unread = now = self.play.reactor.now
        self.was_asleep, said, most = False, 0, 2 * seconds
        used = procfs.cpu_seconds(self.server.process.pids())
        while not condition():
            looked, now = now, self.play.reactor.now
            before, said = said, sum(peer.count for peer in self.server.peers)
            worked, used = used, procfs.cpu_seconds(self.server.process.pids())
            is_awake = not self.server.process.sleeps
            if is_awake and used - worked < WORK_SHARE * (now - looked):
                seconds = min(seconds + now - looked, most)
            if said != before or is_awake:
                asleep = unread = now
            self.was_asleep = now - asleep >= rest
            if now - began >= seconds or now - asleep >= STUCK_SHARE * seconds:
                return False
            if now - unread >= rest:
                if not procfs.queued_bytes(self.server.address.port):
                    return False
                unread = now
            yield from until(condition, min(LOOK_SECONDS, began + seconds - now))
        return True

    def served(self) -> Steps[None]:
        """Wait until the server has done what it was told, though it says nothing."""
        yield from self.until(lambda: False, QUIET_SECONDS)

    # -- names ------------------------------------------------------------------

    def nick(self, base: str) -> str:
        """Return a nick that no other case on this server has: letters only, as every server allows them."""
        return base + self.suffix

    def text(self) -> str:
        """Return a text that is not one of the 63 before it, nor is part of another word."""
        self._texts += 1
        first, second = TEXT_LETTERS[self._texts // 8 % 8], TEXT_LETTERS[self._texts % 8]
        return f"oi{self.suffix}{first}{second}zz"

    def words(self) -> str:
        """Return a text of several words and signs: some servers pass on the first word only, or cut at a sign."""
        return f"{self.text()} {MORE_WORDS}"

    def is_of_others(self, data: bytes) -> bool:
        """Return True if people of other cases, who share the server, may be named in ``data``, or have said it."""
        own = self.suffix.encode()
        return bool(own) and any(found != own for found in OTHERS.findall(data))

    # -- coming and going ---------------------------------------------------------

    def connect(self, name: str, is_deaf: bool = False, small: bool = False) -> Peer:
        """Connect, and say nothing."""
        peer = Peer(self.play.reactor, self.server.address, name, is_deaf, small)
        self.peers.append(peer)
        self.server.peers.append(peer)
        return peer

    def meet(self, name: str) -> Steps[Peer]:
        """Connect, and read what the server says first."""
        peer = self.connect(name)
        yield from self.greeted([peer])
        return peer

    def greeted(self, peers: List[Peer]) -> Steps[None]:
        """Wait until all have read what the server says first."""
        least = len(self.dialect.greeting)
        yield from self.until(lambda: all(peer.count >= least or peer.has_ended for peer in peers), HEAR_SECONDS)

    def join(self, base: str, **how: bool) -> Steps[Peer]:
        """Connect and take the nick ``base``.  Raises Failed if the server ends the connection."""
        return (yield from self.people(base, **how))[0]

    def people(self, *bases: str, **how: bool) -> Steps[List[Peer]]:
        """Let several join, one after the other, and wait until all have been told.  Raises Failed as ``join``."""
        found = []
        for base in bases:
            found.append((yield from self._join(base, **how)))
        yield from pause(self.dawdles)
        return found

    def _join(self, base: str, **how: bool) -> Steps[Peer]:
        nick = self.nick(base)
        peer = self.connect(nick, **how) if how else (yield from self.meet(nick))
        before = peer.count
        if self.dialect.greeting and not before and not how:
            peer.send(self.encode(self.dialect.nick.text(nick, port=self.server.address.port)))  # to be seen by hand
            raise Failed("no_answer", who=nick)
        yield from self.enter(peer, nick)
        if peer.has_ended:
            others = [other for other in self.server.peers if other is not peer]
            is_full = len(others) >= FEW_PLACES and all(other.is_there for other in others)
            if is_full and not self.suffix and peer.count and bytes(peer.received) != self.dialect.greeting:
                raise NotApplicable("full", count=len(others), line=self.heard(peer))
            raise Failed("cannot_join", nick=nick)
        if self.dialect.accepted and peer.count == before and not peer.is_deaf:
            raise Failed("no_answer", who=nick)
        return peer

    def enter(self, peer: Peer, nick: str) -> Steps[None]:
        """Give a nick, and wait for the answer."""
        before = peer.count
        peer.send(self.encode(self.dialect.nick.text(nick, port=self.server.address.port)))
        if self.dialect.accepted and not peer.is_deaf:
            yield from self.until(lambda: peer.count > before or peer.has_ended, HEAR_SECONDS)
            yield from pause(GAP_SECONDS)
        else:
            yield from self.until(lambda: peer.has_ended, QUIET_SECONDS, SHORT_SECONDS)
            if procfs.queued_bytes(self.server.address.port):  # some servers look for newcomers once in a second
                yield from watch(lambda: not procfs.queued_bytes(self.server.address.port), HEAR_SECONDS)
                yield from self.until(lambda: peer.has_ended, QUIET_SECONDS, SHORT_SECONDS)

    def must_have_places(self) -> Steps[None]:
        """Raise Failed if the next one cannot join: the one before may have been refused for want of a place.

        That can only be so in the company of other cases.
        """
        if self.suffix:
            yield from self.join("elis")

    def is_accepted(self, answer: bytes, nick: str) -> bool:
        """Return True if ``answer`` begins as the answer to a nick that is free."""
        usual = self.dialect.accepted.replace(b"{nick}", nick.encode()).strip()
        line, first = usual.partition(b"\n")[0].strip(), answer.strip().partition(b"\n")[0]
        is_begun = has_word(line, nick) and first.startswith(line) and has_word(first, nick)
        # Some say first that they are looking: then what follows is the answer.
        return is_begun and all(plain(told.strip()) in plain(answer) for told in lines_of(usual)[:ANSWER_LINES])

    # -- saying and hearing -------------------------------------------------------

    def encode(self, text: str) -> bytes:
        """Return the bytes of a message in this dialect."""
        return self.dialect.encode(text.encode())

    @contextmanager
    def ending(self, end: bytes) -> Iterator[None]:
        """Let each message end in ``end``, for a while."""
        usual = self.dialect
        self.dialect = usual._replace(end=end)
        try:
            yield
        finally:
            self.dialect = usual

    def say(self, peer: Peer, text: str = "") -> str:
        """Say a text to everyone; return it."""
        text = text or self.text()
        self.note(text)
        peer.send(self.encode(self.dialect.say.text(text=text)))
        return text

    def tell(self, peer: Peer, nick: str, text: str = "") -> str:
        """Say a text to one person; return it."""
        text = text or self.text()
        self.note(text)
        peer.send(self.encode(self.dialect.direct.text(nick, text)))
        return text

    def note(self, text: str) -> None:
        """Note that ``text`` is said now: what came before cannot be an answer to it."""
        self._before[text] = {peer: len(peer.received) for peer in self.peers}

    def mark(self, peer: Peer, text: str) -> int:
        """Return how many bytes had come to a peer when ``text`` was said."""
        return self._before.get(text, {}).get(peer, 0)

    def heard(self, peer: Peer, since: int = 0) -> bytes:
        """Return what came to a peer."""
        return self.dialect.decode(peer.since(since))

    def has(self, peer: Peer, text: str) -> bool:
        """Return True if ``text`` has come to a peer since it was said: a history may tell of an earlier run."""
        return text.encode() in self.heard(peer, self.mark(peer, text))

    def hears(
        self, peer: Peer, text: str, seconds: float = HEAR_SECONDS, speaker: Optional[Peer] = None
    ) -> Steps[bool]:
        """Wait until ``text`` has come; not for long, if it has not when the server has ended the ``speaker``."""
        who = speaker or peer
        yield from self.until(lambda: self.has(peer, text) or peer.has_ended or who.has_ended, seconds)
        if who.has_ended and not peer.has_ended:
            yield from self.until(lambda: self.has(peer, text) or peer.has_ended, seconds, QUIET_SECONDS)
        return self.has(peer, text)

    def must_hear(self, peer: Peer, text: str, key: str = "not_heard", speaker: Optional[Peer] = None) -> Steps[None]:
        """Wait until ``text`` has come; raise Failed with the text ``key`` if it does not, or the speaker was ended."""
        if not (yield from self.hears(peer, text, speaker=speaker)):
            raise self.unheard(peer, text, key, speaker)

    def unheard(self, peer: Peer, text: str, key: str, speaker: Optional[Peer] = None) -> Failed:
        """Return why ``text`` has not come: its hearer or speaker was ended, or else ``key``."""
        if peer.has_ended:
            return Failed("ended", who=peer.name)
        if speaker is not None and speaker.has_ended:
            return Failed("ended", who=speaker.name)
        first = text.partition(" ")[0]
        if first != text and self.has(peer, first):
            return Failed("changed", who=peer.name, text=text, line=self.line_with(peer, first))
        return Failed(key, who=peer.name, text=text, speaker=speaker.name if speaker is not None else "?")

    def talk(self, *people: Peer, key: str = "not_heard") -> Steps[None]:
        """Let each say something that all others must hear."""
        for speaker in people:
            text = self.say(speaker)
            for listener in people:
                if listener is not speaker:
                    yield from self.must_hear(listener, text, key, speaker)

    def must_stay_out(self, text: str, peer: Peer, witness: Peer, key: str = "not_for_all") -> Steps[None]:
        """Raise Failed if ``text`` came to ``peer``; what ``witness`` says now comes to it later than the text."""
        last = self.say(witness)
        if not (yield from self.hears(peer, last)):
            yield from self.served()
        if self.has(peer, text):
            raise Failed(key, who=peer.name, text=text)

    def ahead(self, peer: Peer, text: str) -> bytes:
        """Return what came to a peer after ``text`` was said, and before it."""
        return self.heard(peer, self.mark(peer, text)).partition(text.encode())[0]

    def before(self, peer: Peer, text: str) -> bytes:
        """Return what stands before ``text`` in its line, as it came to a peer after it was said."""
        return self.ahead(peer, text).rpartition(b"\n")[2]

    def is_from(self, peer: Peer, nick: str, text: str) -> bool:
        """Return True if ``text`` came to a peer as said by ``nick``; by anybody, where nobody is named.

        Between nick and text stands what always does: "FROM ana [all]: oi", and not "ana: oi has joined".
        """
        if not self.dialect.is_named:
            return self._is_said(peer, text)
        _, place, between = self.dialect.before_text.rpartition("{nick}")
        if not place:  # it stands behind the text
            return has_word(self.line_with(peer, text) or b"", nick)
        heard = self.heard(peer, self.mark(peer, text))
        heard = SEQUENCE.sub(b"", heard).lower()
        between = SEQUENCE.sub(b"", between.encode()).decode()
        said = re.escape(nick.lower()) + re.sub(r"\d+", r"\\d+", re.escape(between.lower())) + re.escape(text.lower())
        if re.search(rb"(?<![a-z])" + said.encode(), heard):
            return True
        # "ana [admin]: oi": some show more of one person than of another.  A list of all is no such line.
        before = SEQUENCE.sub(b"", self.before(peer, text))
        others = [other.name for other in self.peers if not other.name.startswith(nick)]
        is_list = any(has_word(before, name) for name in others) or not before.lower().endswith(_signs(between))
        is_line = self.dialect.ends_lines and self._ends_as_always(self.line_with(peer, text) or b"", text)
        return is_line and not is_list and has_word(before, nick)

    def _is_said(self, peer: Peer, text: str) -> bool:
        """Return True if ``text`` came as all texts come, and not in a line that tells of it: ``oi has joined``."""
        line = self.line_with(peer, text) or b""
        usual = self.dialect.before_text
        begins_so = plain(line.partition(text.encode())[0]).endswith(plain(usual.encode()))
        return begins_so and self._ends_as_always(line, text)

    def _ends_as_always(self, line: bytes, text: str) -> bool:
        """Return True if ``text`` stands in a line, and behind it what always does, and no more words."""
        _, found, tail = line.partition(text.encode())
        usual = self.dialect.crossed.encode().partition(b"{text}")[2]
        return bool(found) and tail.startswith(usual) and not tail[len(usual) :].startswith(b" ")

    def line_with(self, peer: Peer, text: str) -> Optional[bytes]:
        """Return the line in which ``text`` came to a peer, without its end; where nothing ends a line, the read."""
        since = self.mark(peer, text)
        heard = self.heard(peer, since)
        if not self.dialect.ends_lines:
            heard = next((read for read in self.reads(peer, text) if text.encode() in read), heard)
        head, found, tail = heard.partition(text.encode())
        if not found:
            return None
        return head.rpartition(b"\n")[2] + found + tail.partition(b"\n")[0].rstrip(b"\r")

    def tells_of(self, peer: Peer, nick: str, since: int) -> bool:
        """Return True if a peer has read of ``nick``: more than that it has said nothing.

        A server that takes the end of a connection for a text says ``ana: `` to everyone.
        """
        heard = self.heard(peer, since)
        head, _, tail = self.dialect.crossed.replace("{nick}", nick).partition("{text}")
        if nick in head:
            said, end = re.escape(head.rstrip().encode()), re.escape(tail.encode())
            heard = re.sub(said + rb"[ \t]*" + end + rb"[ \t]*(?=[\r\n]|$|" + said + rb")", b"", heard)
        return has_word(heard, nick)

    def told_off(self, peer: Peer, text: str) -> bytes:
        """Return what a peer has read since it said ``text``, but not before: no text, and nothing of other people."""
        since = self.mark(peer, text)
        earlier = self.dialect.decode(bytes(peer.received[:since]))
        before = {plain(line) for line in lines_of(earlier)}  # a receipt that comes for each text
        others = [other.name for other in self.peers if other is not peer]
        for line in lines_of(self.heard(peer, since)):
            is_said = any(said[:TOLD_CHARACTERS].encode() in line for said in self._before)
            is_news = line.strip() and plain(line) not in before
            if is_news and not is_said and not any(has_word(line, name) for name in others):
                return b"" if self.is_of_others(line) else line
        return b""

    def context(self, peer: Peer, *parts: bytes, since: int = 0) -> bytes:
        """Return the line in which ``parts`` came; where nothing ends a line, the reads in which they came."""
        if self.dialect.ends_lines:
            return line_of(self.heard(peer, since), parts[0])
        heard = self.heard(peer)
        places = [(heard.find(part, since), len(part)) for part in parts]
        first, last = min(at for at, _ in places), max(at + size for at, size in places)
        begin = max((start for start in peer.starts if start <= first), default=0)
        return heard[begin : min((start for start in peer.starts if start >= last), default=len(heard))]

    def reads(self, peer: Peer, text: str) -> List[bytes]:
        """Return what came to a peer after ``text`` was said: the lines, or where nothing ends a line, the reads."""
        since = self.mark(peer, text)
        if self.dialect.ends_lines:
            return lines_of(self.heard(peer, since))
        starts = [start for start in peer.starts if start >= since]
        return [bytes(peer.received[at:end]) for at, end in zip(starts, [*starts[1:], len(peer.received)])]

    def is_member(self, peer: Peer, nick: str, witness: Peer) -> Steps[bool]:
        """Find out by speaking whether ``peer`` is in under ``nick``."""
        text = self.say(peer)
        if not (yield from self.until(lambda: self.has(witness, text) or peer.has_ended, 2 * QUIET_SECONDS)):
            yield from self.settle(witness)
        return self.is_from(witness, nick, text)

    def settle(self, witness: Peer) -> Steps[None]:
        """Wait until the server has served what was sent until now: by then what ``witness`` says has come back."""
        text = self.say(witness)
        yield from self.until(lambda: self.dialect.has_echo and self.has(witness, text), 2 * QUIET_SECONDS)
        if self.dialect.has_echo:
            yield from self.hears(witness, text)


def _signs(between: str) -> bytes:
    """Return the signs with which what stands between a nick and a text ends."""
    return re.sub(r".*\w", "", between, flags=re.DOTALL).encode()


def plain(line: bytes) -> bytes:
    """Return a line without its digits, those of a time differ; in small letters, some show nicks in capitals."""
    return re.sub(rb"\d", b"", line).lower()


def has_word(data: bytes, word: str) -> bool:
    """Return True if ``word`` stands in ``data``, in any colour and case, and not only as a part of a longer word.

    Nor is it the word if something follows by which a server renames: "ana_", "ana#2", "ana[2]", "ana (2)".
    """
    found = re.escape(word.encode())
    plainly = rb"(?<![A-Za-z0-9])" + found + rb"(?![A-Za-z0-9_]|" + RENAMED + rb")"
    marked = rb"(?<=_)" + found + rb"(?=_+(?![A-Za-z0-9_]))"  # as _ana_
    return bool(re.search(plainly + rb"|" + marked, SEQUENCE.sub(b"", data), re.IGNORECASE))
