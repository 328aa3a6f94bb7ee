"""Strict mode: the census finds nothing in sound runs, changes nothing, and finds every planted fault."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings

from gvi_sim.dynamics import strict
from gvi_sim.errors import EngineError
from gvi_sim.world import codes as C
from gvi_sim.world.state import World

from .worlds import numbers, overrides_of, repeat, runner_of, scenario_with, seeds

BUSY = {
    "site.attacks_per_year": 60.0,
    "exit.usual_offer_rate_per_year": 2.0,
    "exit.acceptance": 1.0,
    "exit.places": 3,
    "exit.waiting_patience_days": 200.0,
    "justice.other_arrest_rate_per_year": 2.0,
    "membership.vacancy_response": 1.0,
    "membership.vacancy_days": 5.0,
    "programme.coverage": 1.0,
    "programme.sanction_certainty": 1.0,
    "programme.sanction.duration_days": 200.0,
    "programme.start_date": "2022-01-01",
}


def check_strictly(number: int, seed: int) -> None:
    """A run under strict mode ends, and is byte for byte the run without."""
    scenario = scenario_with(overrides_of(number))
    plain, checked = repeat(scenario, seed), repeat(scenario.replace("strict=true"), seed)
    assert checked.digest == plain.digest
    assert checked.series.tobytes() == plain.series.tobytes()
    for name, table in plain.tables.items():
        assert checked.tables[name].tobytes() == table.tobytes(), name


@pytest.mark.slow
@settings(max_examples=100)
@given(numbers, seeds)
def test_strict_mode_finds_nothing_and_changes_nothing(number: int, seed: int) -> None:
    check_strictly(number, seed)


@pytest.mark.slow
@settings(max_examples=1000)
@given(numbers, seeds)
def test_strict_mode_finds_nothing_in_a_thousand_scenarios(number: int, seed: int) -> None:
    check_strictly(number, seed)


def busy_world() -> World:
    """A world in the middle of its run where everything that can be miscounted is there."""
    world = runner_of(scenario_with(BUSY)).world_at(5, 0, 600.0)
    status = world.persons["status"][: int(world.state["persons"][0])]
    assert {C.DETAINED, C.IN_SUPPORT, C.EXITED, C.DEAD} <= set(status.tolist())
    assert (world.stays["how"][: int(world.state["stays"][0])] == C.WAITING).any()
    assert world.sites["running"][0] > 0
    return world


def _first(w: World, status: int) -> int:
    return int(np.flatnonzero(w.persons["status"][: int(w.state["persons"][0])] == status)[0])


def _miscount(name: str) -> Callable[[World], None]:
    def plant(w: World) -> None:
        w.sites[name][0] += 1

    return plant


def _group_value(name: str, value: float) -> Callable[[World], None]:
    def plant(w: World) -> None:
        w.groups[name][1] = value

    return plant


def _unknown_status(w: World) -> None:
    w.persons["status"][_first(w, C.FREE)] = 9


def _swapped_events(w: World) -> None:
    size = int(w.state["heap_size"][0])
    time = w.heap["time"]
    time[0], time[size - 1] = float(time[size - 1]), float(time[0])


def _event_in_the_past(w: World) -> None:
    w.heap["time"][0] = float(w.state["now"][0]) - 1.0


def _shared_row(w: World) -> None:
    w.heap["row"][1] = w.heap["row"][2]


def _lost_row(w: World) -> None:
    w.state["event_rows"][0] += 1


def _too_few_places(w: World) -> None:
    w.par["places"][0] = float(w.sites["in_support"][0]) - 1.0


def _no_capacity(w: World) -> None:
    w.par["sanction_capacity"][0] = 0.0


def _held_twice(w: World) -> None:
    held = np.flatnonzero(w.slots["person"] >= 0)
    w.slots["person"][held[1]] = w.slots["person"][held[0]]


def _looked_at_too_late(w: World) -> None:
    w.slots["change"][3] += 1.0


def _not_yet_there(w: World) -> None:
    w.slots["join"][0] = float(w.state["now"][0]) + 1.0


def _one_name_for_two(w: World) -> None:
    w.persons["number"][0] = w.persons["number"][1]


def _lost_slot(w: World) -> None:
    w.groups["members"][0] -= 1


def _stay_without_support(w: World) -> None:
    i = _first(w, C.IN_SUPPORT)
    w.persons["stay"][i] = -1


def _last_comes_first(w: World) -> None:
    first = int(w.sites["line_head"][0])
    second = int(w.log["next_in_line"][first])
    w.log["day"][first], w.log["day"][second] = float(w.log["day"][second]), float(w.log["day"][first])


def _ends_too_soon(w: World) -> None:
    w.state["patience_end"][0] -= 1.0


def _cut_queue(w: World) -> None:
    w.sites["queue_head"][0] = -1


def _shared_stand_in(w: World) -> None:
    holders = np.flatnonzero(w.persons["stand_in"][: int(w.state["persons"][0])] >= 0)
    w.persons["stand_in"][holders[0]] = w.persons["stand_in"][holders[1]]


def _stand_in_for_nobody(w: World) -> None:
    holders = np.flatnonzero(w.persons["stand_in"][: int(w.state["persons"][0])] >= 0)
    w.persons["stand_in"][_first(w, C.FREE)] = w.persons["stand_in"][holders[0]]
    w.persons["stand_in"][holders[0]] = -1


def _no_number(w: World) -> None:
    w.tally[0, 0, 0] = np.nan


FAULTS: dict[str, tuple[Callable[[World], None], str]] = {
    "in support": (_miscount("in_support"), "sites.in_support"),
    "running": (_miscount("running"), "sites.running"),
    "places": (_too_few_places, "places"),
    "capacity": (_no_capacity, "capacity"),
    "status": (_unknown_status, "which is none"),
    "salience": (_group_value("salience", 1.2), "groups.salience"),
    "legitimacy": (_group_value("legitimacy", -0.1), "groups.legitimacy"),
    "belief": (_group_value("belief_a", np.nan), "groups.belief_a"),
    "promise": (_group_value("promise_b", -1.0), "groups.promise_b"),
    "fear": (_group_value("fear", np.inf), "groups.fear"),
    "tally": (_no_number, "monthly counts"),
    "stay": (_stay_without_support, "request for support"),
    "queue": (_cut_queue, "waiting list"),
    "line": (_last_comes_first, "no position in the line"),
    "line's end": (_ends_too_soon, "patience ends"),
    "shared stand-in": (_shared_stand_in, "share a stand-in"),
    "idle stand-in": (_stand_in_for_nobody, "somebody who is there"),
    "held twice": (_held_twice, "another slot or spell"),
    "late look": (_looked_at_too_late, "looked at"),
    "early holder": (_not_yet_there, "not come yet"),
    "two of a name": (_one_name_for_two, "one number"),
    "lost slot": (_lost_slot, "follow one another"),
    "heap order": (_swapped_events, "out of order"),
    "past": (_event_in_the_past, "before the present"),
    "row": (_shared_row, "share a row"),
    "lost row": (_lost_row, "free rows"),
}


def test_the_census_of_a_sound_world_is_empty() -> None:
    assert strict.faults(busy_world()) == []


@pytest.mark.parametrize("name", FAULTS)
def test_the_census_finds_a_planted_fault(name: str) -> None:
    plant, words = FAULTS[name]
    world = busy_world()
    plant(world)
    assert any(words in text for text in strict.faults(world)), strict.faults(world)


def test_the_error_says_what_where_and_when() -> None:
    world = busy_world()
    world.sites["in_support"][0] += 1
    with pytest.raises(EngineError, match=r"day 600\.0000 \(seed 5, replicate 7\): sites\.in_support = .* in site 0"):
        strict.state_census(world, 5, 7)


def test_a_fault_stops_a_strict_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hook is in place: what the census says ends the run."""
    monkeypatch.setattr(strict, "_CENSUS", (*strict._CENSUS, lambda scene: ["planted"] if scene.now > 50 else []))
    with pytest.raises(EngineError, match=r"replicate 2\): planted"):
        runner_of(scenario_with({"strict": True})).run(1, 2)
    runner_of(scenario_with({})).run(1, 2)
