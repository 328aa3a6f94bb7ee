"""Support and exit, from request to relapse: places, waiting list, stays (ODD 7.7).

A request that has passed assessment gets a place of support, or the waiting list (first come first served, exponential
patience). A stay is Gamma; dropping out competes with it. Whoever completes is ``exited`` and may relapse at a
rate that halves every ``relapse_half_life_days``. Detention or death ends a stay and frees the place at once.
"""

from __future__ import annotations

import math

from ..kernel import draws
from ..kernel.compiler import inline, kernel
from ..kernel.elementary import log
from ..world import codes as C
from ..world import tables as T
from . import belief
from .arrivals import await_arrest
from .heap import push
from .membership import set_free, set_status, settle
from .tally import add_days, count


@inline
def places_for(w, g):
    """Places of which one may go to a person of group ``g``: extra ones to listed groups alone, fewer for all."""
    group = w.groups[g]
    par = w.par[group.site]
    if w.sites[group.site].active == 0 or (par.extra_places > 0.0 and group.listed == 0):
        return par.places
    return par.places + par.extra_places


@inline
def places_at_most(w, site):
    """Places of which one may go to somebody."""
    par = w.par[site]
    return par.places + par.extra_places if w.sites[site].active == 1 else par.places


@kernel
def request(w, i, key, t):
    """Person ``i`` asks for a place of support: admitted, put on the waiting list, or turned away."""
    person = w.persons[i]
    site = w.groups[person.group].site
    par = w.par[site]
    if w.sites[site].in_support < places_for(w, person.group):
        _open_row(w, i, key, t, math.inf)
        admit(w, i, t)
    elif par.waiting_patience_days > 0.0:
        patience = par.waiting_patience_days * draws.exponential(w.state[0].run, draws.PATIENCE, key, draws.ONLY)
        _open_row(w, i, key, t, t + patience)
        _enqueue(w, site, person.stay)


@kernel
def _open_row(w, i, key, t, gives_up):
    state = w.state[0]
    row = state.stays
    state.stays = row + 1
    stay = w.stays[row]
    stay.key = key
    stay.person = i
    stay.how = C.WAITING
    stay.requested_day = t
    stay.admitted_day = math.nan
    stay.ended_day = math.nan
    stay.gives_up = gives_up
    stay.next = C.NOBODY
    w.persons[i].stay = row


@inline
def _enqueue(w, site, row):
    s = w.sites[site]
    if s.queue_tail >= 0:
        w.stays[s.queue_tail].next = row
    else:
        s.queue_head = row
    s.queue_tail = row


@kernel
def admit(w, i, t):
    """Person ``i``, whose request is open and whose group is up to date, takes a place of support."""
    person = w.persons[i]
    site = w.groups[person.group].site
    par = w.par[site]
    run = w.state[0].run
    stay = w.stays[person.stay]
    key = stay.key  # the occasion's: the same stay whenever it begins
    add_days(w, site, T.WAITING_DAYS, stay.requested_day, t)
    stay.how = C.STAYING
    stay.admitted_day = t
    full = par.stay_days * draws.gamma(run, draws.STAY, key, par.stay_shape)
    drop = math.inf
    if par.dropout_rate > 0.0:
        drop = draws.exponential(run, draws.STAY, key, draws.DROPOUT) / par.dropout_rate
    completes = full <= drop and draws.uniform(run, draws.RELAPSE, key, draws.SECOND) < par.completion
    end = t + (full if full <= drop else drop)
    count(w, site, T.ADMISSIONS, 1.0)
    belief.move_legitimacy(w, person.group, t, par.legitimacy_support_step)
    push(w, end, C.EV_STAY_END, key, person.group, i, 1 if completes else 0, person.stay)
    settle(w, i, t)
    set_status(w, i, C.IN_SUPPORT, t, end, key)
    # An arrest ends the stay and frees the place, at its own moment.
    await_arrest(w, person.group, person.slot, end if end < person.leave else person.leave)


@kernel
def close_row(w, i, t, how):
    """Person ``i``'s open request or stay ends, ``how`` a code of STAY_ENDS, unless patience ended before."""
    person = w.persons[i]
    row = person.stay
    if row < 0:
        return
    stay = w.stays[row]
    if stay.how == C.WAITING:
        if stay.gives_up <= t:
            how = C.GAVE_UP
            t = stay.gives_up
        add_days(w, w.groups[person.group].site, T.WAITING_DAYS, stay.requested_day, t)
    stay.how = how
    stay.ended_day = t
    person.stay = C.NOBODY


@kernel
def settle_wait(w, i, t):
    """Bring a request of person ``i`` that waits up to ``t``: once patience has ended, it is given up."""
    row = w.persons[i].stay
    if row >= 0 and w.stays[row].how == C.WAITING and w.stays[row].gives_up <= t:
        close_row(w, i, t, C.GAVE_UP)


@kernel
def call_next(w, site, t):
    """Have the next of the waiting list called at once, if there is a free place and somebody waits."""
    s = w.sites[site]
    if s.queue_head >= 0 and s.in_support < places_at_most(w, site):
        push(w, t, C.EV_CAPACITY_FREE, w.par[site].key, site, C.NIL, C.NIL, C.NIL)


@kernel
def on_stay_end(w, i, row, key, completes, t):
    """A stay ends by completion or dropping out, unless detention or death came first."""
    person = w.persons[i]
    if person.stay != row or person.status != C.IN_SUPPORT:
        return
    site = w.groups[person.group].site
    close_row(w, i, t, C.COMPLETED if completes == 1 else C.DROPPED_OUT)
    if completes == 1:
        count(w, site, T.COMPLETED, 1.0)
        person.has_exited = 1
        set_status(w, i, C.EXITED, t, math.inf, key)
        _schedule_relapse(w, i, key, t)
    else:
        count(w, site, T.DROPOUTS, 1.0)
        set_free(w, i, t)
    call_next(w, site, t)


@kernel
def _schedule_relapse(w, i, key, t):
    par = w.par[w.groups[w.persons[i].group].site]
    if par.relapse_rate <= 0.0:
        return
    hazard = draws.exponential(w.state[0].run, draws.RELAPSE, key, draws.ONLY)
    # Integrated hazard r / k * (1 - exp(-k t)) with k = ln 2 / half-life; beyond its limit nobody relapses.
    used = hazard * par.relapse_decay / par.relapse_rate
    if used < 1.0:
        push(w, t - log(1.0 - used) / par.relapse_decay, C.EV_RELAPSE, key, C.NIL, i, C.NIL, C.NIL)


@kernel
def on_relapse(w, i, t):
    """An exited person returns to the group, unless dead; a detained one returns after release."""
    settle(w, i, t)
    person = w.persons[i]
    if person.has_exited == 0:
        return
    person.has_exited = 0
    count(w, w.groups[person.group].site, T.RELAPSES, 1.0)
    if person.status == C.EXITED:
        set_free(w, i, t)
