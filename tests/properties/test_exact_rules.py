"""Exact rules: what must not matter does not matter, to the byte."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from months import month_starts

from gvi_sim.config import Scenario
from gvi_sim.config.levers import levers, parts
from gvi_sim.dynamics.replicate import Replicate, collect
from gvi_sim.units import day_of
from gvi_sim.world import codes as C
from gvi_sim.world.tables import OUTCOMES, SERIES, TABLES

from .worlds import EVERYTHING, day, numbers, overrides_of, repeat, runner_of, scenario_with, seeds

EXAMPLES = settings(max_examples=60)
MANY = settings(max_examples=600)
OPEN = 1e300


def scenario_of(number: int, **changes: Any) -> Scenario:
    """A random scenario without a timeline, with changes on top, which hold in every site."""
    changes = {"timeline": [], **changes}
    chosen = overrides_of(number) | changes
    for site in chosen.get("sites", {}).values():
        for key in changes:
            site.pop(key, None)
    return scenario_with(chosen)


def assert_equal_runs(one: Replicate, other: Replicate, *, but: tuple[str, ...] = ()) -> None:
    """Every table, the series, the outcomes and the digest are the same bytes, but for the tables named."""
    for name in one.tables:
        if name not in but:
            assert one.tables[name].tobytes() == other.tables[name].tobytes(), name
    assert one.digest == other.digest
    if not but:
        assert one.series.tobytes() == other.series.tobytes()
        assert one.outcomes.tobytes() == other.outcomes.tobytes()


def until(table: np.ndarray, key: str, last: float) -> np.ndarray:
    """Rows that begin up to a day."""
    return table[table[key] <= last].copy()


def known_by(tables: dict[str, np.ndarray], last: float) -> dict[str, np.ndarray]:
    """What a run knows on a day: rows that have begun, and of what ends later only that it runs."""
    attacks = until(tables["attacks"], "day", last)
    attacks["arrest_day"][attacks["arrest_day"] > last] = np.nan
    stays = until(tables["stays"], "requested_day", last)
    late, open_ = stays["admitted_day"] > last, ~(stays["ended_day"] <= last)
    stays["admitted_day"][late] = np.nan
    stays["ended_day"][open_] = np.nan
    stays["how"][open_] = np.where(np.isnan(stays["admitted_day"][open_]), C.WAITING, C.STAYING)
    sanctions = until(tables["sanctions"], "start_day", last)
    ran_on = sanctions["end_day"] >= last
    sanctions["end_day"][ran_on], sanctions["extended"][ran_on] = last, 0
    spells = until(tables["spells"], "from_day", last)
    spells["to_day"] = np.minimum(spells["to_day"], last)
    persons = until(tables["persons"], "join_day", last)
    persons["leave_day"][persons["leave_day"] > last] = OPEN
    groups = tables["groups"].copy()
    groups["first_listed_day"][groups["first_listed_day"] > last] = np.nan
    groups["attacks"] = groups["shootings"] = 0
    seen = np.isin(tables["victims"]["attack_seq"], attacks["seq"])
    return {
        "attacks": attacks,
        "stays": stays,
        "sanctions": sanctions,
        "persons": persons,
        "groups": groups,
        "spells": spells[spells["to_day"] > spells["from_day"]],
        "victims": tables["victims"][seen],
        "candidates": until(tables["candidates"], "day", last),
        "doses": until(tables["doses"], "day", last),
    }


def assert_same_until(one: Replicate, other: Replicate, scenario: Scenario, last: float) -> None:
    """Two runs know the same on day ``last``."""
    here, there = known_by(one.tables, last), known_by(other.tables, last)
    for name in TABLES:
        assert here[name].tobytes() == there[name].tobytes(), (name, here[name], there[name])
    months = int((month_starts(scenario.start_date, last)[1:] <= last).sum()) if last > 0 else 0
    assert one.series[:, :months].tobytes() == other.series[:, :months].tobytes()


def check_prefix(number: int, seed: int, years: float) -> None:
    short, long = scenario_of(number, years=years), scenario_of(number, years=2)
    eve = np.nextafter(runner_of(short).window[1], 0.0)
    assert_same_until(repeat(short, seed), repeat(long, seed), long, eve)


@EXAMPLES
@given(numbers, seeds, st.sampled_from((0.3, 1.0, 1.4)))
def test_a_longer_horizon_changes_nothing_before_the_shorter_one(number: int, seed: int, years: float) -> None:
    check_prefix(number, seed, years)


@pytest.mark.slow
@MANY
@given(numbers, seeds, st.sampled_from((0.1, 0.5, 1.0, 1.9)))
def test_prefixes_in_many_scenarios(number: int, seed: int, years: float) -> None:
    check_prefix(number, seed, years)


@EXAMPLES
@given(numbers, seeds, st.lists(st.floats(-400.0, 730.5), max_size=12), st.integers(0, 5))
def test_any_mixture_of_calls_gives_the_same_run(number: int, seed: int, stops: list[float], event: int) -> None:
    """Stops at any days, among them twice the same one, and exactly at an event."""
    scenario = scenario_of(number)
    runner = runner_of(scenario)
    whole = runner.run(seed, 3)
    first, last = runner.window
    exact = [float(t) for t in whole.tables["candidates"]["day"][event : event + 1]]
    days = sorted(min(t, last) for t in (*stops, *stops[:1], *exact))
    world = runner.world_at(seed, 3, days[0] if days else first)
    for stop in (*days, last):
        world = runner.continue_to(stop)
    assert_equal_runs(whole, collect(world, runner.plan, 3))


ABSENT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "coverage 0 is no programme": ({"programme.coverage": 0.0}, {"programme.enabled": False}),
    "no municipality is no programme": (
        {"partners.municipality.signed": False},
        {"programme.enabled": False, "partners.municipality.signed": False},
    ),
    "no police is no programme": ({"partners.police.signed": False}, {"programme.enabled": False}),
    "no probation is no programme": ({"partners.probation.signed": False}, {"programme.enabled": False}),
    "a start after the horizon is no programme": (
        {"programme.start_date": day(731), "programme.stop_date": None},
        {"programme.start_date": day(731), "programme.stop_date": None, "programme.enabled": False},
    ),
    "nobody summoned is no call-ins": (
        {"programme.call_in.summoned": 0},
        {"programme.call_in.every_days": 0},
    ),
    "mediation of reach 0 is mediation without effect": (
        {"programme.mediation_reach": 0.0},
        {"gates.mediation_effect": 0.0},
    ),
    "no shocks is shocks of nobody": (
        {"calendar.shocks": []},
        {"calendar.shocks": [{"name": "none", "start": day(9), "end": day(99), "share": 0.0, "years": 1.0}]},
    ),
    "a flat season is no season": ({"calendar.season": []}, {"calendar.season": [1.0] * 12}),
    "certainty 0 is police without commitment": (
        {"programme.sanction_certainty": 0.0},
        {"partners.police.commitment": 0.0},
    ),
}
TINY = 1e-200
DOSES = (
    "programme.sanction_certainty",
    "programme.mediation_reach",
    "programme.prevention",
    "exit.offer_rate",
    "programme.notification.per_month",
    "programme.call_in.attendance",
    "programme.roster_error",
    "gates.deterrence_strength",
    "gates.norm_strength",
    "gates.norm_deeds",
    "gates.personal_strength",
    "belief.habituation",
    "gates.pressure_strength",
    "gates.defiance",
    "gates.withdrawal",
    "attacks.kappa_spread",
    "attacks.substitution",
    "attacks.civilian_share",
    "belief.vicarious",
    "belief.message_reach",
    "exit.usual_offer_rate_per_year",
    "justice.other_arrest_rate_per_year",
    "exit.relapse_rate_per_year",
    "membership.vacancy_response",
    "programme.sanction.extra_arrests_per_member_year",
    "calendar.shared_shock_sd",
    "harm.extra_hit_mean",
    "exit.dropout_per_month",
    "partners.police.erosion_per_year",
    "harm.p_death_given_hit",
)


@pytest.mark.parametrize("name", ABSENT)
@settings(max_examples=15)
@given(number=numbers, seed=seeds)
def test_a_dose_of_zero_is_absence(name: str, number: int, seed: int) -> None:
    zero, absent = ABSENT[name]
    assert_equal_runs(repeat(scenario_of(number, **zero), seed), repeat(scenario_of(number, **absent), seed))


@pytest.mark.parametrize("key", DOSES)
@settings(max_examples=10)
@given(number=numbers, seed=seeds)
def test_a_vanishing_dose_is_a_dose_of_zero(key: str, number: int, seed: int) -> None:
    """Switching a mechanism off takes another road through the code; it must not be another model."""
    zero, tiny = (
        repeat(scenario_of(number, **{key: 0.0}), seed),
        repeat(scenario_of(number, **{key: TINY}), seed),
    )
    for name in ("attacks", "candidates", "victims", "spells", "stays", "sanctions", "doses"):
        for column in zero.tables[name].dtype.names:
            assert np.array_equal(zero.tables[name][column], tiny.tables[name][column], equal_nan=True), name
    assert np.allclose(zero.series, tiny.series)


NO_DOSE = {key: off for values in parts().values() for key, off in values.items()} | {"programme.extra_places": 0}


@EXAMPLES
@given(numbers, seeds)
def test_a_programme_without_a_dose_only_keeps_lists(number: int, seed: int) -> None:
    """Audits are held, and every event is that of business as usual."""
    with_it = repeat(scenario_of(number, **NO_DOSE, **{"programme.enabled": True}), seed)
    without = repeat(scenario_of(number, **NO_DOSE, **{"programme.enabled": False}), seed)
    kept = with_it.tables["doses"]
    assert kept[kept["kind"] != C.DOSE_AUDIT].tobytes() == without.tables["doses"].tobytes()
    with_it.tables["doses"] = without.tables["doses"]
    with_it.tables["groups"]["first_listed_day"] = np.nan
    assert_equal_runs(with_it, without)


@EXAMPLES
@given(numbers, seeds)
def test_nothing_differs_before_the_first_day(number: int, seed: int) -> None:
    with_it = scenario_of(number, **{"programme.enabled": True})
    without = scenario_of(number, **{"programme.enabled": False})
    parts = with_it.each_site()
    start = min(float(day_of(part.programme.start_date, part.start_date)) for part in parts)
    eve = np.nextafter(min(start, runner_of(with_it).window[1]), -math.inf)
    one, other = repeat(with_it, seed), repeat(without, seed)
    assert_same_until(one, other, with_it, eve)


@pytest.mark.parametrize("key", levers())
@settings(max_examples=8)
@given(number=numbers, seed=seeds)
def test_no_lever_acts_before_the_start(key: str, number: int, seed: int) -> None:
    late = {"programme.start_date": day(300), "programme.stop_date": None, "programme.enabled": True}
    off, on = (repeat(scenario_of(number, **late, **{key: dose}), seed) for dose in levers()[key].doses[::4])
    assert_same_until(off, on, scenario_of(number), np.nextafter(300.0, 0.0))


def own_rows(made: Replicate, name: str, site: int, offset: int) -> np.ndarray:
    """A site's rows without what is numbered over all sites."""
    table = made.tables[name]
    rows = table[table["site"] == site].copy()
    rows["site"] = 0
    for column in ("attacker_group", "target_group", "attributed"):
        if column in (rows.dtype.names or ()):
            rows[column][rows[column] >= 0] -= offset
    for column in ("seq", "parent_seq", "shooter"):
        if column in (rows.dtype.names or ()):
            rows[column] = np.minimum(rows[column], 0)
    return rows


def isolated_sites(number: int) -> Scenario:
    """Two sites with programmes of their own that start on the same days."""
    first, second = overrides_of(number), overrides_of(number + 1)
    for chosen in (first, second):
        chosen.pop("sites", None)
    site = {
        key: value for key, value in second.items() if key not in ("burn_in_years", "programme.start_date", "timeline")
    }
    site["programme.stop_date"] = None
    return scenario_with(first | {"sites": {"huddinge": {}, "jarfalla": site}})


@EXAMPLES
@given(numbers, seeds)
def test_two_isolated_sites_in_one_run_are_each_alone(number: int, seed: int) -> None:
    both = isolated_sites(number)
    together, offset = repeat(both, seed), 0
    for site, part in enumerate(both.each_site()):
        alone = repeat(part, seed)
        for name in ("attacks", "candidates"):
            mine = own_rows(together, name, site, offset)
            assert mine.tobytes() == own_rows(alone, name, 0, 0).tobytes(), (name, part.site.key)
        assert together.series[site].tobytes() == alone.series[0].tobytes()
        assert np.array_equal(together.outcomes[site], alone.outcomes[0], equal_nan=True)
        offset += part.site.groups


@EXAMPLES
@given(numbers, seeds, st.sets(st.sampled_from(sorted(EVERYTHING))))
def test_keeping_a_table_changes_no_other(number: int, seed: int, keep: set[str]) -> None:
    scenario = scenario_of(number)
    full, some = repeat(scenario, seed), runner_of(scenario, frozenset(keep)).run(seed, 0)
    assert set(some.tables) == keep
    for name in keep:
        assert some.tables[name].tobytes() == full.tables[name].tobytes(), name
    assert some.digest == full.digest
    assert some.series.tobytes() == full.series.tobytes()


ALONE = {
    "site.size_sd": 0.0,
    "site.activity_sd": 0.0,
    "site.ties": [],
    "site.rivals_mean": 0.0,
    "site.allies_mean": 0.0,
    "programme.enabled": False,
    "exit.places": 10**6,
    "attacks.kappa_retaliation": 0.0,
    "attacks.kappa_spread": 0.0,
}


def with_groups(number: int, groups: int) -> Scenario:
    """Equal groups without ties; the level grows with them, so that a group's own rate stays."""
    chosen = overrides_of(number) | ALONE
    chosen.pop("sites", None)
    chosen |= {"site.groups": groups, "site.members": 8 * groups, "site.attacks_per_year": 12.0 * groups}
    return scenario_with(chosen)


@EXAMPLES
@given(numbers, seeds, st.integers(1, 5))
def test_another_group_changes_no_draw_of_the_others(number: int, seed: int, groups: int) -> None:
    fewer, more = repeat(with_groups(number, groups), seed), repeat(with_groups(number, groups + 1), seed)
    for name, key in (("candidates", "attacker_group"), ("attacks", "attacker_group")):
        one, other = fewer.tables[name], more.tables[name]
        other = other[other[key] < groups]
        assert np.array_equal(one["candidate"], other["candidate"])
        assert np.allclose(one["day"], other["day"], rtol=1e-12)
        for column in ("cause", "mode", "attacker_group", "target_group"):
            assert np.array_equal(one[column], other[column])
    one, other = (t.tables["persons"] for t in (fewer, more))
    other = other[other["group"] < groups]
    order = ("join_day", "leave_day", "age_at_join", "kind", "group")
    natural = one[one["kind"] != C.STAND_IN], other[other["kind"] != C.STAND_IN]
    a, b = (np.sort(rows[list(order)], order=("group", "join_day")) for rows in natural)
    assert len(a) == len(b)
    assert all(np.allclose(a[key], b[key], rtol=1e-12) for key in order)


@EXAMPLES
@given(numbers, st.lists(seeds, min_size=2, max_size=4, unique=True), st.randoms(use_true_random=False))
def test_order_and_company_do_not_matter(number: int, some: list[int], random: Any) -> None:
    """A run depends on its seed and replicate, not on what ran before it in the same arrays."""
    scenario = scenario_of(number)
    cells = [(seed, replicate) for seed in some for replicate in (0, 7)]
    alone = {cell: repeat(scenario, *cell) for cell in cells}
    shuffled, runner = list(cells), runner_of(scenario)
    random.shuffle(shuffled)
    for cell in (*shuffled, shuffled[0]):
        assert_equal_runs(runner.run(*cell), alone[cell])
    if all(len(made.tables["candidates"]) > 3 for made in alone.values()):
        assert len({made.digest for made in alone.values()}) == len(cells)


def test_seeds_of_any_size_are_different_runs() -> None:
    scenario = scenario_of(0)
    digests = {repeat(scenario, seed, k).digest for seed in (0, 1, 2**32, 2**63, 2**64 - 1) for k in (0, 1, 2**32 - 1)}
    assert len(digests) == 15


def test_outcomes_are_named_once() -> None:
    assert len(set(OUTCOMES)) == len(OUTCOMES)
    assert OUTCOMES[: len(SERIES)] == SERIES
