"""The ranking of levers under rival structures, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..analysis.robustness import NOT_ROBUST, ROBUST
from .words import printable

if TYPE_CHECKING:
    from ..analysis.robustness import Placed, Robustness
    from .words import Words


def levers_in_order(words: Words, found: Robustness) -> str:
    """The rankings, one rival after another, and what they amount to."""
    lines = [words("robustness.head", what=_named(words, "outcome", found.outcome))]
    for structure in found.fits:
        lines.append(f"  {_rival(words, found, structure)}")
        ranked = sorted((row for row in found.rows if row.structure == structure), key=lambda row: row.rank)
        lines += [f"    {_lever(words, row)}" for row in ranked]
    return "\n".join([*lines, *_conclusion(words, found)])


def _rival(words: Words, found: Robustness, structure: str) -> str:
    name = _named(words, "structure", structure)
    if structure in found.not_run:
        return words("robustness.not_run", structure=name)
    return name if found.fits[structure] else words("robustness.no_say", structure=name)


def _lever(words: Words, row: Placed) -> str:
    return words(
        "robustness.lever", rank=row.rank, lever=_named(words, "part", row.lever),
        prevented=words.signed(row.prevented, 1), low=words.signed(row.low, 1), high=words.signed(row.high, 1),
    )  # fmt: skip


def _conclusion(words: Words, found: Robustness) -> Iterator[str]:
    fitting = [_named(words, "structure", name) for name in found.fitting]
    if not fitting:
        yield words("robustness.none_left" if found.not_run else "robustness.none_fits")
    elif found.verdict == ROBUST:
        yield words("robustness.robust", fitting="; ".join(fitting))
    elif found.verdict == NOT_ROBUST:
        yield words("robustness.not_robust", pairs="; ".join(_pair(words, pair) for pair in found.reversed_pairs))
    else:
        yield words("robustness.cannot_tell")
    if found.not_run:
        unknown = "; ".join(_named(words, "structure", name) for name in found.not_run)
        yield words("robustness.unknown", structures=unknown)
    if not found.has_record:
        yield words("robustness.no_record")
    yield words("robustness.caveat")


def _pair(words: Words, pair: tuple[str, str]) -> str:
    one, other = (_named(words, "part", lever) for lever in pair)
    return words("robustness.pair", one=one, other=other)


def _named(words: Words, family: str, name: str) -> str:
    """The table's name, or what the user or the model calls it."""
    key = f"{family}.{name}"
    return words(key) if words.has(key) else printable(name.replace("_", " "))
