"""GVI itself: start and stop, audit, call-ins, custom notifications, attribution (ODD 7.6).

Everything here acts only while GVI runs in the site, and only on listed groups. Call-ins come at fixed
intervals after the ramp. Of the notifications some follow attributed attacks, each with a chance (``after_attacks``);
the others come as layers of one a month each, the last one thinned, so a larger dose adds to a smaller one.
"""

from __future__ import annotations

import math

from ..kernel import draws
from ..kernel.compiler import i64, inline, kernel, u64
from ..kernel.elementary import log
from ..units import DAYS_PER_YEAR
from ..world import codes as C
from ..world import tables as T
from ..world.after_attacks import AUDIT_YEARS
from . import belief, lazy_arrivals, offers, partners, rosters, sanctions, stays
from .dated_factors import day_value
from .eager_arrivals import watch
from .heap import push
from .membership import settle, watch_return
from .records import log_dose
from .selection import rival_race
from .slots import look_at_all, materialise
from .tally import count

_AUDIT_MEMORY_DAYS = AUDIT_YEARS * DAYS_PER_YEAR
_MONTH = 30.4375
_BISECTIONS = 60
_NUMBERS = 1 << 20
"""Fewer audits and notifications of a layer come between two pauses."""
# What an event at a listed group is for; a round keeps short what is to be worked off of recruits kept out.
_ON_THE_LIST, _OFF_THE_LIST, _ROUND = 1, 0, 2


@kernel
def on_start(w, site, t):
    """GVI starts: audit at once, call-ins when the ramp is over, notifications from now on."""
    par = w.par[site]
    s = w.sites[site]
    s.active = 1
    s.start = t
    if s.since == math.inf:
        s.since = t
    else:
        # What comes after a pause has draws of its own, and what was on the heap before it comes to nothing.
        s.pauses += 1
    s.calls = 0
    s.layers = 0
    push(w, t, C.EV_AUDIT, par.key, site, C.NIL, s.pauses * _NUMBERS, s.pauses)
    _plan_doses(w, site, t)


@kernel
def _plan_doses(w, site, t):
    """Put call-ins and layers of notifications on the heap that are planned and not there yet."""
    par = w.par[site]
    s = w.sites[site]
    if s.calls == 0 and par.call_in_every_days > 0.0 and par.call_in_summoned > 0.0:
        s.calls = 1
        full = s.start + par.ramp_days
        push(w, full if full > t else t, C.EV_CALL_IN, par.key, site, C.NIL, s.call_ins, s.pauses)
    for layer in range(s.layers, i64(math.ceil(par.routine_per_month))):
        s.layers = layer + 1
        _schedule_notification(w, site, layer, s.pauses * _NUMBERS, t)


@kernel
def take_stage(w, site, row):
    """Write what changes at a date of the timeline into the site's parameters; nan: nothing."""
    for field in range(w.values.shape[1]):
        value = w.stages[row, C.STAGE_HEAD + field]
        if value == value:
            w.values[site, field] = value


@kernel
def on_stage(w, site, row, t):
    """A date of the timeline: the programme goes on with other values, pauses, or starts again."""
    prevention, extra_places = w.par[site].prevention, w.par[site].extra_places
    if prevention > 0.0:
        for g in range(len(w.groups)):
            if w.groups[g].site == site and w.groups[g].listed == 1:
                lazy_arrivals.catch_up(w, g, t)
                look_at_all(w, g, t)  # recruits of before were kept out by the dose of before
    take_stage(w, site, row)
    par = w.par[site]
    s = w.sites[site]
    if s.active == 1 and par.runs == 0.0:
        on_stop(w, site, t)
    elif s.active == 0 and par.runs == 1.0:
        on_start(w, site, t)
    elif s.active == 1:
        if par.extra_places > extra_places:
            stays.call_next(w, site, t)
        _plan_doses(w, site, t)
        for g in range(len(w.groups)):
            group = w.groups[g]
            if prevention == 0.0 and par.prevention > 0.0 and group.site == site and group.listed == 1:
                push(w, t, C.EV_LISTED, group.key, g, C.NIL, _ROUND, C.NIL)


@kernel
def on_stop(w, site, t):
    """GVI ends: no new doses; what was learnt fades by its own half-lives."""
    w.sites[site].active = 0
    w.sites[site].round_open = 0
    if w.par[site].extra_places < 0.0:
        stays.call_next(w, site, t)
    for g in range(len(w.groups)):
        if w.groups[g].site == site and w.groups[g].listed == 1:
            push(w, t, C.EV_LISTED, w.groups[g].key, g, C.NIL, _OFF_THE_LIST, C.NIL)


@kernel
def _score_groups(w, site, number, t):
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
def _above(w, site, threshold):
    n = 0
    for g in range(len(w.groups)):
        if w.groups[g].site == site and w.groups[g].score > threshold:
            n += 1
    return n


@kernel
def _list_threshold(w, site, wanted):
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
def on_audit(w, site, number, pauses, t):
    """List the groups with most attributed attacks in two years, and those of their members who are found."""
    par = w.par[site]
    if w.sites[site].active == 0 or w.sites[site].pauses != pauses:
        return
    sanctions.review(w, site, number, t)
    _score_groups(w, site, number, t)
    threshold = _list_threshold(w, site, par.listed_groups)
    for g in range(len(w.groups)):
        group = w.groups[g]
        if group.site == site and (group.listed == 1 or group.score > threshold):
            change = _ON_THE_LIST if group.score > threshold else _OFF_THE_LIST
            push(w, t, C.EV_LISTED, group.key, g, C.NIL, change, C.NIL)
    log_dose(w, t, C.DOSE_AUDIT, site, C.NOBODY, C.NOBODY)
    push(w, t + par.audit_every_days, C.EV_AUDIT, par.key, site, C.NIL, number + 1, pauses)


@kernel
def on_listed(w, g, change, t):
    """The audit puts a group on the list, keeps it there with a new roster, or takes it off."""
    group = w.groups[g]
    lazy_arrivals.catch_up(w, g, t)
    if w.par[group.site].prevention > 0.0 and group.listed == 1:
        look_at_all(w, g, t)  # a changed list acts on later recruits only
    if change == _OFF_THE_LIST:
        group.listed = 0
        group.notified = 0
    elif change == _ON_THE_LIST:
        rosters.write_roster(w, g, t)
        if group.listed == 0:
            _put_on_the_list(w, g, t)
            if w.par[group.site].extra_places > 0.0:
                stays.call_next(w, group.site, t)
    if group.listed == 1 and w.par[group.site].prevention > 0.0 and (change == _ROUND or group.on_round == 0):
        group.on_round = 1
        push(w, t + 0.25 * w.par[group.site].spell_days, C.EV_LISTED, group.key, g, C.NIL, _ROUND, C.NIL)
    elif change == _ROUND:
        group.on_round = 0


@kernel
def _put_on_the_list(w, g, t):
    """From now on what happens to the members of ``g``, which is up to date, happens under the partners' eyes."""
    group = w.groups[g]
    look_at_all(w, g, t)
    group.listed = 1
    if math.isnan(group.first_listed):
        group.first_listed = t
    watch(w, g)
    for p in range(group.first_slot, group.first_slot + group.members):
        slot = w.slots[p]
        if slot.person >= 0 or slot.held_until < math.inf:
            i = materialise(w, g, p)
            settle(w, i, t)
            watch_return(w, i)


@kernel
def _contact(w, i, key, kind, t):
    g = i64(w.persons[i].group)
    site = w.groups[g].site
    par = w.par[site]
    w.groups[g].notified = 1
    reach = par.message_reach * partners.community(w, site, t)
    reach = reach if reach < 1.0 else 1.0
    belief.hear_message(w, g, t, reach)
    if par.personal_strength > 0.0:
        belief.address(w, i, t, reach)
    belief.move_legitimacy(w, g, t, par.legitimacy_contact_step)
    log_dose(w, t, kind, site, g, w.persons[i].number)
    offer = draws.child(w.persons[i].key, draws.TAG_OCCASION, i64(u64(key) & draws.MASK))
    offers.programme_occasion(w, i, offer, t)


@kernel
def on_call_in(w, site, number, pauses, t):
    """A call-in: rostered persons are summoned through probation; those who come carry message and offer home."""
    s = w.sites[site]
    par = w.par[site]
    if s.active == 0 or s.pauses != pauses:
        return
    if not (par.call_in_every_days > 0.0 and par.call_in_summoned > 0.0):
        s.calls = 0
        return
    s.call_ins = number + 1
    count(w, site, T.CALL_INS, 1.0)
    _summon(w, site, draws.child(par.key, draws.TAG_CALL_IN, number), t)
    push(w, t + par.call_in_every_days, C.EV_CALL_IN, par.key, site, C.NIL, number + 1, pauses)


@kernel
def _summon(w, site, key, t):
    par = w.par[site]
    first = i64(par.first_group)
    end = first + i64(par.groups)
    comes = par.call_in_attendance * partners.probation(w, site, t)
    turn = C.NIL
    for _ in range(i64(par.call_in_summoned)):
        i, turn = rosters.pick(w, first, end, key, rosters.ALIKE, turn, t)
        if i < 0:
            return
        rosters.count_false(w, site, key, turn)
        person = w.persons[i]
        address = w.groups[person.group].key ^ key
        if draws.uniform(w.state[0].run, draws.ATTENDANCE, address, person.code) < comes:
            count(w, site, T.CALL_IN_CONTACTS, 1.0)
            _contact(w, i, key, C.DOSE_CALL_IN, t)
            sanctions.open_round(w, site)


@kernel
def _schedule_notification(w, site, layer, k, t):
    par = w.par[site]
    key = draws.child(draws.child(par.key, draws.TAG_NOTIFICATION, layer), draws.TAG_NOTIFICATION, k)
    day = t + _MONTH * draws.exponential(w.state[0].run, draws.NOTIFICATION_TIME, key, draws.ONLY)
    push(w, day, C.EV_NOTIFY, key, site, layer, k, w.sites[site].pauses)


@kernel
def on_notify(w, site, layer, k, pauses, key, t):
    """A custom notification of one rostered person, and the layer's next one."""
    if w.sites[site].active == 0 or w.sites[site].pauses != pauses:
        return
    _schedule_notification(w, site, layer, k + 1, t)
    dose = w.par[site].routine_per_month - layer
    if dose > 1.0:
        dose = 1.0
    if draws.uniform(w.state[0].run, draws.RAMP, key, draws.ONLY) >= dose * partners.ramp(w, site, t):
        return
    first = i64(w.par[site].first_group)
    _notify(w, site, first, first + i64(w.par[site].groups), key, C.DOSE_NOTIFICATION, t)


@kernel
def on_after_attack(w, g, key, t):
    """A notification in the days after an attributed attack, to one member of that group."""
    group = w.groups[g]
    if w.sites[group.site].active == 0 or group.listed == 0:
        return
    if draws.uniform(w.state[0].run, draws.RAMP, key, draws.ONLY) >= partners.ramp(w, group.site, t):
        return
    _notify(w, group.site, g, g + 1, key, C.DOSE_AFTER_ATTACK, t)


@kernel
def _notify(w, site, first, end, key, kind, t):
    i, turn = rosters.pick(w, first, end, key, rosters.BY_PROPENSITY, C.NIL, t)
    if i < 0:
        return
    rosters.count_false(w, site, key, turn)
    count(w, site, T.NOTIFICATIONS, 1.0)
    _contact(w, i, key, kind, t)
    sanctions.open_rounds(w, site, t)


@kernel
def attribute_attack(w, row, u):
    """Whom the partners see behind the attack: its group, one of that group's rivals, or nobody."""
    attack = w.log[row]
    site = w.groups[attack.attacker].site
    par = w.par[site]
    right = par.attribution_contracted if attack.contracted == 1 else par.attribution
    right *= day_value(w, site, attack.day, C.CAL_ATTRIBUTION)
    if attack.mode == C.DETONATION:
        right *= par.attribution_factor_detonation
    if u < right:
        attack.attributed = attack.attacker
    elif u < right + par.attribution_error:
        attack.attributed = rival_race(w, draws.MISTAKEN, attack.key, i64(attack.attacker))


@kernel
def respond(w, row, u, t):
    """What an attack sets off where GVI runs: a notification of its group, and the promise."""
    attribute_attack(w, row, u)
    attack = w.log[row]
    seen = i64(attack.attributed)
    own = w.groups[attack.attacker]
    if seen != attack.attacker and own.listed == 1 and own.notified == 1:
        sanctions.overlook(w, row, t)
    if seen >= 0 and w.groups[seen].listed == 1:
        par = w.par[w.groups[seen].site]
        key = draws.child(attack.key, draws.TAG_AFTER_ATTACK, C.NIL)
        follows, when = draws.uniform_pair(w.state[0].run, draws.AFTER_ATTACK, key, draws.ONLY)
        if follows < par.after_attack_chance:
            day = t - par.after_attack_days * log(when)
            push(w, day, C.EV_AFTER_ATTACK, key, seen, C.NIL, C.NIL, C.NIL)
        if w.groups[seen].notified == 1:
            sanctions.owe(w, row, seen, t)
