"""Runs with levers of a user's own: the Mesa model steps them, as in GVIModel.

Every replicate gets a copy of the levers as they were given, so their number, order and workers change
nothing. Their code stands in no manifest, so such a result cannot be computed again from its folder.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from functools import partial
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING

import numpy as np

from ..dynamics import strict
from ..errors import ScenarioError
from ..world.builder import make_plan
from .batch import MakeRunner

if TYPE_CHECKING:
    from ..config import Scenario
    from ..model import Lever
    from ..world.builder import Reference
    from .runner import Replicate


class LeverEngine:
    """A runner whose every replicate is a GVIModel with ``levers``; many times slower than the engine."""

    def __init__(
        self,
        scenario: Scenario,
        keep: frozenset[str],
        references: tuple[Reference, ...],
        *,
        levers: tuple[Lever, ...],
    ) -> None:
        self.scenario, self.keep, self._levers = scenario, keep, levers
        self._plan = make_plan(scenario, references, keep)

    @property
    def window(self) -> tuple[float, float]:
        """First and last day compared; day 0 is the scenario's start date."""
        return self._plan.window

    def run(self, seed: int, replicate: int) -> Replicate:
        """Simulate one replicate; an error of a lever comes out as it is."""
        from ..model import GVIModel

        model = GVIModel(self.scenario, seed=seed, replicate=replicate, levers=deepcopy(self._levers), keep=self.keep)
        if self.scenario.strict:
            for day in (day for day in strict.checkpoints(self._plan) if model.day < day < self.window[1]):
                model.run_for(day - model.day)
                strict.census(model.world, seed, replicate)
        if self.window[1] > model.day:
            model.run_for(self.window[1] - model.day)
        return model.summary()


def lever_engine(levers: tuple[Lever, ...]) -> MakeRunner:
    """What builds a ``LeverEngine`` with ``levers``."""
    return partial(LeverEngine, levers=levers)


def lever_names(levers: Iterable[object]) -> tuple[str, ...]:
    """How a manifest names them: module and class."""
    return tuple(f"{type(lever).__module__}.{type(lever).__qualname__}" for lever in levers)


def checked_levers(levers: Iterable[Lever]) -> tuple[Lever, ...]:
    """The levers, after each was found to have ``next_time`` and ``apply``."""
    found = tuple(levers)
    for lever in found:
        missing = [name for name in ("next_time", "apply") if not callable(getattr(lever, name, None))]
        if isinstance(lever, type) or missing:
            what = "a class; give an object of it" if isinstance(lever, type) else f"without {missing[0]}()"
            raise ScenarioError(
                f"levers: {lever!r} is {what}. A lever is an object with next_time(t) and apply(model, t).",
                key="levers",
                rule="not-a-lever",
            )
        _check_first_day(lever)
    return found


def _check_first_day(lever: Lever) -> None:
    """ScenarioError for a lever that cannot be copied or does not say when it acts, before anything runs."""
    name = lever_names((lever,))[0]
    try:
        day: object = deepcopy(lever).next_time(0.0)
    except Exception as error:  # whatever a user's class raises
        raise ScenarioError(
            f"levers: {name} cannot be copied and asked for its first day ({type(error).__name__}: {error}). Each "
            "run gets a copy of it, and next_time(0.0) of that copy is asked first.",
            key="levers",
            rule="lever-first-day",
        ) from error
    if isinstance(day, bool) or not isinstance(day, int | float | np.number) or not float(day) >= 0:
        raise ScenarioError(
            f"levers: {name}.next_time(0.0) = {day!r} must be a day from 0 on, or math.inf for never.",
            key="levers",
            rule="lever-first-day",
        )


def lever_workers(levers: tuple[Lever, ...], workers: int | None) -> int | None:
    """``workers``, 1 when None: levers run where they are unless asked; refused when they cannot travel."""
    if not levers or workers == 1:
        return workers
    if workers is None:
        return 1
    at_home = [name for name in lever_names(levers) if name.startswith("__main__.")]
    problem = f"{at_home[0]} is defined in the script itself" if at_home else _cannot_travel(levers)
    if problem:
        raise ScenarioError(
            f"workers = {workers}: {problem}, and other processes cannot import it. Put the lever into a "
            "module, or use workers=1.",
            key="workers",
            rule="lever-at-home",
        )
    return workers


def _cannot_travel(levers: tuple[Lever, ...]) -> str:
    try:
        ForkingPickler.dumps(levers)
    except Exception as error:  # whatever a user's class raises when it is copied
        return f"the levers cannot be sent to another process ({error})"
    return ""
