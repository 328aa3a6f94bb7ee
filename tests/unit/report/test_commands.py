"""The commands that look closer, through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from gvi_sim.analysis import Attribution
from gvi_sim.cli import main
from gvi_sim.errors import ScenarioError
from gvi_sim.execution import open_store
from gvi_sim.experiment import open_result
from gvi_sim.report import plot
from gvi_sim.report.commands import parts_of

FEW = ("site=huddinge", "years=2", "--replicates", "4", "--workers", "1", "--seed", "1", "--quiet")


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


def test_an_attribution_is_opened_reported_and_verified(tmp_path: Path, capsys) -> None:
    out = str(tmp_path / "parts")
    assert main(["attribute", *FEW, "--out", out]) == 0
    made = open_result(out)
    assert isinstance(made, Attribution) and made.seed == 1 and made.replicates == 4
    stored = open_store(out).read_table("attribution")
    assert stored.equals(made.table) and "Huddinge, 2 years, 4 paired runs, seed 1" in made.summary()
    assert main(["report", out, "--lang", "sv"]) == 0
    assert "Vilken del av GVI" in (tmp_path / "parts" / "report.html").read_text("utf-8")
    capsys.readouterr()
    assert main(["verify", out]) == 0
    told = capsys.readouterr().out
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
    assert told.count("nobody eligible") == 13


@pytest.mark.parametrize("text", ["", "a", "=b=1", "a=", "a=b", "a=;"])
def test_parts_that_name_nothing_are_refused(text: str) -> None:
    with pytest.raises(ScenarioError, match="is no part"):
        parts_of([text])


def test_a_part_named_twice_is_refused() -> None:
    with pytest.raises(ScenarioError, match="is no part"):
        parts_of(["a=exit.offer_rate=0", "a=exit.places=0"])
