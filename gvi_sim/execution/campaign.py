"""Running a plan: in memory, or into a folder that survives being stopped at any moment."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ..errors import StoreError
from ..model.lever_protocol import can_be_rebuilt, in_manifest
from .planning.batch import Batch, compile_first, run_batch
from .planning.plan import Plan
from .planning.years import YEARS
from .storage.atomic_files import inside, remove_parts
from .storage.lock import LOCK, FolderLock
from .storage.manifest import (
    FINISHED,
    NAME,
    Manifest,
    event_hash,
    new_manifest,
    read_manifest,
    write_manifest,
)
from .storage.provenance import describe_tables
from .storage.shards import PATTERN, Stored, run_to_shards, shards_in, stored
from .storage.spill import load_spilled, run_and_spill
from .storage.store import Store
from .workers.pool import Meter, Progress, run_tasks

Parts = dict[tuple[str, int, int], dict[str, Stored]]  # (key, first, end) to table to its finished shard


def run_in_memory(plan: Plan, *, workers: int, progress: Progress | None) -> dict[str, list[Batch]]:
    """Run ``plan``; the batches of every key, in order of replicate."""
    meter = Meter(plan.total, progress)
    batches: dict[str, list[Batch]] = {key: [] for key in plan.keys}
    for batch in _batches(plan, workers):
        batches[batch.key].append(batch)
        meter.add(batch.end - batch.first)
    return {key: sorted(found, key=lambda batch: batch.first) for key, found in batches.items()}


def _batches(plan: Plan, workers: int) -> Iterator[Batch]:
    if workers == 1:
        yield from (batch for _, batch in run_tasks(run_batch, plan.tasks(), workers=1))
        return
    compile_first(next(plan.tasks()))
    with _spill_folder() as folder:
        tasks = (replace(task, folder=folder) for task in plan.tasks())
        for task, name in run_tasks(run_and_spill, tasks, workers=workers):
            yield load_spilled(task, name)


@contextmanager
def _spill_folder() -> Iterator[str]:
    try:
        folder = tempfile.TemporaryDirectory(prefix="gvi_sim-")
    except OSError as error:
        raise StoreError("no-temporary-folder", reason=error.strerror or error) from error
    with folder as name:
        yield name


@contextmanager
def writing(
    folder: Path, plan: Plan, *, warnings: tuple[str, ...] = (), extra: Manifest | None = None
) -> Iterator[tuple[Store, Plan]]:
    """The folder for ``plan``, locked, and the plan cut as the folder is; finished when left without error.

    A new folder, or one with the same run, to be resumed or extended. StoreError when somebody else writes
    it, or when it holds something else.
    """
    start = time.monotonic()
    with FolderLock(folder):
        old = _held(folder)
        if old is not None:
            _refuse_another_run(folder, old, plan)
            plan = replace(plan, batch=old["batch"])
        store = _begin(folder, new_manifest(plan, warnings=warnings, extra=extra), old)
        before = float(store.manifest["wall_seconds"])
        yield store, plan
        _finish(store, plan, before + time.monotonic() - start)


def run_into(store: Store, plan: Plan, *, workers: int, progress: Progress | None) -> None:
    """Run the batches of ``plan`` that the folder does not hold yet; a batch that is done is on disk."""
    have = _finished_parts(store.folder, plan)
    todo = [
        task for task in plan.tasks(str(store.folder)) if len(have[task.key, task.first, task.end]) < len(plan.tables)
    ]
    meter = Meter(plan.total, progress, done=plan.total - sum(task.size for task in todo))
    meter.add(0)
    if todo and workers > 1:
        compile_first(todo[0])
    for task, written in run_tasks(run_to_shards, todo, workers=workers):
        have[task.key, task.first, task.end] = {part.shard.table: part for part in written}
        meter.add(task.size)
    for part in (part for tables in have.values() for part in tables.values()):
        store.manifest["files"][part.shard.relative] = part.note()


def _held(folder: Path) -> Manifest | None:
    """The manifest of the run the folder holds, None when it is new; StoreError for anything else."""
    remove_parts(folder)
    if (folder / NAME).exists():
        return read_manifest(folder, finished=False)
    if strangers := sorted(path.name for path in folder.iterdir() if path.name != LOCK):
        raise StoreError("folder-not-empty", folder=folder, stranger=strangers[0])
    return None


def _begin(folder: Path, fresh: Manifest, old: Manifest | None) -> Store:
    if old is not None:
        fresh |= {"created": old["created"], "wall_seconds": old["wall_seconds"]}
        for relative in old["files"]:  # tables, figures and reports of before: they will be made anew
            if not PATTERN.fullmatch(Path(relative).name):
                inside(folder, relative).unlink(missing_ok=True)
    write_manifest(folder, fresh)
    store = Store(folder, fresh)
    store.writing = True
    return store


def _refuse_another_run(folder: Path, old: Manifest, plan: Plan) -> None:
    if old["levers"] != in_manifest(plan.levers) or not can_be_rebuilt(plan.levers):
        raise StoreError("other-run/levers", folder=folder)
    if old["kind"] == plan.kind and YEARS in plan.keep.difference(old["keep"]):
        raise StoreError("no-years", folder=folder, name=YEARS)
    fixed = {"kind": plan.kind, "seed": plan.seed, "keep": sorted(plan.keep), "parameters": plan.source}
    for name, value in fixed.items():
        if old[name] != value:
            raise StoreError("other-run/value", folder=folder, name=name, old=old[name], new=value)
    if old["replicates"] > plan.replicates:
        raise StoreError("other-run/cut", folder=folder, there=old["replicates"], asked=plan.replicates)
    gone = [entry for entry in old["arms"] if entry["key"] not in plan.keys]
    if gone:
        raise StoreError(
            "other-run/scenario",
            folder=folder,
            label=gone[0]["label"],
            digest=gone[0]["digest"][:12],
            version=old["version"],
            code=old["code"][:12],
        )
    # Of arms that are one scenario, the first gives the name.
    now = dict(reversed([(key, arm.label) for key, arm in zip(plan.keys, plan.arms, strict=True)]))
    then = dict(reversed([(entry["key"], entry["label"]) for entry in old["arms"]]))
    for key, label in then.items():
        if now[key] != label:
            raise StoreError("other-run/label", folder=folder, old=label, new=now[key])


def _finished_parts(folder: Path, plan: Plan) -> Parts:
    """What the folder already holds of the plan; damaged shards and those of another cut are deleted."""
    have: Parts = {(key, first, end): {} for key in plan.keys for first, end in plan.cuts()}
    for shard in shards_in(folder):
        tables = have.get((shard.key, shard.first, shard.end))
        part = stored(folder, shard) if tables is not None and shard.table in plan.tables else None
        if part is None or tables is None or shard.table in tables:
            inside(folder, shard.relative).unlink()
        else:
            tables[shard.table] = part
    return have


def _finish(store: Store, plan: Plan, wall_seconds: float) -> None:
    by_key: dict[str, str] = {}
    for entry in store.manifest["arms"]:
        if entry["key"] not in by_key:
            by_key[entry["key"]] = event_hash(store.digests(entry["arm"]))
        entry["event_hash"] = by_key[entry["key"]]
    describe_tables(store)
    store.manifest |= {
        "status": FINISHED,
        "event_hash": overall_hash([entry["event_hash"] for entry in store.manifest["arms"]]),
        "wall_seconds": round(wall_seconds, 3),
        "files": dict(sorted(store.manifest["files"].items())),
    }
    write_manifest(store.folder, store.manifest)
    store.writing = False


def overall_hash(arm_hashes: list[str]) -> str:
    """The event hash of a whole result: of its arm, or over all of its arms in order."""
    return arm_hashes[0] if len(arm_hashes) == 1 else event_hash(arm_hashes)
