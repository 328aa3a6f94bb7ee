"""Every reproduction with a tenth of its runs and other draws: does the model still give what was recorded?

Chance is known from the recorded Monte Carlo error, which many runs gave: a figure of R runs may lie
se * sqrt(1 + R0 / R) from the recorded one of R0. Beyond 4.42 of these (two-sided p below 10^-5) the figure is
tried once more with other draws and twice the runs; the test fails when both are beyond.
"""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest

from gvi_sim.experiment.recorded import EXPECTED, Recorded, read_recorded
from gvi_sim.experiment.reproduction import load_reproduction, reproduction_names
from gvi_sim.experiment.reproduction_run import FARTHEST, Outcome, Reproduced, reproduce

LEAST, SHARE = 4, 10
SEEDS = (20_270_401, 20_270_402)


def reduced(name: str | Path, attempt: int) -> Reproduced:
    runs = max(LEAST, load_reproduction(name).replicates // SHARE)
    return reproduce(name, replicates=runs * (attempt + 1), seed=SEEDS[attempt], workers=1)


def errors_away(outcome: Outcome, recorded: Recorded, replicates: int) -> float:
    before = recorded.figures[outcome.figure.name]
    apart = abs(outcome.found.value - before.value)
    if before.se == 0:
        return 0.0 if apart <= 1e-5 * abs(before.value) else math.inf
    return apart / (before.se * math.sqrt(1 + recorded.replicates / replicates))


def changed(name: str | Path, attempt: int = 0) -> set[str]:
    """Figures that are not what was recorded, in both attempts."""
    recorded = read_recorded(load_reproduction(name).folder)
    assert recorded is not None, f"{name} has no {EXPECTED}: gvi-sim reproduce {name} --update"
    made = reduced(name, attempt)
    assert {outcome.figure.name for outcome in made.outcomes} == set(recorded.figures)
    far = {o.figure.name for o in made.outcomes if not errors_away(o, recorded, made.replicates) < FARTHEST}
    return far & changed(name, attempt + 1) if far and attempt == 0 else far


QUICK = ("certainty_by_exit", "new_haven", "rivalry_hollenbeck", "baltimore_district", "chicago_factions")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in reproduction_names()]
)
def test_the_model_still_gives_what_was_recorded(name: str) -> None:
    assert changed(name) == set(), "if this is meant: gvi-sim reproduce NAME --update, and say so in CHANGELOG.md"


@pytest.mark.slow
def test_a_model_that_changed_is_seen(tmp_path: Path, root: Path) -> None:
    """The same experiment with a programme that deters nobody, in enough runs to tell, is not what was recorded."""
    shutil.copytree(root / "experiments" / "boston_gangs", tmp_path / "boston_gangs")
    config = tmp_path / "boston_gangs" / "config.yaml"
    off = "gates.deterrence_strength=0, gates.norm_strength=0, gates.pressure_strength=0"
    weak = f"gvi: [programme=gvi, {off}, programme.sanction_certainty=0]"
    text = config.read_text("utf-8").replace("gvi: [programme=gvi]", weak)
    config.write_text(text.replace("replicates: 100", "replicates: 300"))
    assert "treated" in changed(tmp_path / "boston_gangs")
