"""Candidates, attacks and their offspring (ODD 7.1).

Thinned branching: a realised attack pushes its candidate offspring with their delays; each is decided
when it comes. This is exact, gives parents for free and needs no intensity.
"""

from __future__ import annotations

import math

from ..kernel import draws
from ..kernel.compiler import i64, inline, kernel
from ..world import codes as C
from ..world import tables as T
from . import gates, harm, justice, lazy_arrivals, programme
from .dated_factors import day_value
from .heap import push
from .membership import settle
from .selection import designated, rival_race, tied_race
from .slots import materialise
from .tally import accrue, count


@inline
def _log(w, key, parent_key, parent_row, cause, g, h, t):
    state = w.state[0]
    row = state.log_size
    state.log_size = row + 1
    entry = w.log[row]
    entry.key = key
    entry.parent = parent_key
    entry.day = t
    entry.arrest_day = math.nan
    entry.seq = C.NOBODY
    entry.parent_row = parent_row
    entry.attacker = g
    entry.target = h
    entry.cause = cause
    entry.hit = 0
    entry.killed = 0
    entry.bystanders = 0
    entry.cleared = 0
    entry.attributed = C.NOBODY
    entry.root = row
    entry.cascade = 0
    entry.substituted = 0
    entry.stand_in = 0
    entry.replaced = 0
    entry.shooter = C.HIRED
    return row


@inline
def _count_trial(w, cause, chance):
    state = w.state[0]
    if cause == C.BACKGROUND:
        state.background_tried += 1.0
        state.background_passed += chance
    else:
        state.offspring_tried += 1.0
        state.offspring_passed += chance


@kernel
def _designate(w, row, p, t):
    """Gate ``available`` for the holder of slot ``p``; returns (passing probability, mask)."""
    entry = w.log[row]
    g = i64(entry.attacker)
    i = i64(w.slots[p].person)
    if i < 0 and w.slots[p].held_until == math.inf:
        return 1.0, C.NIL  # nothing has ever happened to him: he gets a row if he shoots
    i = materialise(w, g, p)
    settle(w, i, t)
    entry.shooter = i
    if w.persons[i].status == C.FREE:
        return 1.0, C.NIL
    u_available, _, _, _ = draws.uniform_four(w.state[0].run, draws.GATES, entry.key, draws.ONLY)
    available, passes, shooter, stand_in, replaced = gates.who_acts(w, entry.key, g, i, t, u_available)
    entry.shooter = shooter
    entry.stand_in = stand_in
    entry.replaced = replaced
    return available, C.NIL if passes else C.AVAILABLE


@inline
def _is_civilian(w, key, site, mode, t):
    """Whether a background attack is a detonation aimed at civilians (extortion)."""
    share = w.par[site].civilian_share
    if share <= 0.0 or mode != C.DETONATION:
        return False
    return draws.uniform(w.state[0].run, draws.CIVILIAN, key, draws.ONLY) < share * day_value(
        w, site, t, C.CAL_CIVILIAN
    )


@inline
def _target(w, key, g, mode, u_outsider, t):
    site = w.groups[g].site
    if u_outsider < w.par[site].outsider_share or _is_civilian(w, key, site, mode, t):
        return C.OUTSIDER
    return rival_race(w, draws.TARGET, key, g)


@inline
def _contracted(w, site, mode, t):
    """The share of attacks of this mode that hired shooters make."""
    share = w.par[site].contracted_share * day_value(w, site, t, C.CAL_CONTRACTED)
    return share * w.par[site].contracted_factor_detonation if mode == C.DETONATION else share


@kernel
def decide(w, key, parent_key, parent_row, cause, g, h, t):
    """Decide one candidate of group ``g`` on ``h`` (chosen here for background) at ``t``."""
    run = w.state[0].run
    site = w.groups[g].site
    par = w.par[site]
    lazy_arrivals.catch_up(w, g, t)
    u_outsider, u_hired, u_mode, u_substitute = draws.uniform_four(run, draws.TARGET, key, draws.ONLY)
    share = par.detonation_share * day_value(w, site, t, C.CAL_DETONATION)
    mode = C.DETONATION if u_mode < share else C.SHOOTING
    if cause == C.BACKGROUND:
        h = _target(w, key, g, mode, u_outsider, t)
    row = _log(w, key, parent_key, parent_row, cause, g, h, t)
    entry = w.log[row]
    available = 1.0
    blocked = C.NIL
    p = C.HIRED
    hired = u_hired < _contracted(w, site, mode, t)
    if not hired:
        p = designated(w, draws.SHOOTER, key, g, t)
        available, blocked = _designate(w, row, p, t)
    shooter = i64(entry.shooter)
    substitute = par.substitution * (1.0 - share)
    others, chance = gates.judge(w, key, parent_key, cause, g, shooter, t, available, substitute)
    blocked |= others
    _count_trial(w, cause, chance)
    if blocked & ~C.SUBSTITUTABLE == 0 and blocked != 0 and mode == C.SHOOTING and u_substitute < par.substitution:
        mode = C.DETONATION
        entry.substituted = 1
        blocked = C.NIL
    entry.blocked = blocked
    entry.mode = mode
    entry.contracted = 1 if hired else 0
    if blocked == 0:
        if p >= 0 and entry.shooter < 0:
            entry.shooter = materialise(w, g, p)
        _carry_out(w, row, t)


@kernel
def _number(w, row, site, t):
    state = w.state[0]
    entry = w.log[row]
    state.all_attacks += 1.0
    if entry.cause == C.BACKGROUND:
        state.background_attacks += 1.0
    else:
        entry.root = w.log[entry.parent_row].root
    entry.seq = C.BEFORE_WINDOW
    if state.month >= 0:
        entry.seq = state.attacks
        state.attacks += 1
        if entry.shooter >= 0:
            w.persons[entry.shooter].attacks += 1
    count(w, site, T.DETONATIONS if entry.mode == C.DETONATION else T.SHOOTINGS, 1.0)
    accrue(w, site, t)
    w.sites[site].exposure += 1.0


@kernel
def _frighten(w, g, t):
    x = gates.fear(w, g, t)
    group = w.groups[g]
    group.fear = x + 1.0
    group.fear_day = t


@kernel
def _carry_out(w, row, t):
    entry = w.log[row]
    g = i64(entry.attacker)
    h = i64(entry.target)
    site = w.groups[g].site
    _number(w, row, site, t)
    if w.par[site].withdrawal > 0.0:
        _frighten(w, g, t)
        if h >= 0:
            _frighten(w, h, t)
    u_hit, u_more, u_cleared, u_seen = draws.uniform_four(w.state[0].run, draws.AFTERMATH, entry.key, draws.ONLY)
    harm.inflict(w, row, u_hit, u_more, t)
    _offspring(w, row, t)
    justice.investigate(w, row, u_cleared, t)
    if w.sites[site].active == 1:
        programme.respond(w, row, u_seen, t)
    else:
        programme.attribute_attack(w, row, u_seen)


@kernel
def _spawn(w, row, t, cause, tag, u, mean, delay):
    entry = w.log[row]
    run = w.state[0].run
    for j in range(draws.poisson_from(u, mean)):
        key = draws.child(entry.key, tag, j)
        g = i64(entry.attacker)
        h = i64(entry.target)
        if cause == C.RETALIATION:
            g, h = h, g
        elif cause == C.SPREAD:
            g, h = tied_race(w, draws.SPREAD_BY, key, h, g), g
        if g >= 0:
            day = t + delay * draws.exponential(run, draws.DELAY, key, draws.ONLY)
            push(w, day, C.EV_CANDIDATE, key, g, h, cause, row)


@kernel
def _offspring(w, row, t):
    entry = w.log[row]
    par = w.par[w.groups[entry.attacker].site]
    u_repeat, u_retaliate, u_spread, _ = draws.uniform_four(w.state[0].run, draws.OFFSPRING, entry.key, draws.ONLY)
    factor = par.fatal_factor if entry.killed > 0 else 1.0
    fast = par.fast_delay_days
    _spawn(w, row, t, C.REPEAT, draws.TAG_REPEAT, u_repeat, factor * par.repeat_mean, fast)
    if entry.target >= 0:
        _spawn(w, row, t, C.RETALIATION, draws.TAG_RETALIATION, u_retaliate, factor * par.retaliation_mean, fast)
        _spawn(w, row, t, C.SPREAD, draws.TAG_SPREAD, u_spread, factor * par.spread_mean, par.slow_delay_days)
