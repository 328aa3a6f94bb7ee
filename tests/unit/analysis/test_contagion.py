"""Cascades of a small forest drawn by hand, and of random forests against a plain count."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from gvi_sim.analysis.measures.contagion import cascade_sizes, generations, parents

# Run 0: 0 <- 1 <- 3, 0 <- 2; 4 alone. Run 1: 0's parent lies before the window, 0 <- 1.
FOREST = pd.DataFrame(
    {
        "run": [0, 0, 0, 0, 0, 1, 1],
        "seq": [0, 1, 2, 3, 4, 0, 1],
        "parent_seq": [-1, 0, 0, 1, -1, -2, 0],
        "day": [1.0, 3.0, 10.0, 4.0, 50.0, 2.0, 9.0],
    }
)
EMPTY = FOREST.iloc[:0]


def test_parents_are_rows_of_the_same_run() -> None:
    assert parents(FOREST).tolist() == [-1, 0, 0, 1, -1, -1, 5]


def test_rows_may_stand_in_any_order() -> None:
    shuffled = FOREST.iloc[[6, 3, 0, 5, 1, 4, 2]].reset_index(drop=True)
    assert sorted(cascade_sizes(shuffled)) == [1, 4]
    assert parents(shuffled).tolist() == [3, 4, -1, -1, 2, -1, 2]


def test_cascades_and_generations_by_hand() -> None:
    root, generation = generations(FOREST)
    assert root.tolist() == [0, 0, 0, 0, 4, 5, 5] and generation.tolist() == [0, 1, 1, 2, 0, 0, 1]
    assert cascade_sizes(FOREST).tolist() == [4, 1]  # the one that began before the window left out


def test_no_attacks_no_contagion() -> None:
    assert len(cascade_sizes(EMPTY)) == 0 and len(parents(EMPTY)) == 0


@given(st.lists(st.integers(-2, 30), min_size=1, max_size=60))
def test_sizes_add_up_to_attacks(drawn: list[int]) -> None:
    parent = [min(value, seq - 1) if value >= 0 else value for seq, value in enumerate(drawn)]
    count = len(parent)
    days = np.arange(count, dtype=float)
    forest = pd.DataFrame({"run": np.zeros(count, int), "seq": np.arange(count), "parent_seq": parent, "day": days})
    began, roots = parent.count(-1), sum(value < 0 for value in parent)
    assert len(cascade_sizes(forest)) == began and cascade_sizes(forest).sum() <= count
    assert began < roots or cascade_sizes(forest).sum() == count
    assert (parents(forest) >= 0).sum() == count - roots
    depth = [0] * count
    for seq, value in enumerate(parent):
        depth[seq] = depth[value] + 1 if value >= 0 else 0
    assert generations(forest)[1].tolist() == depth
