"""The programme's parts, and a scenario without some of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ...config.levers import parts
from ...config.timed_values import timelines_without

if TYPE_CHECKING:
    from ...config import Scenario

# Each part with the overrides that take it away; together they leave a programme that does nothing.
PARTS: Mapping[str, tuple[str, ...]] = {
    name: tuple(f"{key}={off}" for key, off in values.items()) for name, values in parts().items()
}


def without(scenario: Scenario, overrides: Iterable[str]) -> Scenario:
    """``scenario`` with ``overrides`` on top, for good: on top of sites of a roll-out and of the timeline too."""
    words = tuple(overrides)
    keys = {word.partition("=")[0] for word in words}
    sites = (f"sites.{name}.{word}" for name in scenario.sites for word in words)
    return scenario.replace(*words, *sites, timelines_without(scenario, keys))


def at_zero(scenario: Scenario) -> Scenario:
    """``scenario`` with every part of its programme at dose zero: it starts, audits and does nothing."""
    return without(scenario, (word for words in PARTS.values() for word in words))
