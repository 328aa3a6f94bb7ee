"""Stopped at any moment, resumed, extended, with any workers: the same bytes."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from gvi_sim.errors import ResourceError, ScenarioError, StoreError
from gvi_sim.execution import campaign
from gvi_sim.execution.storage.lock import FolderLock
from gvi_sim.execution.storage.store import open_store
from gvi_sim.simulate import simulate

HERE = str(Path(__file__).resolve().parent)
STOPPABLE = """
import sys
sys.path[:0] = [{here!r}, {root!r}]
from importlib import import_module
import fake_engine
from gvi_sim.config import load_scenario
from gvi_sim.simulate import simulate
fake_engine.install(setattr, fake_engine.SlowEngine)
setattr(import_module("gvi_sim.simulate"), "batch_size", lambda scenario: 10)
print("go", flush=True)
simulate(load_scenario({file!r}), replicates=120, seed=5, workers=2, keep=("attacks", "groups"), out={out!r})
"""


def contents(folder: Path) -> dict[str, str]:
    """Every file but the manifest (which holds times) with its hash."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of ten, so that small runs have several."""
    monkeypatch.setattr(import_module("gvi_sim.simulate"), "batch_size", lambda scenario: 10)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 3])
def test_workers_change_no_byte(tmp_path: Path, fake, scenario, workers: int) -> None:
    one = simulate(scenario, replicates=35, seed=1, workers=1, out=tmp_path / "one")
    many = simulate(scenario, replicates=35, seed=1, workers=workers, out=tmp_path / "many")
    in_memory = simulate(scenario, replicates=35, seed=1, workers=workers)
    assert one.event_hash == many.event_hash == in_memory.event_hash
    assert contents(tmp_path / "one") == contents(tmp_path / "many")
    assert many.outcomes.equals(in_memory.outcomes) and many.series.equals(in_memory.series)
    assert many.attacks.equals(in_memory.attacks)


def start_stoppable(folder: Path, root: Path, scenario) -> subprocess.Popen[bytes]:
    """A process that writes the run into ``folder / "stopped"``, with two workers."""
    file, out, script = folder / "scenario.yaml", folder / "stopped", folder / "run.py"
    file.write_text(scenario.to_yaml())
    script.write_text(STOPPABLE.format(here=HERE, root=str(root), file=str(file), out=str(out)))
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"go\n"
    return process


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def finished_shards(folder: Path) -> int:
    return len(list(folder.glob("tables/outcomes/*.parquet")))


@pytest.mark.slow
def test_killed_at_any_moment_it_resumes_to_the_same_bytes(tmp_path: Path, root: Path, fake, scenario) -> None:
    run = partial(simulate, scenario, replicates=120, seed=5, workers=1, keep=("attacks", "groups"))
    run(out=tmp_path / "whole")
    out = tmp_path / "stopped"
    for target in (0, 1, 3, 6, 9):
        process = start_stoppable(tmp_path, root, scenario)
        deadline = time.monotonic() + 30
        while finished_shards(out) < target and time.monotonic() < deadline:
            time.sleep(0.003)
        kill(process)
        assert target <= finished_shards(out) < 12
        if (out / "manifest.json").exists():
            with pytest.raises(StoreError, match="stopped before its end"):
                open_store(out)
    run(out=out)
    assert contents(out) == contents(tmp_path / "whole")
    assert open_store(out).manifest["event_hash"] == open_store(tmp_path / "whole").manifest["event_hash"]


@pytest.mark.slow
def test_killed_a_hundred_times_it_resumes_to_the_same_bytes(tmp_path: Path, root: Path, fake, scenario) -> None:
    run = partial(simulate, scenario, replicates=120, seed=5, workers=1, keep=("attacks", "groups"))
    run(out=tmp_path / "whole")
    rng = np.random.default_rng(1)
    out = tmp_path / "stopped"
    for _ in range(100):
        process = start_stoppable(tmp_path, root, scenario)
        time.sleep(rng.uniform(0.0, 1.2))
        kill(process)
        if rng.random() < 0.2 or finished_shards(out) == 12:
            run(out=out)
            assert contents(out) == contents(tmp_path / "whole")
            shutil.rmtree(out)


@pytest.mark.slow
def test_what_is_finished_is_not_run_again(tmp_path: Path, fake, scenario) -> None:
    import fake_engine

    out = tmp_path / "run"
    killer = partial(fake_engine.FakeEngine, always_deadly=25)
    fake(killer)
    with pytest.raises(ResourceError, match="replicates 20 to 29"):
        simulate(scenario, replicates=50, seed=1, workers=2, out=out)
    shards = list(out.glob("tables/*/*.parquet"))
    # A batch counts as finished once all its tables are there; one that was being written runs again.
    batches = Counter(path.name.split(".")[1] for path in shards)
    whole = {batch for batch, tables in batches.items() if tables == max(batches.values())}
    done = {path: path.stat().st_mtime_ns for path in shards if path.name.split(".")[1] in whole}
    assert len(done) >= 3
    fake()
    steps: list[int] = []
    simulate(scenario, replicates=50, seed=1, workers=1, out=out, progress=lambda count, *_: steps.append(count))
    assert {path: path.stat().st_mtime_ns for path in done} == done
    assert steps[0] == 10 * len([path for path in done if path.parent.name == "outcomes"]) and steps[-1] == 50
    simulate(scenario, replicates=50, seed=1, workers=1, out=tmp_path / "whole")
    assert contents(out) == contents(tmp_path / "whole")


@pytest.mark.slow
def test_a_worker_killed_on_the_way_changes_nothing(tmp_path: Path, fake, scenario) -> None:
    import fake_engine

    fake(partial(fake_engine.FakeEngine, deadly=(17, str(tmp_path / "killed"))))
    runs = simulate(scenario, replicates=40, seed=1, workers=2, out=tmp_path / "run")
    assert (tmp_path / "killed").exists()
    fake()
    assert runs.event_hash == simulate(scenario, replicates=40, seed=1, workers=1).event_hash


def test_a_longer_run_extends_a_finished_one(tmp_path: Path, fake, scenario) -> None:
    out = tmp_path / "run"
    simulate(scenario, replicates=25, seed=1, workers=1, out=out)  # its last batch is half a batch
    open_store(out).write_file("report.html", b"<html/>")
    steps: list[int] = []
    simulate(scenario, replicates=45, seed=1, workers=1, out=out, progress=lambda count, *_: steps.append(count))
    assert steps[0] == 20
    simulate(scenario, replicates=45, seed=1, workers=1, out=tmp_path / "whole")
    assert contents(out) == contents(tmp_path / "whole")  # and the report of the shorter run is gone


def test_a_folder_keeps_the_batches_it_began_with(tmp_path: Path, fake, scenario, monkeypatch) -> None:
    """A version with other estimates goes on with what an older one began."""
    simulate(scenario, replicates=25, seed=1, workers=1, out=tmp_path / "run")
    simulate(scenario, replicates=45, seed=1, workers=1, out=tmp_path / "whole")
    monkeypatch.setattr(import_module("gvi_sim.simulate"), "batch_size", lambda scenario: 20)
    simulate(scenario, replicates=45, seed=1, workers=1, out=tmp_path / "run")
    assert contents(tmp_path / "run") == contents(tmp_path / "whole")


def test_a_damaged_shard_is_run_again(tmp_path: Path, fake, scenario) -> None:
    out = tmp_path / "run"
    simulate(scenario, replicates=30, seed=1, workers=1, out=out)
    before = contents(out)
    shard = sorted(out.glob("tables/series/*.parquet"))[1]
    damaged = bytearray(shard.read_bytes())
    damaged[200] ^= 4
    shard.write_bytes(damaged)
    simulate(scenario, replicates=30, seed=1, workers=1, out=out)
    assert contents(out) == before


def test_another_run_is_refused(tmp_path: Path, fake, scenario) -> None:
    out = tmp_path / "run"
    simulate(scenario, replicates=20, seed=1, workers=1, out=out)
    before = contents(out)
    with pytest.raises(StoreError, match="seed = 1, and this one has seed = 2"):
        simulate(scenario, replicates=20, seed=2, workers=1, out=out)
    with pytest.raises(StoreError, match=r"keep = \['attacks'\]"):
        simulate(scenario, replicates=20, seed=1, workers=1, keep=("groups",), out=out)
    with pytest.raises(StoreError, match="results of another scenario"):
        simulate(scenario.replace("programme=none"), replicates=20, seed=1, workers=1, out=out)
    with pytest.raises(StoreError, match="holds 20 replicates"):
        simulate(scenario, replicates=10, seed=1, workers=1, out=out)
    assert contents(out) == before
    open_store(out)


def test_results_of_other_code_are_refused(tmp_path: Path, fake, scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    from gvi_sim.execution.planning import plan

    simulate(scenario, replicates=20, seed=1, workers=1, out=tmp_path / "run")
    monkeypatch.setattr(plan, "code_digest", lambda: "0" * 64)
    with pytest.raises(StoreError, match="another version of the model"):
        simulate(scenario, replicates=20, seed=1, workers=1, out=tmp_path / "run")


def test_a_folder_with_something_else_is_refused(tmp_path: Path, fake, scenario) -> None:
    (tmp_path / "thesis.docx").write_text("precious")
    with pytest.raises(StoreError, match=r"not empty \(it holds 'thesis.docx'\)"):
        simulate(scenario, replicates=20, seed=1, workers=1, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_nothing_is_deleted_through_a_link(tmp_path: Path, fake, scenario) -> None:
    """A folder whose tables lie elsewhere: shards there are neither read nor deleted."""
    out, elsewhere = tmp_path / "run", tmp_path / "elsewhere"
    simulate(scenario, replicates=20, seed=1, workers=1, out=elsewhere)
    before = contents(elsewhere)
    simulate(scenario.replace("programme=none"), replicates=20, seed=1, workers=1, out=out)
    shutil.rmtree(out / "tables" / "series")
    (out / "tables" / "series").symlink_to(elsewhere / "tables" / "series")
    with pytest.raises(StoreError, match="symbolic"):
        simulate(scenario.replace("programme=none"), replicates=20, seed=1, workers=1, out=out)
    assert contents(elsewhere) == before


def test_two_writers_of_one_folder(tmp_path: Path, fake, scenario) -> None:
    with FolderLock(tmp_path / "run"), pytest.raises(StoreError, match="being written by process"):
        simulate(scenario, replicates=20, seed=1, workers=1, out=tmp_path / "run")


@pytest.mark.slow
def test_ctrl_c_leaves_a_folder_that_goes_on(tmp_path: Path, fake, scenario) -> None:
    def stop(done: int, total: int, left: float | None) -> None:
        if done == 20:
            raise KeyboardInterrupt

    out = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        simulate(scenario, replicates=40, seed=1, workers=2, out=out, progress=stop)
    assert json.loads((out / "manifest.json").read_text())["status"] == "unfinished"
    assert not (out / ".lock").exists()
    simulate(scenario, replicates=40, seed=1, workers=2, out=out)
    simulate(scenario, replicates=40, seed=1, workers=1, out=tmp_path / "whole")
    assert contents(out) == contents(tmp_path / "whole")


def test_progress_counts_up_to_all(fake, scenario) -> None:
    seen: list[tuple[int, int, float | None]] = []
    simulate(scenario, replicates=26, seed=1, workers=1, progress=lambda *said: seen.append(said))
    assert [(done, total) for done, total, _ in seen] == [(10, 26), (20, 26), (26, 26)]
    assert seen[-1][2] == 0.0 and all(left is not None and left >= 0 for *_, left in seen)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"replicates": 0}, "replicates = 0 must be a whole number of at least 1"),
        ({"replicates": True}, "replicates = True"),
        ({"replicates": 2.5}, "replicates = 2.5"),
        ({"seed": -1}, "seed = -1"),
        ({"seed": 2**63}, "seed = 9223372036854775808"),
        ({"seed": "1"}, "seed = '1'"),
        ({"workers": 0}, "workers = 0"),
        ({"keep": ("atacks",)}, "Nearest: attacks"),
        ({"parameters": "ensembel"}, "parameters = 'ensembel' is neither 'ensemble'"),
    ],
)
def test_bad_arguments_are_named(fake, scenario, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ScenarioError, match=message.replace(".", r"\.")):
        simulate(scenario, **{"replicates": 5, "seed": 1, "workers": 1, **arguments})


def test_a_fresh_seed_is_written_down(fake, scenario) -> None:
    runs = [simulate(scenario, replicates=2, workers=1) for _ in range(3)]
    assert len({run.seed for run in runs}) == 3
    again = simulate(scenario, replicates=2, seed=runs[0].manifest["seed"], workers=1)
    assert again.event_hash == runs[0].event_hash


def test_the_overall_hash_is_the_arms_or_over_them() -> None:
    assert campaign.overall_hash(["ab"]) == "ab"
    assert campaign.overall_hash(["ab", "cd"]) == hashlib.sha256(b"abcd").hexdigest()
