"""A record of aggregate counts from a CSV file: area x period, and nothing about persons.

Read are files as people have them (docs/calibration.md): text (``table_file``), which column is what (``columns``),
periods (``periods``), counts (``cells``), areas (``areas``). Days become weeks of seven days from the first on, and a
day without a row is a day without attacks. Of weeks, months and years a cell without a row is 0 where its area and
its period occur; a cell without a number was not recorded, nor a period without any row where that cannot be chance.
What is odd is told (``noticed``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...config.personal_data import refuse_personal_data
from ...errors import Message, ScenarioError
from ...units import DAYS_PER_YEAR
from .areas import checked_area, is_total, one_spelling, without_total
from .count_cells import count_in
from .count_columns import Columns, columns_of
from .notices import Notice, RecordGrid, notices_of, unrecorded, with_zeros_left_out
from .periods import Period, month_of, read_periods
from .statistics import RecordFrame, absurd
from .table_file import FileLine, FileTable, read_file_table, refused

SMALL = 5
MOST_AREAS = 60
FEWEST_UNITS, FEWEST_ATTACKS = {"week": 26, "month": 12, "year": 3}, 20
_SHOWN = 3


class FileExcerpt(NamedTuple):
    """What ``gvi-sim check`` shows of a file: headings, first and last rows, separator, and how many cells have no row,
    no number and a zero."""

    headings: tuple[str, ...]
    first: tuple[FileLine, ...]
    last: tuple[FileLine, ...]
    separator: str
    absent: int
    blank: int
    zeros: int


@dataclass(frozen=True, slots=True)
class Counts:
    """A record: ``counts`` [units, areas], ``harm`` persons hit and killed [2] (or None), and its frame.

    ``small_cells``: rows of 1 to 4 attacks; ``rate``: attacks a year, over what was recorded of each area;
    ``notices``: what was done to the record and what is odd about it.
    """

    start: date
    areas: tuple[str, ...]
    frame: RecordFrame
    counts: np.ndarray
    harm: np.ndarray | None
    small_cells: int
    rate: float
    notices: tuple[Notice, ...]
    sha256: str
    shown: FileExcerpt

    @property
    def warnings(self) -> tuple[str, ...]:
        """The notices in words."""
        return tuple(notice.told() for notice in self.notices)

    @property
    def years(self) -> float:
        """Length in years from the first unit to the end of the last."""
        return float(self.frame.edges[-1]) / DAYS_PER_YEAR

    def of_kind(self, kind: str) -> Counts:
        """The record when it is known to be of ``shootings``: without the notice that it may be."""
        left = tuple(notice for notice in self.notices if notice.name != "shootings" or kind != "shootings")
        return replace(self, notices=left)


def read_counts(
    path: str | Path, *, confirm_small: bool = False, missing: Iterable[str] = (), keep_outliers: bool = False
) -> Counts:
    """Read and check a file; ScenarioError with file and line for whatever is wrong.

    ``confirm_small``: cells with 1 to 4 attacks are meant to be there (they are refused otherwise, since a small
    cell can point to a person). ``missing``: months (`2019-03`) not recorded. A unit with an absurd count is left
    out with a warning unless ``keep_outliers``. ``path``: a table of counts by week or month (and area).

    >>> from pathlib import Path
    >>> from gvi_sim.analysis.records.count_record import read_counts
    >>> rows = [f"{2015 + number // 12}-{number % 12 + 1:02},{5 + number % 7}" for number in range(96)]
    >>> _ = Path("counts.csv").write_text("month,attacks\\n" + "\\n".join(rows))
    >>> read_counts("counts.csv").areas
    ('',)
    """
    table = read_file_table(Path(path))
    columns = columns_of(table)
    refuse_personal_data(table.text, table.name, lines=True)  # in columns that are not read too
    rows = _rows(table, columns)
    counts = _counted(table, columns, rows, tuple(missing), keep_outliers=keep_outliers)
    if counts.small_cells and not confirm_small:
        raise ScenarioError("small-cells", file=table.name, cells=counts.small_cells, most=SMALL - 1)
    return counts


class _Rows(NamedTuple):
    """The rows of a table, each list in their order: where they stand, period, area, count or the sign for none."""

    unit: str
    wheres: list[str]
    spans: tuple[Period, ...]
    areas: list[str]
    attacks: list[int | str]
    harm: np.ndarray | None
    notices: list[Notice]


def _rows(table: FileTable, columns: Columns) -> _Rows:
    kept = [k for k, text in enumerate(columns.times) if not is_total(text)]
    if not kept:
        raise refused("bad-file/no-counts", table.name)
    wheres = [f"{table.name}:{table.lines[k].number}" for k in kept]
    left_out = sorted(set(range(len(columns.times))) - set(kept))
    told = [Notice("total_rows", {"rows": len(left_out), "line": table.lines[left_out[0]].number})] if left_out else []
    periods = read_periods([columns.times[k] for k in kept], wheres, columns.timed)
    texts = [columns.areas[k] for k in kept] if columns.areas else []
    names, merged = one_spelling(texts, [checked_area(text, where) for text, where in zip(texts, wheres, strict=False)])
    attacks = [count_in(columns.attacks[k], where, "attacks") for k, where in zip(kept, wheres, strict=True)]
    rows = _Rows(
        periods.unit, wheres, periods.spans, names or [""] * len(kept), attacks, _harm(columns, kept, wheres, attacks),
        [*told, *merged, *periods.notices],
    )  # fmt: skip
    _refuse_twice(rows, texts, columns.extra)
    return rows


def _harm(columns: Columns, kept: list[int], wheres: list[str], attacks: list[int | str]) -> np.ndarray | None:
    if columns.hit is None or columns.killed is None:
        return None
    total = np.zeros(2)
    for k, where, counted in zip(kept, wheres, attacks, strict=True):
        if isinstance(counted, str):
            continue
        hit, killed = (
            count_in(text[k], where, name) for text, name in ((columns.hit, "hit"), (columns.killed, "killed"))
        )
        if isinstance(hit, str) or isinstance(killed, str) or killed > hit:
            raise refused("bad-file/killed", where, hit=hit, killed=killed)
        total += hit, killed
    return total


def _refuse_twice(rows: _Rows, texts: list[str], extra: tuple[str, ...]) -> None:
    seen: dict[tuple[date, str], int] = {}
    for k, (span, area) in enumerate(zip(rows.spans, rows.areas, strict=True)):
        first = seen.setdefault((span.first, area), k)
        if first != k:
            called = area or Message("bad-file/the-area")
            if texts and texts[first] != texts[k]:
                called = Message("bad-file/same-area", area=texts[k], same=texts[first])
            over = Message("bad-file/over", extra=extra) if extra else ""
            line = rows.wheres[first].rpartition(":")[2]
            raise refused("bad-file/again", rows.wheres[k], area=called, day=span.first, line=line, over=over)


def _counted(
    table: FileTable, columns: Columns, rows: _Rows, missing: tuple[str, ...], *, keep_outliers: bool
) -> Counts:
    daily = rows.unit == "day"
    grid, cut = _gridded(rows)
    grid, totals = without_total(grid if daily else with_zeros_left_out(grid))
    if len(grid.areas) > MOST_AREAS:
        raise refused("bad-file/areas", table.name, areas=len(grid.areas), most=MOST_AREAS)
    for month in missing:
        grid.recorded[_touched(month, grid)] = False
    grid.counts[~grid.recorded] = 0
    clean, outliers = (grid, []) if keep_outliers else _without_outliers(grid)
    _check_size(clean, table.name)
    blank = [count for count in rows.attacks if isinstance(count, str)]
    odd = notices_of(clean, date.today(), daily=daily)
    told = [*_blank(blank, len(rows.attacks)), *totals, *outliers, *([] if daily and not missing else unrecorded(grid))]
    notices = (*odd, *told, *cut, *rows.notices, *columns.notices, *table.notices)
    small = sum(0 < count < SMALL for count in rows.attacks if isinstance(count, int))
    zeros = int(((clean.counts == 0) & clean.recorded & clean.rowed).sum())
    absent = 0 if daily else int((grid.recorded & ~grid.rowed).sum())
    shown = FileExcerpt(
        table.headings, table.lines[:_SHOWN], table.lines[_SHOWN:][-_SHOWN:], table.separator, absent,
        int((~clean.recorded).sum()), zeros,
    )  # fmt: skip
    frame = RecordFrame(clean.edges.astype(float), len(clean.areas), clean.recorded, clean.unit, rows.harm is not None)
    return Counts(
        clean.start, clean.areas, frame, clean.counts, rows.harm, small, clean.rate, notices, table.sha256, shown
    )


def _gridded(rows: _Rows) -> tuple[RecordGrid, list[Notice]]:
    """Counts by unit and area, and what was left out of the last, cut week of a file of days."""
    daily, areas = rows.unit == "day", tuple(sorted(set(rows.areas)))
    start, end = min(span.first for span in rows.spans), max(span.until for span in rows.spans)
    unit = "week" if daily else rows.unit
    edges = _edges(start, end, unit)
    shape = (len(edges) - 1, len(areas))
    counts = np.zeros(shape, np.int64)
    rowed, numbered, empty = (np.zeros(shape, dtype=bool) for _ in range(3))
    column = {area: k for k, area in enumerate(areas)}
    left_out = 0
    for span, area, count in zip(rows.spans, rows.areas, rows.attacks, strict=True):
        k = int(np.searchsorted(edges, (span.first - start).days, "right")) - 1
        if k >= shape[0]:
            left_out += count if isinstance(count, int) else 0
            continue
        cell = k, column[area]
        rowed[cell] = True
        if isinstance(count, int):
            numbered[cell] = True
            counts[cell] += count
        else:
            empty[cell] = True
    occurs = np.ones(shape, dtype=bool)
    if not daily:
        occurs = np.asarray(numbered.any(axis=1, keepdims=True) & numbered.any(axis=0))
    cut = [Notice("cut_week", {"attacks": left_out})] if left_out else []
    return RecordGrid(start, unit, edges, areas, counts, occurs & ~empty, rowed), cut


def _edges(start: date, end: date, unit: str) -> np.ndarray:
    if unit == "week":
        return np.arange(0, (end - start).days + 1, 7)
    edges, day, step = [0], start, 32 if unit == "month" else 370
    while day < end:
        day = (day + timedelta(days=step)).replace(day=1)
        edges.append((day - start).days)
    return np.array(edges)


def _touched(month: str, grid: RecordGrid) -> np.ndarray:
    try:
        first, end = month_of(*map(int, month.split("-")))
    except (ValueError, TypeError):
        raise ScenarioError("bad-file/missing-month", month=month) from None
    return np.asarray((grid.edges[:-1] < (end - grid.start).days) & (grid.edges[1:] > (first - grid.start).days))


def _blank(signs: list[str], rows: int) -> list[Notice]:
    if not signs:
        return []
    named = ", ".join(list(dict.fromkeys(signs))[:4])
    return [Notice("blank", {"cells": len(signs), "signs": named, "others": rows - len(signs)})]


def _check_size(grid: RecordGrid, name: str) -> None:
    units, attacks = int(grid.recorded.any(axis=1).sum()), int(grid.counts.sum())
    fewest = FEWEST_UNITS[grid.unit]
    if units < fewest or attacks < FEWEST_ATTACKS:
        raise ScenarioError(
            "too-little",
            file=name,
            attacks=attacks,
            units=units,
            span=f"{grid.unit}s",
            fewest=fewest,
            fewest_attacks=FEWEST_ATTACKS,
        )


def _without_outliers(grid: RecordGrid) -> tuple[RecordGrid, list[Notice]]:
    seen = np.asarray(grid.recorded.any(axis=1))
    wild = np.zeros(len(seen), dtype=bool)
    if seen.any():
        wild[seen] = absurd(grid.counts[seen])
    if not wild.any():
        return grid, []
    days = [str(grid.start + timedelta(days=int(grid.edges[k]))) for k in np.flatnonzero(wild)]
    totals = grid.counts.sum(axis=1)[wild].tolist()
    told = Notice("outliers", {"outliers": [[total, day] for total, day in zip(totals, days, strict=True)]})
    kept = np.where(wild[:, None], 0, grid.counts)
    return grid._replace(recorded=grid.recorded & ~wild[:, None], counts=kept), [told]
