"""Metamorphic relations M1 to M10: what must hold between runs of related scenarios.

M3 and M7 (dose zero is absence, two isolated worlds are one) are held bit for bit over random scenarios in
test_exact_rules.py; here they are met once through ``compare``. The others are here.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from gvi_sim.analysis.decomposition.lever_check import NOBODY, WORKS, WRONG, check_levers
from gvi_sim.analysis.pairs.components import at_zero
from gvi_sim.analysis.pairs.effect import compare
from gvi_sim.config import Scenario, load_scenario
from gvi_sim.config.levers import levers
from gvi_sim.simulate import simulate

from .worlds import runner_of, scenario_with

# Strong enough that 200 runs tell every direction; not what anybody believes.
STRONG = (
    "site=huddinge", "programme=gvi", "calendar=flat", "years=4", "start_date=2020-01-01",
    "programme.start_date=2020-07-01", "programme.ramp_days=0", "site.attacks_per_year=60",
    "gates.deterrence_strength=2", "gates.norm_strength=0.3", "gates.pressure_strength=0.6",
    "gates.mediation_effect=0.6", "gates.replacement=0.1", "gates.support_restraint=1", "exit.places=60",
    "exit.acceptance=0.6", "attacks.contracted_share=0", "membership.vacancy_response=0",
)  # fmt: skip
# What is no lever has a direction too, over two worlds that are not paired: sign, outcome, doses. More retaliation is
# less background, since attacks_per_year is stated with retaliation included.
WORLDS = {
    "attacks.kappa_retaliation": (0, "shootings", (0, 0.05, 0.1, 0.15, 0.2)),
    "site.attacks_per_year": (1, "shootings", (10, 20, 30, 40, 50)),
    "harm.p_death_given_hit": (1, "persons_killed", (0, 0.2, 0.4, 0.6, 0.8)),
    "justice.clearance_hit": (1, "arrests", (0, 0.2, 0.4, 0.6, 0.8)),
}
# Attacks set off attacks and nothing stops any: rate = background / (1 - n).
OPEN = (
    "site=huddinge", "programme=none", "calendar=flat", "years=10", "burn_in_years=3", "site.groups=6",
    "site.members=120", "site.size_sd=0", "site.activity_sd=0", "site.rivals_mean=5", "site.allies_mean=0",
    "attacks.kappa_retaliation=0", "attacks.kappa_repeat=0", "attacks.kappa_spread=0",
    "attacks.outsider_share=0", "attacks.contracted_share=1", "attacks.fatal_factor=1",
    "gates.deterrence_strength=0", "membership.turnover=false",
)  # fmt: skip
SHARES = {"retaliation": 0.4, "repeat": 0.2, "spread": 0.4}
Z = 4.42


@pytest.fixture(scope="module")
def strong() -> Scenario:
    return load_scenario(*STRONG)


def means(scenario: Scenario, outcome: str, runs: int = 200, seed: int = 11) -> np.ndarray:
    """One outcome by run."""
    return simulate(scenario, replicates=runs, seed=seed, workers=1, keep=()).outcomes[outcome].to_numpy()


def z_of(values: np.ndarray) -> float:
    """Mean over its standard error."""
    return float(values.mean() / (values.std(ddof=1) / math.sqrt(len(values))))


@pytest.mark.slow
def test_m1_and_m2_every_lever_works_in_its_declared_direction(strong: Scenario) -> None:
    """No step with the wrong sign at z > 3.1, and the whole way the right one at z > 4.42."""
    found = check_levers(strong, replicates=200, seed=21, workers=1).found
    assert [it.lever.key for it in found] == list(levers())
    for it in found:
        told = f"{it.lever.key}: {it.verdict}, {it.steps[-1]}"
        assert it.verdict not in (WRONG, NOBODY) and it.eligible > 0, told
        if it.lever.sign:
            full = it.steps[-1].change
            assert it.verdict == WORKS and full.difference * it.lever.sign / full.se > Z, told


@pytest.mark.slow
@pytest.mark.parametrize("key", WORLDS)
def test_m1_and_m2_worlds_go_where_they_are_meant_to_go(key: str) -> None:
    usual = load_scenario("site=huddinge", "programme=none", "calendar=flat", "years=5", "site.attacks_per_year=40")
    sign, outcome, doses = WORLDS[key]
    by_dose = [means(usual.replace(f"{key}={dose}"), outcome) for dose in doses]
    steps = [z_of(after - before) for before, after in pairwise(by_dose)]
    whole = z_of(by_dose[-1] - by_dose[0])
    if sign:
        assert min(step * sign for step in steps) > -3.1 and whole * sign > Z
    else:
        assert abs(whole) < Z


@pytest.mark.slow
def test_m2_more_retaliation_at_the_same_background_means_more_attacks() -> None:
    """``attacks_per_year`` holds retaliation too, so the background is held by raising it along."""
    level = []
    for kappa in (0.0, 0.2, 0.4):
        changes = (f"attacks.kappa_retaliation={kappa}", f"site.attacks_per_year={60 / (1 - kappa)}")
        level.append(means(load_scenario(*OPEN, *changes), "attacks"))
    assert z_of(level[1] - level[0]) > Z and z_of(level[2] - level[1]) > Z


@pytest.mark.slow
def test_m3_a_dose_of_zero_is_absence(strong: Scenario) -> None:
    none = strong.replace("programme.enabled=false")
    runs = [
        simulate(each, replicates=10, seed=2, workers=1, keep=()).results.digests
        for each in (none, at_zero(strong), strong.replace("programme.coverage=0"), strong)
    ]
    assert runs[0] == runs[1] == runs[2] and runs[0] != runs[3]


def test_m4_a_start_after_the_horizon_is_absence(strong: Scenario) -> None:
    late = strong.replace("programme.start_date=2030-01-01")
    effect = compare(late.replace("programme.enabled=false"), late, replicates=10, seed=2, workers=1)
    assert effect.base.results.digests == effect.scenario.results.digests
    assert set(effect.outcomes["verdict"]) == {"no difference"}


DOUBLED = (
    "burn_in_years", "years", "attacks.fast_delay_days", "attacks.slow_delay_days", "harm.recovery_days",
    "gates.withdrawal_half_life_days", "justice.delay.first_days", "justice.delay.middle_days",
    "justice.delay.late_mean_days", "justice.sentence_years_fatal", "justice.sentence_years_hit",
    "justice.sentence_years_no_hit", "justice.other_detention_days", "belief.belief_half_life_days",
    "belief.patience_days", "belief.legitimacy_half_life_days", "membership.spell_years",
    "membership.vacancy_days", "exit.duration_days", "exit.relapse_half_life_days",
    "exit.waiting_patience_days",
)  # fmt: skip
HALVED = (
    "site.attacks_per_year", "justice.other_arrest_rate_per_year", "exit.usual_offer_rate_per_year",
    "exit.relapse_rate_per_year",
)  # fmt: skip


def test_m5_another_unit_of_time_changes_nothing_but_the_days() -> None:
    """All durations twice as long and all rates half as high: the same events on days twice as late."""
    usual = scenario_with(
        {
            "programme.enabled": False, "burn_in_years": 4, "years": 4, "justice.youth_sentence_factor": 1.0,
            "site.attacks_per_year": 60, "gates.withdrawal": 0.1, "exit.usual_offer_rate_per_year": 1.0,
        }
    )  # fmt: skip

    def value(key: str) -> float:
        found: object = usual
        for name in key.split("."):
            found = getattr(found, name)
        return float(found)  # type: ignore[arg-type]

    changes = {key: 2 * value(key) for key in DOUBLED} | {key: value(key) / 2 for key in HALVED}
    changes["exit.dropout_per_month"] = 1 - math.sqrt(1 - usual.exit.dropout_per_month)
    older = {"membership.age_mean": usual.membership.age_mean + 10, "membership.age_max": 1000}
    slow = usual.replace(changes, older)
    one, other = (runner_of(each).run(7, 0).tables["attacks"] for each in (usual, slow))
    assert len(one) > 150
    for name in one.dtype.names:
        if name not in ("day", "arrest_day", "shooter", "shooter_age"):
            assert np.array_equal(one[name], other[name]), name
    # Members grow older twice as long; a hired shooter's age goes by no duration.
    hired = one["contracted"] == 1
    assert hired.any() and np.array_equal(one["shooter_age"][hired], other["shooter_age"][hired])
    # Persons are numbered as the engine meets them, so it is the same persons under other numbers.
    pairs = set(zip(one["shooter"].tolist(), other["shooter"].tolist(), strict=True))
    assert len(pairs) == len(set(one["shooter"].tolist())) == len(set(other["shooter"].tolist()))
    assert np.allclose(2 * one["day"], other["day"], rtol=1e-9)
    assert np.allclose(2 * one["arrest_day"], other["arrest_day"], rtol=1e-9, equal_nan=True)


CHAIN = ((0, 1), (1, 2), (2, 3))


def test_m6_the_order_of_the_ties_means_nothing() -> None:
    given = [[[a, b, 1.0, 0.5] for a, b in CHAIN], [[b, a, 1.0, 0.5] for a, b in reversed(CHAIN)]]
    digests = {
        runner_of(scenario_with({"site.groups": 4, "site.rivals_mean": 1, "site.allies_mean": 1, "site.ties": ties}))
        .run(3, 0)
        .digest
        for ties in given
    }
    assert len(digests) == 1


@pytest.mark.slow
def test_m6_other_numbers_for_the_groups_permute_the_result() -> None:
    """Groups alike but for their place on a chain: the same law for a place, whatever number is there."""
    order = (2, 0, 3, 1)
    common = {
        "site.groups": 4, "site.members": 80, "site.size_sd": 0, "site.activity_sd": 0, "years": 5,
        "site.rivals_mean": 1, "site.allies_mean": 1, "site.attacks_per_year": 40, "programme.coverage": 0.5,
    }  # fmt: skip
    by_place = []
    for labels in ((0, 1, 2, 3), order):
        ties = [[labels[a], labels[b], 1.0, 0.5] for a, b in CHAIN]
        runner = runner_of(scenario_with({**common, "site.ties": ties}), frozenset({"groups"}))
        counts = np.array([runner.run(5, k).tables["groups"]["attacks"] for k in range(400)])
        by_place.append(counts[:, list(labels)])
    one, other = by_place
    spread = np.sqrt((one.var(axis=0, ddof=1) + other.var(axis=0, ddof=1)) / 400)
    assert (np.abs(one.mean(axis=0) - other.mean(axis=0)) / spread < Z).all()


@pytest.mark.slow
def test_m8_pairing_halves_the_variance_at_the_smallest_dose(strong: Scenario) -> None:
    usual = strong.replace("programme.enabled=false")
    for lever in ("programme.sanction_certainty", "exit.offer_rate"):
        dose = levers()[lever].doses[1]
        least = at_zero(strong).replace(
            f"{lever}={dose}", "programme.notification.per_month=1"
        )  # a lever needs contacts to act
        row = compare(usual, least, replicates=200, seed=3, workers=1).row("attacks")
        assert row.difference != 0 and row.variance_ratio <= 0.5


@pytest.mark.slow
def test_m9_the_level_rises_with_n_as_it_must() -> None:
    """d ln(level) / dn = 1 / (1 - n) at a fixed background."""
    background, step = 60.0, 0.1
    levels = {}
    for n in (0.3, 0.3 + step):
        kappas = (f"attacks.kappa_{cause}={n * share}" for cause, share in SHARES.items())
        world = load_scenario(*OPEN, *kappas, f"site.attacks_per_year={background / (1 - n)}")
        levels[n] = means(world, "attacks", runs=600) / (10 * background)
    for n, values in levels.items():
        assert abs(z_of(values - 1 / (1 - n))) < Z
    low, high = (levels[n].mean() for n in levels)
    assert math.log(high / low) == pytest.approx(math.log(0.7 / 0.6), abs=0.03)


@pytest.mark.slow
def test_m10_twice_the_groups_have_twice_the_attacks() -> None:
    """Under GVI too, with twice the doses."""
    usual = load_scenario("site=malmo", "programme=gvi", "calendar=flat", "years=6", "site.attacks_per_year=40")
    doubled = {
        "site.groups": 2 * usual.site.groups, "site.members": 2 * usual.site.members,
        "site.attacks_per_year": 80, "exit.places": 2 * usual.exit.places,
        "programme.sanction.capacity": 2 * usual.programme.sanction.capacity,
        "programme.call_in.summoned": 2 * usual.programme.call_in.summoned,
        "programme.notification.per_month": 2 * usual.programme.notification.per_month,
    }  # fmt: skip
    one, two = (means(each, "attacks", runs=400) for each in (usual, usual.replace(doubled)))
    assert two.mean() / one.mean() == pytest.approx(2, rel=0.03)
