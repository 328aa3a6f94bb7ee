"""An ensemble as a folder: parameter draws with weights, where they come from, and a hash over all of it.

``manifest.json`` (as of any results folder, kind ``ensemble``) and ``tables/draws.parquet`` and ``.csv``: one
row a draw, a column ``weight`` and a column for every scenario key that the ensemble draws. Weights are at
least 0 and sum to 1. Everything is verified against its hash when it is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import isclose
from pathlib import Path
from typing import Any

import numpy as np

from ..config.convert import convert
from ..config.given import Given
from ..config.leaves import leaves
from ..errors import ScenarioError, StoreError, nearest_hint
from ..execution.lock import FolderLock
from ..execution.machine import code_digest, commit, libraries, machine, version
from ..execution.manifest import FINISHED, FORMAT, NAME, Manifest, write_manifest
from ..execution.shards import SYNTHETIC
from ..execution.store import Store, open_store

KIND = "ensemble"
WEIGHT = "weight"
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
        return {key: _plain(key, value) for key, value in zip(self.keys, self.draws[draw].tolist(), strict=True)}

    def draw_of(self, replicate: int) -> int:
        """Which draw a replicate uses, the same in every arm.

        Replicate r takes draw r (and begins again after the last) when all weigh the same; with weights the
        r-th point of a golden-ratio sequence picks, so that every stretch of replicates is spread by weight.
        """
        if np.ptp(self.weights) < 1e-12:
            return replicate % len(self.draws)
        place = ((replicate + 0.5) * _GOLDEN) % 1.0
        return int(min(np.searchsorted(np.cumsum(self.weights), place, "right"), len(self.draws) - 1))


def write_ensemble(folder: str | Path, ensemble: StoredEnsemble, *, warnings: tuple[str, ...] = ()) -> Store:
    """Write ``ensemble`` into ``folder``, which must be new or empty; returns the open folder, for more files."""
    import pandas as pd

    folder = Path(folder)
    _refuse_occupied(folder)
    with FolderLock(folder):
        store = Store(folder, _manifest(ensemble, warnings))
        store.writing = True
        frame = pd.DataFrame(ensemble.draws, columns=list(ensemble.keys))
        frame.insert(0, WEIGHT, ensemble.weights)
        store.write_table("draws", frame)
        store.writing = False
        write_manifest(folder, store.manifest)
    return store


def read_ensemble(folder: str | Path) -> StoredEnsemble:
    """The ensemble in ``folder``, every byte verified; StoreError when it holds none or a changed one."""
    store = open_store(folder)
    about = store.manifest.get(KIND)
    if store.manifest["kind"] != KIND or not isinstance(about, dict):
        raise StoreError(
            f"{folder} holds a {store.manifest['kind']} and no ensemble. Give a folder that `gvi-sim calibrate` wrote."
        )
    frame = store.read_table("draws")
    keys = tuple(about["keys"])
    if list(frame.columns) != [WEIGHT, *keys]:
        raise StoreError(f"{folder}: the columns of its draws are not the keys of its manifest.")
    draws, weights = frame[list(keys)].to_numpy(float), frame[WEIGHT].to_numpy(float)
    ensemble = StoredEnsemble(str(about["name"]), keys, draws, weights, dict(about["provenance"]))
    if ensemble.sha256 != about["sha256"]:
        raise StoreError(f"{folder}: its draws are not those its manifest was written for.")
    return ensemble


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
        convert(key, Given(_plain(key, float(extreme)), "the ensemble"))


def _plain(key: str, value: float) -> float | int:
    whole = leaves()[key].kind == "count"
    return round(value) if whole else value


def _refuse_occupied(folder: Path) -> None:
    if (folder / NAME).exists() or (folder.is_dir() and any(folder.iterdir())):
        raise StoreError(f"{folder} is not empty. Choose another folder; nothing is overwritten.")


def _manifest(ensemble: StoredEnsemble, warnings: tuple[str, ...]) -> Manifest:
    return {
        "format": FORMAT, "kind": KIND, "status": FINISHED, "synthetic": SYNTHETIC, "version": version(),
        "commit": commit(), "code": code_digest(), "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "wall_seconds": 0.0, "seed": ensemble.provenance.get("seed"), "replicates": 0, "batch": 0, "keep": [],
        "levers": [], "rebuildable": False, "parameters": ensemble.name, "arms": [], "event_hash": None,
        "libraries": libraries(), "machine": machine(), "warnings": list(warnings), "files": {},
        KIND: {
            "name": ensemble.name, "keys": list(ensemble.keys), "draws": len(ensemble), "sha256": ensemble.sha256,
            "provenance": dict(ensemble.provenance),
        },
    }  # fmt: skip
