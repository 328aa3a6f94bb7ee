"""What two levers of a sweep do together, and what its cells and levers do year by year."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from ...analysis.inference.estimates import Change, row
from ...analysis.inference.verdict import Verdict
from ...experiment.design import level_text
from ..views.view import AxisView, CellView, Interaction, LeverEffect
from ..views.years import CellYears, LeverYears, SweepYears, YearRow
from .build import MAIN, programme_year

if TYPE_CHECKING:
    from ...config import Scenario
    from ...experiment.design import Design
    from ...experiment.sweep import Sweep

MOST_SHOWN = 6  # cells side by side over the years; a table of the folder has all


def axis_order(axes: tuple[AxisView, ...]) -> list[int]:
    """Places of the axes in the design, those of numbers first: figures go along the first, a line by the second."""
    return sorted(range(len(axes)), key=lambda index: not axes[index].is_numeric)


def interactions_of(table: Any, design: Design, axes: tuple[AxisView, ...]) -> tuple[Interaction, ...]:
    """Of the first two levers of numbers, which the table may have the other way round; packages do not add up.

    ``table``: interactions as ``Sweep`` has them, of the window or by year; ``axes`` those of ``design``, in its order.
    """
    numeric = [index for index in axis_order(axes) if axes[index].is_numeric]
    if len(numeric) < 2 or table.empty:
        return ()
    one, other = numeric[:2]
    names = ("first", "second") if one < other else ("second", "first")
    mine = table[(table["outcome"] == MAIN)]
    mine = mine[(mine[names[0]] == axes[one].key) & (mine[names[1]] == axes[other].key)]
    texts = [dict(zip(map(level_text, axis.levels), axes[index].levels, strict=True))
             for index, axis in enumerate(design.axes)]  # fmt: skip
    return tuple(
        Interaction(
            texts[one][str(record[f"{names[0]}_level"])],
            texts[other][str(record[f"{names[1]}_level"])],
            Change(record["interaction"], record["low"], record["high"], Verdict(record["verdict"])).scaled(-1),
        )
        for record in mine.to_dict("records")
    )


def years_of(
    sweep: Sweep,
    axes: tuple[AxisView, ...],
    cells: Sequence[CellView],
    levers: Sequence[LeverEffect],
    base: Scenario,
) -> SweepYears | None:
    """The years of ``sweep`` for its ``axes`` (in the design's order), ``cells`` and ``levers``; None where its folder
    holds no years of single runs. ``base``: what the cells share.
    """
    if not sweep.has_years:
        return None
    ordered = [axes[index] for index in axis_order(axes)]
    both = interactions_of(sweep.interactions_by_year, sweep.design, axes)
    last = both[-1] if both else None
    beyond = [it for it in both if last and (it.first_level, it.second_level) == (last.first_level, last.second_level)]
    spans = [level for axis in sweep.design.axes if axis.key == "years" for level in axis.levels] or [base.years]
    whole = int(max(float(str(span)) for span in spans))
    return SweepYears(
        cells=tuple(_cell_years(sweep, cells, chosen, base) for chosen in _shown(ordered)),
        levers=tuple(_lever_years(sweep, lever, max(whole, 1)) for lever in levers),
        beyond=tuple(it.beyond for it in beyond[: max(whole, 1)]),
        whole=whole,
        held=tuple((axis.key, axis.levels[0]) for axis in ordered[2:]),
    )


def _shown(axes: Sequence[AxisView]) -> list[tuple[tuple[str, str], ...]]:
    """Key and level of every axis of the cells that are shown by year."""
    if len(axes) == 1:
        count = len(axes[0].levels)
        most = min(count, MOST_SHOWN)
        places = sorted({round(place * (count - 1) / (most - 1)) for place in range(most)})
        return [((axes[0].key, axes[0].levels[place]),) for place in places]
    held = tuple((axis.key, axis.middle) for axis in axes[2:])
    ends = [(axis.levels[0], axis.levels[-1]) if axis.is_numeric else axis.levels for axis in axes[:2]]
    pairs = [*product(*ends)][:MOST_SHOWN]
    middle = tuple(axis.middle for axis in axes[:2])
    if middle not in pairs and all(axis.is_numeric for axis in axes[:2]):
        pairs.insert(len(pairs) // 2, middle)
    return [(*zip((axis.key for axis in axes[:2]), pair, strict=True), *held) for pair in pairs]


def _cell_years(
    sweep: Sweep, cells: Sequence[CellView], chosen: tuple[tuple[str, str], ...], base: Scenario
) -> CellYears:
    number = next(index for index, cell in enumerate(cells) if cell.levels == tuple(level for _, level in chosen))
    frame = sweep.cells_by_year
    mine = frame[(frame["cell"] == number) & (frame["outcome"] == MAIN)].to_dict("records")
    rows = tuple(YearRow(int(it["year"]), it["starts"], row(MAIN, it)) for it in mine)
    return CellYears(chosen, rows, programme_year(base.replace(*sweep.design.cells[number].overrides), "start_date"))


def _lever_years(sweep: Sweep, lever: LeverEffect, whole: int) -> LeverYears:
    frame = sweep.levers_by_year
    mine = frame[(frame["lever"] == lever.key) & (frame["outcome"] == MAIN)].to_dict("records")
    found = (Change(it["difference"], it["low"], it["high"], Verdict(it["verdict"])).scaled(-1) for it in mine)
    return LeverYears(lever.key, lever.first, lever.last, lever.others, tuple(found)[:whole])
