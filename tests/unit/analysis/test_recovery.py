"""Truth against estimate: the likelihood against a sum written out, and known processes recovered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gvi_sim.analysis import hawkes, recovery
from gvi_sim.config import load_scenario
from gvi_sim.errors import ScenarioError
from gvi_sim.simulate import simulate


def record(count: int = 60, groups: int = 4, seed: int = 1) -> hawkes.Record:
    rng = np.random.default_rng(seed)
    attacker, target = rng.integers(0, groups, count), rng.integers(-1, groups, count)
    return hawkes.Record(np.sort(rng.uniform(0, 900, count)), attacker, target, groups, 900.0)


THETA = np.concatenate([[0.1, 0.2, 0.15], [8.0, 90.0], np.linspace(0.004, 0.03, 4)])


def written_out(of: hawkes.Record, theta: np.ndarray) -> float:
    """The log-likelihood as a double sum over pairs."""
    (repeat, retaliation, spread), (fast, slow), mu = theta[:3], theta[3:5], theta[5:]
    total, others = -mu.sum() * of.length, of.groups - 2
    for i, (day, g) in enumerate(zip(of.day, of.attacker, strict=True)):
        rate = mu[g]
        for j in range(i):
            age, a, h = day - of.day[j], of.attacker[j], of.target[j]
            quick, tardy = np.exp(-age / fast) / fast, np.exp(-age / slow) / slow
            rate += repeat * (g == a) * quick + retaliation * (g == h) * quick
            rate += spread / others * (g not in (a, h)) * tardy
        left, on_group = of.length - day, of.target[i] >= 0
        bystanders = of.groups - len({int(g), int(of.target[i])} - {-1})
        total += np.log(rate) - (repeat + retaliation * on_group) * (1 - np.exp(-left / fast))
        total -= spread / others * bystanders * (1 - np.exp(-left / slow))
    return float(total)


def test_one_pass_gives_the_double_sum() -> None:
    of = record()._replace(target=np.where(record().target == record().attacker, -1, record().target))
    assert hawkes.log_likelihood(of, THETA)[0] == pytest.approx(written_out(of, THETA), abs=1e-8)


@pytest.mark.parametrize("place", range(9))
def test_the_gradient_is_the_slope(place: int) -> None:
    step = np.zeros(9)
    step[place] = 1e-6 * THETA[place]
    up, down = (hawkes.log_likelihood(record(), THETA + sign * step)[0] for sign in (1, -1))
    slope = hawkes.log_likelihood(record(), THETA)[1][place]
    assert slope == pytest.approx((up - down) / (2 * step[place]), rel=1e-4, abs=1e-4)


def test_poisson_attacks_set_off_next_to_nothing() -> None:
    rng = np.random.default_rng(4)
    fits = []
    for _ in range(5):
        count = rng.poisson(400)
        groups = rng.integers(0, 8, count), rng.integers(0, 8, count)
        fits.append(hawkes.fit(hawkes.Record(np.sort(rng.uniform(0, 3000, count)), *groups, 8, 3000.0)))
    assert np.mean([found.repeat + found.retaliation for found in fits]) < 0.05
    assert all(found.converged for found in fits)


def test_who_retaliates_is_told_from_who_repeats() -> None:
    """Attacks that come in pairs a few days apart: by the group attacked, or by the same group again."""
    rng = np.random.default_rng(5)
    first = np.sort(rng.uniform(0, 4000, 200))
    a, h = rng.integers(0, 5, 200), rng.integers(5, 10, 200)
    second = first + rng.exponential(5, 200)
    order = np.argsort(np.concatenate([first, second]))
    day = np.concatenate([first, second])[order]
    for mine, theirs, name in ((h, a, "retaliation"), (a, h, "repeat")):
        attacker, target = np.concatenate([a, mine])[order], np.concatenate([h, theirs])[order]
        found = hawkes.fit(hawkes.Record(day, attacker, target, 10, 4050.0))
        assert getattr(found, name) == pytest.approx(0.5, abs=0.1)
        assert found.reproduction - getattr(found, name) < 0.15
        assert found.fast_delay_days == pytest.approx(5, abs=2)


@pytest.fixture(scope="module")
def runs():
    words = ("programme=none", "calendar=flat", "years=8", "site.attacks_per_year=50")
    scenario = load_scenario("site=malmo", *words)
    return simulate(scenario, replicates=6, seed=6, workers=1, keep=("attacks", "groups"))


def test_the_models_reproduction_is_recovered_and_thinning_lowers_it(runs) -> None:
    made = recovery.recover(runs, recording=(1.0, 0.4))
    whole, thinned = made.table.to_dict("records")
    assert whole["truth"] == thinned["truth"] and whole["runs"] == 6
    assert whole["low"] < whole["truth"] + 0.05 and whole["high"] > whole["truth"] - 0.05
    assert thinned["estimate"] < whole["estimate"] and thinned["bias"] < 0
    assert "40% of attacks recorded" in repr(made)


def test_the_truth_is_what_the_links_say(runs) -> None:
    attacks = runs.table("attacks")
    expected = runs.outcomes["reproduction"]
    for run in range(runs.replicates):
        assert recovery.truth(attacks[attacks["run"] == run]) == pytest.approx(expected[run])


def test_a_larger_share_holds_a_smaller_one(runs) -> None:
    attacks = runs.table("attacks")
    small, large = (recovery.recorded(attacks, share, 6) for share in (0.3, 0.7))
    assert not (small & ~large).any()
    assert small.mean() == pytest.approx(0.3, abs=0.03) and large.mean() == pytest.approx(0.7, abs=0.03)
    assert recovery.recorded(attacks, 1.0, 6).all()
    assert (recovery.recorded(attacks, 0.3, 7) != small).any()


def test_records_too_short_or_shares_that_are_none_are_refused(runs) -> None:
    with pytest.raises(ScenarioError, match="above 0"):
        recovery.recover(runs, recording=(0.0,))
    with pytest.raises(ScenarioError, match="recorded attacks to fit"):
        recovery.recover(runs, recording=(0.01,))


def test_a_record_begins_with_the_window() -> None:
    frame = pd.DataFrame({"day": [5.0, -20.0], "attacker_group": [1, 0], "target_group": [0, -1]})
    made = recovery.record_of(frame, 2, (-30.0, 100.0))
    assert made.day.tolist() == [10.0, 35.0] and made.attacker.tolist() == [0, 1] and made.length == 130
