"""Months of the window counted day by day, in another way than the package does."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np


def month_starts(start: date, last: float) -> np.ndarray:
    """Days from 0 to ``last`` that have the start's day of the month, or end a month without such a day; one more."""
    found, day = [0.0], 0
    while found[-1] < last:
        day += 1
        at = start + timedelta(days=day)
        ends_month = (at + timedelta(days=1)).day == 1
        if at.day == start.day or (ends_month and at.day < start.day):
            found.append(float(day))
    return np.array(found)


def month_of(start: date, days: np.ndarray) -> np.ndarray:
    """The month of the window in which each of ``days`` lies, from 0."""
    starts = month_starts(start, float(np.max(days, initial=0.0)) + 1.0)
    return np.searchsorted(starts, days, side="right") - 1
