"""What a report shows, as plain numbers: the form that figures, tables and wording share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...analysis.inference.estimates import Change, Row, Stated
from .dose_view import ByDose, Need
from .years import SweepYears, YearRow, first_whole_year

if TYPE_CHECKING:
    from ...analysis.calibration.found import CalibrationFound
    from ...analysis.decomposition.spending import Spending
    from ...analysis.pairs.uncertainty import Uncertainty
    from ...config.tree import Stage

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fan:
    """How a count is spread over the runs, point by point in time.

    ``years`` [points] are calendar years with decimals; each point looks back over ``months``; ``mean``
    [points], ``bands`` maps a share of the runs (0.5, 0.9) to its lower and upper edge.
    """

    years: Array
    months: int
    mean: Array
    bands: dict[float, tuple[Array, Array]]


@dataclass(frozen=True)
class Lorenz:
    """Cumulative share of attacks against share of groups, most active first: mean, nine tenths of runs."""

    groups: Array
    mean: Array
    low: Array
    high: Array
    gini: Stated
    top_fifth: float


@dataclass(frozen=True)
class Resting:
    """One parameter that the answer rests on."""

    key: str
    value: str
    unit: str
    low: str
    high: str
    grade: str  # A, B, C, D or "set"
    sources: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class PatternRow:
    """One weak pattern of the validation plan: (value, low, high) of every number it is read off."""

    number: int
    key: str
    verdict: str  # "passes", "fails", "entered" or "not known"
    checks: tuple[tuple[float, float, float], ...]
    reason: str


@dataclass(frozen=True)
class LevelRow:
    """The validation level of a quantity, with patterns and published figures that keep it from V4."""

    key: str
    level: str
    patterns_missing: tuple[str, ...]
    figures_missing: tuple[str, ...]


@dataclass(frozen=True)
class Validation:
    """Which patterns these runs show, and how far each quantity has been validated."""

    patterns: tuple[PatternRow, ...]
    levels: tuple[LevelRow, ...]
    keeps: bool  # whether enough patterns pass for the model to be kept
    asked: int  # so many must pass

    @property
    def passed(self) -> int:
        """How many patterns pass, of those that count."""
        return sum(row.verdict == "passes" for row in self.patterns)

    @property
    def known(self) -> int:
        """How many patterns count: these runs can show them, and they are no entered number that came back."""
        return sum(row.verdict in ("passes", "fails") for row in self.patterns)

    @property
    def is_exploratory(self) -> bool:
        """Whether any quantity is below V4."""
        return any(row.level < "V4" for row in self.levels)


@dataclass(frozen=True)
class CitedSource:
    """One work behind the parameters."""

    key: str
    text: str


@dataclass(frozen=True)
class NotRunning:
    """A site whose programme does not run: ``why`` is "off", "coverage" or "partners"."""

    site: str
    why: str
    partners: tuple[str, ...] = ()


@dataclass(frozen=True)
class Beginning:
    """When the programme begins in a site: in these runs (None: never), and what the registry knows of its place.

    ``place`` is "" where the registry has no date of its own, which is ``known``; ``sources`` are references;
    ``timeline``: what changes afterwards.
    """

    site: str
    place: str
    day: date | None
    sources: tuple[str, ...]
    grade: str
    known: str = ""
    timeline: tuple[Stage, ...] = ()


@dataclass(frozen=True)
class Origin:
    """Where a result comes from and how to get it again.

    ``spans``: the years that were compared, more than one in a sweep over years; ``package``: the choice of
    programme; ``own_facts``: facts of the site that were set for this run though its name was not; ``abroad``: of each
    site with values of another country than its own, name, country, and that country ("": the registry's default).
    """

    site: str
    start: date
    spans: tuple[float, ...]
    replicates: int
    seed: int
    version: str
    command: str
    facts: tuple[tuple[str, str], ...] = ()  # sentence key, value
    libraries: tuple[tuple[str, str], ...] = ()
    drawn: int = 0  # parameters that were drawn from an ensemble
    package: str = "gvi"
    beginnings: tuple[Beginning, ...] = ()
    own_facts: tuple[str, ...] = ()
    abroad: tuple[tuple[str, str, str], ...] = ()
    levers: tuple[str, ...] = ()  # of a user's own, with the start of their file's hash


@dataclass(frozen=True)
class Pairing:
    """What the pairing of the two sides is worth.

    ``zero_runs`` of dose zero were the same on both sides; ``variance_ratio`` paired to unpaired; ``created``
    attacks per attack averted. In a sweep these are the worst of its ``cells``.
    """

    zero_runs: int
    variance_ratio: float
    created: float
    cells: int = 0


@dataclass(frozen=True)
class Books:
    """The paired ledger of ``runs`` runs, summed: ``sums`` [line][outcome] with lines base, averted, created,
    changed and scenario, and ways such as direct and downstream below ``averted``; ``causes`` what stopped
    shootings, with each one's share.
    """

    runs: int
    sums: dict[str, dict[str, Stated]]
    ways: dict[str, dict[str, Stated]]
    causes: tuple[tuple[str, Stated, float], ...]


@dataclass(frozen=True)
class Part:
    """One part of a programme and one outcome: its share of the change, None where only what would be lost but for it
    was looked at.
    """

    name: str
    is_zero: bool
    share: Change | None
    but_for: Change

    @property
    def main(self) -> Change:
        """What is told of the part first."""
        return self.but_for if self.share is None else self.share


@dataclass(frozen=True)
class Parts:
    """The change by the programme's parts: by outcome, ``rest`` (where it is shared out) and ``total`` last."""

    runs: int
    by_outcome: dict[str, tuple[Part, ...]]

    @property
    def are_shared_out(self) -> bool:
        """Whether every part has its share."""
        return all(part.share is not None for parts in self.by_outcome.values() for part in parts)


@dataclass(frozen=True)
class BeforeAfter:
    """Shootings a year by the groups listed first, before and after the start, and what the change is made of."""

    runs: int
    years: float
    terms: dict[str, Change]


@dataclass(frozen=True)
class RunView:
    """Everything that the report of a comparison shows."""

    origin: Origin
    rows: dict[str, Row]
    by_year: tuple[YearRow, ...]
    by_mode: dict[str, Row]
    by_listed: dict[str, Row]
    fans: tuple[Fan, Fan]
    lorenz: tuple[Lorenz, Lorenz] | None
    seen_fewer: float
    ranges: tuple[tuple[float, float], tuple[float, float]]
    programme_start: float | None
    programme_stop: float | None
    resting: tuple[Resting, ...]
    sources: tuple[CitedSource, ...]
    not_running: tuple[NotRunning, ...] = ()
    warnings: tuple[str, ...] = ()
    pairing: Pairing | None = None
    books: Books | None = None
    parts: Parts | None = None
    before_after: BeforeAfter | None = None
    by_dose: ByDose | None = None
    needs: tuple[Need, ...] = ()
    not_made: tuple[tuple[str, str], ...] = ()  # section, why it is missing
    validation: Validation | None = None
    doubt: Uncertainty | None = None
    both_sides: tuple[str, ...] = ()  # keys that were set and hold with and without the programme
    spending: Spending | None = None

    @property
    def known_years(self) -> list[YearRow]:
        """Years in which business as usual has anything to compare with."""
        return [year for year in self.by_year if year.row.ratio.is_known]

    @property
    def first_whole_year(self) -> YearRow:
        """The first known year that begins when the programme runs already, else the first known year."""
        return first_whole_year(self.known_years, self.programme_start) or self.known_years[0]


@dataclass(frozen=True)
class PartsView:
    """Everything that the report of an attribution shows."""

    origin: Origin
    parts: Parts
    resting: tuple[Resting, ...]
    sources: tuple[CitedSource, ...]
    not_running: tuple[NotRunning, ...] = ()
    warnings: tuple[str, ...] = ()
    pairing: Pairing | None = None
    validation: Validation | None = None
    by_dose: ByDose | None = None
    not_made: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class AxisView:
    """One lever of a sweep and its levels, as they are written in the design."""

    key: str
    levels: tuple[str, ...]
    unit: str

    @property
    def is_numeric(self) -> bool:
        """Whether every level is a number."""
        return all(_is_number(level) for level in self.levels)

    @property
    def positions(self) -> Array:
        """Where the levels lie on an axis: their values when they are numbers, else their order."""
        if self.is_numeric:
            return np.array([float(level) for level in self.levels])
        return np.arange(len(self.levels), dtype=np.float64)

    @property
    def middle(self) -> str:
        """The level at which other levers are looked at."""
        return self.levels[len(self.levels) // 2]


@dataclass(frozen=True)
class CellView:
    """One combination of levels, against its own business as usual, whose number is ``baseline``."""

    levels: tuple[str, ...]
    rows: dict[str, Row]
    joint: dict[str, Stated]  # differences that hold for all cells at once
    baseline: int = 0


@dataclass(frozen=True)
class Interaction:
    """What two levers do beyond the sum of each alone (attacks averted, so above 0 is more)."""

    first_level: str
    second_level: str
    beyond: Change


@dataclass(frozen=True)
class LeverEffect:
    """What moving one lever from its first to its last level averts, the ``others`` (key, level) held."""

    key: str
    first: str
    last: str
    others: tuple[tuple[str, str], ...]
    averted: Change


@dataclass(frozen=True)
class SweepView:
    """Everything that the report of a sweep shows: axes of numbers first, so that those are what figures go along.

    ``both_sides``: keys that were set and hold with and without the programme, each with its value.
    """

    origin: Origin
    name: str
    question: str
    axes: tuple[AxisView, ...]
    cells: tuple[CellView, ...]
    lever_effects: tuple[LeverEffect, ...]
    interactions: tuple[Interaction, ...]
    fans: tuple[Fan, Fan] | None
    lorenz: tuple[Lorenz, Lorenz] | None
    corner: CellView | None  # the cell that the fan chart and the Lorenz curve show
    programme_start: float | None
    programme_stop: float | None
    resting: tuple[Resting, ...]
    sources: tuple[CitedSource, ...]
    not_running: tuple[NotRunning, ...] = ()
    warnings: tuple[str, ...] = ()
    pairing: Pairing | None = None
    validation: Validation | None = None
    doubt: Uncertainty | None = None  # of the corner
    both_sides: tuple[str, ...] = ()
    years: SweepYears | None = None  # None where the folder holds no years of single runs

    @property
    def is_one_usual(self) -> bool:
        """Whether all cells are compared with the same business as usual, so that they can be compared too."""
        return len({cell.baseline for cell in self.cells}) == 1

    @property
    def is_side_by_side(self) -> bool:
        """Whether cells stand side by side on a common relative scale: words, or several kinds of business as usual."""
        return not (self.is_one_usual and all(axis.is_numeric for axis in self.axes))

    @property
    def usual_axes(self) -> tuple[AxisView, ...]:
        """Axes that change business as usual: the baseline of a cell changes with their level alone."""
        found = []
        for index, axis in enumerate(self.axes):
            baselines: dict[tuple[str, ...], set[int]] = {}
            for cell in self.cells:
                others = (*cell.levels[:index], *cell.levels[index + 1 :])
                baselines.setdefault(others, set()).add(cell.baseline)
            found += [axis] if any(len(numbers) > 1 for numbers in baselines.values()) else []
        return tuple(found)

    def cell(self, *levels: str) -> CellView:
        """The cell at these levels of the first axes; the other axes at their middle level."""
        whole = (*levels, *(axis.middle for axis in self.axes[len(levels) :]))
        return next(cell for cell in self.cells if cell.levels == whole)

    @property
    def corner_levels(self) -> tuple[tuple[str, str], ...]:
        """Key and level of every axis in the corner cell."""
        levels = self.corner.levels if self.corner else ()
        return tuple((axis.key, level) for axis, level in zip(self.axes, levels, strict=False))

    @property
    def held(self) -> tuple[tuple[str, str], ...]:
        """Axes beyond the first two and the level they are held at in figures."""
        return tuple((axis.key, axis.middle) for axis in self.axes[2:])

    @property
    def held_first(self) -> tuple[tuple[str, str], ...]:
        """The same axes at the level at which interactions hold them."""
        return tuple((axis.key, axis.levels[0]) for axis in self.axes[2:])


@dataclass(frozen=True)
class CalibrationView:
    """Everything that the report of a calibration shows."""

    origin: Origin
    found: CalibrationFound
    resting: tuple[Resting, ...]
    sources: tuple[CitedSource, ...]
    validation: Validation | None = None


Paired = RunView | SweepView | PartsView
"""What pairs a programme with business as usual."""
View = Paired | CalibrationView


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
