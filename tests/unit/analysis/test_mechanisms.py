"""The packaged ensemble is what it says: its targets, its priors, and what it does when it is run again."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.makers import mechanism_files, mechanisms
from benchmarks.makers.mechanisms import (
    KEYS,
    SHARED,
    TARGETS,
    MechanismFigures,
    candidates,
    chosen_strengths,
    wanted_ratios,
)
from gvi_sim import evidence
from gvi_sim.config import load_scenario
from gvi_sim.execution.ensembles.ensemble import StoredEnsemble
from gvi_sim.execution.ensembles.packaged import FOLDER, NAME, packaged_ensemble, packaged_provenance


def test_candidates_are_the_same_every_time_and_fill_the_priors() -> None:
    one, other = candidates(256), candidates(256)
    assert np.array_equal(one.draws, other.draws) and one.keys == KEYS
    for key, column in zip(one.keys, one.draws.T, strict=True):
        if key in SHARED:
            # A product of two uniforms has the mean 1/4.
            assert column.mean() / SHARED[key] == pytest.approx(0.25, abs=0.03)
        elif key not in mechanisms.WIDER and key not in (mechanisms.BACKFIRE, mechanisms.CONTACT):
            known = evidence.entry(key)
            assert np.median(column) == pytest.approx(known.quantile(0.5), rel=0.05)


def test_wanted_ratios_are_the_target() -> None:
    found = np.quantile(wanted_ratios(1000), (0.05, 0.5, 0.95))
    assert found == pytest.approx(TARGETS["treated"][:3], rel=0.005)


def test_draws_are_chosen_by_ratio_and_fit() -> None:
    rng = np.random.default_rng(1)
    ratio = rng.uniform(0.3, 1.4, 4000)
    asking = rng.uniform(0, 1, 4000)
    others = 1 - rng.uniform(0.3, 1, 4000) * (1 - ratio)
    middle = {name: np.full(4000, TARGETS[name].middle) for name in ("entering", "completing")}
    measured = MechanismFigures({"here": ratio}, {"here": others}, asking, middle["entering"], middle["completing"])
    chosen = chosen_strengths(measured, 100)
    assert len(set(chosen.tolist())) == 100
    assert np.quantile(ratio[chosen], (0.05, 0.5, 0.95)) == pytest.approx(TARGETS["treated"][:3], abs=0.03)
    assert abs(np.median(asking[chosen]) - TARGETS["asking"].middle) < 0.08
    assert 0.05 < np.std(asking[chosen]) < 0.2


def test_the_packaged_draws_meet_their_targets() -> None:
    about, ensemble = packaged_provenance(), packaged_ensemble()
    assert len(ensemble) == mechanism_files.DRAWS and ensemble.sha256 == about["sha256"]
    assert mechanism_files.misses(about["achieved"]) == about["misses"] == []
    assert {source for target in about["targets"].values() for source in target["sources"]} <= set(evidence.sources())
    assert about["priors"] == {key: mechanism_files.prior(key) for key in ensemble.keys}


def test_no_effect_is_inside() -> None:
    achieved = packaged_provenance()["achieved"]
    assert achieved["treated"][2] > 1.0
    assert 0.05 <= achieved["no effect or harm"] <= 0.2


@pytest.mark.slow
def test_harm_comes_of_lost_legitimacy_alone_and_fair_contacts_turn_it_round() -> None:
    """Why defiance harms only where contacts win no trust: there is one channel, and contacts outnumber sanctions."""
    keys = (*SHARED, mechanisms.BACKFIRE, "belief.legitimacy_sanction_step", mechanisms.CONTACT)
    none = (0.0,) * len(SHARED)
    rows = np.array([(*none, 0.0, 0.1, 0.0), (*none, 2.0, 0.1, 0.0), (*none, 2.0, 0.1, 0.02)])
    ensemble = StoredEnsemble("channel", keys, rows, np.full(3, 1 / 3))
    (quiet, harm, trust), _ = mechanisms.ratios(load_scenario(*mechanisms.PLACES["us_midsize"]), ensemble, 60)
    assert quiet == pytest.approx(1.0, abs=0.03)
    assert harm > 1.04
    assert trust < harm - 0.05


@pytest.mark.slow
def test_the_packaged_draws_do_it_again_with_this_engine() -> None:
    ensemble, achieved = packaged_ensemble(), packaged_provenance()["achieved"]
    scenario = load_scenario(*mechanisms.PLACES["malmo"])
    treated, others = mechanisms.ratios(scenario, ensemble, 2)
    assert np.median(treated) == pytest.approx(achieved["treated in malmo"][1], abs=0.06)
    assert np.median(others) == pytest.approx(achieved["others in malmo"][1], abs=0.06)
    off = ensemble.draws.copy()
    off[:, : len(SHARED)] = 0
    rest, _ = mechanisms.ratios(scenario, StoredEnsemble(NAME, ensemble.keys, off, ensemble.weights), 2)
    assert 1 - rest.mean() < 0.5 * (1 - treated.mean())


def test_what_is_written_is_what_is_read(tmp_path) -> None:
    ensemble, achieved = packaged_ensemble(), packaged_provenance()["achieved"]
    mechanism_files.write_ensemble(tmp_path, ensemble, achieved)
    assert (tmp_path / f"{NAME}.csv").read_bytes() == (FOLDER / f"{NAME}.csv").read_bytes()


def test_a_target_that_is_missed_is_told() -> None:
    achieved = dict(packaged_provenance()["achieved"])
    achieved |= {"treated": [0.4, 0.6, 0.9], "asking": [0.1, 0.9, 1.0], "own restraint": {"malmo": 0.3}}
    told = mechanism_files.misses(achieved)
    assert len(told) == 5 and any("own restraint makes 30%" in line for line in told)


def test_the_published_share_that_enters_support_binds_the_median_and_not_the_spread() -> None:
    achieved = dict(packaged_provenance()["achieved"])
    published, spread = TARGETS["entering"].median, TARGETS["entering"]
    assert published == (0.16, 0.20) and spread.low < published[0] and spread.high > published[1]
    assert mechanism_files.misses(achieved | {"entering": [0.13, 0.161, 0.23]}) == []
    assert mechanism_files.misses(achieved | {"entering": [0.13, 0.15, 0.23]}) == [
        "entering: median 0.15 outside 0.16 to 0.2"
    ]


def test_every_point_of_the_treated_ratio_is_held_to_its_target() -> None:
    achieved = dict(packaged_provenance()["achieved"])
    for place, name in enumerate(("5 % point", "median", "95 % point")):
        moved = list(TARGETS["treated"][:3])
        assert mechanism_files.misses(achieved | {"treated": moved}) == []
        moved[place] += 0.04
        (told,) = mechanism_files.misses(achieved | {"treated": moved})
        assert name in told
