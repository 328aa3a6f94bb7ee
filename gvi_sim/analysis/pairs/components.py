"""The programme's parts, and a scenario without some of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ...config.levers import parts

if TYPE_CHECKING:
    from ...config import Scenario

# Each part with the overrides that take it away; together they leave a programme that does nothing.
PARTS: Mapping[str, tuple[str, ...]] = {
    name: tuple(f"{key}={off}" for key, off in values.items()) for name, values in parts().items()
}


def without(scenario: Scenario, overrides: Iterable[str]) -> Scenario:
    """``scenario`` with ``overrides`` on top, on top of what the sites of a roll-out set themselves too."""
    words = tuple(overrides)
    return scenario.replace(*words, *(f"sites.{name}.{word}" for name in scenario.sites for word in words))


def at_zero(scenario: Scenario) -> Scenario:
    """``scenario`` with every part of its programme at dose zero: it starts, audits and does nothing."""
    return without(scenario, (word for words in PARTS.values() for word in words))
