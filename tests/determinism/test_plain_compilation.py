"""Numba's own way of compiling gives the events of the faster one, which builds on numba's inner parts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import json, sys
sys.path[:0] = [{root!r}, {tests!r}]
from gvi_sim.kernel import compiler
from baselines import reference
assert compiler.PLAIN
stored = json.loads((reference.FOLDER / reference.EVENTS).read_text("utf-8"))
print(*(reference.events_of(name) == stored[name] for name in ("uppsala", "jarfalla_strict", "us_small")))
"""


@pytest.mark.slow
@pytest.mark.determinism
def test_plain_compilation_gives_the_same_events(root: Path, tmp_path: Path) -> None:
    setting = {"GVI_SIM_PLAIN_COMPILATION": "1", "GVI_SIM_CACHE_DIR": str(tmp_path)}
    code = CODE.format(root=str(root), tests=str(root / "tests"))
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | setting, capture_output=True, text=True, timeout=1200
    )
    assert done.stdout.split() == ["True"] * 3, done.stderr[-2000:]
