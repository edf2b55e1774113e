"""What the program of the exercises says besides them, in Portuguese and in English."""

from __future__ import annotations

from typing import Dict

from exercising.texts import Both

CONDITIONS: Dict[str, Both] = {
    "log_option": ("o servidor conhece --log-file", "the server knows --log-file"),
    "log_in_file": ("quem entra está no arquivo", "who joins is in the file"),
    "log_not_twice": ("e não na saída de erros", "and not on standard error"),
    "log_complains": ("um arquivo que não abre é avisado em uma linha", "an impossible file is told in one line"),
    "bot_comes": ("o bot entra", "the bot joins"),
    "bot_greets": ("cumprimenta quem chega, pelo nome", "it greets a newcomer by name"),
    "bot_is_not_fooled": ("um texto que parece JOIN não o engana", "a text that looks like JOIN does not fool it"),
    "bot_is_brief": ("e fica calado depois", "and it is silent afterwards"),
    "shuffled_option": ("o servidor conhece --selector shuffled", "the server knows --selector shuffled"),
    "shuffled_chats": ("todos leem tudo, na mesma ordem", "all read everything, in one order"),
    "shuffled_is_quiet": ("o log fica vazio", "the log stays empty"),
    "time_answers": ("TIME responde com a hora, em UTC", "TIME answers with the time, in UTC"),
    "time_is_private": ("só quem perguntou lê", "only the asker reads it"),
    "time_is_a_word": ("TIME flies é um texto", "TIME flies is a text"),
    "time_in_client": ("o cliente entre pipes dá TIME por respondido", "for the client between pipes it is answered"),
    "block_answers": ("BLOCK bruno é confirmado", "BLOCK bruno is confirmed"),
    "block_hides": ("ana não lê bruno; carla lê", "ana does not read bruno; carla does"),
    "block_hides_private": ("nem em privado, e bruno não percebe", "nor in private, and bruno notices nothing"),
    "block_others": ("bruno ainda fala com carla", "bruno still speaks to carla"),
    "block_unknown": ("BLOCK de quem não está é um erro", "BLOCK of a stranger is an error"),
    "spaces_join": ("ana maria entra", "ana maria joins"),
    "spaces_speak": ("e fala com todos", "and speaks to all"),
    "spaces_private": ("cada mensagem privada chega a quem devia", "each private line reaches whom it should"),
    "spaces_who": ("WHO mostra onde um apelido acaba", "WHO shows where a nick ends"),
    "spaces_few": ("um espaço só, por dentro, e nada de aspas", "one space only, inside, and no quotes"),
    "bye_is_lost": ("um cliente perde o seu BYE", "a client loses its BYE"),
    "room_answers": ("ROOM azul diz quantos estão lá", "ROOM azul says how many are there"),
    "room_keeps": ("o que se diz fica na sala", "what is said stays in the room"),
    "room_who": ("WHO conta a própria sala", "WHO counts the own room"),
    "room_private": ("uma mensagem privada chega a outra sala", "a private line reaches another room"),
    "wire": ("os testes do protocolo passam", "the tests of the protocol pass"),
    "language_option": ("o servidor conhece --lang es", "the server knows --lang es"),
    "language_sentences": ("as cinco frases são outras", "the five sentences are other ones"),
}

WORDS: Dict[str, Both] = {
    "task": ("tarefa", "task"),
    "wire": ("no protocolo", "on the wire"),
    "done": ("pronto quando", "done when"),
    "size": ("tamanho", "size"),
    "needs": ("leia antes", "read first"),
    "hint": ("dica", "hint"),
    "ask_hint": ("--hint mostra uma dica", "--hint shows a hint"),
    "yes": ("sim", "yes"),
    "no": ("NÃO", "NO"),
    "solved": ("Resolvido.", "Solved."),
    "not_solved": ("Ainda não.", "Not yet."),
    "unjudged": (
        "Este exercício não tem verificação: o que conta é a sua explicação.",
        "No program judges this exercise: what counts is your explanation.",
    ),
    "no_exercise": (
        "não existe o exercício {number}; há de 0 a {last}",
        "there is no exercise {number}; there are 0 to {last}",
    ),
    "no_tree": ("{folder} não contém o minichat", "{folder} does not contain minichat"),
    "no_command": (
        "depois de -- falta o comando; veja python3 scripts/exercises.py --help",
        "there is no command after --; see python3 scripts/exercises.py --help",
    ),
    # -- help
    "usage": (
        "uso: python3 scripts/exercises.py [NÚMERO] [opções] [-- COMANDO...]",
        "usage: python3 scripts/exercises.py [NUMBER] [options] [-- COMMAND...]",
    ),
    "about": (
        "Mostra os exercícios, e diz se um deles está resolvido: inicia os programas da pasta e conversa com eles.",
        "Shows the exercises, and says whether one is solved: it starts the programs of a folder and talks to them.",
    ),
    "help_number": (
        "sem NÚMERO, mostra a lista; com NÚMERO, mostra o exercício e o verifica",
        "without a NUMBER, list them; with one, show the exercise and check it",
    ),
    "help_tree": ("verifica a cópia do projeto nessa pasta", "check the copy of the project in that folder"),
    "help_command": (
        "o programa do exercício, onde ele pede um",
        "the program of the exercise, where it asks for one",
    ),
    "help_hint": ("mostra também a dica", "show the hint, too"),
    "help_page": ("mostra todos em Markdown", "print all of them as Markdown"),
    "help_lang": ("idioma: pt ou en; também MINICHAT_LANG", "language: pt or en; also MINICHAT_LANG"),
    "help_help": ("mostra esta ajuda e sai", "show this help and exit"),
    "number": ("NÚMERO", "NUMBER"),
    "folder": ("PASTA", "FOLDER"),
    "command": ("COMANDO", "COMMAND"),
    "list_end": (
        "python3 scripts/exercises.py 3 mostra o exercício 3 e verifica a sua solução.",
        "python3 scripts/exercises.py 3 --lang en shows exercise 3 and checks your solution.",
    ),
}
