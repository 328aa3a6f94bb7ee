"""What a run costs in SEK: counted doses and harms times the scenario's unit costs.

* ``cost_violence``: shootings, detonations, persons killed, persons wounded (hit and not killed)
* ``cost_programme``: call-ins, notifications, sanction days, prevented persons, and mediation and
  coordination for the years the programme runs in the window
* ``cost_justice``: days detained
* ``cost_support``: days in support, cases admitted
* ``cost``: their sum

The stated budget is no cost; it is what the programme's cost is held against.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...units import DAYS_PER_YEAR, day_of
from ...world.tables import OUTCOMES

if TYPE_CHECKING:
    from ...config import Scenario

COSTS = ("cost_violence", "cost_programme", "cost_justice", "cost_support", "cost")
COLUMN = {name: number for number, name in enumerate(OUTCOMES)}


def running_years(scenario: Scenario, window: tuple[float, float]) -> float:
    """Years of the window in which the site's programme runs; 0 when it cannot."""
    if not scenario.programme_runs()[0]:
        return 0.0
    programme = scenario.programme
    start = day_of(programme.start_date, scenario.start_date)
    stop = window[1] if programme.stop_date is None else day_of(programme.stop_date, scenario.start_date)
    return max(0.0, min(window[1], stop) - max(window[0], start)) / DAYS_PER_YEAR


def standing_per_year(scenario: Scenario) -> float:
    """SEK a year for doses that are held ready: mediation by its reach, sanctions by how many can run at a time."""
    programme, price = scenario.programme, scenario.costs
    capacity = programme.sanction.capacity if programme.sanction_certainty > 0 else 0
    return programme.mediation_reach * price.mediation_per_year + capacity * price.sanction_capacity_per_year


def costs(outcomes: np.ndarray, scenario: Scenario, window: tuple[float, float]) -> np.ndarray:
    """Costs [..., 5] in SEK, in the order of ``COSTS``, of one site's outcomes [..., len(OUTCOMES)]."""
    price = scenario.costs

    def of(name: str) -> np.ndarray:
        return outcomes[..., COLUMN[name]]

    killed, years = of("persons_killed"), running_years(scenario, window)
    violence = (
        of("shootings") * price.shooting
        + of("detonations") * price.detonation
        + killed * price.person_killed
        + (of("persons_hit") - killed) * price.person_wounded
    )
    programme = (
        of("call_ins") * price.call_in
        + of("call_in_contacts") * price.call_in_person
        + of("notifications") * price.notification
        + of("sanction_days") * price.sanction_day
        + of("prevented") * price.prevented_person
        + years * (price.coordination_per_year + standing_per_year(scenario))
    )
    justice = of("detained_days") * price.detention_day
    support = of("support_days") * price.exit_place_day + of("admissions") * price.exit_case
    return np.stack([violence, programme, justice, support, violence + programme + justice + support], axis=-1)
