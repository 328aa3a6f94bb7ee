"""What reports show year by year: of a comparison its outcomes, of a sweep some cells, levers and their interaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ...analysis.inference.estimates import Change, Row
from ...units import DAYS_PER_YEAR


@dataclass(frozen=True)
class YearRow:
    """One outcome in one year of the window."""

    year: int
    starts: date
    row: Row


@dataclass(frozen=True)
class CellYears:
    """A cell, told by key and level of its axes, in every year of the window; ``begins``: when its programme does, as a
    year with decimals, None where it does not run.
    """

    levels: tuple[tuple[str, str], ...]
    rows: tuple[YearRow, ...]
    begins: float | None


@dataclass(frozen=True)
class LeverYears:
    """What moving a lever from its ``first`` level to its ``last`` averts in every year, the ``others`` (key, level)
    held.
    """

    key: str
    first: str
    last: str
    others: tuple[tuple[str, str], ...]
    averted: tuple[Change, ...]


@dataclass(frozen=True)
class SweepYears:
    """``cells`` are the corners of the first two axes and their middle, or the levels of a single axis; ``levers`` and
    ``beyond``, the interaction at the last levels of the first two, as the whole window has them; () where there is
    none.
    """

    cells: tuple[CellYears, ...]
    levers: tuple[LeverYears, ...]
    beyond: tuple[Change, ...]
    whole: int  # whole years of the longest window: the rest of a year is no year to compare numbers of attacks with
    held: tuple[tuple[str, str], ...] = ()  # key and level of further axes in ``beyond``

    @property
    def count(self) -> int:
        """Years of the longest window."""
        return max((len(cell.rows) for cell in self.cells), default=0)

    @property
    def longest(self) -> list[CellYears]:
        """The cells with the longest window."""
        return [cell for cell in self.cells if len(cell.rows) == self.count]

    @property
    def years(self) -> range:
        """Numbers of the years."""
        return range(1, self.count + 1)

    @property
    def is_shown(self) -> bool:
        """Whether years say more than the whole window does: there are several, and something to compare with."""
        return self.count > 1 and any(year.row.change.is_known for cell in self.cells for year in cell.rows)

    @property
    def told(self) -> tuple[int, int]:
        """The first year that begins when the programme of every cell runs already, and the last whole one: numbers
        from 1."""
        last = max(self.whole, 1)
        firsts = [first_whole_year(cell.rows, cell.begins) for cell in self.longest]
        return min(max((year.year for year in firsts if year is not None), default=last), last), last


def first_whole_year(years: Sequence[YearRow], start: float | None) -> YearRow | None:
    """The first of ``years`` that begins when the programme runs already; None where none does."""
    return next((year for year in years if start is None or _days_into(year, start) >= 0), None)


def _days_into(year: YearRow, start: float) -> float:
    begins = year.starts.year + (year.starts.timetuple().tm_yday - 1) / DAYS_PER_YEAR
    return round(DAYS_PER_YEAR * (begins - start))
