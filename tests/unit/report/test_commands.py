"""The commands that look closer, through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from gvi_sim.cli import main
from gvi_sim.errors import ScenarioError
from gvi_sim.execution import open_store
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
    assert main(["attribute", *FEW, *own, "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "police" in told and "but for it" in told and str(out) in told
    store = open_store(out)
    assert store.manifest["parts"]["help"] == ["exit.offer_rate=0", "programme.prevention=0"]
    assert set(store.read_table("attribution")["part"]) == {"police", "help", "rest", "total"}


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
