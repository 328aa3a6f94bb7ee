"""What the programme costs a year against the budget that is stated, and what an averted shooting costs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...evidence import find
from ...execution.amounts.totals import COLUMNS
from ...execution.amounts.unit_costs import running_years
from ..inference.estimates import Stated
from ..inference.intervals import changes

if TYPE_CHECKING:
    from ...config import Scenario
    from ..pairs.effect import Effect

_FARTHEST = 2.0**40
SPENT = ("cost_programme", "cost_support", "cost_justice")


class Spending(NamedTuple):
    """In SEK. ``a_year``: the programme while it runs, sites together; ``budget``: a year, 0 for none stated.

    ``per_shooting``: programme, support and justice in SEK per shooting averted; None where the interval of averted
    shootings holds 0, so that it cannot be told. ``grade``: the weakest unit cost in it.
    """

    a_year: Stated
    budget: float
    years: float
    per_shooting: Stated | None
    grade: str

    @property
    def share(self) -> float:
        """The cost as a share of the budget."""
        return self.a_year.value / self.budget if self.budget > 0 else math.nan


def spending_of(effect: Effect) -> Spending | None:
    """The spending of the scenario of an effect; None where no programme runs in the window."""
    runs, sites = effect.scenario, effect.scenario.scenario.each_site()
    years = np.array([running_years(site, runs.window) for site in sites])
    if not (years > 0).any():
        return None
    cost = runs.values_by_site[:, :, COLUMNS.index("cost_programme")]
    yearly = np.divide(cost, years, out=np.zeros_like(cost), where=years > 0).sum(axis=1)
    spent = np.sum([effect.differences(name) for name in SPENT], axis=0)
    return Spending(
        a_year=_stated(yearly, effect.draws),
        budget=math.fsum(site.costs.budget_per_year for site in sites),
        years=float(years.max()),
        per_shooting=per_averted(spent, -effect.differences("shootings"), effect.draws),
        grade=_grade(effect.scenario.scenario),
    )


def per_averted(spent: np.ndarray, averted: np.ndarray, draws: np.ndarray | None) -> Stated | None:
    """Ratio of the means of two paired columns [runs] with the interval of what it may be (Fieller).

    A ratio is in it when the stated interval of ``spent`` less the ratio times ``averted`` holds 0. None unless the
    stated interval of ``averted`` lies above 0: then nothing bounds the ratio.
    """
    from scipy.optimize import brentq

    ratio = float(spent.mean() / averted.mean()) if averted.mean() > 0 else math.nan
    if not _stated(averted, draws).low > 0.0:
        return None

    def end(name: str, side: float) -> float:
        def off(shift: float) -> float:
            return float(getattr(_stated(spent - (ratio + shift) * averted, draws), name))

        step = side * max(abs(ratio), 1.0)
        while off(step) * side > 0.0 and abs(step) < _FARTHEST * max(abs(ratio), 1.0):
            step *= 2.0
        return ratio + float(brentq(off, 0.0, step, rtol=1e-6))

    return Stated(ratio, end("low", -1.0), end("high", 1.0))


def _stated(values: np.ndarray, draws: np.ndarray | None) -> Stated:
    """Mean of ``values`` [runs] with the interval in which it is known to lie."""
    found = changes(values[:, None], draws)
    return Stated(*(float(found[name][0]) for name in ("difference", "low", "high")))


def _grade(scenario: Scenario) -> str:
    """The weakest grade of a unit cost that nobody set; A where all are set."""
    fixed = frozenset(scenario.fixed)
    names = [f"costs.{name}" for name in type(scenario.costs).__dataclass_fields__ if name != "budget_per_year"]
    entries = [find(key, scenario.site.key, scenario.site.country) for key in names if key not in fixed]
    return max((entry.grade for entry in entries if entry is not None), default="A")
