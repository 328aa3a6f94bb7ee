"""From a sweep to what its report shows: cells, levers, interactions, and one corner in detail."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import evidence
from ..analysis.certificates import CERTIFICATES
from ..analysis.intervals import mean_interval
from ..config import leaves
from ..experiment.design import as_word
from .build import (
    MAIN,
    command_line,
    fans_of,
    idle_sites,
    lorenz_of,
    own_warnings,
    programme_year,
    row,
    scale_of,
    worst_pairing,
)
from .build_validation import validation_of
from .doubt import doubt_of
from .once_more import once_more
from .origins import origin_of
from .rests import resting, sources_of
from .smallest import check_axes, check_size
from .view import Array, AxisView, Cell, Estimate, Interaction, LeverEffect, SweepView

if TYPE_CHECKING:
    from ..analysis import Effect
    from ..config import Scenario
    from ..experiment import Axis, Sweep

NAMING = ("site", "site.key", "site.name", "programme", "years")
"""Axes that change what sentences call the cells by."""


def sweep_view(sweep: Sweep, command: str = "") -> SweepView:
    """Everything that the report of ``sweep`` shows."""
    from ..config import Scenario

    base = Scenario.from_dict(sweep.manifest["base"])
    check_size(base)
    check_axes(sweep.design.axes)
    axes = tuple(_axis(axis) for axis in sweep.design.axes)
    cells = _cells(sweep, axes)
    corner = _corner(sweep, base)
    shown = corner.scenario.scenario if corner else base
    rests = resting(base)
    return SweepView(
        origin=origin_of(sweep, _kinds(sweep, base), command or _command(sweep)),
        name=sweep.design.name,
        question=sweep.design.question,
        axes=axes,
        cells=cells,
        lever_effects=_lever_effects(sweep, axes),
        interactions=_interactions(sweep, axes),
        fans=fans_of(corner.base, corner.scenario) if corner else None,
        lorenz=lorenz_of(corner.base, corner.scenario) if corner else None,
        corner=cells[-1] if corner else None,
        programme_start=programme_year(shown, "start_date"),
        programme_stop=programme_year(shown, "stop_date"),
        resting=rests,
        sources=sources_of(rests),
        not_running=tuple(site for site in idle_sites(shown) if site in idle_sites(_first(sweep, base))),
        warnings=own_warnings(sweep.warnings),
        pairing=worst_pairing(sweep.certificates) if CERTIFICATES in sweep.store.tables else None,
        validation=validation_of(corner) if corner else None,
        doubt=doubt_of(corner) if corner else None,
    )


def _first(sweep: Sweep, base: Scenario) -> Scenario:
    """The scenario of the first cell."""
    arms = sweep.manifest["arms"]
    return base.replace(*arms[len(arms) - len(sweep.design.cells)]["overrides"])


def _kinds(sweep: Sweep, base: Scenario) -> tuple[Scenario, ...]:
    """A scenario of every place, package and span of years that the cells have."""
    naming = [axis for axis in sweep.design.axes if axis.key in NAMING]
    chosen = product(*(axis.levels for axis in naming))
    return tuple(
        base.replace(*(as_word(axis.key, level) for axis, level in zip(naming, levels, strict=True)))
        for levels in chosen
    )


def _axis(axis: Axis) -> AxisView:
    unit = evidence.unit(axis.key) if axis.key in leaves() else "choice"
    return AxisView(axis.key, tuple(_text(axis.key, level) for level in axis.levels), unit)


def _text(key: str, level: Any) -> str:
    return f"{level:g}" if isinstance(level, float) else as_word(key, level).partition("=")[2]


def _cells(sweep: Sweep, axes: tuple[AxisView, ...]) -> tuple[Cell, ...]:
    records: dict[int, list[dict[str, Any]]] = {}
    for record in sweep.cells.to_dict("records"):
        records.setdefault(int(record["cell"]), []).append({str(key): value for key, value in record.items()})
    found = []
    for cell in sweep.design.cells:
        own = records[cell.index]
        levels = tuple(_text(axis.key, level) for axis, level in zip(axes, cell.levels, strict=True))
        rows = {str(record["outcome"]): row(str(record["outcome"]), record) for record in own}
        joint = {str(record["outcome"]): _joint(record) for record in own}
        found.append(Cell(levels, rows, joint))
    return tuple(found)


def _joint(record: Mapping[str, Any]) -> Estimate:
    scale = scale_of(str(record["outcome"]))
    return Estimate(record["difference"], record["joint_low"], record["joint_high"]).scaled(scale)


def _lever_effects(sweep: Sweep, axes: tuple[AxisView, ...]) -> tuple[LeverEffect, ...]:
    return tuple(_lever_effect(sweep, axes, place) for place, axis in enumerate(axes) if axis.is_numeric)


def _lever_effect(sweep: Sweep, axes: tuple[AxisView, ...], place: int) -> LeverEffect:
    middle = [axis.levels[len(axis.levels) // 2] for axis in sweep.design.axes]
    ends = [sweep.design.axes[place].levels[end] for end in (0, -1)]
    first, last = (_averted(sweep, sweep.design.index([*middle[:place], end, *middle[place + 1 :]])) for end in ends)
    mean, low, high = mean_interval((last - first)[:, None])
    others = tuple(
        (axis.key, axis.levels[len(axis.levels) // 2]) for number, axis in enumerate(axes) if number != place
    )
    axis = axes[place]
    averted = Estimate(float(mean[0]), float(low[0]), float(high[0]))
    return LeverEffect(axis.key, axis.levels[0], axis.levels[-1], others, averted)


def _averted(sweep: Sweep, index: int) -> Array:
    """Shootings averted in a cell against its baseline, float64 [runs]."""
    arms = sweep.manifest["arms"]
    arm = len(arms) - len(sweep.design.cells) + index
    return _shootings(sweep, int(arms[arm]["baseline"] or 0)) - _shootings(sweep, arm)


def _shootings(sweep: Sweep, arm: int) -> Array:
    totals: Array = sweep.outcomes(arm).groupby("run")[MAIN].sum().to_numpy(np.float64)
    return totals


def _interactions(sweep: Sweep, axes: tuple[AxisView, ...]) -> tuple[Interaction, ...]:
    table = sweep.interactions
    if len(axes) < 2 or table.empty:
        return ()
    mine = table[(table["outcome"] == MAIN) & (table["first"] == axes[0].key) & (table["second"] == axes[1].key)]
    return tuple(
        Interaction(
            axes[0].level_like(str(record["first_level"])),
            axes[1].level_like(str(record["second_level"])),
            Estimate(record["interaction"], record["low"], record["high"]).scaled(-1),
        )
        for record in mine.to_dict("records")
    )


def _corner(sweep: Sweep, base: Scenario) -> Effect | None:
    """The last cell (every lever at its last level) against its baseline, run by run.

    A sweep stores no month of a single run, so this pair is run once more.
    """
    arms = sweep.manifest["arms"]
    corner = arms[-1]
    usual, last = (base.replace(*arm["overrides"]) for arm in (arms[int(corner["baseline"] or 0)], corner))
    return once_more(sweep.manifest, usual, last, sweep.replicates)


def _command(sweep: Sweep) -> str:
    axes = [f"{axis.key}={','.join(_text(axis.key, level) for level in axis.levels)}" for axis in sweep.design.axes]
    return command_line("sweep", [*axes, *sweep.design.words], sweep.replicates, sweep.seed)
