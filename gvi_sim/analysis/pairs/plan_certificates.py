"""The pairing certificates of a plan of many scenarios: every one against its baseline.

Sweeps and attributions keep no attacks, so the first runs of each cell and baseline are made again from the
seed, with their attacks, and once more at dose zero. The variance ratio is that of all runs. One cell is held
at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ...execution.amounts.totals import COLUMNS
from ...execution.planning.arm import Arm
from ...execution.planning.plan import Plan
from ...execution.storage.arm_results import InMemory
from ..inference.intervals import estimate
from .certificate import ZERO_RUNS, Certificate, certify, compare_attacks
from .components import at_zero
from .rerun_in_memory import run_again

if TYPE_CHECKING:
    import pandas as pd

    from ...config import Scenario

Values = Callable[[int], np.ndarray]  # number of an arm to its outcomes [replicates, totals.COLUMNS]
CERTIFICATES = "certificates"
HELD = 64  # baselines and scenarios at dose zero that are kept; most cells share theirs
FIELDS = tuple(Certificate.__dataclass_fields__)


def certificates(plan: Plan, values: Values) -> pd.DataFrame:
    """One row a cell: arm, label, runs looked at, and the fields of ``Certificate``; EngineError where one fails."""
    import pandas as pd

    again = _Again(plan)
    rows: list[dict[str, Any]] = []
    for number, arm in enumerate(plan.arms):
        if arm.baseline is not None:
            found = again.certificate(number, arm.baseline, values)
            labels = {"arm": number, "label": arm.label, "runs": again.runs}
            rows.append({**labels, **{name: getattr(found, name) for name in FIELDS}})
    return pd.DataFrame(rows)


class _Again:
    """The first runs of the arms of a plan, made again."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.runs = plan, min(ZERO_RUNS, plan.replicates)
        self._baseline = lru_cache(maxsize=HELD)(self._attacks)
        self._zero: dict[tuple[str, str], list[str]] = {}

    def certificate(self, number: int, baseline: int, values: Values) -> Certificate:
        """The certificate of one cell."""
        base, cell = (self.plan.arms[arm].scenario for arm in (baseline, number))
        before, window = self._baseline(baseline)
        attacks = COLUMNS.index("attacks")
        return certify(
            base,
            cell,
            compare_attacks(before, self._attacks(number)[0]),
            self._at_zero(baseline) == self._at_zero(number),
            zero_runs=self.runs,
            window_start=window[0],
            variance_ratio=estimate(values(baseline)[:, attacks], values(number)[:, attacks]).variance_ratio,
            levers=self.plan.arms[number].levers,
        )

    def _attacks(self, arm: int) -> tuple[pd.DataFrame, tuple[float, float]]:
        found = self._run(arm, replace(self.plan.arms[arm], baseline=None), frozenset({"attacks"}))
        return found.table("attacks"), found.window

    def _at_zero(self, arm: int) -> list[str]:
        zero, drawn = at_zero(self.plan.arms[arm].scenario), self.plan.drawn[arm]
        key = zero.digest(), "" if drawn is None else drawn.sha256
        if key not in self._zero:
            self._zero[key] = self._run(arm, zero, frozenset()).digests
        return self._zero[key]

    def _run(self, arm: int, scenario: Scenario | Arm, keep: frozenset[str]) -> InMemory:
        """Runs of ``scenario`` with what an arm draws."""
        plan = self.plan
        (found,) = run_again(
            (scenario,), seed=plan.seed, runs=self.runs, make=plan.make, keep=keep, parameters=plan.drawn[arm]
        )
        return found
