"""The event loop: exact, event by event, in order of (time, kind, key).

``advance`` runs until a day or until a buffer could overflow; the caller then grows that buffer and calls
again, and nothing is lost. Any mixture of calls gives the same events bit for bit.
"""

from __future__ import annotations

import math

from .. import draws
from ..jit import entry, i64, inline, kernel, u64
from ..world import codes as C
from ..world import tables as T
from . import attacks, harm, heap, justice, membership, programme, recruits, sanctions, shocks, support, tally


@inline
def full(w):  # type: ignore[no-untyped-def]
    """The code of a buffer that one more event could overflow, or DONE."""
    state = w.state[0]
    need = state.reserve
    code = C.DONE
    if state.slots + need > len(w.events):
        code = C.EVENTS_FULL
    elif state.log_size + need > len(w.log):
        code = C.LOG_FULL
    elif state.persons + need > len(w.persons):
        code = C.PERSONS_FULL
    elif state.victims + need > len(w.victims):
        code = C.VICTIMS_FULL
    elif state.stays + need > len(w.stays):
        code = C.STAYS_FULL
    elif state.sanctions + need > len(w.sanctions):
        code = C.SANCTIONS_FULL
    elif state.keep_spells == 1 and state.spells + need > len(w.spells):
        code = C.SPELLS_FULL
    elif state.keep_doses == 1 and state.doses + need > len(w.doses):
        code = C.DOSES_FULL
    elif state.month + 2 > w.tally.shape[1]:
        code = C.TALLY_FULL
    return code


@kernel
def _background_gap(w, g):  # type: ignore[no-untyped-def]
    group = w.groups[g]
    if group.candidate_rate <= 0.0:
        return math.inf
    gap = draws.exponential(w.state[0].run, draws.BACKGROUND_TIME, group.key, group.backgrounds)
    return gap / group.candidate_rate


@kernel
def _other_gap(w, g, purpose, number, rate):  # type: ignore[no-untyped-def]
    if rate <= 0.0:
        return math.inf
    return draws.exponential(w.state[0].run, purpose, w.groups[g].key, number) / rate


@kernel
def _walk_on(w, g, t):  # type: ignore[no-untyped-def]
    code, day = recruits.walk(w, g, t + recruits.LOOK_AHEAD_DAYS)
    if code == C.DONE:
        heap.push(w, day, C.EV_GROUP, w.groups[g].key, g, C.NIL, C.NIL, C.NIL)
    else:
        heap.push(w, t, C.EV_WALK, w.groups[g].key, g, C.NIL, C.NIL, C.NIL)
    return code


@kernel
def _on_group(w, g, t):  # type: ignore[no-untyped-def]
    """The group's clock has reached its next event; returns a code if there is no room to walk on."""
    group = w.groups[g]
    par = w.par[group.site]
    target = recruits.next_threshold(group)
    n = group.walk_size
    due = n > 0 and group.segment_day + (target - group.area) / n <= t
    if not due:
        pass
    elif target == group.next_background:
        key = draws.child(group.key, draws.TAG_BACKGROUND, group.backgrounds)
        attacks.decide(w, key, u64(0), C.NOBODY, C.BACKGROUND, g, C.OUTSIDER, t)
        group.backgrounds += 1
        group.next_background += _background_gap(w, g)
    elif target == group.next_arrest:
        justice.on_other_arrest(w, g, t)
        group.arrests += 1
        rate = par.other_arrest_rate
        group.next_arrest += _other_gap(w, g, draws.OTHER_ARREST_TIME, group.arrests, rate)
    else:
        justice.on_usual_offer(w, g, t)
        group.usual_offers += 1
        rate = par.usual_offer_rate
        group.next_offer += _other_gap(w, g, draws.USUAL_OFFER_TIME, group.usual_offers, rate)
    return _walk_on(w, g, t)


@kernel
def _on_month(w, t):  # type: ignore[no-untyped-def]
    state = w.state[0]
    for site in range(len(w.sites)):
        tally.accrue(w, site, t)
    state.month += 1
    day = state.window_start + (state.month + 1) * T.MONTH_DAYS
    heap.push(w, day, C.EV_MONTH, u64(0), C.NIL, C.NIL, C.NIL, C.NIL)


@kernel
def _on_programme(w, kind, event, key, t):  # type: ignore[no-untyped-def]
    if kind == C.EV_PROMISE:
        sanctions.on_promise(w, event.group, event.ref, event.cause, key, t)
    elif kind == C.EV_BURST:
        programme.on_burst(w, event.group, key, t)
    elif kind == C.EV_NOTIFY:
        programme.on_notify(w, event.group, event.person, event.cause, key, t)
    elif kind == C.EV_CALL_IN:
        programme.on_call_in(w, event.group, event.cause, t)
    elif kind == C.EV_EXTRA_ARREST:
        sanctions.on_extra_arrest(w, event.group, event.person, key, t)
    elif kind == C.EV_SANCTION_END:
        sanctions.on_sanction_end(w, event.group, t)
    elif kind == C.EV_AUDIT:
        programme.on_audit(w, event.group, event.cause, t)
    elif kind == C.EV_START:
        programme.on_start(w, event.group, t)
    elif kind == C.EV_STOP:
        programme.on_stop(w, event.group, t)


@kernel
def _on_person(w, kind, event, key, t):  # type: ignore[no-untyped-def]
    i = event.person
    if kind == C.EV_RELEASE:
        justice.on_release(w, i, key, t)
    elif kind == C.EV_RECOVER:
        harm.on_recover(w, i, key, t)
    elif kind == C.EV_VACANCY:
        membership.on_vacancy(w, i, event.cause, t)
    elif kind == C.EV_STAY_END:
        support.on_stay_end(w, i, event.ref, key, event.cause, t)
    elif kind == C.EV_GIVE_UP:
        support.on_give_up(w, i, event.ref, t)
    elif kind == C.EV_RELAPSE:
        support.on_relapse(w, i, t)
    elif kind == C.EV_SHOCK_ARREST:
        shocks.on_shock_arrest(w, i, event.cause, key, t)
    elif kind == C.EV_SHOCK:
        shocks.on_shock(w, event.group, event.cause, key, t)


@kernel
def _dispatch(w, slot, t):  # type: ignore[no-untyped-def]
    event = w.events[slot]
    kind = event.kind
    key = event.key
    code = C.DONE
    if kind == C.EV_GROUP:
        code = _on_group(w, event.group, t)
    elif kind == C.EV_CANDIDATE:
        parent = w.log[event.ref].key
        attacks.decide(w, key, parent, event.ref, event.cause, event.group, event.person, t)
    elif kind == C.EV_PATIENCE:
        justice.on_patience(w, event.ref, t)
    elif kind == C.EV_ARREST:
        justice.on_arrest(w, event.ref, event.cause, t)
    elif kind == C.EV_WALK:
        code = _walk_on(w, event.group, t)
    elif kind == C.EV_MONTH:
        _on_month(w, t)
    elif kind >= C.EV_RELEASE and kind <= C.EV_SHOCK_ARREST:
        _on_person(w, kind, event, key, t)
    else:
        _on_programme(w, kind, event, key, t)
    return code


@entry
def advance(w, until):  # type: ignore[no-untyped-def]
    """Run all events up to and including day ``until``; returns DONE or the code of the buffer to grow."""
    state = w.state[0]
    while state.heap_size > 0 and w.heap[0].time <= until:
        code = full(w)
        if code != C.DONE:
            return code
        t = w.heap[0].time
        slot = w.heap[0].slot
        state.now = t
        heap.pop(w)
        code = _dispatch(w, slot, t)
        heap.release(w, slot)
        if code != C.DONE:
            return code
    state.now = until
    return C.DONE


@kernel
def _start_group(w, g, start):  # type: ignore[no-untyped-def]
    group = w.groups[g]
    par = w.par[group.site]
    group.segment_day = start
    group.last_person = C.NOBODY
    group.coming = C.NOBODY
    group.pool_leave = math.inf
    for j in range(i64(group.members)):
        recruits.add_initial(w, g, j, start)
    recruits.draw_first_join(w, g, start)
    group.next_background = _background_gap(w, g)
    group.next_arrest = _other_gap(w, g, draws.OTHER_ARREST_TIME, C.NIL, par.other_arrest_rate)
    group.next_offer = _other_gap(w, g, draws.USUAL_OFFER_TIME, C.NIL, par.usual_offer_rate)
    group.promise_a = par.credibility * par.credibility_strength
    group.promise_b = (1.0 - par.credibility) * par.credibility_strength
    group.legitimacy = par.legitimacy_reference
    group.first_listed = math.nan
    group.sanction_end = -math.inf
    group.sanction_row = C.NOBODY
    heap.push(w, start, C.EV_WALK, group.key, g, C.NIL, C.NIL, C.NIL)


@kernel
def _start_site(w, site, start):  # type: ignore[no-untyped-def]
    par = w.par[site]
    s = w.sites[site]
    s.accrued = start
    s.exposure_day = start
    s.start = math.inf
    s.queue_head = C.NOBODY
    s.queue_tail = C.NOBODY
    s.shock_month = -(1 << 40)
    heap.push(w, par.programme_start, C.EV_START, par.key, site, C.NIL, C.NIL, C.NIL)
    heap.push(w, par.programme_stop, C.EV_STOP, par.key, site, C.NIL, C.NIL, C.NIL)


@kernel
def _start_shocks(w, start):  # type: ignore[no-untyped-def]
    for number in range(len(w.shocks)):
        shock = w.shocks[number]
        for g in range(len(w.groups)):
            if w.groups[g].site == shock.site and shock.start >= start:
                key = draws.child(w.groups[g].key, draws.TAG_SHOCK, shock.number)
                heap.push(w, shock.start, C.EV_SHOCK, key, g, C.NIL, number, C.NIL)


@entry
def begin(w, run, start, window_start, window_end):  # type: ignore[no-untyped-def]
    """Set the first state: members present, everything else at rest, first events on the heap."""
    state = w.state[0]
    state.run = run
    state.now = start
    state.month = -1
    state.window_start = window_start
    state.window_end = window_end
    state.free_slot = C.NOBODY
    for site in range(len(w.sites)):
        _start_site(w, site, start)
    for g in range(len(w.groups)):
        _start_group(w, g, start)
    _start_shocks(w, start)
    heap.push(w, window_start, C.EV_MONTH, u64(0), C.NIL, C.NIL, C.NIL, C.NIL)
