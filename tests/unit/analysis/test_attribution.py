"""Shapley values by lever: known games, exact sums, exact zeros, and what is stored."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from gvi_sim.analysis.decomposition import attribution as at
from gvi_sim.analysis.pairs.components import PARTS
from gvi_sim.config import Scenario, load_scenario
from gvi_sim.errors import EngineError, PairingError, ScenarioError
from gvi_sim.execution.storage.store import open_store


def game(count: int, seed: int = 3) -> np.ndarray:
    """Integer values of every subset [2**count, 7 runs, 2 outcomes]."""
    return np.random.default_rng(seed).integers(0, 500, (1 << count, 7, 2)).astype(float)


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_the_values_are_means_over_all_orders(count: int) -> None:
    values = game(count)
    by_hand = np.zeros((count, 7, 2))
    orders = list(permutations(range(count)))
    for order in orders:
        subset = 0
        for part in order:
            by_hand[part] += values[subset | 1 << part] - values[subset]
            subset |= 1 << part
    assert np.allclose(at.shapley(values), by_hand / len(orders), rtol=0, atol=1e-9)
    assert np.abs(at.shapley(values).sum(axis=0) - (values[-1] - values[0])).max() < 1e-9


def test_a_part_that_does_nothing_gets_exactly_nothing() -> None:
    values = game(3)
    for subset in range(8):
        values[subset | 2] = values[subset & ~2]
    assert (at.shapley(values)[1] == 0).all()
    assert (at.but_for(values)[1] == 0).all() and (at.alone(values)[1] == 0).all()


def test_but_for_and_alone_of_two_that_need_each_other() -> None:
    """Neither does anything alone: each gets half, and each is wholly necessary."""
    values = np.array([0.0, 0.0, 0.0, -10.0])[:, None, None]
    assert at.shapley(values).ravel().tolist() == [-5.0, -5.0]
    assert at.but_for(values).ravel().tolist() == [-10.0, -10.0]
    assert at.alone(values).ravel().tolist() == [0.0, 0.0]


def test_a_share_that_is_lost_is_a_fault() -> None:
    shares, total = at.shapley(game(2)), game(2)[-1] - game(2)[0]
    at.check_sum(shares, np.zeros_like(total), total)
    shares[0, 3, 1] += 1e-4
    with pytest.raises(EngineError, match="miss their total"):
        at.check_sum(shares, np.zeros_like(total), total)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario(
        "site=huddinge", "programme=gvi", "years=3", "calendar=flat", "site.attacks_per_year=60",
        "programme.mediation_reach=0.5", "gates.mediation_effect=0.5", "programme.prevention=0",
    )  # fmt: skip


@pytest.mark.slow
def test_a_programme_is_shared_out_wholly(scenario: Scenario, tmp_path) -> None:
    made = at.attribute(scenario, replicates=20, seed=4, workers=1, out=tmp_path / "parts")
    table = made.table.set_index(["outcome", "part"])
    for outcome in at.OUTCOMES_SHARED:
        shares = table.loc[outcome, "shapley"]
        of_parts = shares[[*PARTS, at.REST]].sum()
        assert of_parts == pytest.approx(shares[at.TOTAL], rel=1e-9, abs=1e-9)
        assert table.loc[(outcome, "prevention"), ["shapley", "low", "high", "but_for", "alone"]].eq(0).all()
    assert bool(table.loc[("shootings", "prevention"), "dose_zero"])
    assert not bool(table.loc[("shootings", "mediation"), "dose_zero"])
    assert table.loc[("attacks", at.REST), "high"] == 0 == table.loc[("attacks", at.REST), "low"]
    assert table.loc[("shootings", "contacts"), "shapley"] < 0
    assert "its dose is zero" in repr(made) and "Om delen tas bort" in made.text("sv")
    store = open_store(tmp_path / "parts")
    assert store.read_table("attribution").equals(made.table.astype(store.read_table("attribution").dtypes))
    assert store.manifest["parts"]["sanctions"] == ["programme.sanction_certainty=0"]
    assert len(store.manifest["arms"]) == 33


@pytest.mark.slow
def test_what_would_be_lost_is_what_the_attribution_says(scenario: Scenario) -> None:
    """One arm a part gives the same as all their combinations."""
    base = scenario.replace("programme.enabled=false")
    lost = at.without_each(scenario, base, replicates=6, seed=4, workers=1)
    whole = at.attribute(scenario, replicates=6, seed=4, workers=1).table
    whole = whole[whole["part"] != at.REST].reset_index(drop=True)
    pd.testing.assert_frame_equal(lost, whole[list(lost.columns)])


def test_parts_of_ones_own_certified_in_memory_as_in_a_folder(scenario: Scenario, tmp_path) -> None:
    own = {"police": ("programme.sanction_certainty=0",), "help": ("exit.offer_rate=0",)}
    made = at.attribute(scenario, parts=own, replicates=6, seed=4, workers=1)
    assert made.parts == ("police", "help") and made.values.shape[:2] == (4, 6)
    stored = at.attribute(scenario, parts=own, replicates=6, seed=4, workers=1, out=tmp_path / "parts")
    assert made.certificates is not None and stored.certificates is not None
    assert made.certificates["label"].tolist() == ["none", "police", "help", "police+help"]
    assert made.certificates["same_addresses"].all()
    pd.testing.assert_frame_equal(made.certificates, stored.certificates, check_dtype=False)


def test_parts_that_cannot_be(scenario: Scenario) -> None:
    seven = {str(number): ("exit.offer_rate=0",) for number in range(7)}
    for parts in ({}, seven, {"total": ("exit.offer_rate=0",)}, {"empty": ()}):
        with pytest.raises(ScenarioError):
            at.attribute(scenario, parts=parts, replicates=5, seed=4)
    with pytest.raises(PairingError, match=r"site\.members"):
        at.attribute(scenario, parts={"world": ("site.members=60",)}, replicates=5, seed=4)
