"""A closer look at a comparison, for its report: what averted attacks, which part did what, and what a plain
before/after comparison would have seen.

Small tables, made from fewer runs where all of them would take long, and kept in the result's folder:
``effect_by_dose`` (the effect with sanction certainty and with exit offers at 0 and at 1), ``requirements`` (the
smallest capacity and the fewest places that do), ``averted_by_cause`` (the ledger's sums), ``effect_by_part`` (what
would be lost but for each part), ``before_after`` (regression to the mean). What cannot be made says why.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ...errors import GviError, ScenarioError, StoreError
from ...execution.amounts.resource_estimate import run_seconds, spoken_time
from ...execution.ensembles.ensemble import RUNS_A_DRAW
from ...execution.ensembles.parameters import POINT
from ...execution.planning.batch import default_engine
from ...execution.planning.machine import code_digest
from ...execution.storage.store import Store, open_store
from ...execution.workers.pool import Progress
from ..measures.listed_groups import SMALLEST
from ..pairs.ledger import ledger_of, summarise
from .attribution import without_arms, without_each
from .effect_by_dose import at_ends, effect_by_dose
from .regression import regression_to_the_mean
from .requirements import MOST_STEPS, RUNS_OF_A_SEARCH, requirements

if TYPE_CHECKING:
    import pandas as pd

    from ...config import Scenario
    from ..pairs.effect import Effect

BY_CAUSE, BY_PART, BEFORE_AFTER = "averted_by_cause", "effect_by_part", "before_after"
BY_DOSE, REQUIREMENTS = "effect_by_dose", "requirements"
TABLES = (BY_DOSE, REQUIREMENTS, BY_CAUSE, BY_PART, BEFORE_AFTER)
NOTES = "closer.json"
MOST_RUNS, FEWEST_RUNS = 200, 20
SECONDS = 30.0  # of a processor, for each table
YEARS = 2.0  # before and after the start
MOVED = "a lever written by the user counts its days from the start date, which this comparison moves"
NOT_GIVEN = "the file of the lever written by the user was not given"
ONE_SITE = "each site of a roll-out would need its own"
NOT_RUNNING, ANOTHER_CODE = "no programme runs", "another version of the model made this result"


@dataclass(frozen=True)
class Closer:
    """The tables by name, the runs each was made from, and why those that are missing could not be made."""

    tables: Mapping[str, pd.DataFrame]
    runs: Mapping[str, int]
    not_made: Mapping[str, str]


NOTHING = Closer(MappingProxyType({}), MappingProxyType({}), MappingProxyType({}))


def closer_of(
    effect: Effect,
    names: Sequence[str] = TABLES,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Closer:
    """The closer look at ``effect``: the one in its folder, else made now (and kept there).

    ``names``: the tables to make of one that lies in no folder.
    """
    if effect.folder is None:
        return _made(effect, names, workers, progress)
    store = open_store(effect.folder)
    if NOTES in store.files:
        return _stored(store)
    made = _made(effect, TABLES, workers, progress)
    for name, table in made.tables.items():
        store.write_table(name, table)
    notes = {"runs": dict(made.runs), "not_made": dict(made.not_made)}
    store.write_file(NOTES, (json.dumps(notes, indent=1) + "\n").encode())
    return made


def expected_seconds(base: Scenario, scenario: Scenario, replicates: int) -> float:
    """Processor seconds that the tables of a comparison will take."""
    if not any(site.programme_runs()[0] for site in scenario.each_site()):
        return 0.0
    each = {name: _seconds(base, scenario, name) for name in TABLES}
    runs = {name: _affordable(name, seconds, replicates, are_drawn=False) for name, seconds in each.items()}
    return math.fsum(each[name] * runs[name] for name in TABLES)


def closer_again(effect: Effect, store: Store) -> Iterator[tuple[str, pd.DataFrame]]:
    """The tables of a folder once more, from as many runs as it says."""
    if NOTES in store.files:
        for name, runs in _stored(store).runs.items():
            yield name, _MAKERS[name](effect, runs, None, None)


def _stored(store: Store) -> Closer:
    try:
        notes = json.loads(store.read_file(NOTES))
        runs = {name: int(notes["runs"][name]) for name in TABLES if name in notes["runs"]}
        not_made = {name: str(notes["not_made"][name]) for name in TABLES if name in notes["not_made"]}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StoreError("not-ours/closer", file=store.folder / NOTES) from error
    return Closer({name: store.read_table(name) for name in runs}, runs, not_made)


def _made(effect: Effect, names: Sequence[str], workers: int | None, progress: Progress | None) -> Closer:
    tables: dict[str, pd.DataFrame] = {}
    runs: dict[str, int] = {}
    not_made: dict[str, str] = {}
    for name in names:
        reason = _reason(effect, name)
        each = _seconds(effect.base.scenario, effect.scenario.scenario, name)
        count = 0 if reason else _affordable(name, each, effect.replicates, are_drawn=effect.draws is not None)
        if not reason and count == 0:
            spoken = spoken_time(FEWEST_RUNS * each)
            reason = f"{FEWEST_RUNS} runs of each of its scenarios would take about {spoken}"
        if not reason:
            try:
                tables[name], runs[name] = _MAKERS[name](effect, count, workers, progress), count
            except GviError as error:  # such as a programme that stops before two years are over
                reason = str(error)
        if reason:
            not_made[name] = reason
    return Closer(tables, runs, not_made)


def _reason(effect: Effect, name: str) -> str:
    """Why a table cannot be made at all, "" when it can."""
    base, scenario = effect.base.scenario, effect.scenario.scenario
    if not any(site.programme_runs()[0] for site in scenario.each_site()):
        return NOT_RUNNING
    if effect.manifest["code"] != code_digest():
        return ANOTHER_CODE
    if effect.manifest["levers"] and not effect.levers:
        return NOT_GIVEN
    if name == BEFORE_AFTER and effect.levers:
        return MOVED
    if name == REQUIREMENTS and scenario.parts:
        return ONE_SITE
    if name == BEFORE_AFTER and any(site.programme_runs()[0] for site in base.each_site()):
        return "a programme runs on both sides"
    return ""


def _affordable(name: str, seconds: float, replicates: int, *, are_drawn: bool) -> int:
    """Runs, of so many seconds each, within ``SECONDS`` (of a search, a third of them); 0 when they are too few."""
    is_search = name == REQUIREMENTS
    most, budget = (RUNS_OF_A_SEARCH, SECONDS / 3) if is_search else (MOST_RUNS, SECONDS)
    count = min(most, replicates, int(budget / seconds))
    count -= count % RUNS_A_DRAW if are_drawn else 0
    return count if count >= min(FEWEST_RUNS, replicates) else 0


def _seconds(base: Scenario, scenario: Scenario, name: str) -> float:
    """Processor seconds that one run of everything behind a table takes."""
    if name == BY_DOSE:
        return math.fsum(map(run_seconds, (base, *at_ends(scenario).values())))
    if name == REQUIREMENTS:
        return MOST_STEPS * (run_seconds(base) + run_seconds(scenario))
    if name != BY_PART:
        return run_seconds(base) + run_seconds(scenario)
    arms = without_arms(scenario, base)
    return math.fsum(map(run_seconds, {arm.scenario.digest(): arm.scenario for arm in arms}.values()))


def _by_cause(effect: Effect, runs: int, workers: int | None, progress: Progress | None) -> pd.DataFrame:
    draws = None if effect.draws is None else effect.draws[:runs]
    return summarise(ledger_of(effect, default_engine(), runs), draws, runs)


def _by_part(effect: Effect, runs: int, workers: int | None, progress: Progress | None) -> pd.DataFrame:
    return without_each(
        effect.scenario.scenario,
        effect.base.scenario,
        replicates=runs,
        seed=effect.seed,
        workers=workers,
        parameters=effect.parameters or POINT,
        levers=effect.levers,
        progress=progress,
    )


def _before_after(effect: Effect, runs: int, workers: int | None, progress: Progress | None) -> pd.DataFrame:
    made = regression_to_the_mean(
        effect.scenario.scenario,
        before_years=YEARS,
        after_years=YEARS,
        what="shootings",
        replicates=runs,
        seed=effect.seed,
        workers=workers,
        parameters=effect.parameters or POINT,
        progress=progress,
    )
    if not made.may_be_told:
        raise ScenarioError("too-few-persons", fewest=SMALLEST)
    return made.table


_MAKERS: Mapping[str, Callable[[Effect, int, int | None, Progress | None], Any]] = MappingProxyType(
    {
        BY_DOSE: effect_by_dose,
        REQUIREMENTS: requirements,
        BY_CAUSE: _by_cause,
        BY_PART: _by_part,
        BEFORE_AFTER: _before_after,
    }
)
