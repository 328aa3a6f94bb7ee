"""An ensemble: draws of scenario keys with weights, checked, and which draw a replicate uses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isclose
from typing import Any

import numpy as np

from ..config.convert import convert
from ..config.given import Given
from ..config.leaves import leaves
from ..errors import ScenarioError, nearest_hint

_GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True)
class StoredEnsemble:
    """Draws of scenario keys: ``draws`` float64 [draws, keys], ``weights`` [draws] summing to 1.

    ``provenance``: plain JSON on how the draws came about. ScenarioError for a key that is no number of the
    scenario, a value outside its range, or weights that are none.
    """

    name: str
    keys: tuple[str, ...]
    draws: np.ndarray
    weights: np.ndarray
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_shape(self)
        for column, key in enumerate(self.keys):
            _check_key(key, self.draws[:, column])

    @property
    def sha256(self) -> str:
        """Hash of keys, draws and weights (not of name or provenance): two ensembles with it draw the same."""
        text = json.dumps(list(self.keys)).encode()
        numbers = (np.ascontiguousarray(self.draws, "<f8"), np.ascontiguousarray(self.weights, "<f8"))
        return hashlib.sha256(b"".join([text, *(array.tobytes() for array in numbers)])).hexdigest()

    def __len__(self) -> int:
        return len(self.draws)

    def overrides(self, draw: int) -> dict[str, float | int]:
        """The values of one draw, as ``Scenario.replace`` takes them."""
        return {key: plain(key, value) for key, value in zip(self.keys, self.draws[draw].tolist(), strict=True)}

    def middle(self) -> dict[str, float | int]:
        """The weighted mean of every key: one point for the whole ensemble, as ``Scenario.replace`` takes it."""
        mean = self.weights @ self.draws
        return {key: plain(key, value) for key, value in zip(self.keys, mean.tolist(), strict=True)}

    def draw_of(self, replicate: int) -> int:
        """Which draw a replicate uses, the same in every arm.

        Replicate r takes draw r (and begins again after the last) when all weigh the same; with weights the
        r-th point of a golden-ratio sequence picks, so that every stretch of replicates is spread by weight.
        """
        if np.ptp(self.weights) < 1e-12:
            return replicate % len(self.draws)
        place = ((replicate + 0.5) * _GOLDEN) % 1.0
        return min(int(np.searchsorted(np.cumsum(self.weights), place, "right")), len(self.draws) - 1)


def _check_shape(ensemble: StoredEnsemble) -> None:
    draws, weights = ensemble.draws, ensemble.weights
    if draws.ndim != 2 or draws.shape[1] != len(ensemble.keys) or len(draws) == 0 or not ensemble.keys:
        raise ScenarioError(
            f"an ensemble needs draws by keys, and has {draws.shape} for {len(ensemble.keys)} keys.",
            rule="ensemble-shape",
        )
    if len(set(ensemble.keys)) < len(ensemble.keys):
        raise ScenarioError("an ensemble names a key twice.", rule="ensemble-shape")
    sound = weights.shape == (len(draws),) and bool(np.all(weights >= 0)) and isclose(weights.sum(), 1, abs_tol=1e-9)
    if not sound:
        raise ScenarioError(
            "an ensemble's weights must be 0 or more, one a draw, and sum to 1.", rule="ensemble-weights"
        )


def _check_key(key: str, values: np.ndarray) -> None:
    if key not in leaves():
        raise ScenarioError(f"There is no key {key!r}.{nearest_hint(key, leaves())}", key=key, rule="unknown-key")
    if leaves()[key].kind not in {"number", "count"}:
        raise ScenarioError(f"{key} is no number, so no ensemble can draw it.", key=key, rule="ensemble-key")
    for extreme in (values.min(), values.max()):
        convert(key, Given(plain(key, float(extreme)), "the ensemble"))


def plain(key: str, value: float) -> float | int:
    """A value as the scenario holds it: whole where the key counts."""
    whole = leaves()[key].kind == "count"
    return round(value) if whole else value
