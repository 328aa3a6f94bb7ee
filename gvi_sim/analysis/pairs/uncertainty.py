"""Where the doubt about an effect lies: chance, parameters and structure; and which parameters drive the answer.

Two runs or more of a run with an ensemble use one draw. With y_r the relative change of a pair of runs,

    y_r = s_r / mean s - b_r / mean b        (its mean over a draw is that draw's ratio over the whole one, less 1)

one-way analysis of variance splits the variance of y into chance (between runs of one draw, MSW) and
parameters (between draws, V = (MSB - MSW) / n0). The share of parameters, V / (V + MSW), has the interval of the
F distribution. Some keys tell which form a mechanism has (``structures``): what a regression of the draws' means on
those forms explains, less what chance alone would, is the part of V that structure makes, with the interval of a
jackknife over draws. The form of the model beyond those is in none of these.

A parameter drives the answer when its partial rank correlation with the draws' means, the others held, is
apart from 0 after Bonferroni's correction; its share is that of the draws' variance which the linear regression
on ranks gives it (Johnson's relative weights: never below 0 and summing to R squared, however the drawn values hang
together), with the interval of a jackknife over draws. With fewer runs than make the split, the answer is "cannot
tell", which is None here; where nothing differs there are no drivers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...evidence import find
from ...execution.ensembles.structures import forms_of
from ..inference.draws_posterior import LEVEL, t_factor
from ..inference.estimates import Stated
from .pair import Pair

LEAST_REPEATS = 10
"""Degrees of freedom within draws below which chance and parameters are not told apart."""
LEAST_DRAWS = 20
SINGULAR = 1e-6
"""A root of the correlations' spectrum below this belongs to columns that repeat each other."""


class Driver(NamedTuple):
    """One drawn parameter: partial rank correlation with the effect and its interval (corrected for how many
    are looked at), share of the draws' variance with a 95 % interval, and whether it drives the answer.

    ``correlation`` below 0: larger values make fewer attacks. ``grade``: of its evidence, "" where it has none.
    """

    key: str
    correlation: Stated
    share: Stated
    drives: bool
    grade: str = ""


@dataclass(frozen=True)
class Uncertainty:
    """The doubt about one outcome's ratio to business as usual.

    ``chance``: the ratio with the precision of computing; ``both``: with its stated interval; ``parameters``: the
    share of the variance between runs that the draws make, None where the runs are too few to tell; ``structure``: the
    share of that which goes with the ``forms`` mechanisms may have, None where none differs or it cannot be told.
    ``drivers`` in order of their shares; empty with too few draws. ``drawn`` and ``fixed``: keys.
    """

    outcome: str
    draws: int
    runs: int
    chance: Stated
    both: Stated
    parameters: Stated | None
    drivers: tuple[Driver, ...]
    drawn: tuple[str, ...]
    fixed: tuple[str, ...]
    structure: Stated | None = None
    forms: int = 0

    @property
    def driving(self) -> tuple[Driver, ...]:
        """The parameters that drive the answer, largest share first."""
        return tuple(driver for driver in self.drivers if driver.drives)


def uncertainty_of(pair: Pair, outcome: str = "shootings") -> Uncertainty | None:
    """The doubt about ``outcome``; None for runs at the scenarios' own values, or with nothing to take a ratio of."""
    parameters, draws, row = pair.parameters, pair.draws, pair.row(outcome)
    if parameters is None or draws is None or not row.ratio > 0:
        return None
    base, scenario = pair.values_of(outcome)
    change = scenario / scenario.mean() - base / base.mean()
    split = split_variance(change, draws)
    drivers = drivers_of(change, draws, parameters.ensemble.draws, parameters.keys)
    forms = [form for form in forms_of(parameters.ensemble).values() if np.ptp(form[np.unique(draws)]) > 0]
    structure = structure_share(change, draws, np.column_stack(forms)) if forms else None
    return Uncertainty(
        outcome=outcome,
        draws=row.draws,
        runs=pair.replicates,
        chance=Stated(row.ratio, row.ratio_precision_low, row.ratio_precision_high),
        both=Stated(row.ratio, row.ratio_low, row.ratio_high),
        parameters=None if split is None else split[1],
        drivers=tuple(driver._replace(grade=_grade(driver.key, pair)) for driver in drivers),
        drawn=parameters.keys,
        fixed=parameters.fixed,
        structure=structure,
        forms=len(forms),
    )


def _grade(key: str, pair: Pair) -> str:
    site = pair.scenario.scenario.site
    entry = find(key, site.key, site.country)
    return entry.grade if entry else ""


def split_variance(values: np.ndarray, draws: np.ndarray, level: float = LEVEL) -> tuple[float, Stated] | None:
    """Variance between draws of ``values`` [runs], and its share of the whole with an interval; None where no
    draw, or hardly any, has two runs.
    """
    from scipy.stats import f

    numbers, draw = np.unique(draws, return_inverse=True)
    runs, groups = len(values), len(numbers)
    within_df, between_df = runs - groups, groups - 1
    if within_df < LEAST_REPEATS or between_df < 2:
        return None
    sizes = np.bincount(draw)
    means = np.bincount(draw, values) / sizes
    within = float(((values - means[draw]) ** 2).sum() / within_df)
    between = float((sizes * (means - values.mean()) ** 2).sum() / between_df)
    size = (runs - float((sizes**2).sum()) / runs) / between_df
    if within <= 0.0:
        return None
    ratio, tail = between / within, (1 - level) / 2
    low, high = (float(f.ppf(q, between_df, within_df)) for q in (1 - tail, tail))
    shares = [max((ratio / edge - 1) / (ratio / edge - 1 + size), 0.0) for edge in (1.0, low, high)]
    return max((between - within) / size, 0.0), Stated(shares[0], shares[1], shares[2])


def structure_share(values: np.ndarray, draws: np.ndarray, forms: np.ndarray, level: float = LEVEL) -> Stated | None:
    """Share of the variance between draws that the ``forms`` [draws, structures] of ``values`` [runs] make.

    None with too few draws, forms that do not differ among them, or where chance may be all there is.
    """
    numbers, draw = np.unique(draws, return_inverse=True)
    means = np.bincount(draw, values) / np.bincount(draw)
    used = forms[numbers].astype(float)
    used = used[:, np.ptp(used, axis=0) > 0]
    split = split_variance(values, draws)
    if split is None or split[1].low <= 0.0 or not used.size or len(numbers) - used.shape[1] - 1 < LEAST_DRAWS:
        return None
    share, left_out = _explained(means, used) / split[0], []
    for k in range(len(means)):
        rest = split_variance(values[draw != k], draws[draw != k])
        between = split[0] if rest is None else max(rest[0], 0.1 * split[0])
        left_out.append(_explained(np.delete(means, k), np.delete(used, k, axis=0)) / between)
    half = t_factor(len(means), level) * float(_jackknife_error(np.array(left_out)[:, None])[0])
    return Stated(*(min(max(end, 0.0), 1.0) for end in (share, share - half, share + half)))


def _explained(means: np.ndarray, columns: np.ndarray) -> float:
    """Variance of ``means`` that a regression on ``columns`` explains, less what it would explain by chance."""
    design = np.column_stack([np.ones(len(means)), columns])
    rest = means - design @ np.linalg.lstsq(design, means, rcond=None)[0]
    return float(means.var(ddof=1) - (rest**2).sum() / (len(means) - design.shape[1]))


def drivers_of(
    values: np.ndarray, draws: np.ndarray, table: np.ndarray, keys: tuple[str, ...], level: float = LEVEL
) -> tuple[Driver, ...]:
    """What each key of ``table`` [draws, keys] does to ``values`` [runs], largest share first; empty with too few
    draws to hold the other keys still.
    """
    numbers, draw = np.unique(draws, return_inverse=True)
    moving = [k for k in range(len(keys)) if np.ptp(table[numbers, k]) > 0]
    free = len(numbers) - len(moving) - 1
    means = np.bincount(draw, values) / np.bincount(draw)
    if free < LEAST_DRAWS or not moving or np.ptp(means) == 0:
        return ()
    ranks = _standard(np.column_stack([_ranks(table[numbers, k]) for k in moving]))
    target = _standard(_ranks(means)[:, None])[:, 0]
    partial, shares = _partial(ranks, target), _weights(ranks, target)
    left_out = [_weights(*_without(ranks, target, one)) for one in range(len(target))]
    half = t_factor(len(target), level) * _jackknife_error(np.array(left_out))
    found = []
    for k, key in enumerate(moving):
        low, high = _fisher(partial[k], free, 1 - (1 - level) / len(moving))
        share = Stated(float(shares[k]), float(shares[k] - half[k]), float(shares[k] + half[k]))
        found.append(Driver(keys[key], Stated(float(partial[k]), low, high), share, low > 0 or high < 0))
    return tuple(sorted(found, key=lambda driver: -driver.share.value))


def _ranks(values: np.ndarray) -> np.ndarray:
    from scipy.stats import rankdata

    return np.asarray(rankdata(values), dtype=np.float64)


def _standard(columns: np.ndarray) -> np.ndarray:
    """Columns with mean 0 and spread 1; one that does not move stays at 0."""
    spread = columns.std(axis=0)
    return np.asarray((columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def _without(ranks: np.ndarray, target: np.ndarray, one: int) -> tuple[np.ndarray, np.ndarray]:
    return _standard(np.delete(ranks, one, axis=0)), _standard(np.delete(target, one)[:, None])[:, 0]


def _partial(ranks: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Correlation of each column with the target, all other columns held."""
    columns = np.column_stack([ranks, target])
    inverse = np.linalg.pinv(columns.T @ columns / len(columns))
    scale = np.sqrt(np.diag(inverse))
    return np.asarray(-inverse[:-1, -1] / (scale[:-1] * scale[-1]))


def _weights(ranks: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Each column's share of the target's variance: by the uncorrelated columns nearest to all of them.

    With R the columns' correlations, r theirs with the target and L the symmetric root of R, the shares are
    (L * L) (L^-1 r)^2; for uncorrelated columns they are the squared correlations.
    """
    values, vectors = np.linalg.eigh(ranks.T @ ranks / len(target))
    roots = np.sqrt(np.maximum(values, 0.0))
    root = vectors * roots @ vectors.T
    inverse = vectors * np.where(roots > SINGULAR, 1.0 / np.maximum(roots, SINGULAR), 0.0) @ vectors.T
    return np.asarray(root**2 @ (inverse @ (ranks.T @ target) / len(target)) ** 2)


def _jackknife_error(left_out: np.ndarray) -> np.ndarray:
    count = len(left_out)
    return np.asarray(np.sqrt((count - 1) / count * ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0)))


def _fisher(correlation: float, free: int, level: float) -> tuple[float, float]:
    """Interval of a partial correlation by Fisher's transformation; ``free`` runs beyond what is held."""
    from scipy.special import ndtri

    half = float(ndtri((1 + level) / 2)) / np.sqrt(max(free - 2, 1))
    middle = np.arctanh(np.clip(correlation, -0.999999, 0.999999))
    return float(np.tanh(middle - half)), float(np.tanh(middle + half))
