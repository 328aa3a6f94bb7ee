"""One replicate: world, burn-in, window, tables. A Runner runs many replicates in the same arrays."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np

from ..config import Scenario
from ..errors import ScenarioError
from ..kernel.draws import run_key
from ..units import months_within
from ..world import codes as C
from ..world import tables as T
from ..world.builder import ArrayPlan, Reference, clear, grow, make_plan, new_world, room_to_publish
from ..world.columns import Array
from ..world.state import World
from . import extract, strict
from .engine import advance, begin
from .first_compilation import compile_kernels
from .slots import MOST_HOLDERS, MOST_MEMBERS
from .summary import close


class Replicate(NamedTuple):
    """What one run leaves."""

    replicate: int
    tables: dict[str, Array]
    """Structured arrays by table name, those asked for."""
    series: Array
    """Monthly counts [sites, months, SERIES]; months of 30.4375 days from the window's start."""
    outcomes: Array
    """Sums over the window and summaries [sites, OUTCOMES]."""
    digest: str
    """SHA-256 of the integer columns of everything decided in the window."""


def advance_to(w: World, until: float) -> World:
    """Run to day ``until``, growing whatever is full; returns the world, possibly with larger arrays."""
    while (code := advance(w, until)) != C.DONE:
        w = grow(w, code)
    return w


def start_world(w: World, plan: ArrayPlan, seed: int, replicate: int) -> World:
    """The world of one replicate on the first day of its burn-in; ScenarioError for a group too large to name."""
    run = np.uint64(run_key(seed, replicate))
    clear(w, plan)
    while begin(w, run, plan.start, *plan.window) != C.DONE:
        w = grow(w, C.TIES_FULL)
        clear(w, plan)
    if w.state["largest"][0] > MOST_MEMBERS:
        raise ScenarioError("group-too-large", members=int(w.state["largest"][0]), most=MOST_MEMBERS)
    return w


def check_turnover(plan: ArrayPlan) -> None:
    """ScenarioError where slots could be held by more persons in a run than can be told apart."""
    spells = (plan.window[1] - plan.start) / plan.par["spell_days"] * (plan.par["turnover"] > 0.0)
    # A slot's holders are a Poisson count: with this mean it is never twice as large.
    if (most := float(spells.max())) > MOST_HOLDERS / 2:
        raise ScenarioError("too-many-holders", key="membership.spell_years", persons=most, most=MOST_HOLDERS // 2)


class Runner:
    """Runs replicates of one scenario with given reference constants.

    ``keep`` names the tables that a replicate shall hold.
    """

    def __init__(
        self, scenario: Scenario, references: tuple[Reference, ...], keep: frozenset[str] = frozenset()
    ) -> None:
        compile_kernels()
        self.scenario = scenario
        self.plan = make_plan(scenario, references, keep)
        check_turnover(self.plan)
        self._world = new_world(self.plan)

    @property
    def window(self) -> tuple[float, float]:
        """First and last day of the comparison window; day 0 is the scenario's start date."""
        return self.plan.window

    def run(self, seed: int, replicate: int) -> Replicate:
        """Simulate replicate number ``replicate`` of ``seed`` from burn-in to the horizon.

        With ``scenario.strict`` the state is checked every month; ``EngineError`` if it does not add up.
        """
        self._world = start_world(self._world, self.plan, seed, replicate)
        if self.scenario.strict:
            for day in strict.checkpoints(self.plan):
                self._world = advance_to(self._world, day)
                strict.state_census(self._world, seed, replicate)
        self._world = room_to_publish(advance_to(self._world, self.plan.window[1]))
        return collect(self._world, self.plan, replicate)

    def world_at(self, seed: int, replicate: int, day: float) -> World:
        """The state of a replicate on a day, for tests and the pilot."""
        self._world = start_world(self._world, self.plan, seed, replicate)
        self._world = advance_to(self._world, day)
        return self._world

    @property
    def world(self) -> World:
        """The state of the replicate that runs."""
        return self._world

    def act(self, hand: Callable[..., int], *arguments: Any) -> None:
        """Let a function of ``external_actions`` act on the running world, growing buffers as it asks."""
        while (code := hand(self._world, *arguments)) != C.DONE:
            self._world = grow(self._world, code)

    def make_room_to_publish(self) -> None:
        """Make the published tables long enough for what has happened so far."""
        self._world = room_to_publish(self._world)

    def copy_at_present(self) -> World:
        """A copy of the running world, for closing the books without touching the run."""
        return deepcopy(self._world)

    def continue_to(self, day: float) -> World:
        """Go on from where ``world_at`` stopped."""
        self._world = advance_to(self._world, day)
        return self._world


def collect(w: World, plan: ArrayPlan, replicate: int) -> Replicate:
    """Close the books of a run at its present day and copy out what is kept. The run cannot go on after that."""
    until = float(w.state["now"][0])
    w = room_to_publish(w)
    while (code := close(w, until)) != C.DONE:
        w = grow(w, code)
    tables = {name: extract.MADE[name](w, replicate) for name in plan.keep}
    months = months_within(plan.sites[0].start_date, until)
    series = w.tally[:, :months, : len(T.SERIES)].copy()
    return Replicate(replicate, tables, series, w.outcomes.copy(), extract.digest(w))
