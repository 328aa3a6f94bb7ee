"""Retaliation, repeats and spread against the theory of self-exciting processes."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import stats

from . import closed_forms as theory
from .statistics import (
    Scores,
    count_z,
    fano_z,
    fit_z,
    holds,
    known_z,
    law_z,
    mean_z,
    ratio_z,
    share_z,
    variance_z,
)  # fmt: skip
from .worlds import HIRED, SELF_EXCITING, YEAR, Many, generations, many, off, parents

LEVEL, YEARS = 60.0, 10.0
KAPPA = {1: 0.2, 2: 0.1, 3: 0.2}
N = 0.5
MU = LEVEL * (1.0 - N) / YEAR
FAST, SLOW = 10.0, 30.0
# Cascades that end within two years, and are not seen from their middle, lie in here.
FIRST, LAST = 0.0, (YEARS - 2.0) * YEAR


@cache
def runs(seed: int, size: int) -> Many:
    return many(off(*SELF_EXCITING), seed, 200 * size, ("attacks",))


def test_rate_and_dispersion() -> None:
    """Stationary rate mu / (1 - n); variance over mean of a window by the finite-window formula."""

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*SELF_EXCITING, "attacks.slow_delay_days=10"), seed, 400 * size, ("attacks",))
        attacks = seen.tables["attacks"]
        scores: Scores = {}
        for days in (30.0, 182.0, YEARS * YEAR):
            pieces = int(YEARS * YEAR / days)
            kept = attacks[attacks["day"] < pieces * days]
            place = kept["run"] * pieces + (kept["day"] / days).astype(int)
            # Every second window, so that neighbours are all but independent.
            counts = np.bincount(place, minlength=seen.runs * pieces).reshape(seen.runs, pieces)[:, ::2]
            fano = theory.self_exciting_fano(N, FAST, days)
            scores[f"variance over mean, {days:g} days"] = fano_z(counts.ravel(), fano)
            expected = counts.shape[1] * LEVEL * days / YEAR
            spread = expected * theory.self_exciting_fano(N, FAST, days * counts.shape[1])
            scores[f"level, {days:g} days"] = known_z(counts.sum(axis=1), expected, spread)
        background = (attacks["cause"] == 0).sum()
        scores["background"] = count_z(background, MU * YEARS * YEAR * seen.runs)
        return scores

    holds(measure)


def excitation(days: np.ndarray, delay: float) -> np.ndarray:
    """Sum over earlier events of exp(-(t - s) / delay) just before each event (times sorted, one run)."""
    x = np.zeros(len(days))
    for k in range(1, len(days)):
        x[k] = (x[k - 1] + 1.0) * np.exp(-(days[k] - days[k - 1]) / delay)
    return x


def integral(days: np.ndarray, delay: float, first: float, last: float) -> float:
    """Integral of the excitation over [first, last]."""
    left = delay * (np.exp(-np.maximum(first - days, 0.0) / delay) - np.exp(-(last - days) / delay))
    return float(left[days < last].sum())


def score_parts(days: np.ndarray, first: float, last: float) -> np.ndarray:
    """Martingale scores of one run and their variances: rows level, clustering, speed, share of slow."""
    inside = days >= first
    fast, slow, faster = (excitation(days, delay)[inside] for delay in (FAST, SLOW, 3.0))
    a, b = (KAPPA[1] + KAPPA[2]) / FAST, KAPPA[3] / SLOW
    excited = a * fast + b * slow
    rate = MU + excited
    areas = [integral(days, delay, first, last) for delay in (FAST, SLOW, 3.0)]
    quick = N / 3.0 * faster
    weights = [
        np.ones(inside.sum()), excited / rate, (quick - excited) / rate, (fast / FAST - slow / SLOW) / rate,
    ]  # fmt: skip
    excited_area = a * areas[0] + b * areas[1]
    compensators = [
        MU * (last - first) + excited_area, excited_area, N / 3.0 * areas[2] - excited_area,
        areas[0] / FAST - areas[1] / SLOW,
    ]  # fmt: skip
    return np.array([[w.sum() - c, (w**2).sum()] for w, c in zip(weights, compensators, strict=True)])


def score_tests(attacks: np.ndarray, number: int) -> Scores:
    parts = np.zeros((4, 2))
    for run in range(number):
        days = np.sort(attacks["day"][attacks["run"] == run])
        # By then what happened before the window weighs less than exp(-20).
        parts += score_parts(days, 600.0, YEARS * YEAR)
    names = ("level", "clustering", "speed", "fast against slow")
    return {name: float(score / np.sqrt(variance)) for name, (score, variance) in zip(names, parts, strict=True)}


def test_intensity_is_the_stated_one() -> None:
    """Score tests: attacks less the integral of the intensity, weighted in four directions of error."""
    holds(lambda seed, size: score_tests(runs(seed, size).tables["attacks"], 60 * size))


def test_score_tests_see_a_wrong_model() -> None:
    """Poisson attacks of the same level, and the same process with a slower kernel, fail them."""
    poisson = many(off(), 5, 60, ("attacks",)).tables["attacks"]
    assert score_tests(poisson, 60)["clustering"] < -4.42
    slower = many(off(*SELF_EXCITING, "attacks.fast_delay_days=20"), 5, 60, ("attacks",)).tables["attacks"]
    assert score_tests(slower, 60)["speed"] < -4.42


def test_causes_say_who_attacks_whom() -> None:
    attacks = runs(1, 1).tables["attacks"]
    up = parents(attacks)
    child, parent = attacks[up >= 0], attacks[up[up >= 0]]
    assert np.all(parent["seq"] < child["seq"]) and np.all(parent["day"] < child["day"])
    assert np.all(child["cause"] > 0) and np.all(attacks["cause"][up == -1] == 0)
    same = child["attacker_group"] == parent["attacker_group"]
    back = child["target_group"] == parent["attacker_group"]
    repeat = child["cause"] == 2
    assert np.all(same[repeat] & (child["target_group"] == parent["target_group"])[repeat])
    assert np.all(back[~repeat])
    retaliation, spread = child["cause"] == 1, child["cause"] == 3
    victim = child["attacker_group"] == parent["target_group"]
    assert np.all(victim[retaliation]) and not np.any(victim[spread]) and not np.any(same[spread])


def test_delays_and_offspring_counts() -> None:
    def measure(seed: int, size: int) -> Scores:
        attacks = runs(seed, size).tables["attacks"]
        up = parents(attacks)
        child = up >= 0
        delay = attacks["day"][child] - attacks["day"][up[child]]
        cause = attacks["cause"][child]
        early = attacks["day"][up[child]] < LAST
        scores: Scores = {}
        settled = attacks["day"] < LAST
        for number, kappa in KAPPA.items():
            mean = SLOW if number == 3 else FAST
            scores[f"delay of cause {number}"] = law_z(delay[(cause == number) & early], stats.expon(scale=mean).cdf)
            born = np.bincount(up[child][cause == number], minlength=len(attacks))[settled]
            seen = np.bincount(born)
            wanted = stats.poisson.pmf(np.arange(len(seen)), kappa) * len(born)
            wanted[-1] += len(born) - wanted.sum()
            scores[f"offspring of cause {number}"] = fit_z(seen, wanted)
        together = np.bincount(up[child], minlength=len(attacks))[settled]
        wanted = stats.poisson.pmf(np.arange(together.max() + 1), N) * len(together)
        wanted[-1] += len(together) - wanted.sum()
        scores["offspring of all causes"] = fit_z(np.bincount(together), wanted)
        return scores

    holds(measure)


def test_cascades_are_borel() -> None:
    """Sizes, their mean and variance, and generation means n ** g."""

    def measure(seed: int, size: int) -> Scores:
        attacks = runs(seed, size).tables["attacks"]
        root, generation = generations(attacks)
        roots = np.flatnonzero((attacks["parent_seq"] == -1) & (attacks["day"] < LAST))
        known = root >= 0
        sizes = np.bincount(root[known], minlength=len(attacks))[roots]
        cells = np.arange(1, 41)
        wanted = np.append(theory.borel(cells, N), 0.0)
        wanted[-1] = 1.0 - wanted.sum()
        seen = np.bincount(np.minimum(sizes, 41), minlength=42)[1:]
        mean, variance = theory.borel_mean_variance(N)
        scores = {
            "sizes": fit_z(seen, wanted * len(sizes)),
            "mean": known_z(sizes, mean, variance),
            "variance": variance_z(sizes, variance),
        }
        for g in (1, 2, 3, 4):
            of_root = np.bincount(root[known & (generation == g)], minlength=len(attacks))[roots]
            scores[f"generation {g}"] = mean_z(of_root, N**g)
        return scores

    holds(measure)


def test_outsiders_have_repeats_only() -> None:
    """Rate mu * ((1 - o) / (1 - n) + o / (1 - kappa_repeat)): level and background agree with it."""
    o, n, repeat = 0.3, 0.5, 0.15
    words = (
        f"attacks.outsider_share={o}", "attacks.kappa_retaliation=0.25", f"attacks.kappa_repeat={repeat}",
        "attacks.kappa_spread=0.1",
    )  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 200 * size, ("attacks",))
        attacks = seen.tables["attacks"]
        outside = attacks[attacks["target_group"] == -1]
        assert set(np.unique(outside["cause"])) <= {0, 2}
        mu = LEVEL / theory.attacks_per_background(o, n, repeat)
        background = attacks["cause"] == 0
        return {
            "background": count_z(background.sum(), mu * YEARS * seen.runs),
            "level": mean_z(seen.outcome("attacks"), LEVEL * YEARS),
            "on outsiders": mean_z(seen.counts(outside), mu * o / (1.0 - repeat) * YEARS),
            "on outsiders, background": share_z(
                (background & (attacks["target_group"] == -1)).sum(), background.sum(), o
            ),
        }

    holds(measure)


def test_two_groups_have_nobody_to_spread_to() -> None:
    """With two groups a third never joins in, so spread is lost and the level still holds."""
    words = (*SELF_EXCITING, "site.groups=2", "site.rivals_mean=1")

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 200 * size, ("attacks",))
        attacks = seen.tables["attacks"]
        assert not np.any(attacks["cause"] == 3)
        offspring = seen.counts(attacks[attacks["cause"] > 0])
        return {
            "level": mean_z(seen.outcome("attacks"), LEVEL * YEARS),
            "share with a parent": ratio_z(offspring, seen.outcome("attacks"), 0.3),
        }

    holds(measure)


def test_fatal_attacks_have_more_offspring() -> None:
    words = (
        *SELF_EXCITING, *HIRED, "harm.p_hit=0.5", "harm.p_death_given_hit=0.4", "harm.extra_hit_mean=0",
        "attacks.fatal_factor=1.8",
    )  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        attacks = many(off(*words), seed, 150 * size, ("attacks",)).tables["attacks"]
        up = parents(attacks)
        born = np.bincount(up[up >= 0], minlength=len(attacks))
        early = attacks["day"] < LAST
        fatal = attacks["killed"] > 0
        return {
            "after a death": known_z(born[early & fatal], 1.8 * N, 1.8 * N),
            "else": known_z(born[early & ~fatal], N, N),
            "deaths": share_z(fatal.sum(), len(fatal), 0.2),
        }

    holds(measure)
