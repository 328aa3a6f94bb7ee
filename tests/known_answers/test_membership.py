"""Natural spells, sizes, ages and the rivalry network of many replicates."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gvi_sim import load_scenario
from gvi_sim.config.ages import joining_ages
from gvi_sim.execution.planning.runner import Engine

from .statistics import Scores, holds, known_z, law_z, mean_z, variance_z
from .worlds import GVI, YEAR, many, off

TURNOVER = ("membership.turnover=true", "membership.spell_years=2.7", "site.attacks_per_year=0")


def test_spells_last_2_7_years_and_pools_are_stationary() -> None:
    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*TURNOVER, "burn_in_years=4"), seed, 60 * size, ("persons",))
        persons = seen.tables["persons"]
        spell = (persons["leave_day"] - persons["join_day"]) / YEAR
        recruits, initial = persons["kind"] == 1, persons["kind"] == 0
        start = -4.0 * YEAR - 1.0
        # Those present at the start are there by length: twice the mean, shape 2.
        assert np.all(persons["join_day"][initial] < start + 1.5)
        scores = {
            "spells of recruits": law_z(spell[recruits], stats.expon(scale=2.7).cdf),
            "spells of the first": law_z(spell[initial], stats.gamma(2.0, scale=2.7).cdf),
        }
        joined = np.bincount(persons["run"][recruits & (persons["join_day"] > 0)], minlength=seen.runs)
        scores["recruits"] = known_z(joined, 120 / 2.7 * 10, 120 / 2.7 * 10)
        for year in (0.0, 5.0, 10.0):
            day = year * YEAR - 1e-6
            there = (persons["join_day"] <= day) & (persons["leave_day"] > day)
            place = persons["run"][there] * 6 + persons["group"][there]
            assert np.all(np.bincount(place, minlength=seen.runs * 6) == 20)  # whoever leaves is replaced
        return scores

    holds(measure)


def test_nobody_joins_or_is_hired_above_the_highest_age() -> None:
    """First holders, recruits, stand-ins and hired shooters alike, where many would be older."""
    words = (
        "membership.turnover=true", "membership.age_join_max=25", "membership.age_min=15", "membership.age_mean=23",
        "membership.age_sd=2.5", "membership.spell_years=2", "membership.vacancy_response=1",
        "membership.vacancy_days=1", "justice.other_arrest_rate_per_year=2",
        "justice.other_detention_days=200", "attacks.contracted_share=0.5",
        "attacks.hired_age_mean=21", "attacks.hired_age_sd=2.5",
    )  # fmt: skip
    seen = many(off(*words), 2, 10, ("attacks", "persons"))
    persons, attacks = seen.tables["persons"], seen.tables["attacks"]
    hired = attacks["shooter_age"][attacks["contracted"] == 1]
    for ages in (*(persons["age_at_join"][persons["kind"] == kind] for kind in range(3)), hired):
        assert len(ages) > 1000
        assert ages.min() > 15.0
        assert 24.9 < ages.max() <= 25.0


def test_ages() -> None:
    """``age_mean`` is that of members present, who joined a mean spell ago; ``age_sd`` is that at joining."""
    words = (*TURNOVER, "membership.age_min=14", "membership.age_mean=24.7", "membership.age_sd=5")

    def measure(seed: int, size: int) -> Scores:
        persons = many(off(*words), seed, 40 * size, ("persons",)).tables["persons"]
        age = persons["age_at_join"]
        assert age.min() > 14.0
        assert age.max() <= 45.0
        known = joining_ages(8.0, 5.0, 45.0 - 14.0)
        law = stats.truncnorm(
            -np.inf, (np.log(31.0) - known.log_mean) / known.log_sd, loc=known.log_mean, scale=known.log_sd
        )
        there = (persons["join_day"] <= 1000.0) & (persons["leave_day"] > 1000.0)
        return {
            "mean at joining": mean_z(age, 22.0),
            "standard deviation at joining": variance_z(age, 25.0),
            "law at joining": law_z(np.log(age - 14.0), law.cdf),
            "mean of those present": mean_z((age + (1000.0 - persons["join_day"]) / YEAR)[there], 24.7),
        }

    holds(measure)


@pytest.mark.parametrize(("groups", "members"), [(1, 1), (7, 7), (12, 251), (60, 1000)])
def test_sizes_sum_to_members_and_nobody_is_empty(groups: int, members: int) -> None:
    words = (
        f"site.groups={groups}", f"site.members={members}", "site.size_sd=1.2", "site.attacks_per_year=0",
        f"site.rivals_mean={min(groups - 1, 3)}", "years=0.1", "burn_in_years=0",
    )  # fmt: skip
    seen = many(off(*words), 2, 50, ("groups", "persons"))
    table, persons = seen.tables["groups"], seen.tables["persons"]
    assert np.all(np.bincount(table["run"], table["members"]) == members) and table["members"].min() >= 1
    place = persons["run"] * groups + persons["group"]
    assert np.array_equal(np.bincount(place, minlength=50 * groups), table["members"])


SITES = ("huddinge", "malmo", "goteborg", "us_small", "us_midsize")


@pytest.mark.parametrize("site", SITES)
def test_the_network_has_the_stated_rivals(site: str) -> None:
    scenario = load_scenario(f"site={site}", "programme=none", "years=0.1", "burn_in_years=0", "calendar=flat")
    quiet = scenario.replace("site.attacks_per_year=0")

    def measure(seed: int, size: int) -> Scores:
        seen = many(quiet, seed, 300 * size, ("groups",))
        table = seen.tables["groups"]
        mean = np.bincount(table["run"], table["rivals"]) / np.bincount(table["run"])
        assert table["rivals"].max() <= max(4.0 * scenario.site.rivals_mean, 8)
        return {"mean rivals": mean_z(mean, scenario.site.rivals_mean)}

    measure.__qualname__ += site
    holds(measure)


def strengths(engine: Engine, replicate: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(group, other, strength) of all ties of one replicate."""
    world = engine.world_at(3, replicate, engine.window[0])
    rows = int(world.tie_start[-1])
    group = np.repeat(np.arange(len(world.groups)), np.diff(world.tie_start))
    return group, np.array(world.ties["to"][:rows]), np.array(world.ties["strength"][:rows])


def test_ties_are_normalised() -> None:
    """Strongest 1 unless the cap of 2 a group reaches both its ends; ties are felt on both sides."""
    scenario = load_scenario("site=malmo", "programme=none", "years=0.1", "burn_in_years=0")
    engine = Engine(scenario.replace("site.attacks_per_year=0"))
    capped = 0
    for replicate in range(40):
        group, to, strength = strengths(engine, replicate)
        sums = np.bincount(group, strength)
        assert strength.min() > 0.0 and strength.max() <= 1.0 + 1e-12 and sums.max() <= 2.0 + 1e-9
        pairs = set(zip(group.tolist(), to.tolist(), strict=True))
        assert all((b, a) in pairs for a, b in pairs) and len(pairs) == len(group)
        capped += int(sums.max() > 2.0 - 1e-9)
        assert sums.max() > 2.0 - 1e-9 or strength.max() == pytest.approx(1.0)
    assert capped > 0


def test_given_ties_are_taken_as_they_are() -> None:
    engine = Engine(off("site.ties=[[0,1,3,0],[0,2,1,1],[3,4,0,1.5]]", "site.attacks_per_year=0", "years=0.1"))
    group, to, strength = strengths(engine, 0)
    found = {(int(a), int(b)): float(s) for a, b, s in zip(group, to, strength, strict=True)}
    assert found == pytest.approx({(0, 1): 1.0, (1, 0): 1.0, (0, 2): 2 / 3, (2, 0): 2 / 3, (3, 4): 0.5, (4, 3): 0.5})


def test_propensity_designates_shooters() -> None:
    """With a heavy tail few commit most: designations have a lognormal's Gini, 2 Phi(sd / sqrt 2) - 1."""
    sd = 1.0
    words = (
        f"membership.propensity_sd={sd}", "site.groups=2", "site.members=2000", "site.rivals_mean=1",
        "site.attacks_per_year=20000", "years=5", "burn_in_years=0",
    )  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        ginis = []
        for run in range(5 * size):
            shooters = many(off(*words), seed + run, 1, ("attacks",)).tables["attacks"]["shooter"]
            counts = np.sort(np.bincount(shooters, minlength=2000)).astype(float)
            rank = np.arange(1, 2001)
            gini = ((2 * rank - 2001) * counts).sum() / (2000 * counts.sum())
            ginis.append(gini)
        expected = 2.0 * stats.norm.cdf(sd / np.sqrt(2.0)) - 1.0
        # Poisson noise of 50 designations a person adds some 0.001, the finite pool takes as little.
        return {"gini": max(0.0, abs(np.mean(ginis) - expected) - 0.003) / (np.std(ginis) / np.sqrt(len(ginis)))}

    holds(measure)


def test_a_place_that_falls_empty_twice_is_filled_by_two_persons() -> None:
    """Also where a wound outlasts a detention and leads to support: stand-ins are named by what emptied the place."""
    words = (
        *GVI, "harm.p_hit=1", "harm.p_death_given_hit=0", "harm.recovery_days=300", "attacks.contracted_share=0.5",
        "justice.other_arrest_rate_per_year=2", "justice.other_detention_days=100", "membership.vacancy_days=5",
        "membership.vacancy_response=0.9", "exit.offer_rate=1", "exit.acceptance=1", "exit.assessment_pass=1",
        "exit.places=200", "exit.duration_days=100", "exit.dropout_per_month=0", "site.attacks_per_year=150",
    )  # fmt: skip
    persons = many(off(*words), 3, 10, ("persons",)).tables["persons"]
    names = persons[["run", "person"]]
    assert (persons["kind"] == 2).sum() > 500 and len(np.unique(names)) == len(names)
