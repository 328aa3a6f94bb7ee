"""Reading the published tables: by person, by site, by month."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import months
import numpy as np

from gvi_sim.config import Scenario
from gvi_sim.units import day_of
from gvi_sim.world.tables import OUTCOMES, SERIES

from .worlds import Run

Complaints = Iterator[str]
SMALL = 1e-6  # days: sums of person-days are compared to this, relative to their size
FAR = 1e18


def parts(run: Run) -> tuple[Scenario, ...]:
    """One scenario a site."""
    return run.scenario.each_site()


def starts_of(run: Run) -> list[tuple[float, float]]:
    """First and last day of the programme by site; never is (inf, inf)."""
    found = []
    for part in parts(run):
        stop = part.programme.stop_date
        first = float(day_of(part.programme.start_date, part.start_date))
        last = math.inf if stop is None else float(day_of(stop, part.start_date))
        found.append((first, last) if part.programme_runs()[0] and first < last else (math.inf, math.inf))
    return found


def first_day(run: Run) -> float:
    """First day of the burn-in."""
    return run.scenario.begins


def month_of(run: Run, days: np.ndarray) -> np.ndarray:
    """Month of the window."""
    return months.month_of(run.scenario.start_date, days)


def by_month(run: Run, days: np.ndarray, site: np.ndarray, amount: Any = 1.0) -> np.ndarray:
    """Sums by site and month of what happened in the window."""
    made = np.zeros(run.series.shape[:2])
    inside = (days >= run.first) & (days <= run.last)
    weights = np.broadcast_to(np.asarray(amount, dtype=float), days.shape)[inside]
    month = np.minimum(month_of(run, days[inside]), made.shape[1] - 1)
    np.add.at(made, (site[inside], month), weights)
    return made


def days_by_month(run: Run, start: np.ndarray, end: np.ndarray, site: np.ndarray) -> np.ndarray:
    """Days of intervals that fall in each month of the window, by site."""
    made = np.zeros(run.series.shape[:2])
    starts = months.month_starts(run.scenario.start_date, run.last)
    for month, low in enumerate(starts[:-1]):
        high = min(starts[month + 1], run.last)
        np.add.at(made[:, month], site, np.maximum(np.minimum(end, high) - np.maximum(start, low), 0.0))
    return made


def column(run: Run, name: str) -> np.ndarray:
    """A monthly series [sites, months]."""
    return run.series[:, :, SERIES.index(name)]


def outcome(run: Run, name: str) -> np.ndarray:
    """An outcome by site."""
    return run.outcomes[:, OUTCOMES.index(name)]


def group_site(run: Run) -> np.ndarray:
    """Site of each group."""
    return run.tables["groups"]["site"]


def person_rows(run: Run) -> dict[int, np.void]:
    """Rows of the persons by id."""
    return {int(row["person"]): row for row in run.tables["persons"]}


def spells_by_person(run: Run) -> dict[int, list[tuple[int, float, float]]]:
    """(status, from, to) by person, in order of time."""
    found: dict[int, list[tuple[int, float, float]]] = {}
    for row in run.tables["spells"]:
        spell = (int(row["status"]), float(row["from_day"]), float(row["to_day"]))
        found.setdefault(int(row["person"]), []).append(spell)
    return found


def status_at(spells: list[tuple[int, float, float]], t: float) -> int:
    """Status at a moment, -1 outside every spell; a spell holds its first moment and not its last."""
    return next((status for status, start, end in spells if start <= t < end), -1)


def status_before(spells: list[tuple[int, float, float]], t: float) -> int:
    """Status just before a moment."""
    return next((status for status, start, end in spells if start < t <= end), -1)


def differing(name: str, left: np.ndarray, right: np.ndarray) -> Complaints:
    """A complaint if two arrays differ by more than rounding."""
    gap = np.abs(left - right) > SMALL * (1.0 + np.abs(right))
    if left.shape != right.shape or gap.any():
        where = tuple(int(k) for k in np.argwhere(gap)[0])
        yield f"{name} at (site, month) {where}: books say {left[where]}, tables say {right[where]}"
