"""GVI against business as usual, paired: what a rough prototype showed, in kind.

Twelve groups of 21, 20 attacks a year, n = 0.45, clearance 0.2, four of twelve groups listed, six years.
Levels of certainty 0, 0.5 and 1, exit offers and the norm off.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from gvi_sim import Scenario, load_scenario

from .statistics import Scores, holds, mean_z
from .worlds import YEAR, Many, many

START = "2020-01-01"
CITY = (
    "site=huddinge", "calendar=flat", "years=6", f"start_date={START}", f"programme.start_date={START}",
    "site.groups=12", "site.members=252", "site.size_sd=0", "site.activity_sd=0", "site.attacks_per_year=20",
    "site.rivals_mean=3.6", "site.allies_mean=1",
    "attacks.kappa_retaliation=0.2", "attacks.kappa_repeat=0.1", "attacks.kappa_spread=0.15",
    "attacks.outsider_share=0", "attacks.contracted_share=0", "attacks.detonation_share=0",
    "justice.clearance_fatal=0.2", "justice.clearance_hit=0.2", "justice.clearance_no_hit=0.2",
    "gates.deterrence_strength=3", "gates.norm_strength=0", "gates.pressure_strength=0.3", "gates.knee=0.3",
    "exit.offer_rate=0", "programme.coverage=0.3333", "programme.sanction.capacity=4",
    "programme.call_in.every_days=90", "belief.message_reach=0.6", "belief.vicarious=0.3",
    "justice.attribution=0.9", "justice.attribution_error=0.02",
    *(f"partners.{p}.commitment=1" for p in ("police", "municipality", "probation", "community")),
    *(f"partners.{p}.erosion_per_year=0" for p in ("police", "municipality", "probation", "community")),
)  # fmt: skip


def city(certainty: float | None) -> Scenario:
    programme = "none" if certainty is None else "gvi"
    dose = () if certainty is None else (f"programme.sanction_certainty={certainty}",)
    return load_scenario(*CITY, f"programme={programme}", *dose)


@cache
def run(certainty: float | None, seed: int, size: int) -> Many:
    return many(city(certainty), seed, 200 * size, ("attacks", "candidates", "groups"))


def by_list(seen: Many, listed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Attacks by run made by the groups first listed, and by the others."""
    counts = seen.tables["groups"]["attacks"].reshape(seen.runs, 12)
    return (counts * listed).sum(axis=1), (counts * ~listed).sum(axis=1)


def first_listed(seen: Many) -> np.ndarray:
    day = seen.tables["groups"]["first_listed_day"].reshape(seen.runs, 12)
    return np.nan_to_num(day, nan=np.inf) <= 0.0


def by_year(seen: Many) -> np.ndarray:
    attacks = seen.tables["attacks"]
    year = np.minimum((attacks["day"] / YEAR).astype(int), 5)
    return np.bincount(attacks["run"] * 6 + year, minlength=seen.runs * 6).reshape(seen.runs, 6)


def at_least(values: np.ndarray) -> float:
    """z below which a positive mean would be missing; 0 when the mean is positive beyond chance."""
    return max(0.0, 8.84 - mean_z(values, 0.0))


@pytest.mark.slow
def test_certainty_lowers_violence_most_where_it_is_promised() -> None:
    def measure(seed: int, size: int) -> Scores:
        base = run(None, seed, size)
        listed = first_listed(run(1.0, seed, size))
        assert np.all(listed.sum(axis=1) == 4)
        saved = {}
        for certainty in (0.0, 0.5, 1.0):
            arms = by_list(base, listed), by_list(run(certainty, seed, size), listed)
            saved[certainty] = [b - s for b, s in zip(*arms, strict=True)]
        own, others = saved[1.0]
        return {
            "listed, certainty 1 against 0": at_least(own - saved[0.0][0]),
            "listed, certainty 0.5 against 0": at_least(saved[0.5][0] - saved[0.0][0]),
            "listed, certainty 1 against 0.5": at_least(own - saved[0.5][0]),
            "others, certainty 1": at_least(others),
            "others, certainty 1 against 0": at_least(others - saved[0.0][1]),
            # Four listed groups against eight others: by group, the listed gain more.
            "by group": at_least(own / 4.0 - others / 8.0),
        }

    holds(measure)


def test_broken_promises_fade_and_kept_ones_last() -> None:
    def measure(seed: int, size: int) -> Scores:
        base, none, certain = (by_year(run(c, seed, size)) for c in (None, 0.0, 1.0))
        early, late = slice(0, 2), slice(4, 6)
        idle = (base - none)[:, early].sum(axis=1) - (base - none)[:, late].sum(axis=1)
        kept = (base - certain)[:, early].sum(axis=1) - (base - certain)[:, late].sum(axis=1)
        return {
            "fading": at_least(idle - kept),
            "certainty 1 in the last years": at_least((base - certain)[:, late].sum(axis=1)),
        }

    holds(measure)


def keys(rows: np.ndarray) -> set[tuple[int, int]]:
    return set(zip(rows["run"].tolist(), rows["candidate"].tolist(), strict=True))


@pytest.mark.slow
def test_about_half_of_what_is_averted_is_downstream_and_little_is_created() -> None:
    """An averted attack is downstream when its candidate never came to be, for want of its parent."""
    base = keys(run(None, 3, 1).tables["attacks"])
    for certainty in (0.0, 0.5, 1.0):
        other = run(certainty, 3, 1).tables
        attacks = keys(other["attacks"])
        averted = base - attacks
        downstream = len(averted - keys(other["candidates"])) / len(averted)
        assert 0.3 < downstream < 0.6
        assert len(attacks - base) < 0.1 * len(averted)


def test_pairing_takes_noise_away() -> None:
    base, scenario = run(None, 3, 1).outcome("attacks"), run(0.5, 3, 1).outcome("attacks")
    paired, apart = np.var(base - scenario), np.var(base) + np.var(scenario)
    assert paired < 0.75 * apart


def test_business_as_usual_is_the_stated_level() -> None:
    holds(lambda seed, size: {"level": mean_z(run(None, seed, size).outcome("attacks"), 120.0)})
