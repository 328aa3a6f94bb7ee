"""What is odd about a record that can be read: each as a ``Notice``, told in either language (notices.yaml).

A notice changes no number. What is improbable is judged with counts taken to scatter as they do in the record itself
(quasi-Poisson), so that clustering alone does not alarm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from math import erf, exp, sqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...units import DAYS_PER_YEAR
from .headings import fold

Field = int | float | str | list[list[int | str]]
_TABLE = Path(__file__).with_name("notices.yaml")
_ODD, _CUT, _CUT_SHARE = 1e-3, 5e-3, 0.7
_NEIGHBOURS, _FEWEST_OTHERS = 12, 3
_FEWEST_RISING, _RISE = 9, 2.0
_FEWEST_SMOOTH, _SMOOTH = 24, 0.35
_SHORTEST_NAME = 4
_LARGE = 100.0
_STEPS = 100


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    import yaml

    table: dict[str, dict[str, str]] = yaml.safe_load(_TABLE.read_text("utf-8"))
    return table


def is_known(name: str) -> bool:
    """Whether there is a notice of that name: files of other versions may hold others."""
    return name in _texts()


class Notice(NamedTuple):
    """One thing noticed: its name in notices.yaml, and its fields (numbers, names, dates as text)."""

    name: str
    fields: Mapping[str, Field]

    def told(self, lang: str = "en") -> str:
        """The sentence in English (``en``) or Swedish (``sv``)."""
        return _texts()[self.name][lang].format(
            **{name: _shown(name, field, lang) for name, field in self.fields.items()}
        )

    def __str__(self) -> str:
        return self.told()


def _shown(name: str, field: Field, lang: str) -> str | int:
    if name == "unit":
        return _texts()[f"unit.{field}"][lang]
    if isinstance(field, float):
        text = f"{field:.1f}" if field < 100 else f"{field:.0f}"
        return text.replace(".", ",") if lang == "sv" else text
    if isinstance(field, list):
        return ", ".join(_texts()["outlier"][lang].format(attacks=attacks, day=day) for attacks, day in field)
    return field


class RecordGrid(NamedTuple):
    """Counts by period and area: ``edges`` [units + 1] days from ``start``; ``counts``, ``recorded`` and ``rowed``
    (whether the file has a row) [units, areas]."""

    start: date
    unit: str
    edges: np.ndarray
    areas: tuple[str, ...]
    counts: np.ndarray
    recorded: np.ndarray
    rowed: np.ndarray

    def label(self, unit: int) -> str:
        """What a period is called."""
        day = self.start + timedelta(days=int(self.edges[unit]))
        if self.unit == "week" and day.weekday() == 0:
            return "{}-W{:02d}".format(*day.isocalendar())
        return day.isoformat()[: {"week": 10, "month": 7, "year": 4}[self.unit]]

    @property
    def rate(self) -> float:
        """Attacks a year: the sum over areas of what was recorded of each, by its own recorded years.

        Areas in which nothing was recorded are taken to be like the others.
        """
        years = (self.recorded * (np.diff(self.edges) / DAYS_PER_YEAR)[:, None]).sum(axis=0)
        seen = years > 0
        return float((self.counts.sum(axis=0)[seen] / years[seen]).sum() * len(seen) / max(int(seen.sum()), 1))


def notices_of(grid: RecordGrid, today: date, *, daily: bool) -> list[Notice]:
    """Everything odd about a record, gravest first. ``daily``: its rows are days, and a day without one is a zero."""
    pairs = _alike(grid)
    named = ", ".join(f"{grid.areas[i]} / {grid.areas[j]}" for i, j in pairs)
    found = [
        *(list(_cumulative(grid)) or _unlike_counts(grid)),
        *_future(grid, today),
        *([Notice("alike", {"names": named})] if pairs else []),
        *_same(grid),
    ]
    if not daily:
        found += [*_absent(grid), *_silent_areas(grid, {area for pair in pairs for area in pair})]
    return [*found, *_silent(grid), *_cut(grid), *([Notice("years", {})] if grid.unit == "year" else [])]


def _scatter(x: np.ndarray) -> float:
    """Variance to mean, at least 1."""
    return max(float(x.var() / x.mean()), 1.0) if len(x) > 1 and x.any() else 1.0


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """First and after-last index of every run of True."""
    steps = np.diff(np.concatenate([[0], flags.astype(int), [0]]))
    return list(zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True))


def _cumulative(grid: RecordGrid) -> Iterator[Notice]:
    """Sums from some day on: they hardly ever fall, at most once a year, and rise much in between."""
    total = grid.counts.sum(axis=1)[grid.recorded.any(axis=1)]
    if grid.unit == "year" or len(total) < _FEWEST_RISING:
        return
    parts = np.split(total, np.flatnonzero(np.diff(total) < 0) + 1)
    thirds = [(part[: max(len(part) // 3, 1)].mean(), part[-max(len(part) // 3, 1) :].mean()) for part in parts]
    first, last = np.array(thirds).sum(axis=0)
    rise = last >= _RISE * first
    if rise and len(parts) <= grid.edges[-1] / DAYS_PER_YEAR + 2:
        yield Notice("cumulative", {})


def _unlike_counts(grid: RecordGrid) -> Iterator[Notice]:
    """Numbers that vary less from one period to the next than counts can, or that share a divisor."""
    total = grid.counts.sum(axis=1)[grid.recorded.all(axis=1)].astype(float)
    if len(total) >= _FEWEST_SMOOTH and np.diff(total).var() < _SMOOTH * 2.0 * total.mean():
        yield Notice("smooth", {})
    some = grid.counts[grid.counts > 0]
    step = int(np.gcd.reduce(some)) if len(some) >= _FEWEST_SMOOTH else 1
    if step > 1 and len(np.unique(some)) > 1:
        yield Notice("rounded", {"step": step})


def _future(grid: RecordGrid, today: date) -> Iterator[Notice]:
    ends = [grid.start + timedelta(days=int(day)) for day in grid.edges[1:]]
    late = [k for k, end in enumerate(ends) if end > today + timedelta(days=1)]
    if late:
        yield Notice("future", {"period": grid.label(late[0])})


def _absent(grid: RecordGrid) -> Iterator[Notice]:
    cells = grid.recorded & ~grid.rowed
    if cells.any():
        written = bool((grid.counts[grid.rowed & grid.recorded] == 0).any())
        whole = int((~grid.rowed.any(axis=1) & grid.recorded.any(axis=1)).sum())
        fields: dict[str, Field] = {
            "cells": int(cells.sum()),
            "all": int(grid.counts.size),
            "whole": whole,
            "unit": grid.unit,
        }
        yield Notice("absent_written" if written else "absent", fields)


def _silent_areas(grid: RecordGrid, alike: set[int]) -> Iterator[Notice]:
    """Runs of cells without a row, outside an area's first and last or between, that its own level does not explain.

    Those ``alike`` may be one area under two names, which are silent by turns.
    """
    for area, name in ((k, name) for k, name in enumerate(grid.areas) if k not in alike):
        rows = np.flatnonzero(grid.rowed[:, area])
        span = grid.counts[rows[0] : rows[-1] + 1, area]
        level, scatter = float(span.mean()), _scatter(span)
        for first, end in _runs(~grid.rowed[:, area] & grid.recorded[:, area]):
            outside = end <= rows[0] or first > rows[-1]
            tries = 2 * len(grid.areas) if outside else grid.counts.size
            if tries * exp(-level * (end - first) / scatter) < _ODD:
                yield _silence("silent_area", grid, first, end, level, name)


def _silence(name: str, grid: RecordGrid, first: int, end: int, level: float, area: str = "") -> Notice:
    fields: dict[str, Field] = {
        "first": grid.label(first),
        "last": grid.label(end - 1),
        "expected": level * (end - first),
    }
    return Notice(name, {"area": area, **fields, "unit": grid.unit})


def _silent(grid: RecordGrid) -> Iterator[Notice]:
    """Runs without any attack in any area that the record's level does not explain."""
    total, seen = grid.counts.sum(axis=1), np.asarray(grid.recorded.any(axis=1))
    level, scatter = float(total[seen].mean()), _scatter(total[seen])
    for first, end in _runs(np.asarray(seen & (total == 0))):
        if len(total) * exp(-level * (end - first) / scatter) < _ODD:
            yield _silence("silent", grid, first, end, level)


def unrecorded(grid: RecordGrid) -> Iterator[Notice]:
    """Whole periods that were not recorded."""
    gone = np.flatnonzero(~grid.recorded.any(axis=1))
    if len(gone):
        told: dict[str, Field] = {
            "gone": len(gone),
            "all": len(grid.counts),
            "unit": grid.unit,
            "first": grid.label(int(gone[0])),
        }
        yield Notice("unrecorded", told)


def with_zeros_left_out(grid: RecordGrid) -> RecordGrid:
    """The record with periods that have no row taken as 0 where a file writes no zeros and so long a run of them is not
    improbable: what counting and grouping rows of events gives. Else such periods were not recorded."""
    written = (grid.counts == 0) & grid.recorded & grid.rowed
    total, absent = grid.counts.sum(axis=1), np.asarray(~grid.rowed.any(axis=1))
    if written.any() or not absent.any():
        return grid
    recorded, scatter = grid.recorded.copy(), _scatter(total[~absent])
    level = seen = float(total[~absent].mean())
    for _ in range(_STEPS):  # rows with 0 are not seen: the mean of a Poisson variable cut at 0, turned round
        level = seen * (1.0 - exp(-level))
    for first, end in _runs(absent):
        if len(total) * exp(-level * (end - first) / scatter) >= _ODD:
            recorded[first:end] = True
    return grid._replace(recorded=recorded)


def _cut(grid: RecordGrid) -> Iterator[Notice]:
    """A first or last period far below those beside it."""
    seen = np.flatnonzero(grid.recorded.all(axis=1))
    total = grid.counts.sum(axis=1)
    for end, others in ((seen[:1], seen[1 : _NEIGHBOURS + 1]), (seen[-1:], seen[:-1][-_NEIGHBOURS:])):
        if len(end) and len(others) >= _FEWEST_OTHERS:
            usual, scatter = float(total[others].mean()), _scatter(total[others])
            low = total[end[0]] < _CUT_SHARE * usual
            if low and _at_most(total[end[0]] / scatter, usual / scatter) < _CUT:
                fields: dict[str, Field] = {
                    "period": grid.label(int(end[0])),
                    "attacks": int(total[end[0]]),
                    "expected": usual,
                }
                yield Notice("cut", fields)


def _at_most(x: float, mean: float) -> float:
    """P of at most ``x`` under Poisson."""
    if mean > _LARGE:
        return 0.5 * (1.0 + erf((x + 0.5 - mean) / sqrt(2.0 * mean)))
    term = total = exp(-mean)
    for k in range(1, int(x) + 1):
        term *= mean / k
        total += term
    return total


def _alike(grid: RecordGrid) -> list[tuple[int, int]]:
    """Areas with almost the same name that never share a period."""
    return [
        (i, j)
        for i, j in combinations(range(len(grid.areas)), 2)
        if _a_letter_apart(grid.areas[i], grid.areas[j]) and not (grid.rowed[:, i] & grid.rowed[:, j]).any()
    ]


def _a_letter_apart(one: str, other: str) -> bool:
    """Whether names differ by one letter, or two that changed places, within one longer word."""
    if fold(one) == fold(other):
        return True
    words = one.casefold().split(), other.casefold().split()
    differ = [(a, b) for a, b in zip(*words, strict=False) if a != b]
    if len(words[0]) != len(words[1]) or len(differ) != 1:
        return fold(one).replace(" ", "") == fold(other).replace(" ", "")
    a, b = differ[0]
    if min(len(a), len(b)) < _SHORTEST_NAME:
        return False
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    swapped = len(a) == 2 and a == b[::-1]
    return (swapped or max(len(a), len(b)) == 1) and (a + b).isalpha()


def _same(grid: RecordGrid) -> Iterator[Notice]:
    pairs = [
        f"{grid.areas[i]} / {grid.areas[j]}"
        for i, j in combinations(range(len(grid.areas)), 2)
        if (grid.counts[:, i] == grid.counts[:, j]).all() and len(np.unique(grid.counts[:, i])) > _FEWEST_OTHERS
    ]
    if pairs:
        yield Notice("same", {"names": ", ".join(pairs)})
