"""The texts of the views and of the check, in Portuguese and in English."""

from __future__ import annotations

from typing import Callable, Dict, Tuple

from minichat.cli.messages import LANGUAGES, filled
from minichat.trace.check import Problem
from minichat.trace.findings import FINDINGS

# Why an interest changed, as a trace says it.
WHYS: Dict[str, Tuple[str, str]] = {
    "nothing waits": ("nada pendente", "nothing waits"),
    "enough for this turn": ("basta por esta volta", "enough for this turn"),
    "faster than the rate allows": ("mais rápido do que o ritmo permite", "faster than the rate allows"),
    "the answers so far are not read": ("as respostas não foram lidas", "the answers so far are not read"),
    "others have to read first": ("outros têm de ler antes", "others have to read first"),
    "send fell short": ("nem tudo coube", "send fell short"),
    "all is sent": ("tudo foi enviado", "all is sent"),
}

_WORDS: Dict[str, Tuple[str, str]] = {
    **FINDINGS,
    # -- the live view
    "waited": ("esperou {time}", "waited {time}"),
    "did_not_wait": ("sem esperar", "did not wait"),
    "ready": ("prontos: {names}", "ready: {names}"),
    "timer_due": ("chegou a hora", "time was up"),
    "buffer": ("buffer {old}→{new}", "buffer {old}→{new}"),
    "line": ("linha de {length}", "line of {length}"),
    "head": ("pedido de HTTP, resposta {status}", "request of HTTP, answer {status}"),
    "frame": ("frame {kind} de {length}", "frame {kind} of {length}"),
    "line_too_long": ("linha longa demais, descartada", "line too long, thrown away"),
    "message": ("mensagem {number}", "message {number}"),
    "to_queue": ("fila: {names}", "queue: {names}"),
    "queue": ("fila {queued}", "queue {queued}"),
    "lost": ("perdidos {lost}", "lost {lost}"),
    "interest": ("interesse {old}→{new}", "interest {old}→{new}"),
    "late": ("temporizador, {time} atrasado", "timer, {time} late"),
    "slow": ("{what} prendeu o laço por {time}", "{what} held the loop for {time}"),
    "joined": ("é {nick}", "is {nick}"),
    "draining": ("encerrando ({reason})", "draining ({reason})"),
    "watching": ("assiste ao laço: fica fora do rastro", "watches the loop: it is left out of the trace"),
    "closed": ("encerrada ({reason})", "closed ({reason})"),
    "close": ("socket fechado ({reason})", "socket closed ({reason})"),
    "totals": (
        "{turns:volta/voltas}; {received} B recebidos, {sent} B enviados, {lost} B perdidos",
        "{turns:turn/turns}; {received} B received, {sent} B sent, {lost} B lost",
    ),
    "more": ("e mais {count}", "and {count} more"),
    "nothing": ("nada", "nothing"),
    "end of file": ("fim do arquivo", "end of file"),
    "again": ("EAGAIN: ainda não", "EAGAIN: not yet"),
    **WHYS,
    # -- what is ready besides connections
    "listener": ("escuta", "listener"),
    "signals": ("sinais", "signals"),
    "keyboard": ("teclado", "keyboard"),
    "dial": ("chamada", "dial"),
    "lookup": ("busca", "lookup"),
    "other": ("outro", "other"),
    # -- the legend
    "mark ?": ("alguém chega", "a newcomer"),
    "mark <": ("o que o kernel entrega", "what the kernel gives"),
    "mark =": ("uma linha completa", "a whole line"),
    "mark *": ("um comando", "a command"),
    "mark +": ("entra na fila de saída", "queued for output"),
    "mark >": ("o kernel aceita tudo", "the kernel takes all"),
    "mark !": ("só uma parte, nada, ou uma falha", "only a part, nothing, or a failure"),
    "mark ~": ("o que o laço passa a esperar", "what the loop waits for from now on"),
    "mark -": ("a vida da conexão", "the life of a connection"),
    "mark x": ("o socket é fechado", "the socket is closed"),
    "mark @": ("um temporizador", "a timer"),
    # -- stepping
    "step_help": (
        "-- ENTER ou n: próxima volta · e: próximo evento · c: segue",
        "-- ENTER or n: next turn · e: next event · c: go on",
    ),
    "step_help_more": (
        "-- b APELIDO: segue até que esteja pronto · q: encerra",
        "-- b NICK: go on until it is ready · q: quit",
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
        "uso: python3 -m minichat.trace check|play|chrome|page ARQUIVO [--speed X]"
        " [--title TEXTO] [--turns 100-200] [--lang pt|en]",
        "usage: python3 -m minichat.trace check|play|chrome|page FILE [--speed X]"
        " [--title TEXT] [--turns 100-200] [--lang pt|en]",
    ),
    "cannot_read": ("não é possível ler {file}: {error}", "cannot read {file}: {error}"),
    "cannot_write": ("não é possível escrever na saída ({error})", "cannot write the output ({error})"),
    "empty": ("{file} está vazio: não há rastro nele", "{file} is empty: there is no trace in it"),
    "cut_short": (
        "a última linha de {file} está incompleta e ficou de fora",
        "the last line of {file} is incomplete and was left out",
    ),
    "too_large": (
        "o rastro não cabe em uma página de {most} MB; escolha algumas voltas, como --turns 100-200",
        "the trace does not fit into a page of {most} MB; choose some turns, such as --turns 100-200",
    ),
    "no_turns": ("{file} não tem as voltas {turns}", "{file} does not have the turns {turns}"),
    "page_title": ("O laço do minichat", "The loop of minichat"),
    "not_a_trace": ("a linha {line} de {file} não é um evento", "line {line} of {file} is no event"),
    "good": (
        "confere: {events:evento/eventos}, {turns:volta/voltas}, {connections:conexão/conexões}, "
        "{received} B recebidos, {sent} B enviados",
        "good: {events:event/events}, {turns:turn/turns}, {connections:connection/connections}, "
        "{received} B received, {sent} B sent",
    ),
    "problem": ("evento {n}: {rule}: {what}", "event {n}: {rule}: {what}"),
    "problems": ("não confere: {count:problema/problemas}", "not good: {count:problem/problems}"),
}


def words(language: str) -> Callable[..., str]:
    """Return a function that gives the text of a key, with its fields, in one of LANGUAGES.

    An unknown key is returned as it is.
    """
    column = LANGUAGES.index(language)

    def say(key: str, **fields: object) -> str:
        if key not in _WORDS:
            return key
        return filled(_WORDS[key][column], language, fields)

    return say


def told(problem: Problem, language: str) -> str:
    """Return what a check has found, as a line for people."""
    say = words(language)
    what = say(f"found {problem.key}", **problem.fields)
    return say("problem", n=problem.n, rule=say(f"rule {problem.rule}"), what=what)
