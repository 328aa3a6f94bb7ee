"""What comes to a group by itself: arrests for other offences (ODD 7.4) and offers as usual (ODD 7.7).

Both are worked off when the group is looked at (``catch_up``), one after the other in order of their days, so
that what one sees does not depend on when one looked. What somebody may notice in between is on the heap: offers
that may lead to a stay, arrests that end one, and all that comes to a group that is watched.
"""

from __future__ import annotations

from ..kernel.compiler import inline, kernel
from ..world import codes as C
from .arrivals import open_arrests
from .detention import other_arrest
from .eager_arrivals import watch_on
from .heap import push
from .offers import may_lead_to_a_stay, open_offers, usual_offer

# A group that nobody watches is looked at about once in so many arrests, so that the backlog stays short.
_ROUND = 32.0
# So many offers that lead to nothing are passed over before one is put on the heap all the same.
_OFFERS_AHEAD = 32


@kernel
def _next(w, g, t):
    if w.groups[g].next_arrest <= w.groups[g].next_offer:
        other_arrest(w, g, t)
    else:
        usual_offer(w, g)


@inline
def _is_behind(w, g, t):
    return w.groups[g].next_arrest <= t or w.groups[g].next_offer <= t


@inline
def catch_up(w, g, t):
    """Work off what has come to group ``g`` up to ``t``."""
    while _is_behind(w, g, t):
        _next(w, g, t)


@kernel
def _look_again(w, g, t):
    rate = w.par[w.groups[g].site].other_arrest_rate * w.groups[g].members
    if rate > 0.0:
        push(w, t + _ROUND / rate, C.EV_ROUND, w.groups[g].key, g, C.NIL, C.NIL, C.NIL)


@kernel
def _await_offer(w, g):
    """Put on the heap the next offer to group ``g`` that may lead to a stay."""
    number = w.groups[g].offers
    day = w.groups[g].next_offer
    for _ in range(_OFFERS_AHEAD):
        leads_on, gap = may_lead_to_a_stay(w, g, number)
        if leads_on:
            break
        number += 1
        day += gap
    push(w, day, C.EV_USUAL_OFFER, w.groups[g].key, g, C.NIL, C.NIL, C.NIL)


@kernel
def open_backlog(w, g, start):
    """Days of the first arrest and the first offer in group ``g``, and of the first look at it."""
    open_arrests(w, g, start)
    open_offers(w, g, start)
    _look_again(w, g, start)
    _await_offer(w, g)


@kernel
def on_backlog(w, kind, g, t):
    """The day of the next round, of an offer that may lead to a stay, of what is watched for, or of an arrest that
    ends a stay."""
    catch_up(w, g, t)
    if kind == C.EV_ROUND:
        _look_again(w, g, t)
    elif kind == C.EV_USUAL_OFFER:
        _await_offer(w, g)
    elif kind == C.EV_WATCHED:
        watch_on(w, g)
