"""Figures of runs and sweeps: titled with the answer, intervals shown, safe without colour vision.

Every function returns a matplotlib Figure and changes no global setting. The only importer of seaborn.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle
from typing import Any

import numpy as np

from ...analysis.inference import graded, outcomes
from ...analysis.inference.estimates import Change, Row
from ...language.catalogue import Words
from ..text import wording
from ..views.distributions import is_count, year_of
from ..views.view import Array, AxisView, Fan, Lorenz, Origin, RunView, SweepView
from .scales import change_ticks, number_ticks, round_changes
from .style import (
    ACCENT,
    BASE,
    INK,
    QUIET,
    SCENARIO,
    WIDTH,
    Axes,
    Figure,
    Frame,
    FuncFormatter,
    Margins,
    MaxNLocator,
    canvas,
    dress,
    name_y,
    note_right,
    quiet,
    styled,
    top_margin,
    verdict_style,
)
from .style import seaborn as sns


def frame_of(words: Words, answer: str, subtitle: str, origin: Origin) -> Frame:
    """The text around a figure: title with the answer, subtitle, source and watermark."""
    source = words(
        "figure.source",
        version=origin.version,
        site=origin.site,
        replicates=words.number(origin.replicates, 0),
        seed=origin.seed,
    )
    title = words("figure.says", answer=answer)
    return Frame(title, subtitle, source, words("figure.synthetic"))


def canvas_of(inner: float, frame: Frame, margins: Margins, columns: int = 1) -> tuple[Figure, list[Axes]]:
    """A figure whose plot is ``inner`` inches high, with room for the lines of its title."""
    room = replace(margins, top=top_margin(frame.title))
    return canvas(inner + room.top + room.bottom, room, columns)


# --- fan charts ------------------------------------------------------------------------------------------


def fan_chart(words: Words, view: RunView | SweepView, row: Row, fans: tuple[Fan, Fan]) -> Figure:
    """Business as usual and the scenario over time: mean, half and nine tenths of the runs.

    x: date (years); y: shootings in each span of ``fans[0].months`` months (number).
    """
    what = graded.what(words, row.name)
    frame = frame_of(words, wording.fan_answer(words, view, row), words("fan.subtitle"), view.origin)
    with styled():
        figure, (left, right) = canvas_of(2.3, frame, Margins(left=0.5), columns=2)
        for axes, fan, colour, name in (
            (left, fans[0], BASE, "arm.base.capital"),
            (right, fans[1], SCENARIO, "arm.scenario.capital"),
        ):
            _fan(axes, fan, colour)
            where: dict[str, Any] = {"transform": axes.transAxes, "va": "top", "weight": "bold"}
            axes.text(0.99, 0.98, words(name), color=colour, ha="right", **where)
            axes.set_xlabel(words("fan.x"))
            axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, prune="both"))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f}"))
        sns.lineplot(
            x=fans[0].years, y=fans[0].mean, ax=right, color=BASE, linewidth=1.2, dashes=(4, 2),
            errorbar=None, legend=False, linestyle="--",
        )  # fmt: skip
        _same_height(left, right)
        name_y(figure, left, graded.capital(words(f"fan.y.{fans[0].months}", what=what)))
        left.yaxis.set_major_formatter(number_ticks(words))
        right.tick_params(labelleft=False)
        _mark_programme(words, view, left, right)
        dress(figure, left, frame)
    return figure


def _fan(axes: Axes, fan: Fan, colour: str) -> None:
    for share, strength in ((0.9, 0.16), (0.5, 0.30)):
        low, high = fan.bands[share]
        axes.fill_between(fan.years, low, high, color=colour, alpha=strength, linewidth=0)
    sns.lineplot(x=fan.years, y=fan.mean, ax=axes, color=colour, linewidth=2, errorbar=None)
    quiet(axes)


def _same_height(left: Axes, right: Axes) -> None:
    top = max(left.get_ylim()[1], right.get_ylim()[1]) * 1.12
    for axes in (left, right):
        axes.set_ylim(0, top)
        axes.margins(x=0.02)


def _mark_programme(words: Words, view: RunView | SweepView, left: Axes, right: Axes) -> None:
    changed = zip(_changes(view.origin), cycle(["figure.programme_change"]), cycle((0.72, 0.65)))
    began = (view.programme_start, "figure.programme_start", 0.86)
    for moment, name, height in (began, (view.programme_stop, "figure.programme_stop", 0.79), *changed):
        if moment is not None and is_count(view.origin, moment):
            left.axvline(moment, color=ACCENT, linewidth=1.2, linestyle=(0, (3, 2)), alpha=0.5)
            mark(right, moment, words(name), height)


def _changes(origin: Origin) -> list[float]:
    """When the timeline of some site changes its programme, as years with decimals."""
    return sorted({year_of(stage.date) for found in origin.beginnings for stage in found.timeline})


def mark(axes: Axes, at: float, text: str, height: float) -> None:
    """A dashed line at ``at`` with ``text`` beside it at ``height`` (share of the axes)."""
    axes.axvline(at, color=ACCENT, linewidth=1.2, linestyle=(0, (3, 2)))
    axes.annotate(
        text,
        (at, height),
        xycoords=axes.get_xaxis_transform(),
        xytext=(4, 0),
        textcoords="offset points",
        color=ACCENT,
        fontsize=8.5,
        va="center",
        bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 1},
    )


# --- ratios ----------------------------------------------------------------------------------------------


def year_chart(words: Words, view: RunView) -> Figure:
    """Change in shootings year by year with 95 % intervals, the programme's start marked.

    x: year of the comparison (number); y: change (per cent). Hollow points: less sure than likely.
    """
    shown = view.known_years
    answer = wording.years_answer(words, view)
    what = graded.what(words, wording.MAIN)
    frame = frame_of(words, answer, words("years.subtitle"), view.origin)
    with styled():
        figure, (axes,) = canvas_of(2.3, frame, Margins(right=1.0))
        _ratio_points(axes, [float(year.year) for year in shown], [year.row for year in shown], SCENARIO)
        axes.axhline(1, color=BASE, linewidth=1.2)
        note_right(axes, 1, words("years.equal"))
        for moment, name, height in (
            (view.programme_start, "figure.programme_start", 0.06),
            *((moment, "figure.programme_change", 0.13) for moment in _changes(view.origin)),
        ):
            if moment is not None and is_count(view.origin, moment):
                # Year 1 reaches from 0.5 to 1.5 on this axis.
                mark(axes, moment - year_of(view.by_year[0].starts) + 0.5, words(name), height)
        axes.set_xticks([year.year for year in shown])
        axes.set_xlabel(words("years.x"))
        name_y(figure, axes, words("years.y", what=what))
        axes.yaxis.set_major_formatter(change_ticks(words))
        axes.margins(x=0.05, y=0.12)
        quiet(axes)
        dress(figure, axes, frame)
    return figure


def _ratio_points(axes: Axes, at: Sequence[float], rows: Sequence[Row], colour: str) -> None:
    for position, row in zip(at, rows, strict=True):
        axes.vlines(
            position, row.ratio.low, row.ratio.high, color=verdict_style(row.verdict, colour)["color"], linewidth=2
        )
    sns.scatterplot(x=list(at), y=[row.ratio.value for row in rows], ax=axes, s=0, legend=False)
    for position, row in zip(at, rows, strict=True):
        axes.plot(position, row.ratio.value, "o", **verdict_style(row.verdict, colour), markersize=7, zorder=3)


def forest_chart(words: Words, view: RunView) -> Figure:
    """Every outcome's change with its interval, harm above, burden below.

    x: change (per cent, logarithmic scale of ratios); y: outcomes. Hollow points: less sure than likely.
    """
    groups = [_with_ratio(view, group) for group in (outcomes.HARM, outcomes.BURDEN)]
    rows = [row for group in groups for row in group]
    frame = frame_of(words, wording.forest_answer(words, view), words("forest.subtitle"), view.origin)
    with styled():
        figure, (axes,) = canvas_of(0.3 * (len(rows) + 2), frame, Margins(left=2.75, right=2.3))
        at = _positions([len(group) for group in groups])
        for position, row in zip(at, rows, strict=True):
            _forest_row(words, axes, position, row)
        axes.axvline(1, color=BASE, linewidth=1.2)
        axes.set_yticks(at, [graded.capital(graded.what(words, row.name)) for row in rows])
        axes.annotate(words("table.change.short"), (1, 1), xycoords="axes fraction", xytext=(10, 6.5),
                      textcoords="offset points", fontsize=8.5, color=QUIET)  # fmt: skip
        headed = zip((0, len(groups[0])), groups, ("forest.harm", "forest.burden"), strict=True)
        for height, group in ((at[first], name) for first, found, name in headed if found):
            axes.annotate(words(group), (0, height - 0.72), xycoords=axes.get_yaxis_transform(), ha="right",
                          xytext=(-4, 0), textcoords="offset points", va="center", weight="bold")  # fmt: skip
        axes.set_ylim(max(at) + 0.6, -1.25)
        _change_axis(words, axes, rows)
        axes.set_xlabel(words("forest.x"))
        name_y(figure, axes, words("forest.y"))
        quiet(axes, grid="x")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        dress(figure, axes, frame)
    return figure


def has_changes(view: RunView) -> bool:
    """Whether any outcome has a change that can be drawn: of one draw no interval may have a lower end."""
    return any(_with_ratio(view, group) for group in (outcomes.HARM, outcomes.BURDEN))


def _with_ratio(view: RunView, group: str) -> list[Row]:
    rows = [view.rows[name] for name in outcomes.names(group)]
    return [row for row in rows if row.ratio.is_known and row.ratio.low > 0]


def _positions(sizes: Sequence[int]) -> list[float]:
    at, here = [], 0.0
    for size in sizes:
        at += [here + i for i in range(size)]
        here += size + 0.9
    return at


def _forest_row(words: Words, axes: Axes, position: float, row: Row) -> None:
    shown = verdict_style(row.verdict, SCENARIO)
    axes.hlines(position, row.ratio.low, row.ratio.high, color=shown["color"], linewidth=2.2)
    axes.plot(row.ratio.value, position, "o", **shown, markersize=7, zorder=3)
    axes.annotate(
        graded.percent_text(words, row.change), (1, position), xycoords=axes.get_yaxis_transform(),
        xytext=(10, 0), textcoords="offset points", va="center", fontsize=8.5,
        color=INK if row.is_settled else QUIET,
    )  # fmt: skip


def _change_axis(words: Words, axes: Axes, rows: Sequence[Row]) -> None:
    axes.set_xscale("log")
    low = min(0.9, *(row.ratio.low for row in rows)) * 0.93
    high = max(1.1, *(row.ratio.high for row in rows)) * 1.07
    axes.set_xlim(low, high)
    axes.set_xticks(round_changes(low, high))
    axes.set_xticks([], minor=True)
    axes.xaxis.set_major_formatter(change_ticks(words))


# --- concentration ---------------------------------------------------------------------------------------


def lorenz_chart(words: Words, view: RunView | SweepView, curves: tuple[Lorenz, Lorenz]) -> Figure:
    """How unequally groups share the attacks, in both arms.

    x: share of groups, most active first (per cent); y: share of attacks (per cent).
    """
    base, scenario = curves
    shares = [words.percent(curve.top_fifth) for curve in curves]
    alike = shares[0] == shares[1]
    answer = words("lorenz.answer.same" if alike else "lorenz.answer", base=shares[0], scenario=shares[1])
    frame = frame_of(words, answer, words("lorenz.subtitle"), view.origin)
    with styled():
        figure, (axes,) = canvas_of(3.4, frame, Margins(right=WIDTH - 0.6 - 3.4))
        axes.plot([0, 100], [0, 100], color="#9aa4ae", linewidth=1)
        axes.text(64, 58, words("lorenz.equal"), color=QUIET, fontsize=8.5)
        axes.axvline(20, color=ACCENT, linewidth=1, linestyle=":")
        for curve, colour, name, dashes in (
            (scenario, SCENARIO, "arm.scenario", "-"),
            (base, BASE, "arm.base", "--"),
        ):
            _lorenz(words, axes, curve, (colour, dashes), words(name))
        axes.set_xlim(0, 100)
        axes.set_ylim(0, 100)
        axes.set_xlabel(words("lorenz.x"))
        name_y(figure, axes, words("lorenz.y"))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(number_ticks(words, 0))
        quiet(axes, grid="both")
        axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), handlelength=1.6)
        dress(figure, axes, frame)
    return figure


def _lorenz(words: Words, axes: Axes, curve: Lorenz, look: tuple[str, str], name: str) -> None:
    colour, dashes = look
    across, low, high = 100 * curve.groups, 100 * curve.low, 100 * curve.high
    axes.fill_between(across, low, high, color=colour, alpha=0.15, linewidth=0)
    label = words("lorenz.label", name=name, gini=words.number(curve.gini.value, 2))
    sns.lineplot(
        x=across,
        y=100 * curve.mean,
        ax=axes,
        color=colour,
        linewidth=2,
        linestyle=dashes,
        label=label,
        estimator=None,
    )


# --- sweeps ----------------------------------------------------------------------------------------------


def heat_map(words: Words, view: SweepView) -> Figure:
    """Shootings averted for every pair of levels, mean and 95 % interval written in each cell.

    x: the first lever; y: the second; colour and numbers: shootings averted (number).
    """
    first, second = view.axes[0], view.axes[1]
    grid = [[wording.averted(view.cell(x, y)) for x in first.levels] for y in second.levels]
    values = np.array([[estimate.value for estimate in line] for line in grid])
    answer = words(
        "heat.answer",
        least=words.number(float(values.min())),
        most=words.number(float(values.max())),
        years=words.years(*view.origin.spans),
    )
    frame = frame_of(words, answer, held_subtitle(words, "heat.subtitle", view.held), view.origin)
    with styled():
        figure, (axes,) = canvas_of(0.62 * len(second.levels), frame, Margins(right=0.15))
        _heat(words, axes, values, [first.levels, second.levels])
        _write_cells(words, axes, grid)
        axes.set_xlabel(wording.lever_axis(words, first.key, first.unit))
        name_y(figure, axes, wording.lever_axis(words, second.key, second.unit))
        axes.invert_yaxis()
        dress(figure, axes, frame)
    return figure


def _heat(words: Words, axes: Axes, values: Array, levels: Sequence[Sequence[str]]) -> None:
    # Light colours only, so that the numbers in the cells are always dark on light.
    if values.min() < 0 < values.max():
        colours, centre = sns.diverging_palette(35, 245, s=70, l=70, as_cmap=True), 0.0
    else:
        colours, centre = sns.light_palette("#4ba3d9", as_cmap=True, reverse=bool(values.max() <= 0)), None
    sns.heatmap(
        values,
        ax=axes,
        cmap=colours,
        center=centre,
        linewidths=2,
        linecolor="white",
        xticklabels=[words.as_written(level) for level in levels[0]],
        yticklabels=[words.as_written(level) for level in levels[1]],
        cbar=False,  # every cell's number is written in it
    )
    axes.tick_params(length=0)
    axes.set_yticklabels(axes.get_yticklabels(), rotation=0)


def _write_cells(words: Words, axes: Axes, grid: Sequence[Sequence[Change]]) -> None:
    for y, line in enumerate(grid):
        for x, estimate in enumerate(line):
            value, _, _ = words.together(estimate.value, estimate.low, estimate.high)
            texts: list[tuple[float, str, dict[str, Any]]] = [
                (0.64, value, {"fontsize": 11.5, "weight": "bold" if estimate.is_settled else "normal"})
            ]
            texts += [(0.37, graded.bracket(words, estimate), {"fontsize": 8})]
            texts += [(0.16, graded.averted_grade(words, estimate), {"fontsize": 6.5, "style": "italic"})]
            for height, text, style in texts:
                axes.text(x + 0.5, y + height, text, ha="center", va="center", color=INK, **style)


def line_chart(words: Words, view: SweepView) -> Figure:
    """Shootings averted against the first lever with 95 % intervals, one line a level of the second.

    x: the first lever; y: shootings averted (number).
    """
    first = view.axes[0]
    others = view.axes[1].levels if len(view.axes) > 1 else ("",)
    subtitle = held_subtitle(words, "lines.subtitle", view.held)
    frame = frame_of(words, wording.line_answer(words, view), subtitle, view.origin)
    colours = sns.color_palette("crest", len(others))
    with styled():
        figure, (axes,) = canvas_of(2.6, frame, Margins(right=1.55))
        for index, level in enumerate(others):
            estimates = [wording.averted(view.cell(x, *([level] if level else []))) for x in first.levels]
            at, colour = _beside(first, index, len(others)), colours[index]
            axes.vlines(at, [e.low for e in estimates], [e.high for e in estimates], color=colour, linewidth=1.6)
            sns.lineplot(
                x=at, y=[e.value for e in estimates], ax=axes, color=colour, marker="o", markersize=6, linewidth=2,
                errorbar=None, label=words.as_written(level) or None,
            )  # fmt: skip
        axes.set_xticks(first.positions, [words.as_written(level) for level in first.levels])
        axes.set_xlabel(wording.lever_axis(words, first.key, first.unit))
        name_y(figure, axes, words("lines.y", years=words.years(*view.origin.spans)))
        axes.yaxis.set_major_formatter(number_ticks(words))
        quiet(axes)
        if len(others) > 1:
            _level_legend(words, axes, view.axes[1].key)
        dress(figure, axes, frame)
    return figure


def _beside(axis: AxisView, index: int, count: int) -> Array:
    """Where the levels of an axis lie for one of ``count`` lines, so that intervals stand beside one another."""
    step = float(np.min(np.abs(np.diff(np.sort(axis.positions)))))
    return axis.positions + (index - (count - 1) / 2) * step * 0.5 / max(count, 4)


def _level_legend(words: Words, axes: Axes, key: str) -> None:
    """Levels of a lever to the right of the axes, the highest on top."""
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(
        handles[::-1],
        labels[::-1],
        title="\n".join(textwrap.wrap(wording.lever_label(words, key), 18)),
        title_fontsize=9,
        loc="upper left",
        bbox_to_anchor=(1.02, 1.0),
        handlelength=1.6,
        alignment="left",
    )


def held_subtitle(words: Words, key: str, held: tuple[tuple[str, str], ...]) -> str:
    """A subtitle with, as key and level, what further levers are ``held`` at."""
    told = words(key)
    return words("sweep.held", text=told, levels=wording.levels_text(words, held)) if held else told


def interaction_chart(words: Words, view: SweepView) -> Figure:
    """What two levers avert together beyond the sum of each alone, with 95 % intervals.

    x: the first lever; y: shootings averted beyond the sum (number).
    """
    first, second = view.axes[0], view.axes[1]
    corner = view.interactions[-1]
    answer = wording.interaction_answer(words, corner.beyond)
    subtitle = held_subtitle(words, "interaction.subtitle", view.held_first)
    frame = frame_of(words, answer, subtitle, view.origin)
    colours = dict(zip(second.levels[1:], sns.color_palette("crest", len(second.levels))[1:], strict=True))
    with styled():
        figure, (axes,) = canvas_of(2.6, frame, Margins(right=1.55))
        axes.axhline(0, color=BASE, linewidth=1.2)
        for index, level in enumerate(second.levels[1:]):
            position = dict(zip(first.levels, _beside(first, index, len(second.levels) - 1), strict=True))
            found = [entry for entry in view.interactions if entry.second_level == level]
            at = [position[entry.first_level] for entry in found]
            axes.vlines(at, [entry.beyond.low for entry in found], [entry.beyond.high for entry in found],
                        color=colours[level], linewidth=2)  # fmt: skip
            values = [entry.beyond.value for entry in found]
            label = words.as_written(level)
            sns.scatterplot(x=at, y=values, ax=axes, color=colours[level], s=42, zorder=3, label=label)
        axes.set_xticks(first.positions[1:], [words.as_written(level) for level in first.levels[1:]])
        axes.set_xlabel(wording.lever_axis(words, first.key, first.unit))
        name_y(figure, axes, words("interaction.y"))
        axes.yaxis.set_major_formatter(number_ticks(words))
        quiet(axes)
        _level_legend(words, axes, view.axes[1].key)
        dress(figure, axes, frame)
    return figure


def burden_chart(words: Words, view: SweepView) -> Figure:
    """Every cell's shootings averted against its change in detention, with both 95 % intervals.

    x: change in detention (person-years); y: shootings averted (number).
    """
    points = [(cell, cell.rows["detained_days"].difference, wording.averted(cell)) for cell in view.cells]
    frame = frame_of(words, wording.burden_answer(words, view), words("burden.subtitle"), view.origin)
    levels = view.axes[0].levels
    colours = dict(zip(levels, sns.color_palette("crest", len(levels)), strict=True))
    with styled():
        figure, (axes,) = canvas_of(2.6, frame, Margins(right=1.55))
        axes.axvline(0, color=BASE, linewidth=1)
        axes.axhline(0, color=BASE, linewidth=1)
        for cell, detained, averted in points:
            colour = colours[cell.levels[0]]
            axes.hlines(averted.value, detained.low, detained.high, color=colour, linewidth=1, alpha=0.7)
            axes.vlines(detained.value, averted.low, averted.high, color=colour, linewidth=1, alpha=0.7)
        for level in levels:
            mine = [point for point in points if point[0].levels[0] == level]
            sns.scatterplot(
                x=[p[1].value for p in mine], y=[p[2].value for p in mine], ax=axes, s=42, zorder=3,
                color=colours[level], label=words.as_written(level),
            )  # fmt: skip
        axes.set_xlabel(words("burden.x", years=words.years(*view.origin.spans)))
        name_y(figure, axes, words("burden.y", years=words.years(*view.origin.spans)))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(number_ticks(words))
        quiet(axes, grid="both")
        _level_legend(words, axes, view.axes[0].key)
        dress(figure, axes, frame)
    return figure
