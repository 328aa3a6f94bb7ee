"""Reference constants for every draw of an ensemble, from some pilots instead of a long one a draw.

The constants (``dynamics.reference``) are candidates per attack in business as usual. On the log scale they
move smoothly with the drawn parameters and nearly add up, but for the key that moves them most (m; in the packaged
ensemble how often others step in for the absent): that one decides what others do. Detention, for instance, is
nothing to attacks where everybody is replaced and much where nobody is. So for the values x of a draw and the
scenario's own x0

    log c(x) = log c(x0) + sum over keys of P(x) + share(m) * sum over the other keys of share * more

with P a parabola (a line where the constants hardly move) through pilots of that key alone; share, how much of
the way from x0 to its farthest draw a value is; more, by how much farther the key's far end moves the constants
beside the far end of m than alone.

A key that takes two values alone is no axis: each of its values has a sum of its own, begun at the scenario with that
value. Of two strengths whose product alone acts in business as usual, the product is the axis.

Small pilots come first, as differences from a pilot at x0 with the same seed, which takes most of the noise out: all
of it where hardly anything moves. Where something does, a larger one starts at the constants that the small one
gives, so that it needs no second round. The sum is checked against pilots at whole draws, the farthest one and
the middle one. Where it misses by more than ``ROUGH``, every draw gets a pilot of its own, unless there are more
than ``MOST_PILOTS`` of them. Both arms of a comparison share the constants, so an error moves the level of
attacks in both and not their difference.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...config.leaves import flat_of
from ...config.programme_only import acts_in_business_as_usual
from ...dynamics.reference import (
    TOLERANCE,
    found_anew,
    has_constants,
    load,
    pilot_key,
    pilot_pass,
    pilot_scenario,
    reference_of,
    save,
)
from ...dynamics.shipped import key_of, shipped
from ...world.builder import Reference
from .ensemble import StoredEnsemble, plain_scenario

if TYPE_CHECKING:
    from ...config import Scenario

ROUGH = 0.03
"""A larger miss of the sum, on the log scale, sends every draw through a pilot of its own."""
MOST_PILOTS = 200
WEAK, STRAIGHT = 0.01, 0.1
"""A small pilot is enough for a shift below the first; a line to the far end for one below the second."""
SMALL, LARGE = 200.0, 1200.0
"""Groups in all the worlds of a pilot, and attacks at the least."""
NODES = (0.0, 0.25, 0.5, 0.75, 1.0)
STEEPEST = 0.6
DETERRENCE, BY_ARREST = "gates.deterrence_strength", "gates.arrest_weight"
Pair = tuple[float, float]
Values = Mapping[str, float]


class ReferenceConstants(NamedTuple):
    """``table``: background and offspring constants [draws, sites, 2]. ``error``: the largest miss of the sum
    at the draws that were checked, on the log scale (0 where every draw had a pilot of its own or needs none).
    """

    table: np.ndarray
    error: float


class _Site:
    """The shifts of one site's constants against those of its own values."""

    def __init__(self, site: Scenario, start: Reference | None = None) -> None:
        self.site = site
        self.pilot = pilot_scenario(site)
        self.start = reference_of(self.pilot) if start is None else start
        self.values = flat_of(site)

    def moved(self, values: Values, shift: Pair) -> _Site:
        """The same site at other values, whose constants are so far from these."""
        return _Site(self._with(values), _times(self.start, shift))

    def at(self, values: Values) -> _Site:
        """The same site at other values, whose constants are found as well as its own."""
        return _Site(self._with(values)) if any(self.values[key] != value for key, value in values.items()) else self

    def rough_shift(self, values: Values) -> Pair:
        """How far (background, offspring) move with these values, on the log scale, from small pilots."""
        pilot = self._pilot(values)
        if pilot is None:
            return 0.0, 0.0
        once, plain_once = (_pass(one, self.start, SMALL) for one in (pilot, self.pilot))
        first = _between(plain_once, once)
        if _size(first) < WEAK / 2:
            return first
        twice, plain_twice = _pass(pilot, once, SMALL), _pass(self.pilot, plain_once, SMALL)
        return _of_both(_settled, first, _between(plain_twice, twice))

    def shift(self, values: Values, guess: Pair) -> Pair:
        """The same from a large pilot that starts where ``guess`` leads."""
        pilot = self._pilot(values)
        if pilot is None:
            return 0.0, 0.0
        return _between(self.start, _pass(pilot, _times(self.start, guess), LARGE))

    def _with(self, values: Values) -> Scenario:
        return self.site.replace({key: plain_scenario(key, value) for key, value in values.items()})

    def _pilot(self, values: Values) -> Scenario | None:
        """The pilot at other values; None when the constants do not move."""
        pilot = pilot_scenario(self._with(values))
        known = has_constants(pilot) and has_constants(self.pilot)
        return None if pilot == self.pilot or pilot.site.attacks_per_year == 0 or known else pilot


def _pass(pilot: Scenario, start: Reference, groups: float) -> Reference:
    """One pilot, run once and stored."""
    name = f"{pilot_key(pilot)}-{groups:g}-{start.background:.9g}-{start.offspring:.9g}"
    stored = load(name)
    if stored is None:
        stored = pilot_pass(pilot, start, groups, groups)
        save(name, stored)
    return stored


def _of_both(rule: Callable[[float, float], float], first: Pair, second: Pair) -> Pair:
    """A rule for both constants."""
    return rule(first[0], second[0]), rule(first[1], second[1])


def _between(one: Reference, other: Reference) -> Pair:
    return math.log(other.background / one.background), math.log(other.offspring / one.offspring)


def _times(reference: Reference, shift: Pair) -> Reference:
    return Reference(reference.background * math.exp(shift[0]), reference.offspring * math.exp(shift[1]))


def _settled(first: float, second: float) -> float:
    """Where a shift goes that is ``first`` after one pass and ``second`` after two: a geometric sequence from 0."""
    if abs(first) < TOLERANCE / 10:
        return second
    ratio = min(max((second - first) / first, -STEEPEST), STEEPEST)
    return second + (second - first) * ratio / (1.0 - ratio)


def _size(shift: Pair) -> float:
    return max(map(abs, shift))


class _Parabola(NamedTuple):
    """Shifts of both constants by one key: slope and curvature at the scenario's own value, and at the far end."""

    centre: float
    far: float
    shift: Pair
    slope: Pair
    curvature: Pair

    def at(self, value: float, which: int) -> float:
        step = value - self.centre
        return step * (self.slope[which] + step * self.curvature[which])

    def share(self, value: float) -> float:
        """How much of the way to the far end a value is."""
        return (value - self.centre) / (self.far - self.centre) if self.far != self.centre else 0.0


def _parabola(site: _Site, key: str, column: np.ndarray) -> _Parabola:
    """Through the scenario's own value and two others; a line where the farther one shows hardly any shift."""
    centre = float(str(site.values[key]))
    nodes = sorted({float(np.quantile(column, q, method="nearest")) for q in NODES} - {centre})
    if not nodes:
        return _Parabola(centre, centre, (0.0, 0.0), (0.0, 0.0), (0.0, 0.0))
    far = max(nodes, key=lambda node: abs(node - centre))
    one = far - centre
    shift = site.rough_shift({key: far})
    if _size(shift) >= WEAK:
        shift = site.shift({key: far}, shift)
    slope = (shift[0] / one, shift[1] / one)
    others = [node for node in nodes if node != far]
    if _size(shift) < STRAIGHT or not others:
        return _Parabola(centre, far, shift, slope, (0.0, 0.0))
    other = max(others, key=lambda node: min(abs(node - far), abs(node - centre)))
    two = other - centre
    second = site.shift({key: other}, (slope[0] * two, slope[1] * two))
    bend = _of_both(lambda a, b: (a / one - b / two) / (one - two), shift, second)
    return _Parabola(centre, far, shift, (slope[0] - one * bend[0], slope[1] - one * bend[1]), bend)


class _Surface(NamedTuple):
    """Shifts of both constants by all keys: one by one, and how much farther beside the ``strongest``'s far end."""

    parabolas: Mapping[str, _Parabola]
    strongest: str
    beside: Mapping[str, Pair]

    def at(self, values: Values) -> Pair:
        """The shifts at a draw's values."""
        share = {key: self.parabolas[key].share(value) for key, value in values.items()}
        along = share[self.strongest]

        def summed(which: int) -> float:
            alone = math.fsum(self.parabolas[key].at(value, which) for key, value in values.items())
            return alone + along * math.fsum(share[key] * more[which] for key, more in self.beside.items())

        return summed(0), summed(1)


def _surface(site: _Site, columns: Mapping[str, np.ndarray]) -> _Surface:
    parabolas = {key: _parabola(site, key, column) for key, column in columns.items()}
    strongest = max(parabolas, key=lambda key: _size(parabolas[key].shift))
    end = parabolas[strongest]
    if _size(end.shift) < STRAIGHT:
        return _Surface(parabolas, strongest, {})
    there = site.moved({strongest: end.far}, end.shift)
    others = {key: one for key, one in parabolas.items() if key != strongest and one.far != one.centre}
    return _Surface(parabolas, strongest, {key: _beside(there, key, one) for key, one in others.items()})


def _beside(there: _Site, key: str, alone: _Parabola) -> Pair:
    """How much farther a key's far end moves the constants ``there`` than alone."""
    shift = there.rough_shift({key: alone.far})
    more = _of_both(operator.sub, shift, alone.shift)
    if _size(more) < WEAK:
        return more
    return _of_both(operator.sub, there.shift({key: alone.far}, shift), alone.shift)


def _site_shifts(site: _Site, ensemble: StoredEnsemble) -> tuple[list[Pair], float]:
    """Shifts of every draw of keys that act in business as usual, and the largest miss where they were checked."""
    draws = _as_felt(site, ensemble)
    shifts: list[Pair] = [(0.0, 0.0)] * len(draws)
    error = 0.0
    for form, members in _by_form(draws).items():
        there = site.at(dict(form))
        columns = {key: np.array([draws[draw][key] for draw in members]) for key in draws[0]}
        surface = _surface(there, columns)
        for draw in members:
            moved = surface.at(draws[draw])
            shifts[draw] = _of_both(operator.add, _between(site.start, there.start), moved)
        error = max(error, _largest_miss(site, [(draws[draw], shifts[draw]) for draw in members]))
    if error > ROUGH and len(draws) <= MOST_PILOTS:
        return [site.shift(values, site.shift(values, guess)) for values, guess in zip(draws, shifts, strict=True)], 0.0
    return shifts, error


def _as_felt(site: _Site, ensemble: StoredEnsemble) -> list[dict[str, float]]:
    """The draws in numbers that add up: of two strengths whose product alone acts, one holds the product."""
    draws = [dict(zip(ensemble.keys, row, strict=True)) for row in ensemble.draws.tolist()]
    own = {key: float(str(site.values[key])) for key in (DETERRENCE, BY_ARREST)}
    for values in draws:
        if own[DETERRENCE] > 0.0 and (DETERRENCE in values or BY_ARREST in values):
            felt = values.get(DETERRENCE, own[DETERRENCE]) * values.get(BY_ARREST, own[BY_ARREST])
            values |= {DETERRENCE: own[DETERRENCE], BY_ARREST: felt / own[DETERRENCE]}
    return draws


def _by_form(draws: list[dict[str, float]]) -> dict[tuple[tuple[str, float], ...], list[int]]:
    """The draws by the values of keys that take two values alone: nothing is interpolated between those."""
    forms = [key for key in draws[0] if len({values[key] for values in draws}) == 2 < len(draws)]
    found: dict[tuple[tuple[str, float], ...], list[int]] = {}
    for draw, values in enumerate(draws):
        found.setdefault(tuple((key, values[key]) for key in forms), []).append(draw)
    return found


def _largest_miss(site: _Site, members: list[tuple[dict[str, float], Pair]]) -> float:
    """How far the sum misses pilots at the farthest draw and at the middle one, on the log scale."""
    order = sorted(range(len(members)), key=lambda draw: (_size(members[draw][1]), draw))
    checked = (members[draw] for draw in dict.fromkeys((order[-1], order[len(order) // 2])))
    return max(_size(_of_both(operator.sub, site.shift(values, shift), shift)) for values, shift in checked)


_found: dict[tuple[str, str], tuple[list[Pair], float]] = {}  # by key and draws


@contextmanager
def constants_anew() -> Iterator[None]:
    """Within this context every constant is one that ships or is found by its pilots, none taken from a cache."""
    _found.clear()
    with found_anew():
        yield


def pairs_of(scenario: Scenario, acting: StoredEnsemble | None) -> tuple[list[Pair], float]:
    """The constants of one site from pilots: of every draw of keys that act in business as usual, or one pair for
    None; and the largest miss where the sum was checked.
    """
    site = _Site(scenario)
    shifts, error = ([(0.0, 0.0)], 0.0) if acting is None else _site_shifts(site, acting)
    start = (site.start.background, site.start.offspring)
    return [(start[0] * math.exp(a), start[1] * math.exp(b)) for a, b in shifts], error


def _pairs(scenario: Scenario, ensemble: StoredEnsemble) -> tuple[list[Pair], float]:
    """The constants of one site, draw by draw; found once for all scenarios with the same business as usual."""
    pilot = pilot_scenario(scenario)
    acting = ensemble.without([key for key in ensemble.keys if not acts_in_business_as_usual(key)])
    draws = "" if acting is None else acting.sha256
    key = (key_of(pilot, draws), draws)
    if key not in _found:
        ready = shipped(pilot, draws)
        _found[key] = pairs_of(scenario, acting) if ready is None else (list(ready.pairs), ready.error)
    pairs, error = _found[key]
    return pairs if acting is not None else pairs * len(ensemble), error


def constants_of(scenario: Scenario, ensemble: StoredEnsemble) -> ReferenceConstants:
    """Reference constants of every draw and site of ``scenario``; pilots are stored, so they run once."""
    by_site = [_pairs(part, ensemble) for part in scenario.each_site()]
    table = np.array([pairs for pairs, _ in by_site]).transpose(1, 0, 2)
    return ReferenceConstants(np.ascontiguousarray(table), max(error for _, error in by_site))
