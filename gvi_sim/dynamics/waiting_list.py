"""The waiting list for support: whoever asked first is called first (ODD 7.7).

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
    """Call the first of the waiting list, and the next one if that leaves a place free."""
    s = w.sites[site]
    if s.queue_head < 0 or s.in_support >= w.par[site].places:
        return
    row = s.queue_head
    s.queue_head = w.stays[row].next
    if s.queue_head < 0:
        s.queue_tail = C.NOBODY
    if w.stays[row].how == C.WAITING:
        _call(w, row, t)
    stays.call_next(w, site, t)
