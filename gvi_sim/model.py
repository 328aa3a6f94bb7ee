"""GVIModel: the engine as a Mesa model.

The state lives in the engine's arrays; groups, persons and partners are Mesa agents that read and write
them. ``step`` is one day and collects data; ``run_for`` is one kernel call and does not. Any mixture of
them, and of reading agents in between, gives the same events bit for bit. Works on Mesa 3.3 and 3.5.
"""

from __future__ import annotations

import itertools
import math
import secrets
from collections.abc import Iterable
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Protocol

import mesa
import numpy as np

from .config import Scenario, load_scenario
from .dynamics import external_actions, extract
from .dynamics.reference import with_reference
from .dynamics.replicate import Replicate, Runner, collect
from .errors import EngineError, ScenarioError
from .kernel import draws
from .world import codes as C
from .world import tables as T
from .world.state import World

if TYPE_CHECKING:
    import pandas as pd

PARTNERS = ("police", "municipality", "probation", "community")


class Lever(Protocol):
    """What a user may add to a run, in plain Python."""

    def next_time(self, t: float) -> float:
        """First day at or after ``t`` on which the lever acts; ``math.inf`` for never again."""

    def apply(self, model: GVIModel, t: float) -> None:
        """Act on day ``t``: all events up to and including that day have happened."""


class _View(mesa.Agent):
    """An agent whose state is a row of the model's arrays."""

    model: GVIModel


class Group(_View):
    """A group, as a view of its row. Writable: ``salience``, ``legitimacy``."""

    def __init__(self, model: GVIModel, row: int) -> None:
        super().__init__(model)
        self.row = row

    def _read(self, name: str) -> Any:
        return self.model.world.groups[name][self.row]

    @property
    def site(self) -> str:
        """Key of the group's site."""
        return self.model.sites[int(self._read("site"))]

    @property
    def size(self) -> int:
        """Reference size, persons."""
        return int(self._read("members"))

    @property
    def activity(self) -> float:
        """Activity relative to the mean group."""
        return float(self._read("activity"))

    @property
    def members(self) -> list[Person]:
        """Persons whose spell in the group covers the present, stand-ins included."""
        return [p for p in self.model.persons if p.group_row == self.row]

    @property
    def rivals(self) -> list[Group]:
        """Groups with which this one has a rivalry."""
        w = self.model.world
        rows = range(int(w.tie_start[self.row]), int(w.tie_start[self.row + 1]))
        return [self.model.groups[int(w.ties["to"][e])] for e in rows if w.ties["rivalry"][e] > 0]

    @property
    def listed(self) -> bool:
        """Whether the group stands on the audit's list."""
        return bool(self._read("listed"))

    @property
    def sanctioned(self) -> bool:
        """Whether a group sanction runs against it."""
        return bool(self._read("sanction_end") > self.model.day)

    @property
    def perceived_certainty(self) -> float:
        """What the group believes about being sanctioned for an attack, 0 to 1."""
        return float(external_actions.perceived_certainty(self.model.world, self.row, self.model.day))

    @property
    def salience(self) -> float:
        """How present the message is, 0 to 1. Writable."""
        return float(external_actions.salience_and_legitimacy(self.model.world, self.row, self.model.day)[0])

    @salience.setter
    def salience(self, value: float) -> None:
        self._write("salience", value)

    @property
    def legitimacy(self) -> float:
        """Legitimacy of the partners in the group's eyes, 0 to 1. Writable."""
        return float(external_actions.salience_and_legitimacy(self.model.world, self.row, self.model.day)[1])

    @legitimacy.setter
    def legitimacy(self, value: float) -> None:
        self._write("legitimacy", value)

    def _write(self, name: str, value: float) -> None:
        if not 0.0 <= value <= 1.0:
            raise ScenarioError(f"Group.{name} = {value!r} must lie in [0, 1].")
        groups = self.model.touched_world.groups
        groups[name][self.row] = value
        groups[f"{name}_day"][self.row] = self.model.day

    def hear_message(self, reach: float) -> None:
        """A message moves salience by ``reach`` (0 to 1) of the way to 1; tied groups hear a share of it."""
        if not 0.0 <= reach <= 1.0:
            raise ScenarioError(f"hear_message: reach = {reach!r} is a probability and must lie in [0, 1].")
        external_actions.hear_message(self.model.touched_world, self.row, self.model.day, float(reach))


class Person(_View):
    """A synthetic person, as a view of a row. Nothing is writable; ``detain`` and ``offer_support`` act."""

    def __init__(self, model: GVIModel, row: int) -> None:
        super().__init__(model)
        self.row = row
        self.group_row = int(self._read("group"))

    def _read(self, name: str) -> Any:
        return self.model.world.persons[name][self.row]

    @property
    def group(self) -> Group:
        """The person's group."""
        return self.model.groups[self.group_row]

    @property
    def status(self) -> str:
        """One of free, wounded, detained, in_support, exited, prevented, dead."""
        self.model.settle()
        return C.STATUSES[int(self._read("status"))]

    @property
    def age(self) -> float:
        """Age in years."""
        return float(self._read("age") + (self.model.day - self._read("join")) / 365.25)

    @property
    def joined_day(self) -> float:
        """Day on which the person joined the group."""
        return float(self._read("join"))

    @property
    def is_stand_in(self) -> bool:
        """Whether the person fills somebody's place for a while."""
        return bool(self._read("kind") == C.STAND_IN)

    def detain(self, days: float) -> None:
        """Detain the person for ``days`` (> 0) from now; a longer detention that runs goes on."""
        if not 0.0 < days < math.inf:
            raise ScenarioError(f"detain: days = {days!r} must be a positive number of days.")
        self.model.act(external_actions.detain, self.row, self._occasion(), self.model.day, float(days))

    def offer_support(self) -> None:
        """Offer support now; whether it is accepted follows the scenario."""
        self.model.act(external_actions.offer_support, self.row, self._occasion(), self.model.day)

    def _occasion(self) -> np.uint64:
        return np.uint64(draws.name_key(f"{self._read('key')} {self.model.day!r} {self.model.next_occasion()}"))


class Partner(_View):
    """A partner in one site. Writable: ``commitment`` (its level before erosion)."""

    name = ""

    def __init__(self, model: GVIModel, site: int) -> None:
        super().__init__(model)
        self.site_row = site

    @property
    def site(self) -> str:
        """Key of the site."""
        return self.model.sites[self.site_row]

    @property
    def signed(self) -> bool:
        """Whether the partner has signed."""
        part = self.model.config.each_site()[self.site_row]
        return bool(getattr(part.partners, self.name).signed)

    @property
    def commitment(self) -> float:
        """Commitment in [0, 1], before erosion. Writable."""
        return float(self.model.world.par[self.name][self.site_row])

    @commitment.setter
    def commitment(self, value: float) -> None:
        if not 0.0 <= value <= 1.0:
            raise ScenarioError(f"{type(self).__name__}.commitment = {value!r} must lie in [0, 1].")
        self.model.touched_world.par[self.name][self.site_row] = value


class Police(Partner):
    """The police: keep the promise of group sanctions."""

    name = "police"


class Municipality(Partner):
    """The municipality: social services and exit team."""

    name = "municipality"


class Probation(Partner):
    """The Prison and Probation Service (Kriminalvården): brings people to call-ins."""

    name = "probation"


class Community(Partner):
    """The community's voice: carries the message."""

    name = "community"


def _as_seed(seed: int | None, rng: Any) -> int:
    given = seed if rng is None else rng
    if seed is not None and rng is not None:
        raise ScenarioError("Give seed or rng, not both: they are two names of one number.")
    if given is None:
        return secrets.randbits(63)
    if isinstance(given, bool) or not isinstance(given, (int, np.integer)) or not 0 <= int(given) < 2**64:
        raise ScenarioError(f"seed = {given!r} must be a whole number from 0 to 2**64 - 1.")
    return int(given)


def _as_scenario(scenario: Scenario | None, overrides: dict[str, Any]) -> Scenario:
    if scenario is None:
        return load_scenario(*[f"{key}={value}" for key, value in overrides.items()])
    return scenario.replace(overrides) if overrides else scenario


def _next_day(lever: Lever, acted: float | None = None) -> float:
    """The next day on which ``lever`` acts: from day 0 on, or after the day on which it acted."""
    earliest = 0.0 if acted is None else math.nextafter(acted, math.inf)
    day: object = lever.next_time(earliest)
    if isinstance(day, bool) or not isinstance(day, (int, float, np.number)) or not day >= earliest:
        when, wanted = ("at the start", "day 0 or a later day")
        if acted is not None:
            when, wanted = f"after acting on day {acted!r}", "a later day"
        raise EngineError(
            f"{type(lever).__name__}.next_time returned {day!r} {when}. It must return {wanted}, or math.inf if done."
        )
    return float(day)


class GVIModel(mesa.Model):
    """A city (or several) under GVI, as a Mesa model.

    ``scenario`` is a ``gvi_sim.Scenario`` (default: Huddinge under GVI); ``overrides`` are scenario keys, as in
    ``GVIModel(**{"programme.sanction_certainty": 0.7})``. Without ``seed`` (or ``rng``, Mesa's name for it) a fresh
    one is drawn; it stands in ``seed_used``. The constructor runs the burn-in, so the first step is day 0.
    The scenario is ``model.config``. ``levers`` are objects with ``next_time`` and ``apply``. A model that
    a lever or a write has touched cannot be rebuilt from its manifest: ``is_rebuildable`` turns False.
    ``keep`` names the tables that ``summary()`` shall hold.
    """

    def __init__(
        self,
        scenario: Scenario | None = None,
        *,
        seed: int | None = None,
        rng: Any = None,
        levers: Iterable[Lever] = (),
        replicate: int = 0,
        keep: Iterable[str] = (),
        **overrides: Any,
    ) -> None:
        self.seed_used = _as_seed(seed, rng)
        super().__init__(rng=self.seed_used)
        self._take_over_time()
        self.config = _as_scenario(scenario, overrides)
        self.replicate = replicate
        self._runner = Runner(self.config, with_reference(self.config), frozenset(keep))
        settings = self._runner.world.settings[0]  # persons and attacks are there to be looked at
        settings.keep_persons = settings.keep_attacks = 1
        self._runner.world_at(self.seed_used, replicate, self._runner.window[0])
        self._levers = list(levers)
        self.is_rebuildable = not self._levers
        self._lever_days = [_next_day(lever) for lever in self._levers]
        self._occasions = 0
        self._persons: dict[int, Person] = {}
        self._synced_day = self._settled_day = -math.inf
        self.sites = tuple(part.site.key for part in self.config.each_site())
        self.groups = [Group(self, g) for g in range(len(self._runner.world.groups))]
        kinds = (Police, Municipality, Probation, Community)
        self.partners = [kind(self, site) for site in range(len(self.sites)) for kind in kinds]
        self.datacollector = mesa.DataCollector(model_reporters=dict.fromkeys(_REPORTED))
        for name in _REPORTED:
            self.datacollector.model_reporters[name] = _reporter(name)

    def __deepcopy__(self, memo: dict[int, Any]) -> GVIModel:
        """An independent model at the same moment, levers and all."""
        memo[id(self)] = twin = object.__new__(type(self))
        twin.__dict__.update(deepcopy(self.__dict__, memo))
        if hasattr(mesa.Agent, "_ids"):  # Mesa 3.3 counts a model's agents in their class
            mesa.Agent._ids[twin] = itertools.count(1 + max(agent.unique_id for agent in twin._agents))
        return twin

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise EngineError("A model is views of memory, neither pickled nor copied flat. Use copy.deepcopy(model).")

    def _take_over_time(self) -> None:
        """Mesa 3.5 steps by a scheduled event; here a day is a kernel call, and Mesa's events still fire."""
        schedule = getattr(self, "_default_schedule", None)
        if schedule is not None:
            schedule.stop()
        else:
            self.time = 0.0
        self.__dict__["step"] = self._one_day

    def _pass_time(self, days: float) -> None:
        if hasattr(mesa.Model, "run_for"):
            super().run_for(days)
        else:
            self.time += days
        self.steps = math.floor(self.time)
        self.running = self.day < self._runner.window[1]

    def _one_day(self) -> None:
        self._pass_time(1.0)
        self._user_step()

    def step(self) -> None:
        """One day: all its events, then data collection."""
        self._catch_up()
        self.datacollector.collect(self)

    def run_for(self, days: float) -> None:
        """``days`` (> 0) in one kernel call, without data collection; ``steps`` and ``time`` advance too."""
        if not 0.0 < days < math.inf:
            raise ScenarioError(f"run_for: days = {days!r} must be a positive number of days.")
        self._pass_time(float(days))
        self._catch_up()

    @property
    def day(self) -> float:
        """The present day; day 0 is the scenario's ``start_date``."""
        return float(self.time)

    def _catch_up(self) -> None:
        """Bring the engine to the present, stopping wherever a lever wants to act."""
        while self._lever_days and (day := min(self._lever_days)) <= self.day:
            self._runner.continue_to(day)
            which = self._lever_days.index(day)
            lever = self._levers[which]
            # While the lever acts, the present is its day, so that what it reads and does is dated then.
            present, self.time = self.time, day
            self._lever_days[which] = math.inf
            lever.apply(self, day)
            self.time = present
            self._lever_days[which] = _next_day(lever, day)
        self._runner.continue_to(self.day)

    @property
    def world(self) -> World:
        """The engine's arrays at the present day. Read them; to change something use the agents."""
        self._catch_up()
        return self._runner.world

    @property
    def touched_world(self) -> World:
        """The same, for a write: the model can then no longer be rebuilt from its seed alone."""
        self.is_rebuildable = False
        return self.world

    def act(self, hand: Any, *arguments: Any) -> None:
        """Let a mechanism of ``dynamics.hands`` act on the present world."""
        self.is_rebuildable = False
        self._catch_up()
        self._runner.act(hand, *arguments)
        self._synced_day = self._settled_day = -math.inf

    def next_occasion(self) -> int:
        """Number of the next thing done from outside: part of its address."""
        self._occasions += 1
        return self._occasions

    def draw(self, purpose: str, key: int = 0) -> float:
        """Uniform on (0, 1) for a lever, addressed by run, ``purpose`` and ``key`` (0 to 2**32 - 1)."""
        run = np.uint64(draws.run_key(self.seed_used, self.replicate))
        return float(external_actions.uniform(run, np.uint64(draws.name_key(purpose)), key))

    @property
    def persons(self) -> list[Person]:
        """Persons whose spell in a group covers the present and who are alive, stand-ins included."""
        self._sync_persons()
        return list(self._persons.values())

    @property
    def agents(self) -> Any:
        """All agents: groups, persons present, partners."""
        if getattr(self, "_persons", None) is not None:
            self._sync_persons()
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """Agents by class."""
        if getattr(self, "_persons", None) is not None:
            self._sync_persons()
        return super().agents_by_type

    def _sync_persons(self) -> None:
        w = self.world
        if self._synced_day == self.day:
            return
        self._synced_day = self.day
        for g in range(len(w.groups)):
            self._runner.act(external_actions.look_at_members, g, self.day)
        self.settle()
        w = self._runner.world
        rows = np.asarray(w.persons[: int(w.state["persons"][0])])
        here = (rows["join"] <= self.day) & (self.day < rows["leave"])
        here &= (rows["status"] != C.DEAD) & (rows["status"] != C.PREVENTED)
        present = {int(i) for i in np.flatnonzero(here)}
        for gone in self._persons.keys() - present:
            self._persons.pop(gone).remove()
        for new in sorted(present - self._persons.keys()):
            self._persons[new] = Person(self, new)

    def settle(self) -> None:
        """Bring all persons up to the present: whose detention or wound is over. Changes no event."""
        self._catch_up()
        if self._settled_day != self.day:
            self._runner.act(external_actions.settle_all, self.day)
            self._settled_day = self.day

    def _days_held(self) -> float:
        """Person-days of the detentions that still run: the tally has those that are over."""
        w = self.world
        rows = np.asarray(w.persons[: int(w.state["persons"][0])])
        held = np.asarray(w.places["held_until"]) < np.inf
        since = rows["since"][rows["status"] == C.DETAINED], w.places["held_from"][held]
        start = np.concatenate([np.asarray(days, dtype=float) for days in since])
        return float(np.sum(np.maximum(self.day - np.maximum(start, self._runner.window[0]), 0.0)))

    def count(self, column: str) -> float:
        """A column of SERIES summed from the window's start to now, over all sites."""
        if column not in T.SERIES:
            raise ScenarioError(f"There is no count {column!r}. There are: {', '.join(T.SERIES)}.")
        self.settle()
        w = self.world
        total = float(w.tally[:, :, T.SERIES.index(column)].sum())
        return total + self._days_held() if column == "detained_days" else total

    def table(self, name: str) -> pd.DataFrame:
        """A table of the run so far: attacks, candidates, victims, persons, sanctions or stays."""
        import pandas as pd  # a third of a second to import, and not every run looks at tables

        names = tuple(sorted(name for name, made in T.TABLES.items() if not made.on_request and not made.at_end))
        if name not in names:
            raise ScenarioError(f"There is no table {name!r}. There are: {', '.join(names)}.")
        self.settle()
        self._runner.make_room_to_publish()
        external_actions.publish_attacks(self.world)
        return pd.DataFrame(extract.MADE[name](self.world, self.replicate))

    @property
    def attacks(self) -> pd.DataFrame:
        """One row an attack, from the window's start to now."""
        return self.table("attacks")

    def summary(self) -> Replicate:
        """Series and outcomes of the run so far."""
        return collect(self._runner.copy_at_present(), self._runner.plan, self.replicate)


_REPORTED = ("shootings", "detonations", "persons_hit", "persons_killed", "sanctions", "admissions", "completed")


def _reporter(name: str) -> Any:
    return lambda model: model.count(name)
