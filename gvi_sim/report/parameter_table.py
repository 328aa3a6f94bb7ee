"""What an answer rests on: every parameter with its grade and sources, from the evidence registry."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from .. import evidence
from .view import CitedSource, Resting

if TYPE_CHECKING:
    from ..config import Scenario

SET = "set"
NAMES = ("site.key", "site.name", "site.country", "strict")  # what is run, not what is known


def resting(scenario: Scenario) -> tuple[Resting, ...]:
    """Every parameter of a scenario, chosen ones first, then by grade from D up."""
    where = (scenario.site.key, scenario.site.country)
    fixed = frozenset(scenario.fixed)
    found = [_resting(scenario, key, where, fixed) for key in evidence.keys() if key not in NAMES]
    return tuple(sorted(found, key=lambda entry: (_rank(entry.grade), entry.key)))


def _rank(grade: str) -> int:
    return (SET, "D", "C", "B", "A").index(grade)


def _resting(scenario: Scenario, key: str, where: tuple[str, ...], fixed: frozenset[str]) -> Resting:
    value = value_at(scenario, key)
    entry = evidence.find(key, *where)
    is_set = key in fixed or entry is None
    low, high = ("", "") if entry is None else (shown(entry.low), shown(entry.high))
    return Resting(
        key=key,
        value=shown(value),
        unit=evidence.unit(key),
        low=low,
        high=high,
        grade=SET if is_set or entry is None else entry.grade,
        sources=() if is_set or entry is None else entry.sources,
        note="" if is_set or entry is None else entry.note,
    )


def value_at(scenario: Scenario, key: str) -> object:
    """The value of a dotted key."""
    value: object = scenario
    for name in key.split("."):
        value = getattr(value, name)
    return value


def shown(value: object) -> str:
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
    if isinstance(value, tuple):
        return ", ".join(shown(item) for item in value[:6]) + (" …" if len(value) > 6 else "")
    return str(getattr(value, "name", value))  # of a shock its name


def sources_of(entries: Iterable[Resting]) -> tuple[CitedSource, ...]:
    """The works behind these parameters, by key."""
    keys = sorted({key for entry in entries for key in entry.sources} - {evidence.ASSUMPTION})
    return tuple(CitedSource(key, evidence.source(key).reference()) for key in keys)
