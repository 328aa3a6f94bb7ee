"""The kernel's parameters of one site: scenario keys turned into rates, half-lives into decay rates.

This is the only place where a scenario key meets the name that the kernel uses.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

import numpy as np

from .. import units
from ..config import Scenario
from ..config.ages import JoiningAges, joining_ages
from ..kernel.draws import name_key
from ..units import ADULT_YEARS, DAYS_PER_MONTH, DAYS_PER_YEAR, half_life_to_rate, probability_to_rate
from .columns import Array

# A commitment or a place that is lost all at once is lost at a finite, very large rate.
_ALL = 1.0 - 1e-12


def erosion_rate(share_per_year: float) -> float:
    """Exponential rate per day at which a commitment loses a share a year."""
    return probability_to_rate(min(share_per_year, _ALL), DAYS_PER_YEAR)


def dropout_rate(share_per_month: float) -> float:
    """Hazard per day of leaving a stay, from the share that leaves in a month."""
    return probability_to_rate(min(share_per_month, _ALL), DAYS_PER_MONTH)


def _softplus(x: float) -> float:
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def knee_bounds(knee: float, width: float) -> tuple[float, float]:
    """Value of the softplus curve at p = 0 and its rise to p = 1: psi is (curve - low) / span."""
    low = _softplus(-knee / width)
    return low, _softplus((1.0 - knee) / width) - low


def hit_share(s: Scenario) -> float:
    """Share of attacks that hit somebody, at reference."""
    detonations = s.attacks.detonation_share
    return (1.0 - detonations) * s.harm.p_hit + detonations * s.harm.p_hit_detonation


def fatal_share(s: Scenario) -> float:
    """Share of attacks that kill somebody, at reference: 1 + Geometric persons are hit, each may die."""
    more = s.harm.extra_hit_mean / (1.0 + s.harm.extra_hit_mean)
    survive = 1.0 - s.harm.p_death_given_hit
    return hit_share(s) * (1.0 - survive * (1.0 - more) / (1.0 - more * survive))


def _age_above(s: Scenario) -> float:
    """Mean age at joining above the minimum: members present are a mean spell older than when they joined."""
    elapsed = s.membership.spell_years if s.membership.turnover else 0.0
    return s.membership.age_mean - elapsed - s.membership.age_min


def _joining(s: Scenario) -> JoiningAges:
    return joining_ages(_age_above(s), s.membership.age_sd, s.membership.age_join_max - s.membership.age_min)


def _adult_word(s: Scenario) -> float:
    """Of the 32-bit words that ages at joining are drawn from: from this one on they are 18 and more for certain."""
    if s.membership.age_min >= ADULT_YEARS:
        return 0.0
    if s.membership.age_join_max <= ADULT_YEARS:
        return 2.0**32
    law = _joining(s)
    score = (math.log(ADULT_YEARS - s.membership.age_min) - law.log_mean) / law.log_sd
    # A little more than the quantile, so that rounding makes nobody older.
    return 2.0**32 * (0.5 * math.erfc(-score / math.sqrt(2.0)) / law.kept + 1e-6)


def _programme_start(s: Scenario) -> float:
    return day_of(s, s.programme.start_date) if s.programme_runs()[0] else math.inf


def _programme_stop(s: Scenario) -> float:
    stop = s.programme.stop_date
    return math.inf if stop is None or not s.programme_runs()[0] else day_of(s, stop)


def day_of(s: Scenario, date: dt.date) -> float:
    """Day number of a date; day 0 is the scenario's ``start_date``."""
    return float(units.day_of(date, s.start_date))


def _listed_groups(s: Scenario) -> float:
    wanted = math.floor(s.programme.coverage * s.site.groups + 0.5)
    return float(max(wanted, 1) if s.programme.coverage > 0 else 0)


Source = Callable[[Scenario], float]
PARAMETERS: dict[str, Source] = {
    "population": lambda s: s.site.population,
    "attacks_per_day": lambda s: s.site.attacks_per_year / DAYS_PER_YEAR,
    "activity_sd": lambda s: s.site.activity_sd,
    "size_sd": lambda s: s.site.size_sd,
    "members": lambda s: s.site.members,
    "kappa_retaliation": lambda s: s.attacks.kappa_retaliation,
    "kappa_repeat": lambda s: s.attacks.kappa_repeat,
    "kappa_spread": lambda s: s.attacks.kappa_spread,
    "fast_delay_days": lambda s: s.attacks.fast_delay_days,
    "slow_delay_days": lambda s: s.attacks.slow_delay_days,
    "fatal_factor": lambda s: s.attacks.fatal_factor,
    "mean_factor": lambda s: 1.0 + fatal_share(s) * (s.attacks.fatal_factor - 1.0),
    "outsider_share": lambda s: s.attacks.outsider_share,
    "contracted_share": lambda s: s.attacks.contracted_share,
    "detonation_share": lambda s: s.attacks.detonation_share,
    "substitution": lambda s: s.attacks.substitution,
    "p_hit": lambda s: s.harm.p_hit,
    "p_hit_detonation": lambda s: s.harm.p_hit_detonation,
    "p_death_given_hit": lambda s: s.harm.p_death_given_hit,
    "extra_hit_mean": lambda s: s.harm.extra_hit_mean,
    "bystander_share": lambda s: s.harm.bystander_share,
    "recovery_days": lambda s: s.harm.recovery_days,
    "deterrence_strength": lambda s: s.gates.deterrence_strength,
    "knee": lambda s: s.gates.knee,
    "knee_width": lambda s: s.gates.knee_width,
    "knee_low": lambda s: knee_bounds(s.gates.knee, s.gates.knee_width)[0],
    "knee_span": lambda s: knee_bounds(s.gates.knee, s.gates.knee_width)[1],
    "norm_strength": lambda s: s.gates.norm_strength,
    "pressure_strength": lambda s: s.gates.pressure_strength,
    "replacement": lambda s: s.gates.replacement,
    "support_restraint": lambda s: s.gates.support_restraint,
    "mediation_reach": lambda s: s.programme.mediation_reach,
    "mediation_effect": lambda s: s.gates.mediation_effect,
    "defiance": lambda s: s.gates.defiance,
    "withdrawal": lambda s: s.gates.withdrawal,
    "withdrawal_rate": lambda s: half_life_to_rate(s.gates.withdrawal_half_life_days),
    "clearance_fatal": lambda s: s.justice.clearance_fatal,
    "clearance_hit": lambda s: s.justice.clearance_hit,
    "clearance_no_hit": lambda s: s.justice.clearance_no_hit,
    "delay_first_share": lambda s: s.justice.delay.first_share,
    "delay_first_days": lambda s: s.justice.delay.first_days,
    "delay_middle_share": lambda s: s.justice.delay.middle_share,
    "delay_middle_days": lambda s: s.justice.delay.middle_days,
    "delay_late_days": lambda s: s.justice.delay.late_mean_days,
    "sentence_days_fatal": lambda s: s.justice.sentence_years_fatal * DAYS_PER_YEAR,
    "sentence_days_hit": lambda s: s.justice.sentence_years_hit * DAYS_PER_YEAR,
    "sentence_days_no_hit": lambda s: s.justice.sentence_years_no_hit * DAYS_PER_YEAR,
    "sentence_shape": lambda s: s.justice.sentence_shape,
    "youth_sentence_factor": lambda s: s.justice.youth_sentence_factor,
    "other_arrest_rate": lambda s: s.justice.other_arrest_rate_per_year / DAYS_PER_YEAR,
    "other_detention_days": lambda s: s.justice.other_detention_days,
    "attribution": lambda s: s.justice.attribution,
    "attribution_contracted": lambda s: s.justice.attribution_contracted,
    "attribution_error": lambda s: s.justice.attribution_error,
    "prior_strength": lambda s: s.belief.prior_strength,
    "belief_rate": lambda s: half_life_to_rate(s.belief.belief_half_life_days),
    "patience_days": lambda s: s.belief.patience_days,
    "vicarious": lambda s: s.belief.vicarious,
    "sanction_weight": lambda s: s.belief.sanction_weight,
    "credibility": lambda s: s.belief.credibility,
    "credibility_strength": lambda s: s.belief.credibility_strength,
    "promise_rate": lambda s: half_life_to_rate(s.belief.promise_half_life_days),
    "message_reach": lambda s: s.belief.message_reach,
    "message_rate": lambda s: half_life_to_rate(s.belief.message_half_life_days),
    "contracted_belief": lambda s: s.belief.contracted_belief,
    "legitimacy_reference": lambda s: s.belief.legitimacy_reference,
    "legitimacy_contact_step": lambda s: s.belief.legitimacy_contact_step,
    "legitimacy_support_step": lambda s: s.belief.legitimacy_support_step,
    "legitimacy_sanction_step": lambda s: s.belief.legitimacy_sanction_step,
    "legitimacy_arrest_step": lambda s: s.belief.legitimacy_arrest_step,
    "legitimacy_rate": lambda s: half_life_to_rate(s.belief.legitimacy_half_life_days),
    "turnover": lambda s: float(s.membership.turnover),
    "spell_days": lambda s: s.membership.spell_years * DAYS_PER_YEAR,
    "vacancy_days": lambda s: s.membership.vacancy_days,
    "vacancy_response": lambda s: s.membership.vacancy_response,
    "propensity_sd": lambda s: s.membership.propensity_sd,
    "age_min": lambda s: s.membership.age_min,
    "age_join_max": lambda s: s.membership.age_join_max,
    "age_max": lambda s: s.membership.age_max,
    "age_log_mean": lambda s: _joining(s).log_mean,
    "age_log_sd": lambda s: _joining(s).log_sd,
    "age_kept": lambda s: _joining(s).kept,
    "adult_word": _adult_word,
    "usual_offer_rate": lambda s: s.exit.usual_offer_rate_per_year / DAYS_PER_YEAR,
    "offer_rate": lambda s: s.exit.offer_rate,
    "acceptance": lambda s: s.exit.acceptance,
    "assessment_pass": lambda s: s.exit.assessment_pass,
    "places": lambda s: s.exit.places,
    "stay_days": lambda s: s.exit.duration_days,
    "stay_shape": lambda s: s.exit.duration_shape,
    "dropout_rate": lambda s: dropout_rate(s.exit.dropout_per_month),
    "completion": lambda s: s.exit.completion,
    "relapse_rate": lambda s: s.exit.relapse_rate_per_year / DAYS_PER_YEAR,
    "relapse_decay": lambda s: half_life_to_rate(s.exit.relapse_half_life_days),
    "waiting_patience_days": lambda s: s.exit.waiting_patience_days,
    "police": lambda s: s.partners.police.commitment,
    "police_rate": lambda s: erosion_rate(s.partners.police.erosion_per_year),
    "municipality": lambda s: s.partners.municipality.commitment,
    "municipality_rate": lambda s: erosion_rate(s.partners.municipality.erosion_per_year),
    "probation": lambda s: s.partners.probation.commitment,
    "probation_rate": lambda s: erosion_rate(s.partners.probation.erosion_per_year),
    "community": lambda s: s.partners.community.commitment if s.partners.community.signed else 0.0,
    "community_rate": lambda s: erosion_rate(s.partners.community.erosion_per_year),
    "programme_start": _programme_start,
    "programme_stop": _programme_stop,
    "ramp_days": lambda s: s.programme.ramp_days,
    "listed_groups": _listed_groups,
    "audit_every_days": lambda s: s.programme.audit_every_days,
    "roster_recall": lambda s: s.programme.roster_recall,
    "roster_error": lambda s: s.programme.roster_error,
    "sanction_certainty": lambda s: s.programme.sanction_certainty,
    "prevention": lambda s: s.programme.prevention,
    "sanction_delay_days": lambda s: s.programme.sanction.delay_days,
    "sanction_days": lambda s: s.programme.sanction.duration_days,
    "sanction_capacity": lambda s: s.programme.sanction.capacity,
    "extra_arrest_rate": lambda s: s.programme.sanction.extra_arrests_per_member_year / DAYS_PER_YEAR,
    "call_in_every_days": lambda s: s.programme.call_in.every_days,
    "call_in_summoned": lambda s: s.programme.call_in.summoned,
    "call_in_attendance": lambda s: s.programme.call_in.attendance,
    "notifications_per_month": lambda s: s.programme.notification.per_month,
    "burst": lambda s: s.programme.notification.burst,
    "burst_delay_days": lambda s: s.programme.notification.burst_delay_days,
    "calendar_cap": lambda s: s.calendar.cap,
    "calendar_offspring": lambda s: float(s.calendar.offspring),
    "calendar_flat": lambda s: float(not (s.calendar.shared_shock_sd or s.calendar.trend or s.calendar.season)),
    "shared_shock_sd": lambda s: s.calendar.shared_shock_sd,
}  # fmt: skip

# Set by the builder: addresses, the calendar table's frame, the network's ranges, candidate rates.
_BUILT = (
    ("key", "u8"), ("calendar_start", "f8"), ("calendar_days", "f8"), ("first_group", "f8"), ("groups", "f8"),
    ("rival_chance", "f8"), ("rival_range", "f8"), ("ally_chance", "f8"), ("ally_range", "f8"), ("side", "f8"),
    ("tied_by_table", "f8"),
    ("background_scale", "f8"), ("retaliation_mean", "f8"), ("repeat_mean", "f8"), ("spread_mean", "f8"),
)  # fmt: skip
DTYPE = np.dtype([(name, kind) for name, kind in _BUILT] + [(name, "f8") for name in PARAMETERS], align=True)


def site_parameters(scenario: Scenario, background: float, offspring: float) -> Array:
    """One row of kernel parameters; ``background`` and ``offspring`` are candidates per attack at reference."""
    row = np.zeros(1, dtype=DTYPE)
    for name, source in PARAMETERS.items():
        row[name] = source(scenario)
    row["key"] = np.uint64(name_key(scenario.site.key))
    row["background_scale"] = background
    for cause in ("retaliation", "repeat", "spread"):
        row[f"{cause}_mean"] = row[f"kappa_{cause}"] * offspring
    return row
