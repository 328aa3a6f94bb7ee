"""GVIModel: a Mesa model whose events do not depend on how it is stepped or looked at."""

from __future__ import annotations

import copy
import gc
import math
import pickle
from typing import Any

import mesa
import pandas as pd
import pytest
from mesa.agent import AgentSet

import gvi_sim as gvi
from gvi_sim.errors import EngineError, ScenarioError
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.model import Community, Group, Municipality, Person, Police, Probation

SMALL = {"site": "malmo", "burn_in_years": 1, "years": 1}
HAS_EVENTS = hasattr(mesa.Model, "schedule_event")


def model(**more: Any) -> gvi.GVIModel:
    return gvi.GVIModel(seed=7, **{**SMALL, **more})


def test_any_mixture_of_calls_gives_the_same_attacks() -> None:
    whole = model()
    whole.run_for(100)
    mixed = model()
    for _ in range(10):
        mixed.step()
        assert len(mixed.agents) > 0
    mixed.run_for(0.375)
    mixed.run_for(89.625)
    assert mixed.time == whole.time == 100
    assert mixed.steps == whole.steps == 100
    pd.testing.assert_frame_equal(whole.attacks, mixed.attacks)


def test_the_model_is_the_engine() -> None:
    scenario = gvi.load_scenario("site=malmo", "burn_in_years=1", "years=1")
    watched = gvi.GVIModel(scenario, seed=7)
    watched.run_for(365.25)
    run = Engine(scenario, frozenset({"attacks"})).run(7, 0)
    pd.testing.assert_frame_equal(watched.attacks, pd.DataFrame(run.tables["attacks"]))
    assert watched.summary().digest == run.digest
    assert not watched.running


def test_closing_the_books_leaves_the_run_untouched() -> None:
    looked, plain = model(), model()
    looked.run_for(50)
    looked.summary()
    looked.run_for(50)
    plain.run_for(100)
    assert looked.summary().digest == plain.summary().digest


def test_agents_are_views_of_the_arrays() -> None:
    m = model()
    kinds = {type(agent) for agent in m.agents}
    assert kinds == {Group, Person, Police, Municipality, Probation, Community}
    group = m.groups[0]
    assert group.site == "malmo"
    assert all(member.group is group for member in group.members)
    assert all(group in rival.rivals for rival in group.rivals)
    assert 0.0 <= group.perceived_certainty <= 1.0
    assert not group.sanctioned
    before = len(m.persons)
    m.run_for(300)
    persons = m.persons
    assert all(p.joined_day <= m.day for p in persons)
    assert len({p.row for p in persons}) == len(persons)
    assert 0.5 * before < len(persons) < 2.0 * before
    assert all(10 < p.age < 90 for p in persons)


def test_writing_goes_through_the_mechanism_and_is_remembered() -> None:
    m = model()
    assert m.is_rebuildable
    person = next(p for p in m.persons if p.status == "free")
    person.detain(10)
    assert person.status == "detained"
    assert not m.is_rebuildable
    m.run_for(11)
    assert person.status != "detained" or person not in m.persons
    m.groups[0].salience = 0.5
    assert m.groups[0].salience == 0.5
    m.groups[0].hear_message(1.0)
    assert m.groups[0].salience == 1.0
    m.run_for(30)
    assert 0.0 < m.groups[0].salience < 1.0


def test_partners_have_a_class_each_and_a_writable_commitment() -> None:
    m = model()
    police = next(p for p in m.partners if isinstance(p, Police))
    assert police.signed
    before = police.commitment
    police.commitment = 0.25
    assert police.commitment == 0.25
    assert next(p for p in model().partners if isinstance(p, Police)).commitment == before
    with pytest.raises(ScenarioError, match="commitment"):
        police.commitment = 2.0


class Warn:
    """A lever: on day 20 a message reaches every group."""

    def __init__(self) -> None:
        self.days: list[float] = []

    def next_time(self, t: float) -> float:
        return 20.0 if t <= 20.0 else math.inf

    def apply(self, m: gvi.GVIModel, t: float) -> None:
        self.days.append(m.day)
        for group in m.groups:
            group.hear_message(0.9)


@pytest.mark.parametrize("days", [(40.0,), (5.0, 15.0, 20.0), (19.5, 20.5)])
def test_a_lever_in_plain_python_acts_on_its_day(days: tuple[float, ...]) -> None:
    lever = Warn()
    m = gvi.GVIModel(seed=7, levers=[lever], **SMALL)
    assert not m.is_rebuildable
    for span in days:
        m.run_for(span)
    assert lever.days == [20.0]
    assert m.groups[0].salience > 0.5


def test_nothing_differs_before_a_lever_acts() -> None:
    plain, treated = model(), gvi.GVIModel(seed=7, levers=[Warn()], **SMALL)
    plain.run_for(20)
    treated.run_for(20)
    pd.testing.assert_frame_equal(plain.attacks, treated.attacks)


def test_a_lever_that_never_moves_on_is_refused() -> None:
    class Stuck(Warn):
        def next_time(self, t: float) -> float:
            return 3.0

    m = gvi.GVIModel(seed=7, levers=[Stuck()], **SMALL)
    with pytest.raises(ScenarioError, match=r"returned 3\.0 after acting on day 3\.0\. It must return a later day"):
        m.run_for(10)


@pytest.mark.parametrize("day", [None, "Monday", True, math.nan, -1.0])
def test_a_lever_that_names_no_day_is_refused_at_the_start(day: object) -> None:
    class Vague(Warn):
        def next_time(self, t: float) -> float:
            return day  # type: ignore[return-value]

    with pytest.raises(ScenarioError, match=r"next_time returned .* at the start\. It must return day 0 or"):
        gvi.GVIModel(seed=7, levers=[Vague()], **SMALL)


def test_draws_for_levers_have_an_address() -> None:
    a, b = model(), model()
    assert a.draw("mine", 3) == b.draw("mine", 3)
    assert len({a.draw("mine", 3), a.draw("mine", 4), a.draw("other", 3)}) == 3


def test_a_deep_copy_is_a_model_of_its_own() -> None:
    """It goes on as the original would, and neither changes the other, also when the original is gone."""
    whole, original = model(), model()
    whole.run_for(150)
    original.run_for(30)
    assert original.persons
    before, copied = len(original.attacks), copy.deepcopy(original)
    copied.run_for(120)
    assert (original.day, len(original.attacks)) == (30, before)
    copied.partners[0].commitment = 0.1
    assert original.partners[0].commitment != 0.1 and original.is_rebuildable
    assert all(agent.model is copied for agent in copied.agents) and len(copied.agents) > 10
    again = copy.deepcopy(original)
    original.run_for(120)
    del original
    gc.collect()
    again.run_for(60)
    again.step()
    again.run_for(59)
    for one in (copied, again):
        pd.testing.assert_frame_equal(one.attacks, whole.attacks)
        assert len({agent.unique_id for agent in one.agents}) == len(one.agents)


def test_a_model_is_neither_shared_nor_pickled() -> None:
    m = model()
    for take in (copy.copy, pickle.dumps):
        with pytest.raises(EngineError, match=r"copy\.deepcopy"):
            take(m)
    world = pickle.loads(pickle.dumps(m.world))  # noqa: S301 - made on the spot
    assert world.address != m.world.address and world.hub[0] == world.par.ctypes.data


def test_data_collector_and_batch_run() -> None:
    m = model()
    for _ in range(5):
        m.step()
    frame = m.datacollector.get_model_vars_dataframe()
    assert len(frame) == 5
    assert frame["shootings"].is_monotonic_increasing
    parameters = {"programme.sanction_certainty": [0.0, 1.0], "burn_in_years": [1], "years": [1]}
    seeds: dict[str, Any] = {"rng": [1]} if HAS_EVENTS else {"iterations": 1}
    rows = mesa.batch_run(gvi.GVIModel, parameters, max_steps=3, display_progress=False, **seeds)
    assert len(rows) == 2
    assert {row["programme.sanction_certainty"] for row in rows} == {0.0, 1.0}


def test_batch_run_keeps_seeds_and_warns_of_one_run_twice() -> None:
    run: dict[str, Any] = {"max_steps": 1, "display_progress": False}
    parameters: dict[str, Any] = {"burn_in_years": [1], "years": [1]}
    twice: dict[str, Any] = {"rng": [1, 1]} if HAS_EVENTS else {"iterations": 2}
    fresh: dict[str, Any] = {"rng": [None, None]} if HAS_EVENTS else {"iterations": 2}
    for _ in range(2):  # a second batch of the same runs is no surprise
        with pytest.warns(UserWarning, match=r"run 1 has the scenario and the seed \(1\) of run 0"):
            rows = mesa.batch_run(gvi.GVIModel, parameters if HAS_EVENTS else parameters | {"seed": 1}, **twice, **run)
        assert [row["seed_used"] for row in rows] == [1, 1]
    rows = mesa.batch_run(gvi.GVIModel, parameters, **fresh, **run)
    assert len({row["seed_used"] for row in rows}) == 2


def test_own_reporters_stand_beside_the_counts() -> None:
    m = model(
        model_reporters={"listed": lambda m: len(m.groups.select(lambda group: group.listed)), "day": "day"},
        agent_reporters={"status": "status", "salience": "salience"},
        agenttype_reporters={Person: {"age": "age"}},
    )
    m.step()
    m.step()
    frame = m.datacollector.get_model_vars_dataframe()
    assert list(frame["day"]) == [1.0, 2.0] and set(frame["seed_used"]) == {7} and "shootings" in frame
    agents = m.datacollector.get_agent_vars_dataframe()
    assert agents["status"].notna().sum() >= 2 * len(m.persons) * 0.9 and agents["salience"].notna().any()
    assert (m.datacollector.get_agenttype_vars_dataframe(Person)["age"] > 10).all()
    with pytest.raises(ScenarioError, match=r"'statuss'.*Nearest: status\."):
        model(agent_reporters={"status": "statuss"})


def test_agents_come_as_sets() -> None:
    m = model()
    for found in (m.persons, m.groups, m.partners, m.groups[0].members, m.groups[0].rivals):
        assert isinstance(found, AgentSet)
    assert len(m.groups.select(lambda group: group.size > 0)) == len(m.groups) == len(m.agents_by_type[Group])
    assert sum(map(len, (group.members for group in m.groups))) == len(m.persons)
    m.groups.shuffle(inplace=True)
    assert [group.row for group in m.groups] == list(range(len(m.groups)))


def test_what_cannot_be_written_says_what_can_be_done() -> None:
    m = model()
    person, group, police = m.persons[0], m.groups[0], m.partners[0]
    told = (
        (person, "status", r"Person\.status = 1 cannot be written.*detain\(days\) or offer_support"),
        (group, "listed", r"Group\.listed .*salience or legitimacy, or call hear_message"),
        (police, "signed", r"Police\.signed .*commitment; .*partners\.police\.signed"),
        *((m, name, rf"GVIModel\.{name} .*run_for") for name in ("day", "config", "world", "persons", "agents")),
    )
    for thing, name, message in told:
        with pytest.raises(ScenarioError, match=message):
            setattr(thing, name, 1)
    for agent in (person, group, police):
        with pytest.raises(ScenarioError, match=r"remove\(\) would change nothing"):
            agent.remove()
    assert person in m.persons and person in m.agents and m.is_rebuildable
    shown = f"Person({person.row} of group {person.group_row})", f"Group({group.row} in malmo)", "Police(malmo)"
    assert tuple(map(repr, (person, group, police))) == shown
    assert repr(m) == f"GVIModel(malmo, day 0, {len(m.groups)} groups, seed 7)"


def test_what_is_no_lever_is_named() -> None:
    for given, message in (
        ([3], r"levers: 3 is without next_time\(\)"),
        ([Warn], "is a class; give an object"),
        (Warn(), r"not a list; give levers=\[\.\.\.\]"),
    ):
        with pytest.raises(ScenarioError, match=message):
            gvi.GVIModel(seed=7, levers=given, **SMALL)  # type: ignore[arg-type]


def test_a_write_to_the_arrays_shows_and_a_look_does_not() -> None:
    looked, written, late = model(), model(), model()
    for m in (looked, written, late):
        assert m.world.groups["salience"].sum() >= 0
        m.step()
        assert len(m.persons) and len(m.attacks) >= 0 and m.is_rebuildable
    written.world.groups["salience"][:] = 0.5
    assert not written.is_rebuildable
    groups = late.world.groups
    groups["salience"][0] += 0.25
    late.run_for(10)
    assert not late.is_rebuildable
    looked.run_for(10)
    assert looked.is_rebuildable


def test_a_subclass_may_extend_the_day() -> None:
    class Counting(gvi.GVIModel):
        days = 0

        def step(self) -> None:
            super().step()
            self.days += 1

    m = Counting(seed=7, **SMALL)
    m.step()
    m.step()
    assert m.days == 2
    assert m.time == 2


if HAS_EVENTS:

    def test_events_scheduled_with_mesa_happen_on_their_day() -> None:
        m = model()
        seen: list[tuple[float, int]] = []

        def look() -> None:
            seen.append((m.day, len(m.attacks)))

        m.schedule_event(look, at=12.5)
        m.run_for(30)
        plain = model()
        plain.run_for(12.5)
        assert seen == [(12.5, len(plain.attacks))]


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, True])
def test_bad_seeds_are_refused(seed: Any) -> None:
    with pytest.raises(ScenarioError, match="seed"):
        gvi.GVIModel(seed=seed, **SMALL)


def test_bad_calls_are_refused() -> None:
    m = model()
    with pytest.raises(ScenarioError, match="not both"):
        gvi.GVIModel(seed=1, rng=2, **SMALL)
    with pytest.raises(ScenarioError, match="run_for"):
        m.run_for(-1)
    with pytest.raises(ScenarioError, match="no table"):
        m.table("scores")
    with pytest.raises(ScenarioError, match="no count"):
        m.count("shooting")
    with pytest.raises(ScenarioError, match="days"):
        m.persons[0].detain(math.nan)


def test_without_a_seed_a_fresh_one_is_drawn_and_kept() -> None:
    assert gvi.GVIModel(**SMALL).seed_used != gvi.GVIModel(**SMALL).seed_used
