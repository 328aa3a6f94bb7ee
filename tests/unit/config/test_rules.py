"""Rules between keys: each by itself, with both sides named, and just inside it nothing is said."""

from __future__ import annotations

import pytest

from gvi_sim.config import load_scenario
from gvi_sim.config.rules import RULES
from gvi_sim.errors import ScenarioError

BROKEN: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "stop-before-start": (
        ("programme.stop_date=2023-08-31",),
        ("programme.stop_date = 2023-08-31", "programme.start_date = 2023-09-01"),
        ("programme.stop_date=2023-09-02",),
    ),
    "timeline-before-start": (
        ("timeline=[{date: 2023-09-01, exit.offer_rate: 1}]",),
        ("timeline: 2023-09-01", "programme.start_date = 2023-09-01"),
        ("timeline=[{date: 2023-09-02, exit.offer_rate: 1}]",),
    ),
    "timeline-after-stop": (
        ("timeline=[{date: 2025-01-01, exit.offer_rate: 1}]", "programme.stop_date=2025-01-01"),
        ("timeline: 2025-01-01", "programme.stop_date = 2025-01-01"),
        ("timeline=[{date: 2024-12-31, exit.offer_rate: 1}]", "programme.stop_date=2025-01-01"),
    ),
    "extra-below-places": (
        ("programme.extra_places=-9",),
        ("programme.extra_places = -9", "exit.places = 8"),
        ("programme.extra_places=-8",),
    ),
    "groups-above-members": (
        ("site.groups=152",),
        ("site.groups = 152", "site.members = 151"),
        ("site.groups=151",),
    ),
    "rivals-above-groups": (
        ("site.rivals_mean=4.1",),
        ("site.rivals_mean = 4.1", "site.groups = 5"),
        ("site.rivals_mean=4",),
    ),
    "allies-above-groups": (
        ("site.allies_mean=4.1",),
        ("site.allies_mean = 4.1", "site.groups = 5"),
        ("site.allies_mean=4",),
    ),
    "ties-index": (
        ("site.ties=[[0,5,1,0]]",),
        ("[0, 5, 1.0, 0.0]", "site.groups = 5"),
        ("site.ties=[[0,4,1,0]]",),
    ),
    "ties-self": (("site.ties=[[2,2,1,0]]",), ("no tie with itself",), ("site.ties=[[2,3,1,0]]",)),
    "ties-twice": (("site.ties=[[2,3,1,0],[3,2,1,0]]",), ("same two groups",), ("site.ties=[[2,3,1,0],[3,4,1,0]]",)),
    "ties-empty": (("site.ties=[[2,3,0,0]]",), ("rivalry or an alliance",), ("site.ties=[[2,3,0,1]]",)),
    "repeat-supercritical": (
        ("attacks.kappa_repeat=1",),
        ("attacks.kappa_repeat = 1",),
        ("attacks.kappa_repeat=0.6",),
    ),
    "supercritical": (
        ("attacks.kappa_retaliation=0.875",),
        ("attacks.kappa_retaliation", "0.875 + 0.05 + 0.075: n = 1 is 1 or more", "allow_supercritical=true"),
        ("attacks.kappa_retaliation=0.875", "attacks.allow_supercritical=true"),
    ),
    "calendar-above-cap": (
        ("calendar.cap=1.3",),
        ("calendar.trend times calendar.season reaches 1.3054", "calendar.cap = 1.3"),
        ("calendar.cap=1.31",),
    ),
    "calendar-supercritical": (
        ("calendar.offspring=true", "attacks.kappa_retaliation=0.725"),
        ("calendar.offspring = true with n = 0.85", "reaches 1.3054"),
        ("attacks.kappa_retaliation=0.725",),
    ),
    "series-above-one": (
        ("harm.p_death_given_hit=0.8",),
        ("calendar.series.harm.p_death_given_hit reaches 1.29", "harm.p_death_given_hit = 0.8"),
        ("harm.p_death_given_hit=0.8", "calendar=flat"),
    ),
    "delay-shares": (
        ("justice.delay.first_share=0.6",),
        ("justice.delay.first_share = 0.6", "justice.delay.middle_share = 0.47"),
        ("justice.delay.first_share=0.53",),
    ),
    "delay-order": (
        ("justice.delay.middle_days=2",),
        ("justice.delay.middle_days = 2", "justice.delay.first_days = 2"),
        ("justice.delay.middle_days=2.5",),
    ),
    "attribution-above-one": (
        ("justice.attribution=0.96",),
        ("justice.attribution = 0.96", "justice.attribution_error = 0.05"),
        ("justice.attribution=0.95",),
    ),
    "attribution-contracted-above-one": (
        ("justice.attribution_contracted=0.96",),
        ("justice.attribution_contracted = 0.96", "justice.attribution_error = 0.05"),
        ("justice.attribution_contracted=0.95",),
    ),
    "by-mode-above-one": (
        ("attacks.contracted_factor_detonation=5",),
        ("attacks.contracted_share = 0.25 reaches 1.25", "attacks.contracted_factor_detonation = 5", "may be 1 at"),
        ("attacks.contracted_factor_detonation=4",),
    ),
    "age-order": (
        ("membership.age_mean=15",),
        ("membership.age_mean = 15", "membership.age_min = 13", "membership.spell_years = 2.7"),
        ("membership.age_mean=16", "membership.age_sd=1"),
    ),
    "age-bounds": (
        ("membership.age_join_max=65",),
        ("membership.age_min = 13", "membership.age_join_max = 65", "membership.age_max = 65"),
        ("membership.age_join_max=64",),
    ),
    "hired-age-order": (
        ("attacks.hired_age_mean=13",),
        ("attacks.hired_age_mean = 13", "membership.age_min = 13", "membership.age_join_max = 45"),
        ("attacks.hired_age_mean=14", "attacks.hired_age_sd=0.5"),
    ),
    "hired-age-spread": (
        ("attacks.hired_age_sd=20",),
        ("attacks.hired_age_sd = 20", "between 13", "45", "mean of 16.5"),
        ("attacks.hired_age_sd=4",),
    ),
    "age-spread": (
        ("membership.age_sd=9.3",),
        ("membership.age_sd = 9.3", "between 13 and 45", "mean of 25.3"),
        ("membership.age_sd=9.2",),
    ),
}


def test_what_is_dated_leaves_room_for_the_attributions_that_err() -> None:
    series = "calendar.series={justice.attribution: [[2020-01-01, 1], [2024-01-01, 1.4]]}"
    with pytest.raises(ScenarioError, match=r"justice.attribution = 0.7 reaches 0.98 .* may be 0.95 at the most"):
        load_scenario(series)
    assert load_scenario(series, "justice.attribution=0.6").justice.attribution == 0.6


def test_every_rule_is_tested() -> None:
    assert set(BROKEN) == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_a_broken_rule_names_both_sides(rule: str) -> None:
    broken, sides, kept = BROKEN[rule]
    with pytest.raises(ScenarioError) as caught:
        load_scenario(*broken)
    assert caught.value.rule == rule
    for side in sides:
        assert side in str(caught.value)
    load_scenario(*kept)


def test_more_may_be_summoned_than_there_are_members() -> None:
    assert load_scenario("programme.call_in.summoned=5000").programme.call_in.summoned == 5000


def test_ties_of_ones_own_make_the_means_idle() -> None:
    scenario = load_scenario("site.ties=[[0,1,1,0],[1,2,0.5,0],[3,4,0,1]]", "site.rivals_mean=40")
    assert scenario.site.ties == ((0, 1, 1.0, 0.0), (1, 2, 0.5, 0.0), (3, 4, 0.0, 1.0))
