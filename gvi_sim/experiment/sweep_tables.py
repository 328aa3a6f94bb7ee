"""The tables of a sweep: effects by cell, interactions of axes, months. One arm is read at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from ..analysis.inference.draws_posterior import LEVEL
from ..analysis.inference.intervals import changes, paired
from ..execution.amounts.totals import COLUMNS, by_site, over_sites
from ..execution.planning.plan import Plan
from ..execution.storage.arm_results import InFolder
from ..execution.storage.store import Store
from ..world.tables import SERIES
from .design import Design, level_text

if TYPE_CHECKING:
    import pandas as pd

ARMS_HELD = 64  # arrays of one arm are small; a few save reading baselines and reference cells again
Values = Callable[[int], np.ndarray]


def values_of(store: Store, plan: Plan) -> Values:
    """A function from the number of an arm to its outcomes with costs [replicates, columns of
    ``totals.COLUMNS``].
    """

    @lru_cache(maxsize=ARMS_HELD)
    def values(arm: int) -> np.ndarray:
        results, scenario = InFolder(store, arm), plan.arms[arm].scenario
        return over_sites(by_site(results.outcomes, scenario, results.window), scenario)

    return values


def cells_table(design: Design, plan: Plan, values: Values) -> pd.DataFrame:
    """One row a cell and outcome: the cell's levels, its effect against its baseline, joint intervals.

    ``joint_low`` and ``joint_high`` hold for all cells of an outcome at once (Bonferroni): each cell's effect
    against its own baseline, never one cell against another.
    """
    first = len(plan.arms) - len(design.cells)
    count = len(COLUMNS)
    jointly = 1 - (1 - LEVEL) / len(design.cells)
    columns: dict[str, list[Any]] = {}
    for cell in design.cells:
        arm = plan.arms[first + cell.index]
        baseline = arm.baseline or 0
        fields: dict[str, Any] = paired(values(baseline), values(first + cell.index), plan.draws)
        joint = paired(values(baseline), values(first + cell.index), plan.draws, jointly)
        fields |= {"joint_low": joint["low"], "joint_high": joint["high"]}
        labels = {"cell": cell.index, "arm": first + cell.index, "label": cell.label, "baseline": baseline}
        labels |= {axis.key: axis.stored[index] for axis, index in zip(design.axes, cell.indices, strict=True)}
        for name, value in labels.items():
            columns.setdefault(name, []).append(np.repeat(np.array([value]), count))
        for name, array in {"outcome": np.array(COLUMNS), **fields}.items():
            columns.setdefault(name, []).append(array)
    return _frame(columns)


def interactions_table(design: Design, plan: Plan, values: Values) -> pd.DataFrame:
    """One row a pair of levels of two axes and outcome: how much more the two do together than each alone.

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
            both, first, second, neither = map(values, four)
            labels = {
                "first": first_axis.key, "first_level": level_text(first_axis.levels[a]),
                "second": second_axis.key, "second_level": level_text(second_axis.levels[b]),
            }  # fmt: skip
            for name, value in labels.items():
                columns.setdefault(name, []).append(np.repeat(np.array([value]), len(COLUMNS)))
            for name, array in _more_than_alone((both - second) - (first - neither), plan.draws).items():
                columns.setdefault(name, []).append(array)
    return _frame(columns)


def _arm(design: Design, plan: Plan, indices: Mapping[int, int]) -> int:
    """The number of the arm with the levels of some axes at these indices, the other axes at their first."""
    cell = design.at([indices.get(axis, 0) for axis in range(len(design.axes))])
    return len(plan.arms) - design.size + cell


def _more_than_alone(extra: np.ndarray, draws: np.ndarray | None) -> dict[str, np.ndarray]:
    found = changes(extra, draws)
    return {
        "outcome": np.array(COLUMNS),
        "interaction": found["difference"],
        **{name: found[name] for name in ("low", "high", "se", "verdict")},
    }


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
