"""From a sweep to what its report shows: cells, levers, interactions, and one corner in detail."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import evidence
from ...analysis.inference.estimates import Change, Stated, row, scale_of
from ...analysis.inference.intervals import changes
from ...config import leaves
from ...experiment.design import as_word, level_text
from ..views.parameter_table import resting, sources_of
from ..views.view import Array, AxisView, CellView, LeverEffect, SweepView
from .build import (
    MAIN,
    command_line,
    fans_of,
    idle_sites,
    lorenz_of,
    own_warnings,
    programme_year,
    set_on_both_sides,
    worst_pairing,
)
from .build_sweep_years import axis_order, interactions_of, years_of
from .build_validation import validation_of
from .disclosure_control import check_axes, check_size
from .origins import origin_of
from .rerun_pair import once_more

if TYPE_CHECKING:
    from ...analysis.pairs.effect import Effect
    from ...config import Scenario
    from ...experiment.design import Axis
    from ...experiment.sweep import Sweep

NAMING = ("site", "site.key", "site.name", "programme", "years")
"""Axes that change what sentences call the cells by."""


def sweep_view(sweep: Sweep, command: str = "") -> SweepView:
    """Everything that the report of ``sweep`` shows."""
    from ...config import Scenario

    base = Scenario.from_dict(sweep.manifest["base"])
    check_size(base)
    check_axes(sweep.design.axes)
    axes = tuple(_axis(axis, base) for axis in sweep.design.axes)
    cells = _cells(sweep, axes)
    shown_cell = _last_that_differs(cells)
    corner = _corner(sweep, base, shown_cell)
    levers = _lever_effects(sweep, axes)
    shown = corner.scenario.scenario if corner else base
    rests = resting(base)
    return SweepView(
        origin=origin_of(sweep, _kinds(sweep, base), command or _command(sweep)),
        name=sweep.design.name,
        question=sweep.design.question,
        axes=tuple(axes[index] for index in axis_order(axes)),
        cells=cells,
        lever_effects=levers,
        interactions=interactions_of(sweep.interactions, sweep.design, axes),
        fans=fans_of(corner.base, corner.scenario) if corner else None,
        lorenz=lorenz_of(corner.base, corner.scenario) if corner else None,
        corner=cells[shown_cell] if corner else None,
        programme_start=programme_year(shown, "start_date"),
        programme_stop=programme_year(shown, "stop_date"),
        resting=rests,
        sources=sources_of(rests),
        not_running=tuple(site for site in idle_sites(shown) if site in idle_sites(_first(sweep, base))),
        warnings=own_warnings(sweep.warnings),
        pairing=worst_pairing(sweep.certificates),
        validation=validation_of(corner) if corner else None,
        doubt=corner.uncertainty() if corner else None,
        both_sides=set_on_both_sides(base),
        years=years_of(sweep, axes, cells, levers, base),
    )


def _first(sweep: Sweep, base: Scenario) -> Scenario:
    """The scenario of the first cell."""
    arms = sweep.manifest["arms"]
    return base.replace(*arms[len(arms) - len(sweep.design.cells)]["overrides"])


def _kinds(sweep: Sweep, base: Scenario) -> tuple[Scenario, ...]:
    """A scenario of every site, package and span of years that the cells have."""
    naming = [axis for axis in sweep.design.axes if axis.key in NAMING]
    chosen = product(*(axis.levels for axis in naming))
    return tuple(
        base.replace(*(as_word(axis.key, level) for axis, level in zip(naming, levels, strict=True)))
        for levels in chosen
    )


def _axis(axis: Axis, base: Scenario) -> AxisView:
    unit = evidence.unit(axis.key) if axis.key in leaves() else "choice"
    names = [as_word(axis.key, level) for level in axis.levels]
    if axis.key == "site":
        return AxisView(axis.key, tuple(base.replace(name).site.name for name in names), unit)
    return AxisView(axis.key, tuple(level_text(level) for level in axis.levels), unit)


def _cells(sweep: Sweep, axes: tuple[AxisView, ...]) -> tuple[CellView, ...]:
    records: dict[int, list[dict[str, Any]]] = {}
    for record in sweep.cells.to_dict("records"):
        records.setdefault(int(record["cell"]), []).append({str(key): value for key, value in record.items()})
    found = []
    for cell in sweep.design.cells:
        own = records[cell.index]
        levels = tuple(axes[index].levels[cell.indices[index]] for index in axis_order(axes))
        rows = {str(record["outcome"]): row(str(record["outcome"]), record) for record in own}
        joint = {str(record["outcome"]): _joint(record) for record in own}
        found.append(CellView(levels, rows, joint, int(own[0]["baseline"])))
    return tuple(found)


def _joint(record: Mapping[str, Any]) -> Stated:
    scale = scale_of(str(record["outcome"]))
    return Stated(record["difference"], record["joint_low"], record["joint_high"]).scaled(scale)


def _lever_effects(sweep: Sweep, axes: tuple[AxisView, ...]) -> tuple[LeverEffect, ...]:
    numeric = (index for index in axis_order(axes) if axes[index].is_numeric)
    return tuple(effect for index in numeric if (effect := _lever_effect(sweep, axes, index)) is not None)


def _lever_effect(sweep: Sweep, axes: tuple[AxisView, ...], index: int) -> LeverEffect | None:
    """What a lever does from end to end; None where its ends differ in business as usual."""
    middle = [len(axis.levels) // 2 for axis in axes]
    ends = (0, len(axes[index].levels) - 1)
    arms = [_arm(sweep, sweep.design.at([*middle[:index], end, *middle[index + 1 :]])) for end in ends]
    if len({sweep.manifest["arms"][arm]["baseline"] for arm in arms}) > 1:
        return None
    first, last = (_shootings(sweep, arm) for arm in arms)
    parameters = sweep.parameters
    draws = None if parameters is None else parameters.draws_of(sweep.replicates, sweep.seed)
    found = changes((first - last)[:, None], draws)
    others = tuple((axis.key, axis.middle) for number, axis in enumerate(axes) if number != index)
    axis = axes[index]
    value, low, high, verdict = (found[name][0] for name in ("difference", "low", "high", "verdict"))
    averted = Change(float(value), float(low), float(high), verdict)
    return LeverEffect(axis.key, axis.levels[0], axis.levels[-1], others, averted)


def _arm(sweep: Sweep, cell: int) -> int:
    """The number of the arm of a cell."""
    return len(sweep.manifest["arms"]) - sweep.design.size + cell


def _shootings(sweep: Sweep, arm: int) -> Array:
    totals: Array = sweep.outcomes(arm).groupby("run")[MAIN].sum().to_numpy(np.float64)
    return totals


def _corner(sweep: Sweep, base: Scenario, cell: int) -> Effect | None:
    """A cell against its business as usual, run by run: a sweep stores no month of a single run."""
    arms = sweep.manifest["arms"]
    corner = arms[_arm(sweep, cell)]
    usual, last = (base.replace(*arm["overrides"]) for arm in (arms[corner["baseline"]], corner))
    return once_more(sweep, usual, last)


def _last_that_differs(cells: tuple[CellView, ...]) -> int:
    """The number of the last cell in which anything differs, so that not "no programme" is shown run by run."""
    differ = [number for number, cell in enumerate(cells) if cell.rows[MAIN].difference.value != 0.0]
    return differ[-1] if differ else len(cells) - 1


def _command(sweep: Sweep) -> str:
    axes = [f"{axis.key}={','.join(map(level_text, axis.levels))}" for axis in sweep.design.axes]
    return command_line("sweep", [*axes, *sweep.design.words], sweep.replicates, sweep.seed)
