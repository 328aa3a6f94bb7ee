"""What one run amounts to: sums over the window, concentration and contagion, by site."""

from __future__ import annotations

import math

import numpy as np

from ..jit import entry, kernel
from ..world import codes as C
from ..world import tables as T
from . import recruits, tally

_EXTRA = len(T.SERIES)
(
    ATTACKS, GINI_GROUPS, GINI_PERSONS, TOP_FIFTH, WITH_PARENT, REPRODUCTION, MEAN_CASCADE, LARGEST_CASCADE,
    PARENT_DELAY, MINOR_DAYS,
) = range(_EXTRA, _EXTRA + len(T.EXTRA_OUTCOMES))  # fmt: skip


@kernel
def gini(histogram, n):  # type: ignore[no-untyped-def]
    """Gini coefficient of ``n`` counts given as numbers of units by count; nan when all are 0."""
    total = 0.0
    weighted = 0.0
    rank = 0.0
    for value in range(len(histogram)):
        m = histogram[value]
        # Ranks rank + 1 .. rank + m all have this value.
        weighted += value * m * (2.0 * rank + m - n)
        total += value * m
        rank += m
    return weighted / (n * total) if total > 0.0 else math.nan


@kernel
def top_share(histogram, n, share):  # type: ignore[no-untyped-def]
    """Share of all events that falls on the most active ``share`` of ``n`` units."""
    left = math.ceil(share * n - 1e-9)
    total = 0.0
    taken = 0.0
    for value in range(len(histogram) - 1, -1, -1):
        m = histogram[value]
        total += value * m
        used = m if m < left else left
        taken += value * used
        left -= used
    return taken / total if total > 0.0 else math.nan


@kernel
def _group_concentration(w, site, group_attacks, out):  # type: ignore[no-untyped-def]
    most = 0
    n = 0
    for g in range(len(w.groups)):
        if w.groups[g].site == site:
            n += 1
            most = max(most, group_attacks[g])
    histogram = np.zeros(most + 1)
    for g in range(len(w.groups)):
        if w.groups[g].site == site:
            histogram[group_attacks[g]] += 1.0
    out[site, GINI_GROUPS] = gini(histogram, n)
    out[site, TOP_FIFTH] = top_share(histogram, n, 0.2)


@kernel
def _person_concentration(w, site, until, out):  # type: ignore[no-untyped-def]
    state = w.state[0]
    most = 0
    for i in range(state.persons):
        most = max(most, w.persons[i].attacks)
    histogram = np.zeros(most + 1)
    n = 0
    for i in range(state.persons):
        person = w.persons[i]
        there = person.leave > state.window_start and person.join < until
        if there and w.groups[person.group].site == site:
            histogram[person.attacks] += 1.0
            n += 1
    out[site, GINI_PERSONS] = gini(histogram, n) if n > 0 else math.nan


@kernel
def _count_attacks(w, group_attacks, group_shootings, out):  # type: ignore[no-untyped-def]
    """One pass over the log: attacks by group, parents, delays, cascade sizes."""
    for row in range(w.state[0].log_size):
        w.log[row].cascade = 0
        entry = w.log[row]
        if entry.seq < 0:
            continue
        g = entry.attacker
        site = w.groups[g].site
        group_attacks[g] += 1
        group_shootings[g] += 1 if entry.mode == C.SHOOTING else 0
        out[site, ATTACKS] += 1.0
        w.log[entry.root].cascade += 1
        if entry.cause != C.BACKGROUND:
            parent = w.log[entry.parent_row]
            out[site, WITH_PARENT] += 1.0
            out[site, PARENT_DELAY] += entry.day - parent.day
            out[site, REPRODUCTION] += 1.0 if parent.seq >= 0 else 0.0


@kernel
def _cascades(w, out):  # type: ignore[no-untyped-def]
    roots = np.zeros(len(w.sites))
    for row in range(w.state[0].log_size):
        entry = w.log[row]
        if entry.seq < 0 or entry.root != row:
            continue
        site = w.groups[entry.attacker].site
        roots[site] += 1.0
        out[site, MEAN_CASCADE] += entry.cascade
        out[site, LARGEST_CASCADE] = max(out[site, LARGEST_CASCADE], entry.cascade)
    for site in range(len(w.sites)):
        out[site, MEAN_CASCADE] = out[site, MEAN_CASCADE] / roots[site] if roots[site] > 0.0 else math.nan


@kernel
def _sum_series(w, site, days, out):  # type: ignore[no-untyped-def]
    for month in range(w.state[0].month + 1):
        for column in range(_EXTRA):
            out[site, column] += w.tally[site, month, column]
        out[site, MINOR_DAYS] += w.tally[site, month, T.DETAINED_MINOR_DAYS]
    out[site, T.EXPOSURE] *= T.MONTH_DAYS / days


@entry
def summarise(w, until, group_attacks, group_shootings, out):  # type: ignore[no-untyped-def]
    """Close the books at ``until``: fills attacks and shootings by group [G] and outcomes by site [S, K]."""
    for g in range(len(w.groups)):
        recruits.sync_pool(w, g, until)
    for site in range(len(w.sites)):
        tally.accrue(w, site, until)
    _count_attacks(w, group_attacks, group_shootings, out)
    _cascades(w, out)
    for site in range(len(w.sites)):
        _sum_series(w, site, until - w.state[0].window_start, out)
        _group_concentration(w, site, group_attacks, out)
        _person_concentration(w, site, until, out)
        attacks = out[site, ATTACKS]
        parents = out[site, WITH_PARENT]
        out[site, PARENT_DELAY] = out[site, PARENT_DELAY] / parents if parents > 0.0 else math.nan
        out[site, WITH_PARENT] = parents / attacks if attacks > 0.0 else math.nan
        out[site, REPRODUCTION] = out[site, REPRODUCTION] / attacks if attacks > 0.0 else math.nan
