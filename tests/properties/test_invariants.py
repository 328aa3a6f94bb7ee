"""The twenty invariants on random scenarios, and each of them on a table that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from each import each
from hypothesis import given, settings

from gvi_sim.world import codes as C
from gvi_sim.world.tables import OUTCOMES, SERIES

from . import books, checker
from .worlds import Run, day, numbers, overrides_of, run_of, scenario_with, seeds


def check(number: int, seed: int) -> None:
    """A random scenario, all mechanisms included, has no complaint."""
    assert checker.complaints(run_of(scenario_with(overrides_of(number)), seed)) == []


@settings(max_examples=60)
@given(numbers, seeds)
def test_no_invariant_is_broken(number: int, seed: int) -> None:
    check(number, seed)


@pytest.mark.slow
@settings(max_examples=1000)
@given(numbers, seeds)
def test_no_invariant_is_broken_in_a_thousand_scenarios(number: int, seed: int) -> None:
    check(number, seed)


BUSY = {
    "years": 3,
    "site.attacks_per_year": 60.0,
    "harm.p_hit": 0.8,
    "harm.bystander_share": 0.0,
    "attacks.contracted_share": 0.1,
    "exit.usual_offer_rate_per_year": 2.0,
    "exit.acceptance": 1.0,
    "exit.waiting_patience_days": 60.0,
    "exit.places": 4,
    "exit.duration_days": 100.0,
    "programme.coverage": 1.0,
    "programme.sanction_certainty": 1.0,
    "programme.start_date": day(300),
}


@pytest.fixture(scope="module")
def sound() -> Run:
    """A run with attacks, deaths, stays, waiting, sanctions and call-ins, and no complaint."""
    run = run_of(scenario_with(BUSY), 3)
    assert checker.complaints(run) == []
    return run


def doctored(run: Run, **changes: Any) -> Run:
    """A copy whose tables may be changed without touching the original."""
    tables = {name: table.copy() for name, table in run.tables.items()}
    return run._replace(tables=tables, series=run.series.copy(), outcomes=run.outcomes.copy(), **changes)


def _member_attack(run: Run) -> int:
    return int(np.flatnonzero(run.tables["attacks"]["shooter"] >= 0)[0])


def _victim(run: Run, killed: int) -> int:
    victims = run.tables["victims"]
    return int(np.flatnonzero((victims["person"] >= 0) & (victims["killed"] == killed))[0])


def _spell(run: Run, status: int) -> int:
    spells = run.tables["spells"]
    inside = (spells["from_day"] > run.first) & (spells["to_day"] < run.last)
    return int(np.flatnonzero((spells["status"] == status) & inside)[0])


def _set(table: str, name: str, value: Any, row: int = 0) -> Callable[[Run], None]:
    def doctor(run: Run) -> None:
        run.tables[table][name][row] = value

    return doctor


def _drop(table: str, row: int = 0) -> Callable[[Run], None]:
    def doctor(run: Run) -> None:
        run.tables[table] = np.delete(run.tables[table], row)

    return doctor


def _add_to_series(name: str, amount: float, month: int = 20) -> Callable[[Run], None]:
    def doctor(run: Run) -> None:
        run.series[0, month, SERIES.index(name)] += amount

    return doctor


def _add_to_outcome(name: str, amount: float) -> Callable[[Run], None]:
    def doctor(run: Run) -> None:
        run.outcomes[0, OUTCOMES.index(name)] += amount

    return doctor


def _resurrect(run: Run) -> None:
    spells = run.tables["spells"]
    row = int(np.flatnonzero((spells["status"] == C.DEAD) & (spells["from_day"] > run.first))[0])
    spells["status"][row] = C.FREE


def _lose_a_person(run: Run) -> None:
    spells = run.tables["spells"]
    row = int(np.flatnonzero((spells["status"] == C.FREE) & (spells["to_day"] - spells["from_day"] > 100))[0])
    run.tables["spells"] = np.delete(spells, row)


def _overlap(run: Run) -> None:
    run.tables["spells"]["to_day"][_spell(run, C.DETAINED)] += 0.5


def _back_from_nowhere(run: Run) -> None:
    run.tables["spells"]["status"][_spell(run, C.DETAINED)] = C.PREVENTED


def _shoot_from(status: int) -> Callable[[Run], None]:
    def doctor(run: Run) -> None:
        spells, attack = run.tables["spells"], run.tables["attacks"][_member_attack(run)]
        own = (spells["person"] == attack["shooter"]) & (spells["from_day"] <= attack["day"])
        spells["status"][np.flatnonzero(own & (attack["day"] < spells["to_day"]))] = status

    return doctor


def _unmarked_stand_in(run: Run) -> None:
    attacks, persons = run.tables["attacks"], run.tables["persons"]
    holders = persons["person"][persons["kind"] != C.STAND_IN]
    attacks["stand_in"][np.flatnonzero(np.isin(attacks["shooter"], holders))[0]] = 1


def _dead_again(run: Run) -> None:
    run.tables["victims"] = np.append(run.tables["victims"], run.tables["victims"][_victim(run, 1)])


def _unhurt(run: Run) -> None:
    run.tables["victims"]["killed"][_victim(run, 0)] = 1


def _own_group(run: Run) -> None:
    run.tables["attacks"]["target_group"][3] = run.tables["attacks"]["attacker_group"][3]


def _foreign_shooter(run: Run) -> None:
    row, people = _member_attack(run), run.tables["persons"]
    other = people["person"][people["group"] != run.tables["attacks"]["attacker_group"][row]]
    run.tables["attacks"]["shooter"][row] = other[0]


def _later_parent(run: Run) -> None:
    child = int(np.flatnonzero(run.tables["attacks"]["parent_seq"] >= 0)[0])
    run.tables["attacks"]["parent_seq"][child] = child + 1


def _other_cause(run: Run) -> None:
    attacks = run.tables["attacks"]
    child = int(np.flatnonzero((attacks["parent_seq"] >= 0) & (attacks["cause"] == C.RETALIATION))[0])
    attacks["cause"][child] = C.REPEAT


def _early_sanction(run: Run) -> None:
    run.tables["sanctions"]["start_day"][0] = 200.0


def _early_gate(run: Run) -> None:
    run.tables["candidates"]["blocked"][0] |= C.NORM


def _early_dose(run: Run) -> None:
    doses = run.tables["doses"]
    doses["day"][np.flatnonzero(doses["kind"] == C.DOSE_CALL_IN)[0]] = 10.0


def _short_wound(run: Run) -> None:
    spells = run.tables["spells"]
    row = _spell(run, C.WOUNDED)
    i, end = spells["person"][row], spells["to_day"][row]
    spells["to_day"][row] -= 10.0
    following = np.flatnonzero((spells["person"] == i) & (spells["from_day"] == end))
    spells["from_day"][following] -= 10.0


def _untold_stay(run: Run) -> None:
    stays = run.tables["stays"]
    run.tables["stays"] = np.delete(stays, np.flatnonzero(stays["how"] == C.COMPLETED)[0])


def _overbooked(run: Run) -> None:
    stays = run.tables["stays"]
    row = stays[np.flatnonzero(stays["how"] == C.COMPLETED)[0]]
    run.tables["stays"] = np.append(stays, [row] * 4)


def _twice_summoned(run: Run) -> None:
    doses = run.tables["doses"]
    row = np.flatnonzero(doses["kind"] == C.DOSE_CALL_IN)[0]
    run.tables["doses"] = np.insert(doses, row, doses[row])


def _second_person(run: Run) -> None:
    run.tables["persons"] = np.append(run.tables["persons"], run.tables["persons"][:1])


def _retyped(run: Run) -> None:
    run.tables["victims"] = np.zeros(len(run.tables["victims"]), dtype=[("run", "i4"), ("attack_seq", "i4")])


def _background_with_parent(run: Run) -> None:
    candidates = run.tables["candidates"]
    candidates["parent"][np.flatnonzero(candidates["cause"] == C.BACKGROUND)[0]] = 7


def _short_sanction(run: Run) -> None:
    run.tables["sanctions"]["end_day"][0] = run.tables["sanctions"]["start_day"][0] + 1.0


def _free_after_arrest(run: Run) -> None:
    attacks, row = run.tables["attacks"], _member_attack(run)
    attacks["arrest_day"][row] = attacks["day"][row]


def _aged_shooter(run: Run) -> None:
    run.tables["attacks"]["shooter_age"][_member_attack(run)] += 1.0


def _lost_candidate(run: Run) -> None:
    candidates = run.tables["candidates"]
    run.tables["candidates"] = np.delete(candidates, np.flatnonzero(candidates["blocked"] == 0)[0])


DOCTORS: list[tuple[int, Callable[[Run], None]]] = [
    (1, _resurrect), (1, _lose_a_person), (1, _second_person),
    (2, _overlap), (2, _back_from_nowhere), (2, _lose_a_person), (2, _set("spells", "status", 9)),
    (3, _shoot_from(C.DETAINED)), (3, _shoot_from(C.DEAD)), (3, _shoot_from(C.EXITED)),
    (3, _set("attacks", "contracted", 1, 0)), (3, _unmarked_stand_in), (3, _aged_shooter),
    (4, _dead_again), (4, _unhurt),
    (5, _own_group), (5, _foreign_shooter),
    (6, _later_parent), (6, _other_cause), (6, _background_with_parent),
    (7, _set("attacks", "day", -1.0)), (7, _set("candidates", "day", 1e5, -1)),
    (7, _set("stays", "ended_day", 1e5)), (7, _set("doses", "day", 900.0)),
    (8, _early_sanction), (8, _early_gate), (8, _early_dose), (8, _add_to_series("call_ins", 1.0, 3)),
    (8, _set("groups", "first_listed_day", 12.0)),
    (9, _short_wound), (9, _short_sanction), (9, _untold_stay),
    (9, _free_after_arrest),
    (10, _overbooked), (10, _twice_summoned),
    (11, _add_to_series("detained_days", 0.1)), (11, _add_to_series("support_days", -0.1)),
    (11, _add_to_series("waiting_days", 0.1)), (11, _add_to_series("sanction_days", 0.1)),
    (11, _add_to_outcome("detained_minor_days", 1e6)), (11, _add_to_outcome("detained_hired_days", 1.0)),
    (12, _add_to_series("shootings", 1.0)), (12, _add_to_series("offers", 1.0)), (12, _drop("attacks")),
    (12, _add_to_outcome("arrests", 1.0)), (12, _set("groups", "attacks", 0)),
    (12, _add_to_outcome("gini_groups", 0.01)), (12, _add_to_outcome("minor_arrests", -99.0)),
    (12, _add_to_outcome("largest_cascade", 1.0)), (12, _add_to_series("arrests", -9.0)),
    (13, _add_to_series("shootings", 0.5)), (13, _add_to_outcome("gini_persons", 1.0)),
    (13, _set("attacks", "killed", 99)), (13, _set("candidates", "blocked", 512)),
    (13, _set("attacks", "cleared", 2)), (13, _add_to_series("exposure", -99.0)),
    (14, _set("groups", "members", 0)), (14, _drop("groups", 0)), (14, _drop("persons", 0)),
    (15, _set("attacks", "seq", 5)), (15, _second_person), (15, _set("doses", "person", 10**6)),
    (15, _set("victims", "attack_seq", 10**6)), (15, _lost_candidate), (15, _set("persons", "run", 9)),
    (15, _set("persons", "site", 4)), (15, _set("sanctions", "promised_by", 0)),
    (17, _set("attacks", "day", np.nan)), (17, _add_to_outcome("arrests", np.nan)),
    (17, _add_to_outcome("gini_groups", np.nan)), (17, _add_to_series("exposure", np.nan)),
    (18, _retyped),
    (20, _set("attacks", "hit", 7)), (20, _add_to_series("offers", 1.0)),
]  # fmt: skip


@each("number, doctor", DOCTORS)
def test_an_invariant_fails_on_a_doctored_table(sound: Run, number: int, doctor: Callable[[Run], None]) -> None:
    run = doctored(sound)
    doctor(run)
    assert list(checker.INVARIANTS[number](run))


def test_costs_are_checked_against_their_prices(sound: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "costs", lambda *_: np.zeros(5))
    assert list(checker.i16_costs(sound))


def test_an_unresolved_scenario_is_seen(sound: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker.Scenario, "from_dict", lambda _: sound.scenario.replace("years=9"))
    assert list(checker.i19_echo(sound))


def test_another_seed_is_seen(sound: Run) -> None:
    assert list(checker.i20_traceable(sound._replace(seed=sound.seed + 1)))


def test_every_invariant_has_a_test_that_it_fails() -> None:
    assert sorted(checker.INVARIANTS) == list(range(1, 21))
    assert {number for number, _ in DOCTORS} | {16, 19} == set(checker.INVARIANTS)
