"""A programme that does nothing, and worlds with nothing to compare, go the whole way of every command and say why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gvi_sim.cli import main
from gvi_sim.language.catalogue import Words

SMALL = ("burn_in_years=0.5", "--seed", "1", "--workers", "1")
RUNS = ("--replicates", "44")  # enough draws for what drives the answer to be looked for
IDLE = {
    "no municipality": (("programme=no_municipality", "years=1"), "Without the municipality, no GVI in Huddinge"),
    "no programme": (("programme=none", "years=1"), "No programme runs in Huddinge"),
    "no coverage": (("programme.coverage=0", "years=1"), "its coverage is 0"),
    "starts after the end": (("programme.start_date=2031-05-01", "years=2"), "GVI starts in 2031, after the 2 years"),
}
EMPTY = {
    "no attacks": ("site.attacks_per_year=0", "years=1"),
    "one group": ("site.groups=1", "site.rivals_mean=0", "site.allies_mean=0", "years=1"),
    "everybody detained": (*(f"justice.clearance_{what}=1" for what in ("fatal", "hit", "no_hit")), "years=1"),
    "one year": ("years=1",),
    "all draws alike": ("years=1", "parameters=point"),
}


def told(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """What a command printed, on one line; an assertion when it failed."""
    code = main([*argv])
    seen = capsys.readouterr()
    assert code == 0, f"{argv}: exit code {code}: {seen.err}"
    return " ".join(seen.out.split())


def text_of(page: Path) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.read_text("utf-8")).split())


@pytest.mark.parametrize(
    "case", [case if case == "no municipality" else pytest.param(case, marks=pytest.mark.slow) for case in IDLE]
)
def test_a_programme_that_does_nothing_is_run_reported_and_explained(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, why = IDLE[case]
    assert why in told(capsys, "run", *words, *SMALL, *RUNS, "--out", str(tmp_path))
    page = text_of(tmp_path / "report.html")
    assert why in page and page.index(why) < page.index("The model says")
    told(capsys, "report", str(tmp_path), "--lang", "sv")
    assert Words("sv")("grade.same") in text_of(tmp_path / "report.html")


@pytest.mark.slow
@pytest.mark.parametrize("case", IDLE)
def test_every_other_command_says_why_as_well(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words, why = IDLE[case]
    out = [str(tmp_path / name) for name in ("parts", "sweep")]
    assert why in told(capsys, "attribute", *words, *SMALL, *RUNS, "--out", out[0])
    levels = "exit.offer_rate=0,0.5"
    assert why in told(capsys, "sweep", *words, levels, *SMALL, *RUNS, "--out", out[1])
    for folder in out:
        assert why in text_of(Path(folder) / "report.html")
        told(capsys, "verify", folder, "--sample", "1", "--seed", "1")
    told(capsys, "levers", "check", *words, *SMALL, "--replicates", "4")


@pytest.mark.slow
@pytest.mark.parametrize("case", EMPTY)
def test_worlds_with_nothing_to_compare_are_reported(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Traceback" not in told(capsys, "run", *EMPTY[case], *SMALL, *RUNS, "--out", str(tmp_path / "run"))
    told(capsys, "report", str(tmp_path / "run"), "--lang", "sv")
    told(capsys, "attribute", *EMPTY[case], *SMALL, *RUNS, "--out", str(tmp_path / "parts"))
    told(capsys, "sweep", *EMPTY[case], "exit.offer_rate=0,0.5", *SMALL, *RUNS, "--out", str(tmp_path / "sweep"))
