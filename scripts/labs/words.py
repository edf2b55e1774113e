"""The words of the labs' program, in Portuguese and English; a lesson has its own beside its play."""

from __future__ import annotations

from typing import Dict, Tuple

WORDS: Dict[str, Tuple[str, str]] = {
    # -- steps; the prompt at the end of a screen names the next one
    "belief": ("Uma crença comum:", "A common belief:"),
    "predict": ("palpite", "predict"),
    "predict_first": (
        "Antes de continuar, escreva o seu palpite ou conte a alguém.",
        "Before you go on, write down what you predict, or tell somebody.",
    ),
    "see": ("o que acontece", "what happens"),
    "why": ("por quê", "why"),
    "home": ("para levar para casa", "to take home"),
    "next": ("ENTER: {part}...", "ENTER: {part}..."),
    "more": ("ENTER: continua...", "ENTER: more..."),
    "enough": ("Está rodando. ENTER: basta...", "It is running. ENTER: enough..."),
    "marked": ("==> o que importa aqui", "==> what matters here"),
    # -- the excerpt of a trace
    "times_one": ("({times} vezes)", "({times} times)"),
    "times": ("(estas {count:linha/linhas}: {times} vezes)", "(these {count:line/lines}: {times} times)"),
    "less": (
        "... {count:linha/linhas} a menos aqui; --all mostra tudo",
        "... {count:line/lines} left out here; --all shows all",
    ),
    # -- the last screen
    "question": ("Pense nisto:", "Think about this:"),
    "in_minichat": ("No minichat, isso está em", "In minichat, this is in"),
    "change": ("Mude uma coisa e rode de novo:", "Change one thing and run it again:"),
    "asked": ("A pergunta era:", "The question was:"),
    "changed": (
        "Com --{flag} {value}: compare com o seu palpite. O rastro confere.",
        "With --{flag} {value}: compare with what you predicted. The trace is good.",
    ),
    "missing": ("Diferente de antes; desta vez não houve:", "Not as before; this time there was not:"),
    "shown": ("A lição apareceu, e o rastro confere.", "The lesson showed, and the trace is good."),
    "did_not_come": (
        "um programa não respondeu como devia ({seen})",
        "a program did not answer as it should ({seen})",
    ),
    "not_shown": ("A lição não apareceu: {why}", "The lesson did not show: {why}"),
    # -- the program
    "no_lab": ("não existe o lab {number}; há de 1 a {last}", "there is no lab {number}; there are 1 to {last}"),
    "needs_unix": (
        "os labs param e continuam processos: rode-os no Linux, no macOS ou no WSL",
        "the labs stop and continue processes: run them on Linux, macOS or WSL",
    ),
    "not_its_option": ("o lab {number} não tem --{flag}", "lab {number} has no --{flag}"),
    "option_without_lab": (
        "--{flag} muda um lab; diga qual: {program} NÚMERO --{flag} {value}",
        "--{flag} changes a lab; say which one: {program} NUMBER --{flag} {value}",
    ),
    "cannot_write": ("não é possível escrever em {file}: {error}", "cannot write to {file}: {error}"),
    "written": (
        "{count:folha/folhas}, com o verso, em {folder}",
        "{count:sheet/sheets}, with the back, in {folder}",
    ),
    # -- help
    "usage": (
        "uso: python3 scripts/labs/run.py [NÚMERO] [opções]",
        "usage: python3 scripts/labs/run.py [NUMBER] [options]",
    ),
    "about": (
        "Treze laboratórios com um servidor de verdade; sem NÚMERO, mostra a lista.",
        "Thirteen labs on a real server; without a NUMBER, they are listed.",
    ),
    "help_help": ("mostra esta ajuda e sai", "show this help and exit"),
    "help_yes": ("não espera por ENTER", "do not wait for ENTER"),
    "help_all": ("mostra todas as linhas do rastro", "show all lines of the trace"),
    "help_lang": ("idioma: pt ou en; também MINICHAT_LANG", "language: pt or en; also MINICHAT_LANG"),
    "help_pages": (
        "escreve folhas nessa pasta, com as respostas no verso",
        "write sheets into that folder, with answers on the back",
    ),
    "help_page": (
        "escreve uma página que mostra o laço desse lab",
        "write a page that plays the loop of that lab",
    ),
    "page_written": ("O laço deste lab: abra {file} no navegador", "The loop of this lab: open {file} in a browser"),
    "file": ("ARQUIVO", "FILE"),
    "folder": ("PASTA", "FOLDER"),
    "value": ("VALOR", "VALUE"),
    "knobs": ("O que cada lab deixa mudar:", "What may be changed in each lab:"),
    # -- a page to hand out
    "page_belief": ("Uma crença comum", "A common belief"),
    "page_before": ("Antes: qual é o seu palpite?", "Before: what do you predict?"),
    "page_action": ("O que se faz", "What is done"),
    "page_run": ("Rodar", "Run it"),
    "page_notes": ("Anotações", "Notes"),
    "page_after": ("Depois", "Afterwards"),
    "page_again": ("Mudar e rodar de novo", "Change and run it again"),
    "page_why": ("Por quê", "Why"),
    "page_home": ("No código", "In the code"),
    "page_back": ("verso: respostas", "back: answers"),
    "back": ("verso", "back"),
}
