"""The figure of a reproduction: each published figure on an axis of its own, the model's number beside it."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from .reproduction_text import accepted, shown
from .style import ACCENT, EDGE, GRID, INK, QUIET, SCENARIO, WIDTH, Frame, MaxNLocator, dress, quiet, styled, top_margin
from .style import Figure as Picture

if TYPE_CHECKING:
    from ..experiment import Reproduced
    from ..experiment.reproduction_run import Outcome
    from .style import Axes

ROW, BAR, LEFT = 0.78, 0.2, 3.05  # inches: a figure's row, its axes' height, the names beside them


def reproduction_chart(made: Reproduced) -> Picture:
    """Accepted range (band), published figure (diamond) and the model with its 95 % interval (dot and line).

    x: the figure's own unit; one row a figure.
    """
    frame = _frame(made)
    top = top_margin(frame.title) + 0.1
    height = top + ROW * len(made.outcomes) + 0.45
    with styled():
        picture = Picture(figsize=(WIDTH, height), facecolor="white")
        for place, outcome in enumerate(made.outcomes):
            bottom = height - top - ROW * (place + 1) + 0.45
            axes = picture.add_axes((LEFT / WIDTH, bottom / height, (WIDTH - LEFT - 1.35) / WIDTH, BAR / height))
            _row(axes, outcome)
            _names(picture, outcome, (bottom + BAR / 2) / height)
        dress(picture, picture.axes[0], frame)
    return picture


def _frame(made: Reproduced) -> Frame:
    checked = [outcome for outcome in made.outcomes if outcome.figure.is_checked]
    inside = sum(outcome.verdict == "pass" for outcome in checked)
    name = made.reproduction.name.replace("_", " ")
    title = f"{name}: the model reproduces {inside} of {len(checked)} published figures"
    about = "band: accepted range; diamond: published; dot and line: the model, 95 % interval"
    source = f"{made.replicates} replicates, seed {made.seed}"
    return Frame(title, about, source, "SYNTHETIC PERSONS")


def _row(axes: Axes, outcome: Outcome) -> None:
    figure, found = outcome.figure, outcome.found
    low, high = found.interval
    told = (figure.low, figure.high, figure.published, low, high, found.value)
    known = [value for value in told if value is not None and isfinite(value)] or [0.0]
    span = (max(known) - min(known)) or abs(max(known)) or 1.0
    left, right = min(known) - 0.12 * span, max(known) + 0.12 * span
    if figure.is_checked:
        begin = left if figure.low is None else figure.low
        axes.axvspan(begin, right if figure.high is None else figure.high, color=GRID, linewidth=0)
    if figure.published is not None:
        axes.plot([figure.published], [0], marker="D", color=INK, markersize=6, linestyle="none")
    colour = ACCENT if outcome.verdict == "FAIL" else SCENARIO
    axes.plot([low, high], [0, 0], color=colour, linewidth=2.4, solid_capstyle="butt")
    axes.plot([found.value], [0], marker="o", color=colour, markersize=6.5, linestyle="none")
    axes.set(xlim=(left, right), ylim=(-1, 1), yticks=[])
    axes.xaxis.set_major_locator(MaxNLocator(5))
    quiet(axes, "x")
    axes.spines["left"].set_visible(False)
    axes.tick_params(labelsize=8)


def _names(picture: Picture, outcome: Outcome, height: float) -> None:
    figure = outcome.figure
    name = figure.name.replace("_", " ")
    picture.text(EDGE / WIDTH, height, f"{name}\n", va="center", fontsize=9.5, weight="bold")
    picture.text(EDGE / WIDTH, height, f"\n{figure.unit}; {_range(outcome)}", va="center", fontsize=7.5, color=QUIET)
    colour = ACCENT if outcome.verdict == "FAIL" else INK
    said = f"{shown(outcome.found.value)}  {outcome.verdict}"
    picture.text(1 - EDGE / WIDTH, height, said, va="center", ha="right", fontsize=9, color=colour, weight="bold")


def _range(outcome: Outcome) -> str:
    return f"accepted {accepted(outcome.figure)}" if outcome.figure.is_checked else "recorded only"
