"""The plan of a result again, from its manifest alone; refused where that cannot give the same bits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..analysis.decomposition.attribution import stored_arms
from ..analysis.pairs.pair import LABELS
from ..errors import Message, StoreError
from ..execution.ensembles.parameters import Parameters
from ..execution.planning.arm import Arm
from ..execution.planning.batch import default_engine
from ..execution.planning.machine import code_digest, libraries, version
from ..execution.planning.plan import Plan
from ..execution.storage.manifest import Manifest
from ..model.lever_protocol import check_same_levers
from ..simulate import stored_scenario
from .arms import cell_arms, with_baselines
from .design_files import design_of

if TYPE_CHECKING:
    from ..config import Scenario
    from ..model.lever_protocol import Lever


def plan_of(folder: Path, manifest: Manifest, levers: tuple[Lever, ...] = ()) -> Plan:
    """The plan that ``manifest`` tells of; StoreError when it was made with other code, ScenarioError when ``levers``
    are not those that it was made with.
    """
    check_same_levers(manifest["levers"], levers, folder)
    _refuse_other_code(folder, manifest)
    return Plan(
        kind=manifest["kind"],
        arms=_arms(folder, manifest, levers),
        seed=int(manifest["seed"]),
        replicates=int(manifest["replicates"]),
        make=default_engine(),
        keep=frozenset(manifest["keep"]),
        whole_series=manifest["kind"] in ("run", "comparison"),
        batch=int(manifest["batch"]),
        parameters=Parameters.from_manifest(manifest),
    )


def _refuse_other_code(folder: Path, manifest: Manifest) -> None:
    if manifest["code"] != code_digest():
        raise StoreError(
            "other-version",
            folder=folder,
            version=manifest["version"],
            code=manifest["code"][:12],
            commit=manifest["commit"] or Message("not-known"),
            our_version=version(),
            our_code=code_digest()[:12],
        )


def _arms(folder: Path, manifest: Manifest, levers: tuple[Lever, ...]) -> tuple[Arm, ...]:
    kind = manifest["kind"]
    if kind == "run":
        scenario = stored_scenario(manifest, 0)
        return (Arm(scenario.site.name, scenario, levers=levers),)
    if kind == "comparison":
        return (
            Arm(LABELS[0], stored_scenario(manifest, 0)),
            Arm(LABELS[1], stored_scenario(manifest, 1), baseline=0, levers=levers),
        )
    if kind == "sweep":
        base = base_of(manifest)
        return with_baselines(cell_arms(design_of(manifest["design"]), base, levers), base)
    if kind == "attribution":
        return stored_arms(manifest, levers)
    raise StoreError("unknown-kind", folder=folder, kind=kind)


def base_of(manifest: Manifest) -> Scenario:
    """The scenario that the cells of a sweep share."""
    from ..config import Scenario

    return Scenario.from_dict(manifest["base"])


def other_libraries(manifest: Manifest) -> str:
    """What differs between the libraries of then and now, "" when nothing does."""
    then, now = manifest["libraries"], libraries()
    changed = [
        f"{name} {then.get(name, 'none')}, now {now.get(name, 'none')}"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]
    return "; ".join(changed)
