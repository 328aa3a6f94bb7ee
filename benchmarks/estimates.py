"""Whether what a command says beforehand is what it then takes: ``python -m benchmarks.estimates``.

Twenty settings, each a command in a process of its own and an empty home with the engine compiled: what it would say
of its seconds, and the processor seconds it took, on one worker. Ends with 1 when one is off by more than a factor 2.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile

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
print(json.dumps([code, *told[0]]), file=sys.stderr)
"""


def measured(words: str) -> tuple[float, float, float, float]:
    """(seconds said, processor seconds taken, bytes said, bytes at the peak) of one command."""
    with tempfile.TemporaryDirectory() as home:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-c", _RUN, *words.split()]
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, env={**os.environ}, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    code, seconds, memory = json.loads(done.stderr.splitlines()[-1])
    if code:
        raise SystemExit(f"{words} ended with {code}: {done.stderr}")
    return seconds, taken, memory, after.ru_maxrss * 1024.0


def main() -> int:
    """Measure, print a line a setting, and say how many are off."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("settings", nargs="*", help="the words of a command, in quotes (default: twenty settings)")
    off = 0
    for words in parser.parse_args().settings or SETTINGS:
        seconds, taken, _, peak = measured(words)
        ratio = seconds / taken
        off += not 1 / FACTOR <= ratio <= FACTOR
        print(f"{ratio:6.2f}  said {seconds:7.1f} s, took {taken:7.1f} s, {peak / 1e6:6.0f} MB  {words}", flush=True)
    return int(off > 0)


if __name__ == "__main__":
    raise SystemExit(main())
