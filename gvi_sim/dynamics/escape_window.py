"""How long a group waits for an arrest before it counts an escape (ODD 7.5).

All attacks of a site are waited for equally long, so they stand in line in the order in which they happened, and
only the first in line can be next: no slot on the heap is needed for them, which would be the most of it.
"""

from __future__ import annotations

import math

from ..kernel.compiler import i64, inline, kernel
from ..world import codes as C
from . import belief


@inline
def _end(w, site, row):
    return w.log[row].day + w.par[site].patience_days


@kernel
def stand_in_line(w, site, row):
    """The group of the attack in ``row``, the latest of ``site``, waits for an arrest from now on."""
    s = w.sites[site]
    w.log[row].next_in_line = C.NOBODY
    if s.line_head < 0:
        s.line_head = row
        end = _end(w, site, row)
        if end < w.state[0].patience_end:
            w.state[0].patience_end = end
    else:
        w.log[s.line_tail].next_in_line = row
    s.line_tail = row


@kernel
def on_patience(w, t):
    """Patience ends at ``t`` with whoever is first in line: no arrest came in time, and the group counts one escape."""
    state = w.state[0]
    state.patience_end = math.inf
    for site in range(len(w.sites)):
        s = w.sites[site]
        row = i64(s.line_head)
        if row >= 0 and _end(w, site, row) <= t:
            belief.learn_arrest(w, i64(w.log[row].attacker), t, 0.0, 1.0)
            row = i64(w.log[row].next_in_line)
            s.line_head = row
        if row >= 0 and _end(w, site, row) < state.patience_end:
            state.patience_end = _end(w, site, row)
