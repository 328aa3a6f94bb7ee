"""A run or sweep of the real engine in a process of its own, for tests that end it in various ways.

Says "go" when everything is imported and compiled, and "done" at its end; a package's own error goes to
stderr with its exit code, as the command line does it.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

RUN = ("site=huddinge", "programme=gvi", "years=1", "burn_in_years=1")
SWEEP = (
    "site=huddinge", "programme.sanction_certainty=0,0.6", "exit.places=0,20", "years=1", "burn_in_years=1",
)  # fmt: skip
SEED = 17
TABLES = ("attacks", "doses", "persons", "spells")


def work(out: Path, *, kind: str = "sweep", workers: int = 1, replicates: int = 48) -> None:
    """Run into ``out``, in batches small enough to be stopped between."""
    from gvi_sim.config import load_scenario
    from gvi_sim.experiment.design_files import design_from
    from gvi_sim.experiment.sweep import sweep
    from gvi_sim.simulate import simulate

    if kind == "sweep":
        sweep(design_from(SWEEP), out=out, seed=SEED, replicates=replicates, workers=workers)
    else:
        # At the scenario's own values: a manifest that lists draws would be larger than some of the tables.
        point = {"parameters": "point"}
        simulate(load_scenario(*RUN), out=out, seed=SEED, replicates=replicates, workers=workers, keep=TABLES, **point)


def small_batches(size: int = 3) -> None:
    """Replicates to a batch."""
    for name in ("simulate", "experiment.sweep"):
        import_module(f"gvi_sim.{name}").batch_size = lambda scenario: size


def move_clock(years: float) -> None:
    """Every clock that tells the date is off by ``years``; the one that only runs is stopped."""
    import datetime
    import time

    real, shift = time.time, years * 31_557_600.0
    time.time = lambda: real() + shift
    time.monotonic = lambda: 5.0

    class Moved(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return super().now(tz) + datetime.timedelta(seconds=shift)

    import_module("gvi_sim.execution.storage.manifest").datetime = Moved


def main() -> None:
    """Do what the argument, a JSON object, says."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    settings = json.loads(sys.argv[1])
    from gvi_sim.config import load_scenario
    from gvi_sim.errors import GviError
    from gvi_sim.execution.planning.runner import Engine

    Engine(load_scenario(*RUN)).run(1, 0)
    small_batches()
    if years := settings.pop("clock", 0.0):
        move_clock(years)
    if files := settings.pop("open_files", 0):
        import resource

        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    if size := settings.pop("file_size", 0):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    print("go", flush=True)
    try:
        work(Path(settings.pop("out")), **settings)
    except GviError as error:
        print(f"gvi-sim: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    print("done", flush=True)


if __name__ == "__main__":
    main()
