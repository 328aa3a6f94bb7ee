"""Regression ABC against an exact posterior, and its parts: scores, weighted quantiles, draws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gvi_sim.analysis.calibration.inference import infer, learn, normals_of, quantiles

SHAPE, SCALE, WEEKS = 4.0, 2.5, 20


@pytest.fixture(scope="module")
def toy() -> tuple[np.ndarray, np.ndarray, object]:
    """Poisson counts of 20 weeks under a Gamma prior of the rate, with a second, unrelated parameter."""
    rng = np.random.default_rng(20260131)
    rate = rng.gamma(SHAPE, SCALE, 6000)
    idle = rng.uniform(0, 1, 6000)
    counts = rng.poisson(rate[:, None], (6000, WEEKS))
    table = np.column_stack([np.log(counts.sum(axis=1) + 0.5), np.log(counts.var(axis=1) + 0.5)])
    return rate, table, learn(np.column_stack([rate, idle]), table)


def exact(total: int) -> stats.rv_continuous:
    """The conjugate posterior of the rate."""
    return stats.gamma(SHAPE + total, scale=1 / (1 / SCALE + WEEKS))


@pytest.mark.parametrize("total", [60, 130, 200, 320])
def test_the_posterior_is_the_exact_one(toy: tuple[np.ndarray, np.ndarray, object], total: int) -> None:
    _, _, learned = toy
    observed = np.array([np.log(total + 0.5), np.log(total / WEEKS + 0.5)])
    posterior = infer(learned, observed)
    found = quantiles(posterior.draws[:, 0], posterior.weights, (0.05, 0.25, 0.5, 0.75, 0.95))
    wanted = exact(total).ppf([0.05, 0.25, 0.5, 0.75, 0.95])
    sd = exact(total).std()
    np.testing.assert_allclose(found, wanted, atol=0.25 * sd)


def test_truths_fall_uniformly_in_their_posteriors(toy: tuple[np.ndarray, np.ndarray, object]) -> None:
    """Exact and approximate posterior probabilities of 300 truths, each uniform by Kolmogorov and Smirnov."""
    rate, table, learned = toy
    ours, theirs = [], []
    for row in range(300):
        posterior = infer(learned, table[row], leave_out=row)
        ours.append(posterior.weights[posterior.draws[:, 0] < rate[row]].sum())
        theirs.append(exact(round(float(np.exp(table[row, 0]) - 0.5))).cdf(rate[row]))
    assert stats.kstest(ours, "uniform").pvalue > 1e-3
    assert stats.kstest(theirs, "uniform").pvalue > 1e-3
    apart = np.abs(np.array(ours) - theirs)
    assert np.median(apart) < 0.03 and np.quantile(apart, 0.9) < 0.08


def test_a_parameter_that_nothing_speaks_about_keeps_its_prior(toy: tuple[np.ndarray, np.ndarray, object]) -> None:
    _, table, learned = toy
    assert learned.explained[0] > 0.8 and learned.explained[1] < 0.01
    posterior = infer(learned, table[7], leave_out=7)
    found = quantiles(posterior.draws[:, 1], posterior.weights, (0.05, 0.5, 0.95))
    np.testing.assert_allclose(found, [0.05, 0.5, 0.95], atol=0.07)


def test_scores_go_forth_and_back() -> None:
    table = np.random.default_rng(3).exponential(size=(500, 2))
    scores = normals_of(table)
    np.testing.assert_allclose(scores.back(scores.forward(table)), table, rtol=1e-9)
    beyond = scores.back(np.array([[9.0, -9.0]]))
    np.testing.assert_allclose(beyond, [[table[:, 0].max(), table[:, 1].min()]])


def test_weighted_quantiles() -> None:
    values = np.array([3.0, 1.0, 2.0])
    assert quantiles(values, np.array([0.0, 0.5, 0.5]), (0.5,))[0] == pytest.approx(1.5)
    many = np.random.default_rng(1).normal(size=20_000)
    found = quantiles(many, np.full(20_000, 1 / 20_000), (0.05, 0.95))
    np.testing.assert_allclose(found, [-1.645, 1.645], atol=0.04)
