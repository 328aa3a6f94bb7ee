"""Where the doubt about an answer lies, for readers: chance, parameters, structure, and what drives the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..evidence import find
from ..language.catalogue import Words
from .estimates import Stated

if TYPE_CHECKING:
    from .pair import Pair
    from .uncertainty import Interval, Uncertainty

ASSUMED = "D"
NAMED = 4
"""So many parameters a sentence names at the most."""


@dataclass(frozen=True)
class DriverRow:
    """A drawn parameter: its share of what the draws differ, how it goes with the outcome, its grade."""

    key: str
    share: Stated
    correlation: Stated
    grade: str
    drives: bool


@dataclass(frozen=True)
class Doubt:
    """Where the doubt about the main outcome lies: chance, and the parameters that were drawn.

    ``parameters``: the share of the variance between runs that the draws make, None where the runs are too few to
    tell. ``drivers`` largest share first.
    """

    draws: int
    drawn: int
    parameters: Stated | None
    drivers: tuple[DriverRow, ...]

    @property
    def driving(self) -> tuple[DriverRow, ...]:
        """The parameters that drive the answer."""
        return tuple(driver for driver in self.drivers if driver.drives)


def doubt_of(pair: Pair, found: Uncertainty | None) -> Doubt | None:
    """What was found of a pair's doubt, with the grades of the parameters; None where nothing was drawn."""
    if found is None:
        return None
    site = pair.scenario.scenario.site
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
    told = words("doubt.drivers", names=words.joined(named))
    assumed = [parameter_name(words, driver.key) for driver in doubt.driving if driver.grade == ASSUMED]
    return f"{told} {words('doubt.assumed', names=words.joined(assumed))}" if assumed else told
