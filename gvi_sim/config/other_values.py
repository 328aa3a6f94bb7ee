"""A scenario with other numbers in it, without asking anew where every value comes from.

Ensembles put the values of a draw into a scenario thousands of times a run; ``Scenario.replace`` resolves
choices, registry and rules each time and would mark the values as a person's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .scenario import Scenario

__all__ = ["with_values"]


def with_values(scenario: Scenario, values: Mapping[str, object]) -> Scenario:
    """``scenario`` with these leaves (dotted keys) in every site; choices, origins and `chosen` stay.

    The values must be checked against their domains, and the result against ``rules.check``, by the caller.
    """
    changes = _by_branch(values)
    parts = tuple(with_values(part, values) for part in scenario.parts)
    made: Scenario = _replaced(scenario, changes)
    return replace(made, parts=parts) if parts else made


def _by_branch(values: Mapping[str, object]) -> dict[str, Any]:
    top: dict[str, Any] = {}
    for key, value in values.items():
        *branches, name = key.split(".")
        here = top
        for branch in branches:
            here = here.setdefault(branch, {})
        here[name] = value
    return top


def _replaced(branch: Any, changes: Mapping[str, Any]) -> Any:
    new = {
        name: _replaced(getattr(branch, name), change) if isinstance(change, dict) else change
        for name, change in changes.items()
    }
    return replace(branch, **new)
