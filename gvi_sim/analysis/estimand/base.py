"""What an estimand is: sums over a run, and a number made of their totals.

Every estimand turns runs into sums [runs, k] that add up over replicates, and a function of the totals.
The number is that function of all totals; its Monte Carlo standard error is the jackknife's, which leaves
out one replicate at a time and holds for ratios, medians of pooled counts and differences of ratios alike:

se^2 = (R - 1) / R * sum_r (value without r - their mean)^2
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..inference.draws_posterior import t_factor

if TYPE_CHECKING:
    from ...simulate import Runs

Arms = Mapping[str, "Runs"]


class Sums(NamedTuple):
    """Sums of each replicate, float64 [runs, k], and the number that their totals [k] give."""

    per_run: np.ndarray
    value: Callable[[np.ndarray], float]


class Measured(NamedTuple):
    """A number with its Monte Carlo standard error and the replicates behind it."""

    value: float
    se: float
    replicates: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % t-interval over replicates."""
        half = t_factor(self.replicates) * self.se
        return self.value - half, self.value + half


def measure(sums: Sums) -> Measured:
    """The estimand's number and the jackknife's standard error over replicates."""
    runs = len(sums.per_run)
    total = sums.per_run.sum(axis=0)
    without = np.array([sums.value(total - own) for own in sums.per_run])
    spread = float(((without - without.mean()) ** 2).sum())
    return Measured(sums.value(total), float(np.sqrt((runs - 1) / runs * spread)), runs)


def divide(numerator: float, denominator: float) -> float:
    """A quotient, NaN when there is nothing to divide by."""
    return float(numerator / denominator) if denominator > 0 else float("nan")


def mean_of(values: np.ndarray) -> Sums:
    """The mean over replicates; those without a value (NaN) are left out."""
    known = np.isfinite(values)
    return Sums(np.column_stack([np.where(known, values, 0.0), known]), lambda s: divide(s[0], s[1]))


def ratio_of(numerator: np.ndarray, denominator: np.ndarray) -> Sums:
    """Total over total."""
    return Sums(np.column_stack([numerator, denominator]).astype(float), lambda s: divide(s[0], s[1]))


def change_of(base: np.ndarray, scenario: np.ndarray) -> Sums:
    """Relative change of totals: -0.25 is a quarter fewer."""
    return Sums(np.column_stack([base, scenario]).astype(float), lambda s: divide(s[1], s[0]) - 1)


def median_of(values: np.ndarray, run: np.ndarray, runs: int, edges: np.ndarray) -> Sums:
    """The median of all values together, from counts between ``edges`` (linear within a cell)."""
    cell = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    counts = np.zeros((runs, len(edges) - 1))
    np.add.at(counts, (run, cell), 1.0)

    def median(total: np.ndarray) -> float:
        if total.sum() <= 0:
            return float("nan")
        share = np.concatenate([[0.0], np.cumsum(total)]) / total.sum()
        return float(np.interp(0.5, share, edges))

    return Sums(counts, median)
