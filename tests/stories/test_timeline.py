"""Four stories of programmes that change on the way, each through every door.

The municipality leaves after two years; exit places are five from the start instead of twelve; a pause of eighteen
months and a restart; sanctions at a time from one to three in 2026.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gvi_sim as gvi
from gvi_sim import Scenario, load_scenario
from gvi_sim.analysis.pairs.components import without
from gvi_sim.analysis.pairs.effect_text import timeline_text
from gvi_sim.cli import main
from gvi_sim.errors import ScenarioError
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.experiment.design_files import design_from
from gvi_sim.experiment.sweep import sweep
from gvi_sim.language.catalogue import Words
from gvi_sim.world.tables import SERIES

BASE = (
    "site=malmo", "start_date=2022-01-01", "programme.start_date=2022-07-01", "years=8", "burn_in_years=2",
    "exit.places=12", "exit.offer_rate=0.8", "programme.sanction.capacity=1", "programme.sanction_certainty=0.9",
)  # fmt: skip
MUNICIPALITY, PAUSE, CAPACITY = "the municipality leaves", "a pause and a restart", "more sanctions at a time"


def timeline(story: str, later: int = 0) -> list[dict[str, Any]]:
    """The changes of a dated story, ``later`` years later than it is told."""
    day = dt.date
    return {
        MUNICIPALITY: [{"date": day(2024 + later, 7, 1), "partners.municipality.signed": False}],
        PAUSE: [
            {"date": day(2024 + later, 1, 1), "programme.enabled": False},
            {"date": day(2025 + later, 7, 1), "programme.enabled": True},
        ],
        CAPACITY: [{"date": day(2026 + later, 1, 1), "programme.sanction.capacity": 3}],
    }[story]


def of(story: str, later: int = 0) -> Scenario:
    return load_scenario(*BASE).replace({"timeline": timeline(story, later)})


SLOW = pytest.mark.slow


@pytest.mark.slow
@pytest.mark.parametrize("story", [PAUSE, pytest.param(MUNICIPALITY, marks=SLOW), pytest.param(CAPACITY, marks=SLOW)])
def test_no_event_differs_before_the_date_by_any_door(
    story: str, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    """Scenario file and command, report in Swedish, sweep, comparison in Python, and the model of single days."""
    monkeypatch.chdir(tmp_path)
    plain, dated = load_scenario(*BASE), of(story)
    day = float((dated.timeline[0].date - dated.start_date).days)
    Path("mine.yaml").write_text(dated.to_yaml(), "utf-8")
    how = ["parameters=point", "--replicates", "4", "--seed", "3", "--workers", "1", "--lang", "sv"]
    assert main(["run", "--scenario", "mine.yaml", *how, "--out", "out"]) == 0
    stage = dated.timeline[0].date.isoformat()
    assert f"från {stage}" in capsys.readouterr().out and f"från {stage}" in Path("out/report.html").read_text("utf-8")
    assert "GVI ändras" in Path("out/figures/fan.svg").read_text("utf-8")
    assert "GVI ändras" in Path("out/figures/years.svg").read_text("utf-8")
    ours, theirs = (
        gvi.simulate(one, replicates=4, seed=3, workers=1, parameters="point", keep={"attacks"})
        for one in (dated, plain)
    )
    a, b = ours.table("attacks"), theirs.table("attacks")
    before = [table[table["day"] < day].reset_index(drop=True) for table in (a, b)]
    assert before[0][["run", "day", "attacker_group"]].equals(before[1][["run", "day", "attacker_group"]])
    assert len(a) != len(b) or not a["day"].equals(b["day"])
    effect = gvi.compare(plain.replace("programme=none"), dated, replicates=4, seed=3, workers=1, parameters="point")
    assert effect.scenario.outcomes["shootings"].tolist() == ours.outcomes["shootings"].tolist()
    assert f"from {stage} " in " ".join(effect.text().split())
    cells = sweep(design_from([*BASE, f"timeline={_typed(dated)}", "exit.acceptance=0.1,0.3"]),
                  replicates=2, seed=3, workers=1, parameters="point", out="cells")  # fmt: skip
    assert len(cells.design.cells) == 2
    model = gvi.GVIModel(dated, seed=3)
    model.run_for(day + 400.0)
    assert model.table("attacks")["day"].tolist() == a.loc[(a["run"] == 0) & (a["day"] <= day + 400.0), "day"].tolist()


def _typed(scenario: Scenario) -> str:
    rows = scenario.to_dict()["timeline"]
    written = [", ".join(f"{key}: {str(value).lower()}" for key, value in row.items()) for row in rows]
    return "[" + ", ".join(f"{{{row}}}" for row in written) + "]"


@pytest.mark.parametrize("lang", ["en", "sv"])
def test_a_date_after_the_window_is_said_to_change_nothing(lang: str) -> None:
    words, stages = Words(lang), of(CAPACITY).timeline
    day = stages[0].date
    start = day - dt.timedelta(days=400)
    inside, outside = (timeline_text(words, "Malmö", stages, start, years) for years in (2.0, 1.0))
    late = words("timeline.change.late", day=day.isoformat(), values="").partition("(")[2]
    assert late not in inside and late in outside


def test_an_axis_that_the_timeline_changes_is_refused(tmp_path: Path) -> None:
    words = [*BASE, f"timeline={_typed(of(CAPACITY))}", "programme.sanction.capacity=1,2"]
    with pytest.raises(ScenarioError, match="is an axis and the timeline changes it too"):
        sweep(design_from(words), replicates=2, seed=3, workers=1, parameters="point", out=tmp_path / "out")


def test_what_is_taken_away_stays_away() -> None:
    """A part that the timeline doses is taken out of the timeline too; the rest of it stays."""
    both = {"date": dt.date(2026, 1, 1), "programme.sanction_certainty": 1.0, "exit.offer_rate": 1.0}
    left = without(load_scenario(*BASE).replace({"timeline": [both]}), ("programme.sanction_certainty=0",))
    assert [dict(stage.values) for stage in left.timeline] == [{"exit.offer_rate": 1.0}]
    assert left.programme.sanction_certainty == 0.0


RUNS, Z = 400, 4.42


def differences(one: Scenario, two: Scenario, outcome: str, months: slice) -> np.ndarray:
    """Paired differences of a monthly count, run by run, over some months."""
    found = []
    for scenario in (one, two):
        engine = Engine(scenario)
        rows = [engine.run(11, replicate).series[:, months] for replicate in range(RUNS)]
        found.append(np.array(rows)[..., SERIES.index(outcome)].sum(axis=(1, 2)))
    return found[0] - found[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("story", "outcome", "months", "sign"),
    [
        (MUNICIPALITY, "offers", slice(None), 1), (MUNICIPALITY, "shootings", slice(None), -1),
        (PAUSE, "notifications", slice(24, 36), 1), (PAUSE, "shootings", slice(24, 42), -1),
        (CAPACITY, "sanctions", slice(None), -1),
    ],
)  # fmt: skip
def test_the_date_moves_the_effect_in_its_direction(story: str, outcome: str, months: slice, sign: int) -> None:
    """A year later: longer help, a year of doses that the pause took, fewer years of more sanctions."""
    by_run = differences(of(story, later=1), of(story), outcome, months)
    assert sign * by_run.mean() / (by_run.std(ddof=1) / np.sqrt(RUNS)) > Z


@pytest.mark.slow
def test_five_places_from_the_start_complete_less_than_twelve() -> None:
    few = load_scenario(*BASE).replace("exit.places=5")
    by_run = differences(few, load_scenario(*BASE), "completed", slice(None))
    assert by_run.mean() / (by_run.std(ddof=1) / np.sqrt(RUNS)) < -Z
