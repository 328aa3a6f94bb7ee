"""One batch: consecutive replicates of one scenario, run in one process.

A batch is the unit that workers are handed, that a shard on disk holds and that a resumed run takes up again.
Its arrays depend on scenario, seed and replicate numbers alone, never on the worker that ran it.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from .years import YEARS, rows_by_year

if TYPE_CHECKING:
    from ...config import Scenario
    from ...world.builder import Reference
    from ..ensembles.ensemble import StoredEnsemble
    from ..ensembles.parameters import Drawn
    from ..ensembles.reference_surface import ReferenceConstants
    from .runner import Replicate

# A worker meets a scenario in consecutive batches; a few engines serve them, whatever the number of cells.
ENGINES_KEPT = 4


class EngineRunner(Protocol):
    """What a batch needs of an engine."""

    @property
    def window(self) -> tuple[float, float]:
        """First and last day compared."""
        ...

    def run(self, seed: int, replicate: int) -> Replicate:
        """Simulate one replicate."""
        ...


class TunedRunner(EngineRunner, Protocol):
    """What a batch that draws its parameters needs beside."""

    def retune(self, scenario: Scenario, references: tuple[Reference, ...]) -> None:
        """Take other values of the parameters from the next replicate on."""
        ...


class MakeRunner(Protocol):
    """Builds an engine for a scenario; sent to workers by its name, so a class or function of a module."""

    def __call__(self, scenario: Scenario, keep: frozenset[str], references: tuple[Reference, ...], /) -> EngineRunner:
        """Build it."""
        ...


@dataclass(frozen=True)
class Task:
    """Replicates [first, end) of one scenario.

    ``key`` identifies scenario, seed and code, and ``label`` names the arm for people; ``whole_series`` keeps the
    monthly series of every replicate instead of their sum; ``folder`` is where the batch is written, None to hand the
    arrays over in memory; ``drawn`` holds the values that replicates use, None for the scenario's own.
    """

    key: str
    scenario: Scenario
    references: tuple[Reference, ...]
    make: MakeRunner
    seed: int
    first: int
    end: int
    keep: frozenset[str] = frozenset()
    whole_series: bool = True
    folder: str | None = None
    drawn: Drawn | None = None
    label: str = ""

    @property
    def size(self) -> int:
        """Number of replicates."""
        return self.end - self.first


@dataclass(frozen=True)
class Batch:
    """What a task gave: float64 outcomes [replicates, sites, outcomes], series [replicates or 1, sites,
    months, series].

    ``digests`` holds the event hash of each replicate, ``tables`` the kept tables, all replicates in one
    array; ``window`` the first and last day compared (day 0 is the scenario's start date).
    """

    key: str
    first: int
    end: int
    window: tuple[float, float]
    outcomes: np.ndarray
    series: np.ndarray
    whole_series: bool
    digests: tuple[str, ...]
    tables: dict[str, np.ndarray]


# By all that an engine is made of, not by names: two levers of one class, or other constants, are another engine.
_engines: OrderedDict[tuple[str, frozenset[str], tuple[Reference, ...], MakeRunner], EngineRunner] = OrderedDict()


def default_engine() -> MakeRunner:
    """The engine of the package, imported when it is first needed."""
    from .runner import Engine

    return Engine


def reference_constants(scenario: Scenario) -> tuple[Reference, ...]:
    """(background, offspring) of every site: candidates to an attack at reference; cached."""
    from ...dynamics.reference import with_reference

    return with_reference(scenario)


def drawn_constants(scenario: Scenario, ensemble: StoredEnsemble) -> ReferenceConstants:
    """Reference constants for every draw of an ensemble; cached."""
    from ..ensembles.reference_surface import constants_of

    return constants_of(scenario, ensemble)


def _engine(task: Task) -> EngineRunner:
    key = (task.key, task.keep, task.references, task.make)
    if key not in _engines:
        while len(_engines) >= ENGINES_KEPT:
            _engines.popitem(last=False)
        _engines[key] = task.make(task.scenario, task.keep - {YEARS}, task.references)
    _engines.move_to_end(key)
    return _engines[key]


def run_batch(task: Task) -> Batch:
    """Run the replicates of ``task`` in this process, in order."""
    engine = _engine(task)
    results = [_run(engine, task, replicate) for replicate in range(task.first, task.end)]
    series = np.stack([result.series for result in results])
    logged = sorted(task.keep - {YEARS})
    tables = {name: np.concatenate([result.tables[name] for result in results]) for name in logged}
    if YEARS in task.keep:
        tables[YEARS] = rows_by_year(task.first, series)
    return Batch(
        key=task.key,
        first=task.first,
        end=task.end,
        window=(float(engine.window[0]), float(engine.window[1])),
        outcomes=np.stack([result.outcomes for result in results]),
        series=series if task.whole_series else series.sum(axis=0, keepdims=True),
        whole_series=task.whole_series,
        digests=tuple(result.digest for result in results),
        tables=tables,
    )


def _run(engine: EngineRunner, task: Task, replicate: int) -> Replicate:
    if task.drawn is not None:
        cast("TunedRunner", engine).retune(*task.drawn.of(task.scenario, task.seed, replicate))
    return engine.run(task.seed, replicate)


def compile_first(task: Task) -> None:
    """Compile the engine here when it never was, so that not every worker does so at the same time."""
    from ...kernel.compiler import is_compiled_before

    if not is_compiled_before():
        run_batch(replace(task, end=task.first + 1))
