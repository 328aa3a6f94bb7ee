"""Nothing is shown about fewer than ten persons alone, although all of them are synthetic.

A habit that forms on made-up groups is used on real ones: a result about five persons is about persons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...analysis.measures.listed_groups import SMALLEST
from ...errors import Message, ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...config import Scenario
    from ...experiment.design import Axis

__all__ = ["SMALLEST", "check_axes", "check_size"]


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


def _too_few(what: Message | str) -> ScenarioError:
    return ScenarioError("under-ten", key="site.members", what=what, fewest=SMALLEST)
