"""Clearance, arrest, detention and release (section 3).

An attack is cleared with the dated probability of its outcome; the delay to arrest is a mixture: uniform
within the first days, log-uniform up to some months, exponential after that. Arrests for other offences
come on the group's own clock and bring a short detention.
"""

from __future__ import annotations

import math

from .. import draws
from ..jit import inline, kernel
from ..world import codes as C
from ..world import tables as T
from . import belief, support
from .calendar import day_value
from .heap import push
from .membership import ADULT_YEARS, age_at, set_free, set_status
from .races import anybody
from .recruits import sync_pool
from .tally import accrue, count


@inline
def _clearance(w, site, hit, killed, t):  # type: ignore[no-untyped-def]
    par = w.par[site]
    chance = par.clearance_no_hit
    if killed > 0:
        chance = par.clearance_fatal
    elif hit > 0:
        chance = par.clearance_hit
    return chance * day_value(w, site, t, C.CAL_CLEARANCE)


@inline
def _arrest_delay(w, site, key):  # type: ignore[no-untyped-def]
    par = w.par[site]
    which, where = draws.uniform_pair(w.state[0].run, draws.ARREST_DELAY, key, draws.ONLY)
    if which < par.delay_first_share:
        return where * par.delay_first_days
    if which < par.delay_first_share + par.delay_middle_share:
        return par.delay_first_days * math.exp(where * math.log(par.delay_middle_days / par.delay_first_days))
    return par.delay_middle_days - par.delay_late_days * math.log(where)


@kernel
def investigate(w, row, u, t):  # type: ignore[no-untyped-def]
    """Decide whether and when the attack in ``row`` is cleared; its group learns then, or when patience ends."""
    attack = w.log[row]
    g = attack.attacker
    site = w.groups[g].site
    patience = w.par[site].patience_days
    chance = _clearance(w, site, attack.hit, attack.killed, t)
    if u < chance:
        delay = _arrest_delay(w, site, attack.key)
        attack.cleared = 1
        push(w, t + delay, C.EV_ARREST, attack.key, g, attack.shooter, 1 if delay <= patience else 0, row)
        if delay <= patience:
            return
    push(w, t + patience, C.EV_PATIENCE, attack.key, g, C.NIL, C.NIL, row)


@kernel
def on_arrest(w, row, in_time, t):  # type: ignore[no-untyped-def]
    """The shooter of an attack is arrested."""
    attack = w.log[row]
    attack.arrest_day = t
    g = attack.attacker
    site = w.groups[g].site
    par = w.par[site]
    count(w, site, T.ARRESTS, 1.0)
    belief.move_legitimacy(w, g, t, -par.legitimacy_arrest_step)
    if in_time == 1:
        a = par.contracted_belief if attack.contracted == 1 else 1.0
        belief.learn_arrest(w, g, t, a, 1.0 - a)
    if attack.shooter >= 0:
        days = _sentence_days(w, row, attack.shooter, t)
        detain(w, attack.shooter, attack.key, t, days)


@kernel
def _sentence_days(w, row, i, t):  # type: ignore[no-untyped-def]
    attack = w.log[row]
    par = w.par[w.groups[attack.attacker].site]
    days = par.sentence_days_no_hit
    if attack.killed > 0:
        days = par.sentence_days_fatal
    elif attack.hit > 0:
        days = par.sentence_days_hit
    if age_at(w, i, t) < ADULT_YEARS:
        days *= par.youth_sentence_factor
    return days * draws.gamma(w.state[0].run, draws.SENTENCE, attack.key, par.sentence_shape)


@kernel
def detain(w, i, key, t, days):  # type: ignore[no-untyped-def]
    """Detain person ``i`` for ``days``; a longer detention that already runs goes on."""
    person = w.persons[i]
    until = t + days
    if person.status == C.DEAD or (person.status == C.DETAINED and person.until >= until):
        return
    site = w.groups[person.group].site
    had_place = person.status == C.IN_SUPPORT
    support.close_row(w, i, t, C.STAY_DETAINED)
    if person.status != C.DETAINED and age_at(w, i, t) < ADULT_YEARS:
        accrue(w, site, t)
        w.sites[site].detained_minors += 1
        person.is_minor = 1
    push(w, until, C.EV_RELEASE, key, person.group, i, C.NIL, C.NIL)
    set_status(w, i, C.DETAINED, t, until)
    if had_place:
        support.fill_free_places(w, site, t)


@kernel
def on_release(w, i, key, t):  # type: ignore[no-untyped-def]
    """Detention ends, unless a later release holds the person still."""
    person = w.persons[i]
    if person.status != C.DETAINED or person.until != t:
        return
    site = w.groups[person.group].site
    if person.is_minor == 1:
        accrue(w, site, t)
        w.sites[site].detained_minors -= 1
        person.is_minor = 0
    if person.has_exited == 1:
        set_status(w, i, C.EXITED, t, math.inf)
        return
    set_free(w, i, t)
    support.programme_occasion(w, i, draws.child(key, draws.TAG_OCCASION, C.FIRST), t)


@kernel
def detain_for_other(w, i, key, t):  # type: ignore[no-untyped-def]
    """A short detention for another offence, if the person is there to be arrested; returns whether."""
    person = w.persons[i]
    reachable = person.status == C.FREE or person.status == C.IN_SUPPORT or person.status == C.WOUNDED
    if not reachable or t >= person.leave:
        return False
    site = w.groups[person.group].site
    belief.move_legitimacy(w, person.group, t, -w.par[site].legitimacy_arrest_step)
    days = w.par[site].other_detention_days * draws.exponential(w.state[0].run, draws.OTHER_STAY, key, draws.ONLY)
    detain(w, i, key, t, days)
    return True


@kernel
def on_other_arrest(w, g, t):  # type: ignore[no-untyped-def]
    """The group's clock has come to an arrest for another offence: any member alike."""
    group = w.groups[g]
    key = draws.child(group.key, draws.TAG_OTHER_ARREST, group.arrests)
    sync_pool(w, g, t)
    i = anybody(w, draws.OTHER_ARREST, key, g)
    if i >= 0 and detain_for_other(w, i, key, t):
        count(w, group.site, T.OTHER_ARRESTS, 1.0)


@kernel
def on_usual_offer(w, g, t):  # type: ignore[no-untyped-def]
    """The group's clock has come to an offer of support as in business as usual: any member alike."""
    group = w.groups[g]
    key = draws.child(group.key, draws.TAG_USUAL_OFFER, group.usual_offers)
    sync_pool(w, g, t)
    i = anybody(w, draws.USUAL_OFFER, key, g)
    if i >= 0:
        support.occasion(w, i, key, t, 1.0, 1.0)


@kernel
def on_patience(w, row, t):  # type: ignore[no-untyped-def]
    """No arrest came in time: the group counts one escape."""
    belief.learn_arrest(w, w.log[row].attacker, t, 0.0, 1.0)
