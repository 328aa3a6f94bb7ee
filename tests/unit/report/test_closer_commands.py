"""The commands that look closer, through the command line."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from gvi_sim import load_scenario
from gvi_sim.analysis.decomposition.attribution import Attribution
from gvi_sim.analysis.decomposition.lever_check import (
    CANNOT_TELL,
    NOBODY,
    NOTHING,
    OTHER,
    WORKS,
    WRONG,
    Checked,
    LeverCheck,
    Step,
)
from gvi_sim.analysis.inference.intervals import estimate
from gvi_sim.cli import main
from gvi_sim.cli.attribute import parts_of
from gvi_sim.config.levers import levers as declared
from gvi_sim.errors import ScenarioError
from gvi_sim.execution.storage.store import open_store
from gvi_sim.experiment.opening import open_result
from gvi_sim.experiment.reproduction import load_reproduction, reproduction_names
from gvi_sim.experiment.reproduction_run import from_recorded
from gvi_sim.language.catalogue import Words
from gvi_sim.report.drawing.reproduction_figure import reproduction_chart
from gvi_sim.report.plotting import plot
from gvi_sim.report.text.reproduction_text import overall_lines, terminal_lines

VERDICTS = {WORKS: 1.0, NOBODY: 0.0, NOTHING: 0.0, WRONG: 1.0, CANNOT_TELL: 1.0, OTHER: 1.0}
PLACES = ("Group Violence Intervention",)
FEW = ("site=huddinge", "years=2", "--replicates", "4", "--workers", "1", "--seed", "1", "--quiet")


@pytest.mark.slow
def test_attribute_prints_and_stores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "parts"
    own = (
        "--part",
        "police=programme.sanction_certainty=0",
        "--part",
        "help=exit.offer_rate=0;programme.prevention=0",
    )
    assert main(["attribute", *FEW[:-1], *own, "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "Police" in told.title() and "But for it" in told and str(out) in told
    assert main(["attribute", *FEW, *own, "--out", str(tmp_path / "quiet"), "--lang", "sv"]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'quiet' / 'report.html'}\n"
    store = open_store(out)
    assert store.manifest["parts"]["help"] == ["exit.offer_rate=0", "programme.prevention=0"]
    assert set(store.read_table("attribution")["part"]) == {"police", "help", "rest", "total"}


@pytest.mark.slow
def test_an_attribution_is_opened_reported_and_verified(tmp_path: Path, capsys, english_left) -> None:
    out = str(tmp_path / "parts")
    assert main(["attribute", *FEW, "--out", out]) == 0
    made = open_result(out)
    assert isinstance(made, Attribution) and made.seed == 1 and made.replicates == 4
    stored = open_store(out).read_table("attribution")
    assert stored.equals(made.table) and "4 paired runs of 2 years, seed 1" in made.text()
    assert main(["report", out, "--lang", "sv"]) == 0
    page = (tmp_path / "parts" / "report.html").read_text("utf-8")
    assert "Vilken del av GVI" in page and english_left(page) == []
    capsys.readouterr()
    assert main(["verify", out]) == 0
    told = capsys.readouterr().out
    assert main(["verify", out, "--lang", "sv"]) == 0
    assert english_left(capsys.readouterr().out.replace(out, "").replace("figures", "")) == []
    assert "equal" in told and "tables made again from the shards: certificates, attribution" in told
    assert made.certificates is not None and made.certificates["same_addresses"].all()
    assert "Parningsintyg" in (tmp_path / "parts" / "report.html").read_text("utf-8")
    assert plot(made).axes


def test_an_outcome_that_is_not_shared_out_writes_nothing(tmp_path: Path, capsys) -> None:
    out = tmp_path / "parts"
    assert main(["attribute", *FEW, "--outcome", "shotings", "--out", str(out)]) == 2
    assert "Nearest: shootings" in capsys.readouterr().err and not out.exists()


def test_levers_check_prints_a_line_a_lever(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["levers", "check", *FEW, "programme=none"]) == 0
    told = capsys.readouterr().out
    assert told.count("nobody eligible") == 12


@pytest.mark.slow
def test_levers_and_reproductions_speak_both_languages(capsys: pytest.CaptureFixture[str], english_left) -> None:
    steps = (Step(0.0, 9.0, estimate(np.array([9.0, 8.0]), np.array([9.0, 8.0])), math.nan),
             Step(1.0, 5.5, estimate(np.array([9.0, 8.0]), np.array([5.0, 6.0])), -2.0))  # fmt: skip
    levers = declared().values()
    found = [
        Checked(it, verdict, changed, 2.5, steps, (0.5,))
        for it in levers for verdict, changed in VERDICTS.items() if verdict != OTHER or it.because
    ]  # fmt: skip
    check = LeverCheck(load_scenario("site=malmo"), tuple(found), 1, 4)
    made = [from_recorded(load_reproduction(name)) for name in reproduction_names()]
    assert main(["reproduce", "--list", "--lang", "sv"]) == 0
    told = [*capsys.readouterr().out.splitlines(), *check.text("sv").splitlines()]
    for one in made:
        told += [*terminal_lines(Words("sv"), one), *overall_lines(Words("sv"), [one])]
        told += [text.get_text() for text in reproduction_chart(Words("sv"), one).texts]
    names = re.compile("|".join([*(f"^ *{name}" for name in reproduction_names()), *map(re.escape, PLACES)]))
    complaints = [(english_left(names.sub("", line)), line) for line in told]
    assert [found for found in complaints if found[0]] == [] and len(told) > 200
    assert not any(re.search(r"\d\.\d|\{", line) for line in told)
    assert "; against the declared direction at 0.5" in check.text()


@pytest.mark.parametrize("text", ["", "a", "=b=1", "a=", "a=b", "a=;"])
def test_parts_that_name_nothing_are_refused(text: str) -> None:
    with pytest.raises(ScenarioError, match="is no part"):
        parts_of([text])


def test_a_part_named_twice_is_refused() -> None:
    with pytest.raises(ScenarioError, match="is no part"):
        parts_of(["a=exit.offer_rate=0", "a=exit.places=0"])
