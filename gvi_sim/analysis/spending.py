"""What the programme costs a year against the budget that is stated, and what an averted shooting costs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..evidence import find
from ..execution.costs import running_years
from ..execution.totals import COLUMNS
from .draws_posterior import t_factor
from .intervals import mean_interval

if TYPE_CHECKING:
    from ..config import Scenario
    from .effect import Effect

SPENT = ("cost_programme", "cost_support", "cost_justice")


class Amount(NamedTuple):
    """A mean in SEK with the 95 % t-interval over runs."""

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
    spent = np.asarray(sum(effect.differences(name) for name in SPENT))
    return Spending(
        a_year=Amount(*(float(end[0]) for end in mean_interval(yearly[:, None]))),
        budget=math.fsum(site.costs.budget_per_year for site in sites),
        years=float(years.max()),
        per_shooting=fieller(spent, -effect.differences("shootings")),
        grade=_grade(effect.scenario.scenario),
    )


def fieller(above: np.ndarray, below: np.ndarray) -> Amount | None:
    """Ratio of two paired means [runs] with its 95 % interval; None unless the interval of ``below`` is above 0."""
    runs = len(above)
    top, bottom = float(above.mean()), float(below.mean())
    (a, c), (_, b) = np.cov(above, below, ddof=1) / runs * t_factor(runs) ** 2
    lead = bottom * bottom - b
    if lead <= 0.0 or bottom <= 0.0:
        return None
    centre = top * bottom - c
    half = math.sqrt(max(centre * centre - lead * (top * top - a), 0.0))
    return Amount(top / bottom, float((centre - half) / lead), float((centre + half) / lead))


def _grade(scenario: Scenario) -> str:
    """The weakest grade of a unit cost that nobody set; A where all are set."""
    fixed = frozenset(scenario.fixed)
    names = [f"costs.{name}" for name in type(scenario.costs).__dataclass_fields__ if name != "budget_per_year"]
    entries = [find(key, scenario.site.key, scenario.site.country) for key in names if key not in fixed]
    return max((entry.grade for entry in entries if entry is not None), default="A")
