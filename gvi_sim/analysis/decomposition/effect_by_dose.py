"""The two questions of the programme, one lever at a time: sanction certainty and exit offers, never and always.

A table with a row as planned, one for each end of each lever, and one for each form of what nobody knows (as planned,
in the draws that have it): the change in shootings with its interval and word, median and middle nine tenths over the
draws, and the promises owed and kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from ...execution.amounts.totals import COLUMNS
from ...execution.ensembles.parameters import POINT, Parameters
from ...execution.ensembles.structures import STRUCTURES, forms_of
from ...execution.planning.arm import Arm
from ...execution.workers.pool import Progress
from ...simulate import ready, run_arms
from ..inference.intervals import labelled_frame, middle_and_range, paired
from ..pairs.components import without
from .attribution import plan_of_arms

if TYPE_CHECKING:
    import pandas as pd

    from ...config import Scenario
    from ..pairs.effect import Effect

CERTAINTY, OFFERS = "programme.sanction_certainty", "exit.offer_rate"
OWN, NEVER, ALWAYS = "own", "never", "always"
ENDS: Mapping[str, int] = MappingProxyType({NEVER: 0, ALWAYS: 1})
MAIN = "shootings"
FEWEST_RUNS = 10
"""Less is not told of fewer runs alone."""


def promises(site: Scenario) -> bool:
    """Whether a programme runs that tells anybody of the sanction."""
    programme = site.programme
    return site.programme_runs()[0] and (programme.call_in.every_days > 0 or programme.notification.per_month > 0)


def at_ends(scenario: Scenario) -> dict[tuple[str, str], Scenario]:
    """The scenario with each lever at 0 and at 1; without certainty where nothing is promised."""
    levers = (CERTAINTY, OFFERS) if any(map(promises, scenario.each_site())) else (OFFERS,)
    return {(key, end): without(scenario, (f"{key}={dose}",)) for key in levers for end, dose in ENDS.items()}


def effect_by_dose(effect: Effect, runs: int, workers: int | None, progress: Progress | None) -> pd.DataFrame:
    """The row of shootings as planned, from all runs, and one for each of ``at_ends``, from the first ``runs``.

    Further columns: lever (or structure), dose (or form), ratio_median, ratio_low_90 and ratio_high_90 over the
    draws, promises_owed and promises_kept (means of the runs).
    """
    import pandas as pd

    ends = at_ends(effect.scenario.scenario)
    arms = tuple(Arm("-".join(name), arm, (), 0, effect.levers) for name, arm in ends.items())
    arms = (Arm("base", effect.base.scenario), *arms)
    plan = plan_of_arms(arms, effect.seed, runs, effect.parameters or POINT)
    found = run_arms(plan, (), workers=ready(plan, workers, in_memory=True, force=False), progress=progress)
    own, first = effect.draws, None if effect.draws is None else effect.draws[:runs]
    rows = [_row(("", OWN), effect.base.values, effect.scenario.values, own)]
    for name, arm in zip(ends, found[1:], strict=True):
        rows.append(_row(name, effect.base.values[:runs], arm.values, first))
    for name, inside in _runs_by_form(effect).items():
        drawn = None if own is None else own[inside]
        rows.append(_row(name, effect.base.values[inside], effect.scenario.values[inside], drawn))
    return pd.concat(rows, ignore_index=True)


def _runs_by_form(effect: Effect) -> dict[tuple[str, str], np.ndarray]:
    """The runs whose draw has a form, by structure and form; nothing where they are too few to be told apart."""
    drawn = Parameters.from_manifest(effect.manifest)
    found: dict[tuple[str, str], np.ndarray] = {}
    if drawn is None or effect.draws is None:
        return found
    for name, form in forms_of(drawn.ensemble).items():
        sides = [np.flatnonzero(form[effect.draws] == number) for number in (0, 1)]
        if min(map(len, sides)) >= FEWEST_RUNS:
            found |= {(name, word): side for word, side in zip(STRUCTURES[name].forms, sides, strict=True)}
    return found


def _row(name: tuple[str, str], base: np.ndarray, scenario: np.ndarray, draws: np.ndarray | None) -> pd.DataFrame:
    usual, with_it = (values[:, [COLUMNS.index(MAIN)]] for values in (base, scenario))
    median, low, high = middle_and_range(usual, with_it, draws)
    kept, broken = (mean_outcome(scenario, f"promises_{what}") for what in ("kept", "broken"))
    labels = {"lever": name[0], "dose": name[1], "outcome": MAIN}
    return labelled_frame(labels, paired(usual, with_it, draws) | {
        "ratio_median": median, "ratio_low_90": low, "ratio_high_90": high,
        "promises_owed": np.array([kept + broken]), "promises_kept": np.array([kept]),
    })  # fmt: skip


def mean_outcome(values: np.ndarray, outcome: str) -> float:
    """Mean of an outcome over runs [runs, outcomes]."""
    return float(values[:, COLUMNS.index(outcome)].mean())
