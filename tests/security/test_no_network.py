"""S12: no command calls out, nor does any process that it starts; with no network at all each works as ever."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gvi_sim import cli

COMMAND = "import sys; from gvi_sim.cli import main; sys.exit(main(sys.argv[1:]))"
# Every interpreter that finds this on its path writes down what it calls outside this machine.
WATCH = """
import os, sys

def guard(event, arguments):
    called = arguments[1] if event in ("socket.connect", "socket.sendto") else arguments
    within = event == "socket.connect" and not isinstance(called, tuple)  # a path: a socket of this machine
    if event.startswith(("socket.connect", "socket.sendto", "socket.getaddrinfo", "urllib")) and not within:
        with open(os.environ["CALLS"], "a") as log:
            log.write(f"{event} {called!r}\\n")

sys.addaudithook(guard)
"""
SMALL = ["years=1", "burn_in_years=0.5"]
FEW = ["--replicates", "4", "--workers", "2", "--seed", "1"]
WORDS = {
    "run": [*SMALL, *FEW, "--out", "run"],
    "sweep": [*SMALL, *FEW, "programme.sanction_certainty=0,1", "--out", "sweep"],
    "report": ["run", "--lang", "sv", "--bundle", "run.zip"],
    "verify": ["run", "--sample", "1"],
    "rerun": ["run", "--workers", "2"],
    "evidence": ["exit.places"],
    "list": ["keys"],
    "reproduce": ["--list"],
    "attribute": [*SMALL, *FEW, "parameters=point", "--out", "parts"],
    "levers": ["check", *SMALL, *FEW, "parameters=point"],
    "calibrate": ["counts.csv", "site=malmo", "--confirm-small-cells", "--points", "4000", "--workers", "2"],
    "check": ["counts.csv"],
}


def names_of_commands() -> set[str]:
    (found,) = (action for action in cli._parser()._actions if isinstance(action, argparse._SubParsersAction))
    return set(found.choices)


@pytest.mark.slow
def test_no_command_calls_out(tmp_path: Path, root: Path) -> None:
    assert names_of_commands() == set(WORDS)
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    months = [f"{year}-{month:02d}" for year in range(2018, 2021) for month in range(1, 13)]
    counts = "".join(f"{month},{3 + number * 7 % 5}\n" for number, month in enumerate(months))
    (tmp_path / "counts.csv").write_text(f"period,count\n{counts}")
    log = tmp_path / "calls"
    env = os.environ | {"PYTHONPATH": f"{tmp_path / 'watch'}{os.pathsep}{root}", "CALLS": str(log)}
    alone = ["unshare", "-rn"] if _has_namespaces() else []
    for name, words in WORDS.items():
        command = [*alone, sys.executable, "-c", COMMAND, name, *words]
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        fine = (0, 1) if name == "levers" else (0,)  # 1: so few runs may show a wrong sign
        assert done.returncode in fine, (name, done.stdout[-500:], done.stderr[-2000:])
        assert not log.exists(), (name, log.read_text())
    # The watch sees a call, also of a process that a process started.
    calling = "import socket, contextlib\nwith contextlib.suppress(OSError): socket.create_connection(('127.0.0.1', 9))"
    nested = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {calling!r}])"
    subprocess.run([sys.executable, "-c", nested], env=env, check=True)
    assert "socket.connect" in log.read_text()


def _has_namespaces() -> bool:
    command = [shutil.which("unshare") or "false", "-rn", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
