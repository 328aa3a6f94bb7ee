"""A record of aggregate counts from a CSV file: area x period, and nothing about persons.

Columns: ``date`` (a day) or ``period`` (`2019-W07` or `2019-03`), ``attacks``, and if there are any ``area``,
``hit`` and ``killed`` (persons). One row a period and area. Days become weeks of seven days from the first on,
and a day without a row is a day without attacks; with periods, a row that is absent or has no count was not
recorded, and zeros are written as 0. Months that are missing from a file of days are named in ``missing``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np

from ...config.personal_data import refuse_personal_data
from ...errors import ScenarioError, nearest_hint
from .statistics import Frame, absurd

COLUMNS = ("date", "period", "area", "attacks", "hit", "killed")
SMALL = 5
MOST_BYTES, MOST_AREAS, MOST_COUNT = 5 << 20, 60, 100_000
FEWEST_UNITS, FEWEST_ATTACKS = {True: 26, False: 12}, 20
_WEEK = re.compile(r"(\d{4})-W(\d{2})\Z")
_MONTH = re.compile(r"(\d{4})-(\d{2})\Z")
_AREA = re.compile(r"[\w åäöÅÄÖ.&/-]{1,40}\Z")


@dataclass(frozen=True, slots=True)
class Counts:
    """A record: ``counts`` [units, areas], ``harm`` persons hit and killed [2] (or None), and its frame.

    ``small_cells``: cells of 1 to 4 attacks; ``unrecorded``: weeks or months in which nothing was recorded;
    ``outliers``: what was left out as absurd, attacks and first day of each.
    """

    start: date
    areas: tuple[str, ...]
    frame: Frame
    counts: np.ndarray
    harm: np.ndarray | None
    small_cells: int
    unrecorded: int
    outliers: tuple[tuple[int, date], ...]
    sha256: str

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was done to the record, in words."""
        told, units = [], self.frame.units
        if self.unrecorded:
            unit = "weeks" if self.frame.weekly else "months"
            told.append(f"{self.unrecorded} of {units} {unit} were not recorded and are left out.")
        if self.outliers:
            wild = ", ".join(f"{total} attacks from {day}" for total, day in self.outliers)
            told.append(
                f"Left out as absurd beside the rest of the record: {wild}. If that is right, say --keep-outliers."
            )
        return tuple(told)

    @property
    def years(self) -> float:
        """Length in years from the first unit to the end of the last."""
        return float(self.frame.edges[-1]) / 365.25

    @property
    def rate(self) -> float:
        """Recorded attacks a year, over what was recorded of each area."""
        frame = self.frame
        recorded_years = float(frame.exposure.sum()) / frame.areas
        return float(self.counts.sum()) / max(recorded_years, 1e-9)


def read_counts(
    path: str | Path, *, confirm_small: bool = False, missing: Iterable[str] = (), keep_outliers: bool = False
) -> Counts:
    """Read and check a file; ScenarioError with file and line for whatever is wrong.

    ``confirm_small``: cells with 1 to 4 attacks are meant to be there (they are refused otherwise, since a small
    cell can point to a person). ``missing``: months (`2019-03`) not recorded. A unit with an absurd count is left
    out with a warning unless ``keep_outliers``.
    """
    path = Path(path)
    raw = _bytes(path)
    rows = _rows(_text(raw, path.name), path.name)
    counts = _gridded(rows, path.name, tuple(missing), sha256(raw).hexdigest())
    if counts.small_cells and not confirm_small:
        raise ScenarioError(
            f"{path.name} holds {counts.small_cells} cells (area x period) of 1 to {SMALL - 1} attacks. So small a "
            "cell can point to persons. Use longer periods or larger areas; or, when these counts are public, say "
            "so with --confirm-small-cells, and the result is marked.",
            rule="small-cells",
        )
    return counts if keep_outliers else _without_outliers(counts)


def _bytes(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ScenarioError(f"{path} cannot be read: {error.strerror or error}.", rule="bad-file") from error
    if len(raw) > MOST_BYTES:
        raise ScenarioError(
            f"{path.name} has {len(raw):,} bytes; a table of counts has at most {MOST_BYTES:,}.", rule="bad-file"
        )
    return raw


def _text(raw: bytes, name: str) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError(f"{name} is not UTF-8; save it as UTF-8.", rule="bad-file") from None
    if "\0" in text:
        raise ScenarioError(f"{name} holds a NUL character; save it as plain CSV.", rule="bad-file")
    return text


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    when: date
    until: date  # the day after
    weekly: bool | None  # None: a single day
    area: str
    attacks: int | None
    harm: tuple[int, int] | None


def _rows(text: str, name: str) -> list[_Row]:
    reader = csv.reader(io.StringIO(text), delimiter=";" if ";" in text.split("\n", 1)[0] else ",")
    header = [word.strip().lower() for word in next(reader, [])]
    _check_header(header, name)
    refuse_personal_data(text, name, lines=True)
    rows: list[_Row] = []
    seen: dict[tuple[date, str], int] = {}
    for fields in reader:
        if not any(word.strip() for word in fields):
            continue
        where = f"{name}:{reader.line_num}"
        if len(fields) != len(header):
            raise _refused(where, f"has {len(fields)} fields under {len(header)} columns")
        row = _row(dict(zip(header, (word.strip() for word in fields), strict=True)), reader.line_num, where)
        if (row.when, row.area) in seen:
            problem = f"gives {row.area or 'the area'} at {row.when} a second time (first on line"
            raise _refused(where, f"{problem} {seen[row.when, row.area]}); add the counts up, one row a cell")
        seen[row.when, row.area] = row.line
        rows.append(row)
    if not rows:
        raise ScenarioError(f"{name} holds no counts.", rule="bad-file")
    return rows


def _check_header(header: list[str], name: str) -> None:
    for word in header:
        if word not in COLUMNS:
            raise ScenarioError(
                f"{name}:1 has a column {word[:40]!r}.{nearest_hint(word, COLUMNS)} A table of counts has date or "
                "period, attacks, and if there are any area, hit and killed. Nothing about persons is read.",
                rule="personal-data" if word else "bad-file",
            )
    if len(set(header)) < len(header) or ("date" in header) == ("period" in header) or "attacks" not in header:
        raise ScenarioError(
            f"{name}:1 needs `attacks` and either `date` or `period`, each once; it has {', '.join(header)}.",
            rule="bad-file",
        )
    if ("hit" in header) != ("killed" in header):
        raise ScenarioError(f"{name}:1 has one of hit and killed; give both or neither.", rule="bad-file")


def _row(fields: Mapping[str, str], line: int, where: str) -> _Row:
    when, until, weekly = _period(fields.get("date") or fields.get("period", ""), "date" in fields, where)
    area = fields.get("area", "")
    if "area" in fields and not _AREA.match(area):
        raise _refused(where, f"has the area {area[:40]!r}; use up to 40 letters, digits and spaces")
    refuse_personal_data(area, where)  # alone too: between commas a telephone number looks like an amount
    attacks = _count(fields["attacks"], where, "attacks")
    harm = None
    if "hit" in fields and attacks is not None:
        hit, killed = (_count(fields[key], where, key) for key in ("hit", "killed"))
        if hit is None or killed is None or killed > hit:
            raise _refused(where, f"has hit = {hit} and killed = {killed}; both are needed, and the killed are hit too")
        harm = (hit, killed)
    return _Row(line, when, until, weekly, area, attacks, harm)


def _period(text: str, daily: bool, where: str) -> tuple[date, date, bool | None]:
    try:
        if daily:
            day = date.fromisoformat(text)
            return day, day + timedelta(days=1), None
        if found := _WEEK.match(text):
            first = date.fromisocalendar(int(found[1]), int(found[2]), 1)
            return first, first + timedelta(days=7), True
        return *_month(text), False
    except (ValueError, TypeError):
        wanted = "a day like 2019-02-14" if daily else "a week like 2019-W07 or a month like 2019-02"
        raise _refused(where, f"has {text[:20]!r} where {wanted} belongs") from None


def _month(text: str) -> tuple[date, date]:
    found = _MONTH.match(text)
    if found is None:
        raise ValueError(text)
    first = date(int(found[1]), int(found[2]), 1)
    return first, (first + timedelta(days=32)).replace(day=1)


def _count(text: str, where: str, column: str) -> int | None:
    if text == "":
        return None
    if not text.isascii() or not text.isdigit() or int(text) > MOST_COUNT:
        raise _refused(where, f"has {column} = {text[:20]!r}; a whole number from 0 to {MOST_COUNT:,} belongs there")
    return int(text)


def _refused(where: str, problem: str) -> ScenarioError:
    return ScenarioError(f"{where} {problem}.", rule="bad-file")


def _gridded(rows: list[_Row], name: str, missing: tuple[str, ...], digest: str) -> Counts:
    if len({row.weekly for row in rows}) > 1:
        raise ScenarioError(f"{name} mixes weeks and months; use one of them.", rule="bad-file")
    areas = tuple(sorted({row.area for row in rows}))
    if len(areas) > MOST_AREAS:
        raise ScenarioError(f"{name} has {len(areas)} areas, more than {MOST_AREAS}; use larger ones.", rule="bad-file")
    start, end = min(row.when for row in rows), max(row.until for row in rows)
    weekly = rows[0].weekly is not False
    edges = _edges(start, end, weekly)
    shape = (len(edges) - 1, len(areas))
    counts, recorded = np.zeros(shape, np.int64), np.full(shape, rows[0].weekly is None)
    harm, has_harm, small = np.zeros(2), False, 0
    place = {area: k for k, area in enumerate(areas)}
    for row in rows:
        unit = int(np.searchsorted(edges, (row.when - start).days, "right")) - 1
        if unit >= shape[0]:  # the last, cut week of a file of days
            continue
        cell = unit, place[row.area]
        recorded[cell] = row.attacks is not None
        if row.attacks is not None:
            counts[cell] += row.attacks
            small += 0 < row.attacks < SMALL
        if row.harm is not None:
            has_harm = True
            harm += row.harm
    for month in missing:
        recorded[_touched(month, start, edges)] = False
    counts[~recorded] = 0
    frame = Frame(edges.astype(float), len(areas), recorded, weekly, has_harm)
    _check_size(counts, frame, name)
    gone = int((~recorded.any(axis=1)).sum())
    return Counts(start, areas, frame, counts, harm if has_harm else None, small, gone, (), digest)


def _edges(start: date, end: date, weekly: bool) -> np.ndarray:
    if weekly:
        return np.arange(0, (end - start).days + 1, 7)
    edges, day = [0], start
    while day < end:
        day = (day + timedelta(days=32)).replace(day=1)
        edges.append((day - start).days)
    return np.array(edges)


def _touched(month: str, start: date, edges: np.ndarray) -> np.ndarray:
    try:
        first, end = _month(month)
    except ValueError:
        raise ScenarioError(f"missing = {month!r} is no month; write it like 2019-02.", rule="bad-file") from None
    return np.asarray((edges[:-1] < (end - start).days) & (edges[1:] > (first - start).days))


def _check_size(counts: np.ndarray, frame: Frame, name: str) -> None:
    units, fewest = int(frame.recorded.any(axis=1).sum()), FEWEST_UNITS[frame.weekly]
    if units < fewest or counts.sum() < FEWEST_ATTACKS:
        raise ScenarioError(
            f"{name} holds {int(counts.sum())} attacks in {units} {'weeks' if frame.weekly else 'months'}: too little "
            f"to calibrate from. At least {fewest} and {FEWEST_ATTACKS} attacks are needed.",
            rule="too-little",
        )


def _without_outliers(counts: Counts) -> Counts:
    frame = counts.frame
    seen = frame.recorded.any(axis=1)
    wild = np.zeros(frame.units, bool)
    wild[seen] = absurd(counts.counts[seen])
    if not wild.any():
        return counts
    recorded, kept = frame.recorded & ~wild[:, None], np.where(wild[:, None], 0, counts.counts)
    days = [counts.start + timedelta(days=int(frame.edges[k])) for k in np.flatnonzero(wild)]
    totals = counts.counts.sum(axis=1)[wild].tolist()
    clean = Frame(frame.edges, frame.areas, recorded, frame.weekly, frame.harm)
    return replace(counts, frame=clean, counts=kept, outliers=tuple(zip(totals, days, strict=True)))
