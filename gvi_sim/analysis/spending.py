"""What the programme costs a year against the budget that is stated, and what an averted shooting costs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..evidence import find
from ..execution.costs import running_years
from ..execution.totals import COLUMNS
from .intervals import changes, mean_interval

if TYPE_CHECKING:
    from ..config import Scenario
    from .effect import Effect

SPENT = ("cost_programme", "cost_support", "cost_justice")
PRICES = 401  # tried between the least and the most that can be


class Amount(NamedTuple):
    """An amount in SEK with its 95 % interval."""

    value: float
    low: float
    high: float


class Spending(NamedTuple):
    """``a_year``: the programme's cost a year while it runs, sites together; ``budget``: a year, 0 for none stated.

    ``per_shooting``: programme, support and justice in SEK per shooting averted, by Fieller's method; None where
    the interval of averted shootings holds 0, so that it cannot be told. ``grade``: the weakest unit cost in it.
    """

    a_year: Amount
    budget: float
    years: float
    per_shooting: Amount | None
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
        a_year=Amount(*(float(end[0]) for end in mean_interval(yearly[:, None]))),
        budget=math.fsum(site.costs.budget_per_year for site in sites),
        years=float(years.max()),
        per_shooting=per_averted(spent, -effect.differences("shootings"), effect.draws),
        grade=_grade(effect.scenario.scenario),
    )


def per_averted(spent: np.ndarray, averted: np.ndarray, draws: np.ndarray | None) -> Amount | None:
    """What one averted costs, from paired differences [runs]; None unless the interval of ``averted`` is above 0.

    Fieller's method with the interval of an effect as it is known: the prices c at which spent - c averted may be 0.
    """
    known = changes(np.column_stack([spent, averted]), draws)
    least = float(known["low"][1])
    if not least > 0.0:
        return None
    ends = min(float(known["low"][0]), 0.0), max(float(known["high"][0]), 0.0)
    prices = np.linspace(ends[0] / least, ends[1] / least, PRICES)
    left = changes(spent[:, None] - np.outer(averted, prices), draws)
    low, high = (float(np.interp(0.0, -left[end], prices)) for end in ("low", "high"))
    return Amount(float(spent.mean() / averted.mean()), low, high)


def _grade(scenario: Scenario) -> str:
    """The weakest grade of a unit cost that nobody set; A where all are set."""
    fixed = frozenset(scenario.fixed)
    names = [f"costs.{name}" for name in type(scenario.costs).__dataclass_fields__ if name != "budget_per_year"]
    entries = [find(key, scenario.site.key, scenario.site.country) for key in names if key not in fixed]
    return max((entry.grade for entry in entries if entry is not None), default="A")
