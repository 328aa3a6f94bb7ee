"""Figures of a sweep over the years: its cells side by side, and what its levers do alone and together."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from ...analysis.inference import graded
from ...analysis.inference.estimates import Change
from ...language.catalogue import Words
from ..pages.sweep_years import cells_answer, effects_of, levers_answer, years_in
from ..text import wording
from ..views.distributions import year_of
from ..views.view import SweepView
from ..views.years import CellYears
from .figures import canvas_of, frame_of, held_subtitle, mark
from .scales import number_ticks
from .style import (
    BASE,
    SCENARIO,
    WIDTH,
    Axes,
    Figure,
    Frame,
    FuncFormatter,
    Margins,
    dress,
    name_y,
    quiet,
    styled,
    verdict_style,
)

BEHIND = {"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1}
Panel = tuple[str, Sequence[Change], float | None]  # label, years, where the programme begins on their axis
LEFT, RIGHT, GAP, INNER = 0.72, 0.1, 0.25, 2.3  # inches beside the panels, between them, and that they are high
EVERY = 5  # years up to which each has its number
FEW, SIZES = 3, (8.5, 7.0)  # points of the labels of few panels and of many
LETTER, LABEL_LINE = 0.0078, 0.0175  # inches that a letter and a line of them take, for each point


def years_chart(words: Words, view: SweepView) -> Figure:
    """Change in shootings in every year, a panel a cell, with 95 % intervals.

    x: year of the comparison (number); y: change (per cent). Hollow points: less sure than likely. Years without
    shootings in business as usual have no point.
    """
    cells = years_in(view).cells
    panels = [(_levels(words, cell), [year.row.change for year in cell.rows], _begins(cell)) for cell in cells]
    name = words("years.y", what=graded.what(words, wording.MAIN))
    ticks = FuncFormatter(lambda value, _: words.percent(value, signed=True))
    frame = frame_of(words, cells_answer(words, view), held_subtitle(words, "years.subtitle", view.held), view.origin)
    return _panels(words, frame, panels, (name, ticks))


def _levels(words: Words, cell: CellYears) -> str:
    return "\n".join(wording.levels_text(words, [level]) for level in cell.levels[:2])


def levers_chart(words: Words, view: SweepView) -> Figure:
    """Shootings averted in every year as each lever goes from end to end, and by both beyond their sum, with intervals.

    x: year of the comparison (number); y: shootings averted (number). Hollow points: less sure than likely.
    """
    begins = {_begins(cell) for cell in years_in(view).cells}
    shared = begins.pop() if len(begins) == 1 else None
    panels = [(label, values, shared) for label, values in effects_of(words, years_in(view))]
    frame = frame_of(words, levers_answer(words, view), words("years.subtitle"), view.origin)
    return _panels(words, frame, panels, (words("years.levers.y"), number_ticks(words)))


def _panels(words: Words, frame: Frame, panels: Sequence[Panel], y: tuple[str, FuncFormatter]) -> Figure:
    """Panels side by side on one scale, whose name and ticks are ``y``."""
    room = (WIDTH - LEFT - RIGHT - GAP * (len(panels) - 1)) / len(panels)
    size = SIZES[len(panels) > FEW]
    letters = int(room / LETTER / size)
    labels = ["\n".join("\n".join(textwrap.wrap(line, letters)) for line in it.split("\n")) for it, _, _ in panels]
    count = max(len(values) for _, values, _ in panels)
    with styled():
        figure, found = canvas_of(INNER, frame, Margins(left=LEFT, right=RIGHT), len(panels))
        for axes, label, (_, values, begins) in zip(found, labels, panels, strict=True):
            _panel(axes, values)
            axes.text(0.02, 0.99, label, transform=axes.transAxes, va="top", fontsize=size, bbox=BEHIND)
            axes.set_xticks(sorted({1, (count + 1) // 2, count}) if count > EVERY else range(1, count + 1))
            axes.set_xlim(0.4, count + 0.6)
            axes.set_xlabel(words("years.panel.x"), fontsize=8.5)
            axes.yaxis.set_major_formatter(y[1])
            axes.tick_params(labelleft=axes is found[0])
            if begins is not None:
                mark(axes, begins, words("figure.programme_start") if axes is found[0] else "", 0.05)
        _one_scale(found, LABEL_LINE * size * (1 + max(label.count("\n") + 1 for label in labels)) / INNER)
        name_y(figure, found[0], y[0])
        dress(figure, found[0], frame)
    return figure


def _panel(axes: Axes, values: Sequence[Change]) -> None:
    known = [(year, it) for year, it in enumerate(values, 1) if it.is_known]
    axes.plot([year for year, _ in known], [it.value for _, it in known], color=BASE, linewidth=1, alpha=0.6)
    for year, it in known:
        shown = verdict_style(it.verdict, SCENARIO)
        axes.vlines(year, it.low, it.high, color=shown["color"], linewidth=1.6)
        axes.plot(year, it.value, "o", **shown, markersize=5, zorder=3)
    axes.axhline(0, color=BASE, linewidth=1.2)
    quiet(axes)


def _one_scale(panels: Sequence[Axes], headroom: float) -> None:
    """The same heights in all panels, with room for their labels above what is drawn."""
    low, high = (pick(axes.get_ylim()[end] for axes in panels) for pick, end in ((min, 0), (max, 1)))
    for axes in panels:
        axes.set_ylim(low, high + (high - low) * headroom / (1 - headroom))


def _begins(cell: CellYears) -> float | None:
    """Where a cell's programme begins on the axis of years; None outside it."""
    if cell.begins is None:
        return None
    years = cell.begins - year_of(cell.rows[0].starts)
    return years + 0.5 if 0 <= years < len(cell.rows) else None  # year 1 reaches from 0.5 to 1.5
