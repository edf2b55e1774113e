"""What the programs tell people, in Portuguese and in English.

One table has each sentence in both languages, with the same fields.  The lines
of the wire are not here; they are the same in every language.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Tuple

from minichat.cli.clienttexts import CLIENT_TEXTS
from minichat.cli.optiontexts import OPTION_TEXTS
from minichat.cli.oserrors import in_portuguese
from minichat.cli.persontexts import PERSON_TEXTS
from minichat.cli.programs import CLIENT, SERVER, typed
from minichat.cli.reasons import REASONS_PT, UNITS_PT
from minichat.cli.servertexts import SERVER_TEXTS

LANGUAGES = ("pt", "en")
DEFAULT_LANGUAGE = "pt"  # for every locale: the assignment prints Portuguese

_TEXTS: Dict[str, Tuple[str, str]] = {**SERVER_TEXTS, **CLIENT_TEXTS, **PERSON_TEXTS, **OPTION_TEXTS}


class Field:
    """The value of a field of a text, which also chooses between the words for one and for many.

    >>> "{count:line/lines}, {count::it is/they are} lost".format(count=Field(1))
    '1 line, it is lost'
    """

    def __init__(self, value: Any) -> None:
        self._value = value

    def __str__(self) -> str:
        return str(self._value)

    def __repr__(self) -> str:
        return repr(self._value)

    def __format__(self, spec: str) -> str:
        one, slash, many = spec.partition("/")
        if not slash:
            return format(self._value, spec)
        word = one.lstrip(":") if self._value == 1 else many
        return word if spec.startswith(":") else f"{self._value} {word}"


def filled(text: str, language: str, fields: Dict[str, object]) -> str:
    """Return ``text``, which is in ``language``, with its fields filled in.

    What the system says of an error is the field ``error``, in English.
    """
    if language == "pt" and "error" in fields:
        fields = {**fields, "error": in_portuguese(fields["error"])}
    return text.format(**{name: Field(value) for name, value in fields.items()})


def decimal(number: str, language: str) -> str:
    """Return ``number``, which has a point, as people write it in ``language``."""
    return number.replace(".", ",") if language == "pt" else number


class Messages:
    """The texts of one language.

    >>> Messages("en")("left", nick="ana", count=1)
    'ana left (1 online)'
    """

    def __init__(self, language: str, typed: Callable[[str], str] = typed) -> None:
        """``language`` is one of LANGUAGES; any other raises ValueError.

        ``typed`` says what a person types to start a program.
        """
        self._column = LANGUAGES.index(language)
        self._programs = {"server": typed(SERVER), "client": typed(CLIENT)}

    def __call__(self, key: str, **fields: object) -> str:
        """Return the text of ``key`` with its fields filled in; raise KeyError for an unknown key.

        The fields ``server`` and ``client`` need not be given: they are what starts the programs.
        """
        return filled(_TEXTS[key][self._column], LANGUAGES[self._column], {**self._programs, **fields})

    def has(self, key: str) -> bool:
        """True if there is a text of that key."""
        return key in _TEXTS

    def reason(self, limit: str, english: str) -> str:
        """Return the reason for the value of a limit; ``english`` is the reason in the table of limits."""
        return REASONS_PT[limit] if self._column == LANGUAGES.index("pt") else english

    def quantity(self, value: float, unit: str) -> Tuple[str, str]:
        """Return the value and the unit of a limit as people write them; ``unit`` is that in the table of limits."""
        number = f"{value:,}"
        if self._column == LANGUAGES.index("en"):
            return number, unit
        return number.translate(str.maketrans(",.", ".,")), UNITS_PT[unit]
