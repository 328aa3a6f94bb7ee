"""The figure of a calibration: what the data said about each parameter, and whether the model fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .style import (
    ACCENT,
    BASE,
    INK,
    QUIET,
    SCENARIO,
    Frame,
    Margins,
    as_png,
    as_svg,
    canvas,
    dress,
    quiet,
    styled,
    top_margin,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..analysis.calibration import Calibration

_ROW = 0.19
_NAMES = {
    "site.attacks_per_year": "attacks a year",
    "n": "n, set off by an attack",
    "fast_share": "share of n within weeks",
    "repeat_share": "share of it on the same group",
    "site.activity_sd": "spread of groups' activity",
    "calendar.shared_shock_sd": "spread of shared shocks",
    "trend_per_year": "trend, log change a year",
    "harm.p_hit": "chance that somebody is hit",
    "harm.p_death_given_hit": "deaths per person hit",
}


def calibration_figure(found: Calibration) -> Figure:
    """Left: prior and posterior of each parameter, 90 % intervals on the prior's own scale (0: its 5 %, 1: its
    95 % point). Right: each statistic of the record in standard deviations of what the posterior predicts.
    """
    fits = "the model fits the record" if found.fits else "the model does NOT fit the record"
    low, middle, high = found.by_name["n"].posterior if "n" in found.by_name else (np.nan,) * 3
    n = f": n = {middle:.2f} ({low:.2f} to {high:.2f})" if "n" in found.by_name else ""
    base = found.setting.base.site.name
    frame = Frame(
        f"{base}: {fits}{n}",
        "Left: 90 % intervals before (grey) and after the data (blue). Right: the record beside its predictions.",
        f"{int(found.counts.counts.sum())} attacks from {found.counts.start}, seed {found.seed}",
        "SYNTHETIC PERSONS",
    )
    rows = max(len(found.learnt), len(found.checks))
    with styled():
        room = Margins(left=1.85, right=0.3, top=top_margin(frame.title), bottom=0.82)
        figure, (left, right) = canvas(rows * _ROW + room.top + room.bottom, room, columns=2, gap=2.9)
        _parameters(left, found)
        _predictions(right, found)
        dress(figure, left, frame)
    return figure


def _parameters(axes: Axes, found: Calibration) -> None:
    for place, one in enumerate(found.learnt):
        low, _, high = one.prior
        scaled = [(value - low) / (high - low) for value in one.posterior]
        axes.plot([0, 1], [place, place], color=BASE, alpha=0.35, linewidth=6, solid_capstyle="butt")
        colour = QUIET if one.is_nothing else SCENARIO
        axes.plot([scaled[0], scaled[2]], [place, place], color=colour, linewidth=2)
        axes.plot(scaled[1], place, "o", color=colour, markersize=5)
    _rows(axes, [_NAMES.get(one.name, one.name) for one in found.learnt])
    axes.set_xlim(-0.35, 1.35)
    axes.set_xticks([0, 1], ["5 %", "95 %"])
    axes.set_xlabel("of the prior")


def _predictions(axes: Axes, found: Calibration) -> None:
    for place, check in enumerate(found.checks):
        spread = max(float(found.predicted[:, place].std()), 1e-9)
        ends = [(value - check.middle) / spread for value in (check.low, check.high)]
        seen = float(np.clip((check.observed - check.middle) / spread, -4.8, 4.8))
        outside = check.observed < check.low or check.observed > check.high
        axes.plot(ends, [place, place], color=BASE, alpha=0.35, linewidth=6, solid_capstyle="butt")
        axes.plot(seen, place, "D" if outside else "o", color=ACCENT if outside else INK, markersize=4.5)
    _rows(
        axes,
        [
            check.statistic.replace("unevenness between pairs of areas", "unevenness over pairs")
            for check in found.checks
        ],
    )
    axes.set_xlim(-5, 5)
    axes.set_xlabel("SD from prediction")


def _rows(axes: Axes, labels: list[str]) -> None:
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", labelsize=7.5, length=0)
    quiet(axes, "x")


def save_figure(found: Calibration) -> dict[str, bytes]:
    """The figure as files: name to content."""
    drawn = calibration_figure(found)
    return {"figures/calibration.png": as_png(drawn), "figures/calibration.svg": as_svg(drawn)}
