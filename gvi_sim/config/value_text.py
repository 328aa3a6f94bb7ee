"""A value of a scenario by its dotted key, and as a reader of a table sees it."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

from .tree import Stage

if TYPE_CHECKING:
    from .scenario import Scenario


def value_at(scenario: Scenario, key: str) -> object:
    """The value of a dotted key."""
    value: object = scenario
    for name in key.split("."):
        value = getattr(value, name)
    return value


def value_text(value: object) -> str:
    """A value in one short line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value == math.inf:
            return "∞"
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e12 else f"{value:g}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Stage):
        return f"{value.date}: " + ", ".join(f"{key}={value_text(one)}" for key, one in value.values.items())
    if isinstance(value, tuple):
        return ", ".join(value_text(item) for item in value[:6]) + (" …" if len(value) > 6 else "")
    return str(getattr(value, "name", value))  # of a shock its name
