"""Hired shooters: persons of no group, with an age of their own, detained when their attack is cleared (ODD 7.4).

Nothing of what happens depends on them afterwards: they hold no slot, stand on no roster and come back to no group.
So their detention is an interval that follows from the log, counted when the books are closed.
"""

from __future__ import annotations

from ..kernel import draws
from ..kernel.compiler import kernel
from ..kernel.elementary import exp
from ..units import ADULT_YEARS, DAYS_PER_YEAR
from ..world import tables as T
from .sentences import sentence_days
from .tally import add_days


@kernel
def hired_age(w, row, t):
    """Age in years at ``t`` of the hired shooter of the attack in ``row``."""
    attack = w.log[row]
    par = w.par[w.groups[attack.attacker].site]
    _, _, _, word = draws.block(w.state[0].run, draws.HIRED_AGE, attack.key, draws.ONLY)
    score = draws.normal_quantile(draws.open_32(word) * par.hired_age_kept)
    age = par.age_min + exp(par.hired_age_log_mean + par.hired_age_log_sd * score)
    age = age if age < par.age_join_max else par.age_join_max
    return age + (t - attack.day) / DAYS_PER_YEAR


@kernel
def was_held(w, row, until):
    """Whether the shooter of the attack in ``row`` was hired and arrested by ``until``."""
    return w.log[row].shooter < 0 and w.log[row].arrest_day <= until


@kernel
def held_until(w, row, until):
    """(when the detention of the hired shooter of ``row`` ends, ``until`` at the latest; whether he was a minor)."""
    arrest = w.log[row].arrest_day
    is_minor = hired_age(w, row, arrest) < ADULT_YEARS
    end = arrest + sentence_days(w, row, is_minor)
    return end if end < until else until, is_minor


@kernel
def count_hired_detentions(w, until):
    """Count in the tally the days up to ``until`` that hired shooters were detained."""
    for row in range(w.state[0].log_size):
        if was_held(w, row, until):
            start = w.log[row].arrest_day
            site = w.groups[w.log[row].attacker].site
            end, is_minor = held_until(w, row, until)
            add_days(w, site, T.DETAINED_DAYS, start, end)
            add_days(w, site, T.DETAINED_HIRED_DAYS, start, end)
            if is_minor:
                add_days(w, site, T.DETAINED_MINOR_DAYS, start, end)


@kernel
def hired_days(w, until):
    """Days of the window up to ``until`` that hired shooters were detained, in all sites."""
    days = 0.0
    for row in range(w.state[0].log_size):
        if was_held(w, row, until):
            start = max(w.log[row].arrest_day, w.state[0].window_start)
            days += max(held_until(w, row, until)[0] - start, 0.0)
    return days
