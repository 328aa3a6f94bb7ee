"""Support and exit: offers, assessment, places, waiting list, stays, relapse (section 6).

An occasion leads to an offer with a probability of its own; the person accepts with probability
acceptance * readiness * commitment of the municipality * L / L_ref; half of those who ask are lost in
assessment. Then a place, or the waiting list (first come first served, exponential patience). A stay
is Gamma; dropping out competes with it. Whoever completes is ``exited`` and may relapse at a rate that
halves every ``relapse_half_life_days``.
"""

from __future__ import annotations

import math

from .. import draws
from ..jit import inline, kernel
from ..world import codes as C
from ..world import tables as T
from . import belief, partners
from .heap import push
from .membership import set_free, set_status
from .records import log_dose
from .tally import accrue, count


@inline
def _accepts(w, i, key, t, commitment):  # type: ignore[no-untyped-def]
    person = w.persons[i]
    par = w.par[w.groups[person.group].site]
    readiness, _ = draws.uniform_pair(w.state[0].run, draws.TRAITS, person.key, draws.SECOND)
    standing = belief.legitimacy(w, person.group, t) / par.legitimacy_reference
    if standing > 1.0:
        standing = 1.0
    # Uniform around ``acceptance`` as widely as [0, 1] allows, so that its mean is ``acceptance`` at any value.
    spread = par.acceptance if par.acceptance <= 0.5 else 1.0 - par.acceptance
    chance = (par.acceptance + (2.0 * readiness - 1.0) * spread) * commitment * standing
    return draws.uniform(w.state[0].run, draws.OFFER, key, draws.SECOND) < chance


@kernel
def occasion(w, i, key, t, chance, commitment):  # type: ignore[no-untyped-def]
    """An occasion with address ``key`` at which support may be offered to person ``i``."""
    person = w.persons[i]
    if chance <= 0.0 or person.stay >= 0 or t >= person.leave:
        return
    if person.status != C.FREE and person.status != C.WOUNDED:
        return
    run = w.state[0].run
    if draws.uniform(run, draws.OFFER, key, draws.ONLY) >= chance:
        return
    site = w.groups[person.group].site
    count(w, site, T.OFFERS, 1.0)
    log_dose(w, t, C.DOSE_OFFER, site, person.group, i)
    if not _accepts(w, i, key, t, commitment):
        return
    count(w, site, T.REQUESTS, 1.0)
    if draws.uniform(run, draws.ASSESSMENT, key, draws.ONLY) < w.par[site].assessment_pass:
        _request(w, i, key, t)


@kernel
def programme_occasion(w, i, key, t):  # type: ignore[no-untyped-def]
    """An occasion that counts only where GVI runs and the group is listed."""
    g = w.persons[i].group
    site = w.groups[g].site
    if w.sites[site].active == 0 or w.groups[g].listed == 0:
        return
    chance = w.par[site].offer_rate * partners.ramp(w, site, t)
    occasion(w, i, key, t, chance, partners.municipality(w, site, t))


@kernel
def _request(w, i, key, t):  # type: ignore[no-untyped-def]
    person = w.persons[i]
    site = w.groups[person.group].site
    par = w.par[site]
    if w.sites[site].in_support < par.places:
        _open_row(w, i, key, t)
        _admit(w, i, t)
    elif par.waiting_patience_days > 0.0:
        _open_row(w, i, key, t)
        _enqueue(w, site, person.stay, t)
        patience = par.waiting_patience_days * draws.exponential(w.state[0].run, draws.PATIENCE, key, draws.ONLY)
        push(w, t + patience, C.EV_GIVE_UP, key, person.group, i, C.NIL, person.stay)


@inline
def _open_row(w, i, key, t):  # type: ignore[no-untyped-def]
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
    stay.next = C.NOBODY
    w.persons[i].stay = row


@inline
def _enqueue(w, site, row, t):  # type: ignore[no-untyped-def]
    s = w.sites[site]
    accrue(w, site, t)
    s.waiting += 1
    if s.queue_tail >= 0:
        w.stays[s.queue_tail].next = row
    else:
        s.queue_head = row
    s.queue_tail = row


@kernel
def _admit(w, i, t):  # type: ignore[no-untyped-def]
    person = w.persons[i]
    site = w.groups[person.group].site
    par = w.par[site]
    run = w.state[0].run
    stay = w.stays[person.stay]
    key = stay.key  # the occasion's: the same stay whenever it begins
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
    set_status(w, i, C.IN_SUPPORT, t, end)


@kernel
def close_row(w, i, t, how):  # type: ignore[no-untyped-def]
    """Person ``i``'s open request or stay ends, ``how`` a code of STAY_ENDS; frees the place or the queue."""
    person = w.persons[i]
    row = person.stay
    if row < 0:
        return
    stay = w.stays[row]
    if stay.how == C.WAITING:
        site = w.groups[person.group].site
        accrue(w, site, t)
        w.sites[site].waiting -= 1
    stay.how = how
    stay.ended_day = t
    person.stay = C.NOBODY


@kernel
def fill_free_places(w, site, t):  # type: ignore[no-untyped-def]
    """Admit from the waiting list while there is room."""
    s = w.sites[site]
    while s.queue_head >= 0 and s.in_support < w.par[site].places:
        stay = w.stays[s.queue_head]
        s.queue_head = stay.next
        if s.queue_head < 0:
            s.queue_tail = C.NOBODY
        if stay.how != C.WAITING:
            continue
        i = stay.person
        if t >= w.persons[i].leave:
            close_row(w, i, t, C.STAY_LEFT)
            continue
        accrue(w, site, t)
        s.waiting -= 1
        _admit(w, i, t)


@kernel
def on_give_up(w, i, row, t):  # type: ignore[no-untyped-def]
    """Patience has run out for a request that still waits."""
    if w.persons[i].stay == row and w.stays[row].how == C.WAITING:
        close_row(w, i, t, C.GAVE_UP)


@kernel
def on_stay_end(w, i, row, key, completes, t):  # type: ignore[no-untyped-def]
    """A stay ends by completion or dropping out, unless detention or death came first."""
    person = w.persons[i]
    if person.stay != row or person.status != C.IN_SUPPORT:
        return
    site = w.groups[person.group].site
    close_row(w, i, t, C.COMPLETED if completes == 1 else C.DROPPED_OUT)
    if completes == 1:
        count(w, site, T.COMPLETED, 1.0)
        person.has_exited = 1
        set_status(w, i, C.EXITED, t, math.inf)
        _schedule_relapse(w, i, key, t)
    else:
        count(w, site, T.DROPOUTS, 1.0)
        set_free(w, i, t)
    fill_free_places(w, site, t)


@kernel
def _schedule_relapse(w, i, key, t):  # type: ignore[no-untyped-def]
    par = w.par[w.groups[w.persons[i].group].site]
    if par.relapse_rate <= 0.0:
        return
    hazard = draws.exponential(w.state[0].run, draws.RELAPSE, key, draws.ONLY)
    # Integrated hazard r / k * (1 - exp(-k t)) with k = ln 2 / half-life; beyond its limit nobody relapses.
    used = hazard * par.relapse_decay / par.relapse_rate
    if used < 1.0:
        push(w, t - math.log(1.0 - used) / par.relapse_decay, C.EV_RELAPSE, key, C.NIL, i, C.NIL, C.NIL)


@kernel
def on_relapse(w, i, t):  # type: ignore[no-untyped-def]
    """An exited person returns to the group, unless dead; a detained one returns after release."""
    person = w.persons[i]
    if person.has_exited == 0:
        return
    person.has_exited = 0
    count(w, w.groups[person.group].site, T.RELAPSES, 1.0)
    if person.status == C.EXITED:
        set_free(w, i, t)
