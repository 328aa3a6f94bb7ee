"""The pages that teach Python: every block of them runs, one after the other, as a reader would."""

from __future__ import annotations

import ast
import doctest
import inspect
import re
import sys
import types
from pathlib import Path
from typing import Any

import pytest

import gvi_sim as gvi
from gvi_sim import evidence
from gvi_sim.analysis.decomposition.attribution import attribute
from gvi_sim.analysis.records.count_record import read_counts
from gvi_sim.experiment.sweep import sweep

PAGES = [pytest.param("mesa.md", 4, id="mesa"), pytest.param("tutorial.md", 8, marks=pytest.mark.slow, id="tutorial")]


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("name", "least"), PAGES)
def test_every_block_runs(name: str, least: int, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = blocks((root / "docs" / name).read_text("utf-8"), "python")
    assert len(found) >= least
    page = types.ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", page)
    for block in found:
        exec(compile(block, name, "exec"), vars(page))  # noqa: S102 - the project's own page


def test_what_needs_more_than_is_installed_can_work(root: Path) -> None:
    """SolaraViz checks parameters by the constructor's names, and passes others only to one that takes ``kwargs``."""
    (block,) = blocks((root / "docs" / "mesa.md").read_text("utf-8"), "py")
    ast.parse(block)
    taken = inspect.signature(gvi.GVIModel.__init__).parameters
    assert "kwargs" in taken
    assert [name for name, it in taken.items() if it.default is it.empty] == ["self", "kwargs"]


TAUGHT = (
    gvi.load_scenario, gvi.Scenario.replace, gvi.simulate, gvi.compare, gvi.GVIModel, gvi.plot, gvi.calibrate,
    gvi.reproduce, sweep, attribute, read_counts, evidence.entry,
)  # fmt: skip
"""What others build on. Of the slow ones the examples run when marked tests do."""
SLOW = (gvi.calibrate, gvi.reproduce)


def test_every_argument_is_documented() -> None:
    missing = [
        f"{taught.__qualname__}: {name}"
        for taught in TAUGHT
        for name in inspect.signature(taught).parameters
        if name not in ("self", "overrides", "sources") and not re.search(rf"``{name}\b", inspect.getdoc(taught) or "")
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(
    "taught", [pytest.param(it, marks=pytest.mark.slow if it in SLOW else (), id=it.__qualname__) for it in TAUGHT]
)
def test_its_example_runs(taught: Any, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tests := doctest.DocTestFinder(recurse=False).find(taught, taught.__qualname__, globs={}))
    assert sum(len(test.examples) for test in tests) > 0
    for test in tests:
        assert doctest.DocTestRunner().run(test).failed == 0
