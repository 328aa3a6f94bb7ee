"""Lorenz curves and Gini coefficients with known answers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gvi_sim.analysis.concentration import (
    gini,
    group_concentration,
    group_lorenz,
    lorenz,
    person_gini,
    top_share,
)


@pytest.mark.parametrize(
    ("counts", "known"),
    [([5, 5, 5, 5], 0.0), ([0, 0, 0, 12], 0.75), ([1, 2, 3, 4], 0.25), ([3], 0.0), ([0, 1], 0.5)],
)
def test_gini_by_hand(counts: list[int], known: float) -> None:
    assert gini(np.array(counts)) == pytest.approx(known)


def test_nothing_has_no_concentration() -> None:
    assert math.isnan(gini(np.zeros(3))) and math.isnan(gini(np.zeros(0))) and math.isnan(top_share(np.zeros(3)))


def test_lorenz_by_hand() -> None:
    units, events = lorenz(np.array([1, 6, 3]))
    assert units.tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1]) and events.tolist() == pytest.approx([0, 0.6, 0.9, 1])
    assert top_share(np.array([1, 6, 3]), 1 / 3) == pytest.approx(0.6)
    assert top_share(np.array([4, 0, 0, 0, 0, 0, 0, 0, 0, 6]), 0.2) == pytest.approx(1.0)
    assert top_share(np.array([1, 1, 1]), 0.2) == pytest.approx(1 / 3)  # a fifth of three groups is one group


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30).filter(any))
def test_gini_is_the_area_of_the_lorenz_curve(counts: list[int]) -> None:
    units, events = lorenz(np.array(counts))
    assert gini(np.array(counts)) == pytest.approx(2 * np.trapezoid(events, units) - 1, abs=1e-12)
    assert gini(np.array(counts) * 3) == pytest.approx(gini(np.array(counts)))


def test_one_row_a_run() -> None:
    groups = pd.DataFrame({"run": [0, 0, 0, 0, 1, 1, 1, 1], "attacks": [0, 0, 0, 4, 0, 0, 0, 0]})
    found = group_concentration(groups).set_index("run")
    assert found.loc[0].tolist() == pytest.approx([0.75, 1.0])
    assert found.loc[1].isna().all()


def test_persons_are_members_of_the_window() -> None:
    """Persons 0 to 3 were there, 4 left before and 5 came after, 6 stood in and did nothing; 1 attacked twice, 3
    once, a hired one thrice.
    """
    leave, join = [9.0, 9.0, 0.5, 9.0, 0.0, 20.0, 9.0], [-5.0, 1.0, -5.0, 9.5, -5.0, 10.0, 2.0]
    kind = [0, 1, 0, 2, 0, 1, 2]
    persons = pd.DataFrame({"run": 0, "person": range(7), "join_day": join, "leave_day": leave, "kind": kind})
    attacks = pd.DataFrame({"run": 0, "shooter": [1, 1, 3, -1, -1, -1]})
    found = person_gini(persons, attacks, (0.0, 10.0)).set_index("run")
    assert found.loc[0, "gini_persons"] == pytest.approx(gini(np.array([0, 2, 0, 1])))


def test_the_mean_curve_leaves_out_runs_without_attacks() -> None:
    groups = pd.DataFrame({"run": [0, 0, 1, 1], "attacks": [0, 4, 0, 0]})
    share, events = group_lorenz(groups, points=3)
    assert share.tolist() == [0, 0.5, 1] and events.tolist() == pytest.approx([0, 1, 1])
    assert np.isnan(group_lorenz(groups.assign(attacks=0))[1]).all()
