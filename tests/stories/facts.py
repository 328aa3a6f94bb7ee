"""The words a story may use after ``then``: each is a question put to the tables of a run."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from gvi_sim.config import Scenario
from gvi_sim.dynamics.replicate import Replicate, Runner
from gvi_sim.units import day_of
from gvi_sim.world import codes as C
from gvi_sim.world.builder import Reference
from gvi_sim.world.tables import OUTCOMES, TABLES

EVERYTHING = frozenset(TABLES)
CONTACTS = (C.DOSE_CALL_IN, C.DOSE_NOTIFICATION, C.DOSE_AFTER_ATTACK)


class Told(NamedTuple):
    """A run of a story: the scenario and what it left."""

    scenario: Scenario
    made: Replicate
    window: tuple[float, float]

    def table(self, name: str) -> np.ndarray:
        return self.made.tables[name]

    def total(self, name: str) -> float:
        return float(self.made.outcomes[:, OUTCOMES.index(name)].sum())


def tell(scenario: Scenario, seed: int) -> Told:
    """One replicate with all tables; reference constants are given, since no story depends on them."""
    runner = Runner(scenario, (Reference(1.3, 1.15),) * len(scenario.each_site()), EVERYTHING)
    return Told(scenario, runner.run(seed, 0), runner.window)


def status_at(told: Told, person: int, day: float) -> str:
    """What a person is at a moment, or ``away``."""
    spells = told.table("spells")
    here = spells[(spells["person"] == person) & (spells["from_day"] <= day) & (day < spells["to_day"])]
    return C.STATUSES[here["status"][0]] if len(here) else "away"


def dose_days(told: Told, *kinds: int) -> np.ndarray:
    doses = told.table("doses")
    return doses["day"][np.isin(doses["kind"], kinds)]


def programme_days(told: Told) -> tuple[float, float]:
    p, zero = told.scenario.programme, told.scenario.start_date
    return float(day_of(p.start_date, zero)), math.inf if p.stop_date is None else float(day_of(p.stop_date, zero))


def _shooters_are(told: Told, *allowed: str) -> bool:
    shots = told.table("attacks")
    shots = shots[shots["shooter"] >= 0]
    return all(status_at(told, int(a["shooter"]), float(a["day"])) in allowed for a in shots)


def every_shooter_is_free(told: Told) -> bool:
    return _shooters_are(told, "free")


def every_shooter_is_free_or_in_support(told: Told) -> bool:
    return _shooters_are(told, "free", "in_support")


def somebody_shoots_while_in_support(told: Told) -> bool:
    return not _shooters_are(told, "free")


def every_shooter_is_hired(told: Told) -> bool:
    return bool((told.table("attacks")["shooter"] == C.HIRED).all())


def every_stand_in_shooter_acts_for_somebody_away(told: Told) -> bool:
    """A stand-in is a member only between the vacancy and the holder's return: spell and life agree."""
    people = {int(p["person"]): p for p in told.table("persons")}
    for attack in told.table("attacks"):
        who = people.get(int(attack["shooter"]))
        if who is not None and who["kind"] == C.STAND_IN and not who["join_day"] <= attack["day"] < who["leave_day"]:
            return False
    return True


def stand_ins_shoot(told: Told) -> bool:
    kind = {int(p["person"]): int(p["kind"]) for p in told.table("persons")}
    return any(kind.get(int(i)) == C.STAND_IN for i in told.table("attacks")["shooter"])


def no_stand_ins(told: Told) -> bool:
    return not (told.table("persons")["kind"] == C.STAND_IN).any()


def stand_ins_never_outnumber_the_away(told: Told) -> bool:
    """In each group, at each month's beginning, at most as many stand-ins as members who are away."""
    people, spells = told.table("persons"), told.table("spells")
    by_id = {int(p["person"]): p for p in people}
    away = (C.DETAINED, C.IN_SUPPORT, C.EXITED, C.DEAD)
    for t in np.arange(told.window[0], told.window[1], 30.0):
        fill = people[(people["kind"] == C.STAND_IN) & (people["join_day"] <= t) & (t < people["leave_day"])]
        now = spells[(spells["from_day"] <= t) & (t < spells["to_day"]) & np.isin(spells["status"], away)]
        holes = [by_id[int(i)] for i in now["person"]]
        for g in np.unique(fill["group"]):
            empty = sum(1 for p in holes if p["group"] == g and p["kind"] != C.STAND_IN and t < p["leave_day"])
            if int((fill["group"] == g).sum()) > empty:
                return False
    return True


def nobody_is_hit_twice_while_wounded(told: Told) -> bool:
    days = told.table("attacks")["day"]
    hurt: dict[int, list[float]] = {}
    for victim in told.table("victims"):
        if victim["person"] >= 0:
            hurt.setdefault(int(victim["person"]), []).append(float(days[victim["attack_seq"]]))
    recovery = told.scenario.harm.recovery_days
    return all(later - before >= recovery for own in hurt.values() for before, later in pairwise(own))


def nobody_is_hit_after_death(told: Told) -> bool:
    dead: set[int] = set()
    for victim in told.table("victims"):
        if int(victim["person"]) in dead:
            return False
        if victim["killed"] and victim["person"] >= 0:
            dead.add(int(victim["person"]))
    return True


def every_victim_is_a_bystander(told: Told) -> bool:
    return bool((told.table("victims")["person"] < 0).all()) and told.total("bystanders_hit") == told.total(
        "persons_hit"
    )


def every_hit_kills(told: Told) -> bool:
    return bool((told.table("victims")["killed"] == 1).all())


def every_attack_is_a_shooting(told: Told) -> bool:
    return bool((told.table("attacks")["mode"] == C.SHOOTING).all())


def every_attack_is_background(told: Told) -> bool:
    return bool((told.table("attacks")["cause"] == C.BACKGROUND).all())


def retaliations_hit_back(told: Told) -> bool:
    """The group that was attacked attacks the group that attacked it, later."""
    attacks = told.table("attacks")
    for a in attacks[(attacks["cause"] == C.RETALIATION) & (attacks["parent_seq"] >= 0)]:
        p = attacks[a["parent_seq"]]
        if (a["attacker_group"], a["target_group"]) != (p["target_group"], p["attacker_group"]) or p["day"] > a["day"]:
            return False
    return True


def outsiders_do_not_retaliate(told: Told) -> bool:
    attacks = told.table("attacks")
    parents = attacks[attacks["parent_seq"][attacks["cause"] != C.BACKGROUND]]
    children = attacks[attacks["cause"] != C.BACKGROUND]
    known = children["parent_seq"] >= 0
    return bool((children["cause"][known & (parents["target_group"] < 0)] == C.REPEAT).all())


def only_listed_groups_are_sanctioned(told: Told) -> bool:
    first = told.table("groups")["first_listed_day"]
    rows = told.table("sanctions")
    return bool((first[rows["group"]] <= rows["start_day"]).all())


def only_listed_groups_are_contacted(told: Told) -> bool:
    first, doses = told.table("groups")["first_listed_day"], told.table("doses")
    rows = doses[np.isin(doses["kind"], CONTACTS)]
    return bool((first[rows["group"]] <= rows["day"]).all())


def some_group_is_never_listed(told: Told) -> bool:
    return bool(np.isnan(told.table("groups")["first_listed_day"]).any())


def nobody_is_summoned_twice_to_one_call_in(told: Told) -> bool:
    doses = told.table("doses")
    came = doses[doses["kind"] == C.DOSE_CALL_IN]
    return len({(float(d["day"]), int(d["person"])) for d in came}) == len(came)


def call_ins_are_no_larger_than_the_summons(told: Told) -> bool:
    _, sizes = np.unique(dose_days(told, C.DOSE_CALL_IN), return_counts=True)
    return bool((sizes <= told.scenario.programme.call_in.summoned).all())


def no_contact_after_the_stop(told: Told) -> bool:
    return bool((dose_days(told, *CONTACTS, C.DOSE_AUDIT) < programme_days(told)[1]).all())


def no_new_sanction_after_the_stop(told: Told) -> bool:
    return bool((told.table("sanctions")["start_day"] < programme_days(told)[1]).all())


def no_contact_before_the_start(told: Told) -> bool:
    return bool((dose_days(told, *CONTACTS, C.DOSE_AUDIT) >= programme_days(told)[0]).all())


def no_promise_is_broken(told: Told) -> bool:
    return told.total("promises_broken") == 0


def every_promise_is_broken(told: Told) -> bool:
    return told.total("promises_broken") > 0 and told.total("promises_kept") == 0


def no_exit_place_is_double_booked(told: Told) -> bool:
    stays = told.table("stays")
    own = stays[~np.isnan(stays["admitted_day"])]
    end = np.where(np.isnan(own["ended_day"]), math.inf, own["ended_day"])
    taken = [int(((own["admitted_day"] <= t) & (t < end)).sum()) for t in own["admitted_day"]]
    return max(taken, default=0) <= told.scenario.exit.places


def the_waiting_list_is_first_come_first_served(told: Told) -> bool:
    """Nobody who asked later is admitted while somebody who asked earlier still waits."""
    stays = told.table("stays")
    for one in stays[~np.isnan(stays["admitted_day"])]:
        earlier = stays[stays["requested_day"] < one["requested_day"]]
        out = np.where(np.isnan(earlier["admitted_day"]), earlier["ended_day"], earlier["admitted_day"])
        if (np.where(np.isnan(out), math.inf, out) > one["admitted_day"]).any():
            return False
    return True


def somebody_waits(told: Told) -> bool:
    return told.total("waiting_days") > 0


def nobody_waits(told: Told) -> bool:
    return told.total("waiting_days") == 0


def nobody_is_in_support(told: Told) -> bool:
    return told.total("support_days") == 0 and told.total("admissions") == 0


def no_stay_is_completed(told: Told) -> bool:
    return told.total("completed") == 0 and told.total("admissions") > 0


def nobody_is_offered_help(told: Told) -> bool:
    return told.total("offers") == 0


def offers_are_made(told: Told) -> bool:
    return told.total("offers") > 0


def nobody_is_arrested(told: Told) -> bool:
    return told.total("arrests") + told.total("other_arrests") + told.total("sanction_arrests") == 0


def nobody_is_detained(told: Told) -> bool:
    return told.total("detained_days") == 0


def every_attack_is_cleared(told: Told) -> bool:
    return bool((told.table("attacks")["cleared"] == 1).all())


def nobody_comes_or_goes(told: Told) -> bool:
    people = told.table("persons")
    return bool((people["kind"] == C.INITIAL).all() and np.isinf(people["leave_day"]).all())


def the_prevented_never_become_members(told: Told) -> bool:
    """Whoever was kept from joining is nothing else, before or after."""
    spells = told.table("spells")
    kept = set(spells["person"][spells["status"] == C.PREVENTED].tolist())
    others = set(spells["person"][spells["status"] != C.PREVENTED].tolist())
    return not kept & others


def somebody_is_prevented(told: Told) -> bool:
    return bool((told.table("spells")["status"] == C.PREVENTED).any())


def attacks_happen(told: Told) -> bool:
    return told.total("attacks") > 0


def no_attacks(told: Told) -> bool:
    return told.total("attacks") == 0


def sanctions_run(told: Told) -> bool:
    return told.total("sanctions") > 0


def no_sanctions(told: Told) -> bool:
    return told.total("sanctions") == 0


def promises_are_kept(told: Told) -> bool:
    return told.total("promises_kept") > 0


def contacts_are_made(told: Told) -> bool:
    return len(dose_days(told, *CONTACTS)) > 0


def no_contacts(told: Told) -> bool:
    return len(dose_days(told, *CONTACTS)) == 0


def false_names_are_contacted(told: Told) -> bool:
    return told.total("false_contacts") > 0


def no_attack_is_attributed(told: Told) -> bool:
    return bool((told.table("attacks")["attributed"] < 0).all())


FACTS: dict[str, Callable[[Told], bool]] = {
    name.replace("_", " "): fact
    for name, fact in list(globals().items())
    if getattr(fact, "__annotations__", {}) == {"told": "Told", "return": "bool"}
}


def the_same_attacks(told: Told, other: Told) -> bool:
    """Attack for attack: the same decisions on the same candidates, with the same harm."""
    return told.made.digest == other.made.digest and told.table("attacks").tobytes() == other.table("attacks").tobytes()


def the_same_run(told: Told, other: Told) -> bool:
    """Every table and every number, to the byte."""
    return (
        the_same_attacks(told, other)
        and all(told.table(name).tobytes() == other.table(name).tobytes() for name in TABLES)
        and told.made.series.tobytes() == other.made.series.tobytes()
    )


def the_same_candidates_before_the_start(told: Told, other: Told) -> bool:
    start = programme_days(told)[0]
    one, two = (t.table("candidates") for t in (told, other))
    return one[one["day"] < start].tobytes() == two[two["day"] < start].tobytes()


def the_same_attackers_and_targets(told: Told, other: Told) -> bool:
    """Who attacks whom, when; harm may differ."""
    columns = ("candidate", "day", "attacker_group", "target_group")
    return all(np.array_equal(told.table("attacks")[c], other.table("attacks")[c]) for c in columns)


def the_same_recruits(told: Told, other: Told) -> bool:
    """Natural comings and goings are the same, whatever happens to the persons."""
    rows = []
    for t in (told, other):
        people = t.table("persons")
        people = people[people["kind"] != C.STAND_IN]
        spells = np.column_stack([people[c] for c in ("join_day", "leave_day", "age_at_join")])
        rows.append(spells[np.lexsort(spells.T)])
    return np.array_equal(*rows)


def something_differs(told: Told, other: Told) -> bool:
    return told.made.digest != other.made.digest


COMPARISONS: dict[str, Callable[[Told, Told], bool]] = {
    name.replace("_", " "): fact
    for name, fact in list(globals().items())
    if getattr(fact, "__annotations__", {}) == {"told": "Told", "other": "Told", "return": "bool"}
}
