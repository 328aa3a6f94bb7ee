"""Runs with levers of a user's own: the Mesa model steps them, as in GVIModel.

Every replicate gets a copy of the levers as they were given, so number, order and workers of replicates change
nothing. The code of levers stands in no manifest; of those in a file it holds the SHA-256 (``model.lever_file``).
"""

from __future__ import annotations

from copy import deepcopy
from functools import partial
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING

from ...errors import Message, ScenarioError
from ...model.lever_file import FileLever
from ...model.lever_protocol import lever_name
from .batch import MakeRunner

if TYPE_CHECKING:
    from ...config import Scenario
    from ...model import Lever
    from ...world.builder import Reference
    from .runner import Replicate


class LeverEngine:
    """A runner whose every replicate is a GVIModel with ``levers``: a few times slower than the engine, or more."""

    def __init__(
        self,
        scenario: Scenario,
        keep: frozenset[str],
        references: tuple[Reference, ...],
        *,
        levers: tuple[Lever, ...],
    ) -> None:
        from ...world.builder import make_plan

        self.scenario, self.keep, self._references, self._levers = scenario, keep, references, levers
        self._plan = make_plan(scenario, references, keep)

    @property
    def window(self) -> tuple[float, float]:
        """First and last day compared; day 0 is the scenario's start date."""
        return self._plan.window

    def retune(self, scenario: Scenario, references: tuple[Reference, ...]) -> None:
        """Take other values of the parameters from the next replicate on."""
        self.scenario, self._references = scenario, references

    def run(self, seed: int, replicate: int) -> Replicate:
        """Simulate one replicate; an error of a lever comes out as it is."""
        from ...dynamics import strict
        from ...model import GVIModel

        model = GVIModel(
            self.scenario,
            seed=seed,
            replicate=replicate,
            levers=deepcopy(self._levers),
            keep=self.keep,
            references=self._references,
        )
        if self.scenario.strict:
            for day in (day for day in strict.checkpoints(self._plan) if model.day < day < self.window[1]):
                model.run_for(day - model.day)
                strict.state_census(model.arrays, seed, replicate)
        if self.window[1] > model.day:
            model.run_for(self.window[1] - model.day)
        return model.summary()


def lever_engine(levers: tuple[Lever, ...]) -> MakeRunner:
    """What builds a ``LeverEngine`` with ``levers``."""
    return partial(LeverEngine, levers=levers)


def lever_workers(levers: tuple[Lever, ...], workers: int | None) -> int | None:
    """``workers``; levers given in Python run where they are unless asked, and are refused when they cannot travel."""
    if workers == 1 or all(isinstance(lever, FileLever) for lever in levers):
        return workers
    if workers is None:
        return 1
    at_home = [name for name in map(lever_name, levers) if name.startswith("__main__.")]
    problem = Message("lever-at-home/script", lever=at_home[0]) if at_home else _cannot_travel(levers)
    if problem is not None:
        raise ScenarioError("lever-at-home", key="workers", workers=workers, problem=problem)
    return workers


def _cannot_travel(levers: tuple[Lever, ...]) -> Message | None:
    try:
        ForkingPickler.dumps(levers)
    except Exception as error:  # whatever a user's class raises when it is copied
        return Message("lever-at-home/copy", error=error)
    return None
