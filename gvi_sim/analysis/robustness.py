"""Does the ranking of levers hold whatever makes attacks cluster? (``gvi-sim robustness``)

The same clustered counts can come of retaliation, of shocks that all groups feel, or of retaliation damped by fear:
rival structures, `structure=` in conf/. Under each, the programme is run as it is and without each lever in turn,
all paired by one seed; a lever's effect is what would be lost without it. Two levers are told apart under a
structure when the paired interval of the difference between them leaves 0 out. A ranking is

robust       every pair is told apart, in the same order, under every rival that fits the record
not robust   some pair is told apart in opposite orders under two rivals that fit
cannot tell  anything else

A rival that does not fit the record has no say, nor has one that cannot be run: business as usual has to come out at
the level that the scenario or the record's posterior states, and for some rivals no constants are found that make it
so. Without a record no rival can be ruled out, and all that can be run have a say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import ScenarioError, nearest_hint
from ..execution.batch import default_engine, reference_constants
from ..execution.estimate import batch_size
from ..execution.plan import Arm, Plan, checked_count, chosen_seed
from ..execution.totals import COLUMNS
from ..simulate import expected_seconds, ready, run_arms
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
    """Rankings under rival structures. ``order``: by pair of levers and structure, 1 (first better), -1 or 0.

    ``fits``: whether each rival fits the record; ``not_run``: rivals that could not be run, with the reason.
    """

    def __init__(
        self,
        rows: tuple[Placed, ...],
        order: Mapping[tuple[str, str], Mapping[str, int]],
        fits: Mapping[str, bool],
        outcome: str,
        *,
        has_record: bool,
        not_run: Mapping[str, str] | None = None,
    ) -> None:
        self.rows, self.order, self.fits, self.outcome = rows, order, fits, outcome
        self.has_record, self.not_run = has_record, dict(not_run or {})

    @property
    def table(self) -> pd.DataFrame:
        """One row a structure and lever; under a structure that could not be run (``ran``) there are no values."""
        import pandas as pd

        frame = pd.DataFrame(self.rows)
        levers = frame["lever"].unique()
        missing = pd.MultiIndex.from_product([[*self.not_run], levers], names=["structure", "lever"])
        every = [*zip(frame["structure"], frame["lever"], strict=True), *missing]
        frame = frame.set_index(["structure", "lever"]).reindex(every).reset_index()
        frame["rank"] = frame["rank"].astype("Int64")
        frame["fits"] = [self.fits[name] for name in frame["structure"]]
        frame["ran"] = [name not in self.not_run for name in frame["structure"]]
        return frame

    @property
    def fitting(self) -> tuple[str, ...]:
        """Rivals that have a say: they fit and could be run."""
        return tuple(name for name, fits in self.fits.items() if fits and name not in self.not_run)

    @property
    def verdict(self) -> str:
        """ROBUST, NOT_ROBUST or CANNOT_TELL."""
        return judged(self.order, self.fitting)

    @property
    def reversed_pairs(self) -> tuple[tuple[str, str], ...]:
        """Pairs of levers that two rivals that fit put in opposite orders."""
        return tuple(pair for pair, signs in self.order.items() if {1, -1} <= {signs[name] for name in self.fitting})

    def summary(self) -> str:
        """The rankings and what they amount to."""
        lines = [f"The model says, {self.outcome.replace('_', ' ')} prevented a run by each lever (95 % interval):"]
        for structure in self.fits:
            ranked = sorted((row for row in self.rows if row.structure == structure), key=lambda row: row.rank)
            told = ", ".join(f"{r.rank} {r.lever} {r.prevented:+.1f} ({r.low:+.1f} to {r.high:+.1f})" for r in ranked)
            lines.append(f"  {structure}{self._mark(structure)}{': ' * bool(told)}{told}")
        return "\n".join([*lines, self._conclusion()])

    def _mark(self, structure: str) -> str:
        if structure in self.not_run:
            return " (cannot be run at this level of attacks; has no say)"
        return "" if self.fits[structure] else " (does not fit the record; has no say)"

    def _conclusion(self) -> str:
        ground = "" if self.has_record else " No record was given, so no rival could be ruled out."
        if not self.fitting:
            run = " and can be run" if self.not_run else ""
            return f"No rival fits the record{run}: no ranking is told." + ground
        if self.verdict == ROBUST:
            return f"The ranking is robust: all rivals that fit ({', '.join(self.fitting)}) agree." + ground
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
    of ``simulate``. A structure without reference constants at its level is told as one that cannot be run.
    ScenarioError for an outcome or lever that is none, and when no structure can be run.
    """
    chosen = levers_to_rank(scenario, levers, outcome)
    names = tuple(dict.fromkeys(structures))
    whole = _plan(scenario, chosen, names, points or {}, replicates, seed)
    workers = ready(whole, workers, in_memory=True, force=force)
    not_run = _not_run(names, whole.arms)
    plan = replace(whole, arms=tuple(arm for arm in whole.arms if arm.overrides[0] not in not_run))
    runs = run_arms(plan, (), workers=workers, progress=progress)
    ran = tuple(name for name in names if name not in not_run)
    values = np.array([run.values[:, COLUMNS.index(outcome)] for run in runs]).reshape(len(ran), -1, replicates)
    said = {name: fits is None or fits[name] for name in names}
    return placed(ran, tuple(chosen), values, said, outcome, has_record=fits is not None, not_run=not_run)


def seconds_of_levers(
    scenario: Scenario,
    levers: Mapping[str, tuple[str, ...]],
    *,
    replicates: int,
    workers: int | None = None,
    force: bool = False,
) -> float:
    """Seconds that ``rank_levers`` takes under every rival; ResourceError for too much unless ``force``."""
    plan = _plan(scenario, levers, RIVALS, {}, replicates, 0)
    return expected_seconds(plan, workers, in_memory=True, force=force)[1]


def _plan(
    scenario: Scenario,
    levers: Mapping[str, tuple[str, ...]],
    structures: tuple[str, ...],
    points: Mapping[str, Mapping[str, object]],
    replicates: int,
    seed: int | None,
) -> Plan:
    if not structures:
        raise ScenarioError("a ranking needs a structure to run it under; structures is empty.", rule="robustness")
    return Plan(
        kind="robustness",
        arms=tuple(arm for name in structures for arm in _arms(scenario, name, levers, points.get(name, {}))),
        seed=chosen_seed(seed),
        replicates=checked_count("replicates", replicates, 2, "an interval needs two"),
        make=default_engine(),
        whole_series=False,
        batch=batch_size(scenario),
    )


def _not_run(structures: tuple[str, ...], arms: Iterable[Arm]) -> dict[str, str]:
    """Structures under which some arm has no reference constants, with what was said; ScenarioError when all are."""
    found: dict[str, str] = {}
    for arm in arms:
        if arm.overrides[0] not in found:
            try:
                reference_constants(arm.scenario)
            except ScenarioError as error:
                found[arm.overrides[0]] = str(error)
    if len(found) == len(structures):
        reasons = " ".join(f"{name}: {reason}" for name, reason in found.items())
        raise ScenarioError(f"no rival structure can be run, so nothing is ranked. {reasons}", rule="robustness")
    return found


def placed(
    structures: tuple[str, ...],
    levers: tuple[str, ...],
    values: np.ndarray,
    fits: Mapping[str, bool],
    outcome: str,
    *,
    has_record: bool,
    not_run: Mapping[str, str] | None = None,
) -> Robustness:
    """From outcomes [structures, 1 + levers, runs] (the whole programme first, then without each lever).

    ``fits`` names those in ``not_run`` too.
    """
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
    return Robustness(tuple(rows), order, fits, outcome, has_record=has_record, not_run=not_run)


def _sign(difference: np.ndarray, comparisons: int) -> int:
    """1 or -1 when the interval of the mean leaves 0 out, allowing for so many comparisons (Bonferroni), else 0."""
    _, low, high = mean_interval(difference[:, None], 1 - (1 - LEVEL) / comparisons)
    return int(low[0] > 0) - int(high[0] < 0)


def _arms(
    scenario: Scenario, structure: str, levers: Mapping[str, tuple[str, ...]], point: Mapping[str, object]
) -> list[Arm]:
    here = scenario.replace(f"structure={structure}", dict(point))
    each = {structure: (), **{f"{structure} without {name}": words for name, words in levers.items()}}
    return [Arm(label, without(here, words), (structure,)) for label, words in each.items()]
