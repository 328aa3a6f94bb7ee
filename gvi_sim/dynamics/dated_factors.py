"""The world outside: dated factors by day, and a keyed monthly shock common to all groups (ODD 6).

A factor holds from its day to the next; the first value holds before the table and the last after it.
"""

from __future__ import annotations

import math

from ..kernel import draws
from ..kernel.compiler import i64, inline, kernel
from ..world import codes as C

_SHOCK_DAYS = 30.4375


@inline
def day_value(w, site, t, column):
    """A dated factor of ``site`` on the day of ``t``."""
    day = i64(math.floor(t - w.par[site].calendar_start))
    last = i64(w.par[site].calendar_days) - 1
    if day > last:
        day = last
    if day < 0:
        day = 0
    return w.calendar[site, day, column]


@kernel
def level(w, site, t):
    """v(t): trend times season times the shared shock, cut at the cap."""
    par = w.par[site]
    v = day_value(w, site, t, C.CAL_LEVEL)
    if par.shared_shock_sd > 0.0:
        month = i64(math.floor(t / _SHOCK_DAYS))
        s = w.sites[site]
        if s.shock_month != month:
            s.shock_month = month
            # Months before day 0 are negative; the index of a draw is not.
            first, second = draws.uniform_pair(w.state[0].run, draws.SHARED_SHOCK, par.key, month + (1 << 20))
            s.shock_factor = draws.lognormal_from(first, second, par.shared_shock_sd)
        v *= s.shock_factor
    return v if v < par.calendar_cap else par.calendar_cap
