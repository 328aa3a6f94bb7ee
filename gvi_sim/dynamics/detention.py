"""Detention, and arrests for other offences (section 3).

Arrests for other offences come to a group as a Poisson process, to any member alike, and bring a short detention.
Nothing hangs on the moment of such an arrest until somebody looks at the group, so a group's arrests are worked
off when it is looked at (``catch_up``), in their order and with their own days. While a group is listed, or one of
its members is in support or waiting for it, the group is watched: each arrest is on the heap at its day, since
then it frees a place or its end is an occasion for an offer.
"""

from __future__ import annotations

import math

from .. import draws
from ..jit import i64, inline, kernel
from ..world import codes as C
from ..world import tables as T
from . import belief, stays
from .heap import push
from .membership import set_status, settle, watch_return
from .places import ADULT_YEARS, look, materialise
from .tally import count_on

_YEAR = 365.25
# An unwatched group is looked at about once in so many arrests, so that what is to be worked off stays short.
_BACKLOG = 32.0


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
        stays.fill_free_places(w, w.groups[person.group].site, t)


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
    return -math.log(draws.open_32(word)) / rate if rate > 0.0 else math.inf


@kernel
def open_arrests(w, g, start):  # type: ignore[no-untyped-def]
    """Day of the group's first arrest for another offence."""
    group = w.groups[g]
    _, _, _, first = draws.block(w.state[0].run, draws.OTHER_ARREST, group.key, draws.DROPOUT)
    group.next_arrest = start + _gap(w, g, first)
    _look_again(w, g, start)


@kernel
def _look_again(w, g, t):  # type: ignore[no-untyped-def]
    rate = w.par[w.groups[g].site].other_arrest_rate * w.groups[g].members
    if rate > 0.0:
        push(w, t + _BACKLOG / rate, C.EV_OTHER_ARREST, w.groups[g].key, g, C.NIL, C.FIRST, C.NIL)


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
def _next_arrest(w, g):  # type: ignore[no-untyped-def]
    group = w.groups[g]
    t = group.next_arrest
    where, stay, gap, _ = draws.block(w.state[0].run, draws.OTHER_ARREST, group.key, group.arrests)
    p = group.first_place + i64(math.floor(draws.open_32(where) * group.members))
    days = -w.par[group.site].other_detention_days * math.log(draws.open_32(stay))
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


@inline
def catch_up(w, g, t):  # type: ignore[no-untyped-def]
    """Work off the arrests for other offences of group ``g`` up to ``t``."""
    while w.groups[g].next_arrest <= t:
        _next_arrest(w, g)


@kernel
def watch(w, g, t):  # type: ignore[no-untyped-def]
    """From now on each arrest of group ``g`` is on the heap at its day, as long as there is reason to."""
    group = w.groups[g]
    catch_up(w, g, t)
    if group.watched == 0:
        group.watched = 1
        push(w, group.next_arrest, C.EV_OTHER_ARREST, group.key, g, C.NIL, C.NIL, C.NIL)


@kernel
def on_other_arrest(w, g, is_round, t):  # type: ignore[no-untyped-def]
    """The day of an arrest that is watched for, or of the next look at a group that nobody looks at."""
    group = w.groups[g]
    catch_up(w, g, t)
    if is_round == 1:
        _look_again(w, g, t)
        return
    group.watched = 0
    if group.listed == 1 or group.open_stays > 0:
        watch(w, g, t)
