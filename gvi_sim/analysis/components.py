"""The programme's parts, and a scenario without some of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..config import Scenario

# Each part with the overrides that take it away; together they leave a programme that does nothing.
PARTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "contacts": (
            "programme.call_in.every_days=0",
            "programme.notification.per_month=0",
            "programme.notification.burst=0",
        ),
        "sanctions": ("programme.sanction_certainty=0",),
        "support": ("exit.offer_rate=0",),
        "mediation": ("programme.mediation_reach=0",),
        "prevention": ("programme.prevention=0",),
    }
)


def without(scenario: Scenario, overrides: Iterable[str]) -> Scenario:
    """``scenario`` with ``overrides`` on top, on top of what the sites of a roll-out set themselves too."""
    words = tuple(overrides)
    return scenario.replace(*words, *(f"sites.{name}.{word}" for name in scenario.sites for word in words))


def at_zero(scenario: Scenario) -> Scenario:
    """``scenario`` with every part of its programme at dose zero: it starts, audits and does nothing."""
    return without(scenario, (word for words in PARTS.values() for word in words))
