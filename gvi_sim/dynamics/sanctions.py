"""Group sanctions: the promise, kept or broken (ODD 7.6).

When an attack is attributed to a notified group, then within ``delay_days`` the group is sanctioned with
probability ``sanction_certainty`` times the police's commitment, if fewer than ``capacity`` sanctions run
at that moment. A running sanction is extended by another attack without a new slot. For want of
certainty or capacity, or when an attack of a notified group is not attributed to it, a promise is broken.
"""

from __future__ import annotations

import math

from ..kernel import draws
from ..kernel.compiler import i64, kernel
from ..world import codes as C
from ..world import tables as T
from . import belief, detention, lazy_arrivals, partners
from .heap import push
from .records import log_dose
from .slots import code_of, look, materialise
from .tally import accrue, count


@kernel
def promise(w, row, g, t):
    """Group ``g`` is seen to have attacked: a sanction is due."""
    attack = w.log[row]
    site = w.groups[g].site
    par = w.par[site]
    certain, when = draws.uniform_pair(w.state[0].run, draws.SANCTION, attack.key, draws.ONLY)
    kept = certain < par.sanction_certainty * partners.police(w, site, t)
    delay = par.sanction_delay_days
    push(w, t + (when * delay if kept else delay), C.EV_PROMISE, attack.key, g, C.NIL, 1 if kept else 0, row)


@kernel
def overlook(w, row, t):
    """A notified group attacked and the partners did not see it: nothing happens in time."""
    attack = w.log[row]
    delay = w.par[w.groups[attack.attacker].site].sanction_delay_days
    key = draws.child(attack.key, draws.TAG_OCCASION, C.SECOND)
    push(w, t + delay, C.EV_PROMISE, key, i64(attack.attacker), C.NIL, C.NIL, row)


@kernel
def _break(w, g, t):
    site = w.groups[g].site
    belief.learn_promise(w, g, t, 0.0, 1.0)
    count(w, site, T.PROMISES_BROKEN, 1.0)
    log_dose(w, t, C.DOSE_BROKEN, site, g, C.NOBODY)


@kernel
def _keep(w, g, t):
    site = w.groups[g].site
    belief.learn_promise(w, g, t, 1.0, 0.0)
    belief.move_legitimacy(w, g, t, -w.par[site].legitimacy_sanction_step)
    count(w, site, T.PROMISES_KEPT, 1.0)
    log_dose(w, t, C.DOSE_KEPT, site, g, C.NOBODY)


@kernel
def on_promise(w, g, row, certain, key, t):
    """The promise falls due: kept if certainty and capacity allow, else broken."""
    group = w.groups[g]
    site = group.site
    if w.sites[site].active == 0 or group.listed == 0:
        return
    if certain == 1 and group.sanction_end > t:
        _keep(w, g, t)
        _extend(w, g, key, t)
    elif certain == 1 and w.sites[site].running < w.par[site].sanction_capacity:
        _keep(w, g, t)
        _start(w, g, row, key, t)
    else:
        _break(w, g, t)


@kernel
def _start(w, g, row, key, t):
    group = w.groups[g]
    site = group.site
    state = w.state[0]
    end = t + w.par[site].sanction_days
    accrue(w, site, t)
    w.sites[site].running += 1
    group.sanction_end = end
    group.sanction_row = state.sanctions
    entry = w.sanctions[state.sanctions]
    entry.group = g
    entry.extended = 0
    entry.start_day = t
    entry.end_day = end
    entry.promised_by = w.log[row].seq
    state.sanctions += 1
    count(w, site, T.SANCTIONS, 1.0)
    log_dose(w, t, C.DOSE_SANCTION, site, g, C.NOBODY)
    push(w, end, C.EV_SANCTION_END, group.key, g, C.NIL, C.NIL, C.NIL)
    _extra_arrests(w, g, key, t, end, t)


@kernel
def _extend(w, g, key, t):
    group = w.groups[g]
    before = group.sanction_end
    end = t + w.par[group.site].sanction_days
    if end <= before:
        return
    group.sanction_end = end
    entry = w.sanctions[group.sanction_row]
    entry.extended += 1
    entry.end_day = end
    push(w, end, C.EV_SANCTION_END, group.key, g, C.NIL, C.NIL, C.NIL)
    _extra_arrests(w, g, key, before, end, t)


@kernel
def _extra_arrests(w, g, key, start, end, t):
    rate = w.par[w.groups[g].site].extra_arrest_rate
    if rate <= 0.0:
        return
    group = w.groups[g]
    for p in range(group.first_place, group.first_place + group.members):
        look(w, g, p, t)
        code = code_of(w, g, p)
        day = start + draws.exponential(w.state[0].run, draws.EXTRA_ARREST, key, code) / rate
        if day < end:
            arrest = draws.child(key, draws.TAG_OCCASION, code)
            push(w, day, C.EV_EXTRA_ARREST, arrest, g, p, i64(w.places[p].holder), C.NIL)


@kernel
def on_extra_arrest(w, g, p, holder, key, t):
    """A member of a group under sanction is arrested for another offence, if he is one still."""
    lazy_arrivals.catch_up(w, g, t)
    look(w, g, p, t)
    if w.places[p].holder != holder:
        return
    site = w.groups[g].site
    days = w.par[site].other_detention_days * draws.exponential(w.state[0].run, draws.OTHER_STAY, key, draws.ONLY)
    if detention.detain_for_other(w, materialise(w, g, p), key, t, days):
        count(w, site, T.SANCTION_ARRESTS, 1.0)


@kernel
def on_sanction_end(w, g, t):
    """A sanction ends, unless it was extended."""
    group = w.groups[g]
    if group.sanction_end != t:
        return
    accrue(w, group.site, t)
    w.sites[group.site].running -= 1
    group.sanction_end = -math.inf
