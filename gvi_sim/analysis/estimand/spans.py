"""Which attacks count: by what happened, by when, by which groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from ...errors import ScenarioError, nearest_hint
from ...units import DAYS_PER_YEAR, day_of, days_after, month_edges
from ...world.codes import DETONATION, DOSES, SHOOTING
from ...world.tables import SERIES
from ..measures.yearly import YEARLY, monthly

if TYPE_CHECKING:
    import pandas as pd

    from ...simulate import Runs

Between = Sequence[float | date] | None
CONTACTS = ("call_in", "notification", "after_attack")
WHAT = ("shootings", "detonations", "attacks", "shootings_hit", "persons_hit", "persons_killed")


def days_of(runs: Runs, between: Between) -> tuple[float, float]:
    """First and last day of ``between``: years from day 0 or dates; None is the whole window."""
    if between is None:
        return runs.window
    first, last = (_day(runs, moment) for moment in between)
    return max(first, runs.window[0]), min(last, runs.window[1])


def _day(runs: Runs, moment: float | date) -> float:
    if isinstance(moment, date):
        return float(day_of(moment, runs.scenario.start_date))
    return days_after(runs.scenario.start_date, float(moment)) if moment >= 0 else moment * DAYS_PER_YEAR


def weights(attacks: pd.DataFrame, what: str) -> np.ndarray:
    """How much each attack counts towards ``what``. float64 [attacks]. TypeError for rows with names for codes."""
    if attacks["mode"].dtype.kind not in "iu":  # compared with codes, names would count as nothing
        raise TypeError("weights are of the table of attacks, with its codes; ``Runs.attacks`` has names for them")
    mode, hit = attacks["mode"].to_numpy(), attacks["hit"].to_numpy(float)
    counted = {
        "shootings": mode == SHOOTING,
        "detonations": mode == DETONATION,
        "attacks": np.ones(len(attacks)),
        "shootings_hit": (mode == SHOOTING) & (hit > 0),
        "persons_hit": hit,
        "persons_killed": attacks["killed"].to_numpy(float),
    }
    if what not in counted:
        raise ScenarioError("not-counted", what=what, hint=nearest_hint(what, WHAT), known=WHAT)
    return np.asarray(counted[what], float)


def attacks_between(runs: Runs, between: Between) -> pd.DataFrame:
    """Attacks of a span of time."""
    first, last = days_of(runs, between)
    attacks = runs.table("attacks")
    return attacks[(attacks["day"] >= first) & (attacks["day"] < last)]


def counted(runs: Runs, what: str, between: Between = None) -> np.ndarray:
    """``what`` of each replicate in a span of time. float64 [runs]."""
    attacks = attacks_between(runs, between)
    return np.bincount(attacks["run"], weights(attacks, what), minlength=runs.replicates)


def in_series(runs: Runs, names: Sequence[str], between: Between = None) -> np.ndarray:
    """Sums of monthly series over whole months of a span. float64 [runs]."""
    for name in names:
        if name not in YEARLY:
            raise ScenarioError("no-series", name=name, hint=nearest_hint(name, YEARLY), known=SERIES)
    first, last = days_of(runs, between)
    months = monthly(runs)
    begins = np.array(month_edges(runs.scenario.start_date, months.shape[1] - 1))
    chosen = months[:, (begins >= first - 15) & (begins < last - 15)]
    return np.asarray(chosen[..., [YEARLY.index(name) for name in names]].sum(axis=(1, 2)))


def doses_of(runs: Runs, kinds: Sequence[str], between: Between = None) -> pd.DataFrame:
    """Doses of these kinds in a span of time."""
    for kind in kinds:
        if kind not in DOSES:
            raise ScenarioError("no-dose", kind=kind, hint=nearest_hint(kind, DOSES), known=DOSES)
    first, last = days_of(runs, between)
    doses = _doses(runs, kinds)
    return doses[(doses["day"] >= first) & (doses["day"] < last)]


def _doses(runs: Runs, kinds: Sequence[str]) -> pd.DataFrame:
    doses = runs.table("doses")
    return doses[np.isin(doses["kind"].to_numpy(), [DOSES.index(kind) for kind in kinds])]


def first_contacts(runs: Runs, kinds: Sequence[str] = CONTACTS) -> pd.DataFrame:
    """Groups that were reached, before the window too: run, group, first_day."""
    reached = _doses(runs, kinds)
    reached = reached[reached["group"] >= 0]
    return reached.groupby(["run", "group"], as_index=False).agg(first_day=("day", "min"))
