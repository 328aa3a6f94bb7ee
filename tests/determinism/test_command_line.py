"""The command line is the interface in other words: the same events and the same tables, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reference_scenarios import SEED, SWEEP

from gvi_sim import cli
from gvi_sim.analysis.decomposition.effect_decomposition import closer_of
from gvi_sim.analysis.pairs.effect import compare
from gvi_sim.config import load_scenario
from gvi_sim.experiment.design_files import design_from
from gvi_sim.experiment.sweep import sweep

WORDS = ("site=huddinge", "programme.sanction_certainty=0.6", "years=2", "burn_in_years=1")


def tables(folder: Path) -> dict[str, bytes]:
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("tables/**/*.*")}
    return found | {path.name: path.read_bytes() for path in folder.glob("*.yaml")}


def event_hash(folder: Path) -> str:
    return str(json.loads((folder / "manifest.json").read_text())["event_hash"])


@pytest.mark.slow
def test_a_run_is_compare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--replicates", "20", "--seed", str(SEED), "--out", str(tmp_path / "command"), "--quiet"]
    assert cli.main(["run", *WORDS, *options]) == 0
    scenario = load_scenario(*WORDS)
    usual = scenario.replace("programme.enabled=false")
    closer_of(compare(usual, scenario, replicates=20, seed=SEED, out=tmp_path / "call"))
    assert event_hash(tmp_path / "command") == event_hash(tmp_path / "call")
    assert tables(tmp_path / "command") == tables(tmp_path / "call")


@pytest.mark.slow
def test_a_sweep_is_sweep(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--replicates", "20", "--seed", str(SEED), "--out", str(tmp_path / "command"), "--quiet"]
    assert cli.main(["sweep", *SWEEP, *options]) == 0
    sweep(design_from(SWEEP), replicates=20, seed=SEED, out=tmp_path / "call")
    assert event_hash(tmp_path / "command") == event_hash(tmp_path / "call")
    assert tables(tmp_path / "command") == tables(tmp_path / "call")
