"""Names that a person typed: they stand in the report, so a notice asks whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .conf_files import options

if TYPE_CHECKING:
    from .scenario import Scenario

__all__ = ["typed_names"]

_NAMED = ("site.key", "site.name", "calendar.shocks")


def typed_names(scenario: Scenario) -> tuple[str, ...]:
    """The keys under which a person typed a name; empty when all names ship with the package."""
    own_sites = [f"sites.{name}" for name in scenario.sites if name not in options("site")]
    in_sites = [f"sites.{name}.{key}" for name, given in scenario.sites.items() for key in _NAMED if key in given]
    return tuple(key for key in scenario.chosen if key in _NAMED) + tuple(own_sites + in_sites)
