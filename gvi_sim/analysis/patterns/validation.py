"""Twelve weak patterns that a simulation of this violence should show, each read off runs: pass or fail.

No single pattern says much; a model, or a draw of an ensemble, is kept when it shows at least three quarters of those
that count (pattern-oriented modelling, Grimm et al. 2005). A pattern that only gives back what was entered (the level,
deaths, n, delays, the season) checks the code and says nothing of the world: it does not count unless it fails.
Patterns are read off business as usual, the last one
off the comparison with the programme. A pattern that these runs cannot show (too short, no season entered, no
programme) is neither passed nor failed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...units import DAYS_PER_YEAR
from ...world.codes import RETALIATION, SPREAD
from ...world.tables import SHOOTINGS
from ..estimand import Arms, Sums, measure
from ..estimand.counting import (
    erratic_locally,
    expected_offspring,
    mean_cascade,
    median_delay,
    near_repeats,
    peak_month,
    persons_per_shooting,
    years_below,
)
from ..estimand.unevenness import top_share_of_groups
from ..measures.yearly import yearly

if TYPE_CHECKING:
    from ...config import Scenario
    from ...simulate import Runs

PASSES, FAILS, ENTERED, UNKNOWN = "passes", "fails", "entered", "not known"
ENOUGH = 0.75
"""Share of the patterns that count which a model must show to be kept."""
FEWEST = 3
"""So many must pass however few count: what shows nothing is not kept for it."""
ALL_HIT = 0.99


class Check(NamedTuple):
    """A number read off the runs and the range that it should lie in."""

    value: float
    low: float
    high: float

    @property
    def passes(self) -> bool:
        """Whether it lies in the range; NaN does not."""
        return self.low <= self.value <= self.high


class Pattern(NamedTuple):
    """One weak pattern: its number in the validation plan, its key in tables of words, sources, reading.

    ``read`` gives checks that must all pass, or a reason why these runs cannot show it; ``returns``: passing, it only
    gives back what was entered.
    """

    number: int
    key: str
    sources: tuple[str, ...]
    read: Callable[[Arms], tuple[Check, ...] | str]
    returns: bool = False


class PatternFound(NamedTuple):
    """A pattern as these runs show it: ``checks`` is empty and ``reason`` says why when it is not known."""

    number: int
    key: str
    sources: tuple[str, ...]
    verdict: str
    checks: tuple[Check, ...]
    reason: str = ""


class Patterns(NamedTuple):
    """All twelve patterns of a scenario or an ensemble."""

    found: tuple[PatternFound, ...]

    @property
    def passed(self) -> int:
        """How many pass, of those that count."""
        return sum(found.verdict == PASSES for found in self.found)

    @property
    def known(self) -> int:
        """How many count: these runs could show them, and they are no entered number that came back."""
        return sum(found.verdict in (PASSES, FAILS) for found in self.found)

    @property
    def asked(self) -> int:
        """How many must pass for the model to be kept."""
        return max(math.ceil(ENOUGH * self.known), FEWEST)

    @property
    def keeps(self) -> bool:
        """Whether enough pass for the model to be kept."""
        return self.passed >= self.asked

    def verdict(self, key: str) -> str:
        """The verdict on one pattern."""
        return next(found.verdict for found in self.found if found.key == key)


def patterns(usual: Runs, with_programme: Runs | None = None) -> Patterns:
    """The twelve patterns of business as usual, and of the programme's effect where there is one.

    ``usual`` needs the table ``attacks``. ``with_programme`` are runs of the same seed and replicates.
    """
    arms: dict[str, Runs] = {"usual": usual}
    if with_programme is not None:
        arms["gvi"] = with_programme
    return Patterns(tuple(_found(pattern, arms) for pattern in PATTERNS))


def _found(pattern: Pattern, arms: Arms) -> PatternFound:
    read = pattern.read(arms)
    head = (pattern.number, pattern.key, pattern.sources)
    if isinstance(read, str):
        return PatternFound(*head, UNKNOWN, (), read)
    if any(np.isnan(check.value) for check in read):
        return PatternFound(*head, UNKNOWN, (), "none")
    passes = ENTERED if pattern.returns else PASSES
    return PatternFound(*head, passes if all(check.passes for check in read) else FAILS, read)


# --- the patterns ----------------------------------------------------------------------------------------


def _number(sums: Sums) -> float:
    return measure(sums).value


def _years(arms: Arms) -> float:
    first, last = arms["usual"].window
    return (last - first) / DAYS_PER_YEAR


def _sites(arms: Arms) -> tuple[Scenario, ...]:
    return arms["usual"].scenario.each_site()


def _level(arms: Arms) -> tuple[Check, ...] | str:
    """The stated number of shootings lies within nine tenths of simulated years."""
    if _years(arms) < 1:
        return "short"
    stated = math.fsum(s.site.attacks_per_year * (1 - s.attacks.detonation_share) for s in _sites(arms))
    whole = yearly(arms["usual"])[:, : int(_years(arms)), SHOOTINGS]
    low, high = np.quantile(whole, (0.05, 0.95))
    return (Check(stated, float(low), float(high)),)


def _deaths(arms: Arms) -> tuple[Check, ...]:
    """Deaths per shooting 0.13 to 0.16 in Sweden, 0.20 to 0.24 where only shootings with a victim count."""
    value = _number(persons_per_shooting(arms, arm="usual"))
    only_hit = all(site.harm.p_hit > ALL_HIT for site in _sites(arms))
    return (Check(value, 0.16, 0.28) if only_hit else Check(value, 0.09, 0.20),)


def _erratic(arms: Arms) -> tuple[Check, ...] | str:
    """Steady as a whole, erratic locally: variation of single groups over that of the whole."""
    if _years(arms) < 3:
        return "short"
    return (Check(_number(erratic_locally(arms, arm="usual")), 2.0, np.inf),)


def _near(arms: Arms) -> tuple[Check, ...]:
    """Pairs of shootings within 14 days of one group, over those of dates dealt at random."""
    found = measure(near_repeats(arms, arm="usual", days=14, parts=sum(s.site.groups for s in _sites(arms))))
    return (Check(found.value, 1.2, np.inf), Check(found.interval[0], 1.0, np.inf))


def _cascades(arms: Arms) -> tuple[Check, ...]:
    """Mean cascade of 1.3 to 3, as Chicago's 2.7, with some that are five times as large."""
    mean = _number(mean_cascade(arms, arm="usual"))
    largest = float(arms["usual"].outcomes["largest_cascade"].max())
    return (Check(mean, 1.3, 3.0), Check(largest / mean if mean > 0 else np.nan, 5.0, np.inf))


def _offspring(arms: Arms) -> tuple[Check, ...]:
    """n inside what is published and not at its edge."""
    return (Check(_number(expected_offspring(arms, arm="usual")), 0.06, 0.62),)


def _kernels(arms: Arms) -> tuple[Check, ...] | str:
    """Two time scales: about two weeks for answers, about three months along the network."""
    fast = _number(median_delay(arms, arm="usual", cause=RETALIATION))
    slow = _number(median_delay(arms, arm="usual", cause=SPREAD))
    return (Check(fast, 3.0, 14.0), Check(slow, 55.0, 125.0))


def _persons(arms: Arms) -> tuple[Check, ...]:
    """Gini coefficient of attacks over members."""
    values = arms["usual"].outcomes["gini_persons"].to_numpy(float)
    return (Check(float(np.nanmean(values)) if np.isfinite(values).any() else np.nan, 0.8, 1.0),)


def _season(arms: Arms) -> tuple[Check, ...] | str:
    """The month with most shootings lies in June to October."""
    if not any(site.calendar.season for site in _sites(arms)):
        return "no_season"
    if _years(arms) < 1:
        return "short"
    return (Check(_number(peak_month(arms, arm="usual")), 6, 10),)


def _groups(arms: Arms) -> tuple[Check, ...] | str:
    """The most active fifth of groups makes at least three fifths of attacks."""
    if sum(site.site.groups for site in _sites(arms)) < 10:
        return "few_groups"
    return (Check(_number(top_share_of_groups(arms, arm="usual", share=0.2)), 0.6, 1.0),)


def _fall(arms: Arms) -> tuple[Check, ...] | str:
    """A fall by two fifths, as in Malmö, comes without any programme in at least one run of twenty."""
    years = _years(arms)
    if years < 4:
        return "short"
    first = arms["usual"].window[0] / DAYS_PER_YEAR
    before, after = (first, first + 2), (first + years - 2, first + years)
    return (Check(_number(years_below(arms, arm="usual", before=before, after=after, at_most=0.6)), 0.05, 1.0),)


def _effect(arms: Arms) -> tuple[Check, ...] | str:
    """Shootings with the programme over those without it, in its first whole year or the window."""
    if "gvi" not in arms or not any(site.programme_runs()[0] for site in arms["gvi"].scenario.each_site()):
        return "no_programme"
    months = [yearly(arms[arm])[..., SHOOTINGS] for arm in ("usual", "gvi")]
    year = 1 if months[0].shape[1] > 1 and _begins_late(arms) else 0
    usual, gvi = (float(of_arm[:, year].mean()) for of_arm in months)
    return (Check(gvi / usual if usual > 0 else np.nan, 0.65, 1.05),)


def _begins_late(arms: Arms) -> bool:
    scenario, window = arms["gvi"].scenario, arms["gvi"].window
    starts = [
        (site.programme.start_date - scenario.start_date).days
        for site in scenario.each_site()
        if site.programme_runs()[0]
    ]
    return min(starts) > window[0] + 30


PATTERNS: tuple[Pattern, ...] = (
    Pattern(1, "level", ("S01", "SE-01", "data-philadelphia", "data-boston"), _level, returns=True),
    Pattern(2, "deaths", ("V04", "data-philadelphia", "data-boston"), _deaths, returns=True),
    Pattern(3, "erratic", ("SE-25", "S12"), _erratic),
    Pattern(4, "near_repeats", ("N01", "N08"), _near),
    Pattern(5, "cascades", ("H05", "H07"), _cascades),
    Pattern(6, "offspring", ("H10", "H17", "H01"), _offspring, returns=True),
    Pattern(7, "delays", ("H02", "H04", "N01", "H19"), _kernels, returns=True),
    Pattern(8, "persons", ("G23", "G27"), _persons),
    Pattern(9, "season", ("S13", "data-philadelphia", "data-boston"), _season, returns=True),
    Pattern(10, "groups", ("G25", "G26"), _groups),
    Pattern(11, "fall", ("SE-06",), _fall),
    Pattern(12, "effect", ("EF-05", "EF-17", "EF-18"), _effect),
)
