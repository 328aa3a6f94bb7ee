"""Swings: the pace of background candidates goes up and down over months and years (ODD 7.1).

The clock of group g runs at exp(X_site + X_g - (sd_s^2 + sd_g^2) / 2) days a day, mean 1, constant within a calendar
month, and a candidate comes when it has run its exponential. Each X is stationary and autoregressive from month to
month, begun in a January 40 years before the scenario's start date, so that neither burn-in, horizon nor any lever
moves it; its shocks are addressed by site or group and calendar month. Nothing is truncated, and offspring are not
multiplied.
"""

from __future__ import annotations

import math

from ..kernel import draws
from ..kernel.compiler import inline, kernel
from ..kernel.elementary import exp


@kernel
def _after(w, key, x, month, steps, sd, kept):
    """X so many ``steps`` after ``month`` (a row of ``months``, -1 before the first), in which it was ``x``.

    Four months share a block of random words.
    """
    first = w.settings[0].first_month
    rest = sd * math.sqrt(1.0 - kept * kept)
    words = draws.uniform_four(w.state[0].run, draws.SWING, key, (first + month + 1) // 4)
    for new in range(month + 1, month + 1 + steps):
        slot = (first + new) % 4
        if slot == 0:
            words = draws.uniform_four(w.state[0].run, draws.SWING, key, (first + new) // 4)
        shock = draws.normal_quantile(words[slot])
        x = sd * shock if new == 0 else kept * x + rest * shock
    return x


@kernel
def draw_sites(w):
    """The swings that all groups of a site share, for every month."""
    for site in range(len(w.sites)):
        par = w.par[site]
        x = 0.0
        if par.swing_sd > 0.0:
            for month in range(w.swings.shape[1]):
                x = _after(w, par.key, x, month - 1, 1, par.swing_sd, par.swing_kept)
                w.swings[site, month] = x


@inline
def _month_of(w, month, t):
    """The row of ``months`` of day ``t``, which does not lie before ``month``."""
    while month < 0 or w.months[month + 1] <= t:
        month += 1
    return month


@kernel
def day_when_run(w, g, t, days):
    """The day on which the clock of group ``g``, last read at ``t``, has run ``days`` more; infinite beyond the end."""
    group = w.groups[g]
    par = w.par[group.site]
    if par.swing_sd == 0.0 and par.group_swing_sd == 0.0:
        return t + days
    level = 0.5 * (par.swing_sd * par.swing_sd + par.group_swing_sd * par.group_swing_sd)
    while t < w.months[len(w.months) - 1]:
        month = _month_of(w, group.swing_month, t)
        if par.group_swing_sd > 0.0:
            steps = month - group.swing_month
            sd, kept = par.group_swing_sd, par.group_swing_kept
            group.swing = _after(w, group.key, group.swing, group.swing_month, steps, sd, kept)
        group.swing_month = month
        shared = w.swings[group.site, month] if par.swing_sd > 0.0 else 0.0
        pace = exp(shared + group.swing - level)
        left = (w.months[month + 1] - t) * pace
        if days <= left:
            return t + days / pace
        days -= left
        t = w.months[month + 1]
    return math.inf
