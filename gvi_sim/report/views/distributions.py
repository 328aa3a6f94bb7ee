"""How runs are spread: fan charts of monthly counts and Lorenz curves of groups, from the tables of runs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from ...analysis.inference.estimates import Stated
from ...analysis.inference.intervals import mean_interval
from ...analysis.measures.concentration import lorenz
from ...units import months_after
from .view import Array, Fan, Lorenz, Origin

if TYPE_CHECKING:
    import pandas as pd

SPANS = (1, 3, 6, 12)  # months that one point of a fan may look back
ENOUGH = 2.0  # events a point should hold on average, for bands that say something
HALF, MOST = 0.5, 0.9
POINTS = 101


def year_of(moment: date) -> float:
    """A date as a year with decimals."""
    start = date(moment.year, 1, 1)
    return moment.year + (moment - start).days / (date(moment.year + 1, 1, 1) - start).days


def monthly_counts(series: pd.DataFrame, name: str) -> Array:
    """A series with the sites together, float64 [runs, months]."""
    runs, months = int(series["run"].nunique()), int(series["month"].max()) + 1
    totals = np.zeros((runs, months))
    order = np.searchsorted(np.sort(series["run"].unique()), series["run"].to_numpy())
    np.add.at(totals, (order, series["month"].to_numpy()), series[name].to_numpy(np.float64))
    return totals


def span_for(counts: Array) -> int:
    """Months a point of the fan must look back to have enough events on average, within the window."""
    spans = [span for span in SPANS if 2 * span <= counts.shape[1]] or [1]
    return next((span for span in spans if counts.mean() * span >= ENOUGH), spans[-1])


def fan(counts: Array, start: date, months: int) -> Fan:
    """Mean and bands of counts [runs, months] from ``start`` on, each month with the ``months`` up to it.

    Past months, never those to come, so that nothing moves before its cause.
    """
    running = np.cumsum(np.pad(counts, ((0, 0), (1, 0))), axis=1)
    grouped = running[:, months:] - running[:, :-months]
    ends = [year_of(months_after(start, month)) for month in range(months, counts.shape[1] + 1)]
    bands = {
        share: (smooth_quantile(grouped, (1 - share) / 2), smooth_quantile(grouped, (1 + share) / 2))
        for share in (HALF, MOST)
    }
    return Fan(np.array(ends), months, grouped.mean(axis=0), bands)


def smooth_quantile(counts: Array, share: float) -> Array:
    """Quantile of each column of whole numbers [runs, columns], each spread evenly over one unit around it.

    Ordinary quantiles of small counts jump between whole numbers and would draw stairs.
    """
    edges = np.arange(counts.max() + 2) - 0.5
    below = np.array([(counts < edge).mean(axis=0) for edge in edges])
    return np.array([_reach(column, edges, share) for column in below.T])


def _reach(below: Array, edges: Array, share: float) -> float:
    return max(0.0, float(np.interp(share, below, edges)))


def is_count(origin: Origin, moment: float) -> bool:
    """Whether ``moment``, a year with decimals, lies in the period that is counted."""
    return 0 <= moment - year_of(origin.start) < max(origin.spans)


def lorenz_view(groups: pd.DataFrame, outcomes: pd.DataFrame) -> Lorenz:
    """Lorenz curves of attacks over groups, most active first: mean and middle nine tenths of the runs."""
    grid = np.linspace(0.0, 1.0, POINTS)
    curves = []
    for _, run in groups.groupby("run"):
        shares, attacks = lorenz(run["attacks"].to_numpy())
        if np.isfinite(attacks).all():
            curves.append(np.interp(grid, shares, attacks))
    stacked = np.array(curves) if curves else np.full((1, POINTS), np.nan)
    low, high = np.quantile(stacked, ((1 - MOST) / 2, (1 + MOST) / 2), axis=0)
    return Lorenz(grid, stacked.mean(axis=0), low, high, _gini(outcomes), float(stacked.mean(axis=0)[POINTS // 5]))


def _gini(outcomes: pd.DataFrame) -> Stated:
    known = outcomes["gini_groups"].dropna().to_numpy(np.float64)
    if len(known) < 2:
        return Stated(np.nan, np.nan, np.nan)
    mean, low, high = mean_interval(known[:, None])
    return Stated(float(mean[0]), float(low[0]), float(high[0]))
