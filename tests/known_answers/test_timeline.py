"""The timeline: from a date on, the programme is another one, and nothing differs before."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from gvi_sim import Scenario, load_scenario
from gvi_sim.config.leaves import flat_of
from gvi_sim.config.timeline import timed_keys
from gvi_sim.errors import ScenarioError
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.units import day_of, months_after
from gvi_sim.world.builder import Reference
from gvi_sim.world.tables import SERIES
from tests.properties.test_twin import assert_same
from tests.properties.twin import twin_run
from tests.properties.worlds import repeat
from tests.unit.execution.test_every_key import others

KEPT = frozenset({"attacks", "doses", "stays", "sanctions"})
DATE = dt.date(2024, 3, 5)
RICH = (
    "site=malmo", "start_date=2022-01-01", "years=4", "burn_in_years=1", "programme.start_date=2022-06-01",
    "programme.sanction_certainty=0.6", "programme.mediation_reach=0.5", "programme.prevention=0.5",
    "programme.roster_error=0.2", "programme.ramp_days=90", "programme.sanction.capacity=1",
    "gates.pressure_strength=0.4",
    "gates.deterrence_strength=1", "gates.norm_strength=0.4", "gates.mediation_effect=0.5",
    "partners.community.signed=true", "programme.sanction.extra_arrests_per_member_year=0.5",
    "programme.call_in.every_days=60", "exit.places=1",
)  # fmt: skip
REFERENCE = (Reference(1.4, 1.2),)


def first_difference(one: Scenario, two: Scenario, runs: int = 3) -> float:
    """The day of the first event that differs; infinite where none does. Of false contacts, the end of the month."""
    engines = [Engine(scenario, KEPT, REFERENCE) for scenario in (one, two)]
    found = np.inf
    for replicate in range(runs):
        runs_of_both = [engine.run(4, replicate) for engine in engines]
        ours, theirs = (run.tables for run in runs_of_both)
        false = [run.series[0, :, SERIES.index("false_contacts")] for run in runs_of_both]
        months = np.flatnonzero(false[0] != false[1])
        if len(months):
            ends = months_after(one.start_date, int(months[0]) + 1)
            found = min(found, float(day_of(ends, one.start_date)))
        for name, column in (
            ("attacks", "day"),
            ("doses", "day"),
            ("stays", "requested_day"),
            ("sanctions", "start_day"),
        ):
            a, b = ours[name][column], theirs[name][column]
            shorter = min(len(a), len(b))
            differs = np.flatnonzero(a[:shorter] != b[:shorter])
            if len(differs):
                found = min(found, a[differs[0]], b[differs[0]])
            elif len(a) != len(b):
                found = min(found, (a if len(a) > len(b) else b)[shorter])
    return float(found)


def test_every_key_of_the_programme_can_change_on_a_date_and_acts_from_then_on() -> None:
    """All of them, one at a time: some value of each makes a difference, none before its date."""
    base = load_scenario(*RICH)
    values, complaints = flat_of(base), []
    for key in timed_keys():
        firsts, date = [], DATE if key != "programme.ramp_days" else dt.date(2022, 7, 15)  # while it still rises
        day = float((date - dt.date(2022, 1, 1)).days)
        for value in others(key, values[key]):
            changed = base.replace({"timeline": [{"date": date, key: value}]})
            firsts.append(first_difference(base, changed))
        complaints += [f"{key}: a difference on day {min(firsts)}, before {day}"] if min(firsts) < day else []
        complaints += [f"{key}: makes no difference"] if min(firsts) == np.inf else []
    assert not complaints, "\n".join(complaints)


def test_the_same_values_again_change_nothing() -> None:
    base = load_scenario(*RICH)
    values = {key: flat_of(base)[key] for key in timed_keys()}
    again = base.replace({"timeline": [{"date": DATE, **values}]})
    runs = [Engine(scenario, KEPT, REFERENCE).run(4, 0) for scenario in (base, again)]
    assert_same(*runs)


@pytest.mark.parametrize("key", ["programme.enabled", "partners.police.signed", "partners.municipality.signed"])
def test_a_pause_without_end_is_a_stop(key: str) -> None:
    base = load_scenario(*RICH)
    stopped = base.replace({"programme.stop_date": DATE})
    paused = base.replace({"timeline": [{"date": DATE, key: False}]})
    assert_same(*(Engine(scenario, KEPT, REFERENCE).run(4, 0) for scenario in (stopped, paused)))


def test_after_a_pause_doses_are_planned_anew_and_commitment_has_gone_on_eroding() -> None:
    pause = [{"date": DATE, "programme.enabled": False}, {"date": dt.date(2024, 9, 1), "programme.enabled": True}]
    erosion = {"partners.police.erosion_per_year": 0.3}
    scenario = load_scenario(*RICH).replace({"timeline": pause, **erosion})
    engine = Engine(scenario, KEPT, REFERENCE)
    first, last = (float((stage.date - dt.date(2022, 1, 1)).days) for stage in scenario.timeline)
    for replicate in range(3):
        doses = engine.run(4, replicate).tables["doses"]
        programme = doses[np.isin(doses["kind"], (0, 1, 2, 3, 4))]["day"]
        assert not ((programme > first) & (programme < last)).any() and (programme >= last).sum() > 20
        audits = doses[doses["kind"] == 0]["day"]
        audits = audits[audits >= last]
        assert audits[0] == last and np.allclose(np.diff(audits), scenario.programme.audit_every_days)
    world = engine.world_at(4, 0, last + 1.0)
    assert world.sites["start"][0] == last
    assert world.sites["since"][0] == float((dt.date(2022, 6, 1) - dt.date(2022, 1, 1)).days)


def test_plain_python_gives_the_same_events() -> None:
    small = {
        "site.groups": 4, "site.members": 30, "site.rivals_mean": 2, "site.allies_mean": 1, "years": 3,
        "timeline": [
            {"date": dt.date(2022, 9, 1), "programme.notification.per_month": 5, "programme.prevention": 1},
            {"date": dt.date(2023, 2, 1), "programme.enabled": False},
            {"date": dt.date(2023, 6, 1), "programme.enabled": True, "programme.call_in.every_days": 30},
        ],
    }  # fmt: skip
    scenario = load_scenario(*RICH).replace(small)
    assert_same(repeat(scenario, 4), twin_run(scenario, 4))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([{"date": DATE}], "must be a mapping of a date"),
        ([{"exit.offer_rate": 0.2}], "must be a mapping of a date"),
        ([{"date": "2024-13-01", "exit.offer_rate": 0.2}], "2024-13-01"),
        ([{"date": DATE, "exit.ofer_rate": 0.2}], "Nearest: exit.offer_rate"),
        ([{"date": DATE, "exit.places": 3}], "exit.places cannot change on a date"),
        ([{"date": DATE, "exit.offer_rate": 1.2}], "exit.offer_rate"),
        ([{"date": DATE, "exit.offer_rate": 0.2}] * 2, "2024-03-05"),
        ([{"date": dt.date(2022, 6, 1), "exit.offer_rate": 0.2}], "is not after programme.start_date"),
        ("2024", "timeline"),
    ],
)
def test_a_bad_timeline_is_refused_with_its_reason(rows: Any, told: str) -> None:
    with pytest.raises(ScenarioError, match="timeline") as caught:
        load_scenario(*RICH).replace({"timeline": rows})
    assert told in str(caught.value)


def test_a_change_after_the_stop_is_refused() -> None:
    stopped = load_scenario(*RICH, "programme.stop_date=2024-01-01")
    with pytest.raises(ScenarioError, match="2024-01-01: nothing would change"):
        stopped.replace({"timeline": [{"date": DATE, "exit.offer_rate": 1}]})


def test_a_timeline_is_stored_and_read_again_the_same() -> None:
    pause = [
        {"date": DATE, "programme.enabled": False, "exit.offer_rate": 0.25},
        {"date": "2024-07-19", "programme.enabled": True},
    ]
    scenario = load_scenario(*RICH).replace({"timeline": pause})
    assert Scenario.from_dict(scenario.to_dict()) == scenario == Scenario.from_yaml(scenario.to_yaml())
    assert [stage.date for stage in scenario.timeline] == [DATE, dt.date(2024, 7, 19)]
    first = "{date: 2024-03-05, programme.enabled: false, exit.offer_rate: 0.25}"
    assert load_scenario(*RICH, f"timeline=[{first}, {{date: 2024-07-19, programme.enabled: true}}]") == scenario
