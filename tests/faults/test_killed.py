"""B1, B8: kill -9 of parent, worker or fork server at any moment; a worker out of memory."""

from __future__ import annotations

import os
import resource
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from processes import (
    check_whole,
    contents,
    descendants,
    finish,
    finished,
    is_alive,
    kill,
    start,
    wait_until,
    workers_of,
)

RUN_TIME = 1.5  # seconds: about what the job takes from "go" to "done"


def kill_and_resume(out: Path, whole: dict[str, str], moments: list[float], workers: list[int]) -> None:
    """Killed at each of the moments after "go", resumed with other workers; at last let finish."""
    before: dict[Path, int] = {}
    for moment, count in zip(moments, workers, strict=True):
        process = start(out, workers=count)
        time.sleep(moment)
        below = descendants(process.pid)
        kill(process)
        check_whole(out)
        wait_until(lambda pids=below: not any(map(is_alive, pids)), 5.0)
        # What was finished is not run again: only batches that were on their way are.
        now = finished(out)
        assert before.items() <= now.items()
        before = now
    process = start(out, workers=workers[-1])
    assert finish(process) == "" and process.returncode == 0
    assert contents(out) == whole and before.items() <= finished(out).items()


@pytest.mark.slow
def test_a_killed_parent_loses_nothing(tmp_path: Path, whole) -> None:
    kill_and_resume(tmp_path / "out", whole["sweep"], [0.2 * RUN_TIME, 0.6 * RUN_TIME], [1, 2])


@pytest.mark.slow
def test_a_parent_killed_a_hundred_times_loses_nothing(tmp_path: Path, whole) -> None:
    rng = np.random.default_rng(1)
    for number in range(25):
        moments = list(rng.uniform(0.0, RUN_TIME, 4))
        kill_and_resume(tmp_path / str(number), whole["sweep"], moments, [1, 2, 1 + number % 2, 2])


def killed_below(out: Path, whole: dict[str, str], moments: list[float], *, servers: bool) -> None:
    """A worker (or the fork server that makes them) is killed at each moment of one run, which goes on."""
    process = start(out, workers=2, replicates=48)
    killed = 0
    for moment in moments:
        wait_until(lambda: workers_of(process) or process.poll() is not None, 30)
        time.sleep(moment)
        workers = workers_of(process)
        below = [pid for pid in descendants(process.pid) if pid not in workers] if servers else workers
        if below and process.poll() is None:
            os.kill(below[-1], signal.SIGKILL)
            killed += 1
    said = finish(process)
    assert process.returncode == 0, said
    assert killed and contents(out) == whole


@pytest.mark.slow
def test_a_killed_worker_loses_nothing(tmp_path: Path, whole) -> None:
    killed_below(tmp_path / "out", whole["sweep"], [0.05, 0.2], servers=False)


@pytest.mark.slow
def test_a_killed_fork_server_loses_nothing(tmp_path: Path, whole) -> None:
    killed_below(tmp_path / "out", whole["sweep"], [0.1], servers=True)


@pytest.mark.slow
def test_workers_killed_a_hundred_times_lose_nothing(tmp_path: Path, whole) -> None:
    rng = np.random.default_rng(2)
    for number in range(50):
        moments = list(rng.uniform(0.0, 0.4, 2))
        killed_below(tmp_path / str(number), whole["sweep"], moments, servers=number % 5 == 4)


@pytest.mark.slow
def test_a_worker_out_of_memory_is_replaced(tmp_path: Path, whole) -> None:
    """No worker may have any more memory than it has: whatever it asks for next, it fails."""
    process = start(tmp_path / "out", kind="run", workers=2)
    starved = set(wait_until(lambda: workers_of(process), 30))
    for pid in starved:
        resource.prlimit(pid, resource.RLIMIT_AS, (1 << 20, 1 << 20))
    said = finish(process)
    assert process.returncode == 0, said
    assert contents(tmp_path / "out") == whole["run"]
    assert not any(map(is_alive, starved))
