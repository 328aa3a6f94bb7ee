"""Which promises are owed, and what becomes of them in every group's eyes, told anew from the tables of a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from gvi_sim.execution.planning.runner import Engine

from .test_beliefs import TABLES, WORDS, Teller, felt, ties
from .worlds import off

AUDIT, CALL_IN, NOTIFICATION, BURST, KEPT, BROKEN = 0, 1, 2, 3, 5, 6
HEARD, UNSEEN = 0.25, 0.6
GROUPS = 5
FIRST = (
    *WORDS, "promise.rule=first", f"promise.heard={HEARD}", f"belief.unseen_weight={UNSEEN}", "gates.norm_deeds=0",
    "programme.sanction.delay_days=0", "programme.audit_every_days=120", "site.attacks_per_year=60",
)  # fmt: skip
ROUNDS = (*FIRST, "programme.call_in.every_days=0", "promise.round_days=100")


def tables_of(*words: str, replicate: int = 0) -> tuple[dict[str, np.ndarray], Any, float]:
    engine = Engine(off(*words), TABLES)
    tables = engine.run(12, replicate).tables
    return tables, engine.world_at(12, replicate, engine.window[1]), engine.window[1]


class Promises:
    """The rule ``first``, step by step: rounds, the first attack of each, and the review at each audit."""

    def __init__(self, keys: np.ndarray, round_days: float | None) -> None:
        """``round_days``: None where call-ins open the rounds."""
        self.keys, self.round_days = keys, round_days
        self.open, self.next_round = False, np.inf
        self.notified: set[int] = set()
        self.seen, self.not_owed = np.zeros(GROUPS, int), np.zeros(GROUPS, int)

    def audit(self) -> Iterator[tuple[str, int]]:
        worst = min(self.notified, key=lambda g: (-self.seen[g], self.keys[g]), default=None)
        if worst is not None and self.not_owed[worst] > 1:
            yield "owed", worst
        self.seen[:] = self.not_owed[:] = 0

    def contact(self, day: float, kind: int, group: int) -> None:
        self.notified.add(group)
        if self.round_days is None:
            self.open |= kind == CALL_IN
        elif self.next_round == np.inf and kind in (NOTIFICATION, BURST):
            self.open, self.next_round = True, day + self.round_days

    def attack(self, attacker: int, attributed: int) -> Iterator[tuple[str, int]]:
        if self.open and attacker != attributed and attacker in self.notified:
            yield "unseen", attacker
        if attributed in self.notified:
            self.seen[attributed] += 1
            if self.open:
                self.open = False
                yield "owed", attributed
            else:
                self.not_owed[attributed] += 1


def retold(tables: dict[str, np.ndarray], keys: np.ndarray, round_days: float | None) -> Iterator[tuple[Any, ...]]:
    """(day, what, group, who is warned then): owed, unseen, and contacts as they were."""
    rows = [(float(d["day"]), 0 if d["kind"] == AUDIT else 1, int(d["kind"]), int(d["group"])) for d in tables["doses"]]
    rows += [(float(a["day"]), 2, int(a["attacker_group"]), int(a["attributed"])) for a in tables["attacks"]]
    told = Promises(keys, round_days)
    for day, order, one, two in sorted(rows):
        while told.next_round <= day:
            told.open, told.next_round = True, told.next_round + told.round_days
        found = told.audit() if order == 0 else told.attack(one, two) if order == 2 else ()
        for what, group in found:
            yield day, what, group, frozenset(told.notified)
        if order == 1 and one in (CALL_IN, NOTIFICATION, BURST):
            told.contact(day, one, two)


@pytest.mark.parametrize(("words", "round_days"), [(FIRST, None), (ROUNDS, 100.0)])
def test_the_first_attack_of_a_round_and_the_most_violent_group_are_owed(
    words: tuple[str, ...], round_days: float | None
) -> None:
    """With no delay what is owed falls due at once, and nothing else does."""
    reviewed = 0
    for replicate in range(4):
        tables, world, _ = tables_of(*words, replicate=replicate)
        doses = tables["doses"]
        due = [(float(d["day"]), int(d["group"])) for d in doses if d["kind"] in (KEPT, BROKEN)]
        owed = [
            (day, group) for day, what, group, _ in retold(tables, world.groups["key"], round_days) if what == "owed"
        ]
        assert sorted(due) == sorted(owed) and len(owed) > 4
        attacks = set(tables["attacks"]["day"])
        reviewed += sum(day not in attacks for day, _ in owed)
        assert len(owed) < np.sum(tables["attacks"]["attributed"] >= 0)
    assert reviewed > 3


def test_what_became_of_a_promise_is_public_and_what_nobody_saw_is_not() -> None:
    """Warned groups hear with ``promise.heard`` or as their tie has it, the louder; an unseen attack stays at home."""
    unseen = 0
    for replicate in range(3):
        tables, world, end = tables_of(*FIRST, replicate=replicate)
        tie = ties(world)
        teller = Teller(GROUPS, tie)
        kept = {
            (float(d["day"]), int(d["group"])): d["kind"] == KEPT
            for d in tables["doses"]
            if d["kind"] in (KEPT, BROKEN)
        }
        for day, what, group, notified in retold(tables, world.groups["key"], None):
            teller.until(day)
            weight = np.zeros(GROUPS)
            if what == "owed":
                weight[list(notified)] = HEARD
                weight = np.maximum(weight, 0.4 * tie[:, group])
                weight[group] = 1.0
                teller.told.promise[:, 0 if kept[day, group] else 1] += weight
            else:
                teller.told.promise[group, 1] += UNSEEN
                unseen += 1
        promise = teller.until(end).promise
        seen = np.array([[felt(world, g, end)[2 + k] for k in range(2)] for g in range(GROUPS)])
        salience = np.array([felt(world, g, end)[0] for g in range(GROUPS)])
        believed = (1.0 - (1.0 - seen[:, 1]) / (1.0 - seen[:, 0])) / (0.8 * salience)
        np.testing.assert_allclose(believed, promise[:, 0] / promise.sum(axis=1), rtol=1e-7)
    assert unseen > 5


def test_rounds_by_days_end_where_call_ins_begin() -> None:
    """Of two rules only one opens rounds: once call-ins are planned, days do not."""
    begins = "timeline=[{date: 2021-03-01, programme.call_in.every_days: 3000}]"
    engine = Engine(off(*ROUNDS, begins), TABLES)
    for day, rounds in ((400.0, 1), (900.0, 0)):
        assert engine.world_at(12, 0, day).sites["rounds"][0] == rounds


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["hit", "fatal"])
@pytest.mark.parametrize("detonations", ["true", "false"])
def test_only_attacks_that_hit_or_kill_are_owed(rule: str, detonations: str) -> None:
    """Every attributed attack of a warned group with that outcome, a detonation too where the place says so."""
    words = (f"promise.rule={rule}", f"promise.detonations={detonations}", "attacks.detonation_share=0.3")
    harm = ("harm.p_hit=0.4", "harm.p_hit_detonation=0.2", "harm.p_death_given_hit=0.4")
    tables, _, _ = tables_of(*FIRST, *words, *harm)
    doses = tables["doses"]
    warned = {}
    for d in doses:
        if d["kind"] in (CALL_IN, NOTIFICATION, BURST):
            warned.setdefault(int(d["group"]), float(d["day"]))
    owed = []
    for a in tables["attacks"]:
        outcome = a["killed"] > 0 if rule == "fatal" else a["hit"] > 0
        counts = outcome or (detonations == "true" and a["mode"] == 1)
        if counts and a["attributed"] >= 0 and a["day"] > warned.get(int(a["attributed"]), np.inf):
            owed.append((float(a["day"]), int(a["attributed"])))
    due = [(float(d["day"]), int(d["group"])) for d in doses if d["kind"] in (KEPT, BROKEN)]
    assert sorted(due) == sorted(owed) and 3 < len(owed) < np.sum(tables["attacks"]["attributed"] >= 0)


def test_a_sanction_that_is_feared_in_open_rounds_only_is_not_feared_after_the_first_attack() -> None:
    """Between rounds perceived certainty is that of arrest; with the rule ``every`` no round closes."""
    tables, _, end = tables_of(*FIRST)
    told = [row for row in retold(tables, np.arange(GROUPS), None) if row[1] == "owed"]
    assert told
    for rule, low in (("first", True), ("every", False)):
        engine = Engine(off(*FIRST, "promise.feared=open", f"promise.rule={rule}"), TABLES)
        equal = 0
        for day in np.linspace(200.0, end, 40):
            world = engine.world_at(12, 0, float(day))
            alone, with_message = felt(world, 0, float(day))[2:4]
            is_open = world.sites["round_open"][0] == 1
            if rule == "first":
                assert (with_message == alone) == (not is_open)
            equal += with_message == alone
        assert (equal > 3) == low
