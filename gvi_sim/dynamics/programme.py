"""GVI itself: start and stop, audit, call-ins, custom notifications, attribution (section 5).

Everything here acts only while GVI runs in the site, and only on listed groups. Call-ins come at fixed
intervals after the ramp; notifications come as layers of one a month each, the last one thinned, so a
larger dose adds to a smaller one.
"""

from __future__ import annotations

import math

from .. import draws
from ..jit import i64, inline, kernel, u64
from ..world import codes as C
from ..world import tables as T
from . import belief, partners, sanctions, support
from .heap import push
from .races import rival_race
from .records import log_dose
from .recruits import sync_pool
from .tally import count

_AUDIT_MEMORY_DAYS = 730.5
_MONTH = 30.4375
_BISECTIONS = 60


@kernel
def sync_site(w, site, t):  # type: ignore[no-untyped-def]
    """Bring every pool of the site up to ``t``, so that a changed list acts on later recruits only."""
    for g in range(len(w.groups)):
        if w.groups[g].site == site:
            sync_pool(w, g, t)


@kernel
def on_start(w, site, t):  # type: ignore[no-untyped-def]
    """GVI starts: audit at once, call-ins when the ramp is over, notifications from now on."""
    par = w.par[site]
    s = w.sites[site]
    s.active = 1
    s.start = t
    push(w, t, C.EV_AUDIT, par.key, site, C.NIL, C.NIL, C.NIL)
    if par.call_in_every_days > 0.0 and par.call_in_summoned > 0.0:
        push(w, t + par.ramp_days, C.EV_CALL_IN, par.key, site, C.NIL, C.NIL, C.NIL)
    layers = i64(math.ceil(par.notifications_per_month))
    for layer in range(layers):
        _schedule_notification(w, site, layer, C.NIL, t)


@kernel
def on_stop(w, site, t):  # type: ignore[no-untyped-def]
    """GVI ends: no new doses; what was learnt fades by its own half-lives."""
    sync_site(w, site, t)
    w.sites[site].active = 0
    for g in range(len(w.groups)):
        if w.groups[g].site == site:
            w.groups[g].listed = 0
            w.groups[g].notified = 0


@kernel
def _score_groups(w, site, number, t):  # type: ignore[no-untyped-def]
    run = w.state[0].run
    for g in range(len(w.groups)):
        group = w.groups[g]
        if group.site == site:
            group.score = draws.uniform(run, draws.AUDIT, group.key, number)
    row = w.state[0].log_size - 1
    while row >= 0 and w.log[row].day > t - _AUDIT_MEMORY_DAYS:
        seen = w.log[row].attributed
        if seen >= 0 and w.groups[seen].site == site:
            w.groups[seen].score += 1.0
        row -= 1


@inline
def _above(w, site, threshold):  # type: ignore[no-untyped-def]
    n = 0
    for g in range(len(w.groups)):
        if w.groups[g].site == site and w.groups[g].score > threshold:
            n += 1
    return n


@kernel
def _list_threshold(w, site, wanted):  # type: ignore[no-untyped-def]
    low = -1.0
    high = 1.0
    while _above(w, site, high) > 0:
        high *= 2.0
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        if _above(w, site, middle) >= wanted:
            low = middle
        else:
            high = middle
    return low


@kernel
def on_audit(w, site, number, t):  # type: ignore[no-untyped-def]
    """List the groups with most attributed attacks in two years, and those of their members who are found."""
    par = w.par[site]
    if w.sites[site].active == 0:
        return
    sync_site(w, site, t)
    _score_groups(w, site, number, t)
    threshold = _list_threshold(w, site, par.listed_groups)
    for g in range(len(w.groups)):
        group = w.groups[g]
        if group.site == site:
            group.listed = 1 if group.score > threshold else 0
            if group.listed == 0:
                group.notified = 0
            elif math.isnan(group.first_listed):
                group.first_listed = t
            _make_roster(w, g)
    log_dose(w, t, C.DOSE_AUDIT, site, C.NOBODY, C.NOBODY)
    push(w, t + par.audit_every_days, C.EV_AUDIT, par.key, site, C.NIL, number + 1, C.NIL)


@kernel
def _make_roster(w, g):  # type: ignore[no-untyped-def]
    group = w.groups[g]
    recall = w.par[group.site].roster_recall
    for j in range(group.pool_size):
        person = w.persons[w.pool[g, j].person]
        found = group.listed == 1 and draws.uniform(w.state[0].run, draws.ROSTER, person.key, draws.ONLY) < recall
        person.rostered = 1 if found else 0


@kernel
def _insert_pick(w, picked, most, score, i):  # type: ignore[no-untyped-def]
    if picked == most and score >= w.picks[most - 1].score:
        return picked
    k = picked if picked < most else most - 1
    while k > 0 and w.picks[k - 1].score > score:
        w.picks[k].score = w.picks[k - 1].score
        w.picks[k].person = w.picks[k - 1].person
        k -= 1
    w.picks[k].score = score
    w.picks[k].person = i
    return picked + 1 if picked < most else most


@kernel
def _pick_from_group(w, g, occasion, picked, most, t):  # type: ignore[no-untyped-def]
    run = w.state[0].run
    sync_pool(w, g, t)
    error = w.par[w.groups[g].site].roster_error
    for j in range(w.groups[g].pool_size):
        i = w.pool[g, j].person
        person = w.persons[i]
        if person.rostered == 0:
            continue
        true_u, false_u = draws.uniform_pair(run, draws.CALL_IN, person.key, i64(u64(occasion) & draws.MASK))
        if person.status == C.FREE or person.status == C.IN_SUPPORT:
            picked = _insert_pick(w, picked, most, -math.log(true_u) / person.weight, i)
        # Beside a share of the true entries stands a name that belongs to no group.
        if error > 0.0 and draws.uniform(run, draws.FALSE_ENTRY, person.key, draws.ONLY) < error:
            picked = _insert_pick(w, picked, most, -math.log(false_u), C.NOBODY)
    return picked


@kernel
def _contact(w, i, key, kind, t):  # type: ignore[no-untyped-def]
    g = w.persons[i].group
    site = w.groups[g].site
    par = w.par[site]
    w.groups[g].notified = 1
    belief.hear_message(w, g, t, par.message_reach * partners.community(w, site, t))
    belief.move_legitimacy(w, g, t, par.legitimacy_contact_step)
    log_dose(w, t, kind, site, g, i)
    offer = draws.child(w.persons[i].key, draws.TAG_OCCASION, i64(u64(key) & draws.MASK))
    support.programme_occasion(w, i, offer, t)


@kernel
def on_call_in(w, site, number, t):  # type: ignore[no-untyped-def]
    """A call-in: rostered persons are summoned through probation; those who come carry message and offer home."""
    s = w.sites[site]
    par = w.par[site]
    if s.active == 0:
        return
    key = draws.child(par.key, draws.TAG_CALL_IN, number)
    picked = C.NIL
    for g in range(len(w.groups)):
        if w.groups[g].site == site and w.groups[g].listed == 1:
            picked = _pick_from_group(w, g, key, picked, i64(par.call_in_summoned), t)
    count(w, site, T.CALL_INS, 1.0)
    comes = par.call_in_attendance * partners.probation(w, site, t)
    for k in range(picked):
        i = w.picks[k].person
        if i < 0:
            count(w, site, T.FALSE_CONTACTS, 1.0)
        elif draws.uniform(w.state[0].run, draws.ATTENDANCE, w.persons[i].key, number) < comes:
            count(w, site, T.CALL_IN_CONTACTS, 1.0)
            _contact(w, i, key, C.DOSE_CALL_IN, t)
    push(w, t + par.call_in_every_days, C.EV_CALL_IN, par.key, site, C.NIL, number + 1, C.NIL)


@kernel
def _schedule_notification(w, site, layer, k, t):  # type: ignore[no-untyped-def]
    par = w.par[site]
    key = draws.child(draws.child(par.key, draws.TAG_NOTIFICATION, layer), draws.TAG_NOTIFICATION, k)
    day = t + _MONTH * draws.exponential(w.state[0].run, draws.NOTIFICATION_TIME, key, draws.ONLY)
    push(w, day, C.EV_NOTIFY, key, site, layer, k, C.NIL)


@kernel
def on_notify(w, site, layer, k, key, t):  # type: ignore[no-untyped-def]
    """A custom notification of one rostered person, and the layer's next one."""
    if w.sites[site].active == 0:
        return
    _schedule_notification(w, site, layer, k + 1, t)
    dose = w.par[site].notifications_per_month - layer
    if dose > 1.0:
        dose = 1.0
    if draws.uniform(w.state[0].run, draws.RAMP, key, draws.ONLY) >= dose * partners.ramp(w, site, t):
        return
    picked = C.NIL
    for g in range(len(w.groups)):
        if w.groups[g].site == site and w.groups[g].listed == 1:
            picked = _pick_from_group(w, g, key, picked, C.FIRST, t)
    _notify(w, site, key, picked, C.DOSE_NOTIFICATION, t)


@kernel
def on_burst(w, g, key, t):  # type: ignore[no-untyped-def]
    """A notification in the days after an attributed attack, to one member of that group."""
    group = w.groups[g]
    if w.sites[group.site].active == 0 or group.listed == 0:
        return
    if draws.uniform(w.state[0].run, draws.RAMP, key, draws.ONLY) >= partners.ramp(w, group.site, t):
        return
    _notify(w, group.site, key, _pick_from_group(w, g, key, C.NIL, C.FIRST, t), C.DOSE_BURST, t)


@kernel
def _notify(w, site, key, picked, kind, t):  # type: ignore[no-untyped-def]
    if picked == 0:
        return
    i = w.picks[0].person
    if i < 0:
        count(w, site, T.FALSE_CONTACTS, 1.0)
        return
    count(w, site, T.NOTIFICATIONS, 1.0)
    _contact(w, i, key, kind, t)


@kernel
def attribute(w, row, u):  # type: ignore[no-untyped-def]
    """Whom the partners see behind the attack: its group, one of that group's rivals, or nobody."""
    attack = w.log[row]
    par = w.par[w.groups[attack.attacker].site]
    right = par.attribution_contracted if attack.contracted == 1 else par.attribution
    if u < right:
        attack.attributed = attack.attacker
    elif u < right + par.attribution_error:
        attack.attributed = rival_race(w, draws.MISTAKEN, attack.key, attack.attacker)


@kernel
def respond(w, row, u, t):  # type: ignore[no-untyped-def]
    """What an attack sets off where GVI runs: a burst of notifications, and the promise."""
    attribute(w, row, u)
    attack = w.log[row]
    seen = attack.attributed
    if seen >= 0 and w.groups[seen].listed == 1:
        par = w.par[w.groups[seen].site]
        for j in range(i64(par.burst)):
            key = draws.child(attack.key, draws.TAG_BURST, j)
            day = t + par.burst_delay_days * draws.exponential(w.state[0].run, draws.BURST, key, draws.ONLY)
            push(w, day, C.EV_BURST, key, seen, C.NIL, C.NIL, C.NIL)
        if w.groups[seen].notified == 1:
            sanctions.promise(w, row, seen, t)
    own = w.groups[attack.attacker]
    if seen != attack.attacker and own.listed == 1 and own.notified == 1:
        sanctions.overlook(w, row, t)
