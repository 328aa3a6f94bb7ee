"""How attacks set off attacks: cascades and generations, from the parents in the attacks table.

A cascade is a background attack of the window and everything that descends from it there. What descends
from an attack before the window belongs to none: how large its cascade is cannot be seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...world.codes import NOBODY

if TYPE_CHECKING:
    import pandas as pd


def parents(attacks: pd.DataFrame) -> np.ndarray:
    """Row number of each attack's parent in ``attacks``, -1 where it has none in the window. int64 [rows]."""
    run, seq, parent = (attacks[name].to_numpy(np.int64) for name in ("run", "seq", "parent_seq"))
    width = int(seq.max(initial=0)) + 1
    address = run * width + seq
    order = np.argsort(address)
    inside = parent >= 0
    wanted = run * width + parent
    row = np.minimum(np.searchsorted(address[order], wanted), max(len(order) - 1, 0))
    found = order[row] if len(order) else row
    return np.where(inside & (address[found] == wanted), found, NOBODY) if len(order) else wanted


def generations(attacks: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Row number of each attack's root, and its generation (0 for a root). int64 [rows] each."""
    parent = parents(attacks)
    root, above = np.arange(len(parent)), parent.copy()
    generation = np.zeros(len(parent), np.int64)
    while (climbing := above >= 0).any():
        root[climbing] = above[climbing]
        generation[climbing] += 1
        above[climbing] = parent[above[climbing]]
    return root, generation


def cascade_sizes(attacks: pd.DataFrame) -> np.ndarray:
    """Attacks in each cascade, all runs together, in the order of their roots. int64 [cascades]."""
    roots, sizes = np.unique(generations(attacks)[0], return_counts=True)
    began = attacks["parent_seq"].to_numpy()[roots] == NOBODY
    return np.asarray(sizes[began])
