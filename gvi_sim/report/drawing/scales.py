"""Ticks of axes in the reader's language: numbers, and changes on a scale of ratios."""

from __future__ import annotations

import itertools
import math

from ...language.catalogue import Words
from .style import FuncFormatter

CHANGE_TICKS = (
    tuple(step / 20 for step in range(-19, 21)),
    tuple(step / 10 for step in range(-9, 11)),
    (-0.8, -0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6, 1.0),
    (-0.75, -0.5, -0.25, 0.0, 0.5, 1.0, 2.0),
    (-0.9, -0.75, -0.5, 0.0, 1.0, 3.0, 9.0),
    (-0.9, 0.0, 9.0, 99.0),
)


def number_ticks(words: Words, decimals: int | None = None) -> FuncFormatter:
    """Numbers; without ``decimals`` whole ones have none and others one."""

    def text(value: float, _position: int | None) -> str:
        digits = decimals if decimals is not None else (0 if float(value).is_integer() else 1)
        return words.number(value, digits)

    return FuncFormatter(text)


def change_ticks(words: Words) -> FuncFormatter:
    """Ratios as changes in per cent."""
    return FuncFormatter(lambda ratio, _: words.percent(ratio - 1, signed=True))


def round_changes(low: float, high: float) -> list[float]:
    """Round changes, as ratios, between two ratios: the finest set whose labels do not run together."""
    room = 0.17 * math.log(high / low)
    for changes in CHANGE_TICKS:
        ticks = [1 + change for change in changes if low <= 1 + change <= high]
        if all(math.log(right / left) >= room for left, right in itertools.pairwise(ticks)):
            return ticks
    return [1.0]
