"""What is said to a user as an identifier and fields; its English and Swedish stand in ``errors.yaml``.

In a sentence ``{field}`` takes a format as in Python; numbers that have one follow the style of the language. A list
is joined by commas, or as ``{field:and}`` and ``{field:rows}`` say, and ``{field:units}`` is an English text whose
Swedish stands under ``units`` (or another heading) in ``swedish.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from numbers import Number
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_JOINED = {"en": {"and": " and ", "rows": "\n  "}, "sv": {"and": " och ", "rows": "\n  "}}


class Message:
    """A sentence by its identifier, and what goes into its fields: texts, numbers, lists, errors, messages."""

    def __init__(self, id: str, /, **fields: object) -> None:
        self.id, self.fields = id, {name: _kept(value) for name, value in fields.items()}

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: str = "en") -> str:
        """The sentence in ``en`` or ``sv``."""
        sentence: str = read_catalogue(FOLDER / "errors.yaml")[self.id][lang]
        return sentence.format(**{name: _Field(value, lang) for name, value in self.fields.items()})


@cache
def read_catalogue(path: Path) -> Mapping[str, Any]:
    """A table of texts, which ship with the package."""
    import yaml  # only once something is said

    table: dict[str, Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(path.read_bytes()).get_single_data()
    return table


class _Field:
    """What stands in a field, in one language."""

    def __init__(self, value: Any, lang: str) -> None:
        self.value, self.lang = value, lang

    def __repr__(self) -> str:
        return repr(self.value)

    def __format__(self, spec: str) -> str:
        value, lang = self.value, self.lang
        if isinstance(value, _List):
            between = _JOINED[lang].get(spec)
            inner = "" if between else spec
            texts = [format(_Field(each, lang), inner) for each in value]
            return (between or ("; " if inner else ", ")).join(texts) or Message("none").text(lang)
        if _speaks(value):
            return str(value.text(lang))
        if isinstance(value, str) and spec:
            return value if lang == "en" else in_swedish(spec, value)
        return format(value, spec) if lang == "en" or not spec else _in_style(value, spec)


def in_swedish(heading: str, english: str, key: str = "") -> str:
    """The Swedish under a heading of ``swedish.yaml``; the English text where there is none.

    It is found by ``key``, by itself, or by an entry whose {fields} stand for what differs.
    """
    table = read_catalogue(FOLDER / "swedish.yaml")[heading]
    if (key or english) in table:
        return str(table[key or english])
    matching = ((template.fullmatch(english), text) for template, text in _templates(heading))
    return next((text.format(**found.groupdict()) for found, text in matching if found), english)


@cache
def _templates(heading: str) -> list[tuple[re.Pattern[str], str]]:
    """The entries that have fields, as patterns."""
    entries = read_catalogue(FOLDER / "swedish.yaml")[heading].items()
    table = [(re.escape(english), text) for english, text in entries if "{" in english]
    return [(re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", english)), text) for english, text in table]


def _in_style(value: Any, format_spec: str) -> str:
    from .numbers import MINUS, restyled

    text = restyled(format(value, format_spec), "sv")
    return MINUS + text[1:] if text.startswith("-") else text


class _Text(str):
    """An object as text, so that what names it can travel to other processes."""

    def __new__(cls, value: object) -> _Text:
        made = super().__new__(cls, value)
        made.shown = getattr(value, "shown", None) or repr(value)
        return made

    shown: str

    def __repr__(self) -> str:
        return self.shown


class _List(tuple[object, ...]):
    """Several fields in one, which knows how Python shows what it was made from."""

    def __new__(cls, value: Iterable[object], shown: str = "") -> _List:
        made = super().__new__(cls, value)
        made.shown = shown
        return made

    shown: str

    def __repr__(self) -> str:
        return self.shown


def _speaks(value: object) -> bool:
    return isinstance(value, Message | Exception) and hasattr(value, "text")


def _kept(value: object) -> object:
    if value is None or isinstance(value, str | Number) or _speaks(value):
        return value
    if isinstance(value, Iterable) and not isinstance(value, BaseException):
        return _List(map(_kept, value), repr(value) if isinstance(value, Sequence | Mapping) else "")
    return _Text(value)
