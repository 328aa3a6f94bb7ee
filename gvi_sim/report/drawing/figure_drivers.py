"""The figure of what drives an answer: each drawn parameter's correlation with the effect, and its share."""

from __future__ import annotations

from ...analysis.pairs import uncertainty_text
from ...analysis.pairs.uncertainty import Driver, Uncertainty
from ...language.catalogue import Words
from ..views.view import Origin
from .style import (
    QUIET,
    SCENARIO,
    UNCLEAR,
    Axes,
    Figure,
    Frame,
    FuncFormatter,
    Margins,
    canvas,
    dress,
    name_y,
    note_right,
    quiet,
    styled,
    top_margin,
)

SHOWN = 10


def drivers_chart(words: Words, origin: Origin, found: Uncertainty) -> Figure:
    """Rank correlations with their intervals, the largest share of the spread on top, at most ten.

    x: partial rank correlation with the effect, its interval corrected for how many are looked at; y: parameters; on
    the right their shares. A point is filled where its own interval leaves 0 out, which is what "drives" means.
    """
    shown = found.drivers[:SHOWN]
    frame = _frame(words, origin, found)
    with styled():
        room = Margins(left=3.05, right=0.6, top=top_margin(frame.title))
        figure, (axes,) = canvas(0.32 * (len(shown) + 1) + room.top + room.bottom, room)
        for position, driver in enumerate(shown):
            _row(axes, position, driver)
            note_right(axes, position, words.percent(driver.share.value))
        axes.axvline(0, color=QUIET, linewidth=1)
        axes.set_yticks(range(len(shown)), [_title(words, driver) for driver in shown])
        axes.set_ylim(len(shown) - 0.4, -0.7)
        axes.set_xlim(-1, 1)
        axes.set_xticks((-1, -0.5, 0, 0.5, 1))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value, 1)))
        axes.set_xlabel(words("drivers.x"))
        name_y(figure, axes, words("drivers.y"))
        quiet(axes, grid="x")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        dress(figure, axes, frame)
    return figure


def _frame(words: Words, origin: Origin, found: Uncertainty) -> Frame:
    driving = found.driving
    answer = words("drivers.answer.cannot_tell")
    if driving:
        answer = words("drivers.answer", name=uncertainty_text.parameter_name(words, driving[0].key))
    source = words(
        "figure.source",
        version=origin.version,
        site=origin.site,
        replicates=words.number(origin.replicates, 0),
        seed=origin.seed,
    )
    return Frame(words("figure.says", answer=answer), words("drivers.subtitle"), source, words("figure.synthetic"))


def _title(words: Words, driver: Driver) -> str:
    name = uncertainty_text.parameter_name(words, driver.key)
    return f"{name[:1].upper()}{name[1:]} ({driver.grade})" if driver.grade else name


def _row(axes: Axes, position: int, driver: Driver) -> None:
    shade = SCENARIO if driver.drives else UNCLEAR
    axes.hlines(position, driver.correlation.low, driver.correlation.high, color=shade, linewidth=2.2)
    face = shade if driver.drives else "white"
    axes.plot(driver.correlation.value, position, "o", color=shade, markerfacecolor=face, markersize=7, zorder=3)
