"""The rivalry network: a soft random geometric graph on a torus, or the user's table (ODD 5).

Groups get keyed positions on a torus with one group a unit of area. Two groups are rivals with probability
chance * exp(-(distance / range) ** 2), cut at 2.5 ranges; the range is solved so that the mean number of
rivals is the stated one. Pairs that are not rivals may be allies in the same way. Rivalry by distance and
the absence of hubs follow the Hollenbeck network. A tie's strength is (rivalry + alliance) over the
strongest, and a group's strengths sum to at most 2.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from ..config import Scenario
from ..errors import ScenarioError
from ..kernel import draws
from ..kernel.compiler import inline, kernel
from ..kernel.elementary import exp
from .columns import Array

CUT = 2.5
_GRID = 120
_BISECTIONS = 50
_EVERYWHERE = 1e9
_MOST_LIKELY = 0.9


@lru_cache(maxsize=64)
def _distances(side: float) -> Array:
    axis = (np.arange(_GRID) + 0.5) / _GRID * side - side / 2.0
    grid: Array = np.hypot(axis[:, None], axis[None, :]).ravel()
    return grid


def _chance_at(distance: Array, chance: float, reach: float) -> Array:
    near: Array = np.where(distance < CUT * reach, chance * np.exp(-((distance / reach) ** 2)), 0.0)
    return near


def _solve_range(wanted: float, others: Array, distance: Array) -> tuple[float, float]:
    """(chance, range) for ``wanted`` ties among pairs that are open with weights ``others``."""
    open_pairs = float(others.mean())
    if wanted <= 0.0 or open_pairs <= 0.0:
        return 0.0, 1.0
    if wanted > 0.85 * open_pairs:
        return min(wanted / open_pairs, 1.0), _EVERYWHERE
    low, high = 1e-6, 1e3
    for _ in range(_BISECTIONS):
        middle = math.sqrt(low * high)
        if float((others * _chance_at(distance, _MOST_LIKELY, middle)).mean()) < wanted:
            low = middle
        else:
            high = middle
    return _MOST_LIKELY, math.sqrt(low * high)


@lru_cache(maxsize=256)
def solve_ranges(groups: int, rivals_mean: float, allies_mean: float) -> tuple[float, float, float, float]:
    """(rival chance, rival range, ally chance, ally range) for a site; distances in group spacings."""
    if rivals_mean + allies_mean > groups - 1 + 1e-9:
        raise ScenarioError("too-many-ties", rivals=rivals_mean, allies=allies_mean, others=groups - 1, groups=groups)
    distance = _distances(math.sqrt(groups))
    others = np.full_like(distance, groups - 1.0)
    rival_chance, rival_range = _solve_range(rivals_mean, others, distance)
    others *= 1.0 - _chance_at(distance, rival_chance, rival_range)
    return rival_chance, rival_range, *_solve_range(allies_mean, others, distance)


@inline
def _offset(a, b, side):
    d = abs(a - b)
    return side - d if d > side - d else d


@kernel
def _pair(w, g, h, run):
    """Weights (rivalry, alliance) of a pair of groups; both 0 if they are strangers."""
    one = w.groups[g]
    other = w.groups[h]
    par = w.par[one.site]
    dx = _offset(one.x, other.x, par.side)
    dy = _offset(one.y, other.y, par.side)
    square = dx * dx + dy * dy
    pair = one.key ^ other.key
    reach = par.rival_range
    if square < CUT * CUT * reach * reach:
        near = exp(-square / (reach * reach))
        if draws.uniform(run, draws.RIVAL, pair, draws.ONLY) < par.rival_chance * near:
            return math.sqrt(near), 0.0
    reach = par.ally_range
    if square < CUT * CUT * reach * reach:
        near = exp(-square / (reach * reach))
        if draws.uniform(run, draws.ALLY, pair, draws.ONLY) < par.ally_chance * near:
            return 0.0, math.sqrt(near)
    return 0.0, 0.0


@inline
def _known_pair(w, g, h):
    """The weights of a pair as found when it was the turn of ``h``, whose ties come before those of ``g``."""
    last = w.tie_start[h + 1]
    for e in range(w.tie_start[h], last if last < len(w.ties) else len(w.ties)):
        if w.ties[e].to == g:
            return w.ties[e].rivalry, w.ties[e].alliance
    return 0.0, 0.0


@kernel
def _add(w, e, to, rivalry, alliance):
    if e < len(w.ties):
        tie = w.ties[e]
        tie.to = to
        tie.code = w.groups[to].key & draws.MASK
        tie.rivalry = rivalry
        tie.alliance = alliance
    return e + 1


@kernel
def _put_in_cells(w, site, reach):
    """Put the groups of a site into square cells, first in ``cells`` and ``neighbour``; returns cells a side."""
    par = w.par[site]
    first = int(par.first_group)
    n = int(par.groups)
    across = int(math.floor(par.side / (reach if reach > 1.0 else 1.0)))
    if across < 3:
        across = 1
    for cell in range(across * across):
        w.cells[cell] = -1
    for g in range(first + n - 1, first - 1, -1):
        group = w.groups[g]
        cell = _cell_of(group.x, across, par.side) * across + _cell_of(group.y, across, par.side)
        group.neighbour = w.cells[cell]
        w.cells[cell] = g
    return across


@inline
def _cell_of(value, across, side):
    c = int(value / side * across)
    return c if c < across else across - 1


@kernel
def _tie_as_given(w, site, e, p):
    first = int(w.par[site].first_group)
    given = w.given_ties
    for g in range(first, first + int(w.par[site].groups)):
        w.tie_start[g] = e
        while p < len(given) and int(given[p, 0]) == g:
            e = _add(w, e, int(given[p, 1]), given[p, 2], given[p, 3])
            p += 1
    return e, p


@kernel
def _tie_group(w, g, across, e, run):
    """Ties of group ``g`` to those in its own cell and the cells around."""
    group = w.groups[g]
    side = w.par[group.site].side
    span = 1 if across > 1 else 0
    column = _cell_of(group.x, across, side)
    line = _cell_of(group.y, across, side)
    for dx in range(-span, span + 1):
        for dy in range(-span, span + 1):
            h = w.cells[((column + dx) % across) * across + (line + dy) % across]
            while h >= 0:
                if h != g:
                    rivalry, alliance = _pair(w, g, h, run) if g < h else _known_pair(w, g, h)
                    if rivalry > 0.0 or alliance > 0.0:
                        e = _add(w, e, h, rivalry, alliance)
                h = w.groups[h].neighbour
    return e


@kernel
def _tie_site(w, site, e, run):
    par = w.par[site]
    across = _put_in_cells(w, site, CUT * (par.rival_range if par.rival_range > par.ally_range else par.ally_range))
    first = int(par.first_group)
    for g in range(first, first + int(par.groups)):
        w.tie_start[g] = e
        e = _tie_group(w, g, across, e, run)
    return e


@kernel
def generate_ties(w, run):
    """Draw all ties, or take a site's from ``given_ties``: rows (group, other, rivalry, alliance) in group order.

    Returns how many rows they need; when that is more than there are, grow ``ties`` and call again.
    """
    n = len(w.groups)
    for g in range(n):
        group = w.groups[g]
        side = w.par[group.site].side
        a, b = draws.uniform_pair(run, draws.POSITION, group.key, draws.ONLY)
        group.x = a * side
        group.y = b * side
    e = 0
    p = 0
    for site in range(len(w.sites)):
        if w.par[site].tied_by_table > 0.0:
            e, p = _tie_as_given(w, site, e, p)
        else:
            e = _tie_site(w, site, e, run)
    w.tie_start[n] = e
    return e


@inline
def _strongest(w, site):
    """Of a site's own ties: they do not depend on which other sites are there."""
    first = int(w.par[site].first_group)
    strongest = 0.0
    for e in range(w.tie_start[first], w.tie_start[first + int(w.par[site].groups)]):
        weight = w.ties[e].rivalry + w.ties[e].alliance
        strongest = weight if weight > strongest else strongest
    return strongest


@kernel
def _normalise(w, g, strongest):
    total = 0.0
    rivalry = 0.0
    for e in range(w.tie_start[g], w.tie_start[g + 1]):
        tie = w.ties[e]
        tie.strength = (tie.rivalry + tie.alliance) / strongest
        total += tie.strength
        rivalry += tie.rivalry
    w.groups[g].rivalry = rivalry
    if total > 2.0:
        for e in range(w.tie_start[g], w.tie_start[g + 1]):
            w.ties[e].strength *= 2.0 / total


@kernel
def normalise_ties(w):
    """Strengths: over the strongest tie, at most 2 a group; and how the other side feels each tie."""
    for site in range(len(w.sites)):
        strongest = _strongest(w, site)
        first = int(w.par[site].first_group)
        for g in range(first, first + int(w.par[site].groups)):
            _normalise(w, g, strongest)
    for g in range(len(w.groups)):
        for e in range(w.tie_start[g], w.tie_start[g + 1]):
            to = w.ties[e].to
            for f in range(w.tie_start[to], w.tie_start[to + 1]):
                if w.ties[f].to == g:
                    w.ties[e].heard = w.ties[f].strength


def ties_from_tables(scenarios: tuple[Scenario, ...]) -> Array:
    """The users' tables as rows (group, other, rivalry, alliance) in both directions [any, 4]."""
    rows: list[tuple[float, float, float, float]] = []
    first = 0
    for scenario in scenarios:
        for a, b, rivalry, alliance in scenario.site.ties:
            rows.append((first + a, first + b, rivalry, alliance))
            rows.append((first + b, first + a, rivalry, alliance))
        first += scenario.site.groups
    return np.array(sorted(rows), dtype=float).reshape(len(rows), 4)
