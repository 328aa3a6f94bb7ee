"""The waiting list for support: of those whom a free place may go to, whoever asked first is called first (ODD 7.7).

Who is on it is found out when a place is free: by then some have lost patience, been detained or died, and some
have left the group.
"""

from __future__ import annotations

from ..kernel.compiler import kernel
from ..world import codes as C
from . import stays
from .lazy_arrivals import catch_up


@kernel
def _call(w, row, t):
    stay = w.stays[row]
    i = stay.person
    catch_up(w, w.persons[i].group, t)
    stays.settle_wait(w, i, t)
    if stay.how != C.WAITING:
        return
    if t >= w.persons[i].leave:
        stays.close_row(w, i, t, C.STAY_LEFT)
    else:
        stays.admit(w, i, t)


@kernel
def on_capacity_free(w, site, t):
    """Call the first of the waiting list, and the next one if that leaves a place free.

    Where the free place is one for listed groups alone, the others are passed over and keep their turn.
    """
    s = w.sites[site]
    if s.in_support >= stays.places_at_most(w, site):
        return
    before, row = C.NOBODY, s.queue_head
    while row >= 0 and w.stays[row].how == C.WAITING:
        if s.in_support < stays.places_for(w, w.persons[w.stays[row].person].group):
            break
        before, row = row, w.stays[row].next
    if row < 0:
        return
    _take_off(w, site, row, before)
    if w.stays[row].how == C.WAITING:
        _call(w, row, t)
    stays.call_next(w, site, t)


@kernel
def _take_off(w, site, row, before):
    """Take ``row``, which follows ``before`` (-1: nobody), off the list."""
    s = w.sites[site]
    after = w.stays[row].next
    if before < 0:
        s.queue_head = after
    else:
        w.stays[before].next = after
    if after < 0:
        s.queue_tail = before
