"""``simulate`` and its ``Runs``: frames agree with one another, with the series and with the engine."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gvi_sim.config import Scenario, load_scenario
from gvi_sim.errors import ResourceError, ScenarioError, StoreError
from gvi_sim.execution.amounts import resource_estimate
from gvi_sim.execution.planning import plan
from gvi_sim.execution.start_notice import when_it_begins
from gvi_sim.experiment.opening import open_result
from gvi_sim.simulate import Runs, simulate
from gvi_sim.world.tables import SERIES


@pytest.fixture
def runs(fake, scenario: Scenario) -> Runs:
    return simulate(scenario, replicates=30, seed=4, workers=1, keep=("attacks", "groups"))


def test_attacks_series_and_outcomes_are_the_same_attacks(runs: Runs) -> None:
    counted = runs.attacks.groupby("run").size().reindex(range(30), fill_value=0)
    assert (counted.to_numpy() == runs.outcomes["attacks"].to_numpy()).all()
    by_mode = runs.attacks.assign(shooting=runs.attacks["mode"] == "shooting").groupby("run")["shooting"].sum()
    summed = runs.series.groupby("run")[["shootings", "detonations"]].sum()
    assert (by_mode.reindex(range(30), fill_value=0) == summed["shootings"]).all()
    assert (runs.outcomes["shootings"] == summed["shootings"]).all()
    groups = runs.table("groups").groupby("run")["attacks"].sum()
    assert (groups == runs.outcomes["attacks"]).all()


def test_replicate_r_is_the_engine_s_replicate_r(runs: Runs, scenario: Scenario) -> None:
    from fake_engine import FakeEngine

    alone = FakeEngine(scenario, frozenset({"attacks"})).run(4, 17)
    attacks = runs.table("attacks")
    of_run = attacks[attacks["run"] == 17]
    pd.testing.assert_frame_equal(of_run.reset_index(drop=True), pd.DataFrame(alone.tables["attacks"]))
    assert runs.results.digests[17] == alone.digest


def test_the_same_replicates_whatever_their_number(runs: Runs, fake, scenario: Scenario) -> None:
    more = simulate(scenario, replicates=45, seed=4, workers=1)
    assert more.outcomes.iloc[:30].equals(runs.outcomes)


def test_dates_are_days_after_the_start(runs: Runs) -> None:
    days = (runs.attacks["date"] - pd.Timestamp("2020-01-01")) / pd.Timedelta(days=1)
    assert np.allclose(days, runs.attacks["day"], atol=1e-6)


def test_dates_go_beyond_three_centuries(fake, scenario: Scenario) -> None:
    runs = simulate(scenario.replace("years=900"), replicates=1, seed=1, workers=1)
    assert runs.attacks["date"].dt.year.max() > 2900


def test_a_roll_out_has_rows_by_site(fake) -> None:
    rollout = load_scenario("sites={huddinge: {}, malmo: {}}", "years=2", "programme=none", "calendar=flat")
    runs = simulate(rollout, replicates=6, seed=1, workers=1)
    assert runs.sites == ("Huddinge", "Malmö")
    assert list(runs.outcomes_by_site.columns[:2]) == ["run", "site"] and len(runs.outcomes_by_site) == 12
    together = runs.outcomes_by_site.groupby("run")["attacks"].sum()
    assert (together.to_numpy() == runs.outcomes["attacks"].to_numpy()).all()
    assert len(runs.series) == 6 * 2 * 24 and set(runs.attacks["site"]) == {0, 1}


def test_what_was_not_kept_says_how_to_keep_it(runs: Runs, tmp_path: Path, scenario: Scenario) -> None:
    with pytest.raises(StoreError, match=r"'spells' was not kept.*keep=\('spells',\)"):
        runs.table("spells")
    simulate(scenario, replicates=5, seed=1, workers=1, keep=(), out=tmp_path / "run")
    with pytest.raises(StoreError, match="'attacks' was not kept"):
        _ = open_result(tmp_path / "run").attacks


def test_runs_print_themselves(runs: Runs) -> None:
    text = repr(runs)
    assert text.startswith("Huddinge: 30 runs of 2 years from 2020-01-01, seed 4. The model says")
    assert f"{runs.outcomes['shootings'].mean():,.1f}" in text and "will" not in text


def test_opened_again_it_is_the_same(tmp_path: Path, fake, scenario: Scenario) -> None:
    runs = simulate(scenario, replicates=12, seed=1, workers=1, out=tmp_path / "run")
    again = open_result(tmp_path / "run")
    assert isinstance(again, Runs)
    assert again.scenario == scenario and again.seed == 1 and again.replicates == 12
    assert again.outcomes.equals(runs.outcomes) and again.attacks.equals(runs.attacks)
    assert again.series.equals(runs.series) and repr(again) == repr(runs)
    assert again.event_hash == runs.event_hash == again.manifest["event_hash"]
    assert load_scenario(tmp_path / "run" / "scenario.yaml") == scenario


def test_a_programme_that_cannot_run_is_said(tmp_path: Path, fake, scenario: Scenario, usual: Scenario) -> None:
    unsigned = scenario.replace("partners.municipality.signed=false")
    runs = simulate(unsigned, replicates=6, seed=1, workers=1, out=tmp_path / "run")
    assert len(runs.warnings) == 1 and "municipality" in runs.warnings[0] and runs.warnings[0] in runs.text()
    assert open_result(tmp_path / "run").manifest["warnings"] == list(runs.warnings)
    assert simulate(usual, replicates=2, seed=1, workers=1).warnings == ()
    assert runs.event_hash == simulate(usual, replicates=6, seed=1, workers=1).event_hash


@pytest.mark.parametrize(
    ("overrides", "replicates", "named"),
    [
        ((), 10**9, "replicates="),
        (("site.attacks_per_year=1e6", "years=100"), 200, "100,000,000 attacks"),
        (("years=1000",), 10**6, "1000 years"),
    ],
)
def test_the_impossible_is_refused_before_it_starts(
    fake,
    scenario: Scenario,
    monkeypatch: pytest.MonkeyPatch,
    overrides: tuple[str, ...],
    replicates: int,
    named: str,
) -> None:
    monkeypatch.setattr(plan, "reference_constants", lambda scenario: pytest.fail("a pilot was run"))
    with pytest.raises(ResourceError, match=r"about .* of memory.*force=True") as error:
        simulate(scenario.replace(*overrides), replicates=replicates, seed=1)
    assert named in str(error.value)


def test_force_runs_it_all_the_same(fake, scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource_estimate, "LONGEST_SECONDS", 1e-6)
    with pytest.raises(ResourceError, match=r"force=True .* runs it all the same"):
        simulate(scenario, replicates=2, seed=1, workers=1)
    assert simulate(scenario, replicates=2, seed=1, workers=1, force=True).replicates == 2


def test_memory_alone_can_refuse(fake, scenario: Scenario, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resource_estimate, "memory_bytes", lambda: 10e6)
    with pytest.raises(ResourceError, match=r"Write to a folder \(out=...\)"):
        simulate(scenario, replicates=2000, seed=1, workers=1)
    simulate(scenario, replicates=100, seed=1, workers=1, out=tmp_path / "run")


def test_many_members_are_many_bytes(fake, scenario: Scenario) -> None:
    """Every worker has a world of its own: rows for all who are or will be members."""
    crowd = scenario.replace("site.members=100000000", "site.groups=1000000")
    with pytest.raises(ResourceError, match=r"[\d,]+ GB of memory.*Take fewer members"):
        simulate(crowd, replicates=1, seed=1)
    told = [resource_estimate.world_bytes(scenario.replace(f"site.members={n}")) for n in (10_000, 20_000)]
    assert 10_000 * 600 < told[1] - told[0] < 10_000 * 3000


def test_workers_multiply_the_worlds(scenario: Scenario) -> None:
    plan_ = plan.Plan("run", (plan.Arm("a", scenario),), 1, 10, make=lambda *_: None)  # type: ignore[arg-type, return-value]
    one, four = (resource_estimate.needs(plan_, in_memory=False, workers=n).worlds for n in (1, 4))
    assert four == pytest.approx(4 * one)


def test_it_begins_only_when_nothing_is_refused(fake, scenario: Scenario) -> None:
    """What a command says before it runs is not followed by a refusal of its input."""
    told: list[str] = []
    with when_it_begins(lambda *_: told.append("begins")):
        with pytest.raises(ResourceError):
            simulate(scenario, replicates=10**9, seed=1)
        with pytest.raises(ScenarioError):
            simulate(scenario, replicates=0, seed=1)
        assert told == []
        simulate(scenario, replicates=2, seed=1, workers=1)
        simulate(scenario, replicates=2, seed=1, workers=1)
    simulate(scenario, replicates=2, seed=1, workers=1)
    assert told == ["begins"]


def test_the_estimate_of_memory_covers_what_a_run_leaves(runs: Runs, scenario: Scenario) -> None:
    held = runs.results.series.nbytes + runs.results.outcomes.nbytes + runs.attacks.memory_usage().sum()
    told = 30 * resource_estimate.run_bytes(scenario, frozenset({"attacks"}), whole_series=True)
    assert told / 2 < held < 2 * told


@pytest.mark.parametrize(
    ("seconds", "spoken"),
    [
        (0.5, "0.5 seconds"),
        (45, "45 seconds"),
        (600, "10 minutes"),
        (3 * 3600, "3 hours"),
        (4 * 86400, "4 days"),
        (1e9, "31.7 years"),
    ],
)
def test_times_are_spoken(seconds: float, spoken: str) -> None:
    assert str(resource_estimate.spoken_time(seconds)) == spoken


def test_workers_are_started_when_it_is_worth_it() -> None:
    assert resource_estimate.choose_workers(3, resource_estimate.Needs(0.1, 1)) == 3
    assert resource_estimate.choose_workers(None, resource_estimate.Needs(0.1, 1)) == 1
    assert resource_estimate.choose_workers(None, resource_estimate.Needs(1e3, 1)) == resource_estimate.usable_cpus()


def test_series_columns_are_the_published_ones(runs: Runs) -> None:
    assert tuple(runs.series.columns) == ("run", "site", "month", *SERIES)
    assert runs.series["month"].max() == 23
