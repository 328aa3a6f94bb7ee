"""Effects: how much fewer there are with a programme than without it, paired by replicate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...units import DAYS_PER_MONTH
from .base import Arms, Sums, change_of, divide, mean_of
from .spans import CONTACTS, Between, counted, days_of, in_series
from .treatment import counted_within, group_spans, reached_share


def change(arms: Arms, *, base: str, scenario: str, what: str = "shootings", between: Between = None) -> Sums:
    """Relative change of everything that happens in a span of time: -0.25 is a quarter fewer."""
    return change_of(counted(arms[base], what, between), counted(arms[scenario], what, between))


def change_of_groups(
    arms: Arms, *, base: str, scenario: str, groups: str, what: str = "shootings", years: float | None = None,
    treated_by: Sequence[str] = CONTACTS,
) -> Sums:  # fmt: skip
    """Relative change of what groups of a kind do (see ``treatment``), in ``years`` from their first touch."""
    spans = group_spans(arms[scenario], groups, years, treated_by)
    return change_of(*(counted_within(arms[name], what, spans) for name in (base, scenario)))


def change_of_series(arms: Arms, *, base: str, scenario: str, series: Sequence[str], between: Between = None) -> Sums:
    """Relative change of monthly series together, such as arrests of all kinds."""
    return change_of(*(in_series(arms[name], series, between) for name in (base, scenario)))


def difference_per_month(
    arms: Arms, *, base: str, scenario: str, what: str = "shootings", between: Between = None
) -> Sums:
    """How many more a month there are with the programme (fewer: below 0)."""
    first, last = days_of(arms[scenario], between)
    fewer = counted(arms[scenario], what, between) - counted(arms[base], what, between)
    return mean_of(fewer / ((last - first) / DAYS_PER_MONTH))


def spillover(
    arms: Arms, *, base: str, scenario: str, what: str = "shootings", years: float | None = None,
    treated_by: Sequence[str] = CONTACTS,
) -> Sums:  # fmt: skip
    """Relative change of tied groups over that of treated ones: 1 is as much, 0 is nothing."""
    both = [group_spans(arms[scenario], kind, years, treated_by) for kind in ("treated", "tied")]
    counts = [counted_within(arms[name], what, spans) for spans in both for name in (base, scenario)]

    def share(s: np.ndarray) -> float:
        direct, tied = divide(s[1], s[0]) - 1, divide(s[3], s[2]) - 1
        return tied / direct if direct else float("nan")

    return Sums(np.column_stack(counts), share)


def fading(arms: Arms, *, base: str, scenario: str, early: Between, late: Between, what: str = "shootings") -> Sums:
    """The late relative change over the early one: 1 lasts, 0 has faded, above 1 has grown."""
    counts = [counted(arms[name], what, span) for span in (early, late) for name in (base, scenario)]

    def share(s: np.ndarray) -> float:
        first, then = divide(s[1], s[0]) - 1, divide(s[3], s[2]) - 1
        return then / first if first else float("nan")

    return Sums(np.column_stack(counts), share)


def share_of_groups_reached(arms: Arms, *, arm: str, treated_by: Sequence[str] = CONTACTS) -> Sums:
    """Share of groups with at least one contact."""
    return mean_of(reached_share(arms[arm], treated_by))


def quotient_of_changes(arms: Arms, *, first: Sequence[str], second: Sequence[str], what: str = "shootings") -> Sums:
    """What moving one lever changes over what moving another does; each is [from arm, to arm]."""
    counts = [counted(arms[name], what) for name in (*first, *second)]

    def share(s: np.ndarray) -> float:
        moved, other = s[1] - s[0], s[3] - s[2]
        return float(moved / other) if other else float("nan")

    return Sums(np.column_stack(counts), share)
