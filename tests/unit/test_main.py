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
    done = hydra(root, tmp_path, "years=1", "burn_in_years=0.5", "+replicates=4", "+seed=1", "+workers=1")
    assert done.returncode == 0, done.stderr
    (page,) = tmp_path.glob("outputs/*/*/gvi_sim/report.html")
    manifest = json.loads((page.parent / "manifest.json").read_text("utf-8"))
    assert (manifest["kind"], manifest["seed"], manifest["replicates"]) == ("comparison", 1, 4)
    assert manifest["arms"][1]["scenario"]["years"] == 1


@pytest.mark.slow
def test_multirun_is_one_job_a_site(root: Path, tmp_path: Path) -> None:
    typed = ("site=Huddinge,örebro", "site.population = 9e4")
    words = ("years=1", "burn_in_years=0.5", "+replicates=2", "+seed=1", "+workers=1")
    done = hydra(root, tmp_path, "--multirun", *typed, *words)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("multirun/*/*/*/gvi_sim/report.html"))) == 2
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines] == ["0", "1"], done.stdout
    assert all("site.population=90000" in line and line.endswith("report.html") for line in lines)


@pytest.mark.slow
def test_an_experiment_is_one_whole_sweep(root: Path, tmp_path: Path) -> None:
    words = ("+experiment=certainty_by_exit", "years=1", "exit.offer_rate=0.5", "+replicates=2", "+seed=1")
    done = hydra(root, tmp_path, *words, "+workers=1")
    assert done.returncode == 0, done.stderr
    (manifest,) = tmp_path.glob("outputs/*/*/gvi_sim/manifest.json")
    assert json.loads(manifest.read_text("utf-8"))["kind"] == "sweep"


def test_words_are_checked_and_spelt_before_hydra_sees_them() -> None:
    """Hydra's own grammar and messages are for nobody; what it gets it can read, and means the same."""
    from hydra.core.override_parser.overrides_parser import OverridesParser

    from gvi_sim.__main__ import as_hydra_reads
    from gvi_sim.config.overrides import parse_override
    from gvi_sim.errors import ScenarioError

    typed = {
        "site=Göteborg": "site=goteborg", "years=0,5": "years=0.5", "exit.acceptance=70%": "exit.acceptance=0.7",
        "site.name=Malmö 'x' stad": r"site.name='Malmö \'x\' stad'", "start_date=2022-04": "start_date=2022-04-01",
        "strict=ja": "strict=true", "programme.stop_date=null": "programme.stop_date=null",
        "site.shootings_per_year=6": "+site.shootings_per_year=6", "replicates = 20": "+replicates=20",
        "calendar.season=[]": "calendar.season=[]", "sites={malmo: {}}": "sites={malmo: {}}",
    }  # fmt: skip
    for word, wanted in typed.items():
        spelt = as_hydra_reads(word, several=False)
        assert spelt == wanted
        read = OverridesParser.create().parse_override(spelt).value()
        assert (
            spelt[0] == "+"
            or parse_override(spelt)[1].value == parse_override(word)[1].value
            or str(read) == spelt.partition("=")[2]
        )
    assert as_hydra_reads("site=Örebro,malmö", several=True) == "site=orebro,malmo"
    assert as_hydra_reads("years=1,5", several=True) == "years=1,5"
    for word in ("+replicates=2,3", "years=[1", "foo=1", "+bar=1", "sites.malmo.years=1", "site=malmo,orebro"):
        with pytest.raises(ScenarioError):
            as_hydra_reads(word, several=False)


@pytest.mark.parametrize("word", ["exit.offer_rate=3", "programme.stop_date=2001-01-01"])
def test_a_mistake_ends_with_two_and_one_message(root: Path, tmp_path: Path, word: str) -> None:
    done = hydra(root, tmp_path, word, "+seed=1")
    assert done.returncode == 2
    assert word.partition("=")[0] in done.stderr and "Traceback" not in done.stderr
