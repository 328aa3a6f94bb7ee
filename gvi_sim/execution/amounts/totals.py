"""From outcomes by site to outcomes of the whole run, with costs and person-years added.

Counts and days add up over sites. What is a mean or a share is averaged over sites, exposure by
inhabitants and the rest by attacks (by site when there were none); the largest cascade is the largest of
any site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...units import DAYS_PER_YEAR
from ...world import tables
from ...world.tables import OUTCOMES
from .unit_costs import COLUMN, COSTS, costs

if TYPE_CHECKING:
    from ...config import Scenario

BY_INHABITANTS = ("exposure",)
BY_ATTACKS = (
    "gini_groups", "gini_persons", "top_fifth_groups_share", "share_with_parent", "reproduction",
    "mean_cascade", "mean_parent_delay_days",
)  # fmt: skip
LARGEST = ("largest_cascade",)
ADDED = ("person_years_detained", *COSTS)
COLUMNS = (*OUTCOMES, *ADDED)
FIELDS = {**tables.FIELDS["outcomes"], **dict.fromkeys(ADDED, tables.AMOUNT)}
"""What lies in every column, run and site before them."""


def by_site(outcomes: np.ndarray, scenario: Scenario, window: tuple[float, float]) -> np.ndarray:
    """Columns ``COLUMNS`` [runs, sites, columns] from the engine's outcomes [runs, sites, len(OUTCOMES)]."""
    sites = scenario.each_site()
    prices = np.stack([costs(outcomes[:, number], site, window) for number, site in enumerate(sites)], axis=1)
    years = outcomes[:, :, [COLUMN["detained_days"]]] / DAYS_PER_YEAR
    return np.concatenate([outcomes, years, prices], axis=2)


def over_sites(values: np.ndarray, scenario: Scenario) -> np.ndarray:
    """Columns ``COLUMNS`` of whole runs [runs, columns] from those by site."""
    whole: np.ndarray = values.sum(axis=1)
    if values.shape[1] == 1:
        return whole
    inhabitants = np.array([site.site.population for site in scenario.each_site()], float)
    attacks = values[:, :, COLUMN["attacks"]]
    weights = np.where(attacks.sum(axis=1, keepdims=True) > 0, attacks, 1.0)
    for name in BY_INHABITANTS:
        whole[:, COLUMN[name]] = values[:, :, COLUMN[name]] @ (inhabitants / inhabitants.sum())
    for name in BY_ATTACKS:
        of_sites = np.where(weights > 0, values[:, :, COLUMN[name]], 0.0)  # a site without attacks has no value
        whole[:, COLUMN[name]] = (of_sites * weights).sum(axis=1) / weights.sum(axis=1)
    for name in LARGEST:
        whole[:, COLUMN[name]] = values[:, :, COLUMN[name]].max(axis=1)
    return whole
