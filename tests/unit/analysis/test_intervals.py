"""Pairing arithmetic against numbers worked out by hand, and intervals that cover what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from gvi_sim.analysis.inference.draws_posterior import t_factor
from gvi_sim.analysis.inference.intervals import Estimate, estimate, mean_interval, paired
from gvi_sim.analysis.inference.verdict import Verdict
from gvi_sim.errors import ScenarioError

# Four pairs by hand: differences -2, -4, 0, -2; mean -2, variance 8/3; t of 3 degrees of freedom 3.182446.
BASE = np.array([10.0, 14.0, 8.0, 8.0])
SCENARIO = np.array([8.0, 10.0, 8.0, 6.0])
T3 = 3.182446305284263


def test_a_pair_of_arms_by_hand() -> None:
    found = estimate(BASE, SCENARIO)
    assert (found.base, found.scenario, found.difference, found.ratio) == (10.0, 8.0, -2.0, 0.8)
    assert found.se == pytest.approx(math.sqrt(8 / 3 / 4))
    assert found.low == pytest.approx(-2 - T3 * math.sqrt(2 / 3)) and found.high == pytest.approx(
        -2 + T3 * math.sqrt(2 / 3)
    )
    # s/8 - b/10: 0, -0.15, 0.2, -0.05 with mean 0 and sum of squares 0.065
    half = T3 * math.sqrt(0.065 / 3 / 4)
    assert found.ratio_low == pytest.approx(0.8 * math.exp(-half)) and found.ratio_high == pytest.approx(
        0.8 * math.exp(half)
    )
    # variance of the base 8, of the scenario 8/3, of the differences 8/3
    assert found.variance_ratio == pytest.approx((8 / 3) / (8 + 8 / 3))
    # P(t of 3 degrees of freedom < 2 / sqrt(2/3)) = 0.955, and of the ratio log 0.8 / sqrt(0.065 / 12) less
    surer, less = 2 / math.sqrt(2 / 3), -math.log(0.8) / math.sqrt(0.065 / 12)
    assert found.draws == 0 and found.share == pytest.approx(stats.t.cdf(min(surer, less), 3))
    assert found.verdict == Verdict.VERY_LIKELY_FEWER


def test_t_factors_are_the_tables() -> None:
    assert t_factor(2) == pytest.approx(12.7062047)
    assert t_factor(4) == pytest.approx(T3)
    assert t_factor(200) == pytest.approx(1.97195654)
    assert t_factor(20, 0.99) == pytest.approx(2.86093461)


def test_one_replicate_has_no_interval() -> None:
    with pytest.raises(ScenarioError, match="at least 2"):
        estimate(BASE[:1], SCENARIO[:1])


def test_nothing_to_take_a_share_of() -> None:
    found = estimate(np.zeros(5), np.array([1.0, 2, 3, 2, 1]))
    assert math.isnan(found.ratio) and math.isnan(found.ratio_low) and found.verdict == "very likely more"
    gone = estimate(np.array([1.0, 2, 3, 2, 1]), np.zeros(5))
    assert gone.ratio == gone.ratio_low == 0.0 and 0 < gone.ratio_high < 1 and gone.verdict == "very likely fewer"
    none = estimate(np.zeros(5), np.zeros(5))
    assert none.verdict == "no difference" and math.isnan(none.ratio) and math.isnan(none.variance_ratio)


def test_runs_without_a_value_are_left_out_in_pairs() -> None:
    base, scenario = np.append(BASE, [np.nan, 5.0, np.nan]), np.append(SCENARIO, [3.0, np.nan, np.nan])
    fields = paired(np.column_stack([base, np.ones(7)]), np.column_stack([scenario, np.ones(7)]))
    assert {name: fields[name][0] for name in Estimate._fields} == estimate(BASE, SCENARIO)._asdict()
    assert fields["verdict"][1] == "no difference"
    nothing = estimate(np.array([np.nan, np.nan, 1.0]), np.array([1.0, 2.0, 3.0]))
    assert math.isnan(nothing.difference) and nothing.verdict == "cannot tell"


def test_columns_do_not_mix() -> None:
    fields = paired(np.column_stack([BASE, SCENARIO]), np.column_stack([SCENARIO, SCENARIO]))
    for place, (base, scenario) in enumerate([(BASE, SCENARIO), (SCENARIO, SCENARIO)]):
        alone = estimate(base, scenario)._asdict()
        assert {name: fields[name][place] for name in Estimate._fields} == alone


def test_memory_layout_moves_no_bit() -> None:
    rng = np.random.default_rng(3)
    base, scenario = rng.random((97, 5)), rng.random((97, 5))
    plain, other = paired(base, scenario), paired(np.asfortranarray(base), np.asfortranarray(scenario))
    assert all(np.array_equal(plain[name], other[name]) for name in Estimate._fields)
    assert plain["low"][3] == estimate(base[:, 3], scenario[:, 3]).low


numbers = st.lists(st.integers(0, 1000), min_size=3, max_size=30)


@given(numbers, st.data())
def test_swapping_the_arms_turns_the_signs(base: list[int], data: st.DataObject) -> None:
    other = data.draw(st.lists(st.integers(1, 1000), min_size=len(base), max_size=len(base)))
    ours, theirs = np.array(base, float) + 1, np.array(other, float)
    there, back = estimate(ours, theirs), estimate(theirs, ours)
    assert back.difference == pytest.approx(-there.difference)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))
    assert back.ratio * there.ratio == pytest.approx(1) and back.ratio_low * there.ratio_high == pytest.approx(1)
    assert there.ratio_low <= there.ratio <= there.ratio_high


@given(numbers, st.integers(-50, 50))
def test_a_constant_shift_is_told_without_doubt(base: list[int], shift: int) -> None:
    found = estimate(np.array(base, float), np.array(base, float) + shift)
    assert found.difference == pytest.approx(shift) and found.low <= shift <= found.high
    assert found.verdict.sign == np.sign(shift) and (found.verdict == Verdict.NO_DIFFERENCE) == (shift == 0)
    if len(base) > 10:
        assert found.high - found.low == pytest.approx(0, abs=0.1 * abs(shift)) and (
            shift == 0 or found.verdict.sureness == 3
        )


def _correlated(rng: np.random.Generator, runs: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts of ``columns`` independent experiments: 20 a run, thinned by 0.7, clustered so that they are
    overdispersed.
    """
    kept = rng.poisson(rng.gamma(4, 14 / 4, (runs, columns)))
    return kept + rng.poisson(6, (runs, columns)), kept


@pytest.mark.parametrize("runs", [10, 20, 200])
def test_intervals_cover_as_often_as_they_say(runs: int) -> None:
    base, scenario = _correlated(np.random.default_rng(7), runs, 4000)
    fields = paired(base.astype(float), scenario.astype(float))
    difference = ((fields["low"] <= -6) & (fields["high"] >= -6)).mean()
    ratio = ((fields["ratio_low"] <= 0.7) & (fields["ratio_high"] >= 0.7)).mean()
    # 4.42 standard errors of a share of 4000, and a little for small samples of skewed counts
    slack = 4.42 * math.sqrt(0.95 * 0.05 / 4000) + (0.01 if runs < 50 else 0)
    assert abs(difference - 0.95) < slack
    assert abs(ratio - 0.95) < slack


def test_no_effect_is_claimed_no_oftener_than_it_may() -> None:
    rng = np.random.default_rng(8)
    base, other = rng.poisson(20, (40, 4000)).astype(float), rng.poisson(20, (40, 4000)).astype(float)
    claimed = np.mean([word.sureness == 3 for word in paired(base, other)["verdict"]])
    assert 0.06 < claimed < 0.14  # very likely in either direction: 5 % each


def test_pairing_narrows_what_is_shared() -> None:
    base, scenario = _correlated(np.random.default_rng(9), 200, 50)
    fields = paired(base.astype(float), scenario.astype(float))
    assert fields["variance_ratio"].mean() < 0.2
    shuffled = paired(base[::-1].astype(float), scenario.astype(float))
    assert shuffled["variance_ratio"].mean() == pytest.approx(1, abs=0.1)


def test_a_mean_s_interval_is_scipy_s() -> None:
    values = np.random.default_rng(1).normal(3, 2, (25, 3))
    mean, low, high = mean_interval(values)
    for place in range(3):
        known = stats.ttest_1samp(values[:, place], 0).confidence_interval(0.95)
        assert (low[place], high[place]) == pytest.approx((known.low, known.high))
    assert mean == pytest.approx(values.mean(axis=0))
