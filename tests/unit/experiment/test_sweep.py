"""Sweeps: known effects and interactions, any number of stops and workers, other worlds, growing designs."""

from __future__ import annotations

import csv
import hashlib
import tracemalloc
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gvi_sim.analysis.inference.intervals import changes, paired
from gvi_sim.analysis.pairs.effect import compare
from gvi_sim.errors import ResourceError, ScenarioError, StoreError
from gvi_sim.execution.planning.plan import Plan
from gvi_sim.execution.planning.years import rows_by_year
from gvi_sim.execution.storage.store import open_store
from gvi_sim.experiment.design import Axis, Design, Level
from gvi_sim.experiment.opening import open_result
from gvi_sim.experiment.rebuild import plan_of
from gvi_sim.experiment.sweep import Sweep, sweep
from gvi_sim.experiment.sweep_tables import sweep_tables, values_of
from gvi_sim.simulate import simulate
from gvi_sim.world.tables import OUTCOMES, SERIES

CERTAINTY, START = "programme.sanction_certainty", "programme.start_date"
BASE = (
    "site=huddinge", "programme=gvi", "calendar=flat", "years=2", "site.attacks_per_year=20",
    "start_date=2020-01-01",
    "programme.start_date=2020-01-01",
)  # fmt: skip
DESIGN = Design("by_certainty", (Axis(CERTAINTY, (0.0, 0.5, 1.0)), Axis(START, ("2020-01-01", "2021-01-01"))), BASE, 60)


def contents(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("gvi_sim.experiment.sweep"), "batch_size", lambda scenario: 20)


@pytest.fixture
def done(tmp_path: Path, fake) -> Sweep:
    return sweep(DESIGN, out=tmp_path / "sweep", seed=3, workers=1)


def row(table: pd.DataFrame, **labels: object) -> pd.Series:
    for name, value in labels.items():
        table = table[table[name] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_cells_find_the_known_effect(done: Sweep) -> None:
    """0.6 of attacks times certainty are dropped, in both years or in the second only."""
    for certainty, start, ratio in (
        (0.5, "2020-01-01", 0.7),
        (1.0, "2020-01-01", 0.4),
        (1.0, "2021-01-01", 0.7),
    ):
        found = row(done.cells, outcome="attacks", **{CERTAINTY: certainty, START: start})
        assert found["ratio"] == pytest.approx(ratio, abs=0.03) and found["verdict"] == "likely fewer"  # 30 draws
    assert (
        done.cells[(done.cells[CERTAINTY] == 0) & (done.cells["outcome"] == "attacks")]["verdict"] == "no difference"
    ).all()


def test_cells_are_what_compare_would_say(done: Sweep) -> None:
    arms = [entry["arm"] for entry in done.manifest["arms"]]
    assert len(arms) == 7 and done.manifest["arms"][0]["label"] == "business as usual"
    columns = [name for name in OUTCOMES]
    base = done.outcomes(0)[columns].to_numpy()
    for cell in DESIGN.cells:
        first = done.cells[done.cells["cell"] == cell.index]
        assert set(first["label"]) == {cell.label} and set(first["baseline"]) == {0}
        scenario = done.outcomes(int(first["arm"].iloc[0]))[columns].to_numpy()
        known = paired(base, scenario, done.draws)
        told = first.set_index("outcome").loc[columns]
        for field in ("base", "scenario", "difference", "low", "high", "ratio"):
            assert np.array_equal(told[field].to_numpy(float), known[field], equal_nan=True)
        joint = paired(base, scenario, done.draws, 1 - 0.05 / 6)
        assert np.array_equal(told["joint_low"], joint["low"]) and (told["joint_low"] <= told["low"]).all()


def test_an_arm_is_what_simulate_runs(done: Sweep) -> None:
    from gvi_sim.experiment.arms import base_scenario, cell_arms

    arm = cell_arms(DESIGN, base_scenario(DESIGN))[3]  # business as usual stands before the cells
    runs = simulate(arm.scenario, replicates=60, seed=3, workers=1, keep=())
    assert runs.event_hash == done.manifest["arms"][4]["event_hash"]
    assert np.array_equal(done.outcomes(4)["shootings"], runs.outcomes["shootings"])
    months = done.months[done.months["arm"] == 4]
    assert np.allclose(months["shootings"], runs.series.groupby("month")["shootings"].mean())
    assert tuple(months.columns) == ("arm", "label", "site", "month", *SERIES)


def test_interactions_by_hand(done: Sweep) -> None:
    outcome = {
        (cell.levels[0], cell.levels[1]): done.outcomes(1 + cell.index)["attacks"].to_numpy() for cell in DESIGN.cells
    }
    early, late = "2020-01-01", "2021-01-01"
    for certainty in (0.5, 1.0):
        extra = outcome[certainty, late] - outcome[certainty, early] - outcome[0.0, late] + outcome[0.0, early]
        found = row(done.interactions, outcome="attacks", first_level=f"{certainty:g}")
        assert (found["first"], found["second"], found["second_level"]) == (CERTAINTY, START, late)
        assert found["interaction"] == pytest.approx(extra.mean())
        known = changes(extra[:, None], done.draws)
        assert (found["low"], found["high"]) == pytest.approx((known["low"][0], known["high"][0]))
        assert found["verdict"] == "likely more"  # starting late loses what certainty would have averted
    assert "2021-01-01: Together" in " ".join(done.text().split())


def test_years_of_a_cell_are_what_a_comparison_says(tmp_path: Path, fake) -> None:
    """One interval and one word for the same quantity, whichever command it is asked of."""
    found = sweep(DESIGN, out=tmp_path / "sweep", seed=3, workers=1, parameters="point")
    from gvi_sim.experiment.arms import base_scenario, cell_arms, with_baselines

    base = base_scenario(DESIGN)
    arms = with_baselines(cell_arms(DESIGN, base), base)
    effect = compare(arms[0].scenario, arms[4].scenario, replicates=60, seed=3, workers=1, parameters="point")
    mine = found.cells_by_year[found.cells_by_year["arm"] == 4].reset_index(drop=True)
    theirs = effect.by_year[effect.by_year["outcome"].isin(set(mine["outcome"]))]
    for _, told in theirs.iterrows():
        same = row(mine, year=told["year"], outcome=told["outcome"])
        assert all(same[name] == told[name] or (same[name] != same[name] and told[name] != told[name])
                   for name in theirs.columns)  # fmt: skip
    assert len(mine) == len(theirs) == 2 * len(set(mine["outcome"]))
    assert mine.columns.tolist()[-len(effect.by_year.columns) :] == ["year", "starts", *effect.by_year.columns[2:]]


def test_years_add_up_to_the_window(done: Sweep) -> None:
    for yearly, whole, value, labels in (
        (done.cells_by_year, done.cells, "difference", ["cell", "outcome"]),
        (done.interactions_by_year, done.interactions, "interaction", ["first_level", "second_level", "outcome"]),
    ):
        sums = yearly.groupby(labels)[value].sum()
        known = whole.set_index(labels)[value].reindex(sums.index)
        assert np.allclose(sums, known) and len(sums) > 20
    late = done.cells_by_year[(done.cells_by_year[START] == "2021-01-01") & (done.cells_by_year[CERTAINTY] == 1)]
    words = late[late["outcome"] == "attacks"].set_index("year")
    assert words["verdict"].tolist() == ["no difference", "likely fewer"]
    assert words["ratio"].tolist() == pytest.approx([1.0, 0.4], abs=0.05)
    assert words["starts"].tolist() == [date(2020, 1, 1), date(2021, 1, 1)]


def test_a_lever_by_year_is_the_paired_difference_of_its_ends(done: Sweep) -> None:
    """Certainty from 0 to 1 with the later start, the middle of its axis: nothing in the first year."""
    years = [done.store.read_table("years", arm).pivot(index="run", columns="year", values="shootings")
             for arm in (1 + 1, 1 + 5)]  # fmt: skip
    known = changes((years[1] - years[0]).to_numpy(), done.draws)
    assert set(done.levers_by_year["lever"]) == {CERTAINTY}  # dates are no numbers
    for year in (1, 2):
        found = row(done.levers_by_year, year=year, outcome="shootings")
        assert (found["from_level"], found["to_level"]) == ("0", "1")
        told = (found["difference"], found["low"], found["high"], found["verdict"])
        assert told == tuple(known[name][year - 1] for name in ("difference", "low", "high", "verdict"))
    assert known["difference"][0] == 0 > known["high"][1]


def test_years_are_twelve_months_and_the_last_may_be_a_part() -> None:
    series = np.arange(3 * 2 * 14 * len(SERIES), dtype=float).reshape(3, 2, 14, len(SERIES))
    rows = rows_by_year(7, series)
    assert rows["run"].tolist() == [7] * 4 + [8] * 4 + [9] * 4 and rows["year"].tolist() == [1, 2] * 6
    assert rows["site"].tolist() == [0, 0, 1, 1] * 3
    shootings = series[..., SERIES.index("shootings")]
    assert rows["shootings"].reshape(3, 2, 2)[..., 0] == pytest.approx(shootings[..., :12].sum(axis=-1))
    assert rows["shootings"].reshape(3, 2, 2)[..., 1] == pytest.approx(shootings[..., 12:].sum(axis=-1))


def test_a_folder_without_the_years_of_runs_is_read_and_not_extended(
    tmp_path: Path, fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As sweeps were before: everything but the years is there, and what lacks says what to do."""
    module = import_module("gvi_sim.experiment.sweep")
    with monkeypatch.context() as before:
        before.setattr(module, "Plan", lambda **made: Plan(**{**made, "keep": frozenset()}))
        sweep(DESIGN, out=tmp_path / "old", seed=3, workers=1, parameters="point")
    old = open_result(tmp_path / "old")
    assert isinstance(old, Sweep) and not old.has_years and "years" not in old.store.tables
    assert "95% interval" in old.text()
    for name in ("cells_by_year", "levers_by_year", "interactions_by_year"):
        with pytest.raises(StoreError, match="Run the sweep again into a new folder"):
            getattr(old, name)
    plan = plan_of(old.folder, old.manifest)
    made = dict(sweep_tables(old.store, DESIGN, plan, values_of(old.store, plan)))  # what ``verify`` holds against it
    assert set(made) == {"cells", "interactions", "months"}
    assert all(frame.equals(old.store.read_table(name)) for name, frame in made.items())
    with pytest.raises(StoreError, match="Run the sweep again into a new folder"):
        sweep(DESIGN, out=tmp_path / "old", seed=3, workers=1, parameters="point", replicates=80)


def test_a_single_axis_has_no_interactions(tmp_path: Path, fake) -> None:
    found = sweep(Design("one", DESIGN.axes[:1], BASE, 10), out=tmp_path / "one", seed=1, workers=1)
    assert len(found.interactions) == 0 and "Together" not in found.text()
    assert len(found.cells) == 3 * len(set(found.cells["outcome"]))


def test_tables_are_there_as_csv_too(done: Sweep) -> None:
    for name in ("cells", "interactions", "months", "cells_by_year", "levers_by_year", "interactions_by_year"):
        text = pd.read_csv(done.folder / "tables" / f"{name}.csv")
        stored = done.store.read_table(name)
        assert list(text.columns) == list(stored.columns) and len(text) == len(stored) > 0
    with (done.folder / "tables" / "cells.csv").open(newline="", encoding="utf-8") as file:
        assert [float(line["difference"]) for line in csv.DictReader(file)] == done.cells["difference"].tolist()


def test_opened_again_it_is_the_same(done: Sweep) -> None:
    again = open_result(done.folder)
    assert isinstance(again, Sweep) and again.design == DESIGN and repr(again) == repr(done)
    assert again.cells.equals(done.cells) and again.seed == 3 and again.replicates == 60


@pytest.mark.slow
def test_stops_and_workers_change_no_byte(tmp_path: Path, done: Sweep, fake) -> None:
    import fake_engine

    fake(partial(fake_engine.FakeEngine, always_deadly=45))
    with pytest.raises(ResourceError, match="replicates 40 to 59"):
        sweep(DESIGN, out=tmp_path / "again", seed=3, workers=2)
    kept = {path.name for path in (tmp_path / "again").glob("tables/outcomes/*.parquet")}
    assert kept
    with pytest.raises(StoreError, match="stopped before its end"):
        open_result(tmp_path / "again")
    fake()
    sweep(DESIGN, out=tmp_path / "again", seed=3, workers=3)
    assert contents(tmp_path / "again") == contents(done.folder)
    assert kept <= {path.name for path in (tmp_path / "again").glob("tables/outcomes/*.parquet")}


def test_a_finished_sweep_grows_by_replicates_and_cells(tmp_path: Path, fake) -> None:
    small = Design("by_certainty", (Axis(CERTAINTY, (0.0, 1.0)),), BASE, 30)
    large = Design("by_certainty", (Axis(CERTAINTY, (0.0, 0.5, 1.0)),), BASE, 50)
    sweep(small, out=tmp_path / "grown", seed=1, workers=1)
    steps: list[int] = []
    sweep(large, out=tmp_path / "grown", seed=1, workers=1, progress=lambda done, *_: steps.append(done))
    assert steps[0] == 3 * 20  # a whole batch of each of the three old arms; their half batches are run anew
    sweep(large, out=tmp_path / "new", seed=1, workers=1)
    assert contents(tmp_path / "grown") == contents(tmp_path / "new")
    with pytest.raises(StoreError, match="another scenario"):
        sweep(small, out=tmp_path / "grown", seed=1, workers=1, replicates=50)


def test_each_business_as_usual_is_run_once_and_serves_its_own_cells(tmp_path: Path, fake) -> None:
    """Two towns' worth of attacks, two certainties: two baselines, and nothing is subtracted across them."""
    axes = (Axis("site.attacks_per_year", (10, 30)), Axis(CERTAINTY, (0.5, 1.0)))
    found = sweep(Design("worlds", axes, BASE, 40), out=tmp_path / "worlds", seed=1, workers=1)
    labels = [entry["label"] for entry in found.manifest["arms"]]
    assert labels[:2] == [f"business as usual, site.attacks_per_year={level}" for level in (10, 30)]
    assert [entry["baseline"] for entry in found.manifest["arms"]] == [None, None, 0, 0, 1, 1]
    for level in (10, 30):
        rows = found.cells[(found.cells["outcome"] == "attacks") & (found.cells["site.attacks_per_year"] == level)]
        assert rows["base"].to_numpy() == pytest.approx(2 * level, rel=0.1)
        assert rows["ratio"].to_numpy() == pytest.approx([0.7, 0.4], abs=0.05)
    assert found.interactions.empty and "Together" not in found.text()


def test_contrasts_stay_inside_one_business_as_usual(tmp_path: Path, fake) -> None:
    """With a third axis that changes business as usual the first two still have their interaction."""
    axes = (*DESIGN.axes[:1], Axis("exit.offer_rate", (0.0, 1.0)), Axis("exit.places", (5, 20)))
    found = sweep(Design("three", axes, BASE, 10), out=tmp_path / "three", seed=1, workers=1)
    pairs = found.interactions[["first", "second"]].drop_duplicates().to_numpy().tolist()
    assert pairs == [[CERTAINTY, "exit.offer_rate"]]


KINDS_OF_AXIS = [
    ("site", ("malmo", "orebro"), ["malmo", "orebro"], [0, 1]),
    ("programme", ("none", "gvi", "support_only"), ["none", "gvi", "support_only"], [0, 0, 0]),
    ("programme.enabled", (True, False), ["true", "false"], [0, 0]),
    ("programme.stop_date", (date(2021, 1, 1), None), ["2021-01-01", "null"], [0, 0]),
    (START, (date(2020, 1, 1), date(2020, 7, 1)), ["2020-01-01", "2020-07-01"], [0, 0]),
    (START, (date(2015, 1, 1), date(2020, 7, 1)), ["2015-01-01", "2020-07-01"], [0, 1]),
    ("start_date", (date(2020, 1, 1), date(2021, 1, 1)), ["2020-01-01", "2021-01-01"], [0, 1]),
    ("years", (1, 2), [1, 2], [0, 1]),
    ("calendar", ("flat", "sweden"), ["flat", "sweden"], [0, 1]),
    ("structure", ("as_known", "withdrawal"), ["as_known", "withdrawal"], [0, 1]),
    ("belief.public_half_life_days", (365, "inf"), ["365", "inf"], [0, 1]),
    ("exit.places", (5, 20), [5, 20], [0, 1]),
    ("costs.shooting", (1, 2), [1, 2], [0, 1]),
    ("justice.clearance_hit", (0.1, 0.5), [0.1, 0.5], [0, 1]),
]


@pytest.mark.parametrize(
    ("key", "levels", "stored", "baselines"),
    [pytest.param(*kind, marks=pytest.mark.slow if number % 4 else ()) for number, kind in enumerate(KINDS_OF_AXIS)],
)
def test_every_kind_of_axis_is_stored_opened_and_extended(
    tmp_path: Path, fake, key: str, levels: tuple[Level, ...], stored: list[object], baselines: list[int]
) -> None:
    """Words, flags, dates and null are text, numbers are numbers; each cell has its own business as usual."""
    design = Design("kinds", (Axis(key, levels),), tuple(word for word in BASE if not word.startswith(f"{key}=")), 4)
    options = {"out": tmp_path / "out", "seed": 1, "workers": 1, "parameters": "point"}
    sweep(design, **options)
    made = sweep(design, replicates=6, **options)
    rows = made.cells[made.cells["outcome"] == "attacks"]
    assert rows[key].tolist() == stored and rows["baseline"].tolist() == baselines
    again = open_result(tmp_path / "out")
    assert isinstance(again, Sweep) and again.design.axes[0].stored == tuple(stored)
    text = pd.read_csv(tmp_path / "out/tables/cells.csv", keep_default_na=False, dtype=str)
    assert text[key].drop_duplicates().tolist() == list(map(str, stored))
    assert again.text() == made.text()


def test_the_impossible_is_refused_before_any_pilot(tmp_path: Path, fake, monkeypatch: pytest.MonkeyPatch) -> None:
    from gvi_sim.execution.planning import plan

    monkeypatch.setattr(plan, "reference_constants", lambda scenario: pytest.fail("a pilot was run"))
    with pytest.raises(ResourceError, match="fewer cells"):
        sweep(Design("d", DESIGN.axes, BASE, 10**8), out=tmp_path / "d", seed=1)
    assert not (tmp_path / "d").exists()


def test_a_single_replicate_is_refused_before_anything_runs(tmp_path: Path, fake) -> None:
    with pytest.raises(ScenarioError, match="an interval needs two"):
        sweep(DESIGN, out=tmp_path / "sweep", seed=1, replicates=1)
    assert not (tmp_path / "sweep").exists()


def test_a_wrong_level_is_named_before_anything_runs(tmp_path: Path, fake) -> None:
    with pytest.raises(ScenarioError, match=r"sanction_certainty = 1\.5"):
        sweep(Design("d", (Axis(CERTAINTY, (0.5, 1.5)),), BASE, 10), out=tmp_path / "d", seed=1)
    assert not (tmp_path / "d").exists()


def test_a_site_with_a_programme_of_its_own_has_no_business_as_usual(tmp_path: Path, fake) -> None:
    base = ("sites={huddinge: {}, malmo: {programme.enabled: true}}", "programme=gvi", "years=2")
    with pytest.raises(ScenarioError, match=r"sites\.malmo\.programme sets a programme of its own"):
        sweep(Design("d", (Axis(CERTAINTY, (0.5, 1.0)),), base, 10), out=tmp_path / "d", seed=1)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_cells(tmp_path: Path, fake) -> None:
    def peak(cells: int) -> int:
        levels = tuple(round(n / cells, 4) for n in range(cells))
        tracemalloc.start()
        sweep(Design("d", (Axis(CERTAINTY, levels),), BASE, 200), out=tmp_path / str(cells), seed=1, workers=1)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(3)  # whatever is imported or cached once
    few, many = peak(4), peak(16)
    held_in_full = 12 * 200 * 24 * len(SERIES) * 8
    assert many - few < 0.2 * held_in_full


def test_cells_whose_programme_cannot_run_are_noted(tmp_path: Path, fake) -> None:
    design = Design("d", (Axis("partners.police.signed", (True, False)),), BASE, 10)
    found = sweep(design, out=tmp_path / "d", seed=1, workers=1)
    assert (
        len(found.warnings) == 1
        and "police" in found.warnings[0]
        and "partners.police" not in " ".join(found.text().split())
        and "police" in found.text()
    )
    unsigned = found.cells[(found.cells["cell"] == 1) & (found.cells["outcome"] == "attacks")]
    assert unsigned["verdict"].item() == "no difference"


def test_hashes_of_arms_and_of_the_whole(done: Sweep) -> None:
    from gvi_sim.execution.campaign import overall_hash

    hashes = [entry["event_hash"] for entry in open_store(done.folder).manifest["arms"]]
    assert done.manifest["event_hash"] == overall_hash(hashes)
    assert hashes[0] == hashes[1] == hashes[2] != hashes[3]  # certainty 0 is business as usual
