"""The pure-Python twin: the package imported a second time, under another name, with nothing compiled."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

import gvi_sim
from gvi_sim.config import Scenario

from .worlds import EVERYTHING, REFERENCE

NAME = "gvi_sim_in_plain_python"


@cache
def twin(module: str) -> Any:
    """A module of the twin, by its name below the package."""
    before = os.environ.get("GVI_SIM_PURE_PYTHON")
    os.environ["GVI_SIM_PURE_PYTHON"] = "1"
    try:
        if NAME not in sys.modules:
            file = Path(gvi_sim.__file__)
            spec = importlib.util.spec_from_file_location(NAME, file, submodule_search_locations=[str(file.parent)])
            assert spec and spec.loader
            sys.modules[NAME] = package = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(package)
        return importlib.import_module(f"{NAME}.{module}")
    finally:
        if before is None:
            del os.environ["GVI_SIM_PURE_PYTHON"]
        else:
            os.environ["GVI_SIM_PURE_PYTHON"] = before


def twin_run(scenario: Scenario, seed: int, replicate: int = 0) -> Any:
    """One replicate in plain Python, all tables kept."""
    return twin_runner(scenario).run(seed, replicate)


def twin_runner(scenario: Scenario) -> Any:
    """A runner in plain Python; the scenario is rebuilt from its echo."""
    assert twin("kernel.compiler").PURE_PYTHON
    rebuilt = twin("config").Scenario.from_dict(scenario.to_dict())
    references = (twin("world.builder").Reference(*_constants()),) * len(rebuilt.each_site())
    return twin("dynamics.replicate").Runner(rebuilt, references, EVERYTHING)


def _constants() -> tuple[float, float]:
    return REFERENCE.background, REFERENCE.offspring
