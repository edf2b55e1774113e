"""The rules of the check and what it finds, as sentences for people, in Portuguese and in English.

They are a part of the table in ``words``.
"""

from __future__ import annotations

from typing import Dict, Tuple

FINDINGS: Dict[str, Tuple[str, str]] = {
    # -- the rules
    "rule schema": ("esquema", "schema"),
    "rule sequence": ("sequência", "sequence"),
    "rule whole": ("completo", "whole"),
    "rule received": ("recebidos", "received"),
    "rule queued": ("na fila", "queued"),
    "rule interest": ("interesse", "interest"),
    "rule readiness": ("prontidão", "readiness"),
    "rule idle": ("à toa", "idle"),
    "rule order": ("ordem", "order"),
    "rule closed": ("encerrada", "closed"),
    "rule totals": ("totais", "totals"),
    # -- one event and its neighbours
    "found unknown_event": ("não existe o evento {name}", "an unknown event: {name}"),
    "found without_fields": ("falta em {name}: {missing}", "{name} without {missing}"),
    "found version": ("versão {said}, e não {ours}", "version {said}, not {ours}"),
    "found no_header": ("falta o início (header)", "the header is missing"),
    "found no_end": ("falta o fim (end)", "the end is missing"),
    "found after_end": ("um evento depois do fim", "an event after the end"),
    "found first_number": ("o primeiro evento não é o número 0", "the first event is not number 0"),
    "found number": ("número {said} depois de {last}", "number {said} after {last}"),
    "found time_goes_back": ("o tempo volta para trás", "time goes back"),
    "found turn": ("volta {said} em vez de {counted}", "turn {said} instead of {counted}"),
    "found wait_after_wait": ("um wait depois de outro, sem wake", "a wait after a wait"),
    "found wake_without_wait": ("um wake sem wait", "a wake without a wait"),
    "found no_last_wake": ("o último wait não tem wake", "the last wait has no wake"),
    # -- readiness and interest
    "found nothing_done": (
        "a conexão {conn} estava pronta ({letters}) e nada foi feito",
        "connection {conn} was ready for {letters}, and nothing was done",
    ),
    "found idle_turn": ("a volta anterior não tinha nada a fazer", "the turn before had nothing to do"),
    "found not_waited_for": (
        "o laço não esperava pela conexão {conn} ({letters})",
        "connection {conn} was not waited for as {letters}",
    ),
    "found not_ready": (
        "recv na conexão {conn}, que não estava pronta",
        "recv on connection {conn}, which was not ready",
    ),
    "found no_write": (
        "a conexão {conn} tem {queued:byte/bytes} na fila, e o laço não espera por WRITE",
        "connection {conn} has {queued:byte/bytes} queued, and WRITE is not waited for",
    ),
    "found hot_write": (
        "a conexão {conn} tem a fila vazia, e o laço espera por WRITE",
        "connection {conn} has nothing queued, and WRITE is waited for",
    ),
    "found interest_was": (
        "o interesse da conexão {conn} era {letters}",
        "connection {conn} had interest {letters}",
    ),
    "found interest_was_none": (
        "a conexão {conn} não tinha interesse em nada",
        "connection {conn} had interest in nothing",
    ),
    "found still_registered": (
        "a conexão {conn} ainda está no seletor",
        "connection {conn} is still registered",
    ),
    # -- bytes and messages
    "found more_than_asked": (
        "vieram {got:byte/bytes}, mais do que se pediu ({asked})",
        "{got:byte/bytes} came, more than was asked for ({asked})",
    ),
    "found nowhere": (
        "conexão {conn}: de {received:byte recebido/bytes recebidos}, {missing::falta/faltam} {missing}",
        "connection {conn}: of {received:byte/bytes} received, {missing:is/are} nowhere",
    ),
    "found from_nowhere": (
        "conexão {conn}: com {received:byte recebido/bytes recebidos}, a conta dá {missing}",
        "connection {conn}: with {received:byte/bytes} received, the count is {missing}",
    ),
    "found more_offered": (
        "um envio de {asked:byte/bytes}, com {queued} na fila",
        "a send of {asked:byte/bytes}, with {queued} queued",
    ),
    "found more_taken": (
        "o kernel aceitou {sent:byte/bytes} de {asked}",
        "the kernel took {sent:byte/bytes} of {asked}",
    ),
    "found queued": (
        "a conexão {conn} tem {counted:byte/bytes} na fila, e o evento diz {said}",
        "connection {conn} has {counted:byte/bytes} queued, and the event says {said}",
    ),
    "found overhead": (
        "{overhead} bytes de cabeçalho em uma saída menor do que isso",
        "{overhead} bytes of overhead in an output that is smaller",
    ),
    "found watcher_with_output": (
        "quem passou a assistir ao laço ainda tinha saída na fila",
        "a watcher of the loop still had output queued",
    ),
    "found lost_at_close": (
        "a conexão {conn} perdeu {lost:byte/bytes}, e na fila havia {queued}",
        "connection {conn} lost {lost:byte/bytes}, and {queued} were queued",
    ),
    "found sent_order": (
        "à conexão {conn} foram enviadas as mensagens {done}; na fila estão {first}",
        "connection {conn} was sent the messages {done}; queued are {first}",
    ),
    "found dropped_order": (
        "a conexão {conn} perdeu as mensagens {gone}, que não são as últimas da fila",
        "connection {conn} lost the messages {gone}, which are not the last of its queue",
    ),
    "found not_sent": (
        "a fila da conexão {conn} está vazia, e as mensagens {messages} não foram enviadas",
        "connection {conn} has nothing queued, and was not sent the messages {messages}",
    ),
    # -- a connection, and the end
    "found after_close": ("{name} na conexão {conn}, já encerrada", "{name} on connection {conn}, which is closed"),
    "found never_opened": (
        "{name} na conexão {conn}, que nunca foi aberta",
        "{name} on connection {conn}, which was never opened",
    ),
    "found still_open": ("ainda abertas: {conns}", "still open: {conns}"),
    "found dropped_events": (
        "{count:evento foi descartado/eventos foram descartados}",
        "{count:event was/events were} dropped",
    ),
    "found total_received": (
        "{said} bytes recebidos em vez de {counted}",
        "{said} bytes received instead of {counted}",
    ),
    "found total_sent": ("{said} bytes enviados em vez de {counted}", "{said} bytes sent instead of {counted}"),
    "found total_lost": ("{said} bytes perdidos em vez de {counted}", "{said} bytes lost instead of {counted}"),
    "found total_turns": ("{said} voltas em vez de {counted}", "{said} turns instead of {counted}"),
}
