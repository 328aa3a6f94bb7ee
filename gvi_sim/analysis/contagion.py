"""How attacks set off attacks: cascades, generations and delays, from the parents in the attacks table.

A cascade is a background attack of the window and everything that descends from it there. What descends
from an attack before the window belongs to none: how large its cascade is cannot be seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..world.codes import NOBODY

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
    place = np.minimum(np.searchsorted(address[order], wanted), max(len(order) - 1, 0))
    found = order[place] if len(order) else place
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


def parent_delays(attacks: pd.DataFrame) -> np.ndarray:
    """Days from parent to offspring, for attacks with a parent in the window. float64."""
    parent, day = parents(attacks), attacks["day"].to_numpy(float)
    delays: np.ndarray = day[parent >= 0] - day[parent[parent >= 0]]
    return delays


def contagion(attacks: pd.DataFrame) -> dict[str, float]:
    """Over all runs: share with a parent (before the window too), reproduction, cascade sizes, median delay.

    ``reproduction`` is offspring in the window per attack; NaN without attacks.
    """
    if not len(attacks):
        names = (
            "share_with_parent",
            "reproduction",
            "mean_cascade",
            "largest_cascade",
            "median_parent_delay_days",
        )
        return dict.fromkeys(names, float("nan"))
    sizes, delays = cascade_sizes(attacks), parent_delays(attacks)
    return {
        "share_with_parent": float((attacks["parent_seq"] != NOBODY).mean()),
        "reproduction": len(delays) / len(attacks),
        "mean_cascade": float(sizes.mean()) if len(sizes) else float("nan"),
        "largest_cascade": float(sizes.max(initial=0)),
        "median_parent_delay_days": float(np.median(delays)) if len(delays) else float("nan"),
    }
