"""``python -m gvi_sim``: the same runs as a Hydra application."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def hydra(root: Path, here: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The application in an empty folder."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "gvi_sim", *words]
    return subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True, check=False)


def test_one_job_is_one_run_with_its_report(root: Path, tmp_path: Path) -> None:
    done = hydra(root, tmp_path, "years=1", "burn_in_years=0.5", "+replicates=3", "+seed=1", "+workers=1")
    assert done.returncode == 0, done.stderr
    (page,) = tmp_path.glob("outputs/*/*/gvi_sim/report.html")
    manifest = json.loads((page.parent / "manifest.json").read_text("utf-8"))
    assert (manifest["kind"], manifest["seed"], manifest["replicates"]) == ("comparison", 1, 3)
    assert manifest["arms"][1]["scenario"]["years"] == 1


def test_multirun_is_one_job_a_site(root: Path, tmp_path: Path) -> None:
    words = ("site=huddinge,orebro", "years=1", "burn_in_years=0.5", "+replicates=2", "+seed=1", "+workers=1")
    done = hydra(root, tmp_path, "--multirun", *words)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("multirun/*/*/*/gvi_sim/report.html"))) == 2


def test_an_experiment_is_one_whole_sweep(root: Path, tmp_path: Path) -> None:
    words = ("+experiment=certainty_by_exit", "years=1", "exit.offer_rate=0.5", "+replicates=2", "+seed=1")
    done = hydra(root, tmp_path, *words, "+workers=1")
    assert done.returncode == 0, done.stderr
    (manifest,) = tmp_path.glob("outputs/*/*/gvi_sim/manifest.json")
    assert json.loads(manifest.read_text("utf-8"))["kind"] == "sweep"


@pytest.mark.parametrize("word", ["exit.offer_rate=3", "programme.stop_date=2001-01-01"])
def test_a_mistake_ends_with_two_and_one_message(root: Path, tmp_path: Path, word: str) -> None:
    done = hydra(root, tmp_path, word, "+seed=1")
    assert done.returncode == 2
    assert word.partition("=")[0] in done.stderr and "Traceback" not in done.stderr
