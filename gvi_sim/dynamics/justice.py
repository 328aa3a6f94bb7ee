"""Clearance, arrest, detention and release (ODD 7.4).

An attack is cleared with the dated probability of its outcome; the delay to arrest is a mixture: uniform
within the first days, log-uniform up to some months, exponential after that. The shooter is then detained; what that
is for a hired one stands in ``hired``.
"""

from __future__ import annotations

from ..kernel import draws
from ..kernel.compiler import i64, inline, kernel
from ..kernel.elementary import exp, log
from ..units import ADULT_YEARS
from ..world import codes as C
from ..world import tables as T
from . import belief
from .dated_factors import day_value
from .detention import age_at, detain
from .escape_window import stand_in_line
from .heap import push
from .hired import hired_age
from .lazy_arrivals import catch_up
from .sentences import sentence_days
from .tally import count


@inline
def _clearance(w, site, attack, t):
    par = w.par[site]
    chance = par.clearance_no_hit
    if attack.killed > 0:
        chance = par.clearance_fatal
    elif attack.hit > 0:
        chance = par.clearance_hit
    if attack.mode == C.DETONATION:
        chance *= par.clearance_factor_detonation
    return chance * day_value(w, site, t, C.CAL_CLEARANCE)


@inline
def _arrest_delay(w, site, key):
    par = w.par[site]
    which, where = draws.uniform_pair(w.state[0].run, draws.ARREST_DELAY, key, draws.ONLY)
    if which < par.delay_first_share:
        return where * par.delay_first_days
    if which < par.delay_first_share + par.delay_middle_share:
        return par.delay_first_days * exp(where * log(par.delay_middle_days / par.delay_first_days))
    return par.delay_middle_days - par.delay_late_days * log(where)


@kernel
def investigate(w, row, u, t):
    """Decide whether and when the attack in ``row`` is cleared; its group learns then, or when patience ends."""
    attack = w.log[row]
    g = i64(attack.attacker)
    site = w.groups[g].site
    patience = w.par[site].patience_days
    if u < _clearance(w, site, attack, t):
        delay = _arrest_delay(w, site, attack.key)
        attack.cleared = 1
        in_time = 1 if delay <= patience else 0
        push(w, t + delay, C.EV_ARREST, attack.key, g, C.NIL, in_time, row)
        if in_time == 1:
            return
    stand_in_line(w, site, row)


@kernel
def on_arrest(w, row, in_time, t):
    """The shooter of an attack is arrested."""
    attack = w.log[row]
    attack.arrest_day = t
    g = i64(attack.attacker)
    site = w.groups[g].site
    par = w.par[site]
    catch_up(w, g, t)
    count(w, site, T.ARRESTS, 1.0)
    belief.move_legitimacy(w, g, t, -par.legitimacy_arrest_step)
    if in_time == 1:
        a = par.contracted_belief if attack.contracted == 1 else 1.0
        belief.learn_arrest(w, g, t, a, 1.0 - a)
    i = i64(attack.shooter)
    age = age_at(w, i, t) if i >= 0 else hired_age(w, row, t)
    if age < ADULT_YEARS:
        count(w, site, T.MINOR_ARRESTS, 1.0)
    if i >= 0:
        detain(w, i, attack.key, t, sentence_days(w, row, age < ADULT_YEARS))
