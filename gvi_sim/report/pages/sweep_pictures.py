"""Every figure of a sweep: the function that draws it, and which sweeps have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..views.view import SweepView

MOST_SIDE_BY_SIDE = 60  # cells of one figure; the table has all
SWEEP: Mapping[str, tuple[str, Callable[[SweepView], bool]]] = {
    "side": ("figures_sweep.side_chart", lambda view: view.is_side_by_side and len(view.cells) <= MOST_SIDE_BY_SIDE),
    "heat": ("figures.heat_map", lambda view: view.is_one_usual and len(view.axes) > 1 and view.axes[1].is_numeric),
    "lines": ("figures.line_chart", lambda view: view.is_one_usual and view.axes[0].is_numeric),
    "interaction": ("figures.interaction_chart", lambda view: bool(view.interactions)),
    "years": ("figures_years.years_chart", lambda view: view.years is not None and view.years.is_shown),
    "years_levers": (
        "figures_years.levers_chart",
        lambda view: view.years is not None and view.years.is_shown and bool(view.years.levers),
    ),
    "burden": ("figures.burden_chart", lambda view: view.is_one_usual),
    "fan": ("figures_sweep.corner_fan", lambda view: view.corner is not None and view.fans is not None),
    "drivers": ("figures_sweep.corner_drivers", lambda view: view.doubt is not None and bool(view.doubt.drivers)),
    "lorenz": ("figures_sweep.corner_lorenz", lambda view: view.lorenz is not None),
}
