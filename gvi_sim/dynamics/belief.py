"""What groups expect of an attack, salience and legitimacy (ODD 7.5).

Two risks are told apart, each with a curve of its own in the gate ``deterrence``: an arrest, ``p_arrest``, and the
sanction that was promised, ``sanction_weight * s * p_promise``.

``p_arrest`` has Beta counts that relax to a prior following the dated clearance; ``p_promise`` has Beta
counts whose strength relaxes and whose mean does not: only deeds move it. ``s`` is the message's salience.
All three decay exactly between events, so nothing is updated until somebody asks or something happens.
Tied groups learn with weight ``vicarious`` times the tie as they feel it.
"""

from __future__ import annotations

from ..kernel.compiler import inline, kernel
from ..kernel.elementary import exp, log
from ..world import codes as C
from .dated_factors import day_value


@inline
def _decayed(value, rate, days):
    return value * exp(-rate * days) if value != 0.0 and rate > 0.0 else value


@inline
def salience(w, g, t):
    """How present the message is in group ``g`` now, 0 to 1."""
    group = w.groups[g]
    return _decayed(group.salience, w.par[group.site].message_rate, t - group.salience_day)


@inline
def legitimacy(w, g, t):
    """Legitimacy of the partners in the eyes of group ``g`` now, 0 to 1."""
    group = w.groups[g]
    par = w.par[group.site]
    gap = group.legitimacy - par.legitimacy_reference
    return par.legitimacy_reference + _decayed(gap, par.legitimacy_rate, t - group.legitimacy_day)


@inline
def arrest_risk(w, g, t):
    """p_arrest: how likely group ``g`` thinks at ``t`` that an attack brings an arrest, 0 to 1."""
    group = w.groups[g]
    par = w.par[group.site]
    kept = 1.0
    if par.belief_rate > 0.0 and (group.belief_a != 0.0 or group.belief_b != 0.0):
        kept = exp(-par.belief_rate * (t - group.belief_day))
    a = group.belief_a * kept
    b = group.belief_b * kept
    prior = day_value(w, group.site, t, C.CAL_BELIEF)
    return (par.prior_strength * prior + a) / (par.prior_strength + a + b)


@inline
def sanction_risk(w, g, s):
    """How likely group ``g`` with salience ``s`` thinks that an attack brings the sanction, as an arrest weighs."""
    group = w.groups[g]
    par = w.par[group.site]
    if s <= 0.0 or (par.promise_feared_open == 1.0 and w.sites[group.site].round_open == 0):
        return 0.0
    return par.sanction_weight * s * group.promise_a / (group.promise_a + group.promise_b)


@inline
def perceived_certainty(w, g, t, s):
    """How likely group ``g`` with salience ``s`` thinks at ``t`` that an attack brings an arrest or the sanction."""
    return 1.0 - (1.0 - arrest_risk(w, g, t)) * (1.0 - sanction_risk(w, g, s))


@inline
def trust_in_deeds(w, g):
    """How much the message weighs with group ``g``: 1 until promises are kept less often than was first believed."""
    par = w.par[w.groups[g].site]
    if par.norm_deeds == 0.0 or par.credibility == 0.0:
        return 1.0
    group = w.groups[g]
    kept = group.promise_a / (group.promise_a + group.promise_b) / par.credibility
    return 1.0 - par.norm_deeds * (1.0 - kept) if kept < 1.0 else 1.0


@inline
def _softplus(x):
    return x + log(1.0 + exp(-x)) if x > 0.0 else log(1.0 + exp(x))


@inline
def kinked(p, knee, width, low, span):
    """psi: 0 at p = 0, 1 at p = 1, nearly flat below the knee and nearly straight above it; p itself at knee 0."""
    return (_softplus((p - knee) / width) - low) / span if knee > 0.0 else p


@kernel
def _learn_arrest(w, g, t, a, b):
    group = w.groups[g]
    rate = w.par[group.site].belief_rate
    kept = exp(-rate * (t - group.belief_day)) if rate > 0.0 else 1.0
    group.belief_a = group.belief_a * kept + a
    group.belief_b = group.belief_b * kept + b
    group.belief_day = t


@kernel
def learn_arrest(w, g, t, a, b):
    """One own attack ended in ``a`` arrests and ``b`` escapes (a + b = 1); tied groups hear of it."""
    _learn_arrest(w, g, t, a, b)
    vicarious = w.par[w.groups[g].site].vicarious
    if vicarious > 0.0:
        for e in range(w.tie_start[g], w.tie_start[g + 1]):
            weight = vicarious * w.ties[e].heard
            _learn_arrest(w, w.ties[e].to, t, weight * a, weight * b)


@kernel
def learn_promise_alone(w, g, t, kept, broken):
    """Group ``g`` itself counts a promise as kept or broken."""
    group = w.groups[g]
    par = w.par[group.site]
    total = group.promise_a + group.promise_b
    if par.promise_rate > 0.0:
        left = par.credibility_strength
        left += (total - left) * exp(-par.promise_rate * (t - group.promise_day))
        group.promise_a *= left / total
        group.promise_b *= left / total
    group.promise_a += kept
    group.promise_b += broken
    group.promise_day = t


@kernel
def learn_promise(w, g, t, kept, broken):
    """A promise to group ``g`` was kept or broken; the site's warned groups and tied groups hear of it."""
    learn_promise_alone(w, g, t, kept, broken)
    site = w.groups[g].site
    heard = w.par[site].promise_heard
    if heard > 0.0:
        for other in range(len(w.groups)):
            if other != g and w.groups[other].site == site and w.groups[other].notified == 1:
                learn_promise_alone(w, other, t, heard * kept, heard * broken)
    vicarious = w.par[site].vicarious
    if vicarious > 0.0:
        for e in range(w.tie_start[g], w.tie_start[g + 1]):
            to = w.ties[e].to
            # A warned group of the site has heard already, and hears no more than the louder of the two.
            weight = vicarious * w.ties[e].heard
            if w.groups[to].site == site and w.groups[to].notified == 1:
                weight -= heard
            if heard == 0.0 or weight > 0.0:
                learn_promise_alone(w, to, t, weight * kept, weight * broken)


@kernel
def _hear_message(w, g, t, reach):
    s = salience(w, g, t)
    group = w.groups[g]
    group.salience = s + reach * (1.0 - s)
    group.salience_day = t


@inline
def _worn(w, g, t, reach):
    """``reach`` of one more contact of group ``g``, less the more of its members of today were contacted before."""
    group = w.groups[g]
    par = w.par[group.site]
    if par.habituation == 0.0:
        return reach
    before = _decayed(group.contacts, par.turnover / par.spell_days, t - group.contacts_day)
    group.contacts = before + 1.0
    group.contacts_day = t
    return reach * exp(-par.habituation * log(1.0 + before))


@kernel
def hear_message(w, g, t, reach):
    """A contact brings the message home to group ``g``, and a share of it, as worn as it is there, to tied groups."""
    reach = _worn(w, g, t, reach)
    _hear_message(w, g, t, reach)
    vicarious = w.par[w.groups[g].site].vicarious
    if vicarious > 0.0:
        for e in range(w.tie_start[g], w.tie_start[g + 1]):
            _hear_message(w, w.ties[e].to, t, reach * vicarious * w.ties[e].heard)


@inline
def personal_salience(w, i, t):
    """How present the message is to person ``i`` now, 0 to 1; 0 for whom nobody contacted."""
    person = w.persons[i]
    return _decayed(person.salience, w.par[w.groups[person.group].site].message_rate, t - person.salience_day)


@kernel
def address(w, i, t, reach):
    """A contact with person ``i`` brings the message home to him, as a contact with his group does to it."""
    s = personal_salience(w, i, t)
    person = w.persons[i]
    person.salience = s + reach * (1.0 - s)
    person.salience_day = t


@inline
def move_legitimacy(w, g, t, step):
    """Raise (``step`` > 0) or lower legitimacy by a share of the way to 1 or to 0."""
    if step == 0.0:
        return
    now = legitimacy(w, g, t)
    group = w.groups[g]
    group.legitimacy = now + step * (1.0 - now) if step > 0.0 else now + step * now
    group.legitimacy_day = t
