"""Which figures a report has, drawn once as SVG for the page and PNG for everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from .view import RunView, SweepView
from .words import Words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Draw = Callable[[], "Figure"]


def run_figures(words: Words, view: RunView) -> Iterator[tuple[str, Draw]]:
    """Names and drawings of a comparison's figures."""
    from . import figures
    from .figure_drivers import drivers_chart

    yield "forest", lambda: figures.forest_chart(words, view)
    found = view.doubt
    if found is not None and found.drivers:
        yield "drivers", lambda: drivers_chart(words, view.origin, found)
    yield "fan", lambda: figures.fan_chart(words, view, view.rows["shootings"], view.fans)
    if view.known_years:
        yield "years", lambda: figures.year_chart(words, view)
    curves = view.lorenz
    if curves is not None:
        yield "lorenz", lambda: figures.lorenz_chart(words, view, curves)


def sweep_figures(words: Words, view: SweepView) -> Iterator[tuple[str, Draw]]:
    """Names and drawings of a sweep's figures; those of two levers only where there are two."""
    from . import figures
    from .figure_drivers import drivers_chart

    if len(view.axes) > 1:
        yield "heat", lambda: figures.heat_map(words, view)
    yield "lines", lambda: figures.line_chart(words, view)
    if view.interactions:
        yield "interaction", lambda: figures.interaction_chart(words, view)
    yield "burden", lambda: figures.burden_chart(words, view)
    corner, fans, curves = view.corner, view.fans, view.lorenz
    if corner is not None and fans is not None:
        yield "fan", lambda: figures.fan_chart(words, view, corner.rows["shootings"], fans)
    found = view.doubt
    if found is not None and found.drivers:
        yield "drivers", lambda: drivers_chart(words, view.origin, found)
    if curves is not None:
        yield "lorenz", lambda: figures.lorenz_chart(words, view, curves)


def title_of(figure: Figure) -> str:
    """The answer that a figure is titled with, on one line."""
    titles = (axes.get_title(loc="left") for axes in figure.axes)
    return " ".join(next((title for title in titles if title), "").split())
