"""A design: axes of levels, every combination a cell, each cell paired with business as usual."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product
from pathlib import PurePath
from typing import Any

from ..errors import ScenarioError

Level = float | int | bool | str | date | None
MOST_CELLS = 100_000


def level_text(level: Level) -> str:
    """A level as it is typed: "true", "null", "2019-06-01", "0.5", and "1" for 1.0."""
    if level is None or isinstance(level, bool):
        return "null" if level is None else str(level).lower()
    return f"{level:.0f}" if isinstance(level, float) and level.is_integer() else str(level)


def as_word(key: str, level: Level) -> str:
    """A level as an override, "key=value"."""
    text = level_text(level)
    return f"{key}='{text}'" if "," in text else f"{key}={text}"


@dataclass(frozen=True)
class Axis:
    """One key (or choice, such as ``site``) and its levels; interactions are against the first."""

    key: str
    levels: tuple[Level, ...]

    def __post_init__(self) -> None:
        if len(self.levels) < 2 or len(set(map(level_text, self.levels))) < len(self.levels):
            raise ScenarioError("axis-levels", key=self.key, levels=list(map(level_text, self.levels)))

    @property
    def is_numeric(self) -> bool:
        """Whether every level is a number, and not a word, a flag, a date or null."""
        return all(isinstance(level, int | float) and not isinstance(level, bool) for level in self.levels)

    @property
    def stored(self) -> tuple[float | str, ...]:
        """The levels as a table holds them: numbers where all are numbers, else text."""
        if self.is_numeric:
            return tuple(level for level in self.levels if isinstance(level, int | float))
        return tuple(map(level_text, self.levels))


@dataclass(frozen=True)
class Cell:
    """One combination of levels: its number, the overrides that make it, which level of every axis it has."""

    index: int
    overrides: tuple[str, ...]
    levels: tuple[Level, ...]
    indices: tuple[int, ...]
    label: str


@dataclass(frozen=True)
class Design:
    """Axes over a base scenario (overrides), with the replicates and years every cell gets."""

    name: str
    axes: tuple[Axis, ...]
    base: tuple[str, ...] = ()
    replicates: int = 200
    years: float | None = None
    question: str = ""

    def __post_init__(self) -> None:
        keys = [axis.key for axis in self.axes]
        if len(set(keys)) < len(keys):
            raise ScenarioError("axis-twice", keys=keys)
        if self.size > MOST_CELLS:
            raise ScenarioError("too-many-cells", keys=keys, cells=self.size, most=MOST_CELLS)

    @property
    def size(self) -> int:
        """Number of cells."""
        return math.prod(len(axis.levels) for axis in self.axes)

    @property
    def words(self) -> tuple[str, ...]:
        """The overrides of the base scenario."""
        return self.base if self.years is None else (*self.base, f"years={self.years:g}")

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every combination of levels, the last axis fastest."""
        names = short_names([axis.key for axis in self.axes])
        every = product(*(range(len(axis.levels)) for axis in self.axes))
        return tuple(self._cell(index, indices, names) for index, indices in enumerate(every))

    def _cell(self, index: int, indices: tuple[int, ...], names: Sequence[str]) -> Cell:
        levels = tuple(axis.levels[step] for axis, step in zip(self.axes, indices, strict=True))
        return Cell(
            index=index,
            overrides=tuple(as_word(axis.key, level) for axis, level in zip(self.axes, levels, strict=True)),
            levels=levels,
            indices=indices,
            label=", ".join(as_word(name, level) for name, level in zip(names, levels, strict=True)) or "base",
        )

    def at(self, indices: Sequence[int]) -> int:
        """The number of the cell whose level of each axis stands at these indices."""
        index = 0
        for axis, step in zip(self.axes, indices, strict=True):
            index = index * len(axis.levels) + step
        return index

    def pairs(self) -> list[tuple[int, int]]:
        """Numbers of every two axes."""
        return list(combinations(range(len(self.axes)), 2))

    def to_dict(self) -> dict[str, Any]:
        """The design as the experiment's file has it."""
        axes = {axis.key: [_plain(level) for level in axis.levels] for axis in self.axes}
        return {
            "name": self.name,
            "question": self.question,
            "base": [word if "=" in word else PurePath(word).name for word in self.base],  # no path of a home
            "axes": axes,
            "replicates": self.replicates,
            "years": self.years,
        }


def _plain(level: Level) -> Level:
    return level.isoformat() if isinstance(level, date) else level


def short_names(keys: Sequence[str]) -> list[str]:
    """The last part of each key where that tells them apart, else the whole key."""
    tails = [key.rsplit(".", 1)[-1] for key in keys]
    return [tail if tails.count(tail) == 1 else key for key, tail in zip(keys, tails, strict=True)]
