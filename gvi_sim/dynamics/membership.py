"""What happens to persons: status, empty slots and stand-ins (ODD 7.8).

A status is an overlay on the natural spell. Detention and wounds end at a known day, so nothing need happen
then: whoever asks brings the person up to date (``settle``). A slot that stays empty (detained, in support,
exited, dead) for ``vacancy_days`` is filled with probability ``vacancy_response`` by a stand-in, a person keyed
by what emptied the slot, until the holder is back or the natural spell ends; he too appears when somebody asks.
"""

from __future__ import annotations

import math

from ..kernel import draws
from ..kernel.compiler import inline, kernel
from ..world import codes as C
from ..world import tables as T
from .heap import push
from .records import log_spell
from .slots import materialise, new_stand_in
from .tally import accrue, add_days


@inline
def leaves_empty(status):
    """Whether a status leaves the person's slot in the group empty."""
    return status == C.DETAINED or status == C.IN_SUPPORT or status == C.EXITED or status == C.DEAD


@inline
def is_present(w, i, t):
    """Whether the natural spell (or the stand-in's time) covers ``t``."""
    person = w.persons[i]
    return person.join <= t and t < person.leave


@kernel
def end_detention(w, i, t):
    """Count the days of a detention that ends at ``t``."""
    person = w.persons[i]
    site = w.groups[person.group].site
    add_days(w, site, T.DETAINED_DAYS, person.since, t)
    if person.is_minor == 1:
        add_days(w, site, T.DETAINED_MINOR_DAYS, person.since, t)
        person.is_minor = 0


@inline
def _count_support(w, i, t, step):
    site = w.groups[w.persons[i].group].site
    accrue(w, site, t)
    w.sites[site].in_support += step


@inline
def _empty_place(w, i, t, cause):
    person = w.persons[i]
    if math.isnan(person.empty_since):
        person.empty_since = t
        person.empty_cause = cause
        person.stand_in = C.NOT_ASKED


@kernel
def _ask_for_stand_in(w, i, t):
    person = w.persons[i]
    par = w.par[w.groups[person.group].site]
    asked = person.empty_since + par.vacancy_days
    if par.vacancy_response <= 0.0 or person.kind == C.STAND_IN or t < asked or asked >= person.leave:
        return
    key = draws.child(person.empty_cause, draws.TAG_STAND_IN, person.code)
    person.stand_in = C.NOBODY_STEPPED_IN
    if draws.uniform(w.state[0].run, draws.VACANCY, key, draws.ONLY) < par.vacancy_response:
        person.stand_in = new_stand_in(w, i, key, asked)


@inline
def ask_for_stand_in(w, i, t):
    """Find out, if nobody has yet, whether somebody has stepped into the empty slot of ``i`` by ``t``."""
    if w.persons[i].stand_in == C.NOT_ASKED and leaves_empty(w.persons[i].status):
        _ask_for_stand_in(w, i, t)


@kernel
def _fill_place(w, i, t):
    person = w.persons[i]
    person.empty_since = math.nan
    if person.stand_in >= 0:
        other = w.persons[person.stand_in]
        if t < other.leave:
            other.leave = t
    person.stand_in = C.NOT_ASKED


@kernel
def set_status(w, i, status, t, until, cause):
    """Person ``i`` becomes ``status`` at ``t``, as far as known until ``until``, for the reason ``cause``."""
    person = w.persons[i]
    before = person.status
    if w.settings[0].keep_persons == 1:
        ask_for_stand_in(w, i, t)
    if before != status:
        log_spell(w, i, t)
        if before == C.DETAINED:
            end_detention(w, i, t)
        if before == C.IN_SUPPORT:
            _count_support(w, i, t, -C.FIRST)
        if status == C.IN_SUPPORT:
            _count_support(w, i, t, C.FIRST)
        person.status = status
        person.since = t
    person.until = until
    person.cause = cause
    if leaves_empty(status):
        _empty_place(w, i, t, cause)
    else:
        _fill_place(w, i, t)


@kernel
def set_free(w, i, t):
    """Whatever held person ``i`` has ended; a wound that has not healed still does."""
    person = w.persons[i]
    if person.wounded_until > t:
        # What comes of the wound has an address of its own beside what came of the detention.
        set_status(w, i, C.WOUNDED, t, person.wounded_until, draws.child(person.cause, draws.TAG_WOUND, person.code))
    else:
        set_status(w, i, C.FREE, t, math.inf, person.cause)


@kernel
def _come_back(w, i, t):
    person = w.persons[i]
    while person.until <= t and (person.status == C.DETAINED or person.status == C.WOUNDED):
        if person.has_exited == 1:
            set_status(w, i, C.EXITED, person.until, math.inf, person.cause)
        else:
            set_free(w, i, person.until)


@inline
def settle(w, i, t):
    """Bring person ``i`` up to ``t``: detention and wounds that are over are over."""
    if w.persons[i].until <= t:
        _come_back(w, i, t)


@kernel
def watch_return(w, i):
    """Put the person's return from detention or a wound on the heap: something is to happen at that moment."""
    person = w.persons[i]
    if person.status == C.DETAINED or person.status == C.WOUNDED:
        push(w, person.until, C.EV_RETURN, person.cause, person.group, i, C.NIL, C.NIL)


@kernel
def acting_in_place_of(w, i, t):
    """The free stand-in in the slot of ``i``, or -1."""
    person = w.persons[i]
    if not leaves_empty(person.status):
        return C.NOBODY
    ask_for_stand_in(w, i, t)
    other = person.stand_in
    if other < 0:
        return C.NOBODY
    settle(w, other, t)
    if w.persons[other].status == C.FREE and t < w.persons[other].leave:
        return other
    return C.NOBODY


@kernel
def free_in_slot(w, g, p, t):
    """Whether the holder of slot ``p``, or a stand-in, is free at ``t``. The slot must be up to date."""
    slot = w.slots[p]
    if slot.person < 0:
        if slot.held_until == math.inf:
            return True
        if t < slot.held_from + w.par[w.groups[g].site].vacancy_days:
            return False
    i = materialise(w, g, p)
    settle(w, i, t)
    return w.persons[i].status == C.FREE or acting_in_place_of(w, i, t) >= 0


@kernel
def who_is_free(w, g, p, t):
    """Row of the free holder of slot ``p`` or of the free stand-in, -1 if neither is free."""
    i = materialise(w, g, p)
    settle(w, i, t)
    return i if w.persons[i].status == C.FREE else acting_in_place_of(w, i, t)
