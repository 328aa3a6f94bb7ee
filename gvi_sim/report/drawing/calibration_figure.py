"""The figure of a calibration: what the data said about each parameter, and whether the model fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...analysis.calibration.found import CalibrationFound
from ...analysis.calibration.priors import N
from ...language.catalogue import Words
from .style import (
    ACCENT,
    BASE,
    INK,
    QUIET,
    SCENARIO,
    Frame,
    Margins,
    canvas,
    dress,
    quiet,
    styled,
    top_margin,
)

if TYPE_CHECKING:
    from .style import Axes, Figure

_ROW = 0.19


def calibration_figure(words: Words, found: CalibrationFound) -> Figure:
    """Left: prior and posterior of each parameter, 90 % intervals on the prior's own scale (0: its 5 %, 1: its
    95 % point). Right: each statistic of the record in standard deviations of what the posterior predicts.
    """
    frame = _frame(words, found)
    rows = max(len(found.learnt), len(found.checks))
    with styled():
        room = Margins(left=1.85, right=0.3, top=top_margin(frame.title), bottom=0.82)
        figure, (left, right) = canvas(rows * _ROW + room.top + room.bottom, room, columns=2, gap=2.9)
        _parameters(words, left, found)
        _predictions(words, right, found)
        dress(figure, left, frame)
    return figure


def _frame(words: Words, found: CalibrationFound) -> Frame:
    n = ""
    if N in found.by_name and found.fit.fits and not found.by_name[N].is_nothing:
        low, middle, high = (words.as_written(f"{value:.2f}") for value in found.by_name[N].posterior)
        n = f": n = {middle} ({words('calibrate.to', low=low, high=high)})"
    return Frame(
        words("calibrate.title.fits" if found.fit.fits else "calibrate.title.misfit", site=found.site, n=n),
        words("calibrate.subtitle"),
        words(
            "calibrate.source",
            attacks=found.attacks,
            kind=words(f"calibrate.kind.{found.kind}"),
            start=found.start,
            seed=found.seed,
        ),
        words("figure.synthetic"),
    )


def _parameters(words: Words, axes: Axes, found: CalibrationFound) -> None:
    for row, one in enumerate(found.learnt):
        low, _, high = one.prior
        scaled = [(value - low) / (high - low) for value in one.posterior]
        axes.plot([0, 1], [row, row], color=BASE, alpha=0.35, linewidth=6, solid_capstyle="butt")
        colour = QUIET if one.is_nothing else SCENARIO
        axes.plot([scaled[0], scaled[2]], [row, row], color=colour, linewidth=2)
        axes.plot(scaled[1], row, "o", color=colour, markersize=5)
    keys = ((f"calibrate.short.{one.name}", one.name) for one in found.learnt)
    _rows(axes, [words(key) if words.has(key) else name for key, name in keys])
    axes.set_xlim(-0.35, 1.35)
    axes.set_xticks([0, 1], ["5 %", "95 %"])
    axes.set_xlabel(words("calibrate.axis.prior"))


def _predictions(words: Words, axes: Axes, found: CalibrationFound) -> None:
    for row, check in enumerate(found.checks):
        spread = max(check.spread, 1e-9)
        ends = [(value - check.middle) / spread for value in (check.low, check.high)]
        seen = float(np.clip((check.observed - check.middle) / spread, -4.8, 4.8))
        outside = check.observed < check.low or check.observed > check.high
        axes.plot(ends, [row, row], color=BASE, alpha=0.35, linewidth=6, solid_capstyle="butt")
        axes.plot(seen, row, "D" if outside else "o", color=ACCENT if outside else INK, markersize=4.5)
    _rows(axes, [column.text(words.lang) for column in found.statistics])
    axes.set_xlim(-5, 5)
    axes.set_xlabel(words("calibrate.axis.predictions"))


def _rows(axes: Axes, labels: list[str]) -> None:
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", labelsize=7.5, length=0)
    quiet(axes, "x")
