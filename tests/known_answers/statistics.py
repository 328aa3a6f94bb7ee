"""Tests of hypotheses as z-scores, and the rule that a failing one is repeated once.

Every check is two-sided at p < 1e-5 (|z| > 4.42) with fixed seeds. A check that fails is repeated with fresh
seeds and double size; it fails only when both do.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

Z = 4.42
FRESH = 1_000_003
Scores = dict[str, float]


def holds(measure: Callable[[int, int], Scores]) -> None:
    """Assert that every score of ``measure(seed, size)`` is within Z, at once or when repeated."""
    seed = zlib.crc32(measure.__qualname__.encode())
    first = _failing(measure(seed, 1))
    if not first:
        return
    second = _failing(measure(seed + FRESH, 2))
    both = {name: (z, second[name]) for name, z in first.items() if name in second}
    assert not both, "z-scores beyond 4.42, at first and repeated: " + ", ".join(
        f"{name} {one:.1f} and {two:.1f}" for name, (one, two) in both.items()
    )


def _failing(scores: Scores) -> Scores:
    assert scores, "nothing was measured"
    return {name: z for name, z in scores.items() if not abs(z) < Z}


def from_p(p: float) -> float:
    """The |z| of a two-sided p-value."""
    return float(stats.norm.isf(p / 2.0))


def mean_z(values: ArrayLike, expected: float) -> float:
    """Mean of independent values against its expectation; constant values must meet it exactly."""
    x = np.asarray(values, float)
    error = x.std(ddof=1) / math.sqrt(len(x))
    gap = x.mean() - expected
    if error == 0.0:
        return 0.0 if math.isclose(gap, 0.0, abs_tol=1e-12 * max(1.0, abs(expected))) else math.inf
    return float(gap / error)


def known_z(values: ArrayLike, expected: float, variance: float) -> float:
    """Mean of independent values of known variance against its expectation."""
    x = np.asarray(values, float)
    return float((x.mean() - expected) / math.sqrt(variance / len(x)))


def ratio_z(parts: ArrayLike, wholes: ArrayLike, expected: float) -> float:
    """Ratio of two sums over independent runs against its expectation (linearised)."""
    a, b = np.asarray(parts, float), np.asarray(wholes, float)
    return mean_z(a - expected * b, 0.0)


def variance_z(values: ArrayLike, expected: float) -> float:
    """Sample variance against its expectation, with the standard error from the fourth moment."""
    x = np.asarray(values, float)
    return mean_z((x - x.mean()) ** 2 * len(x) / (len(x) - 1), expected)


def fano_z(counts: ArrayLike, expected: float) -> float:
    """Variance over mean of independent counts against its expectation (linearised)."""
    x = np.asarray(counts, float)
    squares = (x - x.mean()) ** 2 * len(x) / (len(x) - 1)
    return mean_z(squares - expected * x, 0.0)


def dispersion_z(counts: ArrayLike) -> float:
    """Fisher's index of dispersion of Poisson counts; given their sum they are multinomial."""
    x = np.asarray(counts, float).ravel()
    index = ((x - x.mean()) ** 2).sum() / x.mean()
    n = len(x) - 1
    if n > 1000:
        return float((index - n) / math.sqrt(2.0 * n * (1.0 - 1.0 / x.sum())))
    p = 2.0 * min(stats.chi2.cdf(index, n), stats.chi2.sf(index, n))
    return from_p(min(p, 1.0))


def count_z(count: float, expected: float) -> float:
    """A Poisson count against its expectation, exact."""
    p = 2.0 * min(stats.poisson.cdf(count, expected), stats.poisson.sf(count - 1, expected))
    return from_p(min(p, 1.0))


def share_z(count: float, trials: float, share: float) -> float:
    """A binomial count against its expected share, exact."""
    p = 2.0 * min(stats.binom.cdf(count, trials, share), stats.binom.sf(count - 1, trials, share))
    return from_p(min(p, 1.0))


def fit_z(observed: ArrayLike, expected: ArrayLike, fitted: int = 1) -> float:
    """Pearson's chi-square of counts; from the first cell with fewer than 10 expected on, all are pooled."""
    seen, wanted = np.asarray(observed, float).ravel(), np.asarray(expected, float).ravel()
    if wanted.min() < 10.0:
        k = max(int(np.argmax(wanted < 10.0)), 2)
        k -= 1 if wanted[k:].sum() < 10.0 else 0
        wanted = np.append(wanted[:k], wanted[k:].sum())
        seen = np.append(seen[:k], seen[k:].sum())
    assert wanted.min() >= 5.0, f"too few expected in a cell: {wanted.min():.2f}"
    index = ((seen - wanted) ** 2 / wanted).sum()
    free = len(wanted) - fitted
    return from_p(min(2.0 * min(stats.chi2.cdf(index, free), stats.chi2.sf(index, free)), 1.0))


def flat_z(observed: ArrayLike) -> float:
    """Chi-square of counts that should all be alike."""
    seen = np.asarray(observed, float).ravel()
    return fit_z(seen, np.full(len(seen), seen.mean()))


def law_z(values: ArrayLike, cdf: Callable[[np.ndarray], np.ndarray], cells: int = 50) -> float:
    """Chi-square over equally likely cells of a continuous law."""
    u = np.asarray(cdf(np.asarray(values, float)))
    assert u.min() >= 0.0 and u.max() <= 1.0
    return flat_z(np.bincount(np.minimum((u * cells).astype(int), cells - 1), minlength=cells))


def product_z(x: ArrayLike, y: ArrayLike, variance: float) -> float:
    """Covariance of independent centred values, each with the given variance."""
    a, b = np.asarray(x, float).ravel(), np.asarray(y, float).ravel()
    return float((a * b).sum() / (variance * math.sqrt(len(a))))
