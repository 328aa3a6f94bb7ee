"""Random scenarios over all mechanisms, and runs of them without a pilot.

Exact rules hold for any reference constants, so the runs here are given some instead of finding them.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from gvi_sim.config import Scenario, load_scenario
from gvi_sim.config.levers import levers
from gvi_sim.dynamics.replicate import Replicate, Runner
from gvi_sim.world.builder import Reference
from gvi_sim.world.tables import TABLES

REFERENCE = Reference(1.3, 1.15)
EVERYTHING = frozenset(TABLES)
START = dt.date(2022, 1, 1)


class Run(NamedTuple):
    """What one run left, with what is needed to judge and to repeat it."""

    scenario: Scenario
    seed: int
    replicate: int
    first: float
    last: float
    tables: dict[str, np.ndarray]
    series: np.ndarray
    outcomes: np.ndarray
    digest: str


@cache
def _base() -> Scenario:
    return load_scenario("site=huddinge", "programme=gvi", "calendar=flat")


def scenario_with(overrides: dict[str, Any]) -> Scenario:
    """Huddinge under GVI on a flat calendar for two years after a short burn-in, with overrides."""
    return _base().replace({"years": 2, "burn_in_years": 1, "start_date": START, **overrides})


def runner_of(scenario: Scenario, keep: frozenset[str] = EVERYTHING) -> Runner:
    """A runner with fixed reference constants."""
    return Runner(scenario, (REFERENCE,) * len(scenario.each_site()), keep)


def repeat(scenario: Scenario, seed: int, replicate: int = 0) -> Replicate:
    """One replicate with all tables."""
    return runner_of(scenario).run(seed, replicate)


def run_of(scenario: Scenario, seed: int, replicate: int = 0) -> Run:
    """One replicate with all tables, ready to be checked."""
    runner = runner_of(scenario)
    made = runner.run(seed, replicate)
    return Run(scenario, seed, replicate, *runner.window, made.tables, made.series, made.outcomes, made.digest)


def day(number: int) -> dt.date:
    """The date of a day number."""
    return START + dt.timedelta(days=number)


# The first value is the usual one; the others switch a mechanism off or push it to an end of its range.
_LEAVES: dict[str, tuple[Any, ...]] = {
    "site.size_sd": (0.0, 0.6, 1.5),
    "site.activity_sd": (0.8, 0.0, 1.5),
    "site.attacks_per_year": (20.0, 60.0, 150.0, 3.0, 0.0),
    "attacks.kappa_retaliation": (0.15, 0.0, 0.35),
    "attacks.kappa_repeat": (0.1, 0.0, 0.2),
    "attacks.kappa_spread": (0.15, 0.0, 0.3),
    "attacks.slow_delay_days": (125.0, 20.0),
    "attacks.fatal_factor": (1.0, 0.0, 1.3),
    "attacks.outsider_share": (0.1, 0.0, 1.0),
    "attacks.contracted_share": (0.25, 0.0, 1.0),
    "attacks.detonation_share": (0.3, 0.0, 1.0),
    "attacks.substitution": (0.0, 0.5, 1.0),
    "harm.p_hit": (0.4, 0.0, 1.0),
    "harm.p_hit_detonation": (0.08, 0.0, 1.0),
    "harm.p_death_given_hit": (0.34, 0.0, 0.5, 1.0),
    "harm.extra_hit_mean": (0.12, 0.0, 3.0),
    "harm.bystander_share": (0.07, 0.0, 1.0),
    "harm.recovery_days": (60.0, 0.5, 400.0),
    "gates.deterrence_strength": (0.8, 0.0, 4.0),
    "gates.arrest_weight": (1.0, 0.0, 0.4),
    "gates.knee": (0.35, 0.0, 0.9),
    "gates.sanction_knee": (0.35, 0.0, 0.9),
    "gates.knee_width": (0.1, 0.01, 0.5),
    "gates.norm_strength": (0.1, 0.0, 1.0),
    "gates.pressure_strength": (0.2, 0.0, 1.0),
    "gates.replacement": (0.55, 0.0, 1.0),
    "gates.support_restraint": (0.6, 0.0, 1.0),
    "gates.mediation_effect": (0.16, 0.0, 1.0),
    "gates.defiance": (0.0, 0.5),
    "gates.withdrawal": (0.0, 0.3),
    "justice.clearance_fatal": (0.6, 0.0, 1.0),
    "justice.clearance_hit": (0.25, 0.0, 1.0),
    "justice.clearance_no_hit": (0.1, 0.0, 1.0),
    "justice.sentence_years_no_hit": (1.5, 0.02, 0.3),
    "justice.sentence_years_hit": (4.0, 0.1, 0.5),
    "justice.sentence_shape": (2.0, 0.5),
    "justice.youth_sentence_factor": (0.5, 1.0),
    "justice.other_arrest_rate_per_year": (0.25, 0.0, 3.0),
    "justice.other_detention_days": (30.0, 3.0, 200.0),
    "justice.attribution": (0.7, 0.0, 0.9),
    "justice.attribution_contracted": (0.45, 0.0, 0.9),
    "justice.attribution_error": (0.05, 0.0, 0.1),
    "belief.belief_half_life_days": (365.0, "inf", 20.0),
    "belief.public_half_life_days": ("inf", 100.0),
    "belief.vicarious": (0.3, 0.0, 1.0),
    "belief.sanction_weight": (1.0, 0.0, 0.5),
    "belief.credibility": (0.25, 0.0, 1.0),
    "belief.promise_half_life_days": (365.0, "inf", 30.0),
    "belief.message_reach": (0.4, 0.0, 1.0),
    "belief.message_half_life_days": (365.0, "inf", 30.0),
    "belief.legitimacy_arrest_step": (0.01, 0.0, 1.0),
    "belief.legitimacy_support_step": (0.04, 0.0, 1.0),
    "membership.turnover": (True, True, False),
    "membership.spell_years": (2.7, 0.2, 10.0),
    "membership.vacancy_days": (60.0, 1.0),
    "membership.vacancy_response": (0.3, 0.0, 1.0),
    "membership.propensity_sd": (1.2, 0.0),
    "membership.age_mean": (28.0, 24.0),
    "membership.age_sd": (3.0, 0.5),  # wider ones do not go with long spells of the young
    "exit.usual_offer_rate_per_year": (0.08, 0.0, 3.0),
    "exit.offer_rate": (0.5, 0.0, 1.0),
    "exit.acceptance": (0.3, 0.0, 1.0),
    "exit.assessment_pass": (0.5, 0.0, 1.0),
    "exit.places": (8, 0, 1, 2),
    "exit.duration_days": (300.0, 20.0),
    "exit.duration_shape": (2.0, 0.5),
    "exit.dropout_per_month": (0.035, 0.0, 0.5, 1.0),
    "exit.completion": (0.9, 0.0, 1.0),
    "exit.relapse_rate_per_year": (0.15, 0.0, 5.0),
    "exit.waiting_patience_days": (90.0, 0.0, 5.0, 1000.0),
    "partners.police.commitment": (0.85, 0.0, 1.0),
    "partners.police.erosion_per_year": (0.05, 0.0, 1.0),
    "partners.municipality.commitment": (0.8, 0.0, 1.0),
    "partners.municipality.signed": (True, True, True, False),
    "partners.probation.commitment": (0.85, 1.0),
    "partners.community.signed": (True, False),
    "programme.enabled": (True, True, True, False),
    "programme.ramp_days": (90.0, 0.0, 400.0),
    "programme.coverage": (1.0, 0.34, 0.0),
    "programme.audit_every_days": (91.0, 7.0, 1000.0),
    "programme.roster_recall": (0.8, 0.0, 1.0),
    "programme.roster_error": (0.1, 0.0, 0.6),
    "programme.sanction_certainty": (0.5, 0.0, 1.0),
    "programme.mediation_reach": (0.0, 1.0),
    "programme.prevention": (0.0, 0.5, 1.0),
    "programme.extra_places": (0, 2, 5),
    "programme.sanction.delay_days": (14.0, 0.0, 60.0),
    "programme.sanction.duration_days": (60.0, 5.0, 400.0),
    "programme.sanction.capacity": (2, 0, 1, 50),
    "programme.sanction.extra_arrests_per_member_year": (0.5, 0.0, 8.0),
    "programme.call_in.every_days": (196.0, 0.0, 20.0),
    "programme.call_in.summoned": (12, 0, 1, 60),
    "programme.call_in.attendance": (0.7, 0.0, 1.0),
    "programme.notification.per_month": (2.0, 0.0, 0.4, 9.5),
    "programme.notification.after_attack": (0.5, 0.0, 1.0),
    "programme.notification.delay_days": (7.0, 90.0),
    "calendar.season": ([], [0.5] * 6 + [1.5] * 6),
    "calendar.shared_shock_sd": (0.0, 0.6),
    "burn_in_years": (1.0, 0.0, 3.0),
}


_LEAVES |= {key: lever.doses for key, lever in levers().items() if key not in _LEAVES}
_LEAVES |= {
    "calendar.swing_sd": (0.0, 0.3), "calendar.swing_memory_days": (365.0, 0.0, 60.0),
    "promise.rule": ("first", "every", "hit", "fatal"), "promise.round_days": (182.0, 20.0),
    "promise.detonations": (True, False), "promise.heard": (0.0, 1.0, 0.3), "promise.feared": ("always", "open"),
    "belief.unseen_weight": (1.0, 0.0, 0.5), "gates.personal_strength": (0.0, 1.0, 0.5),
    "gates.norm_deeds": (0.0, 1.0, 0.5), "belief.habituation": (0.0, 1.5),
    "calendar.group_swing_sd": (0.0, 0.6), "calendar.group_swing_memory_days": (200.0, 0.0, 1000.0),
    "attacks.hired_age_mean": (16.5, 14.0, 30.0), "attacks.hired_age_sd": (2.0, 0.5, 3.0),
    "attacks.contracted_factor_detonation": (1.0, 0.0, 0.5), "attacks.civilian_share": (0.0, 1.0, 0.4),
    "justice.clearance_factor_detonation": (1.0, 0.0, 0.6), "justice.attribution_factor_detonation": (1.0, 0.0, 0.6),
}  # fmt: skip


_STAGES: tuple[dict[str, Any], ...] = (
    {"programme.enabled": False, "programme.prevention": 0.5},
    {"programme.enabled": True, "programme.notification.per_month": 3.5, "programme.call_in.every_days": 40.0},
    {"partners.municipality.signed": False, "exit.offer_rate": 1.0},
    {"partners.municipality.signed": True, "programme.sanction.capacity": 5, "programme.call_in.summoned": 20},
)
"""What a timeline may change on the way: a pause and a restart with other doses, a partner that leaves and returns."""


class _Choice:
    """Choices that follow from one whole number; the first value of a list comes most often."""

    def __init__(self, number: int) -> None:
        self._rng = np.random.default_rng(number)

    def one(self, *values: Any) -> Any:
        usual = self._rng.random() < 0.6
        return values[0] if usual else values[int(self._rng.integers(len(values)))]


def _place(choice: _Choice) -> dict[str, Any]:
    """Groups, members and ties of a site: tiny ones, groups of one, single groups, given ties."""
    groups = choice.one(4, 1, 2, 3, 7)
    members = groups * choice.one(12, 1, 5, 40) + choice.one(0, 3)
    others = groups - 1.0
    chain = [[a, a + 1, 1.0, 0.5] for a in range(groups - 1)]
    rivals = min(choice.one(2.5, 0.0, 9.0), others)
    return {
        "site.groups": groups,
        "site.members": members,
        "site.ties": choice.one([], chain),
        "site.rivals_mean": rivals,
        "site.allies_mean": min(1.0, others - rivals),
    }


def _dates(choice: _Choice) -> dict[str, Any]:
    start = choice.one(120, -300, 0, 400, 800)
    stop = choice.one(None, 30, 300)
    waves = choice.one((), ((50, 0.3),), ((-100, 1.0), (300, 0.1)))
    shocks = [
        {"name": f"wave {number}", "start": day(first), "end": day(first + 60), "share": share, "years": 0.3}
        for number, (first, share) in enumerate(waves)
    ]
    changed = choice.one((), (0, 1), (1,), (2, 0), (0, 2, 3))
    return {
        "timeline": [{"date": day(start + 29 * place + 1), **_STAGES[number]} for place, number in enumerate(changed)][
            : None if stop is None else max(stop // 30, 0)
        ],
        "programme.start_date": day(start),
        "programme.stop_date": None if stop is None else day(start + stop),
        "calendar.shocks": shocks,
        "calendar.trend": choice.one([], [[day(-1000), 1.0], [day(200), 0.4]]),
        "calendar.series": choice.one(
            {},
            {"justice.clearance": [[day(0), 1.0], [day(250), 0.2]]},
            {
                key: [[day(-200), 1.0], [day(150), 0.3]]
                for key in ("attacks.contracted_share", "attacks.civilian_share", "justice.attribution")
            },
        ),
        "calendar.cap": 2.0,
    }


def overrides_of(number: int) -> dict[str, Any]:
    """Overrides over all mechanisms; mostly one site, sometimes three."""
    choice = _Choice(number)
    chosen = {key: choice.one(*values) for key, values in _LEAVES.items()} | _place(choice) | _dates(choice)
    if choice.one(False, True, False):
        third = _place(choice) | {"programme.start_date": day(200), "programme.stop_date": None, "timeline": []}
        chosen["sites"] = {"huddinge": {}, "jarfalla": _place(choice), "malmo": third}
    return chosen


# One number a scenario: hypothesis would else spend its examples near the first choices of a hundred lists.
numbers = st.integers(0, 2**32 - 1)
seeds = st.integers(0, 2**64 - 1)
