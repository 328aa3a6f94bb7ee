"""What an answer rests on: every parameter with its grade and sources, from the evidence registry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ... import evidence
from ...analysis.pairs.effect_text import NAMES, SET, grade_of
from ...config.value_text import value_at, value_text
from .view import CitedSource, Resting

if TYPE_CHECKING:
    from ...config import Scenario


def resting(scenario: Scenario) -> tuple[Resting, ...]:
    """Every parameter of a scenario, chosen ones first, then by grade from D up."""
    found = [_resting(scenario, key) for key in evidence.keys() if key not in NAMES]
    return tuple(sorted(found, key=lambda entry: (_rank(entry.grade), entry.key)))


def _rank(grade: str) -> int:
    return (SET, "D", "C", "B", "A").index(grade)


def _resting(scenario: Scenario, key: str) -> Resting:
    entry, grade = evidence.find(key, scenario.site.key, scenario.site.country), grade_of(scenario, key)
    known = None if grade == SET else entry
    return Resting(
        key=key,
        value=value_text(value_at(scenario, key)),
        unit=evidence.unit(key),
        low="" if entry is None else value_text(entry.low),
        high="" if entry is None else value_text(entry.high),
        grade=grade,
        sources=() if known is None else known.sources,
        note="" if known is None else known.note,
    )


def sources_of(entries: Iterable[Resting]) -> tuple[CitedSource, ...]:
    """The works behind these parameters, by key."""
    keys = sorted({key for entry in entries for key in entry.sources} - {evidence.ASSUMPTION})
    return tuple(CitedSource(key, evidence.source(key).reference()) for key in keys)
