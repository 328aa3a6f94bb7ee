"""The ranking of levers in the reader's language."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from gvi_sim.analysis import robustness
from gvi_sim.analysis.calibration import read_counts
from gvi_sim.analysis.rivals import Asked, calibration_seconds
from gvi_sim.analysis.robustness import Robustness, placed
from gvi_sim.cli import main
from gvi_sim.config import Scenario
from gvi_sim.errors import ScenarioError
from gvi_sim.report.robustness_text import levers_in_order
from gvi_sim.report.words import Words

LEVERS = ("contacts", "sanctions", "my own")
EN, SV = Words("en"), Words("sv")


def found(
    one: tuple[float, ...], other: tuple[float, ...], fits: tuple[bool, bool] = (True, True), *, has_record: bool = True
) -> Robustness:
    """Rankings under two rivals, in which levers prevent so much a run."""
    noise = np.random.default_rng(3).normal(0, 0.5, (2, 4, 100))
    values = 50 + noise + np.array([(0.0, *one), (0.0, *other)])[:, :, None]
    names = ("retaliation", "shared_shocks")
    return placed(names, LEVERS, values, dict(zip(names, fits, strict=True)), "shootings", has_record=has_record)


def test_ranks_are_told_in_words_of_the_reader() -> None:
    lines = levers_in_order(SV, found((9, 5, 1), (8, 4, 2))).splitlines()
    assert lines[0].startswith("Modellen säger: skjutningar som varje insats förhindrar")
    assert lines[1] == "  hämnd" and lines[5] == "  gemensamma störningar, ingen hämnd"
    assert lines[2].startswith("    1. Call-in och riktade samtal: +9,") and " till +9," in lines[2]
    assert lines[4].startswith("    3. my own: +")
    assert lines[-2].startswith("Rangordningen är robust") and "hämnd; gemensamma störningar" in lines[-2]
    assert "inte om osäkerheten i dess värden" in lines[-1]


def test_opposite_orders_and_open_ones_are_told() -> None:
    told = levers_in_order(EN, found((9, 5, 1), (4, 8, 1)))
    assert "NOT robust" in told and "Call-ins and notifications and Group sanctions" in told
    assert "INTE robust" in levers_in_order(SV, found((9, 5, 1), (4, 8, 1)))
    assert levers_in_order(EN, found((9, 5, 5), (9, 5, 5))).splitlines()[-2].startswith("Cannot tell")


def test_a_rival_that_does_not_fit_has_no_say_and_without_a_record_that_is_said() -> None:
    told = levers_in_order(EN, found((9, 5, 1), (4, 8, 1), (True, False)))
    assert "shared shocks, no retaliation (does not fit the record; has no say)" in told
    assert "is robust" in told and "ruled out" not in told
    assert "No explanation fits" in levers_in_order(EN, found((9, 5, 1), (4, 8, 1), (False, False)))
    assert "no explanation could be ruled out." in levers_in_order(EN, found((9, 5, 1), (8, 4, 2), has_record=False))


def test_the_command_answers_in_swedish(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("site=huddinge", "years=1", "burn_in_years=0.5")
    assert main(["robustness", *words, "--replicates", "3", "--seed", "2", "--workers", "1", "--lang", "sv"]) == 0
    told = capsys.readouterr().out
    assert told.count("Gruppsanktioner") >= 3 and "Inga registrerade dåd angavs" in told
    assert "None" not in told and "shared_shocks" not in told


# Attacks a month in one run of the model: Malmö in business as usual, four years.
MONTHS = (
    17, 7, 8, 11, 9, 13, 6, 7, 2, 7, 9, 12, 22, 9, 11, 8, 11, 11, 9, 11, 11, 9, 12, 11, 14, 8, 7, 15,
    12, 6, 10, 10, 10, 13, 6, 9, 9, 11, 9, 7, 5, 5, 5, 11, 15, 10, 9, 14,
)  # fmt: skip
COUNTS = "period,attacks\n" + "".join(
    f"{2015 + month // 12}-{month % 12 + 1:02d},{count}\n" for month, count in enumerate(MONTHS)
)
SHORT = ("site=huddinge", "years=1", "burn_in_years=0.5", "--replicates", "3", "--seed", "2", "--workers", "1")


def test_each_rival_is_calibrated_to_the_record_and_one_that_does_not_fit_has_no_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def calibrate(counts: object, *words: str, **options: object) -> SimpleNamespace:
        asked.append((words[-1], options["points"], options["recording"]))
        middle = {"site.attacks_per_year": 30.0}
        return SimpleNamespace(ensemble=SimpleNamespace(middle=lambda: middle), fits="shocks" not in words[-1])

    monkeypatch.setattr("gvi_sim.analysis.rivals.calibrate", calibrate)
    record = tmp_path / "counts.csv"
    record.write_text(COUNTS)
    assert main(["robustness", *SHORT, "--record", str(record), "--points", "4000", "--recording", "0.8",
                 "--confirm-small-cells"]) == 0  # fmt: skip
    assert asked == [(f"structure={name}", 4000, 0.8) for name in ("retaliation", "shared_shocks", "withdrawal")]
    told = capsys.readouterr().out
    assert "shared shocks, no retaliation (does not fit the record; has no say)" in told
    assert told.count("has no say") == 1 and "ruled out" not in told


def test_it_is_told_before_it_starts_how_long_all_of_it_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = SimpleNamespace(ensemble=SimpleNamespace(middle=lambda: {"site.attacks_per_year": 30.0}), fits=True)
    monkeypatch.setattr("gvi_sim.analysis.rivals.calibrate", lambda *_, **__: fake)
    record = tmp_path / "counts.csv"
    record.write_text(COUNTS)
    given = ["robustness", *SHORT, "--record", str(record), "--confirm-small-cells"]
    told: list[float] = []
    monkeypatch.setattr("gvi_sim.report.robustness_command.say_if_long", lambda _, seconds: told.append(seconds))
    for refused in (["--points", "10"], ["--replicates", "1"], ["--points", "90000000"], ["--workers", "0"]):
        assert main([*given, *refused]) == 2
    assert told == [], "nothing is told before a refusal"
    assert main([*given, "--points", "4000"]) == 0
    rivals = calibration_seconds(Asked(read_counts(record, confirm_small=True), SHORT[:3], 4000, workers=1))
    assert len(told) == 1 and rivals < told[0] < rivals + 10  # and a few runs to rank the levers
    assert main([*given, "--quiet"]) == 0
    assert len(told) == 1


def test_the_notice_names_time_and_compiling(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("gvi_sim.jit.is_compiled_before", lambda: False)
    monkeypatch.setattr("gvi_sim.report.commands.LONG", 0.0)
    assert main(["robustness", *SHORT]) == 0
    said = capsys.readouterr().err
    assert said.startswith("Compiling the engine") and said.count("This takes about") == 1


@pytest.mark.parametrize(
    ("lang", "rival", "unknown"),
    [
        ("en", "retaliation damped by fear (cannot be run at this level of attacks; has no say)", "is not known"),
        ("sv", "hämnd som dämpas av rädsla (går inte att köra vid den här nivån av dåd och räknas inte)", "är okänt"),
    ],
)
def test_a_rival_that_cannot_be_run_is_told_and_the_others_go_on(
    lang: str, rival: str, unknown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    without_fear(monkeypatch)
    assert main(["robustness", *SHORT, "--lang", lang]) == 0
    told = capsys.readouterr().out
    assert f"  {rival}" in told and unknown in told and told.count("    1. ") == 2


def without_fear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Withdrawal is given no reference constants."""
    found = robustness.reference_constants

    def constants(scenario: Scenario) -> object:
        if scenario.gates.withdrawal > 0:
            raise ScenarioError("no level of candidates gives so much.")
        return found(scenario)

    monkeypatch.setattr(robustness, "reference_constants", constants)


def test_when_none_fits_that_can_be_run_no_ranking_is_told() -> None:
    names = ("retaliation", "shared_shocks")
    values = 50 + np.random.default_rng(3).normal(0, 0.5, (2, 4, 100))
    fits = {**dict.fromkeys(names, False), "withdrawal": True}
    left = placed(names, LEVERS, values, fits, "shootings", has_record=True, not_run={"withdrawal": "why"})
    assert "No explanation both fits and can be run" in levers_in_order(EN, left)
    assert "Ingen förklaring både passar och går att köra" in levers_in_order(SV, left)


@pytest.mark.slow
def test_rivals_are_calibrated_for_real(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = tmp_path / "counts.csv"
    record.write_text(COUNTS)
    words = ("site=malmo", "calendar=flat", "--replicates", "3", "--seed", "3", "--workers", "1")
    assert main(["robustness", *words, "--record", str(record), "--confirm-small-cells"]) == 0
    told = capsys.readouterr().out
    assert "ruled out" not in told and told.count("    1. ") == 3
