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

from ..errors import Message, ScenarioError
from ..evidence.strict_yaml import DEEPEST
from .attack_rates import ALIASES, domain_at
from .conf_files import CHOICES, spelt_key
from .leaves import leaves
from .personal_data import refuse_personal_data
from .sourced_value import Given, shown
from .typed_values import SPACES, is_one_number, plain_scalar, read_typed, unquoted

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override, RangeSweep

__all__ = ["ORIGIN", "expand", "is_scalar", "joined", "last_key", "parse_override"]

ORIGIN = "an override"
_FUNCTION = re.compile(r"(?:range|choice|interval|glob|shuffle|sort|extend_list|int|float|str|bool|json_str)\(")
_PLAIN = re.compile(r"[^\s,\[\]{}()'\"\\$:=]+\Z")
_MOST_LETTERS = 10_000
_MOST_CHOICES = 100_000


def parse_override(word: str) -> tuple[str, Given]:
    """An override's key and its value as plain data. ScenarioError for what is no single override."""
    key, equals, text = word.translate(SPACES).partition("=")
    key, text = _key(key), text.strip()
    if not equals or word.startswith("-"):
        raise ScenarioError("not-an-override", word=shown(word))
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
    return ScenarioError("sweep", key=key, word=word[:200])


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
    _refuse_many(prod(map(len, choices)), Message("too-many-choices/words"))
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
            raise ScenarioError("no-choices/comma", key=key, word=shown(word))
        return [f"{key}={element}" for element in elements]
    override = _override(word)
    if not override.is_sweep_override():
        return [word]
    if override.is_interval_sweep():
        raise ScenarioError("interval", key=key, word=word)
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
        raise ScenarioError("no-choices", key=key, word=shown(word)) from None
    _refuse_many(len(elements), shown(word))
    return [f"{key}={element}" for element in elements]


def _length(swept: RangeSweep) -> float:
    start, stop, step = swept.start or 0, swept.stop or 0, swept.step
    known = isfinite(stop) and isfinite(start) and step
    return abs((stop - start) / step) if known else float("inf")


def _refuse_many(count: float, what: Message | str) -> None:
    if count > _MOST_CHOICES:
        raise ScenarioError("too-many-choices", what=what, count=count, most=_MOST_CHOICES)


def _refuse_settings(word: str, key: str) -> None:
    if key.startswith(("+", "~")):
        bare = key.lstrip("+~")
        raise ScenarioError("not-an-override/closed", key=bare, word=shown(word))
    if re.split(r"[./@]", key)[0] == "hydra":
        raise ScenarioError("hydra-setting/command", key=key, word=shown(word))
    if "${" in word:
        raise ScenarioError("interpolation", key=key, word=shown(word))
    if not word.isprintable():
        raise ScenarioError("not-an-override/unseen", word=shown(word))
    if len(word) > _MOST_LETTERS:
        raise ScenarioError("too-long", key=key, name=shown(key), letters=len(word))
    if _depth(word) > DEEPEST:
        raise ScenarioError("too-deep", key=key, word=shown(word), deepest=DEEPEST)


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
        raise ScenarioError("not-an-override/unreadable", word=shown(word), fault=_fault(word)) from None


def _fault(word: str) -> Message:
    """What is wrong with a word that is no list, mapping or function."""
    value = word.partition("=")[2]
    for quote in "'\"":
        if value.replace(f"\\{quote}", "").count(quote) % 2:
            return Message("word/quote", quote=quote)
    for one, other in ("[]", "{}", "()"):
        if value.count(one) != value.count(other):
            return Message("word/brackets", opened=value.count(one), one=one, closed=value.count(other), other=other)
    return Message("word/grammar")
