"""What it takes: the smallest sanction capacity that keeps the promises asked for, the fewest places of support.

Found by search over runs of the programme with the comparison's seed, draws and constants: the dose is doubled until
the aim is met, then halved in between. More of either keeps more promises and shortens the wait, so the search ends at
the smallest dose (of whole numbers) that meets the aim; where the most that is tried does not, it is not reachable.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ...config.value_text import value_at
from ...execution.ensembles.parameters import POINT
from ...execution.planning.arm import Arm
from ...execution.workers.pool import Progress
from ...simulate import ready, run_arms
from ..pairs.components import without
from .attribution import plan_of_arms
from .effect_by_dose import mean_outcome, promises

if TYPE_CHECKING:
    import pandas as pd

    from ...config import Scenario
    from ..pairs.effect import Effect

COLUMNS_OF_NEED = ["lever", "asked", "dose", "reached", "most", "cost", "own", "own_reached", "own_cost"]
CAPACITY, PLACES = "programme.sanction.capacity", "exit.places"
KEPT = 0.9
"""Of the certainty asked for: the share of owed promises that the capacity must allow to be kept."""
LONGEST_WAIT = 30.0
"""Days that a request may wait on average."""
RUNS_OF_A_SEARCH = 60
MOST_STEPS = 12
"""Doses that a search looks at, about, for an estimate of its time."""


class _Aim(NamedTuple):
    """What is asked of a lever: ``measured`` of runs must be at least (``sign`` 1) or at most (-1) ``asked``."""

    lever: str
    asked: float
    sign: int
    most: int
    measured: Callable[[Any], float]


def requirements(effect: Effect, runs: int, workers: int | None, progress: Progress | None) -> pd.DataFrame:
    """One row a lever: lever, asked, dose (NaN: not reachable), reached by it, most tried, own, own_reached.

    ``cost`` and ``own_cost`` are what programme and support cost in a run. For a scenario of one site.
    """
    import pandas as pd

    scenario, base = effect.scenario.scenario, Arm("base", effect.base.scenario)
    rows = []
    for aim in _aims(scenario):
        own = int(str(value_at(scenario, aim.lever)))
        seen: dict[int, Any] = {own: effect.scenario.values[:runs]}
        if math.isnan(aim.measured(seen[own])):  # nothing is owed, or nobody asks
            continue

        def run_at(dose: int, lever: str = aim.lever, seen: dict[int, Any] = seen) -> Any:
            if dose not in seen:
                arms = base, Arm("dose", without(scenario, (f"{lever}={dose}",)), (), 0, effect.levers)
                plan = plan_of_arms(arms, effect.seed, runs, effect.parameters or POINT, are_compared=False)
                made = run_arms(plan, (), workers=ready(plan, workers, in_memory=True, force=False), progress=progress)
                seen[dose] = made[1].values
            return seen[dose]

        def meets(dose: int, aim: _Aim = aim, run_at: Callable[[int], Any] = run_at) -> bool:
            return aim.sign * (aim.measured(run_at(dose)) - aim.asked) >= 0

        dose = smallest(meets, own, aim.most)
        at = aim.most if dose is None else dose
        rows.append({
            "lever": aim.lever, "asked": aim.asked, "dose": float("nan") if dose is None else float(dose),
            "reached": aim.measured(run_at(at)), "most": float(aim.most), "cost": _cost(run_at(at)),
            "own": float(own), "own_reached": aim.measured(run_at(own)), "own_cost": _cost(run_at(own)),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS_OF_NEED)


def smallest(meets: Callable[[int], bool], first: int, most: int) -> int | None:
    """The smallest whole number from 0 to ``most`` that ``meets`` an aim which all larger ones meet too; None if none.

    The search begins at ``first``.
    """
    low, high = -1, min(max(first, 0), most)  # the largest known to miss it, and one that may meet it
    while not meets(high):
        if high == most:
            return None
        low, high = high, min(max(2 * high, 1), most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if meets(middle) else (middle, high)
    return high


def _aims(scenario: Scenario) -> list[_Aim]:
    aims = []
    certainty = scenario.programme.sanction_certainty
    if promises(scenario) and certainty > 0:
        aims.append(_Aim(CAPACITY, KEPT * certainty, 1, scenario.site.groups, kept_share))
    if scenario.exit.offer_rate > 0:
        aims.append(_Aim(PLACES, LONGEST_WAIT, -1, max(scenario.site.members // 2, scenario.exit.places), mean_wait))
    return aims


def kept_share(values: Any) -> float:
    """Promises kept over promises owed, of all runs together; NaN where none is owed."""
    kept, broken = (mean_outcome(values, f"promises_{name}") for name in ("kept", "broken"))
    return kept / (kept + broken) if kept + broken > 0 else float("nan")


def mean_wait(values: Any) -> float:
    """Days on the waiting list for each request for support, of all runs together; NaN where nobody asks."""
    requests = mean_outcome(values, "requests")
    return mean_outcome(values, "waiting_days") / requests if requests > 0 else float("nan")


def _cost(values: Any) -> float:
    return mean_outcome(values, "cost_programme") + mean_outcome(values, "cost_support")
