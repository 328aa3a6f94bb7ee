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


def run(tree: Path, here: Path, *words: str, code: int = 0) -> str:
    environment = os.environ | {"PYTHONPATH": str(tree), "GVI_SIM_CACHE_DIR": str(here.parent / "cache")}
    line = [sys.executable, "-P", "-c", COMMAND, *words]
    done = subprocess.run(line, cwd=here, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr * (code != 0)


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


@pytest.mark.slow
def test_a_lever_is_added_as_the_recipe_says_in_five_files(root: Path, tmp_path: Path) -> None:
    tree, here = tmp_path / "tree", tmp_path / "here"
    here.mkdir()
    shutil.copytree(root, tree, ignore=shutil.ignore_patterns("__pycache__", ".git", ".venv", "runs", "*.png", "*.svg"))
    touched = follow(root / "docs" / "recipes" / "lever.md", tree)
    assert len(touched) == 5 and sum(name.startswith("tests/") for name in touched) == 1
    file = tree / "gvi_sim" / "config" / "levers.yaml"
    whole = file.read_text("utf-8")
    file.write_text(whole.replace("    part: patrols\n", "").replace("    through: pressure\n", "", 1), "utf-8")
    told = run(tree, here, "run", *SMALL, "--out", "half", code=2)
    assert "programme.patrols: has no part, through" in told and "Traceback" not in told
    assert not (here / "half").exists()
    file.write_text(whole, "utf-8")

    assert "programme.patrols" in run(tree, here, "list", "levers")
    assert "patrols (Patrols)" in run(tree, here, "attribute", "--help")
    run(tree, here, "run", *SMALL, "programme.patrols=0.5", "--out", "run")
    run(tree, here, "report", "run", "--lang", "sv")
    assert "Patrullering" in (here / "run" / "report.html").read_text("utf-8")
    run(tree, here, "attribute", *SMALL, "programme.patrols=0.5", "--out", "parts")
    assert "patrols" in (here / "parts" / "manifest.json").read_text("utf-8")
    assert re.search(r"programme\.patrols .*(as declared|cannot tell)", run(tree, here, "levers", "check", *SMALL))
    left_out = run(tree, here, "run", "programme=support_only", "--cfg")
    assert re.search(r"programme\.patrols = 0 +# conf/programme/support_only\.yaml", left_out)
    environment = os.environ | {"PYTHONPATH": str(tree), "GVI_SIM_CACHE_DIR": str(tmp_path / "cache")}
    for page in ("reference", "registry"):
        subprocess.run([sys.executable, f"docs/make_{page}.py"], cwd=tree, env=environment, check=True)
    tests = (
        "known_answers/test_patrols.py", "properties/test_business_as_usual.py", "unit/language/test_catalogue.py",
        "unit/config/test_levers.py", "unit/execution/test_every_key.py::test_every_key_changes_something",
        "test_architecture.py::test_the_front_door_is_what_the_reference_documents",
    )  # fmt: skip
    line = [sys.executable, "-m", "pytest", "-q", "-n", "0", *(f"tests/{name}" for name in tests)]
    done = subprocess.run(line, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.slow
def test_an_experiment_of_ones_own_runs_from_anywhere(root: Path, tmp_path: Path) -> None:
    assert len(follow(root / "docs" / "recipes" / "experiment.md", tmp_path)) == 3
    told = run(root, tmp_path, "reproduce", "early_exit", "--workers", "1", "--out", "out", "--update")
    assert "Do five more exit places" in told and "pass" in told
    assert (tmp_path / "early_exit" / "expected.json").is_file() and (tmp_path / "out" / "figure.png").is_file()


def test_contributing_names_every_recipe(root: Path) -> None:
    named = set(re.findall(r"docs/recipes/(\w+)\.md\]", (root / "CONTRIBUTING.md").read_text("utf-8")))
    assert named == {path.stem for path in (root / "docs" / "recipes").glob("*.md")}
