"""What a calibration says, in plain words: what was learnt, what was not, whether the model fits.

Never more than the data bear: "cannot tell" whenever an interval reaches down to almost nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from math import inf
from typing import NamedTuple

import numpy as np

from .inference import quantiles
from .priors import N_FAST, SHOCK, SWING, N

NOTHING_BELOW = 0.2
"""A parameter whose 90 % interval shrank by less than this share, with its middle where it was: nothing learnt."""
CLEAR_N, CLEAR_FAST, CLEAR_SHOCK = 0.10, 0.04, 0.10
"""Where an interval has to begin to be clear of almost nothing: n, the part of it that is fast, shocks or swings."""
MISFIT = 0.01


class Learnt(NamedTuple):
    """One coordinate before and after: medians, 90 % intervals, and how much narrower (1: known, 0: no).

    ``ends``: where the outer 2.5 % of its prior begin, infinite on a side beyond which nothing can lie.
    """

    name: str
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    narrower: float
    ends: tuple[float, float] = (-inf, inf)

    @property
    def is_nothing(self) -> bool:
        """Whether the data said nothing about it: the posterior is the prior."""
        low, middle, high = self.prior
        return self.narrower < NOTHING_BELOW and abs(self.posterior[1] - middle) < 0.2 * (high - low)

    @property
    def at_edge(self) -> bool:
        """Whether its interval reaches an end of the prior, so that the truth may lie beyond what was looked for."""
        return not self.is_nothing and (self.posterior[0] < self.ends[0] or self.posterior[2] > self.ends[1])


def learnt(
    name: str, prior: np.ndarray, draws: np.ndarray, weights: np.ndarray, ends: tuple[float, float] = (-inf, inf)
) -> Learnt:
    """Compare a coordinate's posterior draws with its prior's."""
    flat = np.full(len(prior), 1 / len(prior))
    before = quantiles(prior, flat, (0.05, 0.5, 0.95))
    after = quantiles(draws, weights, (0.05, 0.5, 0.95))
    narrower = 1.0 - float(after[2] - after[0]) / max(float(before[2] - before[0]), 1e-12)
    return Learnt(name, _three(before), _three(after), narrower, ends)


def _three(values: np.ndarray) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])


class Telling(StrEnum):
    """What can be said about whether attacks set off attacks."""

    NOT_FREE = "not_free"
    MISFIT = "misfit"
    SET_OFF = "set_off"
    SET_OFF_ALONE = "set_off_alone"
    UNKNOWN = "unknown"
    SHOCKS = "shocks"
    EITHER = "either"


def telling(found: Mapping[str, Learnt], *, fits: bool = True) -> Telling:
    """Which of these a posterior bears; nothing of a model that does not fit the record.

    Retaliation is claimed only when the data say something about n, and its interval and that of its fast part are
    clear of almost nothing: what comes after months may as well be a slow swing of the town.
    """
    if N not in found:
        return Telling.NOT_FREE
    if not fits:
        return Telling.MISFIT
    rivals = [found[name] for name in (SHOCK, SWING) if name in found]
    clear = found[N].posterior[0] >= CLEAR_N and found[N_FAST].posterior[0] >= CLEAR_FAST
    if clear and not found[N].is_nothing:
        return Telling.SET_OFF if rivals else Telling.SET_OFF_ALONE
    if not rivals:
        return Telling.UNKNOWN
    return Telling.SHOCKS if any(one.posterior[0] >= CLEAR_SHOCK for one in rivals) else Telling.EITHER


class FitCheck(NamedTuple):
    """One statistic of the record beside records the posterior predicts: 90 % interval, two-sided p, and the spread
    (standard deviation) of those records."""

    statistic: str
    observed: float
    low: float
    middle: float
    high: float
    p: float
    spread: float


def checks(names: tuple[str, ...], observed: np.ndarray, predicted: np.ndarray) -> tuple[FitCheck, ...]:
    """Posterior predictive checks, a statistic each; ``predicted`` [records, statistics]."""
    out = []
    for k, name in enumerate(names):
        column = predicted[:, k]
        low, middle, high = np.quantile(column, (0.05, 0.5, 0.95)).tolist()
        below = (np.sum(column < observed[k]) + 0.5 * np.sum(column == observed[k]) + 0.5) / (len(column) + 1)
        p = float(2 * min(below, 1 - below))
        out.append(FitCheck(name, float(observed[k]), low, middle, high, p, float(column.std())))
    return tuple(out)


def misfit(observed: np.ndarray, predicted: np.ndarray) -> float:
    """P that a predicted record lies farther from the predicted middle than the observed one (one joint distance).

    The distance uses the predicted covariance, shrunk towards its diagonal, since there are few records.
    """
    centre, spread = predicted.mean(axis=0), np.maximum(predicted.std(axis=0), 1e-9)
    z, seen = (predicted - centre) / spread, (observed - centre) / spread
    shape = 0.7 * (z.T @ z) / len(z) + 0.3 * np.eye(z.shape[1])
    inverse = np.linalg.inv(shape)
    distance = np.einsum("ij,jk,ik->i", z, inverse, z)
    own = float(seen @ inverse @ seen)
    return float((np.sum(distance >= own) + 1) / (len(distance) + 1))


class ModelFit(NamedTuple):
    """Whether records that the posterior predicts look like the observed one, and what lies farthest off if not."""

    fits: bool
    p: float
    farthest: tuple[str, ...]


def fit_of(p: float, found: tuple[FitCheck, ...]) -> ModelFit:
    """The verdict of the joint distance and of single statistics far outside."""
    worst = sorted(found, key=lambda check: check.p)
    outside = [check for check in worst if check.observed < check.low or check.observed > check.high]
    bad = [
        check
        for check in outside
        if check.p * len(found) < 0.05 and abs(check.observed - check.middle) > 1.5 * (check.high - check.low)
    ]
    if p >= MISFIT and not bad:
        return ModelFit(True, p, ())
    return ModelFit(False, p, tuple(check.statistic for check in (bad or outside or worst)[:3]))


def spoken(value: float) -> str:
    """A number with three digits that count, whole from a thousand up, and 0 for what is next to it."""
    if abs(value) < 1e-4:
        return "0"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
