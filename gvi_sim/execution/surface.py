"""Reference constants for every draw of an ensemble, from a few small pilots instead of one a draw.

The constants (``dynamics.reference``) are candidates per attack in business as usual. On the log scale they
move little and smoothly with the drawn parameters, each nearly by itself, so that for values x of a draw and
x0 of the scenario

    log c(x) = log c(x0) + sum over keys of (parabola through two pilots of that key, 0 at x0).

A pilot's shift is a difference between two pilots with the same seed, which takes most of the noise out: all of
it where hardly anything moves, so that small pilots do there. The sum is checked against pilots at whole
draws: the farthest one and the middle one. Where it misses by more than ``ROUGH``, every draw gets a pilot of
its own, unless there are more than ``MOST_PILOTS`` of them. Both arms of a comparison share the constants, so
an error moves the level of attacks in both and not their difference.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..config.leaves import flat_of
from ..dynamics.reference import (
    TOLERANCE,
    is_known,
    load,
    pilot_key,
    pilot_pass,
    pilot_scenario,
    reference_of,
    save,
)
from ..world.builder import Reference
from .ensemble import StoredEnsemble, plain
from .parameters import acts_in_business_as_usual

if TYPE_CHECKING:
    from ..config import Scenario

ROUGH = 0.05
"""A larger miss of the sum, on the log scale, sends every draw through a pilot of its own."""
MOST_PILOTS = 200
WEAK = 0.01
"""A key that moves the constants less than this is known well enough from one small pilot."""
SMALL, LARGE = 200.0, 800.0
"""Groups in all the worlds of a pilot, and attacks at the least."""
NODES = (0.0, 0.25, 0.5, 0.75, 1.0)
STEEPEST = 0.6
Pair = tuple[float, float]


class Constants(NamedTuple):
    """``table``: background and offspring constants [draws, sites, 2]. ``error``: the largest miss of the sum
    at the draws that were checked, on the log scale (0 where every draw had a pilot of its own or needs none).
    """

    table: np.ndarray
    error: float


class _Site:
    """The shifts of one site's constants against those of its own values."""

    def __init__(self, site: Scenario) -> None:
        self.site = site
        self.pilot = pilot_scenario(site)
        self.start = reference_of(self.pilot)
        self.values = flat_of(site)
        self._key = pilot_key(self.pilot)

        self._plain: dict[float, tuple[Pair, Pair]] = {}

    def _unmoved(self, groups: float) -> tuple[Pair, Pair]:
        if groups not in self._plain:
            self._plain[groups] = _two_passes(self.pilot, self.start, groups)
        return self._plain[groups]

    def shift(self, values: dict[str, float], groups: float = LARGE) -> Pair:
        """How far (background, offspring) move with these values, on the log scale."""
        pilot = pilot_scenario(self.site.replace({key: plain(key, value) for key, value in values.items()}))
        if pilot == self.pilot or self.pilot.site.attacks_per_year == 0 or (is_known(pilot) and is_known(self.pilot)):
            return 0.0, 0.0
        name = f"{self._key}-{pilot_key(pilot)}-{groups:g}"
        stored = load(name)
        if stored is None:
            moved = [
                tuple(there - here for there, here in zip(other, plain, strict=True))
                for other, plain in zip(_two_passes(pilot, self.start, groups), self._unmoved(groups), strict=True)
            ]
            stored = Reference(_settled(moved[0][0], moved[1][0]), _settled(moved[0][1], moved[1][1]))
            save(name, stored)
        return stored.background, stored.offspring


def _two_passes(pilot: Scenario, start: Reference, groups: float) -> tuple[Pair, Pair]:
    once = pilot_pass(pilot, start, groups, groups)
    twice = pilot_pass(pilot, once, groups, groups)
    return _log(once), _log(twice)


def _log(reference: Reference) -> Pair:
    return math.log(reference.background), math.log(reference.offspring)


def _settled(first: float, second: float) -> float:
    """Where a shift goes that is ``first`` after one pass and ``second`` after two: a geometric sequence from 0."""
    if abs(first) < TOLERANCE / 10:
        return second
    ratio = min(max((second - first) / first, -STEEPEST), STEEPEST)
    return second + (second - first) * ratio / (1.0 - ratio)


class _Parabola(NamedTuple):
    """Shifts of both constants by one key: slope and curvature at the scenario's own value."""

    centre: float
    slope: Pair
    curvature: Pair

    def at(self, value: float, which: int) -> float:
        step = value - self.centre
        return step * (self.slope[which] + step * self.curvature[which])


def _parabola(site: _Site, key: str, column: np.ndarray) -> _Parabola:
    """Through the scenario's own value and two others; a straight line where a small pilot shows hardly any shift."""
    centre = float(str(site.values[key]))
    nodes = sorted({float(np.quantile(column, q, method="nearest")) for q in NODES} - {centre})
    if not nodes:
        return _Parabola(centre, (0.0, 0.0), (0.0, 0.0))
    far = max(nodes, key=lambda node: abs(node - centre))
    one = far - centre
    shift = site.shift({key: far}, SMALL)
    others = [node for node in nodes if node != far]
    if max(map(abs, shift)) < WEAK or not others:
        return _Parabola(centre, (shift[0] / one, shift[1] / one), (0.0, 0.0))
    first = tuple(value / one for value in site.shift({key: far}))
    other = max(others, key=lambda node: min(abs(node - far), abs(node - centre)))
    two = other - centre
    second = tuple(value / two for value in site.shift({key: other}))
    bend = tuple((a - b) / (one - two) for a, b in zip(first, second, strict=True))
    slope = tuple(a - one * c for a, c in zip(first, bend, strict=True))
    return _Parabola(centre, (slope[0], slope[1]), (bend[0], bend[1]))


def _site_shifts(site: _Site, ensemble: StoredEnsemble) -> tuple[list[Pair], float]:
    """Shifts of every draw, and the largest miss where they were checked."""
    acting = [key for key in ensemble.keys if acts_in_business_as_usual(key)]
    draws = [{key: values[key] for key in acting} for values in map(ensemble.overrides, range(len(ensemble)))]
    if not acting:
        return [(0.0, 0.0)] * len(draws), 0.0
    parabolas = {key: _parabola(site, key, ensemble.draws[:, ensemble.keys.index(key)]) for key in acting}

    def summed(values: dict[str, float], which: int) -> float:
        return sum(parabolas[key].at(value, which) for key, value in values.items())

    shifts = [(summed(values, 0), summed(values, 1)) for values in draws]
    order = sorted(range(len(draws)), key=lambda draw: (max(map(abs, shifts[draw])), draw))
    error = 0.0
    for draw in dict.fromkeys((order[-1], order[len(order) // 2])):
        found = site.shift(draws[draw])
        error = max(error, *(abs(a - b) for a, b in zip(found, shifts[draw], strict=True)))
    if error > ROUGH and len(draws) <= MOST_PILOTS:
        return [site.shift(values) for values in draws], 0.0
    return shifts, error


_found: dict[tuple[str, str], tuple[list[Pair], float]] = {}


def _pairs(scenario: Scenario, ensemble: StoredEnsemble) -> tuple[list[Pair], float]:
    """The constants of one site, draw by draw; found once for all scenarios with the same business as usual."""
    site = _Site(scenario)
    place = (site.pilot.digest(), ensemble.sha256)
    if place not in _found:
        shifts, error = _site_shifts(site, ensemble)
        start = (site.start.background, site.start.offspring)
        _found[place] = [(start[0] * math.exp(a), start[1] * math.exp(b)) for a, b in shifts], error
    return _found[place]


def constants_of(scenario: Scenario, ensemble: StoredEnsemble) -> Constants:
    """Reference constants of every draw and site of ``scenario``; pilots are stored, so they run once."""
    by_site = [_pairs(part, ensemble) for part in scenario.each_site()]
    table = np.array([pairs for pairs, _ in by_site]).transpose(1, 0, 2)
    return Constants(np.ascontiguousarray(table), max(error for _, error in by_site))
