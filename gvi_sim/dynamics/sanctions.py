"""Group sanctions: the promise, kept or broken (ODD 7.6).

``promise.rule`` says after which attacks attributed to a notified group a sanction is owed: after every one, after
those that hit or kill, or after the first one of a round, whoever's it is. A round opens at a call-in to which
somebody came; where none are held, at the first notification and every ``round_days`` after it. Where the first
one counts, each audit also owes one to the group with most attacks since the last, if two of them are not yet owed.

What is owed is due within ``delay_days``: the group is sanctioned with probability ``sanction_certainty`` times the
police's commitment, if fewer than ``capacity`` sanctions run at that moment. A running sanction is extended by another
attack without a new slot. For want of certainty or capacity the promise is broken; an attack that would be owed and
that nobody saw breaks it in the eyes of the group that made it.
"""

from __future__ import annotations

import math

from ..kernel import draws
from ..kernel.compiler import i64, inline, kernel
from ..world import codes as C
from ..world import tables as T
from . import belief, detention, lazy_arrivals, partners
from .heap import push
from .records import log_dose
from .slots import code_of, look, materialise
from .tally import accrue, count


@kernel
def _promise(w, row, g, key, t):
    """A sanction of group ``g`` is owed, for the attack in ``row`` or those up to it."""
    site = w.groups[g].site
    par = w.par[site]
    certain, when = draws.uniform_pair(w.state[0].run, draws.SANCTION, key, draws.ONLY)
    kept = certain < par.sanction_certainty * partners.police(w, site, t)
    delay = par.sanction_delay_days
    due = t + (when * delay if kept else delay)
    push(w, due, C.EV_PROMISE, key, g, C.NIL, C.KEPT if kept else C.BROKEN, row)


@inline
def _is_owed(w, row, site):
    """Whether the rule owes a sanction for the attack in ``row`` to the warned group that is behind it."""
    attack = w.log[row]
    par = w.par[site]
    rule = par.promise_rule
    if rule == C.EVERY:
        return True
    if rule == C.FIRST_ONE:
        return w.sites[site].round_open == 1
    if attack.mode == C.DETONATION and par.promise_detonations == 1.0:
        return True
    return attack.killed > 0 if rule == C.FATAL_ONES else attack.hit > 0


@kernel
def owe(w, row, g, t):
    """Notified group ``g`` is seen to have attacked: a sanction may be owed."""
    group = w.groups[g]
    group.seen += 1
    group.seen_row = row
    if _is_owed(w, row, group.site):
        w.sites[group.site].round_open = 0
        _promise(w, row, g, w.log[row].key, t)
    else:
        group.not_owed += 1


@kernel
def overlook(w, row, t):
    """A notified group attacked and the partners did not see it: where one was owed, nothing happens in time."""
    attack = w.log[row]
    site = w.groups[attack.attacker].site
    if w.par[site].unseen_weight > 0.0 and _is_owed(w, row, site):
        key = draws.child(attack.key, draws.TAG_OCCASION, C.SECOND)
        due = t + w.par[site].sanction_delay_days
        push(w, due, C.EV_PROMISE, key, i64(attack.attacker), C.NIL, C.UNSEEN, row)


@kernel
def open_round(w, site):
    """Somebody of a warned group heard the promise: the next attack that is seen is owed."""
    if w.par[site].promise_rule == C.FIRST_ONE:
        w.sites[site].round_open = 1


@kernel
def open_rounds(w, site, t):
    """Somebody was notified where no call-ins are held: rounds follow each other from the first time on."""
    par = w.par[site]
    s = w.sites[site]
    if par.promise_rule == C.FIRST_ONE and s.rounds == 0 and not _holds_call_ins(par):
        s.rounds = 1
        on_round(w, site, t)


@inline
def _holds_call_ins(par):
    return par.call_in_every_days > 0.0 and par.call_in_summoned > 0.0


@kernel
def on_round(w, site, t):
    """A round opens, and the next one is put on the heap."""
    s = w.sites[site]
    if s.active == 0 or _holds_call_ins(w.par[site]):  # from now on call-ins open them
        s.rounds = 0
        return
    s.round_open = 1
    push(w, t + w.par[site].promise_round_days, C.EV_PROMISE_ROUND, w.par[site].key, site, C.NIL, C.NIL, C.NIL)


@kernel
def review(w, site, number, t):
    """An audit: the notified group with most attacks since the last one is owed a sanction; counting begins anew."""
    if w.par[site].promise_rule != C.FIRST_ONE:
        return
    worst = C.NOBODY
    for g in range(len(w.groups)):
        group = w.groups[g]
        if group.site == site and group.notified == 1 and group.seen > 0:
            if worst < 0 or group.seen > w.groups[worst].seen:
                worst = g
            elif group.seen == w.groups[worst].seen and group.key < w.groups[worst].key:
                worst = g
    if worst >= 0 and w.groups[worst].not_owed > 1:
        row = w.groups[worst].seen_row
        _promise(w, row, worst, draws.child(w.log[row].key, draws.TAG_REVIEW, number), t)
    for g in range(len(w.groups)):
        if w.groups[g].site == site:
            w.groups[g].seen = 0
            w.groups[g].not_owed = 0


@kernel
def _miss(w, g, t):
    """An attack that was owed a sanction stayed unseen: its own group counts that as a promise broken."""
    par = w.par[w.groups[g].site]
    if par.promise_rule == C.EVERY:
        _break(w, g, t, par.unseen_weight)
    else:
        belief.learn_promise_alone(w, g, t, 0.0, par.unseen_weight)


@kernel
def _break(w, g, t, weight):
    site = w.groups[g].site
    belief.learn_promise(w, g, t, 0.0, weight)
    count(w, site, T.PROMISES_BROKEN, 1.0)
    log_dose(w, t, C.DOSE_BROKEN, site, g, C.NOBODY)


@kernel
def _keep(w, g, t):
    site = w.groups[g].site
    belief.learn_promise(w, g, t, 1.0, 0.0)
    belief.move_legitimacy(w, g, t, -w.par[site].legitimacy_sanction_step)
    count(w, site, T.PROMISES_KEPT, 1.0)
    log_dose(w, t, C.DOSE_KEPT, site, g, C.NOBODY)


@kernel
def on_promise(w, g, row, certain, key, t):
    """The promise falls due: kept if certainty and capacity allow, else broken."""
    group = w.groups[g]
    site = group.site
    if w.sites[site].active == 0 or group.listed == 0:
        return
    if certain == C.UNSEEN:
        _miss(w, g, t)
    elif certain == C.KEPT and group.sanction_end > t:
        _keep(w, g, t)
        _extend(w, g, key, t)
    elif certain == C.KEPT and w.sites[site].running < w.par[site].sanction_capacity:
        _keep(w, g, t)
        _start(w, g, row, key, t)
    else:
        _break(w, g, t, 1.0)


@kernel
def _start(w, g, row, key, t):
    group = w.groups[g]
    site = group.site
    state = w.state[0]
    end = t + w.par[site].sanction_days
    accrue(w, site, t)
    w.sites[site].running += 1
    group.sanction_end = end
    group.sanction_row = state.sanctions
    entry = w.sanctions[state.sanctions]
    entry.group = g
    entry.extended = 0
    entry.start_day = t
    entry.end_day = end
    entry.promised_by = w.log[row].seq
    state.sanctions += 1
    count(w, site, T.SANCTIONS, 1.0)
    log_dose(w, t, C.DOSE_SANCTION, site, g, C.NOBODY)
    push(w, end, C.EV_SANCTION_END, group.key, g, C.NIL, C.NIL, C.NIL)
    _extra_arrests(w, g, key, t, end, t)


@kernel
def _extend(w, g, key, t):
    group = w.groups[g]
    before = group.sanction_end
    end = t + w.par[group.site].sanction_days
    if end <= before:
        return
    group.sanction_end = end
    entry = w.sanctions[group.sanction_row]
    entry.extended += 1
    entry.end_day = end
    push(w, end, C.EV_SANCTION_END, group.key, g, C.NIL, C.NIL, C.NIL)
    _extra_arrests(w, g, key, before, end, t)


@kernel
def _extra_arrests(w, g, key, start, end, t):
    rate = w.par[w.groups[g].site].extra_arrest_rate
    if rate <= 0.0:
        return
    group = w.groups[g]
    for p in range(group.first_slot, group.first_slot + group.members):
        look(w, g, p, t)
        code = code_of(w, g, p)
        day = start + draws.exponential(w.state[0].run, draws.EXTRA_ARREST, key, code) / rate
        if day < end:
            arrest = draws.child(key, draws.TAG_OCCASION, code)
            push(w, day, C.EV_EXTRA_ARREST, arrest, g, p, i64(w.slots[p].holder), C.NIL)


@kernel
def on_extra_arrest(w, g, p, holder, key, t):
    """A member of a group under sanction is arrested for another offence, if he is one still."""
    lazy_arrivals.catch_up(w, g, t)
    look(w, g, p, t)
    if w.slots[p].holder != holder:
        return
    site = w.groups[g].site
    days = w.par[site].other_detention_days * draws.exponential(w.state[0].run, draws.OTHER_STAY, key, draws.ONLY)
    if detention.detain_for_other(w, materialise(w, g, p), key, t, days):
        count(w, site, T.SANCTION_ARRESTS, 1.0)


@kernel
def on_sanction_end(w, g, t):
    """A sanction ends, unless it was extended."""
    group = w.groups[g]
    if group.sanction_end != t:
        return
    accrue(w, group.site, t)
    w.sites[group.site].running -= 1
    group.sanction_end = -math.inf
