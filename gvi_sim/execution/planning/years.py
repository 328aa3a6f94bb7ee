"""The years of single runs, kept by results that hold their months only as a sum over runs.

A year is twelve months of the window, counted from its start; the last one may be a part of a year.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from ...units import MONTHS_PER_YEAR
from ...world.tables import FIELDS, SERIES, Field, Table

YEARS = "years"
# Harm, burden, and what a programme promises and does: what a reader of years asks for. All are sums over time.
BY_YEAR = (
    "shootings", "detonations", "persons_hit", "persons_killed", "detained_days", "call_in_contacts", "notifications",
    "promises_kept", "promises_broken", "sanctions", "offers", "admissions",
)  # fmt: skip
OF_YEARS = Table(
    "a year of the window, the last one perhaps a part of a year (sweeps alone)",
    {
        **{name: FIELDS["series"][name] for name in ("run", "site")},
        "year": Field("i8", 1, 2**63 - 1, meaning="year of the window, from 1"),
        **{name: FIELDS["series"][name] for name in BY_YEAR},
    },
    {"site_years": 1},
)
STORED: Mapping[str, Mapping[str, Field]] = MappingProxyType({**FIELDS, YEARS: OF_YEARS.columns})
"""Every column of every stored table."""


def years_within(months: int) -> int:
    """How many years so many months begin."""
    return -(-months // MONTHS_PER_YEAR)


def rows_by_year(first: int, series: np.ndarray) -> np.ndarray:
    """Rows of the table ``years`` from monthly series [runs, sites, months, series] of the runs from ``first`` on."""
    runs, sites, months, _ = series.shape
    starts = np.arange(0, months, MONTHS_PER_YEAR)
    sums = np.add.reduceat(series[..., [SERIES.index(name) for name in BY_YEAR]], starts, axis=2)
    rows = np.zeros((runs, sites, len(starts)), OF_YEARS.dtype)
    rows["run"] = np.arange(first, first + runs)[:, None, None]
    rows["site"] = np.arange(sites)[:, None]
    rows["year"] = np.arange(1, len(starts) + 1)
    for column, name in enumerate(BY_YEAR):
        rows[name] = sums[..., column]
    return rows.ravel()
