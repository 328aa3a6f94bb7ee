"""Runs the reference scenarios under the conditions named in its argument and prints their hashes as JSON.

A process of its own, since most conditions (hash seed, time zone, interpreter, -O) are fixed when one starts.
"""

from __future__ import annotations

import hashlib
import json
import locale
import multiprocessing
import platform
import random
import sys
from importlib import import_module
from pathlib import Path


def main() -> None:
    wanted = json.loads(sys.argv[1])
    sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[2])]
    try:
        spoken = locale.setlocale(locale.LC_ALL, "")
    except locale.Error:
        spoken = "C, since the one asked for cannot be had"
    _arrange(wanted)
    import numpy

    hashes = _runs(wanted)
    about = {"python": platform.python_version(), "numpy": numpy.__version__, "locale": spoken}
    print(json.dumps({"hashes": hashes, "about": about}), flush=True)


def _arrange(wanted: dict) -> None:
    """Small batches; the way workers start; the order of tasks; reference constants found anew."""
    from reference_scenarios import BATCH

    from gvi_sim.dynamics import reference
    from gvi_sim.execution.planning.plan import Plan
    from gvi_sim.execution.workers import pool

    for name in ("simulate", "experiment.sweep"):
        import_module(f"gvi_sim.{name}").batch_size = lambda scenario: BATCH
    if wanted["start"] in ("fork", "spawn"):  # a fork server is what the package uses by itself on Linux
        pool.worker_context = lambda: multiprocessing.get_context(wanted["start"])
    if wanted["shuffle"]:
        in_order = Plan.tasks

        def shuffled(self, folder=None):
            tasks = list(in_order(self, folder))
            random.shuffle(tasks)
            yield from tasks

        Plan.tasks = shuffled
    if wanted["new_constants"]:
        reference.load = lambda key: None


def _runs(wanted: dict) -> dict[str, dict[str, str]]:
    from reference_scenarios import REPLICATES, SCENARIOS, SEED, SWEEP, TABLES

    from gvi_sim.config import load_scenario
    from gvi_sim.experiment.design_files import design_from
    from gvi_sim.experiment.sweep import sweep
    from gvi_sim.simulate import simulate

    out, found = Path(wanted["out"]), {}
    common = {"seed": SEED, "replicates": REPLICATES, "workers": wanted["workers"]}
    for name, words in SCENARIOS.items():
        if name not in wanted["names"]:
            continue
        runs = simulate(load_scenario(*words), keep=TABLES, out=out / name, **common)
        found[name] = _hashes(out / name, runs.event_hash, runs.manifest)
        if wanted["memory"] and name == "huddinge":
            held = simulate(load_scenario(*words), keep=TABLES, **common)
            same = [held.event_hash == runs.event_hash, held.outcomes.equals(runs.outcomes)]
            same += [held.table(table).equals(runs.table(table)) for table in TABLES]
            if not all(same):  # python -O drops asserts
                sys.exit(f"{name}: in memory and in a folder differ")
    if "sweep" in wanted["names"]:
        swept = sweep(design_from(SWEEP), out=out / "sweep", **common)
        found["sweep"] = _hashes(out / "sweep", swept.manifest["event_hash"], swept.manifest)
    return found


def _hashes(folder: Path, events: str, manifest: dict) -> dict[str, str]:
    """Of the events; of every byte but the manifest's, which holds times; of the reference constants."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    constants = repr([arm["reference"] for arm in manifest["arms"]])
    return {"events": events, "bytes": whole.hexdigest(), "constants": constants}


if __name__ == "__main__":
    main()
