"""An ensemble: draws of scenario keys with weights, checked, and which draw a replicate uses.

Replicates 2k and 2k + 1 use the k-th draw of a *spread order*, so that chance is told apart from parameters however
few runs there are, and few draws stand for all. The order takes, of the draws that are due by their weights, the one
that keeps the sums so far of all keys' ranks, and of their distances from the middle, nearest to the whole ensemble's:
any stretch of it lies spread over every key. The seed says where in the order a result begins. All of it is whole
numbers, the same on every machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from math import isclose
from typing import Any

import numpy as np

from ...config.convert import convert
from ...config.leaves import leaves
from ...config.sourced_value import Given
from ...errors import ScenarioError, nearest_hint

ASSIGNMENT = 2
"""Edition of the rule by which replicates take draws; a stored result of another one is not read."""
RUNS_A_DRAW = 2
_LEAST_WEIGHTED = 1000  # length of the order of weighted draws, at the least
_WEIGHT_UNITS = 2**30


@dataclass(frozen=True)
class StoredEnsemble:
    """Draws of scenario keys: ``draws`` float64 [draws, keys], ``weights`` [draws] summing to 1.

    ``provenance``: plain JSON on how the draws came about; ``spread``: the order of a larger ensemble that these keys
    are part of, so that a replicate uses the same draw whatever is left out. A key that takes words is drawn by the
    number of its word in its domain's list. ScenarioError for a key that takes neither numbers nor words, a value
    outside its range, or weights that are none.
    """

    name: str
    keys: tuple[str, ...]
    draws: np.ndarray
    weights: np.ndarray
    provenance: Mapping[str, Any] = field(default_factory=dict)
    spread: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        _check_shape(self)
        for column, key in enumerate(self.keys):
            _check_key(key, self.draws[:, column])

    @property
    def sha256(self) -> str:
        """Hash of keys, draws, weights and an order of others: two ensembles with it draw the same."""
        text = json.dumps(list(self.keys)).encode()
        numbers = (np.ascontiguousarray(self.draws, "<f8"), np.ascontiguousarray(self.weights, "<f8"))
        spread = b"" if self.spread is None else np.array(self.spread, "<i8").tobytes()
        return hashlib.sha256(b"".join([text, *(array.tobytes() for array in numbers), spread])).hexdigest()

    def without(self, keys: Collection[str]) -> StoredEnsemble | None:
        """The same draws of the other keys, in the same order; None when none is left."""
        kept = [index for index, key in enumerate(self.keys) if key not in keys]
        if len(kept) in (0, len(self.keys)):
            return self if kept else None
        columns = np.ascontiguousarray(self.draws[:, kept])
        keys, spread = tuple(self.keys[index] for index in kept), tuple(self.order.tolist())
        return replace(self, keys=keys, draws=columns, spread=spread)

    def __len__(self) -> int:
        return len(self.draws)

    def overrides(self, draw: int) -> dict[str, float | int | str]:
        """The values of one draw, as ``Scenario.replace`` takes them."""
        return {
            key: plain_scenario(key, value) for key, value in zip(self.keys, self.draws[draw].tolist(), strict=True)
        }

    def middle(self) -> dict[str, float | int | str]:
        """The weighted mean of every key: one point for the whole ensemble, as ``Scenario.replace`` takes it."""
        mean = self.weights @ self.draws
        return {key: plain_scenario(key, value) for key, value in zip(self.keys, mean.tolist(), strict=True)}

    def draw_of(self, replicate: int, seed: int) -> int:
        """Which draw a replicate uses, the same in every arm and however many replicates there are."""
        index = _start(seed, len(self.order)) + replicate // RUNS_A_DRAW
        return int(self.order[index % len(self.order)])

    @cached_property
    def order(self) -> np.ndarray:
        """Numbers of draws in the order of the spread; it begins again after its end."""
        return _spread_order(self.draws, self.weights) if self.spread is None else np.array(self.spread)


@lru_cache(maxsize=64)
def _start(seed: int, length: int) -> int:
    """Where in an order a seed begins, 0 to ``length`` - 1."""
    from ...kernel.draws import TAG_DRAW_ORDER, child_keys  # with them comes the engine, which lists do without

    return int(child_keys(seed, TAG_DRAW_ORDER, 1)[0]) * length >> 64


def _spread_order(draws: np.ndarray, weights: np.ndarray) -> np.ndarray:
    count = len(draws)
    is_equal = np.ptp(weights) < 1e-12
    units = np.ones(count, np.int64) if is_equal else np.round(weights * _WEIGHT_UNITS).astype(np.int64)
    whole = int(units.sum())
    ordered = np.sort(draws, axis=0)
    columns = zip(ordered.T, draws.T, strict=True)
    ranks = np.sum([[np.searchsorted(o, c, side) for side in ("left", "right")] for o, c in columns], axis=1)
    features = np.vstack([ranks, abs(ranks - count)]).T
    features = features - features.T @ units // whole  # near enough to their weighted mean, and whole
    so_far, taken, order = np.zeros(features.shape[1], np.int64), np.zeros(count, np.int64), []
    for index in range(1, (count if is_equal else max(_LEAST_WEIGHTED, 10 * count)) + 1):
        off = ((so_far + features) ** 2).sum(axis=1)
        chosen = int(np.argmin(np.where(index * units > taken * whole, off, np.iinfo(np.int64).max)))
        so_far += features[chosen]
        taken[chosen] += 1
        order.append(chosen)
    return np.array(order)


def _check_shape(ensemble: StoredEnsemble) -> None:
    draws, weights = ensemble.draws, ensemble.weights
    if draws.ndim != 2 or draws.shape[1] != len(ensemble.keys) or len(draws) == 0 or not ensemble.keys:
        raise ScenarioError("ensemble-shape/draws", shape=draws.shape, count=len(ensemble.keys))
    if len(set(ensemble.keys)) < len(ensemble.keys):
        raise ScenarioError("ensemble-shape/twice")
    sound = weights.shape == (len(draws),) and bool(np.all(weights >= 0)) and isclose(weights.sum(), 1, abs_tol=1e-9)
    if not sound:
        raise ScenarioError("ensemble-weights")


def _check_key(key: str, values: np.ndarray) -> None:
    if key not in leaves():
        raise ScenarioError("unknown-key/ensemble", key=key, hint=nearest_hint(key, leaves()))
    if leaves()[key].kind not in {"number", "count", "word"}:
        raise ScenarioError("ensemble-key/no-number", key=key)
    for extreme in (values.min(), values.max()):
        convert(key, Given(plain_scenario(key, float(extreme)), "the ensemble"))


def plain_scenario(key: str, value: float) -> float | int | str:
    """A value as the scenario holds it: whole where the key counts, the word of that number where it takes words."""
    domain = leaves()[key]
    if domain.kind == "word":
        return domain.words[min(max(round(value), 0), len(domain.words) - 1)]
    return round(value) if domain.kind == "count" else value
