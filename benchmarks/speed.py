"""Measures what the engine takes for each thing a run is made of: ``python -m benchmarks.speed [--write]``.

Scenarios of many sizes are run under made-up reference constants (so no pilot is needed), and the seconds of one
of each thing are fitted to their times by least squares of the relative error, none below nothing. With
``--write`` the figures go into ``gvi_sim/execution/amounts/speed.py``, which estimates are made of. Some two minutes.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

import gvi_sim as gvi
from gvi_sim.execution.amounts import run_counts, speed
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.world.builder import Reference

TARGET = Path(speed.__file__)
LONGEST, FEWEST, MOST = 0.6, 3, 15  # seconds for one scenario, runs of it
SITES = ("huddinge", "malmo", "goteborg", "us_midsize")
SIZES = ((12, 250, 40), (100, 2500, 120), (600, 17_500, 350))
STRESSED = (
    "exit.usual_offer_rate_per_year=30", "exit.usual_offer_rate_per_year=300", "membership.spell_years=0.1",
    "membership.spell_years=0.03", "justice.other_arrest_rate_per_year=10", "justice.other_arrest_rate_per_year=100",
    "programme.audit_every_days=3", "programme.audit_every_days=0.3", "programme.call_in.every_days=2",
    "programme.notification.per_month=100", "programme.notification.per_month=1000",
    "programme.notification.after_attack=1",
    "site.attacks_per_year=500", "years=100",
)  # fmt: skip


def scenarios() -> Iterator[tuple[str, gvi.Scenario]]:
    """Places of many sizes with and without GVI, and one thing at a time in excess."""
    for site, programme, years in product(SITES, ("none", "gvi"), (3, 10)):
        words = [f"site={site}", f"programme={programme}", f"years={years}"]
        yield " ".join(words), gvi.load_scenario(*words)
    for (groups, members, attacks), programme in product(SIZES, ("none", "gvi")):
        words = [
            f"programme={programme}", f"site.groups={groups}", f"site.members={members}",
            f"site.attacks_per_year={attacks}", "years=5",
        ]  # fmt: skip
        yield " ".join(words), gvi.load_scenario(*words)
    for site, word in product(("huddinge", "malmo"), STRESSED):
        words = [f"site={site}", "programme=gvi", *(() if word.startswith("years") else ("years=5",)), word]
        yield " ".join(words), gvi.load_scenario(*words)


def measured(scenario: gvi.Scenario) -> float:
    """Seconds of a processor that one run takes: the median of a few."""
    engine = Engine(scenario, frozenset({"attacks"}), (Reference(1.5, 1.1),) * len(scenario.each_site()))
    engine.run(1, 0)
    times: list[float] = []
    while len(times) < FEWEST or (sum(times) < LONGEST and len(times) < MOST):
        start = time.process_time()
        engine.run(1, len(times) + 1)
        times.append(time.process_time() - start)
    return statistics.median(times)


def fitted(counts: np.ndarray, seconds: np.ndarray) -> run_counts.Work:
    """The seconds of one of each thing, least squares of the relative error. ``counts`` [scenarios, things]."""
    relative = counts / seconds[:, None]
    scale = np.maximum(np.abs(relative).max(axis=0), 1e-300)
    found, _ = nnls(relative / scale, np.ones(len(seconds)))
    return run_counts.Work(*(float(f"{value:.3g}") for value in found / scale))


def write(found: run_counts.Work) -> None:
    """Put the figures into the package."""
    lines = "".join(f"    {name}={value!r},\n" for name, value in found._asdict().items())
    text = TARGET.read_text("utf-8")
    text, count = re.subn(r"SECONDS = Work\(\n.*?\n\)", f"SECONDS = Work(\n{lines})", text, flags=re.DOTALL)
    if count != 1:
        raise SystemExit(f"{TARGET} holds no SECONDS = Work(...) to rewrite")
    TARGET.write_text(text, "utf-8")


def main() -> None:
    """Measure, fit, show, and write when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="rewrite gvi_sim/execution/amounts/speed.py")
    arguments = parser.parse_args()
    names, counts, seconds = [], [], []
    for name, scenario in scenarios():
        names.append(name)
        counts.append(run_counts.of_run(scenario))
        seconds.append(measured(scenario))
    found = fitted(np.array(counts), np.array(seconds))
    for name, count, second in zip(names, counts, seconds, strict=True):
        told = count.times(found)
        print(f"{second * 1e3:10.3f} ms  told {told * 1e3:10.3f}  x{told / second:5.2f}  {name}")
    off = np.array([count.times(found) / second for count, second in zip(counts, seconds, strict=True)])
    print(f"\n{len(off)} scenarios, told over measured {off.min():.2f} to {off.max():.2f}")
    for name, value in found._asdict().items():
        print(f"  {name:<28}{value:.3g}")
    if arguments.write:
        write(found)
        print(f"written to {TARGET}")


if __name__ == "__main__":
    main()
