"""Every cell of a sweep has a certificate; a draw that is broken in one makes it fail, aloud."""

from __future__ import annotations

from collections import OrderedDict
from importlib import import_module
from pathlib import Path

import pytest

from gvi_sim.cli import main
from gvi_sim.execution.planning import batch
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.execution.storage.store import open_store
from gvi_sim.experiment.design_files import design_from
from gvi_sim.experiment.sweep import Sweep, sweep
from gvi_sim.experiment.verify import verify
from gvi_sim.report.write import write_report

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


def test_every_cell_is_certified(sound: Sweep) -> None:
    table = sound.certificates
    assert len(table) == 4
    assert (table["runs"] == 10).all() and (table["zero_dose_runs"] == 10).all()
    assert table["identical_before_start"].all() and table["same_addresses"].all()
    assert (table["days_before_start"] > 0).all() and table["variance_ratio"].max() < 1
    assert table["label"].tolist() == [cell.label for cell in sound.design.cells]


@pytest.mark.slow
def test_the_report_tells_it_and_verify_makes_it_again(sound: Sweep) -> None:
    text = write_report(sound, "en").read_text("utf-8")
    assert "Every one of 4 combinations was checked" in text and "cannot be used" not in text
    told = verify(sound.folder, sample=1, seed=1)
    assert told.equal and "certificates" in told.checked[-2]


def test_a_broken_cell_is_refused_and_nothing_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """By construction no number of a pairing that fails can be told: no table, no figure, no report, exit 1."""
    monkeypatch.setattr(batch, "_engines", OrderedDict())
    monkeypatch.setattr(SWEEP, "default_engine", lambda: BrokenWhereCertain)
    out = tmp_path / "out"
    options = ["--replicates", "12", "--seed", "1", "--workers", "1", "--out", str(out)]
    assert main(["sweep", *WORDS, AXES[0], *options]) == 1
    told = capsys.readouterr()
    assert told.out.splitlines() == ["programme.sanction_certainty: 2 values, 0, 1"]  # what was read, and no answer
    assert "does not hold: attacks differ" in told.err and "no table is written" in told.err
    assert not [*out.glob("tables/*.*"), *out.glob("figures/*"), *out.glob("*.html")]


@pytest.mark.slow
def test_a_sweep_from_the_command_line_is_certified(tmp_path: Path, capsys) -> None:
    out = tmp_path / "out"
    options = ["--replicates", "3", "--seed", "1", "--workers", "1", "--out", str(out), "--quiet"]
    assert main(["sweep", *WORDS, AXES[0], *options]) == 0
    assert len(open_store(out).read_table("certificates")) == 2
