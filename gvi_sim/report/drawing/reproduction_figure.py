"""The figure of a reproduction: each published figure on an axis of its own, the model's number beside it."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from ...experiment.reproduction_run import FAILED
from ..text.reproduction_text import accepted, figure_name, shown_number, unit_of, verdict_text
from .style import (
    ACCENT,
    EDGE,
    GRID,
    INK,
    QUIET,
    SCENARIO,
    WIDTH,
    Frame,
    FuncFormatter,
    MaxNLocator,
    dress,
    quiet,
    styled,
    top_margin,
)  # fmt: skip
from .style import Figure as Picture

if TYPE_CHECKING:
    from ...experiment.reproduction_run import Outcome, Reproduced
    from ...language.catalogue import Words
    from .style import Axes

ROW, BAR, LEFT = 0.78, 0.2, 3.05  # inches: a figure's row, its axes' height, the names beside them


def reproduction_chart(words: Words, made: Reproduced) -> Picture:
    """Accepted range (band), published figure (diamond) and the model with its 95 % interval (dot and line).

    x: the figure's own unit; one row a figure.
    """
    frame = _frame(words, made)
    top = top_margin(frame.title) + 0.1
    height = top + ROW * len(made.outcomes) + 0.45
    with styled():
        picture = Picture(figsize=(WIDTH, height), facecolor="white")
        for index, outcome in enumerate(made.outcomes):
            bottom = height - top - ROW * (index + 1) + 0.45
            axes = picture.add_axes((LEFT / WIDTH, bottom / height, (WIDTH - LEFT - 1.35) / WIDTH, BAR / height))
            _row(words, axes, outcome)
            _names(words, picture, outcome, (bottom + BAR / 2) / height)
        dress(picture, picture.axes[0], frame)
    return picture


def _frame(words: Words, made: Reproduced) -> Frame:
    inside, of = made.inside
    name = made.reproduction.name.replace("_", " ")
    title = words("reproduction.title", name=name, inside=inside, checked=of)
    source = words("reproduction.source", replicates=words.number(made.replicates, 0), seed=made.seed)
    return Frame(title, words("reproduction.subtitle"), source, words("figure.synthetic"))


def _row(words: Words, axes: Axes, outcome: Outcome) -> None:
    figure, found = outcome.figure, outcome.found
    low, high = found.interval
    interval = (figure.low, figure.high, figure.published, low, high, found.value)
    known = [value for value in interval if value is not None and isfinite(value)] or [0.0]
    span = (max(known) - min(known)) or abs(max(known)) or 1.0
    left, right = min(known) - 0.12 * span, max(known) + 0.12 * span
    if figure.is_checked:
        begin = left if figure.low is None else figure.low
        axes.axvspan(begin, right if figure.high is None else figure.high, color=GRID, linewidth=0)
    if figure.published is not None:
        axes.plot([figure.published], [0], marker="D", color=INK, markersize=6, linestyle="none")
    colour = ACCENT if outcome.verdict == FAILED else SCENARIO
    axes.plot([low, high], [0, 0], color=colour, linewidth=2.4, solid_capstyle="butt")
    axes.plot([found.value], [0], marker="o", color=colour, markersize=6.5, linestyle="none")
    axes.set(xlim=(left, right), ylim=(-1, 1), yticks=[])
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.as_written(f"{value:.4g}")))
    quiet(axes, "x")
    axes.spines["left"].set_visible(False)
    axes.tick_params(labelsize=8)


def _names(words: Words, picture: Picture, outcome: Outcome, height: float) -> None:
    figure = outcome.figure
    name = figure_name(words, figure)
    about = accepted(words, figure)
    about = words("reproduction.accepted", range=about) if figure.is_checked else words("reproduction.only_recorded")
    about = f"{unit_of(words, figure)}; {about}"
    picture.text(EDGE / WIDTH, height, f"{name}\n", va="center", fontsize=9.5, weight="bold")
    picture.text(EDGE / WIDTH, height, f"\n{about}", va="center", fontsize=7.5, color=QUIET)
    colour = ACCENT if outcome.verdict == FAILED else INK
    said = f"{shown_number(words, outcome.found.value)}  {verdict_text(words, outcome.verdict)}"
    picture.text(1 - EDGE / WIDTH, height, said, va="center", ha="right", fontsize=9, color=colour, weight="bold")
