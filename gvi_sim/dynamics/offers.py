"""Support and exit: occasions, offers and whether they are accepted (section 6).

An occasion leads to an offer with a probability of its own; the person accepts with probability
acceptance * readiness * commitment of the municipality * L / L_ref; half of those who ask are lost in
assessment. Offers in business as usual come to a group as a Poisson process, to any member alike.
"""

from __future__ import annotations

import math

from .. import draws
from ..jit import i64, inline, kernel
from ..world import codes as C
from ..world import tables as T
from . import belief, detention, partners, stays
from .heap import push
from .membership import settle, watch_return
from .places import code_of, look, materialise, number_of, person_key
from .records import log_dose
from .tally import count


@kernel
def _accepts(w, g, key, u, t, commitment):  # type: ignore[no-untyped-def]
    """Whether a person of group ``g`` with address ``key`` accepts an offer, ``u`` the offer's uniform."""
    par = w.par[w.groups[g].site]
    # Uniform around ``acceptance`` as widely as [0, 1] allows, so that its mean is ``acceptance`` at any value.
    spread = par.acceptance if par.acceptance <= 0.5 else 1.0 - par.acceptance
    if u >= par.acceptance + spread:
        return False
    readiness = draws.uniform(w.state[0].run, draws.READINESS, key, draws.ONLY)
    standing = belief.legitimacy(w, g, t) / par.legitimacy_reference
    if standing > 1.0:
        standing = 1.0
    return u < (par.acceptance + (2.0 * readiness - 1.0) * spread) * commitment * standing


@inline
def _can_be_offered(w, i, t):  # type: ignore[no-untyped-def]
    settle(w, i, t)
    person = w.persons[i]
    return person.stay < 0 and t < person.leave and (person.status == C.FREE or person.status == C.WOUNDED)


@inline
def _count_offer(w, g, number, t):  # type: ignore[no-untyped-def]
    count(w, w.groups[g].site, T.OFFERS, 1.0)
    log_dose(w, t, C.DOSE_OFFER, w.groups[g].site, g, number)


@kernel
def occasion(w, i, key, t, chance, commitment):  # type: ignore[no-untyped-def]
    """An occasion with address ``key`` at which support may be offered to person ``i``."""
    if chance <= 0.0 or not _can_be_offered(w, i, t):
        return
    run = w.state[0].run
    if draws.uniform(run, draws.OFFER, key, draws.ONLY) >= chance:
        return
    person = w.persons[i]
    _count_offer(w, person.group, person.number, t)
    u = draws.uniform(run, draws.OFFER, key, draws.SECOND)
    if _accepts(w, person.group, person.key, u, t, commitment):
        _apply(w, i, key, t, draws.uniform(run, draws.ASSESSMENT, key, draws.ONLY))


@kernel
def programme_occasion(w, i, key, t):  # type: ignore[no-untyped-def]
    """An occasion that counts only where GVI runs and the group is listed."""
    g = w.persons[i].group
    site = w.groups[g].site
    if w.sites[site].active == 0 or w.groups[g].listed == 0:
        return
    chance = w.par[site].offer_rate * partners.ramp(w, site, t)
    occasion(w, i, key, t, chance, partners.municipality(w, site, t))


@kernel
def _apply(w, i, key, t, u):  # type: ignore[no-untyped-def]
    """Person ``i`` asks for support; ``u`` decides whether the request passes assessment."""
    g = w.persons[i].group
    site = w.groups[g].site
    count(w, site, T.REQUESTS, 1.0)
    if u < w.par[site].assessment_pass:
        stays.request(w, i, key, t)
        if w.groups[g].open_stays > 0:
            detention.watch(w, g, t)


@kernel
def on_return(w, i, key, t):  # type: ignore[no-untyped-def]
    """Detention or a wound is over, unless something longer holds the person still: an occasion for an offer."""
    person = w.persons[i]
    before = person.status
    if person.until != t or (before != C.DETAINED and before != C.WOUNDED):
        return
    settle(w, i, t)
    if person.status == C.WOUNDED:
        watch_return(w, i)
    elif person.status == C.FREE:
        address = key if before == C.WOUNDED else draws.child(key, draws.TAG_OCCASION, C.FIRST)
        programme_occasion(w, i, address, t)


@kernel
def open_offers(w, g, start):  # type: ignore[no-untyped-def]
    """The first offer in business as usual to group ``g``."""
    _, _, _, first = draws.block(w.state[0].run, draws.USUAL_OFFER_TIME, w.groups[g].key, draws.ONLY)
    _next_offer(w, g, C.NIL, start, first)


@inline
def _next_offer(w, g, number, t, word):  # type: ignore[no-untyped-def]
    group = w.groups[g]
    rate = w.par[group.site].usual_offer_rate * group.members
    if rate > 0.0:
        day = t - math.log(draws.open_32(word)) / rate
        push(w, day, C.EV_USUAL_OFFER, group.key, g, C.NIL, number, C.NIL)


@kernel
def on_usual_offer(w, g, number, t):  # type: ignore[no-untyped-def]
    """An offer of support as in business as usual: to any member alike."""
    group = w.groups[g]
    detention.catch_up(w, g, t)
    where, accept, assess, gap = draws.block(w.state[0].run, draws.USUAL_OFFER, group.key, number)
    _next_offer(w, g, number + 1, t, gap)
    p = group.first_place + i64(math.floor(draws.open_32(where) * group.members))
    look(w, g, p, t)
    place = w.places[p]
    if place.person < 0 and place.held_until == math.inf:
        # Nothing has happened to him yet, and most likely nothing will.
        _count_offer(w, g, number_of(w, p), t)
        key = person_key(w, g, code_of(w, g, p))
        if not _accepts(w, g, key, draws.open_32(accept), t, 1.0):
            return
    elif _can_be_offered(w, materialise(w, g, p), t):
        person = w.persons[place.person]
        _count_offer(w, g, person.number, t)
        if not _accepts(w, g, person.key, draws.open_32(accept), t, 1.0):
            return
    else:
        return
    key = draws.child(group.key, draws.TAG_USUAL_OFFER, number)
    _apply(w, materialise(w, g, p), key, t, draws.open_32(assess))
