"""Where the doubt about an answer lies, for readers: chance, parameters, structure, and what drives the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..evidence import find
from ..language.catalogue import Words
from .estimates import Stated
from .view import Doubt, DriverRow

if TYPE_CHECKING:
    from ..analysis import Effect
    from ..analysis.uncertainty import Interval

ASSUMED = "D"
NAMED = 4
"""So many parameters a sentence names at the most."""


def doubt_of(effect: Effect) -> Doubt | None:
    """What ``effect.uncertainty()`` found, with the grades of the parameters; None where nothing was drawn."""
    found = effect.uncertainty()
    if found is None:
        return None
    site = effect.scenario.scenario.site
    drivers = []
    for driver in found.drivers:
        entry = find(driver.key, site.key, site.country)
        share, correlation = _estimate(driver.share), _estimate(driver.correlation)
        drivers.append(DriverRow(driver.key, share, correlation, entry.grade if entry else "", driver.drives))
    parameters = found.parameters
    return Doubt(
        draws=found.draws,
        drawn=len(found.drawn),
        parameters=None if parameters is None else _estimate(parameters),
        drivers=tuple(drivers),
    )


def _estimate(interval: Interval) -> Stated:
    return Stated(interval.value, interval.low, interval.high)


def parameter_name(words: Words, key: str) -> str:
    """A parameter's name for readers; the key itself when the table of sentences has none for it."""
    return words(f"key.{key}") if words.has(f"key.{key}") else key


def uncertainty_texts(words: Words, doubt: Doubt) -> list[str]:
    """How much of the doubt is the parameters', and what drives the answer."""
    return [_split(words, doubt), drivers_text(words, doubt)]


def _split(words: Words, doubt: Doubt) -> str:
    share = doubt.parameters
    drawn, draws = words.number(doubt.drawn, 0), words.number(doubt.draws, 0)
    if share is None:
        return words("doubt.cannot_split", drawn=drawn, wanted=words.number(2 * doubt.draws, 0))
    return words(
        "doubt.split",
        drawn=drawn,
        draws=draws,
        share=words.percent(share.value),
        interval=words("interval.short", low=words.percent(share.low), high=words.percent(share.high)),
    )


def drivers_text(words: Words, doubt: Doubt) -> str:
    """Which parameters drive the answer, those without a measurement by name; that it cannot be told otherwise."""
    if not doubt.driving:
        return words("doubt.drivers.cannot_tell")
    named = [
        f"{parameter_name(words, driver.key)} ({words.percent(driver.share.value)})" for driver in doubt.driving[:NAMED]
    ]
    told = words("doubt.drivers", names=_joined(words, named))
    assumed = [parameter_name(words, driver.key) for driver in doubt.driving if driver.grade == ASSUMED]
    return f"{told} {words('doubt.assumed', names=_joined(words, assumed))}" if assumed else told


def _joined(words: Words, items: list[str]) -> str:
    if len(items) < 2:
        return "".join(items)
    return words("word.and", first=", ".join(items[:-1]), last=items[-1])
