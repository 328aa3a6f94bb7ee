"""Which groups have their arrivals on the queue at their day (eager), and not worked off late (lazy).

Arrests for other offences and offers as usual come to a group as Poisson processes, and for most of them nothing
hangs on the moment: they are worked off when the group is looked at (``lazy_arrivals``). While a group is listed it is
watched: the next of them is on the heap at its day, since the end of an arrest is an occasion for an offer.
"""

from __future__ import annotations

from ..kernel.compiler import kernel
from ..world import codes as C
from .heap import push


@kernel
def watch(w, g):
    """From now on what comes to group ``g``, which is up to date, is on the heap at its day."""
    group = w.groups[g]
    if group.watched == 0:
        group.watched = 1
        day = group.next_arrest if group.next_arrest < group.next_offer else group.next_offer
        push(w, day, C.EV_WATCHED, group.key, g, C.NIL, C.NIL, C.NIL)


@kernel
def watch_on(w, g):
    """Go on watching group ``g`` as long as there is reason to."""
    group = w.groups[g]
    group.watched = 0
    if group.listed == 1:
        watch(w, g)
