"""Overrides as words: `key=value`, taken apart, and sweeps expanded.

The value of a leaf is read as people type it (`typed_values`); lists, mappings and functions such as `range(1,4)` are
Hydra's grammar and go to its parser, whose messages stay here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice, product
from math import isfinite, prod
from typing import TYPE_CHECKING

from ..errors import ScenarioError
from ..evidence.strict_yaml import DEEPEST
from .attack_rates import ALIASES, domain_at
from .conf_files import CHOICES, spelt_key
from .leaves import leaves
from .personal_data import refuse_personal_data
from .sourced_value import Given, shown
from .typed_values import SPACES, is_one_number, plain_scalar, read_typed, unquoted

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override, RangeSweep

__all__ = ["ORIGIN", "expand", "is_scalar", "joined", "last_key", "split"]

ORIGIN = "an override"
_FUNCTION = re.compile(r"(?:range|choice|interval|glob|shuffle|sort|extend_list|int|float|str|bool|json_str)\(")
_PLAIN = re.compile(r"[^\s,\[\]{}()'\"\\$:=]+\Z")
_MOST_LETTERS = 10_000
_MOST_CHOICES = 100_000


def split(word: str) -> tuple[str, Given]:
    """An override's key and its value as plain data. ScenarioError for what is no single override."""
    key, equals, text = word.translate(SPACES).partition("=")
    key, text = _key(key), text.strip()
    if not equals or word.startswith("-"):
        problem = f"{shown(word)} is neither an override (key=value) nor a scenario file."
        raise ScenarioError(f"{problem} A value with spaces goes in quotes.", rule="not-an-override")
    word = f"{key}={text}"
    _refuse_settings(word, key)
    given = _given(word, key, text)
    refuse_personal_data(key if isinstance(given.value, int | float) else word, ORIGIN)
    return key, given


def joined(words: Sequence[str]) -> list[str]:
    """Words with spaces around their equals sign, which a shell takes apart, put together again."""
    found: list[str] = []
    for word in words:
        open_ended = bool(found) and found[-1].rstrip().endswith("=") and "=" not in found[-1].rstrip()[:-1]
        starts_with_sign = word.lstrip().startswith("=") and found and "=" not in found[-1]
        if starts_with_sign or (open_ended and "=" not in word):
            found[-1] = found[-1].rstrip() + word.strip()
        else:
            found.append(word)
    return found


def is_scalar(key: str) -> bool:
    """Whether a key takes one number, word, date or truth value: a leaf that is no table, or a choice."""
    leaf = last_key(key)
    return leaf in CHOICES or ((leaf in leaves() or leaf in ALIASES) and domain_at(leaf).kind != "table")


def last_key(key: str) -> str:
    """The key of the tree in a word for one site of a roll-out: `sites.malmo.years` is about `years`."""
    return key.split(".", 2)[2] if key.startswith("sites.") and key.count(".") > 1 else key


def _key(text: str) -> str:
    """A key as the tree spells it, whatever its capitals."""
    key = spelt_key(text.strip())
    return key.lower() if is_scalar(key.lower()) and not key.startswith("sites.") else key


def _given(word: str, key: str, text: str) -> Given:
    if not is_scalar(key) or (text[:1] in ("[", "{") and text[:1]):
        return Given(plain_scalar(text) if _PLAIN.match(text) else _parsed(word, key, text), ORIGIN)
    leaf = last_key(key)
    listed = _FUNCTION.match(text) or len(_elements(text)) > 1
    if listed and (leaf in CHOICES or domain_at(leaf).kind not in ("number", "count", "text") or _FUNCTION.match(text)):
        raise _several(word, key)
    if leaf in CHOICES:
        return Given(plain_scalar(unquoted(text)), ORIGIN)
    if listed and domain_at(leaf).kind != "text" and not is_one_number(leaf, text):
        raise _several(word, key)
    return read_typed(leaf, text)


def _several(word: str, key: str) -> ScenarioError:
    problem = f"{word[:200]} asks for several values, and a scenario has one. A sweep runs them all:"
    return ScenarioError(f"{problem} gvi-sim sweep {word[:200]}", key=key, rule="sweep")


def _elements(text: str) -> list[str]:
    """Text taken apart at its commas, but for those within quotes and brackets."""
    found, depth, quote = [""], 0, ""
    for letter in text:
        if letter in "'\"" and quote in ("", letter):
            quote = letter if not quote else ""
        depth += (letter in "[{(" and not quote) - (letter in "]})" and not quote)
        if letter == "," and not quote and depth <= 0:
            found.append("")
        else:
            found[-1] += letter
    return [element.strip() for element in found]


def expand(words: Iterable[str]) -> list[list[str]]:
    """Every combination of the choices in words such as `a=0,0.5` or `b=range(1,4)`, the last fastest.

    Words without a choice come back as they are: `["site=malmo", "years=5,10"]` gives two lists.
    ScenarioError for words that are no overrides, and for intervals, which are no choices.
    """
    choices = [_alternatives(word) for word in words]
    _refuse_many(prod(map(len, choices)), "The words")
    return [list(combination) for combination in product(*choices)]


def _alternatives(word: str) -> list[str]:
    key, _, value = word.translate(SPACES).partition("=")
    key, value = _key(key), value.strip()
    word = f"{key}={value}" if value else word
    if not value or _PLAIN.match(value):
        return [word]
    _refuse_settings(word, key)
    if is_scalar(key) and not _FUNCTION.match(value) and value[0] not in "[{":
        elements = _elements(value)
        if "" in elements:
            problem = f"{shown(word)} has nothing between two commas, or behind the last; take the comma out."
            raise ScenarioError(problem, key=key, rule="no-choices")
        return [f"{key}={element}" for element in elements]
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
    except (HydraException, ValueError, TypeError, ArithmeticError):
        problem = f"{shown(word)} cannot be written out as choices"
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


def _parsed(word: str, key: str, text: str) -> object:
    if not text:
        return ""
    override = _override(word)
    if override.is_sweep_override():
        raise _several(word, key)
    return override.value()


def _override(word: str) -> Override:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        return OverridesParser.create().parse_override(word)
    except (HydraException, ValueError, TypeError, ArithmeticError):
        raise ScenarioError(f"{shown(word)} cannot be read: {_fault(word)}", rule="not-an-override") from None


def _fault(word: str) -> str:
    """What is wrong with a word that is no list, mapping or function."""
    value = word.partition("=")[2]
    for quote in "'\"":
        if value.replace(f"\\{quote}", "").count(quote) % 2:
            return f"the quote {quote} is not closed. A shell takes quotes away: put the whole word in double quotes."
    for one, other in ("[]", "{}", "()"):
        if value.count(one) != value.count(other):
            return f"it has {value.count(one)} {one} and {value.count(other)} {other}."
    return (
        "lists are written [1, 2], mappings {name: value}, and text that holds more than letters, digits and _ "
        "stands in single quotes within them."
    )
