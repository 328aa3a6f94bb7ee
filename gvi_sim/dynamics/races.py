"""Who shoots, who is hit, whom a group attacks.

Where the contenders may differ between scenarios they race: each draws an exponential time addressed by
(what is decided, contender) and divides it by the weight; the first wins, so each wins with probability
proportional to weight. A contender that is added or taken away changes nobody else's time. Since
-log(u) >= 1 - u, most logarithms need not be taken.
"""

from __future__ import annotations

import math

from .. import draws
from ..jit import i64, inline, kernel
from ..world import codes as C
from .membership import acting_in_place_of


@inline
def designated(w, purpose, key, g):  # type: ignore[no-untyped-def]
    """A natural member present in group ``g`` by propensity; -1 for an empty pool.

    The pool holds natural spells only, in order of joining, so it is the same in every scenario: one
    uniform along the cumulated weights designates the same person wherever the candidate exists, and
    spares a race among everybody.
    """
    n = w.groups[g].pool_size
    total = 0.0
    for j in range(n):
        total += w.pool[g, j].weight
    left = total * draws.uniform(w.state[0].run, purpose, key, draws.ONLY)
    winner = C.NOBODY
    for j in range(n):
        winner = w.pool[g, j].person
        left -= w.pool[g, j].weight
        if left < 0.0:
            break
    return winner


@kernel
def anybody(w, purpose, key, g):  # type: ignore[no-untyped-def]
    """A natural member present in group ``g``, each alike; -1 for an empty pool."""
    n = w.groups[g].pool_size
    if n == 0:
        return C.NOBODY
    place = i64(math.floor(n * draws.uniform(w.state[0].run, purpose, key, draws.ONLY)))
    return w.pool[g, place].person


@kernel
def is_anybody_free(w, g, t):  # type: ignore[no-untyped-def]
    """Whether some member of group ``g`` is free, stand-ins included."""
    for j in range(w.groups[g].pool_size):
        i = w.pool[g, j].person
        if w.persons[i].status == C.FREE or acting_in_place_of(w, i, t) >= 0:
            return True
    return False


@kernel
def free_race(w, purpose, key, g, t):  # type: ignore[no-untyped-def]
    """Winner among the free members of group ``g``, stand-ins included; -1 if nobody is free."""
    run = w.state[0].run
    best = math.inf
    winner = C.NOBODY
    for j in range(w.groups[g].pool_size):
        i = w.pool[g, j].person
        if w.persons[i].status != C.FREE:
            i = acting_in_place_of(w, i, t)
            if i < 0:
                continue
        person = w.persons[i]
        u = draws.uniform(run, purpose, key, person.ordinal)
        if 1.0 - u < best * person.weight:
            score = -math.log(u) / person.weight
            if score < best:
                best = score
                winner = i
    return winner


@inline
def rival_race(w, purpose, key, g):  # type: ignore[no-untyped-def]
    """A rival of ``g`` by weight of the rivalry; -1 if it has none."""
    run = w.state[0].run
    best = math.inf
    winner = C.OUTSIDER
    for e in range(w.tie_start[g], w.tie_start[g + 1]):
        tie = w.ties[e]
        if tie.rivalry <= 0.0:
            continue
        score = -math.log(draws.uniform(run, purpose, key, tie.code)) / tie.rivalry
        if score < best:
            best = score
            winner = tie.to
    return winner


@kernel
def tied_race(w, purpose, key, g, excluded):  # type: ignore[no-untyped-def]
    """A group tied to ``g`` by strength of the tie, never ``excluded``; -1 if there is none."""
    run = w.state[0].run
    best = math.inf
    winner = C.OUTSIDER
    for e in range(w.tie_start[g], w.tie_start[g + 1]):
        tie = w.ties[e]
        if tie.to == excluded or tie.strength <= 0.0:
            continue
        score = -math.log(draws.uniform(run, purpose, key, tie.code)) / tie.strength
        if score < best:
            best = score
            winner = tie.to
    return winner
