"""From a bank of simulated records to the posterior of an observed one: regression ABC.

1. Coordinates and statistics become normal scores over the bank (rank, then normal quantile), so that no scale
   and no tail rules.
2. Each coordinate's score is regressed on the statistics, their squares and products (ridge): the fitted value is the
   one number a coordinate that the data speak about is best compared by (Fearnhead & Prangle 2012).
3. The points whose fitted values lie nearest the observed record's are kept (a share of the bank), weighted by
   an Epanechnikov kernel; each coordinate counts by how much of it the statistics explain.
4. What is kept is moved by a local linear regression and its spread scaled by a fitted local one (Beaumont, Zhang &
   Balding 2002; Blum & François 2010), and taken back to the coordinate's own scale, inside the prior.

Numpy alone: a neural posterior would need a framework of a gigabyte, a sequential sampler one bank an observed record;
one bank serves any number of records of one frame, which is what makes the recovery studies affordable.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

KEPT_SHARE, FEWEST_KEPT = 0.3, 200
_RIDGE, _RIDGE_LINEAR = 0.2, 0.001
"""Penalty a row of squares and products, and of the statistics themselves, which carry most."""
_FOLDS = 5
_LEAST_EXPLAINED = 0.02
_EDGE = 3.5


@dataclass(frozen=True, slots=True)
class Normals:
    """Normal scores of the columns of a table, by rank in it; ``forward`` and ``back`` interpolate."""

    ordered: np.ndarray
    normal: np.ndarray

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Normals of values [rows, columns]; beyond the bank's range they stay at its end."""
        columns = [np.interp(values[:, k], self.ordered[:, k], self.normal) for k in range(values.shape[1])]
        return np.column_stack(columns)

    def back(self, scores: np.ndarray) -> np.ndarray:
        """Values of scores [rows, columns], inside the bank's range."""
        columns = [np.interp(scores[:, k], self.normal, self.ordered[:, k]) for k in range(scores.shape[1])]
        return np.column_stack(columns)


def normals_of(table: np.ndarray) -> Normals:
    """Normal scores over the rows of ``table``."""
    count = len(table)
    return Normals(np.sort(table, axis=0), ndtri((np.arange(count) + 0.5) / count))


@dataclass(frozen=True, slots=True)
class Learned:
    """A bank made ready for inference: scores, the summary map, and the share of each coordinate it explains."""

    points: np.ndarray
    point: Normals
    statistic: Normals
    normal: np.ndarray
    summary: np.ndarray
    weights: np.ndarray
    explained: np.ndarray


@dataclass(frozen=True, slots=True)
class Posterior:
    """Draws [kept, coordinates] with weights [kept] that sum to 1, and which rows of the bank were kept."""

    draws: np.ndarray
    weights: np.ndarray
    rows: np.ndarray


def learn(points: np.ndarray, statistics: np.ndarray) -> Learned:
    """Prepare a bank: ``points`` [bank, coordinates] drawn from the prior, ``statistics`` [bank, statistics]."""
    point, statistic = normals_of(points), normals_of(statistics)
    score, features = point.forward(points), _features(statistic.forward(statistics))
    summary, weights = _cross_fitted(features, score, statistics.shape[1])
    explained = 1.0 - ((score - summary) ** 2).mean(axis=0) / score.var(axis=0)
    return Learned(points, point, statistic, score, summary, weights, np.maximum(explained, 0.0))


def _features(z: np.ndarray) -> np.ndarray:
    rows, columns = np.triu_indices(z.shape[1])
    return np.column_stack([np.ones(len(z)), z, z[:, rows] * z[:, columns]])


def _cross_fitted(features: np.ndarray, aim: np.ndarray, linear: int) -> tuple[np.ndarray, np.ndarray]:
    """Ridge predictions for every row from folds it is not in, and the folds' mean weights.

    A row's own noise must not enter its summary: an observed record's does not.
    """
    fold = np.arange(len(features)) % _FOLDS
    parts = [features[fold == k] for k in range(_FOLDS)]
    moments = [part.T @ part for part in parts]
    products = [part.T @ aim[fold == k] for k, part in enumerate(parts)]
    moment, product = np.sum(moments, axis=0), np.sum(products, axis=0)
    strength = np.full(features.shape[1], _RIDGE)
    strength[0], strength[1 : linear + 1] = 0.0, _RIDGE_LINEAR
    penalty = len(features) * np.diag(strength)
    predicted, mean = np.empty_like(aim), np.zeros((features.shape[1], aim.shape[1]))
    for k in range(_FOLDS):
        weights = np.linalg.solve(moment - moments[k] + penalty, product - products[k])
        predicted[fold == k] = parts[k] @ weights
        mean += weights / _FOLDS
    return predicted, mean


def infer(learned: Learned, observed: np.ndarray, *, share: float = KEPT_SHARE, leave_out: int = -1) -> Posterior:
    """The posterior of one record's statistics ``observed``; ``leave_out`` is a row of the bank not to use."""
    z = learned.statistic.forward(observed[None, :])
    target = (_features(z) @ learned.weights)[0]
    counted = learned.explained > _LEAST_EXPLAINED
    counted = counted if counted.any() else np.ones_like(counted)
    spread = np.sqrt(np.maximum(1.0 - learned.explained[counted], 0.05))
    away = ((learned.summary[:, counted] - target[counted]) / spread) ** 2
    distance = np.sqrt(away.sum(axis=1))
    if leave_out >= 0:
        distance[leave_out] = np.inf
    kept = min(max(int(share * len(distance)), FEWEST_KEPT), len(distance) - 1)
    rows = np.argpartition(distance, kept)[:kept]
    weights = 1.0 - (distance[rows] / distance[rows].max()) ** 2 + 1e-9
    moved = _adjusted(learned.normal[rows], learned.summary[rows] - target, weights)
    return Posterior(learned.point.back(moved), weights / weights.sum(), rows)


def _adjusted(score: np.ndarray, away: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Normals moved along a weighted linear regression on ``away`` to where it is 0, residuals scaled as there."""
    root = np.sqrt(weights)[:, None]
    design = np.column_stack([np.ones(len(away)), away])
    penalty = 1e-3 * weights.sum() * np.diag([0.0, *np.ones(away.shape[1])])
    moment = (design * root).T @ (design * root) + penalty
    slope = np.linalg.solve(moment, (design * root).T @ (score * root))
    residual = score - design @ slope
    spread = np.linalg.solve(moment, (design * root).T @ (np.log(residual**2 + 1e-4) * root))
    scale = np.exp(np.clip(0.5 * (spread[0] - design @ spread), -0.7, 0.7))
    return np.asarray(np.clip(slope[0] + residual * scale, -_EDGE, _EDGE))


def quantiles(values: np.ndarray, weights: np.ndarray, levels: tuple[float, ...]) -> np.ndarray:
    """Weighted quantiles of ``values`` [draws]."""
    order = np.argsort(values)
    middle = np.cumsum(weights[order]) - weights[order] / 2
    return np.asarray(np.interp(levels, middle, values[order]))
