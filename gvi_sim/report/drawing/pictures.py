"""Which figures a report has, drawn once as SVG for the page and PNG for everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from ...analysis.calibration.found import CalibrationFound
from ...language.catalogue import Words
from ..pages.sweep_pictures import SWEEP
from ..views.view import CalibrationView, PartsView, RunView, SweepView, View

if TYPE_CHECKING:
    from .style import Figure

Draw = Callable[[], "Figure"]
CLOSER = ("ledger", "parts", "before_after")  # figures of a comparison that take further runs


def figures_of(words: Words, view: View) -> Iterator[tuple[str, Draw]]:
    """Names and drawings of the figures of whatever is shown."""
    words = words.about(view.origin.package)
    if isinstance(view, RunView):
        return run_figures(words, view)
    if isinstance(view, CalibrationView):
        return calibration_figures(words, view.found)
    return sweep_figures(words, view) if isinstance(view, SweepView) else parts_figures(words, view)


def run_figures(words: Words, view: RunView) -> Iterator[tuple[str, Draw]]:
    """Names and drawings of a comparison's figures."""
    from . import figures
    from .figure_drivers import drivers_chart

    if figures.has_changes(view):
        yield "forest", lambda: figures.forest_chart(words, view)
    found = view.doubt
    if found is not None and found.drivers:
        yield "drivers", lambda: drivers_chart(words, view.origin, found)
    yield "fan", lambda: figures.fan_chart(words, view, view.rows["shootings"], view.fans)
    if view.known_years:
        yield "years", lambda: figures.year_chart(words, view)
    yield from _closer_figures(words, view)
    curves = view.lorenz
    if curves is not None:
        yield "lorenz", lambda: figures.lorenz_chart(words, view, curves)


def _closer_figures(words: Words, view: RunView) -> Iterator[tuple[str, Draw]]:
    from . import figures_decomposition as closer

    books, parts, before_after = view.books, view.parts, view.before_after
    if books is not None and books.causes:
        yield "ledger", lambda: closer.ledger_chart(words, books, view.origin)
    if parts is not None:
        yield "parts", lambda: closer.parts_chart(words, parts, view.origin)
    if before_after is not None:
        yield "before_after", lambda: closer.before_after_chart(words, before_after, view.origin)


def parts_figures(words: Words, view: PartsView) -> Iterator[tuple[str, Draw]]:
    """The figure of an attribution."""
    from . import figures_decomposition as closer

    yield "parts", lambda: closer.parts_chart(words, view.parts, view.origin)


def calibration_figures(words: Words, found: CalibrationFound) -> Iterator[tuple[str, Draw]]:
    """The figure of a calibration."""
    from .calibration_figure import calibration_figure

    yield "calibration", lambda: calibration_figure(words, found)


def sweep_figures(words: Words, view: SweepView) -> Iterator[tuple[str, Draw]]:
    """Names and drawings of the figures that a sweep has."""
    for name, (function, applies) in SWEEP.items():
        if applies(view):
            yield name, partial(_drawn, function, words, view)


def _drawn(function: str, words: Words, view: SweepView) -> Figure:
    module, name = function.split(".")
    figure: Figure = getattr(import_module(f".{module}", __package__), name)(words, view)
    return figure


def title_of(figure: Figure) -> str:
    """The answer that a figure is titled with, on one line."""
    titles = (axes.get_title(loc="left") for axes in figure.axes)
    return " ".join(next((title for title in titles if title), "").split())
