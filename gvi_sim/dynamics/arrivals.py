"""When arrests for other offences come to a group, and to whom (ODD 7.4).

They come as a Poisson process, to any slot alike, and when and to whom does not depend on anything that happens.
So they can be worked off late (``lazy_arrivals``), and seen coming.
"""

from __future__ import annotations

from ..kernel import draws
from ..kernel.compiler import inline, kernel
from ..world import codes as C
from .heap import push


@inline
def _gap(w, g, word):
    group = w.groups[g]
    rate = w.par[group.site].other_arrest_rate * group.members
    return draws.gap_from(word, rate)


@kernel
def open_arrests(w, g, start):
    """Day of the group's first arrest for another offence."""
    group = w.groups[g]
    _, _, _, first = draws.block(w.state[0].run, draws.OTHER_ARREST, group.key, draws.DROPOUT)
    group.next_arrest = start + _gap(w, g, first)


@inline
def arrival(w, g, number):
    """Arrest ``number`` in group ``g``: (slot it comes to, word for its length, days until the next one)."""
    group = w.groups[g]
    where, stay, gap, _ = draws.block(w.state[0].run, draws.OTHER_ARREST, group.key, number)
    p = group.first_slot + draws.below(where, group.members)
    return p, stay, _gap(w, g, gap)


@kernel
def await_arrest(w, g, p, until):
    """Have group ``g``, which is up to date, looked at when the next arrest comes to slot ``p``, up to ``until``."""
    number = w.groups[g].arrests
    day = w.groups[g].next_arrest
    while day <= until:
        whom, _, gap = arrival(w, g, number)
        if whom == p:
            push(w, day, C.EV_SLOT_LOST, w.groups[g].key, g, C.NIL, C.NIL, C.NIL)
            return
        number += 1
        day += gap
