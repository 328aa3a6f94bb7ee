"""Workers change nothing: not their number, not their deaths; and they never outlive the process that started
them.
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from gvi_sim.errors import ResourceError
from gvi_sim.execution.workers import pool

GUARDLESS = """
import sys
sys.path[:0] = [{here!r}, {root!r}]
import math
from gvi_sim.execution.workers.pool import run_tasks
print("started")
print(sorted(result for _, result in run_tasks(math.sqrt, [1.0, 4.0, 9.0], workers=2)))
"""
ORPHANS = """
import os, sys
sys.path[:0] = [{here!r}, {root!r}]
import pool_tasks
from gvi_sim.execution.workers.pool import run_tasks
for _, pid in run_tasks(pool_tasks.slow_pid, range(10_000), workers=2):
    print(pid, flush=True)
"""
HERE = str(Path(__file__).resolve().parent)
ROOT = Path(__file__).resolve().parents[3]


def tasks_of():
    import pool_tasks

    return pool_tasks


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_task_comes_back_once(workers: int) -> None:
    results = list(pool.run_tasks(math.sqrt, [float(n) for n in range(50)], workers=workers))
    assert sorted(results) == [(float(n), math.sqrt(n)) for n in range(50)]


def test_an_error_comes_out_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        list(pool.run_tasks(tasks_of().inverse, [1, 2, 0, 3], workers=2))


def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    work = partial(tasks_of().die_once, str(tmp_path))
    done = Counter(result for _, result in pool.run_tasks(work, list(range(40)), workers=2))
    assert done == Counter(range(40))
    assert len(list(tmp_path.iterdir())) == 3  # the tasks 7, 20 and 33 each took a worker with them, once


def test_what_is_left_of_a_broken_pool_is_let_go_before_it_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that had just started when another died is one that the executor waits for and never ends."""
    made = pool._Pool(partial(tasks_of().die_once, str(tmp_path)), 2)
    shutdown, let_go = pool.ProcessPoolExecutor.shutdown, []

    def watched(self: pool.ProcessPoolExecutor, **how: bool) -> None:
        let_go.append(made._leash.closed)
        shutdown(self, **how)

    monkeypatch.setattr(pool.ProcessPoolExecutor, "shutdown", watched)
    assert len(list(made.results(iter(range(40))))) == 40
    made.stop()
    assert len(let_go) > 1 and all(let_go[:-1]) and not let_go[-1]


def test_a_task_without_memory_runs_again(tmp_path: Path) -> None:
    """A worker that cannot have more memory loses nothing; what never fits is reported."""
    work = partial(tasks_of().hungry_once, str(tmp_path))
    done = Counter(result for _, result in pool.run_tasks(work, list(range(20)), workers=2))
    assert done == Counter(range(20)) and len(list(tmp_path.iterdir())) == 2
    with pytest.raises(ResourceError, match="ran out of memory 3 times while nothing else ran"):
        list(pool.run_tasks(tasks_of().insatiable, list(range(5)), workers=2))
    with pytest.raises(ResourceError, match="ran out of memory"):
        list(pool.run_tasks(tasks_of().insatiable, list(range(5)), workers=1))


def test_a_task_that_always_kills_is_reported_and_not_dropped() -> None:
    with pytest.raises(ResourceError, match="3 times while nothing else ran"):
        list(pool.run_tasks(tasks_of().die_at_seven, list(range(20)), workers=2))


def test_giving_up_ends_the_workers() -> None:
    found = pool.run_tasks(tasks_of().slow_pid, iter(range(10_000)), workers=2)
    pids = {next(found)[1] for _ in range(4)}
    before = time.monotonic()
    found.close()
    assert time.monotonic() - before < 2.0
    assert not [pid for pid in pids if _is_alive(pid)]


def test_a_script_without_a_main_guard_runs_once(tmp_path: Path, root: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(GUARDLESS.format(here=HERE, root=str(root)))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "started\n[1.0, 2.0, 3.0]\n"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_no_worker_outlives_a_stopped_parent(tmp_path: Path, root: Path, number: signal.Signals) -> None:
    script = tmp_path / "script.py"
    script.write_text(ORPHANS.format(here=HERE, root=str(root)))
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert parent.stdout is not None
    pids = {int(parent.stdout.readline()) for _ in range(20)}
    parent.send_signal(number)
    parent.wait(timeout=2)
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while any(map(_is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in pids if _is_alive(pid)]


def test_the_meter_tells_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 110.0, 120.0])
    monkeypatch.setattr(pool.time, "monotonic", lambda: next(clock))
    seen: list[tuple[int, int, float | None]] = []
    meter = pool.Meter(100, lambda *said: seen.append(said), done=20)
    meter.add(0)
    meter.add(20)  # 20 in 10 s, 60 to go
    meter.add(20)
    assert seen == [(20, 100, None), (40, 100, 30.0), (60, 100, 20.0)]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_a_worker_whose_locks_are_gone_ends_in_silence() -> None:
    """What the fork server sets: silent for a lock that was taken away, loud for everything else."""
    code = "import multiprocessing.synchronize as s; import gvi_sim.execution.workers.quiet_start; {raises}"
    silent = "s.SemLock.__new__(s.SemLock).__setstate__((0, 1, 1, '/gone'))"
    for raises, told in ((silent, False), ("open('/no such file')", True), ("1 / 0", True)):
        done = subprocess.run(
            [sys.executable, "-c", code.format(raises=raises)], capture_output=True, text=True, cwd=ROOT
        )
        assert done.returncode == 1 and ("Traceback" in done.stderr) == told, done.stderr


def test_what_starts_workers_is_deaf_to_ctrl_c() -> None:
    """Ctrl-C reaches every process of a terminal; the fork server must not end with a traceback of its own."""
    code = (
        "import os, signal, sys, time; from gvi_sim.execution.workers import pool; pool.worker_context(); "
        "from multiprocessing import forkserver; pid = forkserver._forkserver._forkserver_pid; "
        "assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set(); "
        "[(os.kill(pid, signal.SIGINT), time.sleep(0.02)) for _ in range(40)]; "
        "assert os.waitpid(pid, os.WNOHANG) == (0, 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_starts_workers_leaves_at_its_next_import_when_nobody_is_left() -> None:
    child = (
        "import gvi_sim.execution.workers.quiet_start, os, time; parent = os.getppid()\n"
        "import colorsys; print('on', flush=True)\n"
        "while os.getppid() == parent: time.sleep(0.01)\n"
        "import this"
    )
    started = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}]); input()"
    parent = subprocess.Popen([sys.executable, "-c", started], stdin=-1, stdout=-1, text=True)
    assert parent.stdout is not None and parent.stdout.readline() == "on\n"
    said, _ = parent.communicate("\n", timeout=60)
    assert said == "", said


def test_a_worker_without_memory_to_watch_its_parent_does_not_wait_for_ever() -> None:
    """When there is none to watch with, it ends; when there is none for a thread of its own, it goes on."""
    code = (
        "import multiprocessing, threading, time; from gvi_sim.execution.workers import pool\n"
        "def starved(*_): raise MemoryError\n"
        "leash, held = multiprocessing.Pipe(duplex=False)\n"
        "{starving} = starved; pool._begin(leash); time.sleep({seconds})"
    )
    for starving, seconds, left in (("pool.connection.wait", 60, 1), ("threading.Thread._bootstrap_inner", 0, 0)):
        command = [sys.executable, "-c", code.format(starving=starving, seconds=seconds)]
        assert subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == left, starving
