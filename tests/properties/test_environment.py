"""The same events whatever the process's surroundings are (reliability D1)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import gvi_sim

SCRIPT = """
from gvi_sim.config import load_scenario
from gvi_sim.dynamics.replicate import Runner
from gvi_sim.world.builder import Reference
scenario = load_scenario("site=huddinge", "programme=gvi", "calendar=sweden", "years=2", "burn_in_years=1")
runner = Runner(scenario, (Reference(1.3, 1.15),))
print(*(runner.run(7, replicate).digest for replicate in range(20)), sep="\\n")
"""
SURROUNDINGS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "hash seed 0": ((), {"PYTHONHASHSEED": "0"}),
    "hash seed 1": ((), {"PYTHONHASHSEED": "1"}),
    "random hash seed": ((), {"PYTHONHASHSEED": "random"}),
    "one thread": ((), {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}),
    "eight threads": ((), {"OMP_NUM_THREADS": "8"}),
    "Apia": ((), {"TZ": "Pacific/Apia"}),
    "Swedish": ((), {"LANG": "sv_SE.UTF-8", "LC_ALL": "sv_SE.UTF-8"}),
    "Turkish": ((), {"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8"}),
    "optimised": (("-O",), {}),
    "isolated bytes": (("-bb",), {"PYTHONDONTWRITEBYTECODE": "1"}),
}


def digests(folder: Path, flags: tuple[str, ...] = (), extra: dict[str, str] | None = None) -> str:
    """What a fresh process finds."""
    path = str(Path(gvi_sim.__file__).parents[1])
    environment = os.environ | {"PYTHONPATH": path} | (extra or {})
    command = [sys.executable, *flags, "-c", SCRIPT]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_surroundings_do_not_matter(tmp_path: Path) -> None:
    usual = digests(tmp_path)
    assert len(set(usual.split())) == 20
    odd = tmp_path / "en mapp med å, ä och ö"
    odd.mkdir()
    assert digests(odd) == usual
    for name, (flags, extra) in SURROUNDINGS.items():
        assert digests(tmp_path, flags, extra) == usual, name
