"""Is a results folder what its manifest says? Recomputed from the manifest alone, bit for bit.

In this order: every file against its SHA-256; the scenarios against the manifest's digests; the shards
against the plan, none missing and none too many; the event hashes; a sample of batches run again; the
small tables made again from the shards. The first thing that differs is told and ends it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..analysis.pairs.certificate import CERTIFICATE_FILE, certificate_of
from ..analysis.pairs.effect import effect_of
from ..errors import ScenarioError
from ..execution.campaign import overall_hash
from ..execution.ensembles.reference_surface import constants_anew
from ..execution.planning.batch import Task
from ..execution.planning.plan import Plan, chosen_seed
from ..execution.planning.whole_numbers import checked_count
from ..execution.storage.ensemble_file import KIND as ENSEMBLE
from ..execution.storage.ensemble_file import read_ensemble
from ..execution.storage.lock import LOCK
from ..execution.storage.manifest import NAME, event_hash
from ..execution.storage.recompute import first_difference, first_other_line, recomputed_difference
from ..execution.storage.shards import PATTERN, from_parquet, to_parquet
from ..execution.storage.spreadsheet import to_csv
from ..execution.storage.store import Store, open_store, plain_columns
from ..model.lever_protocol import checked_levers
from .derived_files import scenario_files, small_tables
from .rebuild import other_libraries, plan_of

if TYPE_CHECKING:
    from ..model.lever_protocol import Lever

SAMPLE = 20
Check = Callable[[Store, Plan], str | None]


class Verification(NamedTuple):
    """What ``verify`` found: ``difference`` is None when all is equal; ``checked`` what was looked at."""

    folder: Path
    difference: str | None
    checked: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return self.difference is None

    def __str__(self) -> str:
        head = f"{self.folder}: equal" if self.equal else f"{self.folder}: NOT EQUAL\n  {self.difference}"
        return "\n".join([head, *(f"  {line}" for line in self.checked)])


def verify(
    folder: str | Path,
    *,
    sample: int = SAMPLE,
    seed: int | None = None,
    levers: Iterable[Lever] = (),
    progress: Callable[[int, int, float | None], None] | None = None,
) -> Verification:
    """Check the run, comparison or sweep in ``folder`` and run ``sample`` of its batches again.

    A batch is up to 50 consecutive replicates of one scenario; ``seed`` chooses which (a fresh one when
    None, told in the verdict). ``levers``: those of a user's own that it was made with, from the same file.
    ScenarioError when there is no result in ``folder``; StoreError, naming file
    or version, for a damaged or unfinished one, and for one that this version cannot compute again.
    """
    folder = Path(folder)
    checked_count("sample", sample, 0)
    refuse_what_is_no_result(folder)
    store = open_store(folder)
    for relative in store.files:
        store.read_file(relative)
    checked = [f"{len(store.files)} files have the SHA-256 in the manifest"]
    if store.manifest["kind"] == ENSEMBLE:
        ensemble = read_ensemble(folder)
        checked.append(f"{len(ensemble)} draws of {len(ensemble.keys)} keys have the hash in the manifest")
        return Verification(folder, None, (*checked, "a calibration is not computed again: that takes its record"))
    plan = plan_of(folder, store.manifest, checked_levers(levers))
    with constants_anew():  # one that was poisoned would make the same wrong runs again
        difference = next((found for check in BEFORE if (found := check(store, plan))), None)
        if difference is None:
            checked.append("scenarios, shards and event hashes are those of the manifest")
            tasks, chosen = _sampled(list(plan.tasks()), sample, chosen_seed(seed))
            difference = _run_again(store, tasks, progress)
            checked.append(f"{len(tasks)} {chosen} run again{'' if difference else ', every bit equal'}")
        if difference is None:
            difference = _other_certificate(store, plan)
        if difference is None:
            difference, made = _tables_again(store, plan)
            checked.append(f"tables made again from the shards: {', '.join(made)}")
            checked.append(f"by their SHA-256 alone: {', '.join(_unmade(store, made)) or 'nothing'}")
    if difference is not None and (changed := other_libraries(store.manifest)):
        checked.append(f"made with other libraries, which may be why: {changed}")
    return Verification(folder, difference, tuple(checked))


def refuse_what_is_no_result(folder: Path) -> None:
    """ScenarioError for a folder that holds no manifest, and for a bundle that was not unpacked."""
    if (folder / NAME).is_file():
        return
    packed = folder.suffix == ".zip" and folder.is_file()
    if packed:
        raise ScenarioError("no-results/packed", folder=folder)
    raise ScenarioError("no-results", folder=folder, name=NAME)


def _other_arms(store: Store, plan: Plan) -> str | None:
    stored = store.manifest["arms"]
    if len(stored) != len(plan.arms):
        return f"the manifest lists {len(stored)} scenarios, its design makes {len(plan.arms)}"
    for entry, made in zip(stored, plan.describe_arms(), strict=True):
        for name, value in made.items():
            if entry.get(name) != value:
                what = "" if name == "scenario" else f": stored {entry.get(name)!r}, computed {value!r}"
                return f"the scenario {entry['label']!r} has another {name}{what}"
    return None


def _other_scenario_files(store: Store, plan: Plan) -> str | None:
    for relative, text in scenario_files(store.manifest, plan):
        if relative not in store.files:
            return f"{relative} is not in the manifest"
        if store.read_file(relative).decode() != text:
            return f"{relative} is not the scenario in the manifest"
    return None


def _other_shards(store: Store, plan: Plan) -> str | None:
    """A missing or doubled shard, one the plan does not have, or a table that the manifest does not know."""
    listed = [path for path in store.files if PATTERN.fullmatch(Path(path).name)]
    wanted = {(table, key, first, end) for table in plan.tables for key in plan.keys for first, end in plan.cuts()}
    found = [shard[:4] for table in store.tables for shard in store.shards(table)]
    if missing := sorted(wanted.difference(found)):
        return f"a shard is missing: {_spoken(missing[0])}"
    if len(listed) != len(wanted):
        return f"the manifest lists {len(listed)} shards, the plan makes {len(wanted)}"
    for path in sorted((store.folder / "tables").rglob("*")):
        relative = path.relative_to(store.folder).as_posix()
        if path.is_file() and relative not in store.files:
            return f"{relative} lies among the tables and is not in the manifest"
    return None


def _spoken(shard: tuple[str, str, int, int]) -> str:
    table, key, first, end = shard
    return f"{table} of replicates {first} to {end - 1} of {key}"


def _other_hashes(store: Store, plan: Plan) -> str | None:
    hashes = []
    for number, entry in enumerate(store.manifest["arms"]):
        digests = store.digests(number)
        if len(digests) != plan.replicates:
            return f"{entry['label']!r} has {len(digests)} replicates, the manifest says {plan.replicates}"
        hashes.append(event_hash(digests))
        if entry["event_hash"] != hashes[-1]:
            return f"the event hash of {entry['label']!r} is not the one of its outcomes"
    if store.manifest["event_hash"] != overall_hash(hashes):
        return "the event hash in the manifest is not the one of its scenarios"
    return None


BEFORE: tuple[Check, ...] = (_other_arms, _other_scenario_files, _other_shards, _other_hashes)


def _other_certificate(store: Store, plan: Plan) -> str | None:
    """The pairing certificate is made again: a forged one would let a broken pairing pass."""
    if plan.kind != "comparison":
        return None
    if CERTIFICATE_FILE not in store.files:
        return f"{CERTIFICATE_FILE} is not in the manifest: nothing says what the pairing is worth"
    if store.read_file(CERTIFICATE_FILE) != certificate_of(effect_of(store, plan.levers), plan.make).to_json():
        return f"{CERTIFICATE_FILE} is not the certificate of these runs"
    return None


def _sampled(tasks: list[Task], sample: int, seed: int) -> tuple[list[Task], str]:
    if sample >= len(tasks):
        return tasks, "batches (all there are)"

    def order(task: Task) -> bytes:
        return hashlib.sha256(f"{seed} {task.key} {task.first}".encode()).digest()

    return sorted(tasks, key=order)[:sample], f"of {len(tasks):,} batches (chosen by --seed {seed})"


def _run_again(
    store: Store, tasks: list[Task], progress: Callable[[int, int, float | None], None] | None
) -> str | None:
    for done, task in enumerate(tasks):
        if progress is not None:
            progress(done, len(tasks), None)
        if difference := recomputed_difference(store, task):
            return str(difference)
    return None


def _tables_again(store: Store, plan: Plan) -> tuple[str | None, list[str]]:
    """The first small table that does not follow from the shards, and the names of those that were made."""
    made = []
    for name, frame in small_tables(store, plan, store):
        made.append(name)
        stored = from_parquet(store.read_file(f"tables/{name}.parquet"))
        if difference := first_difference(name, stored, from_parquet(to_parquet(plain_columns(frame)))):
            return str(difference), made
        csv = store.read_file(f"tables/{name}.csv").decode(errors="replace")
        if other := first_other_line(f"tables/{name}.csv", csv, to_csv(frame)):
            return other, made
    return None, made


def _unmade(store: Store, made: list[str]) -> list[str]:
    known = {f"tables/{name}{end}" for name in made for end in (".parquet", ".csv")}
    known |= {"base.yaml", "scenario.yaml", CERTIFICATE_FILE, NAME, LOCK}
    others = (path for path in store.files if path not in known and not PATTERN.fullmatch(Path(path).name))
    return sorted({path.split("/")[0] if path.startswith("figures/") else path for path in others})
