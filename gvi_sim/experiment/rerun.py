"""A whole result made again from its manifest, into a folder of its own, and held against the first.

``verify`` runs a sample where the result lies; this runs everything, and leaves a second result. The programs
that made the first are not asked for: only its folder, and the same version of the package.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..analysis.decomposition.effect_decomposition import NOTES
from ..analysis.pairs.certificate import CERTIFICATE_FILE, certificate_of
from ..analysis.pairs.effect import effect_of
from ..errors import ScenarioError
from ..execution.campaign import run_into, writing
from ..execution.planning.plan import Plan
from ..execution.storage.ensemble_file import KIND as ENSEMBLE
from ..execution.storage.ensemble_file import check_free
from ..execution.storage.manifest import BY_KIND
from ..execution.storage.provenance import COMMAND, SWEDISH, command_in
from ..execution.storage.recompute import first_difference, first_other_line
from ..execution.storage.shards import PATTERN, from_parquet
from ..execution.storage.store import Store, open_store
from ..execution.workers.pool import Progress
from ..model.lever_protocol import checked_levers
from ..simulate import ready
from .derived_files import scenario_files, small_tables
from .rebuild import other_libraries, plan_of
from .verify import Verification, refuse_what_is_no_result

if TYPE_CHECKING:
    from ..model.lever_protocol import Lever

KEPT = (COMMAND, NOTES)  # what a result was asked for with, and from how many runs its closer look was made


def rerun(
    folder: str | Path,
    *,
    out: str | Path,
    workers: int | None = None,
    levers: Iterable[Lever] = (),
    progress: Progress | None = None,
    force: bool = False,
) -> Verification:
    """Make the run, comparison, attribution or sweep in ``folder`` again in ``out`` and compare every table.

    ``out`` must be new or empty; ``workers``, ``progress`` and ``force`` are those of ``simulate``; ``levers``: those
    of a user's own that it was made with, from the same file. ScenarioError for a folder without a result, other
    levers, and a calibration, whose record no folder holds; StoreError for a damaged or unfinished result, one of
    another version, or an ``out`` that cannot be written.
    """
    folder, out = Path(folder), Path(out)
    refuse_what_is_no_result(folder)
    old = open_store(folder)
    if old.manifest["kind"] == ENSEMBLE:
        raise ScenarioError("calibration", folder=folder, command=command_in(old) or "gvi-sim calibrate RECORD.csv")
    plan = plan_of(folder, old.manifest, checked_levers(levers))
    check_free(out)
    workers = ready(plan, workers, in_memory=False, force=force)
    _make(old, plan, out, workers=workers, progress=progress)
    difference, checked = _compared(old, open_store(out))
    if changed := other_libraries(old.manifest):
        checked.append(f"made with other libraries{', which may be why' if difference else ''}: {changed}")
    return Verification(out, difference, tuple(checked))


def _make(old: Store, plan: Plan, out: Path, *, workers: int, progress: Progress | None) -> None:
    extra = {key: old.manifest[key] for key in BY_KIND.get(plan.kind, ())}
    with writing(out, plan, warnings=tuple(old.manifest["warnings"]), extra=extra) as (store, plan):
        for name, text in scenario_files(old.manifest, plan):
            store.write_file(name, text.encode())
        run_into(store, plan, workers=workers, progress=progress)
        if plan.kind == "comparison":
            store.write_file(CERTIFICATE_FILE, certificate_of(effect_of(store, plan.levers), plan.make).to_json())
        for name, frame in small_tables(store, plan, old):
            store.write_table(name, frame)
        for name in (name for name in KEPT if name in old.files):
            store.write_file(name, old.read_file(name))


def _compared(old: Store, new: Store) -> tuple[str | None, list[str]]:
    """The first thing that differs between two results, and what was compared."""
    made = {_without_number(path): path for path in new.files}
    equal, resaved = 0, []
    for path in filter(_is_made_again, old.files):
        other = made.get(_without_number(path))
        if other is None:
            return f"{path} was not made again", []
        if old.manifest["files"][path]["sha256"] == new.manifest["files"][other]["sha256"]:
            equal += 1
        elif found := _difference(path, old.read_file(path), new.read_file(other)):
            return found, [f"{equal} files have the same SHA-256 as in {old.folder}, up to this one"]
        else:
            resaved.append(path)
    checked = [f"{equal} files have the same SHA-256 as in {old.folder}: every table, scenario and certificate"]
    if resaved:
        checked.append(f"{len(resaved)} more hold the same values in other bytes: {resaved[0]}")
    return None, checked


def _is_made_again(path: str) -> bool:
    if path.endswith(SWEDISH):  # the same table once more, for whoever asked for it
        return False
    return path.startswith("tables/") or path.endswith(".yaml") or path == CERTIFICATE_FILE


def _without_number(path: str) -> str:
    """A file's path; of a shard without the hash of its content, which its name ends with."""
    return path.rsplit(".", 2)[0] if PATTERN.fullmatch(Path(path).name) else path


def _difference(path: str, stored: bytes, found: bytes) -> str | None:
    if path.endswith(".parquet"):
        difference = first_difference(_without_number(path), from_parquet(stored), from_parquet(found))
        return None if difference is None else str(difference)
    return first_other_line(path, stored.decode(errors="replace"), found.decode(errors="replace"))
