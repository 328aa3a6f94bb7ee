"""Rosters: whom an audit finds, and who of them is picked for a contact (ODD 7.6).

An audit writes down, slot by slot, whom it finds. A pick is made from what was written: the listed groups race by the
mass of their rosters, a name is drawn along the winner's, and a name that cannot be used is passed over and the race
run again. So a pick costs nothing that grows with the membership, and striking a name or a group moves no other pick.
After many refusals those who can be used are counted out; either way each is picked by his weight among them.

Nobody is picked twice within a year. Notifications go by propensity; call-ins by standing, which is alike for all: they
are meant for those who can carry a message.
"""

from __future__ import annotations

import math

from ..kernel import draws
from ..kernel.compiler import i64, inline, kernel
from ..kernel.elementary import log
from ..units import DAYS_PER_YEAR
from ..world import codes as C
from ..world import tables as T
from .membership import settle
from .slots import code_of, look, materialise
from .tally import count

BY_PROPENSITY, ALIKE = 0, 1
_PASSED_OVER = 32


@kernel
def write_roster(w, g, t):
    """Whom an audit finds in group ``g``, which is brought up to date."""
    group = w.groups[g]
    recall = w.par[group.site].roster_recall
    group.audited = t
    group.rostered = 0
    group.roster_weight = 0.0
    for p in range(group.first_slot, group.first_slot + group.members):
        look(w, g, p, t)
        found = draws.uniform(w.state[0].run, draws.ROSTER, group.key, code_of(w, g, p)) < recall
        w.slots[p].rostered = w.slots[p].weight if found else 0.0
        if found:
            group.rostered += 1
            group.roster_weight += w.slots[p].weight


@inline
def _weight(w, p, how):
    weight = w.slots[p].rostered
    return 1.0 if how == ALIKE and weight > 0.0 else weight


@inline
def _mass(w, g, how):
    group = w.groups[g]
    if group.listed == 0 or group.rostered == 0:
        return 0.0
    return float(group.rostered) if how == ALIKE else group.roster_weight


@kernel
def _race(w, first, end, key, how, turn):
    """The group from ``first`` to ``end`` that wins by mass of its roster, and where on it the name stands; or -1."""
    run = w.state[0].run
    best = math.inf
    winner, place = C.NOBODY, 0.0
    for g in range(first, end):
        mass = _mass(w, g, how)
        if mass > 0.0:
            u, where = draws.uniform_pair(run, draws.CALL_IN, key ^ w.groups[g].key, turn)
            if 1.0 - u < best * mass and -log(u) < best * mass:
                best = -log(u) / mass
                winner, place = g, where * mass
    return winner, place


@inline
def _along(w, g, how, left):
    """The slot at which the weights of the roster of ``g`` reach ``left``."""
    p = w.groups[g].first_slot
    last = p + w.groups[g].members - 1
    left -= _weight(w, p, how)
    while left >= 0.0 and p < last:
        p += 1
        left -= _weight(w, p, how)
    return p


@kernel
def _can_be_used(w, g, p, t):
    """Whether who stands on the roster in slot ``p`` is still there, can be found, and was not picked within a year."""
    look(w, g, p, t)
    slot = w.slots[p]
    if slot.rostered == 0.0 or slot.join > w.groups[g].audited:
        return False
    if slot.person < 0:
        return slot.held_until == math.inf
    if t - w.persons[slot.person].picked < DAYS_PER_YEAR:
        return False
    settle(w, i64(slot.person), t)
    status = w.persons[slot.person].status
    return status == C.FREE or status == C.IN_SUPPORT


@kernel
def _counted_out(w, first, end, key, how, t):
    """(Group, slot) by weight among all who can be used; -1 for the group when there is nobody."""
    run = w.state[0].run
    best = math.inf
    group, chosen = C.NOBODY, C.NOBODY
    for g in range(first, end):
        if _mass(w, g, how) > 0.0:
            for p in range(w.groups[g].first_slot, w.groups[g].first_slot + w.groups[g].members):
                if _can_be_used(w, g, p, t):
                    u = draws.uniform(run, draws.COUNTED_OUT, key ^ w.groups[g].key, code_of(w, g, p))
                    score = -log(u) / _weight(w, p, how)
                    if score < best:
                        best = score
                        group, chosen = g, p
    return group, chosen


@kernel
def pick(w, first, end, key, how, turn, t):
    """Somebody on the rosters of the groups from ``first`` to ``end``; ``turn`` numbers draws at one occasion ``key``.

    Returns his row, -1 when nobody is left to pick, and the next turn.
    """
    for _ in range(_PASSED_OVER):
        g, place = _race(w, first, end, key, how, turn)
        if g < 0:
            return C.NOBODY, turn
        turn += 1
        p = _along(w, g, how, place)
        if _can_be_used(w, g, p, t):
            return _picked(w, g, p, t), turn
    g, p = _counted_out(w, first, end, key, how, t)
    return (_picked(w, g, p, t) if g >= 0 else C.NOBODY), turn


@kernel
def _picked(w, g, p, t):
    i = materialise(w, g, p)
    w.persons[i].picked = t
    return i


@kernel
def count_false(w, site, key, turn):
    """Names that belong to no group stand between the true ones: as many more are contacted as stand there."""
    error = w.par[site].roster_error
    if error > 0.0:
        u = draws.uniform(w.state[0].run, draws.FALSE_ENTRY, key, turn)
        if u < error:
            count(w, site, T.FALSE_CONTACTS, math.floor(log(u) / log(error)))
