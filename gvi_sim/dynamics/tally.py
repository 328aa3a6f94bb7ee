"""Counting as the run goes: monthly counts, person-days and felt violence.

Days in support and under sanction are integrals of occupancy: whenever an occupancy is about to change, and at
every month's end, the time since the last change times the occupancy is added (``accrue``). Days detained and
on the waiting list are added spell by spell when it ends (``add_days``), which may be noticed late: they are
counted in steps of 2^-30 day, so that the sum does not depend on the order. Exposure is the number of attacks
remembered with a one-year memory, x(t) = sum exp(-(t - t_i) / 365.25), per 10,000 inhabitants; its monthly mean
is exact.
"""

from __future__ import annotations

import math

from ..kernel.compiler import i64, inline, kernel
from ..kernel.elementary import exp
from ..units import DAYS_PER_MONTH
from ..world import tables as T

_MEMORY_DAYS = 365.25
_STEPS_A_DAY = 2.0**30


@inline
def count(w, site, column, amount):
    """Add to the present month, if the window has begun."""
    month = w.state[0].month
    if month >= 0:
        w.tally[site, month, column] += amount


@inline
def window_month(w, t):
    """The month of the window in which day ``t`` lies, and months later: a row of the tally."""
    month = i64(math.floor(t / DAYS_PER_MONTH))
    while w.tally_days[month] > t:
        month -= 1
    while w.tally_days[month + 1] <= t:
        month += 1
    return month


@inline
def days_in(w, month):
    """How many days month ``month`` of the window has."""
    return w.tally_days[month + 1] - w.tally_days[month]


@inline
def count_on(w, site, t, column):
    """Count one in the month of day ``t``, which may lie behind."""
    if t >= 0.0:
        w.tally[site, window_month(w, t), column] += 1.0


@kernel
def add_days(w, site, column, start, end):
    """Add the days from ``start`` to ``end``, both behind, to the months they fall in."""
    start = start if start > 0.0 else 0.0
    while start < end:
        month = window_month(w, start)
        stop = w.tally_days[month + 1]
        stop = stop if stop < end else end
        w.tally[site, month, column] += math.floor((stop - start) * _STEPS_A_DAY + 0.5) / _STEPS_A_DAY
        start = stop


@kernel
def accrue(w, site, t):
    """Bring the site's integrals up to ``t``. Must be called before an occupancy changes."""
    s = w.sites[site]
    days = t - s.accrued
    if days <= 0.0:
        return
    s.accrued = t
    kept = exp(-days / _MEMORY_DAYS) if s.exposure > 0.0 else 1.0
    month = w.state[0].month
    if month >= 0:
        w.tally[site, month, T.SUPPORT_DAYS] += s.in_support * days
        w.tally[site, month, T.SANCTION_DAYS] += s.running * days
        felt = s.exposure * (1.0 - kept) * _MEMORY_DAYS
        w.tally[site, month, T.EXPOSURE] += felt * 1e4 / (w.par[site].population * days_in(w, month))
    s.exposure *= kept
