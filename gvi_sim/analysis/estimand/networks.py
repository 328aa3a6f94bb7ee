"""The rivalry network as it is generated: degree, density, transitivity, distance."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ..measures.ties import Network, networks
from .base import Arms, Sums, mean_of, ratio_of

if TYPE_CHECKING:
    from ...simulate import Runs


def rivals_per_group(arms: Arms, *, arm: str) -> Sums:
    """Mean number of rivals."""
    return _mean(arms, arm, lambda network: float(_rival(network).sum(axis=1).mean()))


def rivalry_density(arms: Arms, *, arm: str) -> Sums:
    """Share of pairs of groups that are rivals."""
    return _mean(arms, arm, lambda network: float(_rival(network)[np.triu_indices(len(network.rivalry), 1)].mean()))


def rivals_sd(arms: Arms, *, arm: str) -> Sums:
    """Standard deviation between groups of the number of rivals; large with hubs."""
    return _mean(arms, arm, lambda network: float(_rival(network).sum(axis=1).std(ddof=1)))


def transitivity(arms: Arms, *, arm: str) -> Sums:
    """Share of paths of two rivalries that a third one closes."""
    closed, paths = np.array([_triads(_rival(network)) for network in _all(arms[arm])]).T
    return ratio_of(closed, paths)


def rivalry_by_distance(arms: Arms, *, arm: str, between: tuple[float, float]) -> Sums:
    """Chance of rivalry among pairs whose distance lies between two quantiles of all distances."""
    counts = np.array([_near(network, *between) for network in _all(arms[arm])]).T
    return ratio_of(*counts)


def _mean(arms: Arms, arm: str, number: Callable[[Network], float]) -> Sums:
    return mean_of(np.array([number(network) for network in _all(arms[arm])]))


@lru_cache(maxsize=2)
def _all(runs: Runs) -> tuple[Network, ...]:
    return tuple(networks(runs))


def _rival(network: Network) -> np.ndarray:
    return np.asarray(network.rivalry > 0)


def _triads(rival: np.ndarray) -> tuple[float, float]:
    a = rival.astype(float)
    two = a @ a
    degree = a.sum(axis=1)
    return float((two * a).sum()), float((degree * (degree - 1)).sum())


def _near(network: Network, low: float, high: float) -> tuple[float, float]:
    pair = np.triu_indices(len(network.distance), 1)
    distance, rival = network.distance[pair], _rival(network)[pair]
    first, last = np.quantile(distance, (low, high))
    chosen = (distance >= first) & (distance <= last)
    return float(rival[chosen].sum()), float(chosen.sum())
