"""Doses mean what they say: how many are contacted, who, and how often (ODD 7.6)."""

from __future__ import annotations

import numpy as np
import pytest

from gvi_sim.dynamics import rosters
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.kernel import draws
from gvi_sim.kernel.compiler import entry
from gvi_sim.world.after_attacks import attributed_per_month

from .statistics import Scores, count_z, holds, share_z
from .worlds import GVI, HIRED, YEAR, many, off

MONTHS = 120
SEEN = ("justice.attribution=1", "justice.attribution_contracted=1", "justice.attribution_error=0")
ROOM = ("site.members=1800",)  # nobody's turn comes twice a year


@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_notifications_after_attacks_are_part_of_those_a_month(share: float) -> None:
    words = (*GVI, *HIRED, *SEEN, *ROOM, "programme.notification.per_month=4", "programme.notification.delay_days=0.01",
             f"programme.notification.after_attack={share}")  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 30 * size, ("doses",))
        kinds = np.bincount(seen.tables["doses"]["kind"], minlength=9)
        wanted = 4.0 * MONTHS * seen.runs
        return {
            "all": count_z(seen.outcome("notifications").sum(), wanted),
            **({"after attacks": count_z(kinds[3], share * wanted)} if share else {}),
        }

    holds(measure)


def test_where_attacks_are_few_the_rest_come_as_others_do() -> None:
    """Half of four a month are to follow attacks, of which there is one a month: that one does, and three do not."""
    words = (*GVI, *HIRED, *SEEN, *ROOM, "site.attacks_per_year=12", "programme.notification.per_month=4",
             "programme.notification.after_attack=0.5", "programme.notification.delay_days=0.01")  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 40 * size, ("attacks", "doses"))
        kinds = np.bincount(seen.tables["doses"]["kind"], minlength=9)
        assert kinds[3] >= len(seen.tables["attacks"]) - seen.runs
        return {"others": count_z(kinds[2], 3.0 * MONTHS * seen.runs)}

    holds(measure)


@pytest.mark.parametrize("coverage", [0.17, 0.34, 0.5])
@pytest.mark.parametrize("activity", [0.4, 1.0])
def test_what_listed_groups_are_seen_to_do_is_foreseen(coverage: float, activity: float) -> None:
    words = (*GVI, *HIRED, *ROOM, "site.groups=18", f"site.activity_sd={activity}", "site.size_sd=0.3",
             f"programme.coverage={coverage}", "justice.attribution_contracted=0.6", "justice.attribution_error=0",
             "attacks.kappa_retaliation=0.15", "attacks.kappa_repeat=0.1", "attacks.kappa_spread=0.1",
             "site.attacks_per_year=80", "programme.notification.per_month=0.5",
             "programme.notification.delay_days=0.01", "programme.notification.after_attack=1")  # fmt: skip
    assert attributed_per_month(off(*words)) > 0.5
    seen = many(off(*words), 8, 200)
    assert seen.outcome("notifications").sum() == pytest.approx(0.5 * MONTHS * 200, rel=0.1)


def test_nobody_is_picked_twice_within_a_year() -> None:
    words = (*GVI, "programme.notification.per_month=20", "programme.call_in.every_days=60",
             "programme.call_in.summoned=15", "programme.call_in.attendance=1", "site.members=200")  # fmt: skip
    doses = many(off(*words), 3, 10, ("doses",)).tables["doses"]
    contacts = doses[np.isin(doses["kind"], (1, 2, 3))]
    order = np.lexsort((contacts["day"], contacts["person"], contacts["run"]))
    rows = contacts[order]
    same = (rows["person"][1:] == rows["person"][:-1]) & (rows["run"][1:] == rows["run"][:-1])
    gaps = np.diff(rows["day"])[same]
    assert len(gaps) > 1000 and gaps.min() >= YEAR
    # Nearly everybody is contacted once a year: 200 and no more, however many are asked for.
    assert len(rows) / (10 * 10) == pytest.approx(200, rel=0.05)


def test_false_entries_come_on_top() -> None:
    words = (*GVI, *ROOM, "programme.notification.per_month=5", "programme.notification.after_attack=0",
             "programme.roster_error=0.3")  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 40 * size)
        true, false = seen.outcome("notifications").sum(), seen.outcome("false_contacts").sum()
        return {
            "true": count_z(true, 5.0 * MONTHS * seen.runs),
            "false": float((false - true * 3.0 / 7.0) / np.sqrt(true * 0.3 / 0.49)),
        }

    holds(measure)


@pytest.mark.parametrize(("commitment", "reference", "chance"), [(0.6, 0.8, 0.525), (0.8, 0.8, 0.7), (1, 0.8, 0.875)])
def test_commitment_counts_against_the_one_at_which_doses_were_seen(
    commitment: float, reference: float, chance: float
) -> None:
    words = (*GVI, *ROOM, "programme.call_in.every_days=100", "programme.call_in.summoned=20",
             "programme.call_in.attendance=0.7", f"partners.probation.commitment={commitment}",
             f"partners.probation.reference_commitment={reference}")  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 20 * size)
        summoned = 20 * int(seen.outcome("call_ins").sum())
        came = int(seen.outcome("call_in_contacts").sum())
        return {"came": share_z(came, summoned, chance)}

    holds(measure)
    all_of_them = many(off(*words, "programme.call_in.attendance=1"), 1, 2)
    came, calls = (int(all_of_them.outcome(name).sum()) for name in ("call_in_contacts", "call_ins"))
    assert came <= 20 * calls and (came == 20 * calls) == (commitment >= reference)


def test_with_certainty_one_and_room_for_all_every_owed_promise_is_kept() -> None:
    words = (*GVI, *HIRED, *SEEN, "promise.rule=first", "programme.call_in.every_days=91",
             "programme.call_in.summoned=6", "programme.call_in.attendance=1", "programme.sanction_certainty=1",
             "programme.sanction.capacity=1000", "programme.sanction.delay_days=0")  # fmt: skip
    seen = many(off(*words), 3, 20)
    assert seen.outcome("promises_broken").sum() == 0 and seen.outcome("promises_kept").sum() > 300


@entry
def picks(w, keys, how, t, out):
    """Slots of one pick for each of ``keys``, nobody counted as picked before."""
    for k in range(len(keys)):
        i, _ = rosters.pick(w, 0, len(w.groups), keys[k], how, 0, t)
        out[k] = w.persons[i].slot
        w.persons[i].picked = -np.inf


@entry
def several(w, keys, how, count, t, out):
    """How often each slot is among ``count`` picks without replacement."""
    for k in range(len(keys)):
        turn = 0
        chosen = np.zeros(count, np.int64)
        for j in range(count):
            i, turn = rosters.pick(w, 0, len(w.groups), keys[k], how, turn, t)
            chosen[j] = i
            out[w.persons[i].slot] += 1
        for j in range(count):
            w.persons[chosen[j]].picked = -np.inf


WORLD = (*GVI, "programme.roster_recall=0.7", "membership.propensity_sd=0.8", "membership.turnover=true",
         "justice.other_arrest_rate_per_year=1", "justice.other_detention_days=120", "site.members=60",
         "programme.audit_every_days=120")  # fmt: skip
PICKS = 100_000


def usable(world, day: float) -> np.ndarray:
    """Propensity of every slot whose holder stands on the roster and is there, 0 for others, worked out by hand."""
    weights = np.array(world.slots["rostered"])
    for p in range(len(weights)):
        slot = world.slots[p]
        group = next(g for g in world.groups if g["first_slot"] <= p < g["first_slot"] + g["members"])
        there = slot["person"] < 0 or world.persons[int(slot["person"])]["status"] in (0, 3)
        held = slot["person"] < 0 and slot["held_until"] < np.inf
        if slot["join"] > group["audited"] or not there or held:
            weights[p] = 0.0
    return weights


@pytest.mark.parametrize("day", [40.0, 700.0, 2000.0])
@pytest.mark.parametrize("how", [rosters.BY_PROPENSITY, rosters.ALIKE])
def test_one_pick_is_by_weight_among_those_who_can_be_found(how: int, day: float) -> None:
    world = Engine(off(*WORLD)).world_at(4, 0, day)
    keys = draws.child_keys(99, draws.TAG_CALL_IN, PICKS)
    out = np.zeros(PICKS, np.int64)
    picks(world, keys, how, day, out)
    weights = usable(world, day)
    assert (weights == 0).any()
    chances = (weights > 0).astype(float) if how == rosters.ALIKE else weights
    chances = chances / chances.sum()
    found = np.bincount(out, minlength=len(weights))
    assert not found[chances == 0].any()
    inside = chances > 0
    chi = ((found - PICKS * chances)[inside] ** 2 / (PICKS * chances[inside])).sum()
    degrees = inside.sum() - 1
    assert abs(chi - degrees) < 4.42 * np.sqrt(2.0 * degrees)


def test_several_picks_are_as_if_drawn_one_after_the_other() -> None:
    """Against draws without replacement that numpy makes, by the same weights."""
    world = Engine(off(*WORLD)).world_at(4, 0, 700.0)
    weights = usable(world, 700.0)
    found, runs, count = np.zeros(len(weights), np.int64), 20_000, 5
    several(world, draws.child_keys(7, draws.TAG_CALL_IN, runs), rosters.BY_PROPENSITY, count, 700.0, found)
    rng = np.random.default_rng(1)
    times = rng.exponential(size=(200_000, len(weights))) / np.where(weights > 0, weights, 1e-300)
    first = np.argpartition(times, count, axis=1)[:, :count]
    chances = np.bincount(first.ravel(), minlength=len(weights)) / len(times)
    inside = weights > 0
    z = (found / runs - chances)[inside] / np.sqrt((chances * (1 - chances))[inside] * (1 / runs + 1 / len(times)))
    assert found[~inside].sum() == 0 and np.abs(z).max() < 4.42
