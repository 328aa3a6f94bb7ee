"""Gates: a candidate becomes an attack when it passes all of them (ODD 7.2).

Each gate is a probability that depends on the state of the moment, with a uniform of its own. All are
evaluated, so the mask of failed gates is complete. A gate at probability 1 needs no draw.
"""

from __future__ import annotations

from ..kernel import draws
from ..kernel.compiler import inline, kernel
from ..kernel.elementary import exp
from ..world import codes as C
from . import belief
from .dated_factors import level
from .membership import acting_in_place_of
from .partners import ramp
from .selection import is_anybody_free, somebody_free


@inline
def fear(w, g, t):
    """x_g: recent attacks made or suffered, with its half-life."""
    group = w.groups[g]
    if group.fear == 0.0:
        return 0.0
    return group.fear * exp(-w.par[group.site].withdrawal_rate * (t - group.fear_day))


@inline
def _by_arrest(w, g, t):
    par = w.par[w.groups[g].site]
    if par.arrest_weight == 0.0:
        return 0.0
    risk = belief.arrest_risk(w, g, t)
    return par.arrest_weight * belief.kinked(risk, par.knee, par.knee_width, par.knee_low, par.knee_span)


@inline
def _by_sanction(w, g, s):
    risk = belief.sanction_risk(w, g, s)
    if risk == 0.0:
        return 0.0
    par = w.par[w.groups[g].site]
    return belief.kinked(risk, par.sanction_knee, par.knee_width, par.sanction_low, par.sanction_span)


@inline
def deterrence_and_norm(w, g, t):
    """Passing probabilities of the gates ``deterrence`` and ``norm``."""
    par = w.par[w.groups[g].site]
    s = belief.salience(w, g, t)
    deterrence = 1.0
    if par.deterrence_strength > 0.0:
        deterrence = exp(-par.deterrence_strength * (_by_arrest(w, g, t) + _by_sanction(w, g, s)))
    return deterrence, 1.0 - par.norm_strength * s * belief.trust_in_deeds(w, g)


@inline
def personal(w, i, t):
    """Passing probability of the gate ``personal``: lower for shooter ``i`` if the partners have talked with him."""
    if i < 0:
        return 1.0
    strength = w.par[w.groups[w.persons[i].group].site].personal_strength
    return 1.0 - strength * belief.personal_salience(w, i, t) if strength > 0.0 else 1.0


@inline
def pressure(w, g, t):
    """Passing probability of the gate ``pressure``: lower while a group sanction runs."""
    group = w.groups[g]
    return 1.0 - w.par[group.site].pressure_strength if group.sanction_end > t else 1.0


@inline
def mediation(w, cause, g, t):
    """Passing probability of the gate ``mediation``: retaliation and spread by listed groups only."""
    group = w.groups[g]
    if group.listed == 0 or (cause != C.RETALIATION and cause != C.SPREAD):
        return 1.0
    par = w.par[group.site]
    return 1.0 - par.mediation_reach * ramp(w, group.site, t) * par.mediation_effect


@inline
def defiance(w, g, t):
    """Passing probability of the gate ``defiance``."""
    strength = w.par[w.groups[g].site].defiance
    return exp(-strength * belief.legitimacy(w, g, t)) if strength > 0.0 else 1.0


@inline
def calendar_gate(w, cause, g, t):
    """Passing probability of the gate ``calendar``: v(t) over its cap."""
    site = w.groups[g].site
    par = w.par[site]
    if cause != C.BACKGROUND and par.calendar_offspring == 0.0:
        return 1.0
    if par.calendar_flat > 0.0:
        return 1.0 / par.calendar_cap
    return level(w, site, t) / par.calendar_cap


@inline
def withdrawal(w, g, t):
    """Passing probability of the gate ``withdrawal``."""
    strength = w.par[w.groups[g].site].withdrawal
    return exp(-strength * fear(w, g, t)) if strength > 0.0 else 1.0


@kernel
def who_acts(w, key, g, i, t, u):
    """Gate ``available`` for a designated shooter ``i`` who is not free.

    Returns (passing probability, whether it passes, who shoots, stand-in flag, replaced flag).
    """
    stand_in = acting_in_place_of(w, i, t)
    if stand_in >= 0:
        return 1.0, True, stand_in, 1, 0
    par = w.par[w.groups[g].site]
    himself = 1.0 - par.support_restraint if w.persons[i].status == C.IN_SUPPORT else 0.0
    chance = himself
    if is_anybody_free(w, g, t):
        chance += (1.0 - himself) * par.replacement
    if u < himself or u >= chance:
        return chance, u < himself, i, 0, 0
    return chance, True, somebody_free(w, draws.STEP_IN, key, g, t, C.NIL), 0, 1


@inline
def judge(w, key, parent_key, cause, g, shooter, t, available, substitute):
    """Evaluate the gates after ``available``; returns (mask of failed gates, passing probability of all).

    ``shooter`` is who would act, -1 a hired one or one to whom nothing has happened; ``available`` is that gate's
    passing probability; ``substitute`` the chance that an attack stopped by deterrence or pressure alone goes off all
    the same.
    """
    run = w.state[0].run
    p_deterrence, p_norm = deterrence_and_norm(w, g, t)
    p_pressure = pressure(w, g, t)
    p_mediation = mediation(w, cause, g, t)
    p_defiance = defiance(w, g, t)
    p_calendar = calendar_gate(w, cause, g, t)
    p_withdrawal = withdrawal(w, g, t)
    p_personal = personal(w, shooter, t)
    blocked = 0
    if p_deterrence < 1.0 or p_norm < 1.0 or p_pressure < 1.0:
        _, u_deterrence, u_norm, u_pressure = draws.uniform_four(run, draws.GATES, key, draws.ONLY)
        if u_deterrence >= p_deterrence:
            blocked |= C.DETERRENCE
        if u_norm >= p_norm:
            blocked |= C.NORM
        if u_pressure >= p_pressure:
            blocked |= C.PRESSURE
    if p_mediation < 1.0 and draws.uniform(run, draws.MEDIATION, parent_key, draws.ONLY) >= p_mediation:
        blocked |= C.MEDIATION
    if p_defiance < 1.0 or p_calendar < 1.0 or p_withdrawal < 1.0 or p_personal < 1.0:
        u_defiance, u_calendar, u_withdrawal, u_personal = draws.uniform_four(run, draws.MORE_GATES, key, draws.ONLY)
        if u_defiance >= p_defiance:
            blocked |= C.DEFIANCE
        if u_calendar >= p_calendar:
            blocked |= C.CALENDAR
        if u_withdrawal >= p_withdrawal:
            blocked |= C.WITHDRAWAL
        if u_personal >= p_personal:
            blocked |= C.PERSONAL
    threat = p_deterrence * p_pressure
    others = available * p_norm * p_mediation * p_defiance * p_calendar * p_withdrawal * p_personal
    return blocked, others * (threat + (1.0 - threat) * substitute)
