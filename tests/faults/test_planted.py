"""Faults planted one at a time are seen by the tests that are named for them, and by nothing when taken out again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

FAULTS: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("planted.yaml").read_text("utf-8"))


def run(tree: Path, tests: list[str]) -> subprocess.CompletedProcess[str]:
    """The named tests of a copied tree, against the package of that tree."""
    line = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *tests]
    environment = os.environ | {"PYTHONPATH": str(tree), "GVI_SIM_CACHE_DIR": str(tree.parent / "cache")}
    return subprocess.run(line, cwd=tree, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def tree(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the tests need; all named tests pass in it."""
    copy = tmp_path_factory.mktemp("planted") / "tree"
    for room in ("gvi_sim", "conf", "experiments", "tests"):
        shutil.copytree(root / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "pyproject.toml", copy)
    sound = run(copy, sorted({test for fault in FAULTS.values() for test in fault["seen_by"]}))
    assert sound.returncode == 0, sound.stdout[-3000:] + sound.stderr[-3000:]
    return copy


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_seen(tree: Path, name: str) -> None:
    fault = FAULTS[name]
    file = tree / "gvi_sim" / fault["file"]
    sound = file.read_text("utf-8")
    assert sound.count(fault["was"]) == 1
    file.write_text(sound.replace(fault["was"], fault["becomes"]), "utf-8")
    try:
        found = run(tree, fault["seen_by"])
    finally:
        file.write_text(sound, "utf-8")
    assert found.returncode == 1 and "failed" in found.stdout, f"{found.stdout[-2000:]}{found.stderr[-2000:]}"
