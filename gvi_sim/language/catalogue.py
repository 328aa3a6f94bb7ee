"""One table of sentences, two languages: the one source from which text for readers comes from."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import ScenarioError, nearest_hint
from . import numbers
from .messages import in_swedish, read_catalogue

LANGUAGES = ("en", "sv")
TABLE = Path(__file__).with_name("sentences.yaml")
SWEDISH = Path(__file__).with_name("swedish.yaml")
HELP = Path(__file__).with_name("help.yaml")
LEVERS = TABLE.parents[1] / "config" / "levers.yaml"  # names stand with what they name; config.levers checks them


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """The whole table: key to language to sentence, with the names of levers and parts."""
    table, declared = dict(read_catalogue(TABLE)), read_catalogue(LEVERS)
    table |= {f"part.{part}": name for part, name in declared["parts"].items()}
    for field, end in (("name", ""), ("unit", ".unit")):
        table |= {
            f"key.{key}{end}": lever[field] for key, lever in declared["levers"].items() if field in (lever or {})
        }
    return table


@cache
def swedish() -> Mapping[str, Mapping[str, str]]:
    """Swedish of texts whose English stands elsewhere: kind of text to what it is found by to sentence."""
    return read_catalogue(SWEDISH)


def help_texts() -> Mapping[str, Mapping[str, Any]]:
    """What the commands say of themselves: command to the kind of text to language to text."""
    return read_catalogue(HELP)


def printable(text: str, most: int = 200) -> str:
    """A text of a user without control and direction characters, cut to ``most`` letters."""
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    return clean if len(clean) <= most else clean[: most - 1] + "…"


def fields(sentence: str) -> frozenset[str]:
    """Names in braces in a sentence."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


@dataclass(frozen=True)
class Words:
    """Sentences and numbers in one language (``en`` or ``sv``), about one package of measures.

    ``package`` is the choice of programme (``gvi``, ``support_only``): sentences name what was run. Raises
    ScenarioError for a language that the table does not have.
    """

    lang: str = "en"
    package: str = "gvi"

    def __post_init__(self) -> None:
        if self.lang not in LANGUAGES:
            raise ScenarioError(
                "unknown-language", key="lang", lang=self.lang, hint=nearest_hint(str(self.lang), LANGUAGES)
            )

    def __call__(self, key: str, /, **values: object) -> str:
        """The sentence of ``key`` with its fields filled; ``programme`` is the package that was run."""
        name = sentences()[f"programme.{self.package}"][self.lang]
        return sentences()[key][self.lang].format(programme=name, Programme=name[:1].upper() + name[1:], **values)

    def about(self, package: str) -> Words:
        """The same language, about another package."""
        return replace(self, package=package)

    def has(self, key: str) -> bool:
        """Whether the table holds ``key``."""
        return key in sentences()

    def translated(self, kind: str, english: str, key: str = "") -> str:
        """An English text of this ``kind`` in this language, found as ``in_swedish`` finds it."""
        return english if self.lang == "en" else in_swedish(kind, english, key)

    def joined(self, items: Sequence[str]) -> str:
        """ "a, b and c"."""
        return "".join(items) if len(items) < 2 else self("word.and", first=", ".join(items[:-1]), last=items[-1])

    def unit(self, key: str, english: str) -> str:
        """The unit of a scenario's key: the short one that the table has for it, else the registry's."""
        own = f"key.{key}.unit"
        return self(own) if self.has(own) else self.translated("units", english)

    def number(self, value: float, decimals: int | None = None) -> str:
        """A number in this language's style."""
        return numbers.number_text(value, self.lang, decimals)

    def signed(self, value: float, decimals: int | None = None) -> str:
        """A number with its sign."""
        return numbers.write_signed(value, self.lang, decimals)

    def percent(self, share: float, decimals: int = 0, *, signed: bool = False) -> str:
        """A share as per cent."""
        return numbers.write_percent(share, self.lang, decimals, signed=signed)

    def together(self, *values: float) -> list[str]:
        """Numbers that belong together, with the same number of decimals."""
        return numbers.write_all(values, self.lang)

    def as_written(self, text: str) -> str:
        """A number that was written with a decimal point, with this language's sign; other text by its name, if any."""
        try:
            float(text)
        except ValueError:
            names = [key for key in (f"level.{text}", f"programme.{text}") if self.has(key)]
            return sentences()[names[0]][self.lang] if names else printable(text)
        return text.replace(".", numbers.STYLES[self.lang].decimal).replace("-", numbers.MINUS)

    def years(self, *spans: float) -> str:
        """A span in years ("10 years"), or the shortest and the longest of several ("1 to 10 years")."""
        least, most = (self.number(end, 0 if float(end).is_integer() else 1) for end in (min(spans), max(spans)))
        if least != most:
            return self("word.years", count=self("interval.short", low=least, high=most))
        return self("word.one_year") if spans[0] == 1 else self("word.years", count=most)
