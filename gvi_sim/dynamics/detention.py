"""Detention, and arrests for other offences (section 3).

Arrests for other offences come to a group as a Poisson process, to any member alike, and bring a short detention.
They are worked off when somebody looks at the group (``backlog``), each with its own day.
"""

from __future__ import annotations

import math

from .. import draws
from ..elementary import log
from ..jit import i64, inline, kernel
from ..units import ADULT_YEARS
from ..world import codes as C
from ..world import tables as T
from . import belief, stays
from .membership import set_status, settle, watch_return
from .places import look, materialise
from .tally import count_on

_YEAR = 365.25


@inline
def age_at(w, i, t):  # type: ignore[no-untyped-def]
    """Age in years of person ``i`` at ``t``."""
    person = w.persons[i]
    return person.age + (t - person.join) / _YEAR


@kernel
def detain(w, i, key, t, days):  # type: ignore[no-untyped-def]
    """Detain person ``i`` for ``days``; a longer detention that already runs goes on."""
    settle(w, i, t)
    person = w.persons[i]
    until = t + days
    if person.status == C.DEAD or (person.status == C.DETAINED and person.until >= until):
        return
    had_place = person.status == C.IN_SUPPORT
    stays.close_row(w, i, t, C.STAY_DETAINED)
    if person.status != C.DETAINED:
        person.is_minor = 1 if age_at(w, i, t) < ADULT_YEARS else 0
    set_status(w, i, C.DETAINED, t, until, key)
    if w.groups[person.group].listed == 1:
        watch_return(w, i)
    if had_place:
        stays.call_next(w, w.groups[person.group].site, t)


@kernel
def detain_for_other(w, i, key, t, days):  # type: ignore[no-untyped-def]
    """A short detention for another offence, if the person is there to be arrested; returns whether."""
    settle(w, i, t)
    person = w.persons[i]
    reachable = person.status == C.FREE or person.status == C.IN_SUPPORT or person.status == C.WOUNDED
    if not reachable or t >= person.leave:
        return False
    step = w.par[w.groups[person.group].site].legitimacy_arrest_step
    belief.move_legitimacy(w, person.group, t, -step)
    detain(w, i, key, t, days)
    return True


@inline
def _gap(w, g, word):  # type: ignore[no-untyped-def]
    group = w.groups[g]
    rate = w.par[group.site].other_arrest_rate * group.members
    return draws.gap_from(word, rate)


@kernel
def open_arrests(w, g, start):  # type: ignore[no-untyped-def]
    """Day of the group's first arrest for another offence."""
    group = w.groups[g]
    _, _, _, first = draws.block(w.state[0].run, draws.OTHER_ARREST, group.key, draws.DROPOUT)
    group.next_arrest = start + _gap(w, g, first)


@kernel
def _hold(w, g, p, t, days):  # type: ignore[no-untyped-def]
    """A short detention of a holder to whom nothing else has happened stands in the place; returns whether."""
    place = w.places[p]
    if place.held_until < math.inf:
        return False
    group = w.groups[g]
    belief.move_legitimacy(w, g, t, -w.par[group.site].legitimacy_arrest_step)
    place.held_from = t
    place.held_until = t + days
    place.held_number = group.arrests
    if place.held_until < place.change:
        place.change = place.held_until
    return True


@kernel
def other_arrest(w, g):  # type: ignore[no-untyped-def]
    """The next arrest for another offence in group ``g``, on its day."""
    group = w.groups[g]
    t = group.next_arrest
    where, stay, gap, _ = draws.block(w.state[0].run, draws.OTHER_ARREST, group.key, group.arrests)
    p = group.first_place + i64(math.floor(draws.open_32(where) * group.members))
    days = -w.par[group.site].other_detention_days * log(draws.open_32(stay))
    look(w, g, p, t)
    if w.places[p].person < 0 and group.listed == 0 and w.settings[0].keep_persons == 0:
        done = _hold(w, g, p, t, days)
    else:
        key = draws.child(group.key, draws.TAG_OTHER_ARREST, group.arrests)
        done = detain_for_other(w, materialise(w, g, p), key, t, days)
    if done:
        count_on(w, group.site, t, T.OTHER_ARRESTS)
    group.arrests += 1
    group.next_arrest = t + _gap(w, g, gap)
