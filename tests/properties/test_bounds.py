"""Every column of every table lies within the bounds declared for it, over all sites and packages."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from gvi_sim import compare, load_scenario
from gvi_sim.analysis.pairs import ledger
from gvi_sim.config import Scenario
from gvi_sim.config.conf_files import options
from gvi_sim.dynamics.replicate import Runner
from gvi_sim.execution.amounts.totals import ADDED, COLUMNS
from gvi_sim.execution.amounts.totals import FIELDS as OUTCOME_FIELDS
from gvi_sim.world.tables import FIELDS, TABLES, Field

from .bounds import complaints, limits, outside
from .worlds import EVERYTHING, REFERENCE, repeat

SITES = [name for name in options("site") if name != "none"]
PACKAGES = options("programme")
SHORT = ("years=2", "burn_in_years=1")
# Beyond their thousands of members, large cities show nothing that a smaller one does not.
SMALL = {"site.groups": 30, "site.members": 400, "site.attacks_per_year": 60}
DEGENERATE = (
    {"years": 0.05}, {"years": 0.5, "burn_in_years": 0}, {"start_date": "2024-02-29", "years": 1},
    {"site.groups": 1, "site.rivals_mean": 0, "site.allies_mean": 0}, {"site.attacks_per_year": 0},
    {"justice.other_arrest_rate_per_year": 30, "justice.other_detention_days": 4000},
    {"programme.start_date": "2016-02-29", "start_date": "2020-02-29", "years": 1},
    {"membership.turnover": False}, {"membership.spell_years": 12, "membership.age_sd": 5}, {"programme.coverage": 0},
    {"harm.p_hit": 1, "harm.p_death_given_hit": 0.7, "harm.extra_hit_mean": 3}, {"site.members": 30, "site.groups": 30},
)  # fmt: skip


def _scenario(site: str, package: str) -> Scenario:
    scenario = load_scenario(f"site={site}", f"programme={package}", *SHORT)
    large = {key: most for key, most in SMALL.items() if getattr(scenario.site, key.split(".")[1]) > most}
    return scenario.replace(large) if large else scenario


def _checked(scenario: Scenario, seed: int, runs: int) -> list[str]:
    runner = Runner(scenario, (REFERENCE,) * len(scenario.each_site()), EVERYTHING)
    return [text for run in range(runs) for text in complaints(scenario, runner.run(seed, run))]


def test_every_table_and_outcome_is_declared() -> None:
    assert set(TABLES) == set(FIELDS) - {"series", "outcomes"}
    assert (
        tuple(OUTCOME_FIELDS)[2:]
        == COLUMNS
        == (*(name for name in FIELDS["outcomes"] if name not in ("run", "site")), *ADDED)
    )


def test_what_lies_beyond_is_found() -> None:
    """The check itself: a value too low or high, out of order, no whole number, and a column without bounds."""
    fields = {"a": Field("f8", 0, "b", np.nan), "b": Field("f8", "begins", 9, whole=True)}
    known = {"begins": -1.0}
    fine = {"a": np.array([0.0, np.nan]), "b": np.array([0.0, -1.0])}
    assert list(outside("t", fine, fields, known)) == []
    for name, values in (("a", [-1.0, 0.0]), ("a", [1.0, 0.0]), ("b", [0.5, 9.0]), ("b", [10.0, 9.0]), ("c", [0, 0])):
        assert len(list(outside("t", fine | {name: np.array(values)}, fields, known))) == 1, (name, values)


@pytest.mark.slow
def test_all_sites_and_packages_stay_within_bounds() -> None:
    pairs = [(site, PACKAGES[place % len(PACKAGES)]) for place, site in enumerate(SITES)]
    assert {package for _, package in pairs} == set(PACKAGES)
    found = {pair: told for pair in pairs if (told := _checked(_scenario(*pair), 11, 1))}
    assert not found


def test_degenerate_worlds_stay_within_bounds() -> None:
    base = load_scenario("site=huddinge", "programme=gvi", "programme.prevention=0.3", *SHORT)
    found = {str(change): told for change in DEGENERATE if (told := _checked(base.replace(change), 12, 2))}
    both = load_scenario("programme=gvi", *SHORT).replace({"sites": {"huddinge": {}, "jarfalla": {}}})
    assert not found and not _checked(both, 13, 2)


@pytest.mark.slow
def test_a_thousand_runs_stay_within_bounds() -> None:
    pairs = list(product(SITES, PACKAGES))
    runs = -(-1000 // len(pairs))
    found = {pair: told for pair in pairs if (told := _checked(_scenario(*pair), 14, runs))}
    assert not found and runs * len(pairs) >= 1000


def test_costs_and_the_ledger_stay_within_bounds() -> None:
    scenario = load_scenario("site=huddinge", "programme=gvi", "site.attacks_per_year=40", *SHORT)
    usual = scenario.replace("programme=none")
    effect = compare(usual, scenario, replicates=3, seed=1, workers=1, parameters="point", keep=("ledger",))
    known = limits(scenario, repeat(scenario, 1)) | {"runs": 2, "attacks": 10**6}
    told = []
    for runs in (effect.base, effect.scenario):
        outcomes, series = runs.outcomes_by_site, runs.series
        told += [
            *outside("outcomes", dict(outcomes), OUTCOME_FIELDS, known),
            *outside("series", dict(series), FIELDS["series"], known),
        ]
    numbers = effect.ledger[[name for name in effect.ledger if name not in ledger.WORDS]]
    told += outside("ledger", dict(numbers), ledger.FIELDS, known)
    for name, words in ledger.WORDS.items():
        told += [
            f"ledger.{name}: {value}"
            for text in effect.ledger[name].unique()
            for value in str(text).split("+")
            if value not in words
        ]
    assert not told
