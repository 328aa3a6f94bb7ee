"""The factors of the census, its full product, and a covering design: every pair of values of two factors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations, product
from typing import NamedTuple

from gvi_sim.config import load_scenario
from gvi_sim.config.conf_files import options
from gvi_sim.execution.amounts.resource_estimate import run_seconds

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


WORLDS = (*(f"programme={name}" for name in PACKAGES), *(f"site={name}" for name in SITES))
FACTORS: dict[str, Sequence[object]] = {
    "command": ("run", "sweep", "attribute", "levers"),
    "parameters": ("ensemble", "point"),
    "world": WORLDS,
    "runs": (2, 20, 60),
    "lang": ("en", "sv"),
}


SMALL = ("years=1", "burn_in_years=1")
DEAR = 0.03
"""Seconds of one small run of a site whose town is made small too: some decades, or some thousand persons."""
TOWN = ("site.groups=20", "site.members=440", "site.attacks_per_year=54")


@cache
def small(world: str) -> tuple[str, ...]:
    """What makes a run of this world small: few years, and where the town is a large one, fewer groups and attacks."""
    return (*SMALL, *TOWN) if run_seconds(load_scenario(world, *SMALL)) > DEAR else SMALL


def full() -> Iterator[Path]:
    """Every combination."""
    return (Path(*values) for values in product(*FACTORS.values()))  # type: ignore[arg-type]


AFFORDABLE = {"attribute": 2, "levers": 2, "run": 20, "sweep": 60}
"""Runs of each command: few where a command runs many arms, so that each world takes every number of runs once."""


def covering() -> list[Path]:
    """Few paths that hold every pair of values of any two factors; the same ones each time.

    Every command in every world, then, pair by pair, what stays open; values that cover nothing are the first ones.
    """
    rows = [
        Path(command, ("ensemble", "point")[(one + two) % 2], world, runs, ("en", "sv")[(one + two // 2) % 2])
        for one, world in enumerate(WORLDS)
        for two, (command, runs) in enumerate(AFFORDABLE.items())
    ]
    values = list(FACTORS.values())
    open_pairs = {
        (one, first, two, second)
        for one, two in combinations(range(len(values)), 2)
        for first, second in product(values[one], values[two])
    }
    for row in rows:
        open_pairs -= _pairs_of(row)
    while open_pairs:
        one, first, two, second = min(open_pairs, key=str)
        row: list[object] = [None] * len(values)
        row[one], row[two] = first, second
        for place, each in enumerate(values):
            if row[place] is None:
                row[place] = max(each, key=lambda value: _gain(row, place, value, open_pairs))
        rows.append(Path(*row))  # type: ignore[arg-type]
        open_pairs -= _pairs_of(row)
    return rows


def _pairs_of(row: Sequence[object]) -> set[tuple[int, object, int, object]]:
    return {(i, row[i], j, row[j]) for i, j in combinations(range(len(row)), 2)}


def _gain(row: list[object], place: int, value: object, open_pairs: set[tuple[int, object, int, object]]) -> int:
    others = [(other, chosen) for other, chosen in enumerate(row) if chosen is not None]
    before = sum((*other, place, value) in open_pairs for other in others if other[0] < place)
    return before + sum((place, value, *other) in open_pairs for other in others if other[0] > place)
