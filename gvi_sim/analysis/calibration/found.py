"""What a calibration found, as plain numbers: the form that its page, figure and lines share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..records.notices import Notice
    from ..records.statistics import Statistic
    from .contradicted import Contradicted
    from .verdicts import FitCheck, Learnt, ModelFit


@dataclass(frozen=True)
class CalibrationFound:
    """What a calibration found: the record, what was learnt of each parameter, and the record beside predictions.

    ``statistics`` and ``checks`` go together; ``p`` is that of the joint check; ``contradicted`` values of the scenario
    that the posterior speaks against; ``notices`` what was noticed in the record.
    """

    site: str
    start: date
    attacks: int
    kind: str
    recording: float
    units: int
    areas: int
    unit: str
    small_cells: int
    notices: tuple[Notice, ...]
    learnt: tuple[Learnt, ...]
    statistics: tuple[Statistic, ...]
    checks: tuple[FitCheck, ...]
    p: float
    contradicted: Contradicted
    seed: int

    @property
    def by_name(self) -> dict[str, Learnt]:
        """What was learnt, by parameter."""
        return {found.name: found for found in self.learnt}

    @property
    def fit(self) -> ModelFit:
        """Whether the model fits, and what lies farthest off if not."""
        from .verdicts import fit_of  # with it come the draws, which lists do without

        return fit_of(self.p, self.checks)
