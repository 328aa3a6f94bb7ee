"""What a report says of validation: patterns that these runs show, levels that each quantity reaches."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ..views.view import LevelRow, PatternRow, Validation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...analysis.pairs.effect import Effect
    from ...analysis.patterns.validation import PatternFound


def validation_of(effect: Effect) -> Validation:
    """Patterns of both arms of a comparison, and levels with the reproductions as recorded."""
    from ...analysis.patterns.validation import patterns
    from ...analysis.patterns.validation_levels import levels

    found = patterns(effect.base, effect.scenario)
    rows = tuple(_row(row) for row in found.found)
    reached = tuple(LevelRow(*level) for level in levels(found, recorded_figures()))
    return Validation(rows, reached, found.keeps, found.asked)


def _row(found: PatternFound) -> PatternRow:
    checks = tuple((check.value, check.low, check.high) for check in found.checks)
    return PatternRow(found.number, found.key, found.verdict, checks, found.reason)


@cache
def recorded_figures() -> Mapping[str, bool | None]:
    """Whether each figure of the reproductions that ship passed when recorded, by "experiment.figure".

    None where it only gave back what was entered.
    """
    from ...experiment.reproduction import load_reproduction, reproduction_names
    from ...experiment.reproduction_run import FAILED, PASSED, from_recorded

    made = [from_recorded(load_reproduction(name)) for name in reproduction_names()]
    passed = {PASSED: True, FAILED: False}
    return {
        f"{one.reproduction.name}.{outcome.figure.name}": passed.get(outcome.verdict)
        for one in made
        for outcome in one.outcomes
    }
