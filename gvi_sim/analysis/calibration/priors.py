"""What is free in a calibration, and what is believed of it before the data: the registry's ranges.

A point is drawn as coordinates: the scenario's own keys, save that the three kappas are n (offspring of an
attack), the share of it that is fast (retaliation and repeats) and the share of that which repeats, and that
``trend_per_year`` (change of the log background a year) stands for a table, `calendar.trend`. What n is of the fast
kind alone (``n_fast``) is no coordinate: it is told beside them, since slow offspring and slow swings look alike.

n is uniform from 0 to 0.65. That is a choice, not a published figure: measured shares run from 0.13 (H10) to 0.63
(H01) and mean different things, and 0 has to be possible for the data to speak against retaliation at all. The
split follows the registry's ranges of the kappas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, inf, log
from typing import TypeVar

import numpy as np

from ...config import Scenario
from ...errors import ScenarioError, nearest_hint
from ...evidence import DEFAULT_PLACE, find
from ...kernel.draws import child_keys, name_key
from ...units import DAYS_PER_YEAR

KAPPAS = ("attacks.kappa_retaliation", "attacks.kappa_repeat", "attacks.kappa_spread")
N, FAST, REPEAT, N_FAST = "n", "fast_share", "repeat_share", "n_fast"
TREND = "trend_per_year"
LEVEL = "site.attacks_per_year"
SHOCK = "calendar.shared_shock_sd"
SWING, MEMORY = "calendar.swing_sd", "calendar.swing_memory_days"
SWINGS = (SWING, MEMORY)
CORE = (LEVEL, N, FAST, REPEAT, "site.activity_sd", SHOCK, *SWINGS, TREND)
WITHDRAWAL = "gates.withdrawal"
_CHAINS = (N, FAST, REPEAT)
FREE_IN = {
    "as_known": CORE,
    "retaliation": tuple(name for name in CORE if name not in (SHOCK, *SWINGS)),
    "shared_shocks": tuple(name for name in CORE if name not in _CHAINS),
    "withdrawal": (*(name for name in CORE if name != SHOCK), WITHDRAWAL),
}
"""What is free under each structure of conf/structure: what it holds to be on."""
HARM = ("harm.p_hit", "harm.p_death_given_hit")
MOST_N = 0.65
MOST_TREND, MOST_CHANGE = 0.55, log(4.0)
"""The steepest trend a year (a fall to 0.3 in three years is 0.4), and the most between the middle and an end."""
LEVEL_WIDTH = 2.5
"""The level's prior is loguniform within this factor of the level of the record itself (see ``calibrate``)."""
QUARTER_DAYS = DAYS_PER_YEAR / 4
OUTER = 0.025
"""Share of a prior at each of its ends that a posterior should keep out of."""
_LEAST = 1e-6
_UNIT_53 = 2.0**-53
_Value = TypeVar("_Value", float, np.ndarray)


@dataclass(frozen=True, slots=True)
class Prior:
    """Independent priors: names and, for each, its quantile function."""

    names: tuple[str, ...]
    quantiles: tuple[Callable[[float], float], ...]

    def draw(self, count: int, seed: int) -> np.ndarray:
        """``count`` points [count, names]: a Sobol sequence moved by a keyed shift, so spread evenly."""
        uniform = _spread_uniforms(count, len(self.names), seed)
        columns = [[q(u) for u in uniform[:, k].tolist()] for k, q in enumerate(self.quantiles)]
        return np.array(columns).T

    def ends(self, name: str) -> tuple[float, float]:
        """Where the outer 2.5 % of a coordinate's prior begin; infinite on a side beyond which nothing can lie."""
        quantile = self.quantiles[self.names.index(name)]
        begins_at_nothing = 0.0 <= quantile(_LEAST) < 10.0 * _LEAST * quantile(0.5)
        return -inf if begins_at_nothing else quantile(OUTER), quantile(1.0 - OUTER)


def _spread_uniforms(count: int, width: int, seed: int) -> np.ndarray:
    from scipy.stats import qmc

    power = max(int(np.ceil(np.log2(max(count, 2)))), 1)
    points = qmc.Sobol(width, scramble=False).random_base2(power)[:count]
    keys = child_keys(name_key(f"calibration prior {seed}"), 1, width)
    shift = (keys >> np.uint64(11)).astype(float) * _UNIT_53
    return np.asarray(np.clip((points + shift) % 1.0, 1e-9, 1 - 1e-9))


def prior_of(scenario: Scenario, free: Iterable[str], level: tuple[float, float], years: float) -> Prior:
    """The prior of the coordinates in ``free``; ``level`` bounds attacks a year, ``years`` is the record's length.

    ScenarioError for a key without a range in the registry.
    """
    names = tuple(dict.fromkeys(free))
    return Prior(names, tuple(_quantile(name, scenario, level, years) for name in names))


def _quantile(name: str, scenario: Scenario, level: tuple[float, float], years: float) -> Callable[[float], float]:
    if name == LEVEL:
        return _loguniform(*level)
    if name == N:
        return _uniform(0.0, MOST_N)
    if name in (FAST, REPEAT):
        low, high = _share_range(name, scenario)
        return _uniform(low, high)
    if name == TREND:
        most = min(steepest(years), log(scenario.calendar.cap / peak(scenario)) / (years / 2))
        return _uniform(-most, most)
    entry = find(name, scenario.site.key, scenario.site.country) if "." in name else None
    if entry is None or entry.low is None or entry.high is None:
        raise ScenarioError("no-prior/name", key=name, hint=nearest_hint(name, CORE + HARM))
    if entry.distribution == "fixed":  # ensembles do not draw it; its range is information, and here a prior
        return _uniform(entry.low, entry.high)
    return entry.quantile


def steepest(years: float) -> float:
    """The steepest trend a year, up or down, that is looked for in a record of ``years``."""
    return min(MOST_TREND, MOST_CHANGE / (years / 2))


def peak(scenario: Scenario) -> float:
    """The highest that the scenario's own season times its dated trend can be."""
    trend = max((float(factor) for _, factor in scenario.calendar.trend), default=1.0)
    return trend * max(scenario.calendar.season, default=1.0)


def room_for(scenario: Scenario) -> float:
    """The calendar's cap: room for trend times season times shared shock. Higher costs time and changes nothing."""
    return max(3.0, 1.15 * peak(scenario) * exp(steepest(scenario.years) * scenario.years / 2))


def _uniform(low: float, high: float) -> Callable[[float], float]:
    return lambda u: low + (high - low) * u


def _loguniform(low: float, high: float) -> Callable[[float], float]:
    return lambda u: exp(log(low) + (log(high) - log(low)) * u)


def _share_range(name: str, scenario: Scenario) -> tuple[float, float]:
    """Range of the share of n that is fast, or of that which repeats, over the corners of the kappas' ranges."""
    ranges = [_range(key, scenario) for key in KAPPAS]
    (a, b), (c, d), (e, f) = ranges
    if name == FAST:
        return (a + c) / (a + c + f), (b + d) / (b + d + e)
    return c / (c + b), d / (d + a)


def _range(key: str, scenario: Scenario) -> tuple[float, float]:
    entry = find(key, scenario.site.key, scenario.site.country) or find(key, DEFAULT_PLACE)
    if entry is None or entry.low is None or entry.high is None:
        raise ScenarioError("no-prior", key=key)
    return entry.low, entry.high


def overrides_of(point: dict[str, float], base: Scenario) -> dict[str, object]:
    """The scenario overrides of one point of coordinates."""
    found: dict[str, object] = {key: value for key, value in point.items() if "." in key}
    if N in point:
        found |= dict(zip(KAPPAS, kappas(point[N], point[FAST], point[REPEAT]), strict=True))
    if TREND in point:
        found["calendar.trend"] = trend_rows(base, point[TREND])
    return found


def kappas(n: _Value, fast: _Value, repeat: _Value) -> tuple[_Value, _Value, _Value]:
    """Retaliation, repeat and spread of n and its shares, numbers or columns of them."""
    return n * fast * (1.0 - repeat), n * fast * repeat, n * (1.0 - fast)


def trend_rows(base: Scenario, slope: float) -> list[list[object]]:
    """The scenario's own dated trend times exp(slope * years from the middle), in steps of a quarter."""
    days = base.years * DAYS_PER_YEAR
    rows: list[list[object]] = []
    for step in range(int(days // QUARTER_DAYS) + 1):
        away = (min((step + 0.5) * QUARTER_DAYS, days) - days / 2) / DAYS_PER_YEAR
        when = base.start_date + timedelta(days=round(step * QUARTER_DAYS))
        rows.append([when, _factor(base, when) * exp(slope * away)])
    return rows


def _factor(base: Scenario, when: date) -> float:
    rows = base.calendar.trend
    past = [factor for day, factor in rows if day <= when]
    return float(past[-1] if past else rows[0][1]) if rows else 1.0
