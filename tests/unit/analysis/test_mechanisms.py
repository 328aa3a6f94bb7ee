"""The packaged ensemble is what it says: its targets, its priors, and what it does when it is run again."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.makers import mechanism_files, mechanisms
from benchmarks.makers.mechanism_priors import FROM_REGISTRY, KAPPAS, KEYS, PERSONAL, SHARED, TRUST, candidates, prior
from benchmarks.makers.mechanisms import TARGETS, MechanismFigures, chosen_strengths, wanted_ratios
from gvi_sim import evidence
from gvi_sim.config import load_scenario
from gvi_sim.config.leaves import leaves
from gvi_sim.execution.ensembles.ensemble import StoredEnsemble
from gvi_sim.execution.ensembles.packaged import FOLDER, NAME, packaged_ensemble, packaged_provenance
from gvi_sim.execution.ensembles.structures import STRUCTURES, forms_of


def test_candidates_are_the_same_every_time_and_fill_the_priors() -> None:
    one, other = candidates(256), candidates(256)
    assert np.array_equal(one.draws, other.draws) and one.keys == KEYS
    for key in FROM_REGISTRY:
        known = evidence.entry(key)
        assert np.median(one.draws[:, KEYS.index(key)]) == pytest.approx(known.quantile(0.5), rel=0.05)
    for key in SHARED:  # an eighth of the factors has the mean 0.1, the others 2 / 3
        share = one.draws[:, KEYS.index(key)].mean() / evidence.entry(key).high
        assert share == pytest.approx(0.5 * (0.1 + 7 * 2 / 3) / 8, abs=0.03)
    assert np.median(one.draws[:, KEYS.index("belief.credibility")]) == pytest.approx(0.5, abs=0.02)
    n = one.draws[:, [KEYS.index(key) for key in KAPPAS]].sum(axis=1)
    assert n.min() < 0.05 and n.max() > 0.45 and 0.4 < (n < 0.15).mean() < 0.6


@pytest.mark.parametrize("ensemble", [candidates(1024), packaged_ensemble()], ids=["candidates", "packaged"])
def test_every_draw_lies_in_its_entry_s_range(ensemble: StoredEnsemble) -> None:
    for key, column in zip(ensemble.keys, ensemble.draws.T, strict=True):
        if leaves()[key].kind == "word":
            assert set(column) <= set(range(len(leaves()[key].words)))
            continue
        known = evidence.entry(key)
        assert known.low <= column.min() and column.max() <= known.high, key


def test_both_forms_of_every_structure_are_drawn() -> None:
    ensemble = packaged_ensemble()
    forms = forms_of(ensemble)
    assert set(forms) == set(STRUCTURES)
    for name, form in forms.items():
        assert 0.2 <= form.mean() <= 0.8, name
    told = packaged_provenance()["achieved"]["structures"]
    assert {name.partition(":")[0] for name in told} == set(STRUCTURES)
    feared = [told[f"feared: {form}"]["treated"] for form in ("always", "open")]
    assert feared[0] < feared[1]  # a sanction that is feared for longer holds back more


def test_wanted_ratios_are_the_target() -> None:
    found = np.quantile(wanted_ratios(1000), (0.05, 0.5, 0.95))
    assert found == pytest.approx(TARGETS["treated"][:3], rel=0.005)


def test_draws_are_chosen_by_ratio_and_fit() -> None:
    rng = np.random.default_rng(1)
    ratio = rng.uniform(0.3, 1.4, 4000)
    asking = rng.uniform(0, 1, 4000)
    others = 1 - rng.uniform(0.3, 1, 4000) * (1 - ratio)
    middle = {name: np.full(4000, TARGETS[name].middle) for name in ("entering", "completing")}
    by_year = 1.0 - np.array([0.01, 0.12, 0.2])[:, None, None] * np.ones((3, 4000, 5))
    measured = MechanismFigures(
        {"here": ratio}, {"here": others}, asking, middle["entering"], middle["completing"], by_year
    )
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
    assert about["priors"] == {key: prior(key) for key in ensemble.keys}


def test_no_effect_is_inside() -> None:
    achieved = packaged_provenance()["achieved"]
    assert achieved["treated"][2] > 0.97
    assert 0.05 <= achieved["hardly any effect"] <= 0.2


@pytest.mark.slow
def test_harm_comes_of_lost_legitimacy_alone_and_fair_contacts_turn_it_round() -> None:
    """Why defiance harms only where contacts win no trust: there is one channel, and contacts outnumber sanctions.

    Where every attack is owed a sanction: if the first of a round alone is, there are too few of them to harm.
    """
    keys = (*SHARED, PERSONAL, "gates.defiance", "belief.legitimacy_sanction_step", TRUST)
    none = (0.0,) * (len(SHARED) + 1)
    rows = np.array([(*none, 0.0, 0.1, 0.0), (*none, 2.0, 0.1, 0.0), (*none, 2.0, 0.1, 0.02)])
    ensemble = StoredEnsemble("channel", keys, rows, np.full(3, 1 / 3))
    scenario = load_scenario(*mechanisms.PLACES["us_midsize"], "promise.rule=every")
    (quiet, harm, trust), _ = mechanisms.ratios(scenario, ensemble, 60)
    assert quiet == pytest.approx(1.0, abs=0.03)
    assert harm > 1.04
    assert trust < harm - 0.05


@pytest.mark.slow
def test_the_packaged_draws_do_it_again_with_this_engine() -> None:
    ensemble, achieved = packaged_ensemble(), packaged_provenance()["achieved"]
    scenario = load_scenario(*mechanisms.PLACES["goteborg"])
    treated, others = mechanisms.ratios(scenario, ensemble, 2)
    assert np.median(treated) == pytest.approx(achieved["treated in goteborg"][1], abs=0.06)
    assert np.median(others) == pytest.approx(achieved["others in goteborg"][1], abs=0.06)
    off = ensemble.draws.copy()
    off[:, [KEYS.index(key) for key in (*SHARED, "gates.personal_strength")]] = 0
    rest, _ = mechanisms.ratios(scenario, StoredEnsemble(NAME, ensemble.keys, off, ensemble.weights), 2)
    assert 1 - rest.mean() < 0.5 * (1 - treated.mean())


def test_what_is_written_is_what_is_read(tmp_path) -> None:
    ensemble, achieved = packaged_ensemble(), packaged_provenance()["achieved"]
    mechanism_files.write_ensemble(tmp_path, ensemble, achieved)
    assert (tmp_path / f"{NAME}.csv").read_bytes() == (FOLDER / f"{NAME}.csv").read_bytes()


def test_a_target_that_is_missed_is_told() -> None:
    achieved = dict(packaged_provenance()["achieved"])
    achieved |= {"treated": [0.4, 0.6, 0.9], "asking": [0.1, 0.9, 1.0], "own restraint": {"goteborg": 0.3}}
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
