"""The tables of a sweep: effects by cell, levers and interactions of axes, by year too, months. One arm is read at a
time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..analysis.inference.draws_posterior import LEVEL
from ..analysis.inference.intervals import changes, paired
from ..execution.amounts.totals import COLUMNS, by_site, over_sites
from ..execution.planning.plan import Plan
from ..execution.planning.years import BY_YEAR, YEARS
from ..execution.storage.arm_results import InFolder
from ..execution.storage.store import Store
from ..units import MONTHS_PER_YEAR, months_after
from ..world.tables import SERIES
from .design import Design, level_text

if TYPE_CHECKING:
    import pandas as pd

ARMS_HELD = 64  # arrays of one arm are small; a few save reading baselines and reference cells again
OF_YEAR = (*BY_YEAR, "attacks")
Values = Callable[[int], np.ndarray]


class Counted(NamedTuple):
    """What tables are made of: ``values`` of an arm [replicates, columns], ``labels`` of its columns [columns]."""

    values: Values
    labels: Callable[[int], Mapping[str, np.ndarray]]


def values_of(store: Store, plan: Plan) -> Values:
    """A function from the number of an arm to its outcomes with costs [replicates, columns of
    ``totals.COLUMNS``].
    """

    @lru_cache(maxsize=ARMS_HELD)
    def values(arm: int) -> np.ndarray:
        results, scenario = InFolder(store, arm), plan.arms[arm].scenario
        return over_sites(by_site(results.outcomes, scenario, results.window), scenario)

    return values


def _whole(values: Values) -> Counted:
    return Counted(values, lambda _: {"outcome": np.array(COLUMNS)})


def _yearly(store: Store, plan: Plan) -> Counted:
    """Every year's outcomes, year by year: the columns ``OF_YEAR`` of the first, then those of the second."""

    @lru_cache(maxsize=ARMS_HELD)
    def values(arm: int) -> np.ndarray:
        sums = InFolder(store, arm).years.sum(axis=1)
        attacks = sums[..., BY_YEAR.index("shootings")] + sums[..., BY_YEAR.index("detonations")]
        return np.concatenate([sums, attacks[..., None]], axis=-1).reshape(len(sums), -1)

    def labels(arm: int) -> Mapping[str, np.ndarray]:
        years, first = range(values(arm).shape[1] // len(OF_YEAR)), plan.arms[arm].scenario.start_date
        starts = np.array([months_after(first, year * MONTHS_PER_YEAR) for year in years], dtype=object)
        return {
            "year": np.repeat(np.arange(1, len(years) + 1), len(OF_YEAR)),
            "starts": np.repeat(starts, len(OF_YEAR)),
            "outcome": np.tile(np.array(OF_YEAR), len(years)),
        }

    return Counted(values, labels)


def sweep_tables(store: Store, design: Design, plan: Plan, values: Values) -> Iterator[tuple[str, pd.DataFrame]]:
    """Name and frame of every table but the certificates; those by year where the plan keeps the years of runs."""
    whole = _whole(values)
    yield "cells", _with_joint(cells_table(design, plan, whole), design, plan, whole)
    yield "interactions", interactions_table(design, plan, whole)
    yield "months", months_table(store, plan)
    if YEARS in plan.keep:
        by_year = _yearly(store, plan)
        yield "cells_by_year", cells_table(design, plan, by_year)
        yield "levers_by_year", levers_table(design, plan, by_year)
        yield "interactions_by_year", interactions_table(design, plan, by_year)


def cells_table(design: Design, plan: Plan, counted: Counted) -> pd.DataFrame:
    """One row a cell and column that is ``counted``: the cell's levels, its effect against its baseline."""
    columns: dict[str, list[Any]] = {}
    for cell in design.cells:
        arm = len(plan.arms) - design.size + cell.index
        baseline = plan.arms[arm].baseline or 0
        own = {"cell": cell.index, "arm": arm, "label": cell.label, "baseline": baseline}
        own |= {axis.key: axis.stored[index] for axis, index in zip(design.axes, cell.indices, strict=True)}
        effects = paired(counted.values(baseline), counted.values(arm), plan.draws)
        _add(columns, own, counted.labels(arm), effects)
    return _frame(columns)


def _with_joint(cells: pd.DataFrame, design: Design, plan: Plan, counted: Counted) -> pd.DataFrame:
    """With ``joint_low`` and ``joint_high``, which hold for all cells of an outcome at once (Bonferroni): each cell's
    effect against its own baseline, never one cell against another.
    """
    jointly = 1 - (1 - LEVEL) / len(design.cells)
    arms = cells[["baseline", "arm"]].drop_duplicates("arm").to_numpy()
    found = [paired(counted.values(base), counted.values(arm), plan.draws, jointly) for base, arm in arms.tolist()]
    return cells.assign(**{f"joint_{end}": np.concatenate([each[end] for each in found]) for end in ("low", "high")})


def levers_table(design: Design, plan: Plan, counted: Counted) -> pd.DataFrame:
    """One row a lever of numbers and column that is ``counted``: what changes as it goes from its first level to its
    last, the other axes at their middle. No row where the two differ in business as usual.
    """
    columns: dict[str, list[Any]] = {}
    middle = {index: len(axis.levels) // 2 for index, axis in enumerate(design.axes)}
    for number, axis in enumerate(design.axes):
        first, last = (_arm(design, plan, {**middle, number: end}) for end in (0, len(axis.levels) - 1))
        if axis.is_numeric and plan.arms[first].baseline == plan.arms[last].baseline:
            ends = (level_text(axis.levels[end]) for end in (0, -1))
            own = {"lever": axis.key, **dict(zip(("from_level", "to_level"), ends, strict=True))}
            found = changes(counted.values(last) - counted.values(first), plan.draws)
            told = {name: found[name] for name in ("difference", "low", "high", "se", "verdict")}
            _add(columns, own, counted.labels(last), told)
    return _frame(columns)


def interactions_table(design: Design, plan: Plan, counted: Counted) -> pd.DataFrame:
    """One row a pair of levels of two axes and column that is ``counted``: how much more the two do together than each
    alone.

    (y_ab - y_a) - (y_b - y_0) by replicate, with a 95 % interval; a and b against the first level of
    their axes, the other axes at theirs. No row where the four cells differ in business as usual.
    """
    columns: dict[str, list[Any]] = {}
    for one, other in design.pairs():
        first_axis, second_axis = design.axes[one], design.axes[other]
        for a, b in product(range(1, len(first_axis.levels)), range(1, len(second_axis.levels))):
            four = [_arm(design, plan, {one: x, other: y}) for x, y in ((a, b), (a, 0), (0, b), (0, 0))]
            if len({plan.arms[arm].baseline for arm in four}) > 1:
                continue
            both, first, second, neither = map(counted.values, four)
            own = {
                "first": first_axis.key, "first_level": level_text(first_axis.levels[a]),
                "second": second_axis.key, "second_level": level_text(second_axis.levels[b]),
            }  # fmt: skip
            found = changes((both - second) - (first - neither), plan.draws)
            told = {
                "interaction": found["difference"],
                **{name: found[name] for name in ("low", "high", "se", "verdict")},
            }
            _add(columns, own, counted.labels(four[0]), told)
    return _frame(columns)


def _arm(design: Design, plan: Plan, indices: Mapping[int, int]) -> int:
    """The number of the arm with the levels of some axes at these indices, the other axes at their first."""
    cell = design.at([indices.get(axis, 0) for axis in range(len(design.axes))])
    return len(plan.arms) - design.size + cell


def _add(columns: dict[str, list[Any]], own: Mapping[str, object], *arrays: Mapping[str, np.ndarray]) -> None:
    """Append rows: what all of them share, then their columns."""
    count = len(next(iter(arrays[0].values())))
    same = {name: np.repeat(np.array([value]), count) for name, value in own.items()}
    for name, array in (item for part in (same, *arrays) for item in part.items()):
        columns.setdefault(name, []).append(array)


def months_table(store: Store, plan: Plan) -> pd.DataFrame:
    """One row an arm, site and month: means over the replicates of the monthly series."""
    columns: dict[str, list[Any]] = {}
    for number, arm in enumerate(plan.arms):
        means = InFolder(store, number).series[0] / plan.replicates
        sites, months, _ = means.shape
        labels = {
            "arm": np.full(sites * months, number),
            "label": np.repeat(np.array([arm.label]), sites * months),
            "site": np.repeat(np.arange(sites), months),
            "month": np.tile(np.arange(months), sites),
        }
        flat = means.reshape(-1, len(SERIES))
        for name, array in {**labels, **{name: flat[:, index] for index, name in enumerate(SERIES)}}.items():
            columns.setdefault(name, []).append(array)
    return _frame(columns)


def _frame(columns: dict[str, list[Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({name: np.concatenate(parts) for name, parts in columns.items()})
