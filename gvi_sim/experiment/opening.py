"""Opening whatever a run left."""

from __future__ import annotations

from pathlib import Path

from ..analysis.decomposition.attribution import Attribution, attribution_of
from ..analysis.pairs.effect import Effect, effect_of
from ..errors import StoreError
from ..execution.storage.store import open_store
from ..simulate import Runs, runs_of, stored_scenario
from .sweep import Sweep


def open_result(folder: str | Path) -> Runs | Effect | Sweep | Attribution:
    """The result in ``folder``, of the kind its manifest names.

    StoreError when it is no results folder, damaged, or unfinished.
    """
    store = open_store(folder)
    kind = store.manifest["kind"]
    if kind == "run":
        return runs_of(store, 0, stored_scenario(store.manifest, 0))
    if kind == "comparison":
        return effect_of(store)
    if kind == "sweep":
        return Sweep(store)
    if kind == "attribution":
        return attribution_of(store)
    raise StoreError("unknown-kind/version", folder=folder, kind=kind, version=store.manifest["version"])
