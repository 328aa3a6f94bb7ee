"""What the main answer shows: each lever at its ends, and the smallest doses that do."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...analysis.decomposition.effect_by_dose import CERTAINTY
from ...analysis.inference.estimates import Row, Stated


@dataclass(frozen=True)
class DoseView:
    """Shootings at one end of a lever: change, its ``middle`` (median and middle nine tenths of the draws, relative
    change), and promises owed and kept in a run.
    """

    row: Row
    middle: Stated
    owed: float
    kept: float


@dataclass(frozen=True)
class ByDose:
    """What the programme does as planned (``own``), with a lever at 0 (``never``) and at 1 (``always``), and as planned
    in the draws that have a form of what nobody knows.
    """

    runs: int
    own: DoseView
    ends: dict[str, dict[str, DoseView]]  # by lever and end
    forms: dict[str, dict[str, DoseView]]  # by structure and form

    @property
    def left(self) -> float:
        """Share of the effect that is there although no promise is kept; NaN where no effect is said."""
        own, never = self.own.row.difference, self.ends[CERTAINTY]["never"].row.difference
        return never.value / own.value if own.is_settled and own.value != 0 else math.nan


@dataclass(frozen=True)
class Need:
    """The smallest dose of a lever that reaches what is asked (None: not even ``most`` does), and as planned: ``own``.

    ``reached`` at that dose (or at ``most``); costs in million SEK for a run.
    """

    lever: str
    asked: float
    dose: float | None
    reached: float
    most: float
    cost: float
    own: float
    own_reached: float
    own_cost: float
