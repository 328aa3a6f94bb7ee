"""How unevenly attacks fall on groups and persons: Lorenz curve, Gini coefficient, share of the top fifth.

Those without attacks count too: every group, and every person who was a member at some time of the window.
"""

from __future__ import annotations

import numpy as np


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
