"""An ensemble as a folder: parameter draws with weights, where they come from, and a hash over all of it.

``manifest.json`` (as of any results folder, kind ``ensemble``) and ``tables/draws.parquet`` and ``.csv``: one
row a draw, a column ``weight`` and a column for every scenario key that the ensemble draws. Weights are at
least 0 and sum to 1. Everything is verified against its hash when it is read.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ...errors import StoreError
from ..ensembles.ensemble import StoredEnsemble
from ..planning.machine import code_digest, commit, libraries, machine, version
from .lock import FolderLock
from .manifest import FINISHED, FORMAT, NAME, Manifest, write_manifest
from .shards import SYNTHETIC
from .store import Store, open_store

__all__ = ["KIND", "WEIGHT", "StoredEnsemble", "read_ensemble", "write_ensemble"]

KIND = "ensemble"
WEIGHT = "weight"


def write_ensemble(folder: str | Path, ensemble: StoredEnsemble, *, warnings: tuple[str, ...] = ()) -> Store:
    """Write ``ensemble`` into ``folder``, which must be new or empty; returns the open folder, for more files."""
    import pandas as pd

    folder = Path(folder)
    check_free(folder)
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
        raise StoreError("no-ensemble", folder=folder, kind=store.manifest["kind"])
    frame = store.read_table("draws")
    keys = tuple(about["keys"])
    if list(frame.columns) != [WEIGHT, *keys]:
        raise StoreError("damaged/columns", folder=folder)
    draws, weights = frame[list(keys)].to_numpy(float), frame[WEIGHT].to_numpy(float)
    ensemble = StoredEnsemble(str(about["name"]), keys, draws, weights, dict(about["provenance"]))
    if ensemble.sha256 != about["sha256"]:
        raise StoreError("damaged/draws", folder=folder)
    return ensemble


def check_free(folder: Path) -> None:
    """Refuse a folder that holds something; StoreError says which."""
    if (folder / NAME).exists() or (folder.is_dir() and any(folder.iterdir())):
        raise StoreError("folder-not-empty/ensemble", folder=folder)


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
