"""What one run amounts to: sums over the window, concentration and contagion, by site."""

from __future__ import annotations

import math

import numpy as np

from ..kernel.compiler import entry, i64, kernel
from ..world import codes as C
from ..world import tables as T
from . import membership, slots, tally
from .engine import settle_everything
from .hired import count_hired_detentions
from .publish import publish

_EXTRA = len(T.SERIES)
(
    ATTACKS, GINI_GROUPS, GINI_PERSONS, TOP_FIFTH, WITH_PARENT, REPRODUCTION, MEAN_CASCADE, LARGEST_CASCADE,
    PARENT_DELAY, MINOR_DAYS, HIRED_DAYS, ARRESTED_MINORS,
) = range(_EXTRA, _EXTRA + len(T.EXTRA_OUTCOMES))  # fmt: skip


@kernel
def gini_of_histogram(histogram, n):
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
def top_share_of_histogram(histogram, n, share):
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
def _group_concentration(w, site):
    most = 0
    n = 0
    for g in range(len(w.groups)):
        if w.groups[g].site == site:
            n += 1
            most = max(most, w.groups[g].attacks)
    histogram = np.zeros(most + 1)
    for g in range(len(w.groups)):
        if w.groups[g].site == site:
            histogram[w.groups[g].attacks] += 1.0
    w.outcomes[site, GINI_GROUPS] = gini_of_histogram(histogram, n)
    w.outcomes[site, TOP_FIFTH] = top_share_of_histogram(histogram, n, 0.2)


@kernel
def _person_concentration(w, site, n):
    """Attacks by person among the ``n`` natural members of the window and the stand-ins who attacked."""
    most = 0
    for i in range(w.state[0].persons):
        most = max(most, w.persons[i].attacks)
    histogram = np.zeros(most + 1)
    seen = 0
    for i in range(w.state[0].persons):
        person = w.persons[i]
        if person.attacks > 0 and w.groups[person.group].site == site:
            histogram[person.attacks] += 1.0
            seen += 1
            n += 1 if person.kind == C.STAND_IN else 0
    histogram[0] = n - seen
    w.outcomes[site, GINI_PERSONS] = gini_of_histogram(histogram, n)


@kernel
def _count_attacks(w):
    """One pass over the log: attacks by group, parents, delays, cascade sizes."""
    for row in range(w.state[0].log_size):
        entry = w.log[row]
        if entry.seq < 0:
            continue
        group = w.groups[entry.attacker]
        site = group.site
        group.attacks += 1
        group.shootings += 1 if entry.mode == C.SHOOTING else 0
        w.outcomes[site, ATTACKS] += 1.0
        w.log[entry.root].cascade += 1
        if entry.cause != C.BACKGROUND:
            parent = w.log[entry.parent_row]
            w.outcomes[site, WITH_PARENT] += 1.0
            w.outcomes[site, PARENT_DELAY] += entry.day - parent.day
            w.outcomes[site, REPRODUCTION] += 1.0 if parent.seq >= 0 else 0.0


@kernel
def _cascades(w):
    roots = np.zeros(len(w.sites))
    for row in range(w.state[0].log_size):
        entry = w.log[row]
        if entry.seq < 0 or entry.root != row:
            continue
        site = w.groups[entry.attacker].site
        roots[site] += 1.0
        w.outcomes[site, MEAN_CASCADE] += entry.cascade
        w.outcomes[site, LARGEST_CASCADE] = max(w.outcomes[site, LARGEST_CASCADE], entry.cascade)
    for site in range(len(w.sites)):
        total = w.outcomes[site, MEAN_CASCADE]
        w.outcomes[site, MEAN_CASCADE] = total / roots[site] if roots[site] > 0.0 else math.nan


@kernel
def _sum_series(w, site, days):
    for month in range(w.state[0].month + 1):
        for column in range(_EXTRA):
            share = tally.days_in(w, month) / days if column == T.EXPOSURE else 1.0
            w.outcomes[site, column] += w.tally[site, month, column] * share
        w.outcomes[site, MINOR_DAYS] += w.tally[site, month, T.DETAINED_MINOR_DAYS]
        w.outcomes[site, HIRED_DAYS] += w.tally[site, month, T.DETAINED_HIRED_DAYS]
        w.outcomes[site, ARRESTED_MINORS] += w.tally[site, month, T.MINOR_ARRESTS]


@kernel
def _close_detentions(w, until):
    """Count the days of the detentions that still run, and of all those of hired shooters."""
    for g in range(len(w.groups)):
        group = w.groups[g]
        for p in range(group.first_slot, group.first_slot + group.members):
            if w.slots[p].held_until < math.inf:
                slots.close_hold(w, g, p, until)
    for i in range(w.state[0].persons):
        if w.persons[i].status == C.DETAINED:
            membership.end_detention(w, i, until)
    count_hired_detentions(w, until)


@kernel
def _close_waits(w, until):
    """Count the days of those who wait still."""
    for row in range(w.state[0].stays):
        stay = w.stays[row]
        if stay.how == C.WAITING:
            site = w.groups[w.persons[stay.person].group].site
            tally.add_days(w, site, T.WAITING_DAYS, stay.requested_day, until)


@kernel
def _rate(w, site, column, by):
    w.outcomes[site, column] = w.outcomes[site, column] / by if by > 0.0 else math.nan


@kernel
def _sum_up(w, until):
    _count_attacks(w)
    _cascades(w)
    holders = np.zeros(len(w.sites), np.int64)
    slots.holders_by_site(w, until, holders)
    for site in range(len(w.sites)):
        _sum_series(w, site, until - w.state[0].window_start)
        _group_concentration(w, site)
        members = i64(w.par[site].members)
        _person_concentration(w, site, members + holders[site] - w.sites[site].holders_before)
        attacks = w.outcomes[site, ATTACKS]
        _rate(w, site, PARENT_DELAY, w.outcomes[site, WITH_PARENT])
        _rate(w, site, WITH_PARENT, attacks)
        _rate(w, site, REPRODUCTION, attacks)


@entry
def close(w, until):
    """Close the books at ``until``: fills ``outcomes`` and what is published of attacks and candidates.

    Returns DONE, or the code of a buffer that must grow before it can be done.
    """
    code = settle_everything(w, until)
    if code != C.DONE:
        return code
    for site in range(len(w.sites)):
        tally.accrue(w, site, until)
    _close_detentions(w, until)
    _close_waits(w, until)
    _sum_up(w, until)
    publish(w)
    return C.DONE
