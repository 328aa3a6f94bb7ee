"""Costs and totals against numbers worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from gvi_sim.config import Scenario, load_scenario
from gvi_sim.execution.amounts.totals import COLUMNS, by_site, over_sites
from gvi_sim.execution.amounts.unit_costs import COLUMN, COSTS, costs, running_years
from gvi_sim.world.tables import EXTRA_OUTCOMES, OUTCOMES

PRICES = (
    "costs.shooting=100", "costs.detonation=50", "costs.person_killed=1000", "costs.person_wounded=10",
    "costs.call_in=3", "costs.call_in_person=19", "costs.sanction_capacity_per_year=300",
    "costs.notification=2", "costs.sanction_day=5", "costs.detention_day=7",
    "costs.exit_place_day=11", "costs.exit_case=13",
    "costs.prevented_person=17", "costs.mediation_per_year=1000",
    "costs.coordination_per_year=100", "costs.budget_per_year=99999", "programme.mediation_reach=0",
)  # fmt: skip
COUNTS = {
    "shootings": 4, "detonations": 2, "persons_hit": 5, "persons_killed": 2, "call_ins": 1, "call_in_contacts": 9,
    "notifications": 6,
    "sanction_days": 30, "prevented": 1, "detained_days": 365.25, "support_days": 20, "admissions": 3,
}  # fmt: skip
SUMMED = ("attacks", "detained_minor_days", "detained_hired_days", "minor_arrests")


@pytest.fixture
def priced(scenario: Scenario) -> Scenario:
    """Two years, the programme running in the second."""
    return scenario.replace(*PRICES, "programme.start_date=2021-01-01")


def outcomes(**counts: float) -> np.ndarray:
    row = np.zeros(len(OUTCOMES))
    for name, count in counts.items():
        row[COLUMN[name]] = count
    return row


def test_costs_by_hand(priced: Scenario) -> None:
    window = (0.0, 366 + 365.25)
    violence, programme, justice, support, total = costs(outcomes(**COUNTS), priced, window)
    assert violence == 4 * 100 + 2 * 50 + 2 * 1000 + 3 * 10
    capacity = priced.programme.sanction.capacity * 300
    # 366 days before the start, a year of coordination and of standing ready
    assert programme == 1 * 3 + 9 * 19 + 6 * 2 + 30 * 5 + 17 + 100 + capacity
    assert justice == 365.25 * 7
    assert support == 20 * 11 + 3 * 13
    assert total == violence + programme + justice + support


def test_what_is_held_ready_costs_by_its_dose_while_the_programme_runs(priced: Scenario) -> None:
    window, place = (0.0, 366 + 365.25), COSTS.index("cost_programme")

    def more(*words: str) -> float:
        return float((costs(outcomes(), priced.replace(*words), window) - costs(outcomes(), priced, window))[place])

    capacity = priced.programme.sanction.capacity
    assert more("programme.mediation_reach=0.1") == pytest.approx(100)
    assert more("programme.mediation_reach=1") == pytest.approx(1000)
    assert more(f"programme.sanction.capacity={capacity + 3}") == pytest.approx(900)
    assert more("programme.sanction_certainty=0") == pytest.approx(-300 * capacity)  # nobody stands ready
    assert more("programme=none", "programme.mediation_reach=1") == pytest.approx(-100 - 300 * capacity)


@pytest.mark.parametrize(
    ("overrides", "years"),
    [
        (("programme.start_date=2019-01-01",), 2.0),
        (("programme.start_date=2030-01-01",), 0.0),
        (("programme.start_date=2020-01-01", "programme.stop_date=2020-12-31"), 365 / 365.25),
        (("programme=none",), 0.0),
        (("partners.probation.signed=false",), 0.0),
    ],
)
def test_years_the_programme_runs(scenario: Scenario, overrides: tuple[str, ...], years: float) -> None:
    assert running_years(scenario.replace(*overrides), (0.0, 730.5)) == pytest.approx(years)


def test_business_as_usual_has_no_programme_cost(usual: Scenario) -> None:
    assert costs(outcomes(shootings=1), usual, (0.0, 730.5))[COSTS.index("cost_programme")] == 0


def test_every_outcome_has_a_rule_over_sites() -> None:
    """Two sites, 1 to 3 in inhabitants; counts add, means are weighted, the largest is the largest."""
    places = [SimpleNamespace(site=SimpleNamespace(population=population)) for population in (1000, 3000)]
    rollout = SimpleNamespace(each_site=lambda: tuple(places))
    values = np.ones((1, 2, len(COLUMNS)))
    values[0, :, COLUMNS.index("attacks")] = 1, 4
    values[0, :, COLUMNS.index("exposure")] = 2, 6
    values[0, :, COLUMNS.index("share_with_parent")] = 0.0, 0.5
    values[0, :, COLUMNS.index("largest_cascade")] = 7, 3
    whole = dict(zip(COLUMNS, over_sites(values, rollout)[0].tolist(), strict=True))
    assert (whole["attacks"], whole["shootings"], whole["cost"], whole["detained_minor_days"]) == (5, 2, 2, 2)
    assert whole["exposure"] == pytest.approx(0.25 * 2 + 0.75 * 6)
    assert whole["share_with_parent"] == pytest.approx(0.8 * 0.5)
    assert whole["largest_cascade"] == 7
    averaged = [name for name in EXTRA_OUTCOMES if name not in SUMMED]
    assert all(whole[name] < 2 for name in averaged if name != "largest_cascade")


def test_a_site_without_attacks_has_no_say_in_shares() -> None:
    places = [SimpleNamespace(site=SimpleNamespace(population=1)) for _ in range(2)]
    values = np.zeros((1, 2, len(COLUMNS)))
    values[0, :, COLUMNS.index("attacks")] = 3, 0
    values[0, :, COLUMNS.index("gini_groups")] = 0.2, np.nan
    whole = over_sites(values, SimpleNamespace(each_site=lambda: tuple(places)))
    assert whole[0, COLUMNS.index("gini_groups")] == pytest.approx(0.2)


def test_without_attacks_sites_count_alike() -> None:
    places = [SimpleNamespace(site=SimpleNamespace(population=1)) for _ in range(2)]
    values = np.zeros((1, 2, len(COLUMNS)))
    values[0, :, COLUMNS.index("gini_groups")] = 0.2, 0.4
    whole = over_sites(values, SimpleNamespace(each_site=lambda: tuple(places)))
    assert whole[0, COLUMNS.index("gini_groups")] == pytest.approx(0.3)


def test_person_years_are_detained_days(priced: Scenario) -> None:
    values = by_site(outcomes(**COUNTS)[None, None], priced, (0.0, 730.5))
    assert values.shape == (1, 1, len(COLUMNS))
    assert values[0, 0, COLUMNS.index("person_years_detained")] == pytest.approx(1.0)
    assert values[0, 0, COLUMNS.index("shootings")] == 4


def test_a_roll_out_prices_each_site(scenario: Scenario) -> None:
    rollout = load_scenario("sites={huddinge: {}, malmo: {costs.shooting: 1}}", "years=2", "costs.shooting=100")
    row = np.stack([outcomes(shootings=2)] * 2)[None]
    values = by_site(row, rollout.replace("programme=none"), (0.0, 730.5))[0, :, COLUMNS.index("cost_violence")]
    assert values.tolist() == [200, 2]
