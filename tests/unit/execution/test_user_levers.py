"""Levers of a user's own in ``simulate``: what GVIModel does with them, many times over."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from gvi_sim.config import Scenario, load_scenario
from gvi_sim.errors import ScenarioError, StoreError
from gvi_sim.execution.storage.store import open_store
from gvi_sim.experiment.verify import verify
from gvi_sim.model import GVIModel
from gvi_sim.simulate import simulate


@pytest.fixture(scope="module")
def short() -> Scenario:
    return load_scenario("site=huddinge", "programme=gvi", "years=1", "burn_in_years=1")


def test_a_lever_that_touches_nothing_changes_nothing(short: Scenario) -> None:
    from lever_classes import Bystander

    keep = ("attacks", "spells", "doses", "groups")
    without = simulate(short, replicates=4, seed=3, workers=1, keep=keep, parameters="point")
    touched = simulate(short, replicates=4, seed=3, keep=keep, parameters="point", levers=[Bystander()])
    assert touched.event_hash == without.event_hash and touched.series.equals(without.series)
    assert touched.outcomes.equals(without.outcomes)
    for name in keep:
        assert touched.table(name).equals(without.table(name)), name


@pytest.mark.slow
@pytest.mark.parametrize("strict", ["false", "true"])
def test_each_run_is_what_the_model_does_with_it(short: Scenario, strict: str) -> None:
    from lever_classes import Roundup

    lever, scenario = Roundup(), short.replace(f"strict={strict}")
    runs = simulate(scenario, replicates=3, seed=3, parameters="point", levers=[lever])
    assert lever.done == []  # every run had a copy of its own
    for replicate in range(3):
        model = GVIModel(scenario, seed=3, replicate=replicate, levers=[Roundup()])
        model.run_for(runs.window[1])
        assert model.summary().digest == runs.results.digests[replicate]
    usual = simulate(scenario, replicates=3, seed=3, workers=1, parameters="point")
    assert runs.outcomes["detained_days"].sum() > usual.outcomes["detained_days"].sum() + 1000
    before, after = (frame.attacks.query("day < 100")[["run", "seq", "day"]] for frame in (runs, usual))
    assert np.array_equal(before, after)


@pytest.mark.slow
def test_workers_change_nothing(short: Scenario) -> None:
    from lever_classes import Roundup

    one, two = (simulate(short, replicates=60, seed=3, workers=n, levers=[Roundup()]) for n in (1, 2))
    assert one.event_hash == two.event_hash and np.array_equal(one.values, two.values, equal_nan=True)


@pytest.mark.slow
def test_the_manifest_says_it_and_verify_refuses(short: Scenario, tmp_path: Path) -> None:
    from lever_classes import Roundup

    out = tmp_path / "run"
    simulate(short, replicates=2, seed=3, levers=[Roundup()], out=out)
    manifest = open_store(out).manifest
    assert (
        manifest["levers"] == [{"name": "lever_classes.Roundup", "sha256": None}] and manifest["rebuildable"] is False
    )
    with pytest.raises(ScenarioError, match=r"levers of a user's own \(lever_classes.Roundup"):
        verify(out)
    with pytest.raises(StoreError, match="neither resumed nor extended"):
        simulate(short, replicates=2, seed=3, levers=[Roundup()], out=out)
    with pytest.raises(StoreError, match="neither resumed nor extended"):
        simulate(short, replicates=2, seed=3, workers=1, out=out)
    simulate(short, replicates=2, seed=3, workers=1, out=tmp_path / "plain")
    assert open_store(tmp_path / "plain").manifest["rebuildable"] is True


def test_what_is_no_lever_is_named(short: Scenario) -> None:
    from lever_classes import Roundup

    with pytest.raises(ScenarioError, match="give an object of it"):
        simulate(short, replicates=1, levers=[Roundup])  # type: ignore[list-item]
    with pytest.raises(ScenarioError, match=r"without next_time\(\)"):
        simulate(short, replicates=1, levers=[3])  # type: ignore[list-item]


def test_a_lever_that_cannot_travel_needs_one_worker(short: Scenario) -> None:
    from lever_classes import Bystander

    lever = Bystander()
    lever.shout = lambda: None  # type: ignore[attr-defined]
    with pytest.raises(ScenarioError, match="cannot be sent to another process"):
        simulate(short, replicates=60, workers=2, levers=[lever])


class Mute:
    """A lever that does not say when it acts."""

    def __init__(self, day: object) -> None:
        self.day = day

    def next_time(self, t: float) -> object:
        if isinstance(self.day, Exception):
            raise self.day
        return self.day

    def apply(self, model: object, t: float) -> None:
        raise AssertionError("it never says when")


@pytest.mark.parametrize("day", [None, "soon", math.nan, -1.0, True, ValueError("when?")])
def test_a_lever_that_does_not_say_when_it_acts_is_refused_before_anything_is_written(
    short: Scenario, tmp_path: Path, day: object
) -> None:
    with pytest.raises(ScenarioError, match=r"first day"):
        simulate(short, replicates=2, seed=1, levers=[Mute(day)], out=tmp_path / "out")  # type: ignore[list-item]
    assert not (tmp_path / "out").exists()


def test_a_stopped_run_with_levers_says_that_it_cannot_be_gone_on_with(short: Scenario, tmp_path: Path) -> None:
    class Fails(Mute):
        def apply(self, model: object, t: float) -> None:
            raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        simulate(short, replicates=2, seed=1, levers=[Fails(10.0)], out=tmp_path / "out")
    with pytest.raises(StoreError, match="run it again in a new folder"):
        open_store(tmp_path / "out")


@pytest.mark.slow
def test_two_levers_of_one_class_are_two_levers(short: Scenario) -> None:
    """What was built for the one is not used for the other, in the same process and in workers."""
    from lever_classes import Roundup

    found = {}
    for workers in (1, 2):
        for day in (50.0, 300.0):
            runs = simulate(short, replicates=3, seed=4, workers=workers, levers=[Roundup(day=day)])
            found[workers, day] = runs.event_hash
    assert found[1, 50.0] == found[2, 50.0] != found[1, 300.0] == found[2, 300.0]
