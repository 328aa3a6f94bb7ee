"""Intervals over replicates, paired by replicate: one place for every t-interval.

For paired values b_r and s_r of R replicates, d_r = s_r - b_r:

difference   mean d, interval mean d +- t * sd(d) / sqrt(R), t of R - 1 degrees of freedom ratio        q =
mean s / mean b, interval exp(log q +- t * se), se^2 = var(s_r / mean s - b_r / mean b) / R (the delta
method on the logarithm, which keeps the interval above 0) variance ratio   var(d) / (var(s) + var(b)): 1
without the pairing's help, less with it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import ScenarioError

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95
LOWER, HIGHER, UNSURE, SAME = "lower", "higher", "cannot tell", "same"


class Estimate(NamedTuple):
    """One paired comparison: means of either arm, difference and ratio with 95 % t-intervals.

    ``verdict`` is "same" when no replicate differs, "cannot tell" when the difference's interval holds 0,
    else "lower" or "higher". Ratios are NaN when the base mean is not above 0, their intervals when either
    mean is not.
    """

    base: float
    scenario: float
    difference: float
    low: float
    high: float
    ratio: float
    ratio_low: float
    ratio_high: float
    se: float
    variance_ratio: float
    verdict: str


def t_factor(replicates: int, level: float = LEVEL) -> float:
    """Half the width of a two-sided t-interval in standard errors (``replicates`` - 1 degrees of freedom)."""
    from scipy.special import stdtrit

    if replicates < 2:
        raise ScenarioError(f"replicates = {replicates}: an interval needs at least 2, and 20 or more to be of use.")
    return float(stdtrit(replicates - 1, (1 + level) / 2))


def by_column(values: np.ndarray) -> np.ndarray:
    """Columns as contiguous rows [columns, replicates]: their sums have the same bits in any company."""
    return np.ascontiguousarray(values.T)


def mean_interval(values: np.ndarray, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, low and high end of the t-interval of each column of ``values`` [replicates, columns]."""
    columns, runs = by_column(values), len(values)
    mean = columns.mean(axis=-1)
    half = t_factor(runs, level) * columns.std(axis=-1, ddof=1) / np.sqrt(runs)
    return mean, mean - half, mean + half


def paired(base: np.ndarray, scenario: np.ndarray, level: float = LEVEL) -> dict[str, np.ndarray]:
    """The fields of ``Estimate`` as arrays [columns], from either arm's values [replicates, columns].

    An outcome without a value in a run (NaN: how concentrated no attacks are) is estimated from the pairs
    in which both arms have one; with fewer than two of them its numbers are NaN.
    """
    base, scenario = by_column(base), by_column(scenario)
    fields = _paired(base, scenario, level)
    unknown = np.isnan(base) | np.isnan(scenario)
    for column in np.flatnonzero(unknown.any(axis=-1)):
        both = ~unknown[column]
        if both.sum() >= 2:
            known = _paired(base[column : column + 1, both], scenario[column : column + 1, both], level)
            for name, values in known.items():
                fields[name][column] = values[0]
    return fields


def _paired(base: np.ndarray, scenario: np.ndarray, level: float) -> dict[str, np.ndarray]:
    runs = base.shape[-1]
    factor = t_factor(runs, level)
    differences = scenario - base
    base_mean, mean = base.mean(axis=-1), scenario.mean(axis=-1)
    spread = differences.var(axis=-1, ddof=1)
    se = np.sqrt(spread / runs)
    shift = differences.mean(axis=-1)
    ratio = _divide(mean, base_mean)
    relative = _divide(scenario, mean[:, None]) - _divide(base, base_mean[:, None])
    half = factor * np.sqrt(relative.var(axis=-1, ddof=1) / runs)
    apart = scenario.var(axis=-1, ddof=1) + base.var(axis=-1, ddof=1)
    low, high = shift - factor * se, shift + factor * se
    return {
        "base": base_mean,
        "scenario": mean,
        "difference": shift,
        "low": low,
        "high": high,
        "ratio": ratio,
        "ratio_low": ratio * np.exp(-half),
        "ratio_high": ratio * np.exp(half),
        "se": se,
        "variance_ratio": _divide(spread, apart),
        "verdict": verdicts(low, high, (differences == 0).all(axis=-1)),
    }


def verdicts(low: np.ndarray, high: np.ndarray, same: np.ndarray) -> np.ndarray:
    """What intervals of a difference allow to say, an object array of "same", "lower", "higher", "cannot
    tell".
    """
    said = np.full(low.shape, UNSURE, dtype=object)
    said[high < 0] = LOWER
    said[low > 0] = HIGHER
    said[same] = SAME
    return said


def estimate(base: np.ndarray, scenario: np.ndarray, level: float = LEVEL) -> Estimate:
    """One paired comparison of values [replicates]."""
    fields = paired(base[:, None], scenario[:, None], level)
    return Estimate(*(field.tolist()[0] for field in (fields[name] for name in Estimate._fields)))


def table(labels: Mapping[str, object], fields: dict[str, np.ndarray]) -> pd.DataFrame:
    """The result of ``paired`` as a frame, with label columns in front."""
    import pandas as pd

    return pd.DataFrame({**labels, **fields})


def _divide(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Quotient, NaN where the denominator is not above 0."""
    out = np.full(np.broadcast_shapes(numerator.shape, denominator.shape), np.nan)
    np.divide(numerator, denominator, out=out, where=np.broadcast_to(denominator > 0, out.shape))
    return out
