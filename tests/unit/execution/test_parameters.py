"""Replicate r uses draw r in every arm, what a person set is left alone, and all of it can be made again."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from gvi_sim import load_scenario
from gvi_sim.analysis.pairs.effect import compare
from gvi_sim.config.other_values import with_values
from gvi_sim.dynamics.reference import pilot_scenario, reference_of
from gvi_sim.errors import ScenarioError
from gvi_sim.execution.ensembles import reference_surface
from gvi_sim.execution.ensembles.ensemble import StoredEnsemble
from gvi_sim.execution.ensembles.packaged import packaged_ensemble
from gvi_sim.execution.ensembles.parameters import Parameters
from gvi_sim.execution.ensembles.reference_surface import ROUGH, constants_of
from gvi_sim.execution.parameter_source import chosen_parameters
from gvi_sim.execution.planning.arm import Arm
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.execution.storage.ensemble_file import write_ensemble
from gvi_sim.execution.storage.manifest import read_manifest
from gvi_sim.experiment.design_files import design_from
from gvi_sim.experiment.sweep import sweep
from gvi_sim.experiment.verify import verify
from gvi_sim.simulate import simulate

SMALL = (  # flat, under the registry's cap, which the ensemble draws
    "site.groups=6", "site.members=90", "calendar.trend=[]", "calendar.season=[]", "calendar.series={}",
    "calendar.shocks=[]", "years=2", "burn_in_years=2",
)  # fmt: skip
KEYS = (
    "gates.deterrence_strength", "attacks.kappa_repeat", "harm.p_hit", "belief.patience_days", "exit.places",
    "site.attacks_per_year", "site.activity_sd", "calendar.shared_shock_sd", "calendar.cap",
)  # fmt: skip
VALUES = np.array(
    [
        [0.2, 0.1, 0.3, 60.0, 4.0, 25.0, 0.5, 0.0, 2.0],
        [2.5, 0.3, 0.6, 200.0, 9.0, 40.0, 1.0, 0.3, 2.0],
        [1.0, 0.2, 0.45, 90.0, 2.0, 31.0, 0.8, 0.1, 2.0],
    ]
)


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("site=huddinge", "programme=gvi", *SMALL)


@pytest.fixture(scope="module")
def usual(scenario):
    return scenario.replace("programme.enabled=false")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A calibrated ensemble of three draws."""
    place = tmp_path_factory.mktemp("ensembles") / "three"
    write_ensemble(place, StoredEnsemble("three", KEYS, VALUES, np.full(3, 1 / 3)))
    return place


@pytest.mark.slow
def test_a_retuned_engine_does_what_a_new_one_does(scenario) -> None:
    ensemble = StoredEnsemble("three", KEYS, VALUES, np.full(3, 1 / 3))
    constants = constants_of(scenario, ensemble).table
    engine = Engine(scenario)
    for replicate in (4, 0, 2, 1):
        draw = ensemble.draw_of(replicate, 1)
        replaced = scenario.replace(ensemble.overrides(draw))
        assert with_values(scenario, ensemble.overrides(draw)) == replaced
        from gvi_sim.world.builder import Reference

        references = (Reference(*constants[draw, 0].tolist()),)
        engine.retune(with_values(scenario, ensemble.overrides(draw)), references)
        again, fresh = engine.run(1, replicate), Engine(replaced, references=references).run(1, replicate)
        assert again.digest == fresh.digest
        assert np.array_equal(again.outcomes, fresh.outcomes, equal_nan=True)


def test_a_replicate_uses_its_draw_in_both_arms(usual, scenario, folder: Path) -> None:
    effect = compare(usual, scenario, replicates=4, seed=2, workers=1, parameters=folder)
    assert effect.parameters is not None and effect.draws is not None and len(set(effect.draws.tolist())) == 2
    table = constants_of(scenario, effect.parameters.ensemble).table
    for arm, runs in ((usual, effect.base), (scenario, effect.scenario)):
        for replicate in range(4):
            from gvi_sim.world.builder import Reference

            draw = int(effect.draws[replicate])
            one = Engine(
                arm.replace(effect.parameters.ensemble.overrides(draw)),
                references=(Reference(*table[draw, 0].tolist()),),
            ).run(2, replicate)
            assert one.digest == runs.results.digests[replicate]


def test_what_a_person_set_in_any_arm_is_drawn_in_none(usual, scenario) -> None:
    changed = scenario.replace("gates.norm_strength=0.3")
    parameters = chosen_parameters("ensemble", (Arm("", usual), Arm("", changed, baseline=0)))
    assert parameters is not None and parameters.fixed == ("gates.norm_strength",)
    assert set(parameters.keys) == set(packaged_ensemble().keys) - {"gates.norm_strength"}
    everything = scenario.replace(packaged_ensemble().overrides(0))
    assert chosen_parameters("ensemble", (Arm("", everything),)) is None
    assert chosen_parameters("point", (Arm("", usual), Arm("", scenario))) is None


def test_point_is_the_scenario_as_it_stands(scenario) -> None:
    runs = simulate(scenario, replicates=2, seed=5, workers=1, parameters="point")
    engine = Engine(scenario)
    assert runs.results.digests == [engine.run(5, replicate).digest for replicate in range(2)]
    assert runs.parameters is None and runs.manifest["parameters"] == "point" and runs.manifest["ensemble"] is None


def test_a_manifest_holds_the_draws(scenario, folder: Path) -> None:
    runs = simulate(scenario, replicates=2, seed=5, workers=1, parameters=folder)
    manifest = json.loads(json.dumps(runs.manifest))
    again = Parameters.from_manifest(manifest)
    assert manifest["parameters"] == "three" and again is not None
    assert again.keys == KEYS and np.array_equal(again.ensemble.draws, VALUES)
    assert again.sha256 == manifest["ensemble"]["sha256"]


@pytest.mark.slow
def test_a_stored_run_is_extended_and_verified_without_the_ensembles_folder(usual, scenario, folder, tmp_path) -> None:
    out = tmp_path / "run"
    compare(usual, scenario, replicates=3, seed=2, workers=1, parameters=folder, out=out)
    longer = compare(usual, scenario, replicates=5, seed=2, workers=1, parameters=folder, out=out)
    whole = compare(usual, scenario, replicates=5, seed=2, workers=1, parameters=folder)
    assert longer.manifest["event_hash"] == whole.manifest["event_hash"]
    for path in folder.rglob("*.*"):
        path.rename(path.with_name(path.name + ".away"))
    try:
        assert verify(out, seed=1).equal
    finally:
        for path in folder.rglob("*.away"):
            path.rename(path.with_name(path.name.removesuffix(".away")))


def test_other_parameters_do_not_go_on_with_a_run(usual, scenario, folder: Path, tmp_path: Path) -> None:
    from gvi_sim.errors import StoreError

    out = tmp_path / "run"
    compare(usual, scenario, replicates=2, seed=2, workers=1, parameters=folder, out=out)
    with pytest.raises(StoreError, match="parameters = 'three', and this one has parameters = 'point'"):
        compare(usual, scenario, replicates=4, seed=2, workers=1, parameters="point", out=out)


@pytest.mark.slow
def test_a_sweep_draws_the_same_in_every_cell_and_is_verified(folder: Path, tmp_path: Path) -> None:
    words = ["site=huddinge", "programme=gvi", *SMALL, "programme.sanction_certainty=0,1", "harm.p_hit=0.4"]
    found = sweep(design_from(words), out=tmp_path / "sweep", seed=3, replicates=4, workers=1, parameters=folder)
    assert found.parameters is not None and found.parameters.fixed == ("harm.p_hit",)
    assert verify(tmp_path / "sweep", seed=1).equal
    sums = {entry["constants"]["sha256"] for entry in read_manifest(tmp_path / "sweep")["arms"]}
    assert len(sums) == 1


@pytest.fixture(scope="module")
def huddinge():
    return load_scenario("site=huddinge", "programme=gvi")


def miss(scenario, ensemble: StoredEnsemble, table: np.ndarray, draw: int) -> float:
    """How far a draw's constants lie from those of its own full pilot, on the log scale."""
    full = reference_of(pilot_scenario(scenario.replace(ensemble.overrides(draw))))
    return float(np.abs(np.log(table[draw, 0] / (full.background, full.offspring))).max())


@pytest.mark.slow
def test_constants_by_draw_are_those_of_full_pilots(huddinge) -> None:
    """At the draws that move them most, where a sum of one key at a time misses by 4 %, as well as at others."""
    ensemble = packaged_ensemble()
    found = constants_of(huddinge, ensemble)
    assert found.error <= ROUGH
    defiance, acceptance, replacement = (
        ensemble.draws[:, ensemble.keys.index(key)]
        for key in ("gates.defiance", "exit.acceptance", "gates.replacement")
    )
    hard = {int(np.argmax(defiance)), int(np.argmax(defiance * acceptance)), int(np.argmin(replacement))}
    for draw in sorted(hard | {0, len(ensemble) // 2, len(ensemble) - 1}):
        assert miss(huddinge, ensemble, found.table, draw) < ROUGH


CORNERS = np.array([[0.0, 0.3], [3.0, 0.3], [0.0, 0.9], [3.0, 0.9], [1.5, 0.6]])


@pytest.mark.slow
def test_constants_know_that_support_matters_more_where_there_is_defiance(huddinge) -> None:
    ensemble = StoredEnsemble("corners", ("gates.defiance", "exit.acceptance"), CORNERS, np.full(5, 0.2))
    found = constants_of(huddinge, ensemble)
    alone, defiant, accepting, both, _ = np.log(found.table[:, 0])
    assert (both - defiant > accepting - alone + 2 * ROUGH).all()
    assert 0.0 < found.error <= ROUGH and max(miss(huddinge, ensemble, found.table, k) for k in range(5)) < ROUGH


@pytest.mark.slow
def test_where_the_sum_is_rough_every_draw_has_a_pilot_of_its_own(scenario, monkeypatch) -> None:
    ensemble = StoredEnsemble("corners again", ("gates.defiance", "exit.acceptance"), CORNERS[1:], np.full(4, 0.25))
    monkeypatch.setattr(reference_surface, "ROUGH", 0.0)
    monkeypatch.setattr(reference_surface._Surface, "at", lambda *_: (0.3, 0.3))  # a surface as rough as can be
    found = constants_of(scenario, ensemble)
    assert found.error == 0.0 and max(miss(scenario, ensemble, found.table, k) for k in range(4)) < ROUGH


def test_constants_do_not_move_with_what_only_the_programme_uses(scenario) -> None:
    keys = ("belief.message_reach", "gates.norm_strength", "gates.pressure_strength", "gates.mediation_effect")
    ensemble = StoredEnsemble("only", keys, np.array([[0.2, 0.5, 0.3, 0.1], [0.6, 0.0, 0.1, 0.2]]), np.full(2, 0.5))
    found = constants_of(scenario, ensemble)
    point = reference_of(pilot_scenario(scenario))
    assert found.error == 0.0 and np.array_equal(found.table[:, 0], [[point.background, point.offspring]] * 2)


@pytest.mark.parametrize(
    ("key", "values", "message"),
    [
        ("programme.sanction_certainty", [0.1, 0.2], "which a run cannot change from draw to draw"),
        ("site.groups", [3, 4], "which a run cannot change from draw to draw"),
        ("attacks.kappa_repeat", [0.2, 1.5], "draw 1 of the ensemble: "),
    ],
)
def test_what_cannot_be_drawn_is_refused(scenario, tmp_path: Path, key: str, values: list[float], message: str) -> None:
    write_ensemble(tmp_path / "bad", StoredEnsemble("bad", (key,), np.array([values]).T, np.full(2, 0.5)))
    with pytest.raises(ScenarioError, match=message):
        simulate(scenario, replicates=2, seed=1, parameters=tmp_path / "bad")


@pytest.mark.slow
def test_levers_of_ones_own_act_in_runs_of_drawn_values_too(scenario) -> None:
    """A replicate has the draw that it has without them: where they do nothing, nothing differs."""

    class Idle:
        def next_time(self, t: float) -> float:
            return math.inf

        def apply(self, model, t: float) -> None:
            raise AssertionError

    with_it, without = (simulate(scenario, replicates=6, seed=1, workers=1, levers=own) for own in ([Idle()], ()))
    assert with_it.manifest["parameters"] == "ensemble" and len(set(with_it.draws)) == 3
    assert with_it.event_hash == without.event_hash
