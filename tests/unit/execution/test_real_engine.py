"""The engine itself through workers, folders and comparisons."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from gvi_sim.analysis.measures.concentration import gini, top_share
from gvi_sim.analysis.measures.contagion import cascade_sizes, parents
from gvi_sim.analysis.pairs.effect import compare
from gvi_sim.config import Scenario, load_scenario
from gvi_sim.execution.amounts import resource_estimate
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.experiment.design import Axis, Design
from gvi_sim.experiment.sweep import sweep
from gvi_sim.simulate import simulate
from gvi_sim.world.builder import Reference
from gvi_sim.world.codes import NOBODY, STAND_IN


@pytest.fixture(scope="module")
def short() -> Scenario:
    return load_scenario("site=huddinge", "programme=gvi", "years=2", "burn_in_years=1")


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 3])
def test_workers_change_nothing(short: Scenario, workers: int) -> None:
    one, many = (simulate(short, replicates=120, seed=11, workers=count) for count in (1, workers))
    assert one.event_hash == many.event_hash
    assert one.outcomes.equals(many.outcomes) and one.attacks.equals(many.attacks) and one.series.equals(many.series)


def test_attacks_series_and_outcomes_agree(short: Scenario) -> None:
    runs = simulate(short, replicates=50, seed=12, workers=1, keep=("attacks", "groups"))
    counted = runs.attacks.groupby("run").size().reindex(range(50), fill_value=0).to_numpy()
    assert np.array_equal(counted, runs.outcomes["attacks"])
    months = runs.series.groupby("run")[["shootings", "detonations"]].sum().sum(axis=1)
    assert np.array_equal(months, runs.outcomes["attacks"])
    assert np.array_equal(runs.table("groups").groupby("run")["attacks"].sum(), runs.outcomes["attacks"])
    assert not runs.series.isna().any().any()


def test_the_engine_s_summaries_follow_from_its_tables() -> None:
    """Concentration and contagion worked out a second time, from the tables."""
    scenario = load_scenario("site=malmo", "programme=gvi", "years=4")
    runs = simulate(scenario, replicates=8, seed=15, workers=1, keep=("attacks", "groups", "persons"))
    known = runs.outcomes.set_index("run")
    for run, attacks in runs.table("attacks").groupby("run"):
        groups, persons = (table[table["run"] == run] for table in map(runs.table, ("groups", "persons")))
        made = persons["person"].map(attacks["shooter"].value_counts()).fillna(0)
        there = (persons["leave_day"] > runs.window[0]) & (persons["join_day"] < runs.window[1])
        there &= (persons["kind"] != STAND_IN) | (made > 0)  # other stand-ins only a run that keeps persons knows
        sizes = cascade_sizes(attacks)
        found = {
            "gini_groups": gini(groups["attacks"].to_numpy()),
            "top_fifth_groups_share": top_share(groups["attacks"].to_numpy()),
            "gini_persons": gini(made[there].to_numpy()),
            "share_with_parent": (attacks["parent_seq"] != NOBODY).mean(),
            "reproduction": (parents(attacks) >= 0).mean(),
            "mean_cascade": sizes.mean(),
            "largest_cascade": sizes.max(),
        }
        assert found == pytest.approx(known.loc[run, list(found)].to_dict(), rel=1e-12)


@pytest.mark.slow
def test_a_quiet_place_has_estimates_all_the_same(short: Scenario) -> None:
    """Runs without attacks have no concentration; the effect is told from the others."""
    quiet = short.replace("site.attacks_per_year=0.5")
    effect = compare(quiet.replace("programme=none"), quiet, replicates=60, seed=16, workers=1)
    assert effect.base.outcomes["gini_groups"].isna().any()
    row = effect.row("gini_groups")
    assert 0 < row.base < 1 and np.isfinite(row.low) and "nan" not in effect.text()


def test_a_programme_of_dose_zero_is_business_as_usual(short: Scenario) -> None:
    usual = short.replace("programme=none")
    effect = compare(usual, short.replace("programme.coverage=0"), replicates=30, seed=13, workers=1)
    assert set(effect.outcomes["verdict"]) == {"no difference"} and effect.certificate.identical_before_start is True
    assert effect.base.event_hash == effect.scenario.event_hash


def test_nothing_differs_before_the_programme_starts(short: Scenario) -> None:
    late = short.replace("programme.start_date=2024-01-01", "start_date=2023-01-01")
    effect = compare(late.replace("programme=none"), late, replicates=60, seed=14, workers=1)
    certificate = effect.certificate
    assert certificate.start_day == 365 and certificate.identical_before_start is True
    assert certificate.first_difference_day is not None


@pytest.mark.slow
def test_stops_and_workers_change_no_byte_of_a_sweep(tmp_path: Path, short: Scenario) -> None:
    axis = Axis("programme.sanction_certainty", (0.0, 1.0))
    design = Design("d", (axis,), ("site=huddinge", "programme=gvi", "burn_in_years=1"), 60, 2.0)

    def stop(done: int, *_: object) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(design, out=tmp_path / "stopped", seed=5, workers=2, progress=stop)
    sweep(design, out=tmp_path / "stopped", seed=5, workers=2)
    sweep(design, out=tmp_path / "whole", seed=5, workers=1)
    files = sorted(path.relative_to(tmp_path / "whole") for path in (tmp_path / "whole").rglob("*") if path.is_file())
    assert len(files) == 23
    for path in files:
        if path.name != "manifest.json":
            assert (tmp_path / "whole" / path).read_bytes() == (tmp_path / "stopped" / path).read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("site", ["huddinge", "jarfalla", "malmo", "goteborg", "uppsala", "us_midsize"])
@pytest.mark.parametrize("programme", ["none", "gvi"])
@pytest.mark.parametrize("years", [2, 6, 10, 20])
def test_the_estimate_is_right_within_a_factor_of_two(site: str, programme: str, years: int) -> None:
    """In units of the first site's runs, so that a slower machine measures the same."""
    unit = _seconds_a_run(load_scenario("site=huddinge", "programme=gvi"))
    scenario = load_scenario(f"site={site}", f"programme={programme}", f"years={years}")
    told = resource_estimate.run_seconds(scenario) / resource_estimate.run_seconds(
        load_scenario("site=huddinge", "programme=gvi")
    )
    assert 0.5 < told / (_seconds_a_run(scenario) / unit) < 2


def _seconds_a_run(scenario: Scenario) -> float:
    engine = Engine(scenario, frozenset({"attacks"}), (Reference(1.5, 1.1),))
    engine.run(1, 0)
    times = []
    for replicate in range(1, 15):
        start = time.process_time()
        engine.run(1, replicate)
        times.append(time.process_time() - start)
    # Of the processor, and the least: whatever else the machine does can only add to it.
    return min(times)
