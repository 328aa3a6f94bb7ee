"""Cells side by side, each against its own business as usual on one relative scale: which package, which town.

Effects against other business as usual are never subtracted; the text says which keys make it differ.
"""

from __future__ import annotations

from ...analysis.inference import graded
from ...analysis.inference.estimates import Row
from ...analysis.inference.verdict import Verdict
from ...analysis.pairs.pairing import FRAME
from ...language.catalogue import Words
from ..text import wording
from ..views.view import CellView, RunView, SweepView
from .table_text import ReportTable

MOST_TOLD, MOST_ROWS = 4, 40
MOST_KEYS = 6


def usual_texts(words: Words, view: RunView | SweepView) -> list[str]:
    """Which set keys hold on both sides, and which levers of a sweep change what the cells are compared with."""
    axes = view.usual_axes if isinstance(view, SweepView) else ()
    swept = [f"{axis.key}={' / '.join(axis.levels)}" for axis in axes if axis.key not in FRAME]
    keys, told = [*view.both_sides, *swept], []
    if keys:
        more = [words("usual.more", count=len(keys) - MOST_KEYS)] if len(keys) > MOST_KEYS else []
        key = "usual.holds" if len(keys) == 1 else "usual.hold"
        told.append(words(key, keys=words.joined([*keys[:MOST_KEYS], *more])))
    if axes:
        names = words.joined([wording.lever_label(words, axis.key).lower() for axis in axes])
        told.append(words("usual.own", keys=names))
    return told


def side_headline(words: Words, view: SweepView) -> str:
    """What the cells do: each of a few, of many the two ends; of numbers alone the span of what is averted."""
    if not view.is_side_by_side:
        return wording.sweep_headline(words, view)
    cells = view.cells if len(view.cells) <= MOST_TOLD else _ends(view)
    told = "; ".join(f"{_levels(words, view, cell)}: {_change(words, cell)}" for cell in cells)
    key = "side.answer" if len(view.cells) <= MOST_TOLD else "side.answer.ends"
    return words(key, years=words.years(*view.origin.spans), cells=told)


def title(words: Words, view: SweepView) -> str:
    """The answer of the figure: the cell with the largest fall and the one with the least."""
    return "; ".join(f"{_levels(words, view, cell)}: {_short(words, cell)}" for cell in _ends(view))


def side_table(words: Words, view: SweepView) -> ReportTable:
    """One row a cell: its levels, shootings in its business as usual and with it, change, verdict, detention."""
    header = (
        *(wording.lever_label(words, axis.key) for axis in view.axes),
        words("table.base"), words("table.scenario"), words("table.change"), words("table.verdict"),
        words("cells.detained"),
    )  # fmt: skip
    rows = []
    for cell in by_usual(view):
        row = cell.rows[wording.MAIN]
        rows.append(
            (
                *map(words.as_written, cell.levels),
                words.number(row.base),
                words.number(row.scenario),
                change_text(words, row),
                graded.verdict(words, row),
                graded.estimate_text(words, cell.rows["detained_days"].difference),
            )
        )
    return ReportTable(words("section.side"), header, tuple(rows), words_from=99)


def by_usual(view: SweepView) -> list[CellView]:
    """The cells, those that share a business as usual together."""
    return sorted(view.cells, key=lambda cell: cell.baseline)


def change_text(words: Words, row: Row) -> str:
    """The relative change with its interval, or in words that there is none, or none to be had."""
    is_told = row.change.is_known and row.verdict is not Verdict.NO_DIFFERENCE
    return graded.percent_text(words, row.change) if is_told else graded.verdict(words, row)


def label(words: Words, cell: CellView) -> str:
    """The levels of a cell, as an axis names them."""
    return ", ".join(map(words.as_written, cell.levels))


def screen_table(words: Words, view: SweepView) -> tuple[tuple[str, ...], ...]:
    """Header and rows for the terminal: levels, both means, change; the first ``MOST_ROWS`` cells."""
    whole = side_table(words, view)
    shown = range(len(view.axes)), range(len(view.axes), len(view.axes) + 4)
    lines = (whole.header, *whole.rows[:MOST_ROWS])
    return tuple((", ".join(line[k] for k in shown[0]), *(line[k] for k in shown[1])) for line in lines)


def _ends(view: SweepView) -> tuple[CellView, ...]:
    """The cells with the largest fall and with the least, one of them where there is no other."""
    known = [cell for cell in view.cells if cell.rows[wording.MAIN].ratio.is_known] or list(view.cells)
    ranked = sorted(known, key=lambda cell: cell.rows[wording.MAIN].ratio.value)
    return (ranked[0], ranked[-1]) if len(ranked) > 1 else (ranked[0],)


def _levels(words: Words, view: SweepView, cell: CellView) -> str:
    return wording.levels_text(words, zip((axis.key for axis in view.axes), cell.levels, strict=True))


def _change(words: Words, cell: CellView) -> str:
    return wording.beside_item(words, cell.rows[wording.MAIN])


def _short(words: Words, cell: CellView) -> str:
    return graded.said(words, cell.rows[wording.MAIN])
