"""What a programme did to whom: doses, funnel of support, detention, promises."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...world.codes import DETAINED
from .base import Arms, Sums, mean_of, ratio_of
from .spans import CONTACTS, Between, days_of, doses_of, in_series


def doses(arms: Arms, *, arm: str, kinds: Sequence[str], between: Between = None) -> Sums:
    """How many doses of these kinds a run has."""
    runs = arms[arm]
    return mean_of(np.bincount(doses_of(runs, kinds, between)["run"], minlength=runs.replicates).astype(float))


def persons_reached(arms: Arms, *, arm: str, kinds: Sequence[str] = CONTACTS, between: Between = None) -> Sums:
    """How many different persons doses of these kinds reached."""
    runs = arms[arm]
    reached = doses_of(runs, kinds, between)
    different = reached[reached["person"] >= 0].drop_duplicates(["run", "person"])
    return mean_of(np.bincount(different["run"], minlength=runs.replicates).astype(float))


def in_total(arms: Arms, *, arm: str, series: Sequence[str], between: Between = None) -> Sums:
    """Sum of monthly series over a span of time."""
    return mean_of(in_series(arms[arm], series, between))


def share_of(arms: Arms, *, arm: str, series: Sequence[str], of: Sequence[str], between: Between = None) -> Sums:
    """Sum of some monthly series over the sum of others (completed over ended, kept over promised)."""
    return ratio_of(in_series(arms[arm], series, between), in_series(arms[arm], of, between))


def asked_per_reached(
    arms: Arms, *, arm: str, base: str, kinds: Sequence[str] = CONTACTS, between: Between = None
) -> Sums:
    """Requests for help beyond business as usual, per person that contacts of these kinds reached."""
    more = in_series(arms[arm], ("requests",), between) - in_series(arms[base], ("requests",), between)
    reached = persons_reached(arms, arm=arm, kinds=kinds, between=between)
    return ratio_of(more, reached.per_run[:, 0])


def detained_persons(arms: Arms, *, arm: str, between: Between, at_least_days: float) -> Sums:
    """How many different persons began a detention of at least so many days in a span of time."""
    runs = arms[arm]
    first, last = days_of(runs, between)
    spells = runs.table("spells")
    length = spells["to_day"] - spells["from_day"]
    chosen = spells[
        (spells["status"] == DETAINED) & (length >= at_least_days)
        & (spells["from_day"] >= first) & (spells["from_day"] < last)
    ].drop_duplicates(["run", "person"])  # fmt: skip
    return mean_of(np.bincount(chosen["run"], minlength=runs.replicates).astype(float))


def members(arms: Arms, *, arm: str) -> Sums:
    """Members in all groups at the start."""
    runs = arms[arm]
    groups = runs.table("groups")
    return mean_of(np.bincount(groups["run"], groups["members"].to_numpy(float), minlength=runs.replicates))
