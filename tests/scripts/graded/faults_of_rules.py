"""Faults of the rules of the chat: who is told what, and who may be called what."""

from __future__ import annotations

import threading
import time
from typing import Dict, Iterator, List, Tuple

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


@fault(
    "removes_last",
    "first_unharmed connect_and_go",
    may="race nick_free_again empty_nick nick_with_space nick_forges",
)
class RemovesLast(Server):
    """When one who has no nick closes the connection the last who came is taken out of the room."""

    def serve(self, client: Client) -> None:
        super().serve(client)
        if not client.nick:
            with self.lock:
                self.room.pop(next(reversed(self.room), ""), None)

    def leave(self, client: Client) -> None:
        if client.nick in self.room:
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
            if self.must_go(client, first.decode(errors="replace")):
                break
        client.finish()

    def must_go(self, client: Client, nick: str) -> bool:
        """Whether one who was refused may not try again."""
        return not self.is_taken(nick)


@fault("asks_again_and_lists", "disconnected")
class AsksAgainAndLists(AsksAgain):
    """The same, and who has come is told by a list of who is in, in which the last nick stands last."""

    words = {**Server.words, "entered": "", "list": "Online: {nicks}"}

    def admit(self, client: Client, nick: str) -> None:
        super().admit(client, nick)
        self.everyone("list", nick=nick, nicks=", ".join(self.room))

    def leave(self, client: Client) -> None:
        super().leave(client)
        with self.lock:
            self.everyone("list", nick=client.nick, nicks=", ".join(self.room))


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


@fault("direct_unknown", "direct", may="no_such_user direct_without_text")
class DirectUnknown(Server):
    """There are no direct messages: what begins with an @ is not understood."""

    def do_direct(self, client: Client, to: str, text: str) -> None:
        client.tell("Não entendi")


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


@fault("echo_only_of_all", "broadcast direct no_such_user", may="*")
class EchoOnlyOfAll(EchoOnly, NoDirect):
    """The same, and a direct message is a text like any other."""


@fault("nothing_crosses", "broadcast", may="*")
class NothingCrosses(Server):
    """The nick is taken, and what is said reaches nobody."""

    def do_all(self, client: Client, to: str, text: str) -> None:
        pass


@fault("talks_without_end", "broadcast", may="*")
class TalksWithoutEnd(Server):
    """It shows its menu again and again, as at the end of an input that it does not understand."""

    def answer(self, client: Client, line: bytes) -> bool:
        while True:
            client.socket.sendall(b"Opcao invalida\n" * 1000)


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


class _Reads(Client):
    def lines(self) -> Iterator[bytes]:
        return self.chunks()


@fault(
    "relay_with_nicks",
    "broadcast direct no_such_user who quit leave_told nick_and_text_glued crlf reset silent_end empty_line"
    " control_sequences",
    may="who_private nick_with_space nick_forges direct_without_text slow_reader",
)
class RelayWithNicks(Server):
    """The first read is the nick, with all that is in it; later reads go to the others as they are."""

    client = _Reads
    echo = False
    words = {**Server.words, "left": "", "entered": "{nick} entrou"}

    def nick_in(self, text: str) -> str:
        return text.strip()

    def is_legal(self, nick: str) -> bool:
        return bool(nick)

    def answer(self, client: Client, line: bytes) -> bool:
        with self.lock:
            for other in self.room.values():
                if other is not client:
                    other.outbox.put(line)
        return True


@fault("nameless", "broadcast disconnected", may="nick_with_space nick_forges")
class Nameless(AsksAgain):
    """Who speaks is not told, though all have nicks; what a second ana says next is her nick."""

    words = {**Server.words, "all": "* {text}"}


@fault("lists_to_all", "leave_told silent_end reset", may="connect_and_go")
class ListsToAll(LeaveUntold):
    """Whenever somebody comes, all are told who is in; when somebody leaves, nothing."""

    words = {**LeaveUntold.words, "entered": ""}

    def admit(self, client: Client, nick: str) -> None:
        super().admit(client, nick)
        for other in self.room.values():
            other.tell("LIST: " + ", ".join(self.room))


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


@fault("first_word_only", "direct")
class FirstWordOnly(Server):
    """Of what is for one only the first word goes there."""

    def do_direct(self, client: Client, to: str, text: str) -> None:
        super().do_direct(client, to, text.partition(" ")[0])


@fault("small_letters", "broadcast")
class SmallLetters(Server):
    """What is said to all goes there in small letters."""

    def do_all(self, client: Client, to: str, text: str) -> None:
        super().do_all(client, to, text.lower())


@fault("nick_begins_alike", "direct", may="direct_without_text")
class NickBeginsAlike(Server):
    """A direct message goes to the first whose nick its line begins with."""

    def do_direct(self, client: Client, to: str, text: str) -> None:
        nick = next((nick for nick in self.room if to.startswith(nick)), to)
        super().do_direct(client, nick, f"{to[len(nick) :]}{text}")


@fault("confirms_anyway", "no_such_user")
class ConfirmsAnyway(Server):
    """The receipt is written before it is known whether the person is there."""

    words = {**Server.words, "sent": "para {to}: {text}"}

    def do_direct(self, client: Client, to: str, text: str) -> None:
        if to in self.room:
            super().do_direct(client, to, text)
        else:
            self.say(client, "sent", to=to, text=text)


@fault("who_of_others", "who")
class WhoOfOthers(Server):
    """Who asks is not in the list."""

    def do_who(self, client: Client, to: str, text: str) -> None:
        self.say(client, "who", nicks=", ".join(nick for nick in self.room if nick != client.nick))


@fault("any_nick_of_nine", "nick_with_space nick_forges", may="control_sequences race slow_reader")
class AnyNickOfNine(AnyNick):
    """The same, and the tenth person is refused: that is no answer to a nick."""

    def serve(self, client: Client) -> None:
        if len(self.room) < 9:
            return super().serve(client)
        client.tell("ERR sala cheia")
        client.finish()


@fault("text_is_a_format", "broadcast")
class TextIsAFormat(Server):
    """A percent sign in a text is for the server, who does not understand it."""

    def do_all(self, client: Client, to: str, text: str) -> None:
        try:
            super().do_all(client, to, text % ())
        except (TypeError, ValueError):
            client.tell("ERR invalid_text")


@fault("own_secret_told", "direct")
class OwnSecretTold(Server):
    """What one says to oneself, all read."""

    def do_direct(self, client: Client, to: str, text: str) -> None:
        super().do_all(client, to, text) if to == client.nick else super().do_direct(client, to, text)


@fault("looks_once", "nick_in_use disconnected", may="race first_unharmed reset_while_broadcasting")
class LooksOnce(AsksAgain):
    """The second ana is told, and may try again; then nobody looks."""

    def must_go(self, client: Client, nick: str) -> bool:
        client.is_known = True  # type: ignore[attr-defined]
        return False

    def enter(self, client: Client, line: bytes) -> bool:
        nick = line.decode(errors="replace")
        if not getattr(client, "is_known", False) or not self.is_legal(nick):
            return super().enter(client, line)
        with self.lock:
            self.admit(client, nick)
        return True

    def leave(self, client: Client) -> None:
        if self.room.get(client.nick) is client:
            super().leave(client)


@fault("numbered_people", "broadcast empty_line", may="empty_nick nick_with_space nick_forges")
class NumberedPeople(Server):
    """A text comes with a number, and not with the nick; an empty one does, too."""

    def understand(self, text: str) -> Tuple[str, str, str]:
        return super().understand(text) if text else ("all", "", "")

    def do_all(self, client: Client, to: str, text: str) -> None:
        for other in self.room.values():
            other.tell(f"[{client.socket.fileno()}] {text}")
