"""Regression to the mean: known splits, exact sums, and nothing but regression and trend at dose zero."""

from __future__ import annotations

import numpy as np
import pytest

from gvi_sim.analysis.decomposition import regression as reg
from gvi_sim.analysis.pairs.components import at_zero
from gvi_sim.config import Scenario, load_scenario
from gvi_sim.errors import ScenarioError


def levels(**changes) -> reg.Levels:
    """Ten runs: listed groups had 8 of 20 a year, now 6; all groups stay at 20."""
    usual = {
        "before": 8.0, "after": 6.0, "direct": 0.0, "downstream": 0.0, "all_before": 20.0, "all_after": 20.0,
    }  # fmt: skip
    return reg.Levels(**{name: np.full(10, value) for name, value in {**usual, **changes}.items()})


def terms(**changes) -> dict[str, float]:
    return {name: float(values.mean()) for name, values in reg.split_levels(levels(**changes)).items()}


def test_without_trend_or_programme_all_is_regression() -> None:
    found = terms()
    assert (found["naive"], found["regression"], found["trend"], found["effect"]) == (-2, -2, 0, 0)


def test_a_trend_is_told_apart() -> None:
    found = terms(after=3.0, all_after=10.0)
    assert found["trend"] == pytest.approx(-4) and found["regression"] == pytest.approx(-1)


def test_an_effect_is_told_apart() -> None:
    found = terms(after=3.0, direct=-2.0, downstream=-1.0)
    assert (found["effect"], found["downstream"], found["regression"]) == (-2, -1, -2)


def test_when_all_groups_are_listed_nothing_regresses() -> None:
    rng = np.random.default_rng(1)
    before, after = rng.poisson(20, 50).astype(float), rng.poisson(15, 50).astype(float)
    nothing = np.zeros(50)
    found = reg.split_levels(reg.Levels(before, after, nothing, nothing, before, after))
    assert found["regression"].mean() == pytest.approx(0, abs=1e-12)
    assert found["trend"].mean() == pytest.approx((after - before).mean())


def test_every_run_sums_exactly() -> None:
    rng = np.random.default_rng(2)
    of = reg.Levels(*(rng.integers(0, 30, 40).astype(float) for _ in range(6)))
    found = reg.split_levels(of)
    total = sum(found[name] for name in reg.TERMS[1:])
    assert np.abs(total - found["naive"]).max() < 1e-9


def test_without_any_attack_nothing_is_split() -> None:
    assert set(terms(**dict.fromkeys(reg.Levels._fields, 0.0)).values()) == {0.0}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Groups alike for good, no trend: what makes a group bad lately is chance and chains alone."""
    return load_scenario(
        "site=malmo", "programme=gvi", "calendar=flat", "site.activity_sd=0", "site.size_sd=0",
        "site.attacks_per_year=30", "programme.ramp_days=0",
    )  # fmt: skip


@pytest.mark.slow
def test_at_dose_zero_everything_is_regression_and_trend(scenario: Scenario) -> None:
    made = reg.regression_to_the_mean(at_zero(scenario), replicates=100, seed=3, workers=1)
    listed = made.values[reg.LISTED]
    assert (listed["effect"] == 0).all() and (listed["downstream"] == 0).all()
    assert np.allclose(listed["naive"], listed["trend"] + listed["regression"], rtol=0, atol=1e-9)
    rows = made.table.set_index(["groups", "term"])
    assert rows.loc[(reg.LISTED, "regression"), "high"] < 0 < rows.loc[(reg.OTHERS, "regression"), "low"]
    low, high = (rows.loc[(reg.LISTED, "trend"), end] for end in ("low", "high"))
    assert abs(low + high) < 2.5 * (high - low)  # none, within five standard errors


def test_a_programme_is_credited_with_what_the_twin_lacks(scenario: Scenario) -> None:
    made = reg.regression_to_the_mean(scenario, replicates=100, seed=3, workers=1)
    zero = reg.regression_to_the_mean(at_zero(scenario), replicates=100, seed=3, workers=1)
    listed, idle = made.values[reg.LISTED], zero.values[reg.LISTED]
    assert np.allclose(listed["regression"], idle["regression"], rtol=0, atol=1e-9)
    assert np.array_equal(listed["before"], idle["before"])
    difference = listed["effect"] + listed["downstream"]
    assert np.allclose(difference, listed["after"] - idle["after"], rtol=0, atol=1e-9)
    assert listed["effect"].mean() < 0
    assert "Regression to the mean" in made.text() and "Naiv förändring" in made.text("sv")


def test_modes_add_up(scenario: Scenario) -> None:
    both = [
        reg.regression_to_the_mean(scenario, what=what, replicates=10, seed=3, workers=1).values[reg.LISTED]
        for what in reg.COUNTED
    ]
    for term in reg.TERMS:
        assert both[0][term].mean() == pytest.approx(both[1][term].mean() + both[2][term].mean(), abs=1.0)
    assert both[0]["naive"].sum() == pytest.approx(both[1]["naive"].sum() + both[2]["naive"].sum())


@pytest.mark.slow
def test_a_roll_out_is_split_around_each_start() -> None:
    many = load_scenario({"sites": {"huddinge": {}, "malmo": {}}, "programme": "gvi", "calendar": "flat", "years": 4})
    made = reg.regression_to_the_mean(many, before_years=1, after_years=1, replicates=10, seed=1, workers=1)
    ours = [site.programme.start_date for site in made.effect.scenario.scenario.each_site()]
    assert ours == [site.programme.start_date for site in many.each_site()] and len(set(ours)) == 2
    assert made.values[reg.LISTED]["before"].mean() > 0


@pytest.mark.parametrize(
    ("changes", "arguments", "match"),
    [
        (("programme=none",), {}, "no group is ever listed"),
        ((), {"what": "arrests"}, "cannot be split"),
        ((), {"before_years": 0}, "before_years"),
        (("programme.stop_date=2019-01-01",), {}, "stop_date"),
    ],
)
def test_what_cannot_be_split_is_refused(scenario: Scenario, changes, arguments, match: str) -> None:
    with pytest.raises(ScenarioError, match=match):
        reg.regression_to_the_mean(scenario.replace(*changes), replicates=5, seed=1, **arguments)
