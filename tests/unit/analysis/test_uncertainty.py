"""Chance and parameters told apart on made-up runs with a known truth; what drives the answer, and what does not."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from gvi_sim.analysis.inference.intervals import estimate
from gvi_sim.analysis.pairs import uncertainty
from gvi_sim.analysis.pairs.uncertainty import drivers_of, split_variance, structure_share, uncertainty_of
from gvi_sim.analysis.pairs.uncertainty_text import uncertainty_texts
from gvi_sim.execution.ensembles.ensemble import StoredEnsemble
from gvi_sim.execution.ensembles.packaged import NAME
from gvi_sim.execution.ensembles.parameters import Parameters
from gvi_sim.language.catalogue import Words

DRAWS, RUNS, MOST_Z = 100, 200, 4.42
KEYS = ("gates.norm_strength", "gates.deterrence_strength", "belief.vicarious")


def one_way(rng: np.random.Generator, between: float, within: float) -> tuple[np.ndarray, np.ndarray]:
    draws = np.arange(RUNS) % DRAWS
    return rng.normal(0, between, DRAWS)[draws] + rng.normal(0, within, RUNS), draws


@pytest.mark.parametrize("between", [0.0, 0.5, 2.0])
def test_the_interval_of_the_share_covers_the_truth(between: float) -> None:
    rng, truth, repeats = np.random.default_rng(1), between**2 / (between**2 + 1), 1000
    covered, variances = 0, []
    for _ in range(repeats):
        found = split_variance(*one_way(rng, between, 1.0))
        assert found is not None
        covered += found[1].low <= truth <= found[1].high
        variances.append(found[0])
    # At 0 the lower end is cut off, so the interval holds 0 in 97.5 of a hundred.
    wanted = 0.975 if between == 0 else 0.95
    assert abs(covered / repeats - wanted) < MOST_Z * (wanted * (1 - wanted) / repeats) ** 0.5
    if between:
        error = np.std(variances) / repeats**0.5
        assert abs(np.mean(variances) - between**2) < MOST_Z * error


@pytest.mark.parametrize("size", [0.0, 0.6, 3.0])
def test_the_share_of_structure_holds_the_truth(size: float) -> None:
    """Two forms of variance 1/4 each weigh ``size`` and ``size`` / 2; all else between draws has variance 1."""
    rng, repeats, covered, found = np.random.default_rng(11), 300, 0, []
    made = (size**2 + size**2 / 4) / 4
    truth, draws = made / (made + 1), np.arange(RUNS) % DRAWS
    for _ in range(repeats):
        forms = rng.integers(0, 2, (DRAWS, 2))
        values = (forms @ [size, size / 2] + rng.normal(0, 1, DRAWS))[draws] + rng.normal(0, 0.3, RUNS)
        split = split_variance(values, draws)
        assert split is not None
        share = structure_share(values, draws, forms)
        assert share is not None and 0.0 <= share.low <= share.value <= share.high <= 1.0
        covered += share.low <= truth <= share.high
        found.append(share.value)
    assert np.mean(found) == pytest.approx(truth, abs=0.03)
    assert covered / repeats > 0.88


def test_structure_is_not_told_where_no_form_differs() -> None:
    values, draws = one_way(np.random.default_rng(12), 1.0, 1.0)
    assert structure_share(values, draws, np.ones((DRAWS, 2))) is None
    chance = np.random.default_rng(13).normal(size=RUNS)
    chance[draws == 3] = chance.mean()
    assert structure_share(chance - chance.mean(), draws, np.arange(DRAWS)[:, None] % 2) is None, "chance may be all"
    assert structure_share(values[:30], draws[:30] % 15, np.arange(15)[:, None] % 2) is None


def test_the_answer_says_how_much_is_form_where_forms_were_drawn_and_nothing_of_sizes() -> None:
    """An ensemble of forms weighs on the effect; a calibrated one with the same key has sizes."""
    rng, keys = np.random.default_rng(14), ("belief.habituation", "gates.norm_strength")
    table = np.column_stack([rng.integers(0, 2, DRAWS) * 1.5, rng.random(DRAWS)])
    draws, base = np.arange(RUNS) // 2 % DRAWS, rng.poisson(400, RUNS).astype(float)
    ratio = np.where(table[draws, 0] > 0, 0.9, 0.6) + 0.1 * table[draws, 1]
    for name, forms in ((NAME, 1), ("malmo-calibrated", 0)):
        ensemble = StoredEnsemble(name, keys, table, np.full(DRAWS, 1 / DRAWS))
        doubt = made_up(Parameters("ensemble", ensemble), base, np.round(base * ratio)).uncertainty()
        told = uncertainty_texts(Words("sv"), doubt)[0]
        assert doubt.forms == forms and ("två former en mekanism har" in told) == (forms == 1)
        assert doubt.structure is None or doubt.structure.low > 0.6


def test_without_repeats_nothing_is_told_apart() -> None:
    rng = np.random.default_rng(2)
    assert split_variance(rng.normal(size=50), np.arange(50)) is None
    assert split_variance(rng.normal(size=55), np.arange(55) % 50) is None


def test_unequal_numbers_of_runs_are_weighed() -> None:
    rng, found = np.random.default_rng(3), []
    draws = np.arange(160) % 100
    for _ in range(500):
        values = rng.normal(0, 1, 100)[draws] + rng.normal(0, 1, 160)
        split = split_variance(values, draws)
        assert split is not None
        found.append(split[0])
    assert abs(np.mean(found) - 1) < MOST_Z * np.std(found) / len(found) ** 0.5


def test_drivers_are_found_with_their_signs_and_shares() -> None:
    rng = np.random.default_rng(4)
    table, draws = rng.random((DRAWS, 3)), np.arange(RUNS) % DRAWS
    values = (-2 * table[:, 0] + 1 * table[:, 1])[draws] + rng.normal(0, 0.2, RUNS)
    found = drivers_of(values, draws, table, KEYS)
    assert [driver.key for driver in found[:2]] == list(KEYS[:2])
    assert found[0].drives and found[0].correlation.high < 0
    assert found[1].drives and found[1].correlation.low > 0
    assert not found[2].drives and found[2].share.low < 0.02
    # Variances 4/12 and 1/12 of 5/12 and chance: 0.8 and 0.2 of what the draws make.
    assert found[0].share.low < 0.8 < found[0].share.high + 0.08
    assert found[1].share.low < 0.2 < found[1].share.high + 0.08


def test_shares_are_never_below_0_and_sum_to_what_the_regression_explains() -> None:
    """Where drawn values hang together, coefficient times correlation would give one of them a share below 0."""
    rng = np.random.default_rng(5)
    strength = rng.normal(size=400)
    columns = np.column_stack([strength, 0.9 * strength + 0.3 * rng.normal(size=400), rng.normal(size=400)])
    target = columns[:, 0] - 0.4 * columns[:, 1] + 0.5 * rng.normal(size=400)
    columns = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    target = (target - target.mean()) / target.std()
    coefficients = np.linalg.lstsq(columns, target, rcond=None)[0]
    assert (coefficients * (columns.T @ target)).min() < 0
    shares = uncertainty._weights(columns, target)
    assert shares.min() >= 0
    assert shares.sum() == pytest.approx(1 - ((target - columns @ coefficients) ** 2).mean())


@pytest.mark.slow
def test_nothing_drives_what_is_only_chance() -> None:
    rng, draws, alarms = np.random.default_rng(5), np.arange(RUNS) % DRAWS, 0
    for _ in range(300):
        found = drivers_of(rng.normal(size=RUNS), draws, rng.random((DRAWS, 8)), tuple("abcdefgh"))
        alarms += any(driver.drives for driver in found)
    assert alarms / 300 < 0.05 + MOST_Z * (0.05 * 0.95 / 300) ** 0.5


def test_too_few_draws_name_no_driver() -> None:
    rng = np.random.default_rng(6)
    assert drivers_of(rng.normal(size=40), np.arange(40) % 20, rng.random((20, 3)), KEYS) == ()


def test_effects_that_do_not_move_have_no_driver_and_hardly_moving_ones_no_crash() -> None:
    table, draws = np.random.default_rng(8).random((100, 3)), np.arange(200) // 2
    assert drivers_of(np.zeros(200), draws, table, KEYS) == ()
    one = drivers_of((draws == 7).astype(float), draws, table, KEYS)  # all but one draw tied
    alike = drivers_of(draws % 2.0, draws, np.repeat(table[:, :1], 3, axis=1), KEYS)  # keys that repeat each other
    for found in (one, alike):
        assert len(found) == 3 and all(driver.share.is_known and driver.correlation.is_known for driver in found)
    assert not any(driver.drives for driver in one)


def made_up(parameters: Parameters | None, base: np.ndarray, scenario: np.ndarray) -> SimpleNamespace:
    """As much of an effect as the doubt about it looks at."""
    site = SimpleNamespace(key="malmo", country="SE")
    effect = SimpleNamespace(
        parameters=parameters,
        replicates=len(base),
        row=lambda outcome: estimate(base, scenario, effect.draws),
        values_of=lambda outcome: (base, scenario),
        scenario=SimpleNamespace(scenario=SimpleNamespace(site=site)),
    )
    effect.draws = None if parameters is None else np.arange(len(base)) // 2 % len(parameters.ensemble)
    effect.uncertainty = lambda outcome="shootings": uncertainty_of(effect, outcome)
    return effect


def drawn_effect(spread: float, runs: int = RUNS) -> SimpleNamespace:
    rng = np.random.default_rng(7)
    table = rng.random((DRAWS, 3))
    ratios = np.exp(-0.3 + spread * (0.5 - table[:, 0]))
    draws = np.arange(runs) // 2 % DRAWS
    base = rng.poisson(200, runs).astype(float)
    scenario = rng.binomial(base.astype(int), np.minimum(ratios[draws], 1.0)).astype(float)
    ensemble = StoredEnsemble("made up", KEYS, table, np.full(DRAWS, 1 / DRAWS))
    return made_up(Parameters("ensemble", ensemble, ("exit.acceptance",)), base, scenario)


def test_the_interval_with_both_is_as_wide_as_the_ratios_spread() -> None:
    found = drawn_effect(0.8).uncertainty()
    assert found.parameters.low > 0.5 and found.draws == DRAWS and found.fixed == ("exit.acceptance",)
    # exp(-0.3 + 0.8 u), u even between -1/2 and 1/2 and none above 1: the draws are known well enough to keep their
    # shape, which no normal would
    assert found.both.low == pytest.approx(np.exp(-0.3 - 0.38), abs=0.03)
    assert found.both.high == pytest.approx(1, abs=0.06)
    assert found.both.low < found.chance.low < found.chance.value < found.chance.high < found.both.high
    assert [driver.key for driver in found.driving] == ["gates.norm_strength"]


def told_of(effect: object) -> str:
    doubt = effect.uncertainty()
    assert doubt is not None
    return "\n".join(uncertainty_texts(Words(), doubt))


def test_in_words_drivers_without_a_measurement_are_named() -> None:
    assert "No study has measured strength of the community's message (grade D)" in told_of(drawn_effect(0.8))


def test_it_says_so_when_it_cannot_tell() -> None:
    assert "cannot tell from these runs" in told_of(drawn_effect(0.0))
    few = drawn_effect(0.8, runs=4)
    assert few.uncertainty().parameters is None
    assert "the model cannot tell from so few runs" in told_of(few)


def test_nothing_is_said_of_runs_at_the_scenarios_own_values() -> None:
    counts = np.arange(20.0) + 10
    effect = made_up(None, counts, counts * 0.9)
    assert effect.uncertainty() is None
