"""Every cell of a sweep has a certificate; a draw that is broken in one makes it fail, aloud."""

from __future__ import annotations

from collections import OrderedDict
from importlib import import_module
from pathlib import Path

import pytest

from gvi_sim.cli import main
from gvi_sim.execution import batch, open_store
from gvi_sim.execution.replicate import Engine
from gvi_sim.experiment import design_from
from gvi_sim.experiment.sweep import Sweep, sweep
from gvi_sim.experiment.verify import verify
from gvi_sim.report import write_report

WORDS = ["site=huddinge", "years=2", "burn_in_years=1", "start_date=2020-01-01", "programme.start_date=2020-09-01"]
AXES = ["programme.sanction_certainty=0,1", "site=huddinge,jarfalla"]
SWEEP = import_module("gvi_sim.experiment.sweep")


class BrokenWhereCertain(Engine):
    """A draw broken in some cells: with sanction certainty 1 every draw has another seed."""

    def run(self, seed, replicate):
        broken = self.scenario.programme_runs()[0] and self.scenario.programme.sanction_certainty == 1
        return super().run(seed + broken, replicate)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    return sweep(design_from([*WORDS[1:], *AXES]), out=tmp_path_factory.mktemp("s") / "out", seed=1, replicates=12,
                 workers=1)  # fmt: skip


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sweep:
    monkeypatch.setattr(batch, "_engines", OrderedDict())
    monkeypatch.setattr(SWEEP, "default_engine", lambda: BrokenWhereCertain)
    design = design_from([*WORDS, AXES[0]])
    return sweep(design, out=tmp_path / "out", seed=1, replicates=12, workers=1)


def test_every_cell_is_certified(sound: Sweep) -> None:
    table = sound.certificates
    assert len(table) == 4 and set(table["failed"]) == {""} and sound.failed == ()
    assert (table["runs"] == 10).all() and (table["zero_dose_runs"] == 10).all()
    assert table["identical_before_start"].all() and table["same_addresses"].all()
    assert (table["days_before_start"] > 0).all() and table["variance_ratio"].max() < 1
    assert table["label"].tolist() == [cell.label for cell in sound.design.cells]


def test_the_report_tells_it_and_verify_makes_it_again(sound: Sweep) -> None:
    text = write_report(sound, "en").read_text("utf-8")
    assert "Every one of 4 combinations was checked" in text and "cannot be used" not in text
    told = verify(sound.folder, sample=1, seed=1)
    assert told.equal and "certificates" in told.checked[-2]


def test_a_broken_cell_opens_report_screen_and_summary(broken: Sweep, capsys: pytest.CaptureFixture[str]) -> None:
    assert broken.failed == ("addresses", "start")
    assert broken.certificates["failed"].tolist() == ["", "start+addresses"]
    assert broken.summary().startswith("Warning: ")
    text = write_report(broken).read_text("utf-8")
    assert text.index("cannot be used") < text.index('id="answer"')
    from gvi_sim.report.terminal import screen
    from gvi_sim.report.words import Words
    from gvi_sim.report.write import view_of

    assert "cannot be used" in screen(Words("en"), view_of(broken)).split("\n\n")[0]


def test_a_sweep_from_the_command_line_is_certified(tmp_path: Path, capsys) -> None:
    out = tmp_path / "out"
    options = ["--replicates", "3", "--seed", "1", "--workers", "1", "--out", str(out), "--quiet"]
    assert main(["sweep", *WORDS, AXES[0], *options]) == 0
    assert len(open_store(out).read_table("certificates")) == 2
