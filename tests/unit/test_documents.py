"""The pages that teach Python: every block of them runs, one after the other, as a reader would."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import types
from pathlib import Path

import pytest

import gvi_sim as gvi

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
