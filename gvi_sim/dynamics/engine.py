"""The event loop: exact, event by event, in order of (time, kind, key).

``advance`` runs until a day or until a buffer could overflow; the caller then grows that buffer and calls
again, and nothing is lost. Any mixture of calls gives the same events bit for bit.
"""

from __future__ import annotations

import math

import numpy as np

from ..kernel import draws
from ..kernel.compiler import entry, i64, inline, kernel, u64
from ..world import codes as C
from ..world import network, population
from . import (
    attacks,
    heap,
    justice,
    lazy_arrivals,
    membership,
    offers,
    programme,
    sanctions,
    shocks,
    slots,
    stays,
    swings,
    tally,
)
from .escape_window import on_patience
from .heap import push
from .records import full_log
from .waiting_list import on_capacity_free


@inline
def full(w):
    """The code of a buffer that one more event could overflow, or DONE."""
    state = w.state[0]
    need = state.reserve
    code = C.DONE
    if state.event_rows + need > len(w.events):
        code = C.EVENTS_FULL
    elif state.log_size + need > len(w.log):
        code = C.LOG_FULL
    elif state.persons + need > len(w.persons):
        code = C.PERSONS_FULL
    elif state.month + 2 > w.tally.shape[1]:
        code = C.TALLY_FULL
    else:
        code = full_log(w, need)
    return code


@kernel
def _next_background(w, g, number, t):
    group = w.groups[g]
    if group.candidate_rate > 0.0:
        gap = draws.exponential(w.state[0].run, draws.BACKGROUND_TIME, group.key, number)
        day = swings.day_when_run(w, g, t, gap / group.candidate_rate)
        push(w, day, C.EV_BACKGROUND, group.key, g, C.NIL, number, C.NIL)


@kernel
def _on_background(w, g, number, t):
    _next_background(w, g, number + 1, t)
    key = draws.child(w.groups[g].key, draws.TAG_BACKGROUND, number)
    attacks.decide(w, key, u64(0), C.NOBODY, C.BACKGROUND, g, C.OUTSIDER, t)


@kernel
def _count_holders_before(w, t):
    before = np.zeros(len(w.sites), np.int64)
    slots.holders_by_site(w, t, before)
    for site in range(len(w.sites)):
        w.sites[site].holders_before = before[site]


@kernel
def _on_month(w, t):
    state = w.state[0]
    for site in range(len(w.sites)):
        tally.accrue(w, site, t)
    if state.month < 0:
        _count_holders_before(w, t)
    state.month += 1
    push(w, w.tally_days[state.month + 1], C.EV_MONTH, u64(0), C.NIL, C.NIL, C.NIL, C.NIL)


@kernel
def _on_programme(w, kind, event, key, t):
    if kind == C.EV_PROMISE:
        sanctions.on_promise(w, event.group, event.ref, event.cause, key, t)
    elif kind == C.EV_AFTER_ATTACK:
        programme.on_after_attack(w, event.group, key, t)
    elif kind == C.EV_NOTIFY:
        programme.on_notify(w, event.group, event.person, event.cause, event.ref, key, t)
    elif kind == C.EV_CALL_IN:
        programme.on_call_in(w, event.group, event.cause, event.ref, t)
    elif kind == C.EV_EXTRA_ARREST:
        sanctions.on_extra_arrest(w, event.group, event.person, event.cause, key, t)
    elif kind == C.EV_PROMISE_ROUND:
        sanctions.on_round(w, event.group, t)
    elif kind == C.EV_SANCTION_END:
        sanctions.on_sanction_end(w, event.group, t)
    elif kind == C.EV_AUDIT:
        programme.on_audit(w, event.group, event.cause, event.ref, t)
    elif kind == C.EV_LISTED:
        programme.on_listed(w, event.group, event.cause, t)
    elif kind == C.EV_START:
        programme.on_start(w, event.group, t)
    elif kind == C.EV_STAGE:
        programme.on_stage(w, event.group, event.cause, t)
    elif kind == C.EV_STOP:
        programme.on_stop(w, event.group, t)


@kernel
def _on_person(w, kind, event, key, t):
    i = event.person
    # Whatever happens to a person now comes after the arrests that were before.
    lazy_arrivals.catch_up(w, w.persons[i].group, t)
    if kind == C.EV_RETURN:
        offers.on_return(w, i, key, t)
    elif kind == C.EV_STAY_END:
        stays.on_stay_end(w, i, event.ref, key, event.cause, t)
    elif kind == C.EV_RELAPSE:
        stays.on_relapse(w, i, t)
    elif kind == C.EV_SHOCK_ARREST:
        shocks.on_shock_arrest(w, i, event.cause, key, t)


@kernel
def _dispatch(w, row, t):
    event = w.events[row]
    kind = event.kind
    key = event.key
    if kind == C.EV_CANDIDATE:
        parent = w.log[event.ref].key
        attacks.decide(w, key, parent, event.ref, event.cause, event.group, event.person, t)
    elif kind == C.EV_BACKGROUND:
        _on_background(w, event.group, event.cause, t)
    elif kind == C.EV_ARREST:
        justice.on_arrest(w, event.ref, event.cause, t)
    elif kind == C.EV_USUAL_OFFER or kind == C.EV_ROUND or kind == C.EV_WATCHED or kind == C.EV_SLOT_LOST:
        lazy_arrivals.on_backlog(w, kind, event.group, t)
    elif kind == C.EV_CAPACITY_FREE:
        on_capacity_free(w, event.group, t)
    elif kind == C.EV_MONTH:
        _on_month(w, t)
    elif kind == C.EV_SHOCK:
        shocks.on_shock(w, event.group, event.cause, key, t)
    elif kind >= C.EV_RETURN and kind <= C.EV_SHOCK_ARREST:
        _on_person(w, kind, event, key, t)
    else:
        _on_programme(w, kind, event, key, t)


@inline
def _is_due(w, time, until):
    # The last day of the window is no part of it: a call-in or an audit may be planned for that very moment.
    return time < until or (time == until and until < w.state[0].window_end)


@entry
def advance(w, until):
    """Run all events up to and including day ``until``, but none at the window's end or after.

    Returns DONE or the code of the buffer to grow.
    """
    state = w.state[0]
    # The end of some month is always on the heap, which is therefore never empty.
    while _is_due(w, w.heap[0].time, until) or _is_due(w, state.patience_end, until):
        code = full(w)
        if code != C.DONE:
            return code
        if state.patience_end < w.heap[0].time:
            state.now = state.patience_end
            on_patience(w, state.now)
        else:
            row = w.heap[0].row
            state.now = w.heap[0].time
            heap.pop(w)
            _dispatch(w, row, state.now)
            heap.release(w, row)
    state.now = until
    return C.DONE


@kernel
def _start_group(w, g, start):
    group = w.groups[g]
    par = w.par[group.site]
    group.promise_a = par.credibility * par.credibility_strength
    group.promise_b = (1.0 - par.credibility) * par.credibility_strength
    group.legitimacy = par.legitimacy_reference
    group.first_listed = math.nan
    group.sanction_end = -math.inf
    group.sanction_row = C.NOBODY
    group.swing_month = C.NOBODY
    slots.open_slots(w, g)
    lazy_arrivals.open_backlog(w, g, start)
    _next_background(w, g, C.NIL, start)


@kernel
def _start_site(w, site, start):
    par = w.par[site]
    s = w.sites[site]
    s.accrued = start
    s.exposure_day = start
    s.start = math.inf
    s.since = math.inf
    s.line_head = C.NOBODY
    s.queue_head = C.NOBODY
    s.queue_tail = C.NOBODY
    s.shock_month = -(1 << 40)
    push(w, par.programme_start, C.EV_START, par.key, site, C.NIL, C.NIL, C.NIL)
    push(w, par.programme_stop, C.EV_STOP, par.key, site, C.NIL, C.NIL, C.NIL)


@kernel
def _start_stages(w):
    """Every site's parameters as they begin, and what changes them on the heap."""
    sites = len(w.sites)
    for row in range(len(w.stages)):
        site = i64(w.stages[row, 0])
        if row < sites:
            programme.take_stage(w, site, row)
        else:
            push(w, w.stages[row, 1], C.EV_STAGE, w.par[site].key, site, C.NIL, row, C.NIL)


@kernel
def _start_shocks(w, start):
    for number in range(len(w.shocks)):
        shock = w.shocks[number]
        for g in range(len(w.groups)):
            if w.groups[g].site == shock.site and shock.start >= start:
                key = draws.child(w.groups[g].key, draws.TAG_SHOCK, shock.number)
                push(w, shock.start, C.EV_SHOCK, key, g, C.NIL, number, C.NIL)


@kernel
def _draw_world(w, run):
    """Groups, ties and rates of this run; returns TIES_FULL if there are more ties than room for them."""
    population.draw_groups(w, run)
    if network.generate_ties(w, run) > len(w.ties):
        return C.TIES_FULL
    network.normalise_ties(w)
    population.set_rates(w)
    state = w.state[0]
    for g in range(len(w.groups)):
        if w.groups[g].members > state.largest:
            state.largest = w.groups[g].members
    state.reserve = w.settings[0].at_once + 3 * state.largest
    return C.DONE


@entry
def begin(w, run, start, window_start, window_end):
    """Draw the world and set its first state, in cleared arrays: members present, first events on the heap.

    Returns DONE, or TIES_FULL: then grow that table, clear, and begin again.
    """
    state = w.state[0]
    state.run = run
    state.begun = start
    state.now = start
    state.month = -1
    state.window_start = window_start
    state.window_end = window_end
    state.free_row = C.NOBODY
    state.patience_end = math.inf
    _start_stages(w)
    code = _draw_world(w, run)
    if code != C.DONE:
        return code
    for site in range(len(w.sites)):
        _start_site(w, site, start)
    swings.draw_sites(w)
    for g in range(len(w.groups)):
        _start_group(w, g, start)
    _start_shocks(w, start)
    push(w, window_start, C.EV_MONTH, u64(0), C.NIL, C.NIL, C.NIL, C.NIL)
    return C.DONE


@kernel
def settle_everything(w, t):
    """Bring all persons up to ``t``: whose detention, wound or patience is over, and who was kept from joining.

    Returns DONE, or the code of a buffer to grow: then call again. Changes no event.
    """
    for g in range(len(w.groups)):
        code = full(w)
        if code != C.DONE:
            return code
        lazy_arrivals.catch_up(w, g, t)
        if w.groups[g].listed == 1 and w.par[w.groups[g].site].prevention > 0.0:
            slots.look_at_all(w, g, t)
    for i in range(w.state[0].persons):
        code = full(w)
        if code != C.DONE:
            return code
        membership.settle(w, i, t)
        stays.settle_wait(w, i, t)
        if w.settings[0].keep_persons == 1:
            membership.ask_for_stand_in(w, i, t)
    return C.DONE
