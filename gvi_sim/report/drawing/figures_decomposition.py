"""Figures of a closer look: changes with their intervals, one row a cause, a part or a term."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import NamedTuple

from ...analysis.inference import graded
from ...analysis.inference.estimates import Change, Stated
from ...analysis.inference.verdict import Verdict
from ...language.catalogue import Words
from ..pages import decomposition_text
from ..views.view import BeforeAfter, Books, Origin, Parts
from .figures import canvas_of, frame_of
from .scales import number_ticks
from .style import (
    ACCENT,
    BASE,
    INK,
    QUIET,
    SCENARIO,
    Axes,
    Figure,
    Margins,
    dress,
    name_y,
    quiet,
    styled,
    verdict_style,
)

NAME_LETTERS = 32  # of a row's name on a line


class BarLine(NamedTuple):
    """One row: its name, its estimate, and a second one beside it (what would be lost but for a part)."""

    name: str
    main: Stated
    second: Change | None = None
    strong: bool = False
    is_change: bool = True


def ledger_chart(words: Words, books: Books, origin: Origin) -> Figure:
    """Shootings averted by what stopped them, x: number a run, y: cause."""
    lines = [
        BarLine(decomposition_text.cause_name(words, name), mean, is_change=False) for name, mean, _ in books.causes
    ]
    first = books.causes[0]
    answer = words(
        "ledger.figure",
        share=words.percent(first[2]),
        cause=decomposition_text.cause_name(words, first[0]).lower(),
    )
    return _chart(words, lines, (answer, words("ledger.subtitle")), ("ledger.x", "ledger.y"), origin)


def parts_chart(words: Words, parts: Parts, origin: Origin) -> Figure:
    """Each part's share of the change in shootings, where it has one, and what would be lost but for it; x: number, y:
    part.
    """
    rows = parts.by_outcome[decomposition_text.MAIN]
    lines = [
        BarLine(
            decomposition_text.part_name(words, part.name),
            part.main,
            None
            if part.share is None or part.name in (decomposition_text.REST, decomposition_text.TOTAL)
            else part.but_for,
            part.name == decomposition_text.TOTAL,
        )
        for part in rows
        if not part.is_zero
    ]
    answer = decomposition_text.parts_answer(words, parts)
    subtitle = words("parts.subtitle" if parts.are_shared_out else "parts.subtitle.lost")
    return _chart(words, lines, (answer, subtitle), ("parts.x", "parts.y"), origin)


def before_after_chart(words: Words, found: BeforeAfter, origin: Origin) -> Figure:
    """What the naive change is made of; x: shootings a year, y: term."""
    lines = [
        BarLine(words(f"term.{name}"), found.terms[name], strong=name == "naive") for name in decomposition_text.TERMS
    ]
    naive = found.terms["naive"]
    key = "before_after.figure" if naive.is_settled else "before_after.figure.cannot_tell"
    made = found.terms["effect"].value + found.terms["downstream"].value
    answer = words(key, naive=words.signed(naive.value), made=words.signed(made))
    subtitle = words("before_after.subtitle")
    return _chart(words, lines, (answer, subtitle), ("before_after.x", "before_after.y"), origin)


def _chart(
    words: Words, lines: Sequence[BarLine], told: tuple[str, str], axis: tuple[str, str], origin: Origin
) -> Figure:
    frame = frame_of(words, *told, origin)
    with styled():
        figure, (axes,) = canvas_of(0.42 * (len(lines) + 1), frame, Margins(left=2.9, right=1.8))
        for at, line in enumerate(lines):
            _line(words, axes, at, line)
        axes.axvline(0, color=BASE, linewidth=1.2)
        axes.set_yticks(range(len(lines)), [fill(graded.capital(line.name), NAME_LETTERS) for line in lines])
        for label, line in zip(axes.get_yticklabels(), lines, strict=True):
            label.set_fontweight("bold" if line.strong else "normal")
        axes.set_ylim(len(lines) - 0.4, -0.6)
        axes.margins(x=0.06)
        axes.xaxis.set_major_formatter(number_ticks(words))
        axes.set_xlabel(words(axis[0]))
        name_y(figure, axes, words(axis[1]))
        quiet(axes, grid="x")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        dress(figure, axes, frame)
    return figure


def _line(words: Words, axes: Axes, at: float, line: BarLine) -> None:
    above = at - 0.13 if line.second is not None else at
    _point(axes, above, line.main, SCENARIO, "o")
    if line.second is not None:
        _point(axes, at + 0.17, line.second, ACCENT, "D")
    axes.annotate(
        graded.estimate_text(words, line.main, signed=line.is_change), (1, above), xycoords=axes.get_yaxis_transform(),
        xytext=(10, 0), textcoords="offset points", va="center", fontsize=8.5,
        color=INK if _verdict(line.main).sign else QUIET,
    )  # fmt: skip


def _verdict(estimate: Stated) -> Verdict:
    """The word of a change; a count that is no change is as it is."""
    return estimate.verdict if isinstance(estimate, Change) else Verdict.VERY_LIKELY_MORE


def _point(axes: Axes, at: float, estimate: Stated, colour: str, marker: str) -> None:
    shown = verdict_style(_verdict(estimate), colour)
    axes.hlines(at, estimate.low, estimate.high, color=shown["color"], linewidth=2.0)
    axes.plot(estimate.value, at, marker, **shown, markersize=7 if marker == "o" else 5, zorder=3)
