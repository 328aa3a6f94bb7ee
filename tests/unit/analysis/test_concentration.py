"""Lorenz curves and Gini coefficients with known answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gvi_sim.analysis.measures.concentration import gini, lorenz, top_share


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
