"""The network that is read back is the one the engine used."""

from __future__ import annotations

import numpy as np
import pytest

import gvi_sim as gvi
from gvi_sim.analysis.estimand import measure
from gvi_sim.analysis.estimand.networks import rivalry_by_distance, rivals_per_group, transitivity
from gvi_sim.analysis.measures.ties import networks
from gvi_sim.simulate import Runs


@pytest.fixture(scope="module")
def runs() -> Runs:
    """A mid-size city for a short while; the network is there from the start."""
    words = ("site=us_midsize", "programme=none", "years=0.2", "burn_in_years=0.2", "start_date=2007-07-01")
    return gvi.simulate(gvi.load_scenario(*words), replicates=6, seed=5, workers=1, keep=("attacks", "groups"))


def test_rivals_are_those_of_the_table_of_groups(runs: Runs) -> None:
    groups = runs.table("groups").set_index(["run", "group"])["rivals"]
    for run, network in enumerate(networks(runs)):
        assert (network.rivalry > 0).sum(axis=1).tolist() == groups.loc[run].tolist()
        assert np.array_equal(network.rivalry, network.rivalry.T)
        assert not (network.tied & np.eye(len(network.tied), dtype=bool)).any()


def test_attacks_between_groups_go_to_rivals(runs: Runs) -> None:
    attacks = runs.attacks
    for run, network in enumerate(networks(runs)):
        first = attacks[(attacks["run"] == run) & (attacks["cause"] == 0) & (attacks["target_group"] >= 0)]
        assert (network.rivalry[first["attacker_group"], first["target_group"]] > 0).all()


def test_distances_are_those_that_rivalries_were_drawn_from(runs: Runs) -> None:
    """A rivalry's weight is exp(-d^2 / 2 r^2): -2 log weight over d^2 is one number."""
    for network in networks(runs):
        rival = network.rivalry > 0
        constant = -2 * np.log(network.rivalry[rival]) / network.distance[rival] ** 2
        assert constant.std() < 1e-6 * constant.mean()


def test_numbers_of_the_network(runs: Runs) -> None:
    arms = {"usual": runs}
    assert measure(rivals_per_group(arms, arm="usual")).value == pytest.approx(3.0, abs=0.5)
    near, far = (measure(rivalry_by_distance(arms, arm="usual", between=b)).value for b in ((0, 0.05), (0.5, 1)))
    assert near > 0.5 and far < 0.01
    assert 0.1 < measure(transitivity(arms, arm="usual")).value < 0.6
