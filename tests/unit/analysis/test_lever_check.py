"""The lever check: it tells works from nobody eligible, nothing, wrong signs, and reads its declarations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gvi_sim.analysis.decomposition import lever_check
from gvi_sim.analysis.inference.intervals import estimate
from gvi_sim.analysis.pairs.components import PARTS
from gvi_sim.config import Scenario, load_scenario
from gvi_sim.config.levers import LeverDeclaration
from gvi_sim.config.levers import levers as declared
from gvi_sim.config.programme_only import acts_in_business_as_usual
from gvi_sim.errors import EvidenceError
from gvi_sim.language.catalogue import LANGUAGES


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario(
        "site=huddinge", "programme=gvi", "calendar=flat", "years=3", "site.attacks_per_year=60",
        "gates.deterrence_strength=2", "programme.ramp_days=0", "gates.mediation_effect=0.6",
    )  # fmt: skip


def chosen(*keys: str) -> dict[str, LeverDeclaration]:
    return {key: declared()[key] for key in keys}


@pytest.mark.slow
def test_levers_that_work_are_told_with_their_doses(scenario: Scenario) -> None:
    keys = ("programme.sanction_certainty", "programme.mediation_reach", "exit.offer_rate")
    made = lever_check.check_levers(scenario, levers=chosen(*keys), replicates=40, seed=2, workers=1)
    certainty, mediation, offers = made.found
    assert certainty.verdict == lever_check.WORKS and certainty.changed == 1
    assert [step.dose for step in certainty.steps] == [0, 0.25, 0.5, 0.75, 1]
    assert certainty.steps[0].change.verdict == "no difference" and certainty.steps[-1].change.high < 0
    assert mediation.verdict == lever_check.WORKS and mediation.eligible > 0 and offers.eligible > 0
    table = made.table
    assert len(table) == 15 and set(table["lever"]) == set(keys) and made.wrong == ()
    assert len(repr(made).splitlines()) == 4 and "wrong sign" not in repr(made)


@pytest.mark.slow
def test_nobody_eligible_is_said_as_such(scenario: Scenario) -> None:
    """No contacts, so no group is ever promised anything; no programme, so nothing can act at all."""
    silent = scenario.replace(*PARTS["contacts"])
    key = "programme.sanction_certainty"
    for which in (silent, scenario.replace("programme=none")):
        made = lever_check.check_levers(which, levers=chosen(key), replicates=5, seed=2, workers=1)
        assert made.found[0].verdict == lever_check.NOBODY and made.found[0].eligible == 0


def test_an_eligible_lever_without_a_mechanism_changes_nothing(scenario: Scenario) -> None:
    """Nobody can be mediated into anything when mediation has no effect, although there are chains."""
    key = "programme.mediation_reach"
    idle = scenario.replace("gates.mediation_effect=0")
    made = lever_check.check_levers(idle, levers=chosen(key), replicates=5, seed=2, workers=1)
    assert made.found[0].verdict == lever_check.NOTHING and made.found[0].eligible > 0


def test_a_lever_declared_the_wrong_way_round_is_caught(scenario: Scenario) -> None:
    right = declared()["programme.sanction_certainty"]
    wrong = replace(right, direction="+")
    made = lever_check.check_levers(scenario, levers={right.key: wrong}, replicates=40, seed=2, workers=1)
    assert made.wrong == (right.key,) and made.found[0].wrong


def test_one_step_against_the_direction_is_enough() -> None:
    rng = np.random.default_rng(1)
    base = rng.poisson(50, 200).astype(float)
    values = [base, base - 5, base - 4 + rng.normal(0, 0.1, 200)]
    zs = [lever_check._z(values[place], values[place + 1]) for place in range(2)]
    assert zs[0] < -1e6 and zs[1] > lever_check.STEP_Z
    lever = declared()["exit.offer_rate"]
    full = estimate(values[0], values[2])
    assert lever_check._verdict(lever, full, True, 1.0, 10.0) == lever_check.WRONG
    assert lever_check._verdict(lever, full, False, 1.0, 10.0) == lever_check.WORKS


@pytest.mark.slow
@pytest.mark.parametrize("runs", [2, 4, 20])
def test_few_runs_of_a_lever_that_does_nothing_show_no_wrong_step(runs: int) -> None:
    """Some fifty steps are looked at in one check: each may be called wrong by chance once in a thousand times."""
    rng, checks = np.random.default_rng(3), 3000
    zs = [lever_check._z(*rng.poisson(3, (2, runs)).astype(float)) for _ in range(checks)]
    assert sum(abs(z) > lever_check.STEP_Z for z in zs) <= 15


def test_rather_more_in_two_runs_is_no_wrong_sign() -> None:
    where = load_scenario("site=philadelphia", "years=1", "burn_in_years=1", *TOWN)
    key = "programme.call_in.every_days"
    made = lever_check.check_levers(where, levers=chosen(key), replicates=2, seed=3, workers=1, parameters="point")
    assert made.found[0].steps[-1].change.verdict.sign == 1  # against what is declared, and nothing to rely on
    assert made.wrong == () and made.found[0].verdict == lever_check.CANNOT_TELL


def test_the_declarations_cover_the_programmes_doses() -> None:
    for key, lever in declared().items():
        assert not acts_in_business_as_usual(key) and lever.eligible and len(lever.doses) == 5, key
        assert lever.because.keys() == ({*LANGUAGES} if lever.sign == 0 else set())


def test_columns_and_gates_that_do_not_exist_are_told_together() -> None:
    lever = declared()["programme.prevention"]
    wrong = replace(lever, outcome="shotings", eligible=("preventions",), through="mediaton")
    with pytest.raises(EvidenceError) as told:
        lever_check.check_columns({lever.key: wrong})
    assert all(f"Nearest: {name}." in str(told.value) for name in ("shootings", "prevented", "mediation"))


TOWN = ("site.groups=20", "site.members=440", "site.attacks_per_year=54")
NOT_LEARNT = "belief.credibility_strength=1000000"  # so many promises that a broken one more teaches nothing
DELAY, EXTRA = "programme.sanction.delay_days", "programme.sanction.extra_arrests_per_member_year"


def z_of_full_dose(key: str, *words: str) -> float:
    """Shootings from the least to the full dose over their standard error."""
    where = load_scenario("site=malmo", "years=3", "programme.sanction.capacity=2", *words)
    options = {"replicates": 150, "seed": 7, "workers": 1, "parameters": "point"}
    lever = declared()[key]
    ends = replace(lever, doses=(lever.doses[0], lever.doses[-1]))
    full = lever_check.check_levers(where, levers={key: ends}, **options).found[0].steps[-1].change
    return full.difference / full.se


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "words", "sign"),
    [
        (DELAY, ("gates.pressure_strength=0.8", "gates.defiance=0", NOT_LEARNT), -1),
        (DELAY, ("gates.pressure_strength=0", "gates.defiance=0", "belief.credibility=0.5"), 1),
        (DELAY, ("gates.pressure_strength=0", "gates.defiance=0", "belief.credibility=0.5", NOT_LEARNT), 0),
        (EXTRA, ("gates.defiance=0",), -1),
        (EXTRA, ("gates.defiance=2",), 1),
        (EXTRA, ("gates.defiance=2", "belief.legitimacy_arrest_step=0"), -1),
    ],
)
def test_why_a_lever_is_not_monotone(key: str, words: tuple[str, ...], sign: int) -> None:
    """Haste presses sooner and breaks promises sooner; extra arrests detain and take legitimacy away: each alone."""
    assert declared()[key].direction == "not monotone"
    z = z_of_full_dose(key, *words)
    assert abs(z) < 4.42 if sign == 0 else sign * z > 4.42


def test_a_lever_that_is_not_monotone_says_why(scenario: Scenario) -> None:
    made = lever_check.check_levers(scenario, levers=chosen(DELAY), replicates=3, seed=2, workers=1)
    assert made.found[0].verdict == lever_check.OTHER
    assert all(declared()[DELAY].because[lang] in made.text(lang).splitlines()[1] for lang in LANGUAGES)
