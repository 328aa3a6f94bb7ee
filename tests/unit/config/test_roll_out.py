"""A roll-out: many sites, each a complete scenario, with overrides and facts of its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gvi_sim.config import Scenario, load_scenario
from gvi_sim.errors import ScenarioError

OWN = (
    "sites.mytown={site: {population: 50000, groups: 4, members: 60, attacks_per_year: 5,"
    " rivals_mean: 2, allies_mean: 1}}"
)


def nation() -> Scenario:
    return load_scenario(
        "sites={malmo: {}, orebro: {programme: {sanction_certainty: 0.9}}}",
        "sites.huddinge.programme.coverage=0.5",
        "years=5",
        "exit.places=7",
    )


def test_every_part_is_a_complete_scenario_of_its_site() -> None:
    scenario = nation()
    assert [part.site.key for part in scenario.parts] == ["malmo", "orebro", "huddinge"]
    assert scenario.each_site() == scenario.parts
    assert [part.years for part in scenario.parts] == [5.0] * 3
    assert [part.exit.places for part in scenario.parts] == [7] * 3
    assert [part.site.members for part in scenario.parts] == [275, 209, 151]
    assert [part.programme.sanction_certainty for part in scenario.parts] == [0.5, 0.9, 0.5]
    assert scenario.parts[2].programme.coverage == 0.5
    assert scenario.sites["orebro"] == {"programme.sanction_certainty": 0.9}
    assert all(part.parts == () for part in scenario.parts)


def test_sites_share_day_0_and_start_when_they_really_did() -> None:
    scenario = nation()
    assert {part.start_date for part in scenario.parts} == {date(2018, 1, 1)} == {scenario.start_date}
    starts = [part.programme.start_date for part in scenario.parts]
    assert starts == [date(2018, 10, 15), date(2022, 10, 1), date(2023, 9, 1)]
    moved = scenario.replace("start_date=2026-01-01")
    assert {part.programme.start_date for part in moved.parts} == {date(2026, 1, 1)}
    assert scenario.parts[1].replace("years=3").start_date == date(2018, 1, 1)


def test_the_whole_reads_as_its_first_site_or_the_one_chosen() -> None:
    assert nation().site.key == "malmo"
    assert nation().replace("site=orebro").site.key == "orebro"
    chosen = load_scenario("site=orebro", "site.members=300", "sites={malmo:{},orebro:{}}")
    assert [part.site.members for part in chosen.parts] == [275, 300]


def test_one_site_may_go_without_the_programme() -> None:
    scenario = load_scenario("sites={malmo: {programme: none}, orebro: {}}")
    assert [part.programme_runs()[0] for part in scenario.parts] == [False, True]
    assert not any(part.programme.enabled for part in scenario.replace("programme=none").parts)


def test_a_site_of_ones_own() -> None:
    scenario = load_scenario("sites.malmo={}", OWN)
    assert scenario.parts[1].site.name == "mytown"
    assert scenario.parts[1].site.country == "SE"
    assert load_scenario(OWN).site.key == "mytown"


@pytest.mark.parametrize("words", [("sites={malmo:{},orebro:{exit.places:3}}",), ("sites.malmo={}", OWN), (OWN,)])
def test_round_trip(words: tuple[str, ...], tmp_path: Path) -> None:
    scenario = load_scenario(*words, "years=3")
    path = tmp_path / "roll-out.yaml"
    path.write_text(scenario.to_yaml(), encoding="utf-8")
    for twin in (load_scenario(path), Scenario.from_dict(scenario.to_dict())):
        assert twin == scenario
        assert twin.digest() == scenario.digest()
        assert twin.parts == scenario.parts
        assert twin.sites == scenario.sites


def test_sites_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text("sites:\n  malmo:\n  orebro:\n    exit.places: 4\n    exit: {offer_rate: 0.2}\n")
    parts = load_scenario(path).parts
    assert [(part.site.key, part.exit.places) for part in parts] == [("malmo", 30), ("orebro", 4)]
    assert parts[1].origin("exit.places") == "my.yaml:4"
    assert parts[1].exit.offer_rate == 0.2


def test_null_gives_a_site_the_registry_value_back() -> None:
    scenario = load_scenario("exit.places=7", "sites={malmo: {exit: {places: null}}, orebro: {}}")
    assert [part.exit.places for part in scenario.parts] == [30, 7]
    assert Scenario.from_dict(scenario.to_dict()) == scenario


@pytest.mark.parametrize(
    ("words", "rule", "message"),
    [
        (("sites={}",), "sites-shape", "sites names no site"),
        (("sites=malmo",), "sites-shape", "sites must map names of sites to overrides"),
        (("sites={malmo: 3}",), "sites-shape", "sites.malmo must map keys to values"),
        (("sites.malmo.years=3",), "sites-shared", "sites.malmo.years cannot be set for one site"),
        (("sites={malmo: {start_date: 2020-01-01}}",), "sites-shared", "sites.malmo.start_date cannot"),
        (("sites={malmo: {site: {key: x}}}",), "sites-shared", "sites.malmo.site.key cannot"),
        (("sites={malmo: {site: orebro}}",), "sites-shared", "sites.malmo.site cannot"),
        (("sites={malmo: {sites: {}}}",), "sites-shared", "sites.malmo.sites cannot"),
        (("sites={malmo: {exit.place: 3}}",), "unknown-key", "Nearest: exit.places"),
        (("sites={malmo: {site.groups: 999}}",), "groups-above-members", "sites.malmo: site.groups = 999"),
        (({"sites": {"a/b": {}}},), "bad-name", "must be 1 to 40 letters"),
        (
            ("sites={atlantis: {}}",),
            "no-value",
            "sites.atlantis: The site 'atlantis' is unfinished. Give site.population",
        ),
        (
            ("site=uppsala", "sites={malmo: {}}"),
            "site-not-in-sites",
            "site=uppsala is not one of sites (malmo)",
        ),
    ],
)
def test_what_a_roll_out_refuses(words: tuple[Any, ...], rule: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(*words)
    assert caught.value.rule == rule
    assert message in str(caught.value)


def test_sites_null_is_no_roll_out() -> None:
    assert load_scenario("sites.malmo={}", "sites=null").parts == ()


def test_a_stored_roll_out_keeps_each_sites_own_calendar() -> None:
    scenario = load_scenario({"sites": {"us_small": {}, "orebro": {}}})
    again = Scenario.from_yaml(scenario.to_yaml())
    assert again.digest() == scenario.digest()
    assert [bool(part.calendar.trend) for part in again.parts] == [False, True]
    flat = load_scenario({"sites": {"us_small": {}, "orebro": {}}}, "calendar=flat")
    assert Scenario.from_yaml(flat.to_yaml()).digest() == flat.digest() != scenario.digest()


def test_what_is_given_for_a_site_that_nobody_chose_goes_to_none_when_read_back_too(tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text("site.name: Å-stad\nsites:\n  malmo: {exit.places: 7}\n  uppsala: {}\n", "utf-8")
    made = load_scenario(tmp_path / "two.yaml")
    again = Scenario.from_yaml(made.to_yaml())
    assert [site.site.name for site in again.each_site()] == [site.site.name for site in made.each_site()]
    assert again.digest() == made.digest()
