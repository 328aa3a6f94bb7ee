"""Two arms that were run with the same seed and draws: what everything that compares them takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...errors import PairingError, ScenarioError, nearest_hint
from ...execution.amounts.totals import COLUMNS
from ...execution.ensembles.parameters import Parameters
from ...execution.planning.arm import Arm
from ...model.lever_protocol import check_same_levers
from ...simulate import Runs
from ..inference.intervals import Estimate, estimate
from .pairing import check_comparable

if TYPE_CHECKING:
    from ...model.lever_protocol import Lever

LABELS = ("base", "scenario")


class Pair:
    """The runs of ``base`` and ``scenario``, both of the same seed, and what the two share: seed, replicates, draws,
    manifest, folder, and the ``levers`` of a user's own that acted in the scenario.
    """

    def __init__(self, base: Runs, scenario: Runs, levers: tuple[Lever, ...] = ()) -> None:
        if (base.seed, base.replicates) != (scenario.seed, scenario.replicates):
            raise PairingError(
                "other-seed",
                seed=base.seed,
                replicates=base.replicates,
                other_seed=scenario.seed,
                other_replicates=scenario.replicates,
            )
        check_comparable(base.scenario, scenario.scenario)
        self.base, self.scenario = base, scenario
        self.seed, self.replicates = scenario.seed, scenario.replicates
        self.manifest, self.folder, self.warnings = scenario.manifest, scenario.folder, scenario.warnings
        self.levers = levers

    @property
    def arms(self) -> tuple[Arm, Arm]:
        """Both sides as they can be run again; ScenarioError when levers acted that this pair was read without."""
        if self.manifest["levers"] and not self.levers:
            check_same_levers(self.manifest["levers"], (), self.folder)
        return Arm(LABELS[0], self.base.scenario), Arm(LABELS[1], self.scenario.scenario, levers=self.levers)

    @property
    def draws(self) -> np.ndarray | None:
        """Number of the draw that each pair of runs used, int64 [runs]; None for runs at the scenarios' own values."""
        return self.scenario.draws

    @property
    def parameters(self) -> Parameters | None:
        """What the runs drew, the same in both arms; None for runs at the scenarios' own values."""
        return self.scenario.parameters

    def row(self, outcome: str) -> Estimate:
        """The estimate of one outcome over the whole window."""
        return estimate(*self.values_of(outcome), self.draws)

    def differences(self, outcome: str) -> np.ndarray:
        """Scenario minus base of one outcome, float64 [replicates]."""
        base, scenario = self.values_of(outcome)
        return np.asarray(scenario - base)

    def values_of(self, outcome: str) -> tuple[np.ndarray, np.ndarray]:
        """One outcome in either arm, float64 [replicates] each; ScenarioError for what is no outcome."""
        if outcome not in COLUMNS:
            raise ScenarioError("unknown-outcome", outcome=outcome, hint=nearest_hint(outcome, COLUMNS), known=COLUMNS)
        column = COLUMNS.index(outcome)
        return self.base.values[:, column], self.scenario.values[:, column]
