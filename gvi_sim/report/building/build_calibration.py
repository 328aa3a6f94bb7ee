"""From a calibration, in memory or in its folder, to what its answer, figure and page show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...analysis.calibration.contradicted import Contradicted
from ...analysis.calibration.found import CalibrationFound
from ...analysis.calibration.priors import TREND
from ...analysis.calibration.procedure import FIT
from ...analysis.calibration.verdicts import FitCheck, Learnt
from ...analysis.pairs.effect_text import place_name
from ...analysis.records.notices import Notice, is_known
from ...analysis.records.statistics import RecordFrame, columns
from ...errors import StoreError
from ...execution.storage.ensemble_file import read_ensemble
from ...execution.storage.store import Store, open_store
from ..views.parameter_table import resting, sources_of
from ..views.view import CalibrationView, Origin
from .disclosure_control import check_size
from .origins import beginnings

if TYPE_CHECKING:
    import pandas as pd

    from ...config import Scenario
    from ...execution.ensembles.ensemble import StoredEnsemble

_ENDS = ("p05", "p50", "p95")


def calibration_view(folder: str | Path, command: str = "") -> CalibrationView:
    """Everything that the report of the calibration in ``folder`` shows; StoreError when it holds none."""
    from ...config import Scenario

    ensemble, store = read_ensemble(folder), open_store(folder)
    about = ensemble.provenance
    if "contradicted" not in about.get(FIT, {}) or not all(
        is_known(name) for name, _ in about["record"].get("notices", [("", {})])
    ):
        raise StoreError("other-version/ensemble", folder=folder)
    scenario = Scenario.from_dict(about["scenario"])
    check_size(scenario)
    estimated = {*ensemble.keys, *(("calendar.trend",) if TREND in about["free"] else ())}
    rests = tuple(entry for entry in resting(scenario) if entry.key not in estimated)
    found = _found(store, ensemble, scenario)
    return CalibrationView(_origin(store, ensemble, scenario, command), found, rests, sources_of(rests))


def _found(store: Store, ensemble: StoredEnsemble, scenario: Scenario) -> CalibrationFound:
    about = ensemble.provenance
    record, fit = about["record"], about[FIT]
    units, areas = int(record["units"]), int(record["areas"])
    shape = RecordFrame(np.arange(units + 1.0), areas, np.ones((units, areas), bool), record["unit"], record["harm"])
    return CalibrationFound(
        site=place_name(scenario),
        start=date.fromisoformat(record["first_day"]),
        attacks=int(record["attacks"]),
        kind=str(record["kind"]),
        recording=float(record["recording"]),
        units=units,
        areas=areas,
        unit=str(record["unit"]),
        small_cells=int(record["small_cells"]),
        notices=tuple(Notice(name, fields) for name, fields in record["notices"]),
        learnt=_learnt(store.read_table("learnt")),
        statistics=columns(shape),
        checks=tuple(FitCheck(*row) for row in store.read_table("checks").itertuples(index=False)),
        p=float(fit["p"]),
        contradicted=_contradicted(**fit["contradicted"]),
        seed=int(about["seed"]),
    )


def _contradicted(values: Mapping[str, float], own: list[float] | None, found: list[float] | None) -> Contradicted:
    return Contradicted(values, *((effect[0], effect[1], effect[2]) if effect else None for effect in (own, found)))


def _learnt(table: pd.DataFrame) -> tuple[Learnt, ...]:
    return tuple(
        Learnt(
            str(row["parameter"]),
            _three(row, "prior"),
            _three(row, "posterior"),
            float(row["narrower"]),
            (float(row["end_low"]), float(row["end_high"])),
        )
        for row in table.to_dict("records")
    )


def _three(row: Mapping[Any, Any], when: str) -> tuple[float, float, float]:
    low, middle, high = (float(row[f"{when}_{end}"]) for end in _ENDS)
    return low, middle, high


def _origin(store: Store, ensemble: StoredEnsemble, scenario: Scenario, command: str) -> Origin:
    manifest, about = store.manifest, ensemble.provenance
    facts = (
        ("reproduce.seed", str(about["seed"])),
        ("reproduce.version", str(manifest["version"])),
        ("reproduce.commit", str(manifest["commit"] or "–")),
        ("reproduce.scenario", scenario.digest()),
        ("reproduce.record", str(about["record"]["sha256"])),
        ("reproduce.draws", ensemble.sha256),
        ("reproduce.created", str(manifest["created"])),
    )
    return Origin(
        site=place_name(scenario),
        start=scenario.start_date,
        spans=(float(scenario.years),),
        replicates=len(ensemble),
        seed=int(about["seed"]),
        version=str(manifest["version"]),
        command=command or f"gvi-sim calibrate FILE.csv site={scenario.site.key} --seed {about['seed']}",
        facts=facts,
        libraries=tuple(sorted((str(k), str(v)) for k, v in manifest["libraries"].items())),
        drawn=len(ensemble.keys),
        beginnings=beginnings((scenario,)),
    )
