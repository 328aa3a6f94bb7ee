"""The appendix on validation: the pattern table and the level of each quantity."""

from __future__ import annotations

import math

from ...analysis.inference import graded
from ...language.catalogue import Words
from ...language.numbers import MISSING
from ..views.view import LevelRow, PatternRow, Validation
from .table_text import ReportTable

WORD = {"passes": "word.passes", "fails": "word.fails", "entered": "word.entered"}


def validation_texts(words: Words, view: Validation) -> tuple[str, ...]:
    """How many patterns pass and what that means, and what the levels are."""
    counts = words(
        "text.validation.count",
        passed=words.number(view.passed, 0),
        known=words.number(view.known, 0),
    )
    kept = words(
        "text.validation.kept" if view.keeps else "text.validation.not_kept", asked=words.number(view.asked, 0)
    )
    return counts, kept, words("text.validation.levels")


def pattern_table(words: Words, view: Validation) -> ReportTable:
    """One row a pattern: what these runs give, the range asked for, the verdict."""
    header = (
        words("table.pattern"), words("table.pattern.value"), words("table.pattern.asked"), words("table.verdict"),
    )  # fmt: skip
    rows = tuple(_pattern(words, row) for row in view.patterns)
    return ReportTable(words("table.patterns"), header, rows, words_from=3)


def _pattern(words: Words, row: PatternRow) -> tuple[str, ...]:
    name = f"{row.number}. {words(f'pattern.{row.key}')}"
    if row.verdict == "not known":
        return name, MISSING, MISSING, words(f"unknown.{row.reason}")
    values = "; ".join(words.number(value) for value, _, _ in row.checks)
    asked = "; ".join(_range(words, low, high) for _, low, high in row.checks)
    return name, values, asked, words(WORD[row.verdict])


def _range(words: Words, low: float, high: float) -> str:
    if math.isinf(high):
        return words("range.least", low=words.number(low))
    return words("range.both", low=words.number(low), high=words.number(high))


def level_table(words: Words, view: Validation) -> ReportTable:
    """One row a quantity: its level and what keeps it from the next."""
    header = (words("table.quantity"), words("table.level"), words("table.missing"))
    return ReportTable(words("table.levels"), header, tuple(_level(words, row) for row in view.levels), words_from=1)


def _level(words: Words, row: LevelRow) -> tuple[str, ...]:
    told = [words("level.exploratory")] if row.level < "V4" else []
    if row.patterns_missing:
        names = ", ".join(words(f"pattern.{key}") for key in row.patterns_missing)
        told.append(words("missing.patterns", names=names))
    if row.figures_missing:
        told.append(words("missing.figures", names=", ".join(_figure(words, name) for name in row.figures_missing)))
    elif row.level < "V4" and not row.patterns_missing:
        told.append(words("missing.entered"))
    return graded.capital(words(f"quantity.{row.key}")), row.level, "; ".join(told) or MISSING


def _figure(words: Words, name: str) -> str:
    experiment, _, figure = name.partition(".")
    return f"{experiment}: {words.translated('figures', figure.replace('_', ' '))}"
