"""Whether what a command says beforehand is what it then takes: ``python -m benchmarks.estimates``.

Twenty settings, each a command in a process of its own with the engine compiled: what it would say of its seconds and
bytes, and the processor seconds and memory it took, on one worker. Times are said for the machine that ``speed.py`` was
measured on, so each is held against what was taken at the pace this machine has at that moment (the seconds of a known
run, in the same process). Ends with 1 when one is off by more than a factor 2.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile

from gvi_sim.cli.job import BYTES_AROUND

SETTINGS = (
    "--replicates 20", "--replicates 200", "--replicates 1000", "years=50 --replicates 50", "years=200 --replicates 20",
    "years=1 --replicates 100", "site=malmo", "site=malmo years=100 --replicates 20", "site=goteborg --replicates 50",
    "site=chicago years=2 --replicates 4", "site=boston --replicates 50", "site=us_small --replicates 500",
    "programme=none --replicates 500", "programme=support_only", "parameters=point --replicates 500",
    "site.members=2000 --replicates 50", "site.attacks_per_year=100 --replicates 50",
    "programme.audit_every_days=2 --replicates 100", "site=orebro programme.notification.per_month=200 --replicates 50",
    "site=uppsala calendar=flat years=30",
)  # fmt: skip
FACTOR = 2.0

# In a process of its own: the command, with what it says caught on its way out.
_RUN = """
import json, sys
from gvi_sim import cli
told = []
cli.say_if_long = lambda words, seconds, memory: told.append((seconds, memory))
code = cli.main(["run", *sys.argv[1:], "--workers", "1", "--seed", "1", "--yes"])
from gvi_sim.config import load_scenario
from gvi_sim.dynamics.reference import with_reference
from gvi_sim.execution.amounts.resource_estimate import run_seconds
from gvi_sim.execution.planning.runner import Engine
from time import process_time
known = load_scenario("site=goteborg", "programme=gvi", "years=10")
engine, start = Engine(known), process_time()
for replicate in range(40):
    engine.run(1, replicate)
taken = process_time() - start
print(json.dumps([code, *told[0], taken / 40 / run_seconds(known), taken]), file=sys.stderr)
"""


def measured(words: str) -> tuple[float, float, float, float]:
    """(seconds said, processor seconds taken at the usual pace, bytes said, bytes at the peak) of one command."""
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryFile("w+") as errors:
        command = [sys.executable, "-c", _RUN, *words.split()]
        process = subprocess.Popen(command, cwd=here, stdout=subprocess.DEVNULL, stderr=errors)
        _, _, used = os.wait4(process.pid, 0)
        errors.seek(0)
        told = errors.read()
    code, seconds, memory, pace, known = json.loads(told.splitlines()[-1])
    if code:
        raise SystemExit(f"{words} ended with {code}: {told}")
    return seconds, (used.ru_utime + used.ru_stime - known) / pace, memory, used.ru_maxrss * 1024.0


def main() -> int:
    """Measure, print a line a setting, and say how many are off."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("settings", nargs="*", help="the words of a command, in quotes (default: twenty settings)")
    off = 0
    for words in parser.parse_args().settings or SETTINGS:
        seconds, taken, memory, peak = measured(words)
        ratios = seconds / taken, (BYTES_AROUND + memory) / peak
        off += not all(1 / FACTOR <= ratio <= FACTOR for ratio in ratios)
        told = f"said {seconds:7.1f} s, took {taken:7.1f} s; {peak / 1e6:5.0f} MB"
        print(f"{ratios[0]:6.2f} {ratios[1]:6.2f}  {told}  {words}", flush=True)
    return int(off > 0)


if __name__ == "__main__":
    raise SystemExit(main())
