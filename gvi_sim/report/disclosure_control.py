"""Nothing is shown about fewer than ten persons alone, although all of them are synthetic.

A habit that forms on made-up groups is used on real ones: a result about five persons is about persons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..analysis.listed_groups import SMALLEST, may_be_told_apart
from ..errors import Message, ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from ..config import Scenario
    from ..experiment import Axis

__all__ = ["SMALLEST", "check_axes", "check_size", "listed_may_be_shown"]


def check_size(scenario: Scenario) -> None:
    """ScenarioError for a scenario with fewer than ten members: a report of it would be about persons."""
    for site in scenario.each_site():
        if site.site.members < SMALLEST:
            raise _too_few(f"site.members = {site.site.members} ({site.site.key})")


def check_axes(axes: Iterable[Axis]) -> None:
    """The same for a sweep over the number of members."""
    for axis in axes:
        for level in axis.levels:
            if axis.key.endswith("site.members") and isinstance(level, int | float) and level < SMALLEST:
                raise _too_few(Message("under-ten/axis", key=axis.key, level=level))


def listed_may_be_shown(groups: pd.DataFrame) -> bool:
    """Whether listed groups, and the others, are none or ten members and more together in every run.

    ``groups`` is the table of the scenario's runs: one row a run and group.
    """
    return may_be_told_apart(groups, groups["first_listed_day"].notna().to_numpy(bool))


def _too_few(what: Message | str) -> ScenarioError:
    return ScenarioError("under-ten", key="site.members", what=what, fewest=SMALLEST)
