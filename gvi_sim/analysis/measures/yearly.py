"""Monthly series as years of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...units import MONTHS_PER_YEAR, month_edges
from ...world.tables import DETONATIONS, EXPOSURE, SERIES, SHOOTINGS

if TYPE_CHECKING:
    from ...simulate import Runs

YEARLY = (*SERIES, "attacks")


def monthly(runs: Runs) -> np.ndarray:
    """Series of whole runs [runs, months, len(YEARLY)]: summed over sites, exposure averaged by people."""
    series = runs.results.series
    whole = series.sum(axis=1)
    inhabitants = np.array([site.site.population for site in runs.scenario.each_site()], float)
    whole[..., EXPOSURE] = np.tensordot(series[..., EXPOSURE], inhabitants / inhabitants.sum(), axes=(1, 0))
    attacks = whole[..., SHOOTINGS] + whole[..., DETONATIONS]
    return np.concatenate([whole, attacks[..., None]], axis=-1)


def yearly(runs: Runs) -> np.ndarray:
    """As ``monthly``, by year [runs, years, len(YEARLY)]; the last year may be a part of one."""
    months = monthly(runs)
    days = np.diff(month_edges(runs.scenario.start_date, months.shape[1]))
    months[..., EXPOSURE] *= days
    starts = np.arange(0, months.shape[1], MONTHS_PER_YEAR)
    years = np.add.reduceat(months, starts, axis=1)
    years[..., EXPOSURE] /= np.add.reduceat(days, starts)
    return years
