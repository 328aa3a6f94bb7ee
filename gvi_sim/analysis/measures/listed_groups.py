"""Groups the programme listed against the others: the same groups counted in both arms."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

COUNTED = ("attacks", "shootings")
# Nothing is told of fewer persons alone, synthetic as they are (ETHICS.md).
SMALLEST = 10
LISTED = tuple((groups, outcome) for groups in ("listed", "others") for outcome in COUNTED)


class ListedCounts(NamedTuple):
    """Attacks and shootings of listed and other groups [replicates, columns ``LISTED``], by arm."""

    values: tuple[np.ndarray, np.ndarray]
    any_listed: bool


def listed_counts(base: pd.DataFrame, scenario: pd.DataFrame, replicates: int) -> ListedCounts:
    """Counts by whether the group was listed in the scenario's run, from both arms' tables ``groups``."""
    group_of_run = ["run", "group"]
    listed = scenario[[*group_of_run, "first_listed_day"]].assign(listed=lambda rows: rows["first_listed_day"].notna())
    arms = [arm.merge(listed[[*group_of_run, "listed"]], on=group_of_run, how="left") for arm in (base, scenario)]
    counts = [np.column_stack([_count(arm, *column, replicates) for column in LISTED]) for arm in arms]
    return ListedCounts((counts[0], counts[1]), bool(listed["listed"].any()))


def _count(groups: pd.DataFrame, kind: str, outcome: str, replicates: int) -> np.ndarray:
    chosen = groups[groups["listed"].to_numpy(bool) == (kind == "listed")]
    return np.bincount(chosen["run"].to_numpy(), chosen[outcome].to_numpy(float), minlength=replicates)


def may_be_told_apart(groups: pd.DataFrame, listed: np.ndarray) -> bool:
    """Whether the groups that are ``listed`` [rows], and the others, are none or ``SMALLEST`` members and more
    together in every run.

    ``groups``: one row a run and group.
    """
    return all(bool((groups[side].groupby("run")["members"].sum() >= SMALLEST).all()) for side in (listed, ~listed))
