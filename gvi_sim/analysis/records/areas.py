"""Which area a row belongs to: spellings of one name are one area, and the total of the others is none."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np

from ...config.personal_data import refuse_personal_data
from .headings import fold
from .notices import Notice, RecordGrid
from .table_file import refused

_NAME = re.compile(r"\w[\w .,:;&/'’()+–-]{0,59}")
_TOTAL = re.compile(
    r"(?:grand |city |sub)?totals?(?: .*)?|(?:total|del|slut)?summa|sum|totalt|sammanlagt|samtliga|hela \w+"
    r"|all(?: areas| districts)?|alla(?: omraden| distrikt| stadsdelar| kommuner)?|(?:whole|entire) \w+|city ?wide"
    r"|\w+ total(?:t|summa)?"
)
_FEWEST_PERIODS, _FEWEST_OTHERS = 6, 2


def is_total(text: str) -> bool:
    """Whether a period or an area calls itself the total of others."""
    return bool(_TOTAL.fullmatch(fold(text)))


def checked_area(text: str, where: str) -> str:
    """The name of an area in plain signs; ScenarioError for what is no name or tells of a person."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not _NAME.fullmatch(name):
        raise refused("bad-file/area", where, area=text[:40])
    refuse_personal_data(name, where)  # alone too: between commas a telephone number looks like an amount
    return name


def one_spelling(texts: Sequence[str], names: Sequence[str]) -> tuple[list[str], list[Notice]]:
    """Areas with one spelling each, the commonest; ``texts`` as in the file, ``names`` in plain signs.

    Case, the way accents are stored, blanks and zeros before a number do not tell areas apart.
    """
    spellings: dict[str, Counter[str]] = {}
    for name in names:
        spellings.setdefault(_key(name), Counter())[name] += 1
    chosen = {key: found.most_common(1)[0][0] for key, found in spellings.items()}
    written: dict[str, dict[str, None]] = {}
    for text, name in zip(texts, names, strict=True):
        written.setdefault(_key(name), {})[text] = None
    merged = [" = ".join(found) for found in written.values() if len(found) > 1]
    return [chosen[_key(name)] for name in names], [Notice("merged", {"names": "; ".join(merged)})] if merged else []


def _key(name: str) -> str:
    word = unicodedata.normalize("NFKC", name).casefold()
    return word.lstrip("0") or "0" if word.isdigit() else word


def without_total(grid: RecordGrid) -> tuple[RecordGrid, list[Notice]]:
    """The record without an area that is the total of the others, by its name or by its counts."""
    named = [k for k, name in enumerate(grid.areas) if is_total(name)]
    gone = named if len(named) < len(grid.areas) else []
    gone = gone or [k for k in range(len(grid.areas)) if _adds_up(grid, k)][:1]
    if not gone:
        return grid, []
    left = [k for k in range(len(grid.areas)) if k not in gone]
    others = int(grid.counts[:, left].sum())
    told = [
        Notice("total", {"name": grid.areas[k], "attacks": int(grid.counts[:, k].sum()), "others": others})
        for k in gone
    ]
    parts = {name: getattr(grid, name)[:, left] for name in ("counts", "recorded", "rowed")}
    return grid._replace(areas=tuple(grid.areas[k] for k in left), **parts), told


def _adds_up(grid: RecordGrid, area: int) -> bool:
    """Whether an area's counts are those of all others together in every period."""
    seen = grid.recorded.all(axis=1)
    own, rest = grid.counts[seen, area], np.delete(grid.counts[seen], area, axis=1)
    enough = seen.sum() >= _FEWEST_PERIODS and (rest.sum(axis=0) > 0).sum() >= _FEWEST_OTHERS
    return bool(enough and (own == rest.sum(axis=1)).all())
