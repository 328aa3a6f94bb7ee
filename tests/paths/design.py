"""The factors of the census, its full product, and a covering design: every pair of values of two factors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import NamedTuple

from gvi_sim.config.conf_files import options

SITES = options("site")
PACKAGES = options("programme")
IDLE = ("none", "no_municipality")
"""Packages whose programme does not run anywhere."""


class Path(NamedTuple):
    """One path: a command, what it draws, where and with which package, how many runs, and for which reader."""

    command: str
    parameters: str
    world: str
    runs: int
    lang: str

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the command line that choose site or package, and what is drawn."""
        return (self.world, f"parameters={self.parameters}")

    @property
    def is_idle(self) -> bool:
        """Whether no programme runs on this path."""
        return self.world in tuple(f"programme={name}" for name in IDLE)


FACTORS: Mapping[str, Sequence[object]] = {
    "command": ("run", "sweep", "attribute", "levers"),
    "parameters": ("ensemble", "point"),
    "world": (*(f"programme={name}" for name in PACKAGES), *(f"site={name}" for name in SITES)),
    "runs": (2, 20, 60),
    "lang": ("en", "sv"),
}


def full() -> Iterator[Path]:
    """Every combination."""
    return (Path(*values) for values in product(*FACTORS.values()))  # type: ignore[arg-type]


def covering() -> list[Path]:
    """Few paths that hold every pair of values of any two factors; the same ones each time.

    Greedy: the pair of factors with most combinations is written out, each row's other values being those that
    cover most pairs which are still open; what stays open after that gets rows of its own.
    """
    names = list(FACTORS)
    open_pairs = {
        (one, first, two, second)
        for one, two in combinations(range(len(names)), 2)
        for first, second in product(FACTORS[names[one]], FACTORS[names[two]])
    }
    rows: list[Path] = []
    while open_pairs:
        row: list[object] = [None] * len(names)
        one, first, two, second = min(open_pairs, key=_first_come)
        row[one], row[two] = first, second
        for place in sorted(range(len(names)), key=lambda place: -len(FACTORS[names[place]])):
            if row[place] is None:
                row[place] = max(FACTORS[names[place]], key=lambda value: _gain(row, place, value, open_pairs))
        rows.append(Path(*row))  # type: ignore[arg-type]
        open_pairs -= {(i, row[i], j, row[j]) for i, j in combinations(range(len(names)), 2)}
    return rows


def _first_come(pair: tuple[int, object, int, object]) -> tuple[int, int, str, str]:
    sizes = [len(values) for values in FACTORS.values()]
    one, first, two, second = pair
    return -sizes[one] * sizes[two], one, str(first), str(second)


def _gain(row: list[object], place: int, value: object, open_pairs: set[tuple[int, object, int, object]]) -> int:
    others = [(other, chosen) for other, chosen in enumerate(row) if chosen is not None]
    before = sum((*other, place, value) in open_pairs for other in others if other[0] < place)
    return before + sum((place, value, *other) in open_pairs for other in others if other[0] > place)
