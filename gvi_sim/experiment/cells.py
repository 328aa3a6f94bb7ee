"""The tables of a sweep: effects by cell, interactions of axes, months. One arm is read at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from ..analysis.intervals import mean_interval, paired, t_factor, verdicts
from ..execution.plan import Plan
from ..execution.results import InFolder
from ..execution.store import Store
from ..execution.totals import COLUMNS, by_site, over_sites
from ..world.tables import SERIES
from .design import Design

if TYPE_CHECKING:
    import pandas as pd

ARMS_HELD = 64  # arrays of one arm are small; a few save reading baselines and reference cells again
LEVEL = 0.95
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

    ``joint_low`` and ``joint_high`` hold for all cells of an outcome at once (Bonferroni).
    """
    first = len(plan.arms) - len(design.cells)
    count = len(COLUMNS)
    factor = t_factor(plan.replicates, 1 - (1 - LEVEL) / len(design.cells))
    columns: dict[str, list[Any]] = {}
    for cell in design.cells:
        arm = plan.arms[first + cell.index]
        baseline = arm.baseline or 0
        fields: dict[str, Any] = paired(values(baseline), values(first + cell.index))
        fields["joint_low"] = fields["difference"] - factor * fields["se"]
        fields["joint_high"] = fields["difference"] + factor * fields["se"]
        labels = {"cell": cell.index, "arm": first + cell.index, "label": cell.label, "baseline": baseline}
        labels |= {axis.key: level for axis, level in zip(design.axes, cell.levels, strict=True)}
        for name, value in labels.items():
            columns.setdefault(name, []).append(np.repeat(np.array([value]), count))
        for name, array in {"outcome": np.array(COLUMNS), **fields}.items():
            columns.setdefault(name, []).append(array)
    return _frame(columns)


def interactions_table(design: Design, plan: Plan, values: Values) -> pd.DataFrame:
    """One row a pair of levels of two axes and outcome: how much more the two do together than each alone.

    (y_ab - y_a) - (y_b - y_0) by replicate, with a 95 % t-interval; a and b against the first level of
    their axes, the other axes at theirs. Cells with baselines of their own enter as differences from them.
    """
    first = len(plan.arms) - len(design.cells)
    several = len({arm.baseline for arm in plan.arms[first:]}) > 1
    reference = tuple(axis.levels[0] for axis in design.axes)

    def at(**changed: Any) -> np.ndarray:
        levels = tuple(changed.get(str(place), level) for place, level in enumerate(reference))
        arm = first + design.index(levels)
        baseline = plan.arms[arm].baseline or 0
        return values(arm) - values(baseline) if several else values(arm)

    columns: dict[str, list[Any]] = {}
    for one, other in design.pairs():
        first_axis, second_axis = design.axes[one], design.axes[other]
        for a, b in product(first_axis.levels[1:], second_axis.levels[1:]):
            alone = at(**{str(one): a}) - at()
            beside = at(**{str(one): a, str(other): b}) - at(**{str(other): b})
            labels = {"first": first_axis.key, "first_level": a, "second": second_axis.key, "second_level": b}
            for name, value in labels.items():
                columns.setdefault(name, []).append(np.repeat(np.array([str(value)]), len(COLUMNS)))
            for name, array in _more_than_alone(beside - alone).items():
                columns.setdefault(name, []).append(array)
    return _frame(columns)


def _more_than_alone(extra: np.ndarray) -> dict[str, np.ndarray]:
    mean, low, high = mean_interval(extra)
    return {
        "outcome": np.array(COLUMNS),
        "interaction": mean,
        "low": low,
        "high": high,
        "se": (high - mean) / t_factor(len(extra)),
        "verdict": verdicts(low, high, (extra == 0).all(axis=0)),
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
        for name, array in {**labels, **{name: flat[:, place] for place, name in enumerate(SERIES)}}.items():
            columns.setdefault(name, []).append(array)
    return _frame(columns)


def _frame(columns: dict[str, list[Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({name: np.concatenate(parts) for name, parts in columns.items()})
