"""Numbers as a reader of English or Swedish expects them.

Swedish: decimal comma, thin space between thousands, a space before the per cent sign. Spaces inside a
number never break a line. The minus sign is a real one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

NO_BREAK = "\u00a0"
THIN = "\u202f"
MINUS = "\u2212"
MISSING = "–"
MOST_DECIMALS = 4


@dataclass(frozen=True)
class Style:
    """How one language writes a number."""

    decimal: str
    thousands: str
    percent: str


STYLES: dict[str, Style] = {
    "en": Style(decimal=".", thousands=",", percent="%"),
    "sv": Style(decimal=",", thousands=THIN, percent=NO_BREAK + "%"),
}


def decimals_for(value: float) -> int:
    """Decimals that one value deserves: none from 20 up, one from 1 up, else two."""
    size = abs(value)
    if not math.isfinite(value) or size >= 20 or size == 0:
        return 0
    return 1 if size >= 1 else 2


def decimals_together(values: Sequence[float]) -> int:
    """Decimals for a value and the ends of its interval: so many that the interval's width shows.

    More, up to ``MOST_DECIMALS``, where an end that is not zero would read as zero.
    """
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return 0
    span = max(known) - min(known)
    if span == 0:
        return decimals_for(known[0])
    is_large = max(map(abs, known)) >= 100
    digits = 0 if span >= (2 if is_large else 8) else 1 if span >= 0.8 else 2
    while digits < MOST_DECIMALS and any(value != 0 and round(value, digits) == 0 for value in known):
        digits += 1
    return digits


def number_text(value: float, lang: str, decimals: int | None = None) -> str:
    """``value`` in the style of ``lang``; a dash when there is no value."""
    if not math.isfinite(value):
        return MISSING
    digits = decimals_for(value) if decimals is None else decimals
    text = restyled(f"{abs(value):,.{digits}f}", lang)
    is_negative = value < 0 and text.strip("0.," + THIN) != ""
    return MINUS + text if is_negative else text


def restyled(text: str, lang: str) -> str:
    """A number that Python wrote, in the style of ``lang``."""
    style = STYLES[lang]
    return text.replace(",", "\0").replace(".", style.decimal).replace("\0", style.thousands)


def write_signed(value: float, lang: str, decimals: int | None = None) -> str:
    """As :func:`write`, with a plus sign before what is above zero."""
    text = number_text(value, lang, decimals)
    return "+" + text if value > 0 and text.strip("0.," + THIN) != "" else text


def write_percent(share: float, lang: str, decimals: int = 0, *, signed: bool = False) -> str:
    """A share (0.25) as per cent ("25%", "25 %")."""
    if not math.isfinite(share):
        return MISSING
    number = write_signed if signed else number_text
    return number(100 * share, lang, decimals) + STYLES[lang].percent


def write_all(values: Sequence[float], lang: str) -> list[str]:
    """Several values that belong together, with the same number of decimals."""
    digits = decimals_together(values)
    return [number_text(value, lang, digits) for value in values]
