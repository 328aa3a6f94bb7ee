"""Overrides as words: `key=value` in Hydra's grammar, taken apart, and sweeps expanded.

A plain scalar is read here in microseconds; lists, mappings, quotes and sweeps go to Hydra's own parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice, product
from math import isfinite, prod
from typing import TYPE_CHECKING

from ..errors import ScenarioError
from ..evidence.strict_yaml import DEEPEST, scalar
from .given import shown
from .personal_data import refuse_personal_data

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override, RangeSweep

__all__ = ["expand", "split"]

_PLAIN = re.compile(r"[^\s,\[\]{}()'\"\\$:=]+\Z")
_MOST_LETTERS = 10_000
_MOST_CHOICES = 100_000


def split(word: str) -> tuple[str, object]:
    """An override's key and its value as plain data. ScenarioError for what is no single override."""
    key, equals, text = word.partition("=")
    key = key.strip()
    if not equals or word.startswith("-"):
        problem = f"{shown(word)} is neither an override (key=value) nor a scenario file."
        raise ScenarioError(problem, rule="not-an-override")
    _refuse_settings(word, key)
    value = _plain_scalar(text) if _PLAIN.match(text) else _parsed(word, key, text)
    refuse_personal_data(key if isinstance(value, int | float) else word, "an override")
    return key, value


def expand(words: Iterable[str]) -> list[list[str]]:
    """Every combination of the choices in words such as `a=0,0.5` or `b=range(1,4)`, the last fastest.

    Words without a choice come back as they are: `["site=malmo", "years=5,10"]` gives two lists.
    ScenarioError for words that are no overrides, and for intervals, which are no choices.
    """
    choices = [_alternatives(word) for word in words]
    _refuse_many(prod(map(len, choices)), "The words")
    return [list(combination) for combination in product(*choices)]


def _alternatives(word: str) -> list[str]:
    key, _, value = word.partition("=")
    if not value or _PLAIN.match(value):
        return [word]
    _refuse_settings(word, key)
    override = _override(word)
    if not override.is_sweep_override():
        return [word]
    if override.is_interval_sweep():
        problem = f"{word} is an interval; a sweep needs choices such as {key}=0,0.5,1."
        raise ScenarioError(problem, key=key, rule="interval")
    return _choices(word, key, override)


def _choices(word: str, key: str, override: Override) -> list[str]:
    from hydra.core.override_parser.types import RangeSweep, Transformer
    from hydra.errors import HydraException

    swept = override.value()
    if isinstance(swept, RangeSweep):  # counted before it is written out
        _refuse_many(_length(swept), shown(word))
    try:
        found = override.sweep_iterator(transformer=Transformer.encode)
        elements = list(islice(found, _MOST_CHOICES + 1))
    except HydraException as error:
        problem = f"{shown(word)} cannot be written out as choices ({_first_line(error)})"
        raise ScenarioError(f"{problem}; name them, {key}=a,b,c.", key=key, rule="no-choices") from None
    _refuse_many(len(elements), shown(word))
    return [f"{key}={element}" for element in elements]


def _length(swept: RangeSweep) -> float:
    start, stop, step = swept.start or 0, swept.stop or 0, swept.step
    known = isfinite(stop) and isfinite(start) and step
    return abs((stop - start) / step) if known else float("inf")


def _refuse_many(count: float, what: str) -> None:
    if count > _MOST_CHOICES:
        problem = f"{what} would make {count:,.0f} choices, more than {_MOST_CHOICES:,}; take fewer."
        raise ScenarioError(problem, rule="too-many-choices")


def _refuse_settings(word: str, key: str) -> None:
    if key.startswith(("+", "~")):
        bare = key.lstrip("+~")
        problem = f"{shown(word)}: the tree is closed, keys are not added or removed; write {bare}=..."
        raise ScenarioError(problem, key=bare, rule="not-an-override")
    if re.split(r"[./@]", key)[0] == "hydra":
        problem = f"{shown(word)}: hydra.* settings are refused here; they belong to `python -m gvi_sim`."
        raise ScenarioError(problem, key=key, rule="hydra-setting")
    if "${" in word:
        problem = f"{shown(word)} uses an interpolation; write the value itself."
        raise ScenarioError(problem, key=key, rule="interpolation")
    if not word.isprintable():
        problem = f"{shown(word)} holds a character that cannot be seen; type the word anew."
        raise ScenarioError(problem, rule="not-an-override")
    if len(word) > _MOST_LETTERS:
        problem = f"{shown(key)}: an override of {len(word):,} letters; put it in a scenario file."
        raise ScenarioError(problem, key=key, rule="too-long")
    if _depth(word) > DEEPEST:
        problem = f"{shown(word)} is nested deeper than {DEEPEST} levels."
        raise ScenarioError(problem, key=key, rule="too-deep")


def _depth(word: str) -> int:
    """How deep brackets nest, without regard to quotes: Hydra's parser calls itself once a level."""
    depth = deepest = 0
    for letter in word:
        depth += (letter in "[{(") - (letter in "]})")
        deepest = max(deepest, depth)
    return deepest


def _plain_scalar(text: str) -> object:
    if text == "~":
        return text
    try:
        return scalar(text)
    except ValueError:  # looks like a date and is none: the date leaf says so
        return text


def _parsed(word: str, key: str, text: str) -> object:
    if not text.strip():
        return ""
    override = _override(word)
    if override.is_sweep_override():
        problem = f"{word[:200]} asks for several values, and a scenario has one. A sweep runs them all:"
        raise ScenarioError(f"{problem} gvi-sim sweep {word[:200]}", key=key, rule="sweep")
    return override.value()


def _override(word: str) -> Override:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        return OverridesParser.create().parse_override(word)
    except HydraException as error:
        problem = f"{shown(word)} is not an override Hydra can read: {_first_line(error)}"
        raise ScenarioError(problem, rule="not-an-override") from None


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:200]
