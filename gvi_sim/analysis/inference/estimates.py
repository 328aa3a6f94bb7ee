"""Numbers with their stated interval and the word for their direction: what every part of a report shows alike."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from ...units import SEK_PER_MSEK
from . import outcomes
from .verdict import Verdict


@dataclass(frozen=True)
class Stated:
    """A number with its 95 % interval."""

    value: float
    low: float
    high: float

    def scaled(self, factor: float) -> Stated:
        """The same in another unit; a negative factor swaps the ends."""
        ends = sorted((self.low * factor, self.high * factor))
        return Stated(self.value * factor, ends[0], ends[1])

    @property
    def is_known(self) -> bool:
        """Whether there is a value with an interval at all."""
        return all(math.isfinite(x) for x in (self.value, self.low, self.high))


@dataclass(frozen=True)
class Change(Stated):
    """An estimate that has a direction: its stated interval, and the word for which way it goes."""

    verdict: Verdict

    def scaled(self, factor: float) -> Change:
        """The same in another unit; a negative factor swaps the ends and turns the word."""
        ends = sorted((self.low * factor, self.high * factor))
        return Change(self.value * factor, ends[0], ends[1], self.verdict if factor > 0 else self.verdict.mirrored)

    @property
    def is_settled(self) -> bool:
        """Whether the model says a direction."""
        return self.verdict.sign != 0


@dataclass(frozen=True)
class Share:
    """Share of the ``draws`` that have fewer, with its 90 % interval; at a scenario's own values (no draws) the
    probability by chance alone.
    """

    value: float
    low: float
    high: float
    draws: int


@dataclass(frozen=True)
class Row:
    """One outcome of a comparison, in the unit that is shown.

    ``difference`` and ``ratio`` have the stated intervals, ``precision`` is the ratio with that of computing.
    """

    name: str
    base: float
    scenario: float
    difference: Change
    ratio: Stated
    precision: Stated
    share: Share

    @property
    def verdict(self) -> Verdict:
        """The word for which way the outcome goes."""
        return self.difference.verdict

    @property
    def is_settled(self) -> bool:
        """Whether the model says a direction."""
        return self.difference.is_settled

    @property
    def change(self) -> Change:
        """Relative change (-0.25 for a quarter fewer)."""
        return Change(self.ratio.value - 1, self.ratio.low - 1, self.ratio.high - 1, self.verdict)


def rows_of(frame: Any, label: str) -> dict[str, Row]:
    """The rows of a frame of estimates by their label, in the units that are shown."""
    return {str(r[label]): row(str(r[label]), r) for r in frame.to_dict("records")}


def row(name: str, fields: Mapping[Hashable, Any] | Mapping[str, Any]) -> Row:
    """One row from the fields of an estimate."""
    scale = scale_of(name)
    verdict = Verdict(fields["verdict"])
    return Row(
        name,
        fields["base"] * scale,
        fields["scenario"] * scale,
        Change(fields["difference"], fields["low"], fields["high"], verdict).scaled(scale),
        Stated(fields["ratio"], fields["ratio_low"], fields["ratio_high"]),
        Stated(fields["ratio"], fields["ratio_precision_low"], fields["ratio_precision_high"]),
        Share(fields["share"], fields["share_low"], fields["share_high"], int(fields["draws"])),
    )


def scale_of(name: str) -> float:
    """Factor from the stored unit of an outcome to the one that is shown."""
    if name.startswith("cost"):
        return 1 / SEK_PER_MSEK
    known = outcomes.BY_NAME.get(name)
    return known.scale if known else 1.0
