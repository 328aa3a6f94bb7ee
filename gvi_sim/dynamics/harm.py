"""Who is hit and who dies (ODD 7.3)."""

from __future__ import annotations

import math

from ..kernel import draws
from ..kernel.compiler import i64, inline, kernel
from ..kernel.elementary import log
from ..world import codes as C
from ..world import tables as T
from . import lazy_arrivals, stays
from .dated_factors import day_value
from .membership import set_status, watch_return
from .selection import somebody_free
from .tally import count

MOST_HIT = 64


@inline
def _number_hit(w, row, site, somebody, more):
    entry = w.log[row]
    par = w.par[site]
    chance = par.p_hit_detonation if entry.mode == C.DETONATION else par.p_hit
    if somebody >= chance:
        return 0
    if par.extra_hit_mean <= 0.0:
        return 1
    hit = 1 + i64(math.floor(log(more) / log(par.extra_hit_mean / (1.0 + par.extra_hit_mean))))
    return hit if hit < MOST_HIT else MOST_HIT


@kernel
def inflict(w, row, somebody, more, t):
    """Draw the persons hit by the attack in ``row`` and what becomes of them."""
    entry = w.log[row]
    site = w.groups[entry.attacker].site
    hit = _number_hit(w, row, site, somebody, more)
    if hit == 0:
        return
    par = w.par[site]
    lethality = par.p_death_given_hit * day_value(w, site, t, C.CAL_LETHALITY)
    if entry.target >= 0:
        lazy_arrivals.catch_up(w, i64(entry.target), t)
    for j in range(hit):
        dies, aside = draws.uniform_pair(w.state[0].run, draws.DEATH, entry.key, j)
        _strike(w, row, j, dies < lethality, aside < par.bystander_share, t)
    entry.hit = hit
    count(w, site, T.PERSONS_HIT, float(hit))
    count(w, site, T.PERSONS_KILLED, float(entry.killed))
    count(w, site, T.BYSTANDERS_HIT, float(entry.bystanders))


@kernel
def _strike(w, row, number, dies, bystander, t):
    entry = w.log[row]
    state = w.state[0]
    i = C.NOBODY
    if bystander:
        entry.bystanders += 1
    elif entry.target >= 0:
        # Whoever was hit a moment ago is no longer free, so each choice is another's.
        i = somebody_free(w, draws.VICTIM, entry.key, i64(entry.target), t, number)
    if entry.seq >= 0:
        victim = w.victims[state.victims]
        victim.attack_seq = entry.seq
        victim.person = w.persons[i].number if i >= 0 else C.NOBODY
        victim.killed = 1 if dies else 0
        state.victims += 1
    if dies:
        entry.killed += 1
    if i >= 0:
        _wound(w, row, i, dies, t)


@kernel
def _wound(w, row, i, dies, t):
    person = w.persons[i]
    key = draws.child(w.log[row].key, draws.TAG_WOUND, person.code)
    if dies:
        stays.close_row(w, i, t, C.STAY_DEAD)
        set_status(w, i, C.DEAD, t, math.inf, key)
        return
    group = w.groups[person.group]
    person.wounded_until = t + w.par[group.site].recovery_days
    set_status(w, i, C.WOUNDED, t, person.wounded_until, key)
    if group.listed == 1:
        watch_return(w, i)
