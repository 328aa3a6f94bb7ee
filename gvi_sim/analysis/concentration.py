"""How unevenly attacks fall on groups and persons: Lorenz curve, Gini coefficient, share of the top fifth.

Those without attacks count too: every group, and every person who was a member at some time of the window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..world.codes import HIRED, STAND_IN

if TYPE_CHECKING:
    import pandas as pd


def lorenz(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares of units (from the most active down) and of events they account for, both from 0 to 1 [units +
    1].

    The share of events is NaN when there are none.
    """
    ordered = np.sort(np.asarray(counts, float))[::-1]
    units = np.arange(len(ordered) + 1) / max(len(ordered), 1)
    total = ordered.sum()
    events = np.concatenate([[0.0], np.cumsum(ordered)])
    return units, events / total if total > 0 else np.full(len(events), np.nan)


def gini(counts: np.ndarray) -> float:
    """Gini coefficient of counts: 0 when all are equal, near 1 when one unit has all; NaN without events."""
    ordered = np.sort(np.asarray(counts, float))
    size, total = len(ordered), ordered.sum()
    if total <= 0:
        return float("nan")
    return float(2 * (np.arange(1, size + 1) * ordered).sum() / (size * total) - (size + 1) / size)


def top_share(counts: np.ndarray, share: float = 0.2) -> float:
    """Share of events of the most active ``share`` of units (rounded up); NaN without events."""
    _, events = lorenz(counts)
    return float(events[int(np.ceil(share * len(counts) - 1e-9))])


def group_lorenz(groups: pd.DataFrame, points: int = 101) -> tuple[np.ndarray, np.ndarray]:
    """Mean Lorenz curve of attacks over groups, over the runs that have attacks, at ``points`` shares."""
    grid = np.linspace(0, 1, points)
    curves = []
    for _, run in groups.groupby("run"):
        units, events = lorenz(run["attacks"].to_numpy())
        if not np.isnan(events).any():
            curves.append(np.interp(grid, units, events))
    return grid, np.mean(curves, axis=0) if curves else np.full(points, np.nan)


def group_concentration(groups: pd.DataFrame) -> pd.DataFrame:
    """One row a run of the table ``groups``: gini_groups and top_fifth_groups_share (NaN without attacks)."""
    import pandas as pd

    counts = {run: of_run.to_numpy() for run, of_run in groups.groupby("run")["attacks"]}
    rows = [(run, gini(of_run), top_share(of_run)) for run, of_run in counts.items()]
    return pd.DataFrame(rows, columns=["run", "gini_groups", "top_fifth_groups_share"])


def person_gini(persons: pd.DataFrame, attacks: pd.DataFrame, window: tuple[float, float]) -> pd.DataFrame:
    """One row a run of the table ``persons``: gini_persons over those who were members in the window.

    Of stand-ins those count who attacked: which others there were is known only to a run that keeps persons.
    """
    import pandas as pd

    own = attacks[attacks["shooter"] != HIRED].groupby(["run", "shooter"]).size().rename("attacks")
    there = persons[(persons["leave_day"] > window[0]) & (persons["join_day"] < window[1])]
    counted = there.join(own, on=["run", "person"]).fillna({"attacks": 0})
    counted = counted[(counted["kind"] != STAND_IN) | (counted["attacks"] > 0)]
    rows = [(run, gini(of_run.to_numpy())) for run, of_run in counted.groupby("run")["attacks"]]
    return pd.DataFrame(rows, columns=["run", "gini_persons"])
