"""Detention, and arrests for other offences (ODD 7.4).

Arrests for other offences come to a group as a Poisson process, to any member alike, and bring a short detention.
They are worked off when somebody looks at the group (``lazy_arrivals``), each with its own day.
"""

from __future__ import annotations

import math

from ..kernel import draws
from ..kernel.compiler import inline, kernel
from ..kernel.elementary import log
from ..units import ADULT_YEARS, DAYS_PER_YEAR
from ..world import codes as C
from ..world import tables as T
from . import belief, stays
from .arrivals import arrival
from .membership import set_status, settle, watch_return
from .slots import count_hold, look, materialise
from .tally import count_on


@inline
def age_at(w, i, t):
    """Age in years of person ``i`` at ``t``."""
    person = w.persons[i]
    return person.age + (t - person.join) / DAYS_PER_YEAR


@kernel
def detain(w, i, key, t, days):
    """Detain person ``i`` for ``days``; a longer detention that already runs goes on."""
    settle(w, i, t)
    person = w.persons[i]
    until = t + days
    if person.status == C.DEAD or (person.status == C.DETAINED and person.until >= until):
        return
    was_in_support = person.status == C.IN_SUPPORT
    stays.close_row(w, i, t, C.STAY_DETAINED)
    if person.status != C.DETAINED:
        person.is_minor = 1 if age_at(w, i, t) < ADULT_YEARS else 0
    set_status(w, i, C.DETAINED, t, until, key)
    if w.groups[person.group].listed == 1:
        watch_return(w, i)
    if was_in_support:
        stays.call_next(w, w.groups[person.group].site, t)


@kernel
def detain_for_other(w, i, key, t, days):
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


@kernel
def _hold(w, g, p, t, days, now):
    """A short detention from ``t`` of a holder to whom nothing else has happened; returns whether he was there."""
    slot = w.slots[p]
    if slot.held_until < math.inf or t < slot.held_from:
        return False
    group = w.groups[g]
    belief.move_legitimacy(w, g, t, -w.par[group.site].legitimacy_arrest_step)
    until = t + days
    if until <= now and until <= slot.leave:
        count_hold(w, g, p, t, until)  # it is over before anybody looks
        slot.held_from = until
        return True
    slot.held_from = t
    slot.held_until = until
    slot.held_number = group.arrests
    if until < slot.change:
        slot.change = until
    return True


@kernel
def other_arrest(w, g, now):
    """The next arrest for another offence in group ``g``, on its day; ``now`` is the day of who looks."""
    group = w.groups[g]
    t = group.next_arrest
    p, stay, gap = arrival(w, g, group.arrests)
    days = -w.par[group.site].other_detention_days * log(draws.open_32(stay))
    look(w, g, p, t)
    if w.slots[p].person < 0 and group.listed == 0 and w.settings[0].keep_persons == 0:
        done = _hold(w, g, p, t, days, now)
    else:
        key = draws.child(group.key, draws.TAG_OTHER_ARREST, group.arrests)
        done = detain_for_other(w, materialise(w, g, p), key, t, days)
    if done:
        count_on(w, group.site, t, T.OTHER_ARRESTS)
    group.arrests += 1
    group.next_arrest = t + gap
