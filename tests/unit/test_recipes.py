"""Recipes are carried out word for word: in a copy of the tree, or in a folder of one's own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BLOCK = re.compile(r"In `([\w./]+)`,\sbelow\s`([^`]+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
NEW = re.compile(r"In a new file `([\w.]+)` of `([\w./]+/)`:\n\n```\w+\n(.*?)```", re.DOTALL)
SMALL = ("years=1", "burn_in_years=1", "--replicates", "4", "--seed", "1", "--workers", "1", "--quiet")
COMMAND = "import sys; from gvi_sim.start import main; sys.exit(main())"


def follow(recipe: Path, tree: Path) -> set[str]:
    """Apply a recipe's blocks to a tree; the files that it touched."""
    text, touched = recipe.read_text("utf-8"), set()
    for name, room, block in NEW.findall(text):
        (tree / room).mkdir(exist_ok=True)
        (tree / room / name).write_text(block, "utf-8")
        touched.add(room + name)
    for name, line, block in BLOCK.findall(text):
        source = (tree / name).read_text("utf-8")
        assert source.count(f"{line}\n") == 1, f"{name}: {line}"
        (tree / name).write_text(source.replace(f"{line}\n", f"{line}\n{block}"), "utf-8")
        touched.add(name)
    return touched


def run(tree: Path, here: Path, *words: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(tree), "GVI_SIM_CACHE_DIR": str(here.parent / "cache")}
    line = [sys.executable, "-P", "-c", COMMAND, *words]
    done = subprocess.run(line, cwd=here, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.slow
def test_a_section_is_added_as_the_recipe_says_in_three_files(root: Path, tmp_path: Path) -> None:
    tree, here = tmp_path / "tree", tmp_path / "here"
    here.mkdir()
    for room in ("gvi_sim", "conf", "experiments"):
        shutil.copytree(root / room, tree / room, ignore=shutil.ignore_patterns("__pycache__"))
    assert len(follow(root / "docs" / "recipes" / "section.md", tree)) == 3
    run(tree, here, "run", *SMALL, "--out", "out")
    assert "shootings a month without the programme and" in (here / "out" / "report.html").read_text("utf-8")
    run(tree, here, "report", "out", "--lang", "sv")
    page = (here / "out" / "report.html").read_text("utf-8")
    assert "Hur tätt de kommer" in page and "skjutningar i månaden utan insatsen och" in page


def test_an_experiment_of_ones_own_runs_from_anywhere(root: Path, tmp_path: Path) -> None:
    assert len(follow(root / "docs" / "recipes" / "experiment.md", tmp_path)) == 3
    told = run(root, tmp_path, "reproduce", "early_exit", "--workers", "1", "--out", "out", "--update")
    assert "Do five more exit places" in told and "pass" in told
    assert (tmp_path / "early_exit" / "expected.json").is_file() and (tmp_path / "out" / "figure.png").is_file()


def test_contributing_names_every_recipe(root: Path) -> None:
    named = set(re.findall(r"docs/recipes/(\w+)\.md\]", (root / "CONTRIBUTING.md").read_text("utf-8")))
    assert named == {path.stem for path in (root / "docs" / "recipes").glob("*.md")}
