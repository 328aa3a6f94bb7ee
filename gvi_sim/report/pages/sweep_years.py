"""A sweep year by year in words and tables, and its cells on a screen: titles of figures, the report's tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from ...analysis.inference import graded
from ...analysis.inference.estimates import Change
from ...analysis.inference.verdict import Verdict
from ...language.catalogue import Words
from ...language.numbers import MISSING
from ..text import wording
from ..views.view import SweepView
from ..views.years import CellYears, LeverYears, SweepYears
from .table_text import ReportTable, by_year


def years_in(view: SweepView) -> SweepYears:
    """The years of a sweep that has them (``view.years.is_shown``)."""
    return cast("SweepYears", view.years)


def cells_answer(words: Words, view: SweepView) -> str:
    """Title of the cells over the years: the first cell, with every lever at its first level, early and late."""
    found = years_in(view)
    cell = found.longest[0]
    said = _early_and_late(words, [graded.said(words, year.row) for year in cell.rows], found)
    return words("years.answer.cell", levels=wording.levels_text(words, cell.levels), said=said)


def levers_answer(words: Words, view: SweepView) -> str:
    """Title of the levers over the years: the first one, early and late."""
    found = years_in(view)
    lever = found.levers[0]
    said = _early_and_late(words, [_averted(words, averted) for averted in lever.averted], found)
    return words("years.answer.cell", levels=lever_label_of(words, lever), said=said)


def _early_and_late(words: Words, said: Sequence[str], found: SweepYears) -> str:
    """What is ``said`` of the years from 1 on, in the first whole one and the last; of a shorter window its last."""
    start, year = (min(told, len(said)) for told in found.told)
    if start == year:
        return words("years.answer.one", year=year, first=said[year - 1])
    return words("years.answer", start=start, first=said[start - 1], year=year, last=said[year - 1])


def _averted(words: Words, averted: Change) -> str:
    grade, value = graded.averted_grade(words, averted), words.signed(averted.value)
    if averted.verdict is Verdict.NO_DIFFERENCE:
        return grade
    return words("years.averted" if averted.is_settled else "years.averted.cannot_tell", grade=grade, value=value)


def lever_label_of(words: Words, lever: LeverYears) -> str:
    """ "sanction certainty 0 → 1"."""
    ends = {"first": words.as_written(lever.first), "last": words.as_written(lever.last)}
    return words("years.lever", key=wording.lever_label(words, lever.key).lower(), **ends)


def effects_of(words: Words, found: SweepYears, *, held: bool = True) -> list[tuple[str, tuple[Change, ...]]]:
    """Label and shootings averted in every year, of each lever and of their interaction where there is one; the label
    of a lever says what others are ``held`` at.
    """
    told = [(lever_label_of(words, lever), lever.others, lever.averted) for lever in found.levers]
    if found.beyond:
        told.append((words("years.beyond"), found.held, found.beyond))
    return [
        (f"{label} ({wording.levels_text(words, others)})" if held and others else label, averted)
        for label, others, averted in told
    ]


# --- the report --------------------------------------------------------------------------------------------


def cell_tables(words: Words, found: SweepYears) -> tuple[ReportTable, ...]:
    """Shootings year by year, a table for every cell that is shown."""
    return tuple(by_year(words, cell.rows, wording.levels_text(words, cell.levels)) for cell in found.cells)


def effects_table(words: Words, found: SweepYears) -> ReportTable:
    """Shootings averted in every year by each lever, and by both beyond the sum: value, interval and word."""
    told = effects_of(words, found)
    rows = [(str(year), *(_graded(words, values[year - 1 : year]) for _, values in told)) for year in found.years]
    header = (words("table.year"), *(graded.capital(label) for label, _ in told))
    return ReportTable(words("years.levers.y"), header, tuple(rows))


def _graded(words: Words, averted: Sequence[Change]) -> str:
    """Value, interval and word of the one that there is; a dash in a year that is not in the window."""
    return "".join(f"{_sized(words, [it])}, {graded.averted_grade(words, it)}" for it in averted) or MISSING


def _sized(words: Words, averted: Sequence[Change]) -> str:
    return "".join(graded.estimate_text(words, it) for it in averted) or MISSING


# --- on a screen -------------------------------------------------------------------------------------------


def map_lines(words: Words, view: SweepView) -> list[tuple[str, ...]]:
    """Shootings averted at the ends and the middle of the first two levers, with intervals: header, then the highest
    level of the second lever first.
    """
    first, second = view.axes[:2]
    across, down = (list(dict.fromkeys((it.levels[0], it.middle, it.levels[-1]))) for it in (first, second))
    header = (wording.lever_label(words, second.key), *(wording.levels_text(words, [(first.key, x)]) for x in across))
    rows = ((y, [wording.averted(view.cell(x, y)) for x in across]) for y in reversed(down))
    told = [(words.as_written(y), *(graded.estimate_text(words, it, signed=False) for it in line)) for y, line in rows]
    return [header, *told]


def year_lines(words: Words, view: SweepView) -> list[tuple[str, ...]]:
    """The cells, the levers and their interaction in the first whole year of the programme and in the last."""
    found = years_in(view)
    years = list(dict.fromkeys(found.told))
    keys = " / ".join(wording.lever_label(words, key).lower() for key, _ in found.cells[0].levels)
    header = (graded.capital(keys), *(words("years.screen.year", year=year) for year in years))
    cells = [(_levels(words, cell), *_changes(words, cell, years)) for cell in found.cells]
    effects = [
        (words("years.screen.averted", what=label), *(_sized(words, values[year - 1 : year]) for year in years))
        for label, values in effects_of(words, found, held=False)
    ]
    return [header, *cells, *effects]


def _levels(words: Words, cell: CellYears) -> str:
    return " / ".join(words.as_written(level) for _, level in cell.levels)


def _changes(words: Words, cell: CellYears, years: Iterable[int]) -> list[str]:
    known = {year.year: year.row.change for year in cell.rows}
    return [graded.percent_text(words, known[year]) if year in known else MISSING for year in years]
