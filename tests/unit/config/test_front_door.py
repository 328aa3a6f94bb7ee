"""`import gvi_sim`: light, lazy, with the names of the public surface and no others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import gvi_sim

SURFACE = [
    "GVIModel", "Scenario", "__version__", "calibrate", "compare", "load_scenario", "plot", "reproduce", "simulate",
]  # fmt: skip


def run(code: str, root: Path) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    return done.stdout.strip()


def test_the_surface() -> None:
    assert gvi_sim.__all__ == SURFACE
    assert set(SURFACE) <= set(dir(gvi_sim))


def test_importing_it_imports_nothing_heavy(root: Path) -> None:
    heavy = "{'numpy', 'pandas', 'numba', 'mesa', 'hydra', 'yaml', 'omegaconf', 'scipy', 'seaborn'}"
    assert run(f"import sys, gvi_sim; print(sorted(set(sys.modules) & {heavy}))", root) == "[]"


def test_a_scenario_needs_no_numpy(root: Path) -> None:
    code = "import sys, gvi_sim; gvi_sim.load_scenario(); print('numpy' in sys.modules, 'mesa' in sys.modules)"
    assert run(code, root) == "False False"


def test_a_module_does_not_take_the_place_of_a_function(root: Path) -> None:
    code = "import gvi_sim; from gvi_sim.simulate import simulate; print(gvi_sim.simulate is simulate)"
    assert run(code, root) == "True"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'simulat'"):
        _ = gvi_sim.simulat  # type: ignore[attr-defined]
