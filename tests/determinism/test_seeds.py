"""D5: no two launches share a seed, no two runs a stream."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gvi_sim.execution.planning.plan import MAX_SEED, chosen_seed
from gvi_sim.kernel.draws import run_key

LAUNCH = """
import sys
sys.path.insert(0, {root!r})
from gvi_sim.execution.planning.plan import chosen_seed
print("ready", flush=True)
sys.stdin.readline()
print(chosen_seed(None))
"""


def forked_seeds(count: int) -> list[int]:
    """Seeds drawn at one moment by ``count`` processes that were one until then, and so share all state."""
    gate_out, gate_in = os.pipe()
    out, into = os.pipe()
    children = []
    for _ in range(count):
        child = os.fork()
        if child == 0:
            os.close(gate_in)
            os.read(gate_out, 1)  # returns when the parent closes its end: all at once
            os.write(into, f"{chosen_seed(None)}\n".encode())
            os._exit(0)
        children.append(child)
    for end in (gate_in, gate_out, into):
        os.close(end)
    with os.fdopen(out) as answers:
        seeds = [int(line) for line in answers]
    for child in children:
        os.waitpid(child, 0)
    return seeds


def launched_seeds(count: int, root: Path) -> list[int]:
    """Seeds drawn at one moment by ``count`` interpreters of their own."""
    code = LAUNCH.format(root=str(root))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    launched = [subprocess.Popen([sys.executable, "-c", code], **pipes) for _ in range(count)]
    for process in launched:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in launched:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    return [int(process.communicate(timeout=60)[0]) for process in launched]


# A process with threads may warn when it is forked; these children only draw a number and leave.
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_processes_forked_at_once_draw_seeds_of_their_own() -> None:
    seeds = forked_seeds(64)
    assert len(set(seeds)) == 64 and all(0 <= seed <= MAX_SEED for seed in seeds)


def test_interpreters_launched_at_once_draw_seeds_of_their_own(root: Path) -> None:
    assert len(set(launched_seeds(4, root))) == 4


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_640_launches_draw_640_seeds(root: Path) -> None:
    seeds = forked_seeds(600)
    for _ in range(2):
        seeds += launched_seeds(20, root)
    assert len(set(seeds)) == 640


def keys_of(seeds: int, replicates: int) -> np.ndarray:
    return np.array([run_key(seed, run) for seed in range(seeds) for run in range(replicates)], np.uint64)


def test_no_two_runs_share_a_stream() -> None:
    """Neighbouring seeds and replicates, which a sum of the two would mix up."""
    assert len(np.unique(keys_of(100, 100))) == 10_000


@pytest.mark.slow
def test_no_two_of_a_million_runs_share_a_stream() -> None:
    assert len(np.unique(keys_of(1000, 1000))) == 1_000_000
