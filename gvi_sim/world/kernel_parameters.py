"""The kernel's parameters of one site: scenario keys turned into rates, half-lives into decay rates.

This is the only place where a scenario key meets the name that the kernel uses: its own last word unless told here.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from operator import attrgetter

import numpy as np

from .. import units
from ..config import Scenario
from ..config.ages import JoiningAges, joining_ages
from ..config.leaves import leaves
from ..config.tree import PartnerValues
from ..kernel.draws import name_key
from ..units import ADULT_YEARS, DAYS_PER_MONTH, DAYS_PER_YEAR, half_life_to_rate, probability_to_rate
from . import codes as C
from .after_attacks import after_attack_chance, listed_groups, routine_per_month
from .columns import Array

# a commitment or capacity that is lost all at once is lost at a finite, very large rate.
_ALL = 1.0 - 1e-12


def erosion_rate(share_per_year: float) -> float:
    """Exponential rate per day at which a commitment loses a share a year."""
    return probability_to_rate(min(share_per_year, _ALL), DAYS_PER_YEAR)


def dropout_rate(share_per_month: float) -> float:
    """Hazard per day of leaving a stay, from the share that leaves in a month."""
    return probability_to_rate(min(share_per_month, _ALL), DAYS_PER_MONTH)


def kept_in_a_month(half_life_days: float) -> float:
    """Share of a swing that is left a month later."""
    return 0.5 ** (DAYS_PER_MONTH / half_life_days) if half_life_days > 0.0 else 0.0


def _a_day(per_year: float) -> float:
    return per_year / DAYS_PER_YEAR


def _in_days(years: float) -> float:
    return years * DAYS_PER_YEAR


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


def fatal_share_of_hits(s: Scenario) -> float:
    """Share of attacks that hit somebody which kill, at reference: 1 + Geometric persons are hit, each may die."""
    more = s.harm.extra_hit_mean / (1.0 + s.harm.extra_hit_mean)
    survive = 1.0 - s.harm.p_death_given_hit
    return 1.0 - survive * (1.0 - more) / (1.0 - more * survive)


def fatal_share(s: Scenario) -> float:
    """Share of attacks that kill somebody, at reference."""
    return hit_share(s) * fatal_share_of_hits(s)


def _age_above(s: Scenario) -> float:
    """Mean age at joining above the minimum: members present are a mean spell older than when they joined."""
    elapsed = s.membership.spell_years if s.membership.turnover else 0.0
    return s.membership.age_mean - elapsed - s.membership.age_min


def _joining(s: Scenario) -> JoiningAges:
    return joining_ages(_age_above(s), s.membership.age_sd, s.membership.age_join_max - s.membership.age_min)


def _hired(s: Scenario) -> JoiningAges:
    """The law of hired shooters' ages, between the same bounds as those of members at joining."""
    lowest = s.membership.age_min
    return joining_ages(s.attacks.hired_age_mean - lowest, s.attacks.hired_age_sd, s.membership.age_join_max - lowest)


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
    return kernel_day(s, s.programme.start_date) if s.programme_runs()[0] else math.inf


def _programme_stop(s: Scenario) -> float:
    stop = s.programme.stop_date
    return math.inf if stop is None or not s.programme_runs()[0] else kernel_day(s, stop)


def kernel_day(s: Scenario, date: dt.date) -> float:
    """Day number of a date; day 0 is the scenario's ``start_date``."""
    return float(units.day_of(date, s.start_date))


def _relative(partner: PartnerValues) -> float:
    return partner.commitment / partner.reference_commitment


Source = Callable[[Scenario], float]
# Numbers of these branches go to the kernel as they stand, each under the last word of its key, but for the keys below.
_BRANCHES = frozenset({"attacks", "harm", "gates", "justice", "belief", "membership", "exit", "programme"})
# Under another name, by key; or turned, by key and how.
_RENAMED: dict[str, str] = {
    "population": "site.population", "activity_sd": "site.activity_sd", "size_sd": "site.size_sd",
    "members": "site.members", "delay_first_share": "justice.delay.first_share",
    "delay_first_days": "justice.delay.first_days", "delay_middle_share": "justice.delay.middle_share",
    "delay_middle_days": "justice.delay.middle_days", "delay_late_days": "justice.delay.late_mean_days",
    "stay_days": "exit.duration_days", "stay_shape": "exit.duration_shape",
    "sanction_delay_days": "programme.sanction.delay_days", "sanction_days": "programme.sanction.duration_days",
    "sanction_capacity": "programme.sanction.capacity", "call_in_every_days": "programme.call_in.every_days",
    "call_in_summoned": "programme.call_in.summoned", "call_in_attendance": "programme.call_in.attendance",
    "after_attack_days": "programme.notification.delay_days", "calendar_cap": "calendar.cap",
    "shared_shock_sd": "calendar.shared_shock_sd", "swing_sd": "calendar.swing_sd",
    "group_swing_sd": "calendar.group_swing_sd", "promise_round_days": "promise.round_days",
    "promise_heard": "promise.heard",
}  # fmt: skip
_TURNED: dict[str, tuple[str, Callable[[float], float]]] = {
    "attacks_per_day": ("site.attacks_per_year", _a_day),
    "withdrawal_rate": ("gates.withdrawal_half_life_days", half_life_to_rate),
    "sentence_days_fatal": ("justice.sentence_years_fatal", _in_days),
    "sentence_days_hit": ("justice.sentence_years_hit", _in_days),
    "sentence_days_no_hit": ("justice.sentence_years_no_hit", _in_days),
    "other_arrest_rate": ("justice.other_arrest_rate_per_year", _a_day),
    "belief_rate": ("belief.belief_half_life_days", half_life_to_rate),
    "promise_rate": ("belief.promise_half_life_days", half_life_to_rate),
    "message_rate": ("belief.message_half_life_days", half_life_to_rate),
    "legitimacy_rate": ("belief.legitimacy_half_life_days", half_life_to_rate),
    "turnover": ("membership.turnover", float),
    "spell_days": ("membership.spell_years", _in_days),
    "usual_offer_rate": ("exit.usual_offer_rate_per_year", _a_day),
    "dropout_rate": ("exit.dropout_per_month", dropout_rate),
    "relapse_rate": ("exit.relapse_rate_per_year", _a_day),
    "relapse_decay": ("exit.relapse_half_life_days", half_life_to_rate),
    "police_rate": ("partners.police.erosion_per_year", erosion_rate),
    "municipality_rate": ("partners.municipality.erosion_per_year", erosion_rate),
    "probation_rate": ("partners.probation.erosion_per_year", erosion_rate),
    "community_rate": ("partners.community.erosion_per_year", erosion_rate),
    "promise_detonations": ("promise.detonations", float),
    "extra_arrest_rate": ("programme.sanction.extra_arrests_per_member_year", _a_day),
    "calendar_offspring": ("calendar.offspring", float),
    "swing_kept": ("calendar.swing_memory_days", kept_in_a_month),
    "group_swing_kept": ("calendar.group_swing_memory_days", kept_in_a_month),
}
_OF_SEVERAL: dict[str, Source] = {
    "mean_factor": lambda s: 1.0 + fatal_share(s) * (s.attacks.fatal_factor - 1.0),
    "knee_low": lambda s: knee_bounds(s.gates.knee, s.gates.knee_width)[0],
    "knee_span": lambda s: knee_bounds(s.gates.knee, s.gates.knee_width)[1],
    "sanction_low": lambda s: knee_bounds(s.gates.sanction_knee, s.gates.knee_width)[0],
    "sanction_span": lambda s: knee_bounds(s.gates.sanction_knee, s.gates.knee_width)[1],
    "age_log_mean": lambda s: _joining(s).log_mean,
    "age_log_sd": lambda s: _joining(s).log_sd,
    "age_kept": lambda s: _joining(s).kept,
    "adult_word": _adult_word,
    "hired_age_log_mean": lambda s: _hired(s).log_mean,
    "hired_age_log_sd": lambda s: _hired(s).log_sd,
    "hired_age_kept": lambda s: _hired(s).kept,
    "promise_rule": lambda s: float(C.PROMISE_RULES.index(s.promise.rule)),
    "promise_feared_open": lambda s: float(s.promise.feared == "open" and s.promise.rule == "first"),
    "police": lambda s: _relative(s.partners.police),
    "municipality": lambda s: _relative(s.partners.municipality),
    "probation": lambda s: _relative(s.partners.probation),
    "community": lambda s: _relative(s.partners.community) if s.partners.community.signed else 0.0,
    "routine_per_month": routine_per_month,
    "after_attack_chance": after_attack_chance,
    "programme_start": _programme_start,
    "programme_stop": _programme_stop,
    "runs": lambda s: float(s.programme_runs()[0]),
    "listed_groups": lambda s: float(listed_groups(s)),
    "calendar_flat": lambda s: float(not (s.calendar.shared_shock_sd or s.calendar.trend or s.calendar.season)),
}
_READ_ELSEWHERE = frozenset(
    {
        "membership.age_mean",
        "membership.age_sd",
        "programme.coverage",
        "belief.public_half_life_days",
        "programme.notification.per_month",
        "programme.notification.after_attack",
        "attacks.hired_age_mean",
        "attacks.hired_age_sd",
    }
)


def own_keys() -> list[str]:
    """The keys of numbers that the kernel knows by their last word."""
    named = {*_RENAMED.values(), *(key for key, _ in _TURNED.values()), *_READ_ELSEWHERE}
    return [
        key
        for key, domain in leaves().items()
        if key.partition(".")[0] in _BRANCHES and domain.kind in ("number", "count") and key not in named
    ]


def _turned(key: str, turn: Callable[[float], float]) -> Source:
    value = attrgetter(key)
    return lambda s: turn(value(s))


PARAMETERS: dict[str, Source] = {
    **{key.rpartition(".")[2]: attrgetter(key) for key in own_keys()},
    **{name: attrgetter(key) for name, key in _RENAMED.items()},
    **{name: _turned(key, turn) for name, (key, turn) in _TURNED.items()},
    **_OF_SEVERAL,
}

# Set by the builder: addresses, the calendar table's frame, the network's ranges, candidate rates.
_BUILT = (
    ("key", "u8"), ("calendar_start", "f8"), ("calendar_days", "f8"), ("first_group", "f8"), ("groups", "f8"),
    ("rival_chance", "f8"), ("rival_range", "f8"), ("ally_chance", "f8"), ("ally_range", "f8"), ("side", "f8"),
    ("tied_by_table", "f8"),
    ("background_scale", "f8"), ("retaliation_mean", "f8"), ("repeat_mean", "f8"), ("spread_mean", "f8"),
)  # fmt: skip
DTYPE = np.dtype([(name, kind) for name, kind in _BUILT] + [(name, "f8") for name in PARAMETERS], align=True)

# What a plan sets for all its draws and no scenario key does.
_MADE = ("key", "background_scale", "retaliation_mean", "repeat_mean", "spread_mean")
FRAME = [name for name in DTYPE.names or () if name not in PARAMETERS and name not in _MADE]


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
