"""What a calibration says: never more than its intervals bear."""

from __future__ import annotations

import numpy as np
import pytest

from gvi_sim.analysis.calibration.answer import clustering_text, fit_text
from gvi_sim.analysis.calibration.priors import CORE, N_FAST, SHOCK, SWING, N, prior_of
from gvi_sim.analysis.calibration.verdicts import Learnt, checks, fit_of, learnt, misfit
from gvi_sim.config import load_scenario
from gvi_sim.language.catalogue import Words

RNG = np.random.default_rng(20260301)
PRIOR_N, PRIOR_SHOCK = (0.03, 0.33, 0.62), (0.02, 0.25, 0.48)


def known(
    n: tuple[float, float, float], shock: tuple[float, float, float] | None, fast: float = 0.5
) -> dict[str, Learnt]:
    low, middle, high = (fast * value for value in n)
    found = {N: Learnt(N, PRIOR_N, n, 0.5), N_FAST: Learnt(N_FAST, PRIOR_N, (low, middle, high), 0.5)}
    return found if shock is None else found | {SHOCK: Learnt(SHOCK, PRIOR_SHOCK, shock, 0.5)}


@pytest.mark.parametrize(
    ("n", "shock", "said"),
    [
        ((0.15, 0.4, 0.6), (0.01, 0.1, 0.3), "The model says that attacks set off attacks: n = 0.40"),
        ((0.15, 0.4, 0.6), None, "Shared shocks and swings were not estimated"),
        ((0.02, 0.3, 0.6), (0.02, 0.2, 0.4), "Cannot tell retaliation from what all groups share"),
        ((0.02, 0.1, 0.3), (0.15, 0.3, 0.4), "Cannot tell whether attacks set off attacks"),
        ((0.02, 0.3, 0.6), None, "Cannot tell whether attacks set off attacks"),
    ],
)
def test_retaliation_is_claimed_only_when_its_interval_is_clear_of_nothing(
    n: tuple[float, float, float], shock: tuple[float, float, float] | None, said: str
) -> None:
    assert said in clustering_text(Words(), known(n, shock))


def test_what_comes_after_months_alone_is_no_claim() -> None:
    told = clustering_text(Words(), known((0.2, 0.4, 0.6), (0.02, 0.2, 0.4), fast=0.1))
    assert "Cannot tell retaliation" in told


def test_slow_swings_are_told_beside_shocks() -> None:
    found = known((0.02, 0.2, 0.5), (0.02, 0.1, 0.2)) | {SWING: Learnt(SWING, PRIOR_SHOCK, (0.2, 0.35, 0.48), 0.5)}
    told = clustering_text(Words(), found)
    assert "monthly shocks of spread 0.10" in told and "slow swings of spread 0.35 (0.20 to 0.48)" in told
    assert "explain clustering too" in told
    alone = clustering_text(Words(), {name: one for name, one in found.items() if name != SHOCK})
    assert "slow swings of spread 0.35" in alone and "shocks" not in alone


def test_an_interval_that_reaches_the_end_of_the_prior_is_at_its_edge() -> None:
    steep = Learnt("trend_per_year", (-0.4, 0.0, 0.4), (0.3, 0.4, 0.445), 0.8, (-0.43, 0.43))
    assert steep.at_edge and not steep._replace(posterior=(0.3, 0.4, 0.42)).at_edge
    assert not steep._replace(posterior=(-0.4, 0.0, 0.44), narrower=0.0).at_edge, "nothing learnt"
    prior = prior_of(load_scenario("site=malmo", "programme=none"), (*CORE, "harm.p_death_given_hit"), (40, 200), 6.0)
    for name in prior.names:
        low, high = prior.ends(name)
        middle = prior.quantiles[prior.names.index(name)](0.5)
        assert low < middle < high < np.inf, name
        assert (low == -np.inf) == (name in {N, SHOCK, SWING}), "below nothing nothing lies"


def test_an_interval_that_is_the_priors_claims_nothing_wherever_it_begins() -> None:
    same = known((0.11, 0.36, 0.6), None)
    same[N] = same[N]._replace(narrower=0.16)
    assert same[N].is_nothing and "Cannot tell whether" in clustering_text(Words(), same)


def test_nothing_is_claimed_of_a_model_that_does_not_fit() -> None:
    clear = known((0.3, 0.4, 0.6), None)
    assert "set off attacks: n" in clustering_text(Words(), clear)
    told = clustering_text(Words(), clear, fits=False)
    assert "Nothing is said about whether" in told and "n =" not in told


def test_nothing_is_said_about_what_was_not_free() -> None:
    assert "n was not free" in clustering_text(Words(), {})


def test_a_posterior_that_is_the_prior_is_told_from_one_that_moved_or_shrank() -> None:
    prior, flat = RNG.uniform(0, 1, 4000), np.full(800, 1 / 800)
    assert learnt("x", prior, RNG.uniform(0, 1, 800), flat).is_nothing
    assert not learnt("x", prior, RNG.uniform(0.3, 0.7, 800), flat).is_nothing
    assert not learnt("x", prior, RNG.beta(4, 1.2, 800), flat).is_nothing


def test_a_record_like_its_predictions_fits_and_one_unlike_them_does_not() -> None:
    names = tuple(f"statistic {k}" for k in range(20))
    shape = RNG.normal(size=(20, 20)) * 0.2 + np.eye(20)
    predicted = RNG.normal(size=(200, 20)) @ shape
    fits = [fit_of(misfit(o, predicted), checks(names, o, predicted)).fits for o in RNG.normal(size=(200, 20)) @ shape]
    assert np.mean(fits) > 0.93
    odd = predicted.mean(axis=0)
    odd[3] += 8 * predicted[:, 3].std()
    found = fit_of(misfit(odd, predicted), checks(names, odd, predicted))
    words = fit_text(Words(), found, ())
    assert not found.fits and "statistic 3" in words and "WARNING" in words
