"""Reproductions: what may stand in the files, verdicts, what is recorded, the command's exit code."""

from __future__ import annotations

import json
import math
import re
import runpy
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gvi_sim.analysis.estimand import Measured
from gvi_sim.cli import main
from gvi_sim.errors import EvidenceError, ScenarioError
from gvi_sim.experiment.design_files import experiment_names
from gvi_sim.experiment.recorded import EXPECTED, drift, read_recorded, write_recorded
from gvi_sim.experiment.reproduction import Figure, load_reproduction, reproduction_names
from gvi_sim.experiment.reproduction_run import ENTERED, FAILED, ONLY_RECORDED, PASSED, Outcome, from_recorded

ISSUED = {
    "boston_gangs", "new_haven", "chicago_factions", "baltimore_district", "malmo_rollout", "orebro_funnel",
    "contagion_chicago", "philadelphia_counts", "boston_counts", "rivalry_hollenbeck", "concentration",
    "spillover_ties", "sanction_capacity", "certainty_by_exit",
}  # fmt: skip
CONFIG = """question: Fewer?
replicates: 6
seed: 3
base: [site=huddinge, years=1, burn_in_years=1]
arms:
  usual: [programme=none]
  gvi: [programme=gvi]
"""
FIGURE = """fewer:
  about: Shootings.
  estimand: change
  with: {base: usual, scenario: gvi}
  unit: relative change
  published: -0.3
  accept: [-1, 5]
  because: Wide.
  sources: [EF-12]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small reproduction that passes."""
    made = tmp_path / "small"
    made.mkdir()
    (made / "config.yaml").write_text(CONFIG)
    (made / "published.yaml").write_text(FIGURE)
    (made / "question.md").write_text("# Fewer?\n")
    return made


def test_what_was_asked_for_is_there() -> None:
    assert ISSUED <= set(reproduction_names())
    assert experiment_names() == ("certainty_by_exit",)


@pytest.mark.parametrize("name", reproduction_names())
def test_a_shipped_one_has_a_question_before_the_run_and_a_recording(name: str) -> None:
    reproduction = load_reproduction(name)
    text = (reproduction.folder / "question.md").read_text("utf-8")
    assert reproduction.question.split()[0] in text
    assert re.search(r"\*\*(Expected before the run|What the evidence leads one to expect)", text)
    made = from_recorded(reproduction)
    assert made.seed == reproduction.seed and made.replicates == reproduction.replicates
    for outcome in made.outcomes:
        assert math.isfinite(outcome.found.value), outcome.figure.name
        assert outcome.verdict != FAILED or len(outcome.figure.why) > 100, f"{outcome.figure.name} fails: say why"


def test_the_page_of_the_docs_is_what_was_recorded(root: Path) -> None:
    page = runpy.run_path(str(root / "docs" / "make_reproductions.py"))["render"]()
    assert (root / "docs" / "reproductions.md").read_text("utf-8") == page, "run: python docs/make_reproductions.py"
    outcomes = [o for name in reproduction_names() for o in from_recorded(load_reproduction(name)).outcomes]
    failing = sum(outcome.verdict == FAILED for outcome in outcomes)
    assert page.count("*Why ") == page.count("| FAIL |") == failing


BROKEN = (
    ("estimand: change", "estimand: chnge", "there is no estimand 'chnge'. Nearest: change"),
    ("base: usual", "bse: usual", "has no option 'bse'. Nearest: base"),
    ("scenario: gvi", "scenario: gvii", "names the arm 'gvii'.*Nearest: gvi"),
    ("accept: [-1, 5]", "accept: [5, -1]", "low must be below high"),
    ("accept: [-1, 5]", "accept: 5", "must be \\[low, high\\]"),
    ("because: Wide.", "becaus: Wide.", "there is no key 'becaus'. Nearest: because"),
    ("  unit: relative change\n", "", "has no unit"),
    ("sources: [EF-12]", "sources: []", "names no source"),
    ("published: -0.3", "published: much", "must be a number or null"),
    (
        "because: Wide.",
        "because: Wide.\n  why: It is {fewr.value}.",
        "'{fewr.value}'.* Nearest: fewer.*there are fewer",
    ),
    ("because: Wide.", "because: Wide.\n  why: It is {fewer.found}.", "'{fewer.found}', which is no figure"),
    ("because: Wide.", "because: Wide.\n  why: It is {}.", "why has '{}', which is no figure"),
)


@pytest.mark.parametrize(("good", "bad", "message"), BROKEN)
def test_what_is_wrong_in_published_yaml_is_named(folder: Path, good: str, bad: str, message: str) -> None:
    (folder / "published.yaml").write_text(FIGURE.replace(good, bad))
    with pytest.raises(ScenarioError, match=message):
        load_reproduction(folder)


def test_a_source_must_be_one_of_the_registry(folder: Path) -> None:
    (folder / "published.yaml").write_text(FIGURE.replace("EF-12", "EF-122"))
    with pytest.raises(EvidenceError, match="Nearest: EF-12"):
        load_reproduction(folder)


@pytest.mark.parametrize(
    ("good", "bad", "message"),
    [
        ("arms:\n  usual: [programme=none]\n  gvi: [programme=gvi]\n", "arms: {}\n", "at least one label"),
        ("[programme=none]", "programme=none", "must be a list of overrides"),
        ("seed: 3", "sed: 3", "Nearest: seed"),
        ("replicates: 6", "replicates: 1", "at least 2"),
    ],
)
def test_what_is_wrong_in_config_yaml_is_named(folder: Path, good: str, bad: str, message: str) -> None:
    (folder / "config.yaml").write_text(CONFIG.replace(good, bad))
    with pytest.raises(ScenarioError, match=message):
        load_reproduction(folder)


def test_an_unknown_one_is_refused_with_the_nearest() -> None:
    with pytest.raises(ScenarioError, match="Nearest: boston_gangs"):
        load_reproduction("boston_gang")


def outcome(value: float, low: float | None, high: float | None) -> Outcome:
    figure = Figure("f", "", "change", {}, "", None, low, high, "", (), "", "")
    return Outcome(figure, Measured(value, 0.1, 50), None)


@pytest.mark.parametrize(
    ("value", "low", "high", "verdict", "outside"),
    [
        (0.5, 0.0, 1.0, PASSED, 0.0),
        (1.5, 0.0, 1.0, FAILED, 0.5),
        (-2.0, 0.0, None, FAILED, -2.0),
        (1.0, None, 1.0, PASSED, 0.0),
        (9.0, None, None, ONLY_RECORDED, 0.0),
    ],
)
def test_verdicts(value: float, low: float | None, high: float | None, verdict: str, outside: float) -> None:
    found = outcome(value, low, high)
    assert (found.verdict, found.outside) == (verdict, pytest.approx(outside))


def test_an_entered_number_that_comes_back_does_not_count_and_one_that_does_not_fails() -> None:
    entered = Figure("f", "", "change", {}, "", None, 0.0, 1.0, "", (), "programme.coverage", "")
    back, lost = (Outcome(entered, Measured(value, 0.1, 50), None) for value in (0.5, 1.5))
    assert (back.verdict, lost.verdict) == (ENTERED, FAILED)
    made = load_reproduction("rivalry_hollenbeck")
    assert {figure.name for figure in made.figures if figure.returns} == {"rivals", "density"}
    assert from_recorded(made).inside == (6, 6)


def test_what_a_figure_returns_is_a_parameter(folder: Path) -> None:
    text = FIGURE.replace("because: Wide.", "because: Wide.\n  returns: programme.coverge")
    (folder / "published.yaml").write_text(text)
    with pytest.raises(EvidenceError, match=r"Nearest: programme\.coverage"):
        load_reproduction(folder)


def test_no_value_is_a_failure_and_the_edge_is_close() -> None:
    assert outcome(math.nan, 0, 1).verdict == FAILED
    assert outcome(0.95, 0, 1).is_close and not outcome(0.5, 0, 1).is_close


def test_what_is_recorded_comes_back_and_drift_is_in_standard_errors(tmp_path: Path) -> None:
    write_recorded(tmp_path, 7, {"f": Measured(0.25, 0.03, 50)})
    back = read_recorded(tmp_path)
    assert back is not None and (back.seed, back.replicates, back.figures["f"]) == (7, 50, Measured(0.25, 0.03, 50))
    assert drift(Measured(0.5, 0.04, 50), back.figures["f"]) == pytest.approx(5.0)
    assert drift(Measured(1.0, 0.0, 5), Measured(1.0, 0.0, 50)) == 0.0
    assert drift(Measured(1.1, 0.0, 5), Measured(1.0, 0.0, 50)) == math.inf
    (tmp_path / EXPECTED).write_text('{"figures": 3}')
    with pytest.raises(ScenarioError, match="is damaged"):
        read_recorded(tmp_path)


def test_the_command_passes_records_on_purpose_and_fails(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder.parent / "out"
    assert main(["reproduce", str(folder), "--out", str(out), "--workers", "1"]) == 0
    assert "pass" in capsys.readouterr().out and not (folder / EXPECTED).exists()
    stored = json.loads((out / "reproduction.json").read_text())
    assert stored["passed"] and stored["figures"][0]["verdict"] == "pass" and stored["seed"] == 3
    assert (out / "figure.png").stat().st_size > 10_000 and (out / "figures.csv").is_file()
    assert (out / "arms" / "gvi" / "manifest.json").is_file() and (out / "question.md").is_file()
    assert main(["reproduce", str(folder), "--out", str(folder.parent / "b"), "--update", "--workers", "1"]) == 0
    assert (folder / EXPECTED).is_file()
    (folder / "published.yaml").write_text(FIGURE.replace("[-1, 5]", "[4, 5]"))
    assert main(["reproduce", str(folder), "--out", str(folder.parent / "c"), "--workers", "1"]) == 1
    assert "too low" in capsys.readouterr().out


def test_a_model_that_changed_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_recorded(folder, 3, {"fewer": Measured(40.0, 0.01, 50)})
    main(["reproduce", str(folder), "--out", str(folder.parent / "out"), "--workers", "1"])
    assert "The model has changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "--all and no name"),
        (["boston_gangs", "--all"], "--all and no name"),
        (["boston_gangs", "--update", "--seed", "3"], "leave out"),
        (["bostn_gangs"], "Nearest: boston_gangs"),
    ],
)
def test_bad_commands_are_the_users_mistake(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", *words]) == 2
    assert message in capsys.readouterr().err


def test_the_list_shows_every_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", "--list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(reproduction_names())


def test_arms_that_no_figure_reads_are_not_run(folder: Path) -> None:
    config = (folder / "config.yaml").read_text() + "  idle: [programme=gvi, years=9]\n"
    (folder / "config.yaml").write_text(config)
    assert load_reproduction(folder).arms_needed == ("usual", "gvi")
    cells = load_reproduction("certainty_by_exit")
    assert len(cells.arms) == 26 and 5 < len(cells.arms_needed) < 12


def test_a_copy_elsewhere_records_there(tmp_path: Path, root: Path) -> None:
    shutil.copytree(root / "experiments" / "orebro_funnel", tmp_path / "orebro_funnel")
    made = from_recorded(load_reproduction(tmp_path / "orebro_funnel"))
    (tmp_path / "orebro_funnel" / EXPECTED).unlink()
    assert replace(made).record() == tmp_path / "orebro_funnel" / EXPECTED
