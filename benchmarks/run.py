"""One table of speed: ``python -m benchmarks.run`` (some minutes; ``--quick`` for fewer).

Ten simulated years and no burn-in, one core, event log on. Engine and peer run in turn in one process, so a
ratio compares like with like; figures are the minimum and the median over runs. Where the peer's years are
fewer than the engine's, its time is multiplied up and the row says so.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gvi_sim.dynamics.reference import with_reference
from gvi_sim.execution.planning.runner import Engine

from .peer_mesa import Peer
from .setting import CITY, NATION, STRESS, Size, scenario

YEARS = 10.0
ONE_RUN = """
import sys, time
from benchmarks.setting import CITY, scenario
from gvi_sim.execution.planning.runner import Engine
size = scenario(CITY, years=10, burn_in_years=0, comparable=False)
start = time.perf_counter()
Engine(size, frozenset({"attacks"})).run(1, 0)
print(time.perf_counter() - start)
"""
START_UPS = {
    "import gvi_sim": ["-c", "import gvi_sim"],
    "gvi-sim list": ["-c", "import gvi_sim.cli; gvi_sim.cli.main(['list'])"],
    "load_scenario()": ["-c", "import gvi_sim; gvi_sim.load_scenario()"],
}


class Timing(NamedTuple):
    """Seconds a run: least and median, and attacks a run."""

    least: float
    median: float
    attacks: float


def seconds(call: Callable[..., object], *args: object, **kwargs: str) -> float:
    start = time.perf_counter()
    call(*args, **kwargs)
    return time.perf_counter() - start


def time_engine(engine: Engine, runs: int) -> Timing:
    """The engine after a warm-up run."""
    engine.run(1, 0)
    took, attacks = [], []
    for replicate in range(1, runs + 1):
        start = time.perf_counter()
        result = engine.run(1, replicate)
        took.append(time.perf_counter() - start)
        attacks.append(len(result.tables["attacks"]))
    return Timing(min(took), statistics.median(took), statistics.mean(attacks))


def time_both(size: Size, engine_runs: int, peer_runs: int, peer_years: float) -> tuple[Timing, Timing]:
    """Engine and peer in turn on the comparable scenario; the peer's times stand for ``YEARS`` years."""
    config = scenario(size, years=YEARS, burn_in_years=0, comparable=True)
    engine = Engine(config, frozenset({"attacks"}))
    reference = with_reference(config)[0]
    engines, peers = [], []
    for run in range(peer_runs):
        engines.append(time_engine(engine, engine_runs // peer_runs))
        peer = Peer(config, reference, seed=run)
        took = seconds(peer.run_years, peer_years) * YEARS / peer_years
        peers.append(Timing(took, took, len(peer.log) * YEARS / peer_years))
    return pooled(engines), pooled(peers)


def pooled(timings: list[Timing]) -> Timing:
    least, medians, attacks = zip(*timings, strict=True)
    return Timing(min(least), statistics.median(medians), statistics.mean(attacks))


def fresh(code: list[str], **env: str) -> str:
    """Standard output of a new Python process."""
    done = subprocess.run(
        [sys.executable, *code], env={**os.environ, **env}, check=True, capture_output=True, text=True
    )
    return done.stdout


def print_sizes(*, quick: bool) -> None:
    """The engine at three sizes, the peer at two, and how time grows."""
    head = ("", "groups", "members", "attacks", "engine ms: min", "median", "peer s", "ratio")
    print("{:8} {:>7} {:>8} {:>8} {:>16} {:>9} {:>11} {:>7}".format(*head))
    plans = {CITY: (200, 3, 10.0), NATION: (21, 3, 0.25 if quick else 1.0)}
    for size, (engine_runs, peer_runs, peer_years) in plans.items():
        engine, peer = time_both(size, engine_runs, peer_runs, peer_years)
        note = "" if peer_years == YEARS else f"  peer: {peer_years:g} years run, multiplied up"
        row(f"{size.name}*", size, engine, f"{peer.median:11.2f} {peer.median / engine.median:7.0f}{note}")
    timings = []
    for size, runs in {CITY: 200, NATION: 20, STRESS: 3}.items():
        whole = scenario(size, years=YEARS, burn_in_years=0, comparable=False)
        timings.append(time_engine(Engine(whole, frozenset({"attacks"})), runs))
        row(size.name, size, timings[-1])
    slope = np.polyfit(np.log([t.attacks for t in timings]), np.log([t.median for t in timings]), 1)[0]
    print("* only what the peer has as well; the others are the whole model in business as usual")
    print(f"growth: time ~ attacks ** {slope:.2f}")


def row(name: str, size: Size, engine: Timing, rest: str = "") -> None:
    numbers = f"{size.groups:7} {size.members:8} {engine.attacks:8.0f}"
    print(f"{name:8} {numbers} {1e3 * engine.least:16.2f} {1e3 * engine.median:9.2f} {rest}", flush=True)


def print_starts() -> None:
    """The first run of a process with and without compiled code at hand, and start-up times."""
    with tempfile.TemporaryDirectory() as folder:
        first, second = (float(fresh(["-c", ONE_RUN], GVI_SIM_CACHE_DIR=folder)) for _ in range(2))
    print(f"first city run of a process: {first:.1f} s compiling, {second:.2f} s from the cache")
    for name, code in START_UPS.items():
        took = statistics.median(seconds(fresh, code) for _ in range(5))
        print(f"{name}: {1e3 * took:.0f} ms")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the nation's peer for a quarter of a year only")
    args = parser.parse_args()
    print_sizes(quick=args.quick)
    print_starts()


if __name__ == "__main__":
    main()
