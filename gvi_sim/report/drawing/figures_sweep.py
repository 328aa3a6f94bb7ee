"""Figures of a sweep beyond those of levers: cells side by side, and one cell run by run."""

from __future__ import annotations

from typing import cast

from ...analysis.inference.estimates import Row
from ...analysis.pairs.uncertainty import Uncertainty
from ...language.catalogue import Words
from ..pages import side_by_side
from ..text import wording
from ..views.view import CellView, Fan, Lorenz, SweepView
from .figure_drivers import drivers_chart
from .figures import canvas_of, fan_chart, frame_of, lorenz_chart
from .style import (
    BASE,
    INK,
    QUIET,
    SCENARIO,
    Axes,
    Figure,
    FuncFormatter,
    Margins,
    MaxNLocator,
    dress,
    name_y,
    quiet,
    styled,
    verdict_style,
)

LETTER = 0.075  # inches of a letter of a tick's label
LONGEST = 3.0


def side_chart(words: Words, view: SweepView) -> Figure:
    """Change in shootings in every cell against its own business as usual, with 95 % intervals.

    x: change (per cent); y: cells. Hollow points: less sure than likely. Cells without shootings in business as
    usual have no point.
    """
    cells = side_by_side.by_usual(view)
    labels = [side_by_side.label(words, cell) for cell in cells]
    answer = side_by_side.title(words, view)
    frame = frame_of(words, answer, words("side.subtitle"), view.origin)
    left = min(LONGEST, 0.35 + LETTER * max(map(len, labels)))
    with styled():
        figure, (axes,) = canvas_of(0.32 * (len(labels) + 1), frame, Margins(left=left, right=1.9))
        at = _positions(cells)
        for position, cell in zip(at, cells, strict=True):
            _cell(words, axes, position, cell.rows[wording.MAIN])
        axes.axvline(0, color=BASE, linewidth=1.2)
        axes.set_yticks(at, labels)
        axes.set_ylim(at[-1] + 0.6, -0.8)
        axes.xaxis.set_major_locator(MaxNLocator(6))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.percent(value, signed=True)))
        axes.set_xlabel(words("side.x"))
        name_y(figure, axes, ", ".join(wording.lever_label(words, axis.key) for axis in view.axes))
        quiet(axes, grid="x")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        dress(figure, axes, frame)
    return figure


def _positions(cells: list[CellView]) -> list[float]:
    """Rows of the cells, with a gap wherever business as usual changes."""
    at, here = [], 0.0
    for number, cell in enumerate(cells):
        here += 0.0 if number == 0 else 1.0 if cell.baseline == cells[number - 1].baseline else 1.4
        at.append(here)
    return at


def _cell(words: Words, axes: Axes, position: float, row: Row) -> None:
    change, shown = row.change, verdict_style(row.verdict, SCENARIO)
    if change.is_known:
        axes.hlines(position, change.low, change.high, color=shown["color"], linewidth=2.2)
        axes.plot(change.value, position, "o", **shown, markersize=7, zorder=3)
    axes.annotate(
        side_by_side.change_text(words, row), (1, position), xycoords=axes.get_yaxis_transform(), xytext=(10, 0),
        textcoords="offset points", va="center", fontsize=8.5, color=INK if row.is_settled else QUIET,
    )  # fmt: skip


def corner_fan(words: Words, view: SweepView) -> Figure:
    """The fan chart of the cell that a sweep shows run by run."""
    row = cast("CellView", view.corner).rows[wording.MAIN]
    return fan_chart(words, view, row, cast("tuple[Fan, Fan]", view.fans))


def corner_drivers(words: Words, view: SweepView) -> Figure:
    """What drives the answer in that cell."""
    return drivers_chart(words, view.origin, cast("Uncertainty", view.doubt))


def corner_lorenz(words: Words, view: SweepView) -> Figure:
    """The Lorenz curves of that cell."""
    return lorenz_chart(words, view, cast("tuple[Lorenz, Lorenz]", view.lorenz))
