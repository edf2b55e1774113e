"""Faults of the rules of the chat: who is told what, and who may be called what."""

from __future__ import annotations

import threading
import time
from typing import Dict, List, Tuple

from tests.scripts.graded.correct import FORBIDDEN, Client, Server
from tests.scripts.graded.table import fault


@fault("no_check", "nick_in_use disconnected race", may="first_unharmed")
class NoCheck(Server):
    """Two may have one nick."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.others: Dict[Client, str] = {}

    def admit(self, client: Client, nick: str) -> None:
        if nick not in self.room:
            return super().admit(client, nick)
        client.nick = nick
        self.say(client, "ok", nick=nick)
        self.everyone("entered", nick=nick)
        self.others[client] = nick

    def is_taken(self, nick: str) -> bool:
        return False

    def everyone(self, word: str, **fields: str) -> None:
        super().everyone(word, **fields)
        for client in list(self.others):
            self.say(client, word, **fields)

    def leave(self, client: Client) -> None:
        if client not in self.others:
            return super().leave(client)
        with self.lock:
            del self.others[client]
            self.everyone("left", nick=client.nick)


@fault("check_then_act", "race")
class CheckThenAct(NoCheck):
    """The nick is looked up, and taken a moment later without looking again."""

    def enter(self, client: Client, line: bytes) -> bool:
        if line.decode(errors="replace") in self.room:
            self.say(client, "in_use")
            return False
        time.sleep(0.1)  # another thread runs here, and passes the same check
        return super().enter(client, line)


@fault("replaces_first", "nick_in_use disconnected first_unharmed race")
class ReplacesFirst(Server):
    """The second ana takes the place of the first, who is cut."""

    def is_taken(self, nick: str) -> bool:
        return False

    def admit(self, client: Client, nick: str) -> None:
        if first := self.room.pop(nick, None):
            first.cut()
        super().admit(client, nick)

    def leave(self, client: Client) -> None:
        if self.room.get(client.nick) is client:
            super().leave(client)


@fault("removes_first", "first_unharmed", may="race")
class RemovesFirst(Server):
    """The second ana is refused, and what cleans up after her takes the first out of the room."""

    def enter(self, client: Client, line: bytes) -> bool:
        entered = super().enter(client, line)
        if not entered:
            with self.lock:
                self.room.pop(line.decode(errors="replace"), None)
        return entered

    def leave(self, client: Client) -> None:
        if self.room.get(client.nick) is client:
            super().leave(client)


@fault("asks_again", "disconnected")
class AsksAgain(Server):
    """The second ana is told, and may try another nick instead of being disconnected."""

    def serve(self, client: Client) -> None:
        lines = client.lines()
        for first in lines:
            if self.enter(client, first):
                for line in lines:
                    if not self.answer(client, line):
                        break
                self.leave(client)
                break
            if not self.is_taken(first.decode(errors="replace")):
                break
        client.finish()


@fault("few_that_ask_again", "disconnected")
class FewThatAskAgain(AsksAgain):
    """The same, of sixteen people at a time: those who were asked for another nick keep their places."""

    places = threading.Semaphore(16)

    def serve(self, client: Client) -> None:
        with self.places:
            super().serve(client)


@fault("refuses_silently", "nick_in_use")
class RefusesSilently(Server):
    """The second ana is disconnected without a word."""

    words = {**Server.words, "in_use": ""}


@fault("strangers_hear", "nick_in_use disconnected")
class StrangersHear(AsksAgain):
    """The second ana is told nothing, but hears what all say, as a stranger does: that is no answer to a nick."""

    words = {**Server.words, "in_use": ""}

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.all: List[Client] = []

    def serve(self, client: Client) -> None:
        self.all.append(client)
        super().serve(client)

    def everyone(self, word: str, **fields: str) -> None:
        super().everyone(word, **fields)
        for client in list(self.all):
            if not client.nick and not client.is_cut:
                self.say(client, word, **fields)


@fault("direct_to_all", "direct", may="direct_without_text")
class DirectToAll(Server):
    """Everyone reads what is for one."""

    def do_direct(self, client: Client, to: str, text: str) -> None:
        if to not in self.room:
            self.say(client, "nobody", to=to)
        else:
            self.everyone("direct", nick=client.nick, text=text)


@fault("no_direct", "direct no_such_user", may="direct_without_text")
class NoDirect(Server):
    """There are no direct messages: the @ is text like any other."""

    def do_direct(self, client: Client, to: str, text: str) -> None:
        self.do_all(client, "", f"@{to} {text}")


@fault("nobody_untold", "no_such_user")
class NobodyUntold(Server):
    """A direct message for nobody is lost without a word."""

    words = {**Server.words, "nobody": ""}


@fault("who_to_all", "who_private")
class WhoToAll(Server):
    """Everyone reads the answer to WHO."""

    def do_who(self, client: Client, to: str, text: str) -> None:
        for other in self.room.values():
            super().do_who(other, to, text)


@fault("no_who", "who", may="who_private half_close")
class NoWho(Server):
    """WHO is text like any other."""

    def do_who(self, client: Client, to: str, text: str) -> None:
        self.do_all(client, "", "WHO")


@fault("quit_ignored", "quit", may="leave_told nick_free_again")
class QuitIgnored(Server):
    """QUIT is text like any other."""

    def understand(self, text: str) -> Tuple[str, str, str]:
        return ("all", "", text) if text.upper() == "QUIT" else super().understand(text)


@fault("leave_untold", "leave_told silent_end reset")
class LeaveUntold(Server):
    """Nobody is told who has left."""

    words = {**Server.words, "left": ""}


@fault("end_is_text", "leave_told silent_end reset")
class EndIsText(LeaveUntold):
    """The end of a connection is taken for an empty text: that is all that is told of who leaves."""

    def leave(self, client: Client) -> None:
        with self.lock:
            self.everyone("all", nick=client.nick, text="")
        super().leave(client)


@fault("nick_not_freed", "nick_free_again silent_end reset", may="half_close reset_while_broadcasting")
class NickNotFreed(Server):
    """Who has left is no longer in the room, but the nick stays taken."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.nicks: Dict[str, Client] = {}

    def is_taken(self, nick: str) -> bool:
        return nick in self.nicks

    def admit(self, client: Client, nick: str) -> None:
        super().admit(client, nick)
        self.nicks[nick] = client


@fault("echo_only", "broadcast", may="*")
class EchoOnly(Server):
    """The sender reads its text again, and nobody else does."""

    def do_all(self, client: Client, to: str, text: str) -> None:
        self.say(client, "all", nick=client.nick, text=text)


@fault("nothing_crosses", "broadcast", may="*")
class NothingCrosses(Server):
    """The nick is taken, and what is said reaches nobody."""

    def do_all(self, client: Client, to: str, text: str) -> None:
        pass


@fault("last_unheard", "broadcast", may="*")
class LastUnheard(Server):
    """The one who came last hears nothing of what is said to all."""

    def do_all(self, client: Client, to: str, text: str) -> None:
        for other in list(self.room.values())[: max(1, len(self.room) - 1)]:
            self.say(other, "all", nick=client.nick, text=text)


@fault(
    "relay",
    "broadcast direct no_such_user nick_in_use disconnected race who quit leave_told reset silent_end"
    " crlf empty_line empty_nick control_sequences",
    may="who_private byte_by_byte cut_in_character slow_reader nick_with_space nick_forges direct_without_text",
)
class Relay(Server):
    """What one types comes to the others as it is: nobody has a nick, and nothing has a form."""

    def serve(self, client: Client) -> None:
        name = str(id(client))
        with self.lock:
            self.room[name] = client
        for data in client.chunks():
            with self.lock:
                for other in self.room.values():
                    if other is not client:
                        other.outbox.put(data)
        with self.lock:
            del self.room[name]
        client.finish()


@fault("empty_nick", "empty_nick", may="connect_and_go")
class EmptyNick(Server):
    """An empty line makes a person whose nick is nothing."""

    def is_legal(self, nick: str) -> bool:
        return nick == "" or super().is_legal(nick)


@fault("nick_with_space", "nick_with_space", may="nick_forges")
class NickWithSpace(Server):
    """A nick may have spaces, but no other signs."""

    def is_legal(self, nick: str) -> bool:
        return super().is_legal(nick.replace(" ", ""))


@fault("any_nick", "nick_with_space nick_forges", may="control_sequences")
class AnyNick(Server):
    """A nick may be all that a text may be, so that it looks like a line of another."""

    def is_legal(self, nick: str) -> bool:
        return bool(nick.strip()) and not FORBIDDEN.search(nick)


@fault("empty_line_ends", "empty_line")
class EmptyLineEnds(Server):
    """An empty line is taken for the end of the connection."""

    def answer(self, client: Client, line: bytes) -> bool:
        return bool(line) and super().answer(client, line)


@fault("text_needed", "direct_without_text")
class TextNeeded(Server):
    """What has no space after the nick cannot be cut in two, and nobody has thought of that."""

    def understand(self, text: str) -> Tuple[str, str, str]:
        if text.startswith("@"):
            text.index(" ")
        return super().understand(text)
