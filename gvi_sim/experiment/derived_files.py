"""What a result leaves beside its shards, made from the shards: scenario files and small tables.

``verify`` holds them against those that are stored; ``rerun`` writes them anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..analysis.decomposition.attribution import attribution_of
from ..analysis.decomposition.effect_decomposition import closer_again
from ..analysis.pairs.effect import Effect, effect_of
from ..analysis.pairs.pair import LABELS
from ..analysis.pairs.plan_certificates import CERTIFICATES, certificates
from ..execution.planning.plan import Plan
from ..execution.storage.manifest import Manifest
from ..execution.storage.store import Store
from ..simulate import runs_of, summary_table
from .design_files import design_of
from .rebuild import base_of
from .sweep_tables import sweep_tables, values_of

if TYPE_CHECKING:
    import pandas as pd

Table = tuple[str, "pd.DataFrame"]


def scenario_files(manifest: Manifest, plan: Plan) -> Iterator[tuple[str, str]]:
    """Name and text of every scenario file of a result."""
    if plan.kind in ("comparison", "attribution"):
        both = zip(LABELS, (plan.arms[0], plan.arms[-1]), strict=True)
        yield from ((f"{name}.yaml", arm.scenario.to_yaml()) for name, arm in both)
    elif plan.kind == "run":
        yield "scenario.yaml", plan.arms[0].scenario.to_yaml()
    else:
        yield "scenario.yaml", base_of(manifest).to_yaml()


def small_tables(store: Store, plan: Plan, like: Store) -> Iterator[Table]:
    """The small tables that ``like`` holds, made from the shards in ``store``, which may be the same folder.

    Whoever writes them writes each before asking for the next: some are made with those before.
    """
    if plan.kind == "run":
        yield "summary", summary_table(runs_of(store, 0, plan.arms[0].scenario))
    elif plan.kind == "comparison":
        yield from _tables_of_comparison(effect_of(store, plan.levers), like)
    elif plan.kind == "attribution":
        yield CERTIFICATES, certificates(plan, lambda arm: runs_of(store, arm, plan.arms[arm].scenario).values)
        yield "attribution", attribution_of(store).table
    else:
        design, values = design_of(store.manifest["design"]), values_of(store, plan)
        yield from sweep_tables(store, design, plan, values)
        yield CERTIFICATES, certificates(plan, values)


def _tables_of_comparison(effect: Effect, like: Store) -> Iterator[Table]:
    known = {Path(path).stem for path in like.files if Path(path).parent.as_posix() == "tables"}
    for name in ("effect", "by_year", "by_mode", "by_listed", "ledger"):
        if name in known:
            yield name, getattr(effect, "outcomes" if name == "effect" else name)
    if "ledger_summary" in known:
        yield "ledger_summary", effect.ledger_summary()
    yield from closer_again(effect, like)
