"""What a plan will take: everything it spends its time on is counted, and the impossible is refused at once."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from benchmarks import speed as measuring
from gvi_sim.cli import main
from gvi_sim.config import load_scenario
from gvi_sim.execution.amounts import resource_estimate, run_counts, speed

SHORT = ("site=huddinge", "programme=gvi", "years=2", "burn_in_years=1")
ABSURD = (
    ("exit.usual_offer_rate_per_year=1000000", "exit.usual_offer_rate_per_year"),
    ("justice.other_arrest_rate_per_year=1000000", "justice.other_arrest_rate_per_year"),
    ("site.members=1000000", "site.members"),
    ("site.attacks_per_year=1000000", "site.attacks_per_year"),
    ("programme.audit_every_days=0.001", "programme.audit_every_days"),
    ("programme.notification.per_month=1000000", "programme.notification.per_month"),
)


@pytest.mark.parametrize(("word", "key"), ABSURD)
def test_the_absurd_is_refused_with_its_time_and_what_to_lower(
    word: str, key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["run", "years=100", word, "--replicates", "2000", "--out", str(out), "--quiet"]) == 2
    told = capsys.readouterr().err
    assert "would take about" in told and "memory" in told and key in told and "--yes" in told
    assert not out.exists()


def test_every_count_rises_with_what_it_counts() -> None:
    counts = run_counts.of_run(load_scenario(*SHORT))
    for word, name in (
        ("exit.usual_offer_rate_per_year=50", "offer"),
        ("justice.other_arrest_rate_per_year=50", "arrest"),
        ("membership.spell_years=0.1", "spell"),
        ("programme.audit_every_days=1", "audit"),
        ("programme.notification.per_month=100", "notification"),
        ("programme.call_in.every_days=3", "summons"),
        ("site.members=1000", "member_year"),
        ("site.attacks_per_year=200", "attack"),
    ):
        more = run_counts.of_run(load_scenario(*SHORT, word))
        assert getattr(more, name) > 2 * getattr(counts, name) >= 0, name
    assert run_counts.of_run(load_scenario(*SHORT, "membership.turnover=false")).spell == 0
    assert run_counts.of_run(load_scenario(*SHORT, "programme=none")).audit == 0


def test_nobody_is_summoned_twice_to_a_meeting() -> None:
    crowd = [run_counts.of_run(load_scenario(*SHORT, f"programme.call_in.summoned={count}")) for count in (200, 5000)]
    assert crowd[0] == crowd[1]


def test_the_seconds_are_times() -> None:
    assert all(math.isfinite(each) and each >= 0 for each in speed.SECONDS) and speed.SECONDS.run > 0


def test_pilots_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    usual, often = (load_scenario(*SHORT, f"exit.usual_offer_rate_per_year={rate}") for rate in (0.01, 1e6))
    assert resource_estimate.pilot_seconds(usual) < 60 < 3600 < resource_estimate.pilot_seconds(often)


def test_the_measuring_finds_what_times_are_made_of() -> None:
    rng = np.random.default_rng(1)
    counts = rng.uniform(0, 1000, (60, len(run_counts.Work._fields)))
    truth = np.linspace(1e-7, 2e-6, len(run_counts.Work._fields))
    found = measuring.fitted(counts, counts @ truth)
    assert np.allclose(found, truth, rtol=5e-3)


def test_what_was_measured_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "speed.py"
    copy.write_text(Path(speed.__file__).read_text("utf-8"), "utf-8")
    monkeypatch.setattr(measuring, "TARGET", copy)
    measuring.write(speed.SECONDS)
    assert copy.read_text("utf-8") == Path(speed.__file__).read_text("utf-8")
    measuring.write(speed.SECONDS._replace(offer=0.125))
    assert "offer=0.125," in copy.read_text("utf-8")
    copy.write_text("nothing")
    with pytest.raises(SystemExit, match="holds no"):
        measuring.write(speed.SECONDS)
