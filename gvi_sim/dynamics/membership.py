"""What happens to persons: status, empty places and stand-ins (sections 1 and 7).

A status is an overlay on the natural spell. A place that stays empty (detained, in support, exited, dead)
for ``vacancy_days`` is filled with probability ``vacancy_response`` by a stand-in, a person keyed by
(place, episode), until the holder is back or the natural spell ends.
"""

from __future__ import annotations

import math

from .. import draws
from ..jit import inline, kernel
from ..world import codes as C
from .heap import push
from .records import log_spell
from .recruits import new_person
from .tally import accrue

ADULT_YEARS = 18.0
_YEAR = 365.25


@inline
def leaves_empty(status):  # type: ignore[no-untyped-def]
    """Whether a status leaves the person's place in the group empty."""
    return status == C.DETAINED or status == C.IN_SUPPORT or status == C.EXITED or status == C.DEAD


@inline
def age_at(w, i, t):  # type: ignore[no-untyped-def]
    """Age in years of person ``i`` at ``t``."""
    person = w.persons[i]
    return person.age + (t - person.join) / _YEAR


@inline
def is_present(w, i, t):  # type: ignore[no-untyped-def]
    """Whether the natural spell (or the stand-in's time) covers ``t``."""
    person = w.persons[i]
    return person.join <= t and t < person.leave


@inline
def acting_in_place_of(w, i, t):  # type: ignore[no-untyped-def]
    """The free stand-in in the place of ``i``, or -1."""
    other = w.persons[i].stand_in
    if other >= 0 and w.persons[other].status == C.FREE and t < w.persons[other].leave:
        return other
    return C.NOBODY


@kernel
def _count_occupancy(w, i, status, t, step):  # type: ignore[no-untyped-def]
    site = w.groups[w.persons[i].group].site
    s = w.sites[site]
    if status == C.DETAINED:
        accrue(w, site, t)
        s.detained += step
    elif status == C.IN_SUPPORT:
        accrue(w, site, t)
        s.in_support += step


@kernel
def _empty_place(w, i, t, until):  # type: ignore[no-untyped-def]
    person = w.persons[i]
    par = w.par[w.groups[person.group].site]
    if par.vacancy_response <= 0.0 or person.kind == C.STAND_IN:
        return
    if math.isnan(person.empty_since):
        person.empty_since = t
        person.episode += 1
        person.vacancy_asked = 0
    asked = person.empty_since + par.vacancy_days
    if person.vacancy_asked == 0 and until > asked and person.leave > asked:
        person.vacancy_asked = 1
        push(w, asked, C.EV_VACANCY, person.key, person.group, i, person.episode, C.NIL)


@kernel
def _fill_place(w, i, t):  # type: ignore[no-untyped-def]
    person = w.persons[i]
    person.empty_since = math.nan
    person.vacancy_asked = 0
    if person.stand_in >= 0:
        other = w.persons[person.stand_in]
        if t < other.leave:
            other.leave = t
        person.stand_in = C.NOBODY


@kernel
def set_status(w, i, status, t, until):  # type: ignore[no-untyped-def]
    """Person ``i`` becomes ``status`` at ``t``, as far as known until ``until``."""
    person = w.persons[i]
    before = person.status
    if before != status:
        log_spell(w, i, t)
        _count_occupancy(w, i, before, t, -C.FIRST)
        _count_occupancy(w, i, status, t, C.FIRST)
        person.status = status
        person.since = t
    person.until = until
    if leaves_empty(status):
        _empty_place(w, i, t, until)
    else:
        _fill_place(w, i, t)


@kernel
def set_free(w, i, t):  # type: ignore[no-untyped-def]
    """Whatever held person ``i`` has ended; a wound that has not healed still does."""
    person = w.persons[i]
    if person.wounded_until > t:
        set_status(w, i, C.WOUNDED, t, person.wounded_until)
    else:
        set_status(w, i, C.FREE, t, math.inf)


@kernel
def on_vacancy(w, i, episode, t):  # type: ignore[no-untyped-def]
    """The place of ``i`` has been empty long enough: somebody may step into it for a while."""
    person = w.persons[i]
    if person.episode != episode or not leaves_empty(person.status) or t >= person.leave:
        return
    run = w.state[0].run
    g = person.group
    key = draws.child(person.key, draws.TAG_STAND_IN, episode)
    if draws.uniform(run, draws.VACANCY, key, draws.ONLY) < w.par[w.groups[g].site].vacancy_response:
        person.stand_in = new_person(w, g, C.STAND_IN, key, person.ordinal | (1 << 30), t, person.leave)
