"""Do the engine and the peer say the same? ``python -m benchmarks.agreement``

Independent runs of both on the comparable city, compared outcome by outcome: z is the difference of the means
over its standard error, and |z| > 4.42 (two-sided p < 1e-5) fails. A failure is tried once more with fresh
seeds and twice the runs; only a second failure counts.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd

from gvi_sim.dynamics.reference import with_reference
from gvi_sim.execution.planning.runner import Engine

from .peer_mesa import Peer
from .setting import CITY, scenario

Z = 4.42
YEARS, BURN_IN_YEARS = 10, 6
OUTCOMES = ("attacks", "hit", "killed", "cleared", "background")


def measure(table: pd.DataFrame) -> tuple[float, ...]:
    """Yearly attacks, persons hit and killed, attacks cleared, attacks with no parent."""
    counts = (len(table), table.hit.sum(), table.killed.sum(), table.cleared.sum(), table.is_background.sum())
    return tuple(float(count) / YEARS for count in counts)


def engine_runs(seed: int, runs: int) -> np.ndarray:
    """Outcomes of the engine [runs, outcomes]."""
    engine = Engine(scenario(CITY, years=YEARS, burn_in_years=BURN_IN_YEARS, comparable=True), frozenset({"attacks"}))
    tables = (pd.DataFrame(engine.run(seed, replicate).tables["attacks"]) for replicate in range(runs))
    return np.array([measure(table.assign(is_background=table.cause == 0)) for table in tables])


def peer_runs(seed: int, runs: int) -> np.ndarray:
    """Outcomes of the peer [runs, outcomes], its burn-in cut off."""
    config = scenario(CITY, years=YEARS, burn_in_years=BURN_IN_YEARS, comparable=True)
    reference = with_reference(config)[0]
    out = []
    for run in range(runs):
        peer = Peer(config, reference, seed + run)
        peer.run_years(BURN_IN_YEARS)
        begins = peer.today
        peer.run_years(YEARS)
        table = peer.attacks[peer.attacks.day > begins]
        out.append(measure(table.assign(is_background=table.cause == "background")))
    return np.array(out)


def compare(seed: int, runs: int) -> pd.DataFrame:
    """One row an outcome: the two means, their standard errors, z."""
    sides: dict[str, Callable[[int, int], np.ndarray]] = {"engine": engine_runs, "peer": peer_runs}
    counts = {"engine": 20 * runs, "peer": runs}
    table = pd.DataFrame(index=pd.Index(OUTCOMES, name="a year"))
    for side, run in sides.items():
        values = run(seed, counts[side])
        table[side] = values.mean(axis=0)
        table[f"{side} se"] = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    table["z"] = (table["engine"] - table["peer"]) / np.hypot(table["engine se"], table["peer se"])
    return table


def main() -> int:
    """Compare, print, and exit 0 if they agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=40, help="runs of the peer (the engine makes twenty times more)")
    parser.add_argument("--seed", type=int, default=20_260)
    args = parser.parse_args()
    for seed, runs in ((args.seed, args.runs), (args.seed + 10_000, 2 * args.runs)):
        table = compare(seed, runs)
        print(f"{runs} runs of the peer, {20 * runs} of the engine, {YEARS} years each, seed {seed}")
        print(table.to_string(float_format=lambda value: f"{value:.3f}"))
        if (table["z"].abs() <= Z).all():
            print("they agree")
            return 0
    print("they do not agree")
    return 1


if __name__ == "__main__":
    sys.exit(main())
