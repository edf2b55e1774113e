"""What scripts/grade.py says of itself and of its options, in Portuguese and English."""

from __future__ import annotations

from typing import Dict, Tuple

WORDS: Dict[str, Tuple[str, str]] = {
    "usage": (
        "uso: python3 scripts/grade.py [opções] (-- COMANDO... | --all PASTA)",
        "usage: python3 scripts/grade.py [options] (-- COMMAND... | --all FOLDER)",
    ),
    "about": (
        "Avalia um servidor de Mini-Chat, em qualquer linguagem: funciona?\n"
        "E o que o autor deve ler?\n\n"
        "  python3 scripts/grade.py -- python3 server.py\n"
        "  python3 scripts/grade.py -- node server.js {{port}}   ({{port}}: uma porta livre)\n"
        "  python3 scripts/grade.py --all PASTA --out NOTAS\n\n"
        "Em cada subpasta há um server.py, ou um arquivo command com o comando.\n"
        "Status: 0 se tudo passou, 1 se algo falhou, 2 se um servidor não pôde ser\n"
        "avaliado, 130 depois de Ctrl-C. O SERVIDOR RODA COM OS SEUS DIREITOS: avalie só\n"
        "código em que você confia, ou use outra conta ou um contêiner.",
        "Grade any Mini-Chat server, in any language: does it work?\n"
        "And what should its author read?\n\n"
        "  python3 scripts/grade.py -- python3 server.py\n"
        "  python3 scripts/grade.py -- node server.js {{port}}   ({{port}}: a free port)\n"
        "  python3 scripts/grade.py --all FOLDER --out GRADES\n\n"
        "Each sub-folder has a server.py, or a file command with the command.\n"
        "The exit status is 0 when all passed, 1 when something failed, 2 when a server\n"
        "could not be graded, 130 after Ctrl-C. THE SERVER RUNS WITH YOUR RIGHTS: grade\n"
        "only code that you trust, or use another account or a container.",
    ),
    # -- what stands for a value
    "folder": ("PASTA", "FOLDER"),
    "file": ("ARQUIVO", "FILE"),
    "port": ("PORTA", "PORT"),
    "line": ("LINHA", "LINE"),
    "cases": ("CASO,...", "CASE,..."),
    "size": ("MB", "MB"),
    "lang": ("pt|en", "pt|en"),
    # -- the options
    "help_all": ("avalia cada subpasta", "grade each sub-folder"),
    "help_out": ("com --all: os resultados ({default})", "with --all: the results ({default})"),
    "help_folder": ("onde o comando é iniciado ({default})", "where the command is run ({default})"),
    "help_port": ("a do servidor, se não há como vê-la", "on which the server listens, if that cannot be seen"),
    "help_input": ("uma linha digitada na entrada do servidor", "typed on the server's input"),
    "help_only": ("só estes casos", "play these cases only"),
    "help_strict": ("outro texto que não o do enunciado falha", "other wording than that of the assignment fails"),
    "help_rubric": ("os pontos de cada caso", "points of each case"),
    "help_show_rubric": ("mostra os pontos de sempre, para mudar", "print the default rubric, to be changed"),
    "help_memory": ("a memória que o servidor pode usar ({default})", "memory that the server may use ({default})"),
    "help_json": ("tudo; - é a saída padrão", "everything; - is standard output"),
    "help_junit": ("para um servidor de build; - é a saída padrão", "for a build server; - is standard output"),
    "help_csv": ("uma linha; - é a saída padrão", "one row; - is standard output"),
    "help_page": ("Markdown; - é a saída padrão", "Markdown; - is standard output"),
    "help_lang": ("idioma; também MINICHAT_LANG", "language; also MINICHAT_LANG"),
    "help_help": ("mostra esta ajuda e sai", "show this help and exit"),
    # -- what is wrong
    "what": (
        "falta um comando depois de --, ou --all PASTA; veja {program} --help",
        "a command after -- is missing, or --all FOLDER; see {program} --help",
    ),
    "one_of_both": (
        "ou um comando, ou --all PASTA; veja {program} --help",
        "either a command or --all FOLDER; see {program} --help",
    ),
    "no_case": ("não existe o caso {name}; há {cases}", "there is no case {name}; there are {cases}"),
    "no_names": ("--only precisa do nome de um caso; há {cases}", "--only needs the name of a case; there are {cases}"),
    "one_server": (
        "--{name} é para um servidor só; com --all cada um roda na sua pasta, e tem sua página em --out",
        "--{name} is for one server; with --all each runs in its own folder, and has its page in --out",
    ),
    "a_class": ("--out é para uma turma: --all PASTA", "--out is for a class: --all FOLDER"),
    "one_output": (
        "--{name} -: só uma opção pode usar a saída padrão",
        "--{name} -: only one option can use standard output",
    ),
    "no_students": (
        "{folder}: não há subpastas; --all precisa da pasta que tem a de cada um",
        "{folder}: there are no sub-folders; --all needs the folder that has the one of each student",
    ),
    "interrupted": (
        "{done} de {all} estão em {out}; a mesma linha de comando continua dali",
        "{done} of {all} are in {out}; the same command line goes on from there",
    ),
    "again": (
        "os resultados em {out} que são de outras opções são refeitos",
        "the results in {out} that are of other options are made anew",
    ),
    "was_done": ("(já estava)", "(as before)"),
    "start": ("início", "start"),
    "dialect": ("dialeto", "dialect"),
    "rubric_case": ("não existe este caso", "there is no such case"),
    "rubric_points": (
        "depois do caso vêm um ou dois números, de 0 a 1000, o segundo não maior que o primeiro",
        "after the case come one or two numbers, from 0 to 1000, the second not more than the first",
    ),
    "rubric_twice": ("este caso já tem sua linha", "this case has a line already"),
    "rubric_empty": ("nenhum caso vale pontos", "no case is worth points"),
    "needs_unix": ("precisa de Linux, macOS, WSL ou outro Unix", "it needs Linux, macOS, WSL or another Unix"),
    "cannot": ("{file}: {error}", "{file}: {error}"),
    "cannot_go_on": ("não dá para continuar: {error}", "cannot go on: {error}"),
    "not_text": ("--rubric: não é um texto em UTF-8", "--rubric: no text in UTF-8"),
}
