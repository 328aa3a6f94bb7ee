"""Does the ranking of levers hold whatever makes attacks cluster? (``gvi-sim robustness``)

The same clustered counts can come of retaliation, of shocks that all groups feel, or of retaliation damped by fear:
rival structures, `structure=` in conf/. Under each, the programme is run as it is and without each lever in turn,
all paired by one seed; a lever's effect is what would be lost without it. Two levers are told apart under a
structure when the paired interval of the difference between them leaves 0 out. A ranking is

robust       every pair is told apart, in the same order, under every rival that fits the record
not robust   some pair is told apart in opposite orders under two rivals that fit
cannot tell  anything else

A rival that does not fit the record has no say. Without a record no rival can be ruled out, and all have one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import ScenarioError, nearest_hint
from ..execution.batch import default_engine
from ..execution.campaign import run_in_memory
from ..execution.estimate import batch_size
from ..execution.plan import Arm, Plan, checked_count, chosen_seed
from ..execution.results import InMemory
from ..execution.totals import COLUMNS
from ..simulate import Runs, finished_manifest, ready
from .intervals import LEVEL, mean_interval
from .parts import PARTS, without

if TYPE_CHECKING:
    import pandas as pd

    from ..config import Scenario
    from ..execution.pool import Progress

RIVALS = ("retaliation", "shared_shocks", "withdrawal")
ROBUST, NOT_ROBUST, CANNOT_TELL = "robust", "not robust", "cannot tell"


class Placed(NamedTuple):
    """One lever under one structure: what would be lost without it (positive: it prevents), and its rank from 1."""

    structure: str
    lever: str
    prevented: float
    low: float
    high: float
    rank: int


class Robustness:
    """Rankings under rival structures. ``order``: by pair of levers and structure, 1 (first better), -1 or 0."""

    def __init__(
        self,
        rows: tuple[Placed, ...],
        order: Mapping[tuple[str, str], Mapping[str, int]],
        fits: Mapping[str, bool],
        outcome: str,
        *,
        has_record: bool,
    ) -> None:
        self.rows, self.order, self.fits, self.outcome = rows, order, fits, outcome
        self.has_record = has_record

    @property
    def table(self) -> pd.DataFrame:
        """One row a structure and lever."""
        import pandas as pd

        frame = pd.DataFrame(self.rows)
        frame["fits"] = [self.fits[name] for name in frame["structure"]]
        return frame

    @property
    def verdict(self) -> str:
        """ROBUST, NOT_ROBUST or CANNOT_TELL."""
        return judged(self.order, [name for name, fits in self.fits.items() if fits])

    @property
    def reversed_pairs(self) -> tuple[tuple[str, str], ...]:
        """Pairs of levers that two rivals that fit put in opposite orders."""
        told = [name for name, fits in self.fits.items() if fits]
        return tuple(pair for pair, signs in self.order.items() if {1, -1} <= {signs[name] for name in told})

    def summary(self) -> str:
        """The rankings and what they amount to."""
        lines = [f"The model says, {self.outcome.replace('_', ' ')} prevented a run by each lever (95 % interval):"]
        for structure in self.fits:
            ranked = sorted((row for row in self.rows if row.structure == structure), key=lambda row: row.rank)
            mark = "" if self.fits[structure] else " (does not fit the record; has no say)"
            told = ", ".join(f"{r.rank} {r.lever} {r.prevented:+.1f} ({r.low:+.1f} to {r.high:+.1f})" for r in ranked)
            lines.append(f"  {structure}{mark}: {told}")
        return "\n".join([*lines, self._conclusion()])

    def _conclusion(self) -> str:
        fitting = [name for name, fits in self.fits.items() if fits]
        ground = "" if self.has_record else " No record was given, so no rival could be ruled out."
        if not fitting:
            return "No rival fits the record: no ranking is told." + ground
        if self.verdict == ROBUST:
            return f"The ranking is robust: all rivals that fit ({', '.join(fitting)}) agree." + ground
        if self.verdict == NOT_ROBUST:
            pairs = "; ".join(f"{a} and {b}" for a, b in self.reversed_pairs)
            return f"The ranking is NOT robust: rivals that fit put {pairs} in opposite orders." + ground
        return "Cannot tell whether the ranking is robust: under some rival, levers cannot be told apart." + ground

    def __repr__(self) -> str:
        return self.summary()


def judged(order: Mapping[tuple[str, str], Mapping[str, int]], fitting: Iterable[str]) -> str:
    """The verdict on orders of pairs by structure, over the structures in ``fitting``."""
    names = list(fitting)
    seen = [{signs[name] for name in names} for signs in order.values()]
    if any({1, -1} <= signs for signs in seen):
        return NOT_ROBUST
    told = bool(names) and all(len(signs) == 1 and 0 not in signs for signs in seen)
    return ROBUST if told else CANNOT_TELL


def levers_to_rank(
    scenario: Scenario, levers: Mapping[str, tuple[str, ...]] | None, outcome: str
) -> dict[str, tuple[str, ...]]:
    """Those of ``levers`` (the programme's parts when None) that are on in ``scenario``.

    ScenarioError for fewer than two, or for an ``outcome`` that the model does not have.
    """
    given = dict(PARTS if levers is None else levers)
    chosen = {name: words for name, words in given.items() if without(scenario, words) != scenario}
    if outcome not in COLUMNS:
        raise ScenarioError(
            f"outcome = {outcome!r} is no outcome of the model.{nearest_hint(outcome, COLUMNS)}", rule="robustness"
        )
    if not any(site.programme.enabled for site in scenario.each_site()):
        raise ScenarioError(
            "programme.enabled = false: there is no programme whose parts could be ranked. Choose programme=gvi.",
            key="programme.enabled",
            rule="robustness",
        )
    if len(chosen) < 2:
        raise ScenarioError(
            f"a ranking needs two levers or more that are on; on are {', '.join(chosen) or 'none'}. Switch more of "
            "the programme's parts on, or name levers of your own.",
            rule="robustness",
        )
    return chosen


def rank_levers(
    scenario: Scenario,
    *,
    levers: Mapping[str, tuple[str, ...]] | None = None,
    structures: Iterable[str] = RIVALS,
    points: Mapping[str, Mapping[str, object]] | None = None,
    fits: Mapping[str, bool] | None = None,
    outcome: str = "shootings",
    replicates: int = 200,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    force: bool = False,
) -> Robustness:
    """Rank ``levers`` (name to the overrides that take one away; the programme's parts when None) in each structure.

    A lever that is off already is left out.

    ``points``: overrides by structure, such as the middle of its posterior; ``fits``: whether each structure fits
    the record (all do when None, and the answer says that there was no record). The other arguments are those
    of ``simulate``. ScenarioError for an outcome or lever that is none.
    """
    chosen = levers_to_rank(scenario, levers, outcome)
    names = tuple(dict.fromkeys(structures))
    if not names:
        raise ScenarioError("a ranking needs a structure to run it under; structures is empty.", rule="robustness")
    arms = [arm for name in names for arm in _arms(scenario, name, chosen, (points or {}).get(name, {}))]
    plan = Plan(
        kind="robustness",
        arms=tuple(arms),
        seed=chosen_seed(seed),
        replicates=checked_count("replicates", replicates, 2, "an interval needs two"),
        make=default_engine(),
        whole_series=False,
        batch=batch_size(scenario),
    )
    workers = ready(plan, workers, in_memory=True, force=force)
    batches = run_in_memory(plan, workers=workers, progress=progress)
    results = [InMemory(batches[key]) for key in plan.keys]
    manifest = finished_manifest(plan, (), [*results])
    runs = [Runs(arm.scenario, found, manifest, None) for arm, found in zip(arms, results, strict=True)]
    values = np.array([run.values[:, COLUMNS.index(outcome)] for run in runs]).reshape(len(names), -1, replicates)
    return placed(names, tuple(chosen), values, dict.fromkeys(names, True) if fits is None else fits, outcome,
                  has_record=fits is not None)  # fmt: skip


def placed(
    structures: tuple[str, ...],
    levers: tuple[str, ...],
    values: np.ndarray,
    fits: Mapping[str, bool],
    outcome: str,
    *,
    has_record: bool,
) -> Robustness:
    """From outcomes [structures, 1 + levers, runs] (the whole programme first, then without each lever)."""
    rows: list[Placed] = []
    order: dict[tuple[str, str], dict[str, int]] = {pair: {} for pair in combinations(levers, 2)}
    for structure, whole in zip(structures, values, strict=True):
        lost = (whole[1:] - whole[0]).T
        mean, low, high = mean_interval(lost)
        place = np.empty(len(levers), int)
        place[np.argsort(-mean, kind="stable")] = np.arange(1, len(levers) + 1)
        rows += [
            Placed(structure, lever, float(mean[k]), float(low[k]), float(high[k]), int(place[k]))
            for k, lever in enumerate(levers)
        ]
        for (a, one), (b, other) in combinations(enumerate(levers), 2):
            order[one, other][structure] = _sign(lost[:, a] - lost[:, b], len(order))
    return Robustness(tuple(rows), order, {name: fits[name] for name in structures}, outcome, has_record=has_record)


def _sign(difference: np.ndarray, comparisons: int) -> int:
    """1 or -1 when the interval of the mean leaves 0 out, allowing for so many comparisons (Bonferroni), else 0."""
    _, low, high = mean_interval(difference[:, None], 1 - (1 - LEVEL) / comparisons)
    return int(low[0] > 0) - int(high[0] < 0)


def _arms(
    scenario: Scenario, structure: str, levers: Mapping[str, tuple[str, ...]], point: Mapping[str, object]
) -> list[Arm]:
    here = scenario.replace(f"structure={structure}", dict(point))
    arms = [Arm(structure, here)]
    return arms + [Arm(f"{structure} without {name}", without(here, words)) for name, words in levers.items()]
