"""What the timelines of a scenario change, and the scenario's timelines without some of it."""

from __future__ import annotations

from collections.abc import Collection

from .frozen import FrozenMapping
from .scenario import Scenario
from .tree import Stage

__all__ = ["timed_in", "timelines_without"]


def timelines_without(scenario: Scenario, keys: Collection[str]) -> dict[str, object]:
    """Overrides that leave ``keys`` as they are at the start; none for a timeline that does not change them."""
    names = [f"sites.{site.site.key}.timeline" for site in scenario.parts] or ["timeline"]
    found: dict[str, object] = {}
    for name, site in zip(names, scenario.each_site(), strict=True):
        left = [
            ({key: value for key, value in stage.values.items() if key not in keys}, stage) for stage in site.timeline
        ]
        if any(len(values) < len(stage.values) for values, stage in left):
            found[name] = [Stage(stage.date, FrozenMapping(values)) for values, stage in left if values]
    return found


def timed_in(scenario: Scenario) -> set[str]:
    """The keys that the timeline of some site changes."""
    return {key for site in scenario.each_site() for stage in site.timeline for key in stage.values}
