"""A lever in a file of its user's: paired, kept by name and hash, asked for again."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from gvi_sim.analysis.pairs.effect import compare
from gvi_sim.cli import main
from gvi_sim.config import load_scenario
from gvi_sim.errors import ScenarioError
from gvi_sim.model.lever_file import lever_from
from gvi_sim.simulate import simulate

CODE = """
from __future__ import annotations
import math
from dataclasses import dataclass


@dataclass
class Roundup:
    day: float = 60.0
    share: float = 0.9

    def next_time(self, t):
        return self.day if t <= self.day else math.inf

    def apply(self, model, t):
        for person in model.persons:
            if person.status == "free" and model.draw("roundup", person.row) < self.share:
                person.detain(200.0)


late = Roundup(day=250.0)
class Needy(Roundup):
    def __init__(self, day): ...
class Fails(Roundup):
    def apply(self, model, t):
        raise KeyError("mine")
"""
SMALL = ("site=malmo", "years=1", "burn_in_years=0.5")
RUN = ("--replicates", "4", "--seed", "3", "--workers", "1")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "own" / "roundup.py"
    path.parent.mkdir()
    path.write_text(CODE, "utf-8")
    return path


@pytest.mark.slow
def test_the_base_is_as_without_it_and_the_scenario_until_it_acts(file: Path) -> None:
    usual, lever = load_scenario(*SMALL, "programme=none"), lever_from(f"{file}:Roundup")
    effect = compare(usual, usual, levers=[lever], replicates=20, seed=3, workers=2)
    plain = simulate(usual, replicates=20, seed=3, workers=1)
    assert effect.base.event_hash == plain.event_hash != effect.scenario.event_hash
    before = [runs.attacks.query("day < 60")[["run", "day", "candidate"]] for runs in (plain, effect.scenario)]
    assert len(before[0]) and np.array_equal(*before)
    found = effect.certificate
    assert found.start_day == 60.0 <= (found.first_difference_day or 0.0) and not found.failed
    assert effect.differences("person_years_detained").mean() > 5
    assert effect.ledger["status"].isin(["averted", "created"]).any()
    alone = compare(usual, usual, levers=[lever], replicates=20, seed=3, workers=1)
    assert alone.scenario.event_hash == effect.scenario.event_hash
    again = pickle.loads(pickle.dumps(lever))  # noqa: S301 - made on the spot
    assert again.sha256 == lever.sha256 and again.name == "roundup.py:Roundup"
    file.write_text(CODE.replace("200.0", "100.0"), "utf-8")
    with pytest.raises(ScenarioError, match="was changed while it ran"):
        pickle.loads(pickle.dumps(lever))  # noqa: S301 - made on the spot


@pytest.mark.slow
def test_every_command_takes_it_and_verify_asks_for_the_same(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lever, other = ("--lever", "own/roundup.py:Roundup"), file.with_name("other.py")
    other.write_text(CODE.replace("0.9", "0.8"), "utf-8")
    commands = {
        "run": ("run", *SMALL),
        "sweep": ("sweep", *SMALL, "programme.sanction_certainty=0,1"),
        "attribute": ("attribute", *SMALL, "--part", "help=exit.offer_rate=0"),
    }
    for name, words in commands.items():
        assert main([*words, *RUN, *lever, "--out", name]) == 0
        assert "roundup.py:Roundup" in capsys.readouterr().out
        manifest = json.loads(Path(name, "manifest.json").read_text("utf-8"))
        assert [told["name"] for told in manifest["levers"]] == ["roundup.py:Roundup"] and manifest["rebuildable"]
        assert str(file.parent) not in "".join(path.read_text("utf-8") for path in Path(name).glob("*.[hjt]*"))
        assert "roundup.py:Roundup" in Path(name, "report.html").read_text("utf-8")
        for again in (("verify", name, "--sample", "1"), ("rerun", name, "--out", f"{name}-again")):
            for given in ((), ("--lever", f"{other}:Roundup"), ("--lever", f"{file}:late")):
                assert main([*again, *given]) == 2
                assert "Give the" in capsys.readouterr().err
            assert main([*again, *lever]) == 0, capsys.readouterr().out
    assert main(["run", "--scenario", "run/manifest.json", "--out", "third"]) == 2
    assert main(["verify", "run", "--sample", "0", *lever, *lever]) == 2
    assert not Path("third").exists() and not list(file.parent.glob("__pycache__"))
    assert main([*commands["run"], *RUN, *lever, "--out", "run", "--lang", "sv"]) == 0  # gone on with: the same file
    assert "En insats som användaren själv har skrivit" in Path("run", "report.html").read_text("utf-8")


def test_what_is_no_lever_is_refused_before_anything_is_written(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.with_name("broken.py").write_text("x = 1\nboom\n", "utf-8")
    refused = {
        "own/roundup.py": "does not name a lever",
        "own/roundup.txt:Roundup": "does not name a lever",
        "own/gone.py:Roundup": "no file",
        "own/roundup.py:Roundpu": "Nearest: Roundup",
        "own/roundup.py:Needy": "called without arguments",
        "own/roundup.py:math": "has no next_time()",
        "own/broken.py:Roundup": "NameError: name 'boom' is not defined (broken.py, line 2)",
    }
    for given, said in refused.items():
        assert main(["run", *SMALL, *RUN, "--lever", given, "--out", "out"]) == 2
        assert said in capsys.readouterr().err
    assert not Path("out").exists()
    assert main(["run", *SMALL, *RUN, "--lever", "own/roundup.py:Fails", "--out", "out"]) == 2
    assert "roundup.py:Fails.apply failed on day 60: KeyError: 'mine' (roundup.py, line 26)" in capsys.readouterr().err
