"""The calendar table: one row a day of dated factors, and the prior mean that follows clearance."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from ..config import Scenario
from ..units import DAYS_PER_YEAR
from . import codes as C
from .columns import Array
from .kernel_parameters import fatal_share, fatal_share_of_hits, hit_share, kernel_day

SERIES_COLUMNS = {
    "justice.clearance": C.CAL_CLEARANCE, "harm.p_death_given_hit": C.CAL_LETHALITY,
    "attacks.detonation_share": C.CAL_DETONATION, "attacks.contracted_share": C.CAL_CONTRACTED,
    "attacks.civilian_share": C.CAL_CIVILIAN, "justice.attribution": C.CAL_ATTRIBUTION,
}  # fmt: skip
"""Where the dated factors of a key stand in the calendar table."""
SWING_YEARS = 40
"""Swings are begun so long before a scenario's start date that no burn-in reaches there."""


def factor_by_day(series: tuple[tuple[dt.date, float], ...], first: dt.date, days: int) -> Array:
    """Step function of a dated series: each value holds from its date, the first one also before it."""
    factors = np.ones(days)
    for number, (date, factor) in enumerate(sorted(series)):
        start = 0 if number == 0 else max((date - first).days, 0)
        factors[start:] = factor
    return factors


def month_starts(start_date: dt.date, first_day: float, last_day: float) -> tuple[int, Array]:
    """Calendar months from a January ``SWING_YEARS`` before the start date (or the year of ``first_day``, if earlier)
    until after ``last_day``: the first one's number, counted from year 0, and the first day of each.
    """
    year = min(start_date.year - SWING_YEARS, (start_date + dt.timedelta(days=math.floor(first_day))).year)
    end = start_date + dt.timedelta(days=math.ceil(last_day))
    months = 12 * (end.year - year) + end.month + 1
    stamps = (np.datetime64(f"{year:04}-01") + np.arange(months)).astype("datetime64[D]")
    return 12 * year, (stamps - np.datetime64(start_date)).astype(np.float64)


def _months(first: dt.date, days: int) -> Array:
    stamps = np.datetime64(first) + np.arange(days).astype("timedelta64[D]")
    months: Array = stamps.astype("datetime64[M]").astype(np.int64) % 12
    return months


def share_known_within(scenario: Scenario, patience_days: float) -> float:
    """P(delay to arrest <= patience) of the delay mixture."""
    d = scenario.justice.delay
    known = d.first_share * min(patience_days / d.first_days, 1.0)
    if patience_days > d.first_days:
        reach = math.log(min(patience_days, d.middle_days) / d.first_days) / math.log(d.middle_days / d.first_days)
        known += d.middle_share * reach
    if patience_days > d.middle_days:
        late = 1.0 - d.first_share - d.middle_share
        known += late * -math.expm1(-(patience_days - d.middle_days) / d.late_mean_days)
    return known


def _clearance(scenario: Scenario, hit: float, fatal: float) -> float:
    j = scenario.justice
    return fatal * j.clearance_fatal + (hit - fatal) * j.clearance_hit + (1.0 - hit) * j.clearance_no_hit


def mean_clearance(scenario: Scenario) -> float:
    """Clearance of an average attack at reference: fatal, somebody hit, nobody hit; detonations times their factor."""
    blasts, hit = scenario.attacks.detonation_share, scenario.harm.p_hit_detonation
    blast = _clearance(scenario, hit, hit * fatal_share_of_hits(scenario))
    more = blasts * (scenario.justice.clearance_factor_detonation - 1.0) * blast
    return _clearance(scenario, hit_share(scenario), fatal_share(scenario)) + more


def _followed(target: Array, half_life_days: float) -> Array:
    """What people believe about a moving target: exponential approach, day by day; infinite = never moves."""
    followed = np.empty_like(target)
    kept = 1.0 if math.isinf(half_life_days) else 0.5 ** (1.0 / half_life_days)
    value = target[0]
    for day, aim in enumerate(target):
        followed[day] = value
        value = aim + (value - aim) * kept
    return followed


def calendar_table(scenario: Scenario, first_day: float, last_day: float) -> Array:
    """Factors by day [days, 8] from ``first_day`` on; one row when nothing is dated."""
    c = scenario.calendar
    dated = bool(c.trend or c.season or c.series)
    days = int(math.ceil(last_day - first_day)) + 1 if dated else 1
    first = scenario.start_date + dt.timedelta(days=int(first_day))
    table = np.ones((days, C.CALENDAR_COLUMNS))
    table[:, C.CAL_LEVEL] = factor_by_day(c.trend, first, days)
    if c.season:
        table[:, C.CAL_LEVEL] *= np.asarray(c.season)[_months(first, days)]
    for key, rows in c.series.items():
        table[:, SERIES_COLUMNS[key]] = factor_by_day(rows, first, days)
    certain = mean_clearance(scenario) * share_known_within(scenario, scenario.belief.patience_days)
    target = np.minimum(certain * table[:, C.CAL_CLEARANCE], 1.0)
    table[:, C.CAL_BELIEF] = _followed(target, scenario.belief.public_half_life_days)
    return table


SHOCK = np.dtype(
    [
        ("site", "i8"), ("number", "i8"), ("start", "f8"), ("days", "f8"), ("threshold", "f8"), ("by_lot", "f8"),
        ("detained_days", "f8"),
    ],
    align=True,
)  # fmt: skip


def shock_rows(scenario: Scenario, site: int) -> Array:
    """Named shocks of a site as rows for the kernel; the share is taken from the top of the propensities."""
    from scipy.special import ndtri  # scipy costs a third of a second to import, and shocks are rare

    rows = np.zeros(len(scenario.calendar.shocks), dtype=SHOCK)
    sd = scenario.membership.propensity_sd
    for number, (row, shock) in enumerate(zip(rows, scenario.calendar.shocks, strict=True)):
        row["site"], row["number"] = site, number
        row["start"] = kernel_day(scenario, shock.start)
        row["days"] = max(kernel_day(scenario, shock.end) - row["start"], 0.0)
        by_lot = sd == 0.0 or shock.share >= 1.0
        row["by_lot"] = shock.share if by_lot else 0.0
        row["threshold"] = math.inf
        if not by_lot and shock.share > 0.0:
            row["threshold"] = math.exp(sd * float(ndtri(1.0 - shock.share)) - 0.5 * sd * sd)
        row["detained_days"] = shock.years * DAYS_PER_YEAR
    return rows
