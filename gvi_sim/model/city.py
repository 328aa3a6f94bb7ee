"""GVIModel: the engine as a Mesa model.

The state lives in the engine's arrays; groups, persons and partners are Mesa agents that read and write
them. ``step`` is one day and collects data; ``run_for`` is one kernel call and does not. Any mixture of
them, and of reading agents in between, gives the same events bit for bit. Works on Mesa 3.3 and 3.5.
"""

from __future__ import annotations

import itertools
import math
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from ..config import Scenario, load_scenario
from ..dynamics import external_actions, extract
from ..dynamics.reference import with_reference
from ..dynamics.replicate import Replicate, Runner, collect
from ..errors import EngineError, ScenarioError
from ..kernel import draws
from ..world import codes as C
from ..world import tables as T
from ..world.builder import Reference
from ..world.state import World
from .agents import Agents, Community, Group, Guarded, Municipality, Partner, Person, Police, Probation
from .collected import collector, warn_of_equal_runs
from .lever_protocol import Lever, checked_levers, next_day

if TYPE_CHECKING:
    import pandas as pd


def _as_seed(seed: int | None, rng: Any) -> int:
    given = seed if rng is None else rng
    if seed is not None and rng is not None:
        raise ScenarioError("seed-and-rng")
    if given is None:
        return secrets.randbits(63)
    if isinstance(given, bool) or not isinstance(given, (int, np.integer)) or not 0 <= int(given) < 2**64:
        raise ScenarioError("seed/model", seed=given)
    return int(given)


def _as_scenario(scenario: Scenario | None, overrides: dict[str, Any]) -> Scenario:
    if scenario is None:
        return load_scenario(*[f"{key}={value}" for key, value in overrides.items()])
    return scenario.replace(overrides) if overrides else scenario


class GVIModel(Guarded, mesa.Model):
    """A city (or several) under GVI, as a Mesa model.

    ``scenario`` is a ``gvi_sim.Scenario`` (default: Huddinge under GVI); ``kwargs`` are scenario keys, as in
    ``GVIModel(**{"programme.sanction_certainty": 0.7})``. Without ``seed`` (or ``rng``, Mesa's name for it) a fresh
    one is drawn; it stands in ``seed_used``. The constructor runs the burn-in, so the first step is day 0.
    The scenario is ``model.config``. ``levers`` are objects with ``next_time`` and ``apply``. A model that
    a lever or a write has touched, to an agent or to the arrays, cannot be rebuilt from its manifest:
    ``is_rebuildable`` turns False. ``keep`` names the tables that ``summary()`` shall hold. ``model_reporters``,
    ``agent_reporters`` and ``agenttype_reporters`` are Mesa's, and come on top of the counts that are collected
    every day. ``references`` are the reference constants of each site, looked up or found unless given. ``replicate``:
    the number of the run among those of its seed, from 0, as in the tables of ``simulate`` and ``compare``.

    >>> import gvi_sim as gvi
    >>> model = gvi.GVIModel(gvi.load_scenario("years=1", "burn_in_years=1"), seed=1)
    >>> model.run_for(30)
    >>> model.config.years
    1.0
    """

    _INSTEAD = "Call step() or run_for(days), build another model, or write to an agent."

    def __init__(
        self,
        scenario: Scenario | None = None,
        *,
        seed: int | None = None,
        rng: Any = None,
        levers: Iterable[Lever] = (),
        replicate: int = 0,
        keep: Iterable[str] = (),
        references: tuple[Reference, ...] | None = None,
        model_reporters: Mapping[str, Any] | None = None,
        agent_reporters: Mapping[str, Any] | None = None,
        agenttype_reporters: Mapping[type[mesa.Agent], Mapping[str, Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        self.seed_used = _as_seed(seed, rng)
        super().__init__(rng=self.seed_used)
        self._take_over_time()
        self._config = _as_scenario(scenario, kwargs)
        self.replicate = replicate
        self._runner = Runner(self._config, references or with_reference(self._config), frozenset(keep))
        settings = self._runner.world.settings[0]  # persons and attacks are there to be looked at
        settings.keep_persons = settings.keep_attacks = 1
        self._runner.world_at(self.seed_used, replicate, self._runner.window[0])
        self._levers = checked_levers(levers)
        self._is_touched = bool(self._levers)
        self._seen: list[bytes] | None = None
        self._lever_days = [next_day(lever) for lever in self._levers]
        self._occasions = 0
        self._present: dict[int, Person] = {}
        self._reached = self._synced_day = self._settled_day = -math.inf
        self.sites = tuple(part.site.key for part in self._config.each_site())
        self._groups = [Group(self, g) for g in range(len(self._runner.world.groups))]
        kinds = (Police, Municipality, Probation, Community)
        self._partners: list[Partner] = [kind(self, site) for site in range(len(self.sites)) for kind in kinds]
        self.datacollector = collector(model_reporters, agent_reporters, agenttype_reporters)
        warn_of_equal_runs(self)

    def __repr__(self) -> str:
        return f"GVIModel({', '.join(self.sites)}, day {self.day:g}, {len(self._groups)} groups, seed {self.seed_used})"

    def __deepcopy__(self, memo: dict[int, Any]) -> GVIModel:
        """An independent model at the same moment, levers and all."""
        memo[id(self)] = twin = object.__new__(type(self))
        twin.__dict__.update(deepcopy(self.__dict__, memo))
        if hasattr(mesa.Agent, "_ids"):  # Mesa 3.3 counts a model's agents in their class
            mesa.Agent._ids[twin] = itertools.count(1 + max(agent.unique_id for agent in twin._agents))
        return twin

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise EngineError("not-copied")

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
            raise ScenarioError("days/run-for", days=days)
        self._pass_time(float(days))
        self._catch_up()

    @property
    def day(self) -> float:
        """The present day; day 0 is the scenario's ``start_date``."""
        return float(self.time)

    @property
    def config(self) -> Scenario:
        """The scenario; a frozen tree."""
        return self._config

    @property
    def is_rebuildable(self) -> bool:
        """Whether scenario, seed and replicate are all it takes to make this model again."""
        self._look_for_writes()
        return not self._is_touched

    def _catch_up(self) -> None:
        """Bring the engine to the present, stopping wherever a lever wants to act."""
        if self._reached == self.day:
            return
        with self._moving():
            while self._lever_days and (day := min(self._lever_days)) <= self.day:
                self._runner.continue_to(day)
                which = self._lever_days.index(day)
                lever = self._levers[which]
                # While the lever acts, the present is its day, so that what it reads and does is dated then.
                present, self.time = self.time, day
                self._lever_days[which] = math.inf
                lever.apply(self, day)
                self.time = present
                self._lever_days[which] = next_day(lever, day)
            self._runner.continue_to(self.day)
        self._reached = self.day

    @contextmanager
    def _moving(self) -> Iterator[None]:
        """Around whatever moves the arrays by itself: what else has moved them was a write from outside."""
        self._look_for_writes()
        self._reached = -math.inf
        yield
        if self._seen is not None:
            self._seen = self._bytes_of_arrays()

    def _look_for_writes(self) -> None:
        if self._seen is not None and not self._is_touched:
            self._is_touched = self._seen != self._bytes_of_arrays()

    def _bytes_of_arrays(self) -> list[bytes]:
        return [array.tobytes() for array in self._runner.world.arrays.values()]

    @property
    def world(self) -> World:
        """The engine's arrays at the present day, to be read. Whoever writes to them makes another model of it."""
        world = self.arrays
        if self._seen is None:
            self._seen = self._bytes_of_arrays()
        return world

    @property
    def arrays(self) -> World:
        """As ``world``, for agents: nobody looks whether they are written to."""
        self._catch_up()
        return self._runner.world

    @property
    def touched_arrays(self) -> World:
        """The same, for an agent's write: the model can then no longer be rebuilt from its seed alone."""
        self._is_touched = True
        world = self.arrays
        self._reached = -math.inf
        return world

    def act(self, hand: Any, *arguments: Any) -> None:
        """Let a mechanism of ``dynamics.hands`` act on the present world."""
        self._is_touched = True
        self._catch_up()
        with self._moving():
            self._runner.act(hand, *arguments)
        self._synced_day = self._settled_day = -math.inf

    def next_occasion(self) -> int:
        """Number of the next thing done from outside: part of its address."""
        self._occasions += 1
        return self._occasions

    def draw(self, purpose: str, key: int = 0) -> float:
        """Uniform on (0, 1) for a lever, addressed by run, ``purpose`` and ``key`` (0 to 2**32 - 1)."""
        run = np.uint64(draws.run_key(self.seed_used, self.replicate))
        return float(external_actions.call_uniform(run, np.uint64(draws.name_key(purpose)), key))

    @property
    def persons(self) -> Agents:
        """Persons whose spell in a group covers the present and who are alive, stand-ins included."""
        self._sync_persons()
        return self._set_of(self._present.values())

    @property
    def groups(self) -> Agents:
        """All groups, in the order of their rows."""
        return self._set_of(self._groups)

    @property
    def partners(self) -> Agents:
        """Police, municipality, probation service and community of every site."""
        return self._set_of(self._partners)

    def group(self, row: int) -> Group:
        """The group of a row."""
        return self._groups[row]

    def _set_of(self, agents: Iterable[mesa.Agent]) -> Agents:
        return Agents(agents, random=self.random)

    @property
    def agents(self) -> Any:
        """All agents: groups, persons present, partners."""
        if hasattr(self, "datacollector"):
            self._sync_persons()
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """Agents by class."""
        if hasattr(self, "datacollector"):
            self._sync_persons()
        return super().agents_by_type

    def _sync_persons(self) -> None:
        self._catch_up()
        if self._synced_day == self.day:
            return
        self._synced_day = self.day
        with self._moving():
            for g in range(len(self._groups)):
                self._runner.act(external_actions.look_at_members, g, self.day)
        self.settle()
        w = self._runner.world
        rows = np.asarray(w.persons[: int(w.state["persons"][0])])
        here = (rows["join"] <= self.day) & (self.day < rows["leave"])
        here &= (rows["status"] != C.DEAD) & (rows["status"] != C.PREVENTED)
        present = {int(i) for i in np.flatnonzero(here)}
        for gone in self._present.keys() - present:
            self._present.pop(gone).leave()
        for new in sorted(present - self._present.keys()):
            self._present[new] = Person(self, new)

    def settle(self) -> None:
        """Bring all persons up to the present: whose detention or wound is over. Changes no event."""
        self._catch_up()
        if self._settled_day != self.day:
            with self._moving():
                self._runner.act(external_actions.call_settle_all, self.day)
            self._settled_day = self.day

    def _days_held(self) -> float:
        """Person-days of hired shooters, and of members whose detention still runs: the tally has the others."""
        w = self.arrays
        rows = np.asarray(w.persons[: int(w.state["persons"][0])])
        held = np.asarray(w.slots["held_until"]) < np.inf
        since = rows["since"][rows["status"] == C.DETAINED], w.slots["held_from"][held]
        start = np.concatenate([np.asarray(days, dtype=float) for days in since])
        members = float(np.sum(np.maximum(self.day - np.maximum(start, self._runner.window[0]), 0.0)))
        return members + float(external_actions.call_hired_days(w, self.day))

    def count(self, column: str) -> float:
        """A column of SERIES summed from the window's start to now, over all sites."""
        if column not in T.SERIES:
            raise ScenarioError("no-count", column=column, known=T.SERIES)
        self.settle()
        w = self.arrays
        total = float(w.tally[:, :, T.SERIES.index(column)].sum())
        return total + self._days_held() if column == "detained_days" else total

    def table(self, name: str) -> pd.DataFrame:
        """A table of the run so far: attacks, candidates, victims, persons, sanctions or stays."""
        import pandas as pd  # a third of a second to import, and not every run looks at tables

        names = tuple(sorted(name for name, made in T.TABLES.items() if not made.on_request and not made.at_end))
        if name not in names:
            raise ScenarioError("no-table", name=name, known=names)
        self.settle()
        with self._moving():
            self._runner.make_room_to_publish()
            external_actions.publish_attacks(self._runner.world)
        return pd.DataFrame(extract.MADE[name](self.arrays, self.replicate))

    @property
    def attacks(self) -> pd.DataFrame:
        """One row an attack, from the window's start to now."""
        return self.table("attacks")

    def summary(self) -> Replicate:
        """Series and outcomes of the run so far."""
        return collect(self._runner.copy_at_present(), self._runner.plan, self.replicate)
