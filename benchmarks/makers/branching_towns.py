"""Towns made without the engine: a branching process in plain numpy, as records that the calibration has not seen made.

A bank that is checked on its own simulator's records checks the inference, not the model. These towns share no code
with the engine and keep time, groups and delays in a way of their own: the log of the level is an AR(1) series by
month, background attacks are Poisson within a month, every attack sets off a Poisson number of others with mean n.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

BURN_IN, DAYS_A_MONTH, MONTHS_A_YEAR = 6, 30.4375, 12
FAST_DAYS, SLOW_DAYS = 10.0, 125.0


class Town(NamedTuple):
    """What is true of a town: attacks a year, offspring of an attack and their split, swings, shocks, trend.

    ``swing_memory_days`` is the half-life of a swing; ``trend`` the change of the log level a year, 0 in the middle.
    """

    attacks_per_year: float
    n: float
    fast_share: float = 0.6
    repeat_share: float = 0.4
    activity_sd: float = 0.6
    shock_sd: float = 0.0
    swing_sd: float = 0.0
    swing_memory_days: float = 506.0
    trend: float = 0.0


def record(
    town: Town,
    *,
    years: float,
    groups: int,
    areas: int,
    units: int,
    seed: int,
    season: tuple[float, ...] = (1.0,),
) -> np.ndarray:
    """Attacks by week and area [units, areas] of one town with ``groups`` groups, recorded for ``years``.

    ``season``: a factor on the background by month of the year, from the first month of the record on.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    day, attacker, target = _background(town, years, groups, np.array(season), rng)
    days, targets = [day], [target]
    while len(day):
        day, attacker, target = _offspring(town, day, attacker, target, groups, rng)
        days.append(day)
        targets.append(target)
    week, home = np.floor(np.concatenate(days) / 7).astype(int), np.concatenate(targets) % areas
    seen = (week >= 0) & (week < units)
    return np.bincount(week[seen] * areas + home[seen], minlength=units * areas).reshape(units, areas)


def _background(
    town: Town, years: float, groups: int, season: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    months = int((BURN_IN + years) * MONTHS_A_YEAR) + 1
    phi = 2.0 ** (-DAYS_A_MONTH / town.swing_memory_days)
    swing, at = np.empty(months), rng.normal()
    for month in range(months):
        swing[month] = town.swing_sd * at - town.swing_sd**2 / 2
        at = phi * at + np.sqrt(1.0 - phi**2) * rng.normal()
    shock = rng.normal(-(town.shock_sd**2) / 2, town.shock_sd, months) if town.shock_sd else np.zeros(months)
    middle = (np.arange(months) + 0.5) / MONTHS_A_YEAR - BURN_IN
    trend = town.trend * (np.maximum(middle, 0.0) - years / 2)
    level = town.attacks_per_year * (1.0 - town.n) / MONTHS_A_YEAR * np.exp(swing + shock + trend)
    level *= np.resize(season, months)
    count = rng.poisson(level)
    start = np.repeat(middle - 0.5 / MONTHS_A_YEAR, count) * MONTHS_A_YEAR * DAYS_A_MONTH
    day = start + rng.uniform(0.0, DAYS_A_MONTH, len(start))
    weight = np.exp(rng.normal(0.0, town.activity_sd, groups))
    attacker = rng.choice(groups, len(day), p=weight / weight.sum())
    return day, attacker, _other(attacker, groups, rng)


def _offspring(
    town: Town, day: np.ndarray, attacker: np.ndarray, target: np.ndarray, groups: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What these attacks set off: an answer by the attacked, a repeat by the attacker, or one by anybody later."""
    parent = np.repeat(np.arange(len(day)), rng.poisson(town.n, len(day)))
    fast = rng.uniform(size=len(parent)) < town.fast_share
    again = rng.uniform(size=len(parent)) < town.repeat_share
    later = day[parent] + rng.exponential(np.where(fast, FAST_DAYS, SLOW_DAYS))
    somebody = rng.integers(0, groups, len(parent))
    by = np.where(fast, np.where(again, attacker[parent], target[parent]), somebody)
    on = np.where(again, target[parent], attacker[parent])
    return later, by, np.where(fast, on, _other(somebody, groups, rng))


def _other(group: np.ndarray, groups: int, rng: np.random.Generator) -> np.ndarray:
    """Another group than each of these, any of them alike."""
    return np.asarray((group + rng.integers(1, max(groups, 2), len(group))) % groups)
