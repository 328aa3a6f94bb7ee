"""A scenario: what it holds, where it came from, and that it survives every way of writing it down."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import FrozenInstanceError
from datetime import date
from itertools import cycle
from math import inf
from multiprocessing import reduction
from pathlib import Path
from time import perf_counter

import pytest

from gvi_sim.config import Scenario, leaves, load_scenario, options
from gvi_sim.config.leaves import flat_of
from gvi_sim.errors import ScenarioError

HUDDINGE = load_scenario()


def test_bare_is_huddinge_with_gvi() -> None:
    assert HUDDINGE.choices == {"programme": "gvi", "calendar": "sweden", "structure": "as_known", "site": "huddinge"}
    assert HUDDINGE.site.name == "Huddinge"
    assert HUDDINGE.programme.enabled
    assert HUDDINGE.chosen == ()
    assert HUDDINGE == load_scenario("site=huddinge", "programme=gvi")


def test_values_are_plain_python() -> None:
    plain = (float, int, bool, str, date, tuple, type(None))
    for key, value in flat_of(HUDDINGE).items():
        assert isinstance(value, plain) or key == "calendar.series", key
        if leaves()[key].kind == "number":
            assert type(value) is float, key


def test_a_scenario_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        HUDDINGE.years = 5.0  # type: ignore[misc]
    with pytest.raises(AttributeError):
        HUDDINGE.exit.places = 3  # type: ignore[misc]
    with pytest.raises(AttributeError, match="does not change"):
        HUDDINGE.calendar.series.x = 1  # type: ignore[attr-defined]
    assert hash(HUDDINGE) == hash(load_scenario())


def test_the_country_profile_and_the_site_fill_what_is_left_out() -> None:
    malmo, small = load_scenario("site=malmo"), load_scenario("site=us_small")
    assert malmo.justice.clearance_fatal == 0.6
    assert small.justice.clearance_fatal == 0.43
    assert small.attacks.detonation_share == 0.0
    assert malmo.exit.places == 30
    assert HUDDINGE.exit.places == 8
    assert small.choices["calendar"] == "united_states"
    assert load_scenario("site=us_small", "calendar=flat").calendar.season == ()


def test_origins() -> None:
    scenario = load_scenario("site=malmo", "programme=none", "years=5")
    assert scenario.origin("years") == "an override"
    assert scenario.origin("programme.enabled") == "conf/programme/none.yaml"
    assert scenario.origin("exit.places") == "registry, malmo, grade C (EX-11, SE-14)"
    assert scenario.origin("justice.clearance_fatal").startswith("registry, SE, grade A (SA-04")
    assert scenario.origin("exit.acceptance").startswith("registry, default, grade C")
    with pytest.raises(ScenarioError, match=r"Nearest: exit\.places"):
        scenario.origin("exit.place")


def test_a_programme_starts_when_the_site_really_started_unless_day_0_is_set() -> None:
    assert load_scenario("site=malmo").programme.start_date == date(2018, 10, 15)
    moved = load_scenario("site=malmo", "start_date=2026-01-01")
    assert moved.programme.start_date == moved.start_date == date(2026, 1, 1)
    both = load_scenario("start_date=2026-01-01", "programme.start_date=2027-06-01")
    assert both.programme.start_date == date(2027, 6, 1)


def test_a_registry_shock_is_in_when_it_is_ahead_and_by_name() -> None:
    assert [shock.name for shock in load_scenario("site=malmo").calendar.shocks] == ["decrypted_phones"]
    assert HUDDINGE.calendar.shocks == ()
    named = HUDDINGE.replace("calendar.shocks=[decrypted_phones]").calendar.shocks
    assert named == load_scenario("site=malmo").calendar.shocks


def test_replace_leaves_the_old_one_alone_and_later_wins() -> None:
    longer = HUDDINGE.replace("years=12", {"exit.places": 3, "belief.public_half_life_days": inf})
    assert (HUDDINGE.years, longer.years, longer.exit.places) == (10.0, 12.0, 3)
    assert longer.chosen == ("years", "belief.public_half_life_days", "exit.places")
    assert longer.replace("years=2", "years=3").years == 3.0
    assert longer.replace("years=null", "exit.places=null").exit.places == 8
    assert longer.replace("years=null").chosen == ("belief.public_half_life_days", "exit.places")


def test_a_new_choice_looks_up_anew_what_nobody_set() -> None:
    scenario = HUDDINGE.replace("years=4", "exit.places=3", "site.members=99", "programme.sanction_certainty=0.9")
    malmo = scenario.replace("site=malmo")
    assert (malmo.years, malmo.exit.places, malmo.site.members) == (4.0, 3, 275)
    assert malmo.exit.places == 3
    assert scenario.replace("programme=none").programme.enabled is False
    assert scenario.replace("programme=none").programme.sanction_certainty == 0.9
    assert scenario.replace("programme=call_ins_only").programme.sanction_certainty == 0.0


def test_replace_takes_milliseconds() -> None:
    HUDDINGE.replace("years=3")
    start = perf_counter()
    for certainty in range(20):
        HUDDINGE.replace(f"programme.sanction_certainty={certainty / 20}")
    assert (perf_counter() - start) / 20 < 0.01


@pytest.mark.parametrize(("site", "programme"), [*zip(options("site"), cycle(options("programme")))])
def test_round_trip_through_yaml_json_and_a_worker(site: str, programme: str, tmp_path: Path) -> None:
    scenario = load_scenario(f"site={site}", f"programme={programme}", "years=7", "exit.offer_rate=0.3")
    path = tmp_path / "scenario.yaml"
    path.write_text(scenario.to_yaml(), encoding="utf-8")
    as_json = json.loads(json.dumps(scenario.to_dict(), allow_nan=False))
    for twin in (
        load_scenario(path),
        Scenario.from_dict(as_json),
        reduction.ForkingPickler.loads(reduction.ForkingPickler.dumps(scenario)),
    ):
        assert twin == scenario
        assert twin.digest() == scenario.digest()
        assert twin.chosen == scenario.chosen == ("years", "exit.offer_rate")
        assert twin.choices == scenario.choices
        assert twin.replace("programme=none") == scenario.replace("programme=none")
    assert load_scenario(path).to_yaml() == scenario.to_yaml()


def test_the_digest_is_the_same_in_another_process_and_follows_the_values() -> None:
    code = "from gvi_sim.config import load_scenario; print(load_scenario('site=malmo', 'years=5').digest())"
    scenario = load_scenario("site=malmo", "years=5")
    for seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": "", "PYTHONPATH": str(Path(__file__).parents[3])},
        )
        assert done.stdout.strip() == scenario.digest()
    assert scenario.replace("years=6").digest() != scenario.digest()
    assert scenario.replace("years=6").replace("years=5").digest() == scenario.digest()


@pytest.mark.parametrize(
    ("overrides", "runs", "reason"),
    [
        (("programme=gvi",), True, ""),
        (("programme=none",), False, "no programme"),
        (("programme.coverage=0",), False, "lists no group"),
        (("programme=no_municipality",), False, "missing: municipality"),
        (("partners.police.signed=false", "partners.probation.signed=false"), False, "police, probation"),
        (("partners.community.signed=false",), True, ""),
    ],
)
def test_whether_the_programme_runs(overrides: tuple[str, ...], runs: bool, reason: str) -> None:
    found, why = load_scenario(*overrides).programme_runs()
    assert found is runs
    assert reason in why


def test_a_scenario_prints_itself() -> None:
    text = repr(load_scenario("site=malmo", "years=5"))
    assert text == "<Scenario Malmö: programme=gvi, 5 years from 2018-01-01, 1 keys set>"
