"""Which values of the parameters a run uses: the scenario's own, or those of an ensemble, draw by draw.

``parameters`` is a run key: ``"point"`` takes the scenario as it stands; ``"ensemble"`` the ensemble that
ships with the package; anything else is the folder of a calibrated one. Two replicates use one draw, the
same in every arm (``ensemble``), so that two arms differ by what was changed and by nothing else. What a
person or a chosen file sets is never drawn (``left_alone``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ...config.other_values import with_values
from .ensemble import ASSIGNMENT, StoredEnsemble

if TYPE_CHECKING:
    from ...config import Scenario
    from ...world.builder import Reference

POINT, ENSEMBLE = "point", "ensemble"


@dataclass(frozen=True, eq=False)
class Parameters:
    """What a run draws.

    ``source``: "ensemble", or the name of a calibrated one; ``ensemble``: draws of the keys that are drawn;
    ``fixed``: keys of the whole ensemble that the scenarios set themselves; ``under``: the choices by group under
    which it was calibrated.
    """

    source: str
    ensemble: StoredEnsemble
    fixed: tuple[str, ...] = ()
    under: Mapping[str, str] = field(default_factory=dict)

    def without(self, keys: Collection[str]) -> Parameters | None:
        """The same without some keys, which are fixed then; None when nothing is left to draw."""
        reduced = self.ensemble.without(keys)
        fixed = (*self.fixed, *(key for key in self.keys if key in keys))
        return None if reduced is None else replace(self, ensemble=reduced, fixed=fixed)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that are drawn."""
        return self.ensemble.keys

    @cached_property
    def sha256(self) -> str:
        """Hash of keys, draws and weights: part of what a run is known by."""
        return self.ensemble.sha256

    def draws_of(self, replicates: int, seed: int) -> np.ndarray:
        """Number of the draw that each of the first replicates of a seed uses, int64 [replicates]."""
        return np.array([self.ensemble.draw_of(replicate, seed) for replicate in range(replicates)])

    def to_manifest(self) -> dict[str, Any]:
        """All of it as plain JSON: one line a draw."""
        lines = zip(self.ensemble.draws.tolist(), self.ensemble.weights.tolist(), strict=True)
        return {
            "name": self.ensemble.name,
            "keys": list(self.keys),
            "fixed": list(self.fixed),
            "under": dict(self.under),
            "sha256": self.sha256,
            "assignment": ASSIGNMENT,
            "order": " ".join(map(str, self.ensemble.spread or ())),
            "draws": [" ".join(map(repr, [weight, *values])) for values, weight in lines],
        }

    @staticmethod
    def from_manifest(manifest: Mapping[str, Any]) -> Parameters | None:
        """What a manifest tells of; None for a run at the scenario's own values."""
        stored = manifest.get("ensemble")
        if stored is None:
            return None
        lines = np.array([[float(word) for word in line.split()] for line in stored["draws"]])
        spread = tuple(map(int, stored["order"].split())) or None
        ensemble = StoredEnsemble(str(stored["name"]), tuple(stored["keys"]), lines[:, 1:], lines[:, 0], spread=spread)
        return Parameters(str(manifest["parameters"]), ensemble, tuple(stored["fixed"]), dict(stored["under"]))


@dataclass(frozen=True, eq=False)
class Drawn:
    """One arm's draws: the ensemble and, for each draw and site, the two reference constants [draws, sites, 2]."""

    ensemble: StoredEnsemble
    constants: np.ndarray

    def of(self, scenario: Scenario, seed: int, replicate: int) -> tuple[Scenario, tuple[Reference, ...]]:
        """The scenario of a replicate of a seed, with its reference constants."""
        from ...world.builder import Reference

        draw = self.ensemble.draw_of(replicate, seed)
        references = tuple(Reference(*pair) for pair in self.constants[draw].tolist())
        return with_values(scenario, self.ensemble.overrides(draw)), references
