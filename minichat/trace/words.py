"""The texts of the views and of the check, in Portuguese and in English."""

from __future__ import annotations

from typing import Callable, Dict, Tuple

from minichat.cli.messages import LANGUAGES

_WORDS: Dict[str, Tuple[str, str]] = {
    # -- the live view
    "waited": ("esperou {time}", "waited {time}"),
    "did_not_wait": ("sem esperar", "did not wait"),
    "ready": ("prontos: {names}", "ready: {names}"),
    "timer_due": ("chegou a hora", "time was up"),
    "buffer": ("buffer {old}→{new}", "buffer {old}→{new}"),
    "line": ("linha de {length}", "line of {length}"),
    "head": ("pedido de HTTP, resposta {status}", "request of HTTP, answer {status}"),
    "frame": ("frame {kind} de {length}", "frame {kind} of {length}"),
    "line_too_long": ("linha longa demais, jogada fora", "line too long, thrown away"),
    "message": ("mensagem {number}", "message {number}"),
    "to_queue": ("fila: {names}", "queue: {names}"),
    "queue": ("fila {queued}", "queue {queued}"),
    "lost": ("perdidos {lost}", "lost {lost}"),
    "interest": ("interesse {old}→{new}", "interest {old}→{new}"),
    "late": ("temporizador, {time} atrasado", "timer, {time} late"),
    "slow": ("{what} prendeu o laço por {time}", "{what} held the loop for {time}"),
    "joined": ("é {nick}", "is {nick}"),
    "draining": ("encerrando ({reason})", "draining ({reason})"),
    "closed": ("encerrada ({reason})", "closed ({reason})"),
    "close": ("soquete fechado ({reason})", "socket closed ({reason})"),
    "totals": (
        "{turns} voltas; {received} B recebidos, {sent} B enviados, {lost} B perdidos",
        "{turns} turns; {received} B received, {sent} B sent, {lost} B lost",
    ),
    "more": ("e mais {count}", "and {count} more"),
    "nothing": ("nada", "nothing"),
    "end of file": ("fim do arquivo", "end of file"),
    "again": ("EAGAIN: ainda não", "EAGAIN: not yet"),
    # why an interest changed
    "nothing waits": ("nada espera", "nothing waits"),
    "enough for this turn": ("basta por esta volta", "enough for this turn"),
    "faster than the rate allows": ("mais rápido do que o ritmo permite", "faster than the rate allows"),
    "the answers so far are not read": ("as respostas não foram lidas", "the answers so far are not read"),
    "others have to read first": ("outros têm de ler antes", "others have to read first"),
    "send fell short": ("nem tudo coube", "send fell short"),
    "all is sent": ("tudo foi enviado", "all is sent"),
    # -- stepping
    "step_help": (
        "-- ENTER ou n: próxima volta · e: evento · c: segue · b APELIDO: até estar pronto · q: encerra",
        "-- ENTER or n: next turn · e: next event · c: go on · b NICK: until ready · q: quit",
    ),
    "step_unknown": ("não existe {command}", "there is no {command}"),
    "step_input_ended": (
        "-- a entrada terminou; o laço segue sem parar",
        "-- the input has ended; the loop goes on without stopping",
    ),
    "step_cannot_read": (
        "-- não é possível ler a entrada ({error}); o laço segue sem parar",
        "-- cannot read the input ({error}); the loop goes on without stopping",
    ),
    # -- python3 -m minichat.trace
    "usage": (
        "uso: python3 -m minichat.trace check|play|chrome ARQUIVO [--speed X] [--lang pt|en]",
        "usage: python3 -m minichat.trace check|play|chrome FILE [--speed X] [--lang pt|en]",
    ),
    "cannot_read": ("não é possível ler {file}: {error}", "cannot read {file}: {error}"),
    "cannot_write": ("não é possível escrever na saída ({error})", "cannot write the output ({error})"),
    "empty": ("{file} está vazio: não há registro nele", "{file} is empty: there is no trace in it"),
    "not_a_trace": ("a linha {line} de {file} não é um evento", "line {line} of {file} is no event"),
    "good": (
        "confere: {events} eventos, {turns} voltas, {connections} conexões, {received} B recebidos, {sent} B enviados",
        "good: {events} events, {turns} turns, {connections} connections, {received} B received, {sent} B sent",
    ),
    "problem": ("evento {n}: {rule}: {what}", "event {n}: {rule}: {what}"),
    "problems": ("não confere: {count} problemas", "not good: {count} problems"),
}


def words(language: str) -> Callable[..., str]:
    """Return a function that gives the text of a key, with its fields, in one of LANGUAGES.

    An unknown key is returned as it is.
    """
    column = LANGUAGES.index(language)

    def say(key: str, **fields: object) -> str:
        return _WORDS[key][column].format(**fields) if key in _WORDS else key

    return say
