"""Who shoots, who is hit, whom a group attacks.

Holders are chosen by one uniform along the cumulated propensities of the group's slots: the natural holders
are the same in every scenario, so the same person is designated wherever the candidate exists. Where the person
must be free, one who is not is passed over and the next uniform of the same address is asked, so each free
person is chosen with probability proportional to propensity. Groups race: each draws an exponential time
addressed by (what is decided, contender) and divides it by the weight; the first wins. A contender that is added
or taken away changes nobody else's time. Since -log(u) >= 1 - u, most logarithms need not be taken.
"""

from __future__ import annotations

import math

from ..kernel import draws
from ..kernel.compiler import i64, inline, kernel
from ..kernel.elementary import log
from ..world import codes as C
from .membership import free_in_slot, who_is_free
from .slots import look

# So many are passed over before the free are counted out.
_PASSED_OVER = 16


@inline
def _propensity(w, g, t):
    """Sum of the propensities of the present holders, all slots brought up to ``t``."""
    first = w.groups[g].first_slot
    total = 0.0
    for p in range(first, first + w.groups[g].members):
        look(w, g, p, t)
        total += w.slots[p].weight
    return total


@inline
def _along(w, g, left):
    """The slot at which the cumulated propensities reach ``left``."""
    p = w.groups[g].first_slot
    last = p + w.groups[g].members - 1
    left -= w.slots[p].weight
    while left >= 0.0 and p < last:
        p += 1
        left -= w.slots[p].weight
    return p


@kernel
def designated(w, purpose, key, g, t):
    """Slot of the natural member of group ``g`` chosen by propensity."""
    total = _propensity(w, g, t)
    return _along(w, g, total * draws.uniform(w.state[0].run, purpose, key, draws.ONLY))


@kernel
def is_anybody_free(w, g, t):
    """Whether some member of group ``g`` is free, stand-ins included."""
    first = w.groups[g].first_slot
    for p in range(first, first + w.groups[g].members):
        look(w, g, p, t)
        if free_in_slot(w, g, p, t):
            return True
    return False


@kernel
def _among_the_free(w, g, t, u):
    first = w.groups[g].first_slot
    total = 0.0
    for p in range(first, first + w.groups[g].members):
        if free_in_slot(w, g, p, t):
            total += w.slots[p].weight
    left = total * u
    winner = C.NOBODY
    for p in range(first, first + w.groups[g].members):
        if left >= 0.0 and free_in_slot(w, g, p, t):
            winner = who_is_free(w, g, p, t)
            left -= w.slots[p].weight
    return winner


@kernel
def somebody_free(w, purpose, key, g, t, index):
    """Row of a free member of group ``g`` by propensity of the slot, -1 if nobody is free.

    ``index`` numbers choices under one address; a stand-in is chosen as often as the holder would be.
    """
    total = _propensity(w, g, t)
    run = w.state[0].run
    turn = index * (_PASSED_OVER + 1)
    for _ in range(_PASSED_OVER):
        p = _along(w, g, total * draws.uniform(run, purpose, key, turn))
        if free_in_slot(w, g, p, t):
            return who_is_free(w, g, p, t)
        turn += 1
    return _among_the_free(w, g, t, draws.uniform(run, purpose, key, turn))


@kernel
def rival_race(w, purpose, key, g):
    """A rival of ``g`` by weight of the rivalry; -1 if it has none."""
    run = w.state[0].run
    best = math.inf
    winner = C.OUTSIDER
    for e in range(w.tie_start[g], w.tie_start[g + 1]):
        tie = w.ties[e]
        if tie.rivalry > 0.0:
            u = draws.uniform(run, purpose, key, tie.code)
            if 1.0 - u < best * tie.rivalry:
                score = -log(u) / tie.rivalry
                if score < best:
                    best = score
                    winner = i64(tie.to)
    return winner


@kernel
def tied_race(w, purpose, key, g, excluded):
    """A group tied to ``g`` by strength of the tie, never ``excluded``; -1 if there is none."""
    run = w.state[0].run
    best = math.inf
    winner = C.OUTSIDER
    for e in range(w.tie_start[g], w.tie_start[g + 1]):
        tie = w.ties[e]
        if tie.to != excluded and tie.strength > 0.0:
            u = draws.uniform(run, purpose, key, tie.code)
            if 1.0 - u < best * tie.strength:
                score = -log(u) / tie.strength
                if score < best:
                    best = score
                    winner = i64(tie.to)
    return winner
