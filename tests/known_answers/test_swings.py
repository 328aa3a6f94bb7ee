"""Swings of the background: mean, variance and memory of yearly counts are those of the closed form."""

from __future__ import annotations

import calendar as months_of
from typing import Any

import numpy as np
import pytest

from gvi_sim.dynamics.reference import pilot_scenario
from gvi_sim.dynamics.shipped import key_of
from tests.properties.twin import twin, twin_runner
from tests.properties.worlds import runner_of

from .statistics import Scores, holds, mean_z
from .worlds import many, off

SD, GROUP_SD, MEMORY, GROUP_MEMORY = 0.3, 0.5, 730.0, 200.0
SWINGS = (
    f"calendar.swing_sd={SD}", f"calendar.swing_memory_days={MEMORY}",
    f"calendar.group_swing_sd={GROUP_SD}", f"calendar.group_swing_memory_days={GROUP_MEMORY}",
)  # fmt: skip
YEARS = (2020, 2022)
GROUPS, LEVEL = 6, 60.0
MONTH = 30.4375


def _days(year: int) -> np.ndarray:
    return np.array([months_of.monthrange(year, month)[1] for month in range(1, 13)], float)


def _covariance(one: int, other: int, sd: float, memory: float, group_sd: float, group_memory: float) -> float:
    """Covariance of the clock's days in two calendar years."""
    apart = abs(np.arange(12)[:, None] + 12 * one - np.arange(12)[None, :] - 12 * other)
    log = sd**2 * 0.5 ** (apart * MONTH / memory) + group_sd**2 * 0.5 ** (apart * MONTH / group_memory)
    return float(_days(one) @ np.expm1(log) @ _days(other))


def test_yearly_counts_have_the_stated_mean_variance_and_memory() -> None:
    def measure(seed: int, size: int) -> Scores:
        seen = many(off("years=4", *SWINGS), seed, 2_000 * size, ("attacks",))
        attacks = seen.tables["attacks"]
        day = attacks["day"]
        counts = {}
        for year in YEARS:
            first = (np.datetime64(f"{year}-01-01") - np.datetime64("2020-01-01")).astype(int)
            inside = attacks[(day >= first) & (day < first + _days(year).sum())]
            counts[year] = np.zeros((seen.runs, GROUPS))
            np.add.at(counts[year], (inside["run"], inside["attacker_group"]), 1.0)
        a_day = LEVEL / 365.25 / GROUPS
        off_mean = {year: counts[year] - a_day * _days(year).sum() for year in YEARS}
        scores = {f"level of {year}": mean_z(off_mean[year].sum(axis=1), 0.0) for year in YEARS}
        for one, other, noise in ((2020, 2020, 1.0), (2020, 2022, 0.0)):
            own = a_day**2 * _covariance(one, other, SD, MEMORY, GROUP_SD, GROUP_MEMORY)
            shared = a_day**2 * _covariance(one, other, SD, MEMORY, 0.0, 1.0)
            within = noise * a_day * _days(one).sum() + own
            together = GROUPS * within + GROUPS * (GROUPS - 1) * shared
            of_group = (off_mean[one] * off_mean[other]).mean(axis=1)
            of_town = off_mean[one].sum(axis=1) * off_mean[other].sum(axis=1)
            scores[f"groups, {one} and {other}"] = mean_z(of_group, within)
            scores[f"town, {one} and {other}"] = mean_z(of_town, together)
        return scores

    holds(measure)


@pytest.mark.parametrize("change", ["burn_in_years=5", "years=8", "programme=gvi", "site.attacks_per_year=5"])
def test_what_a_site_shares_is_moved_by_nothing_else(change: str) -> None:
    def shared(*changes: str) -> Any:
        runner = runner_of(off(*SWINGS, *changes))
        runner.run(3, 0)
        return runner.world_at(3, 0, 10.0).swings[0]

    one, other = shared(), shared(change)
    months = min(len(one), len(other))
    assert months > 500 and (one[:months] == other[:months]).all()


def test_a_groups_swing_does_not_depend_on_how_it_is_asked_for() -> None:
    runner = twin_runner(off(*SWINGS, "years=1"))
    w, after = runner.world_at(5, 0, 0.0), twin("dynamics.swings")._after
    key, kept = w.groups[0].key, 0.9
    at_once = after(w, key, 0.0, -1, 97, 0.5, kept)
    for stop in (1, 2, 3, 4, 50):
        assert after(w, key, after(w, key, 0.0, -1, stop, 0.5, kept), stop - 1, 97 - stop, 0.5, kept) == at_once


def test_constants_are_those_without_swings() -> None:
    assert key_of(pilot_scenario(off(*SWINGS))) == key_of(pilot_scenario(off()))
