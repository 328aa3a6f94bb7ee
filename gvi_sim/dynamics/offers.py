"""Support and exit: occasions, offers and whether they are accepted (ODD 7.7).

An occasion leads to an offer with a probability of its own; the person accepts with probability
acceptance * readiness * commitment of the municipality * L / L_ref; half of those who ask are lost in
assessment. Offers in business as usual come to a group as a Poisson process, to any member alike.
"""

from __future__ import annotations

import math

from ..kernel import draws
from ..kernel.compiler import inline, kernel
from ..world import codes as C
from ..world import tables as T
from . import belief, partners, stays
from .membership import settle, watch_return
from .records import log_dose
from .slots import code_of, look, materialise, number_of, person_key
from .tally import count_on


@inline
def _most_readily(par):
    """Nobody accepts an offer whose uniform is not below this."""
    return 2.0 * par.acceptance if par.acceptance <= 0.5 else 1.0


@kernel
def _accepts(w, g, key, u, t, commitment):
    """Whether a person of group ``g`` with address ``key`` accepts an offer, ``u`` the offer's uniform."""
    par = w.par[w.groups[g].site]
    if commitment * par.acceptance > 1.0:
        commitment = 1.0 / par.acceptance
    if u >= _most_readily(par) * commitment:
        return False
    # Uniform around ``acceptance`` as widely as [0, 1] allows, so that its mean is ``acceptance`` at any value.
    spread = par.acceptance if par.acceptance <= 0.5 else 1.0 - par.acceptance
    readiness = draws.uniform(w.state[0].run, draws.READINESS, key, draws.ONLY)
    standing = belief.legitimacy(w, g, t) / par.legitimacy_reference
    if standing > 1.0:
        standing = 1.0
    return u < (par.acceptance + (2.0 * readiness - 1.0) * spread) * commitment * standing


@inline
def _can_be_offered(w, i, t):
    settle(w, i, t)
    stays.settle_wait(w, i, t)
    person = w.persons[i]
    return person.stay < 0 and t < person.leave and (person.status == C.FREE or person.status == C.WOUNDED)


@inline
def _count_offer(w, g, number, t):
    count_on(w, w.groups[g].site, t, T.OFFERS)
    log_dose(w, t, C.DOSE_OFFER, w.groups[g].site, g, number)


@inline
def _asks(w, g, t, u):
    """Somebody of group ``g`` asks for support; ``u`` decides whether the request passes assessment."""
    site = w.groups[g].site
    count_on(w, site, t, T.REQUESTS)
    return u < w.par[site].assessment_pass


@kernel
def occasion(w, i, key, t, chance, commitment):
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
        if _asks(w, person.group, t, draws.uniform(run, draws.ASSESSMENT, key, draws.ONLY)):
            stays.request(w, i, key, t)


@kernel
def programme_occasion(w, i, key, t):
    """An occasion that counts only where GVI runs and the group is listed."""
    g = w.persons[i].group
    site = w.groups[g].site
    if w.sites[site].active == 0 or w.groups[g].listed == 0:
        return
    chance = w.par[site].offer_rate * partners.ramp(w, site, t)
    occasion(w, i, key, t, chance, partners.municipality(w, site, t))


@kernel
def on_return(w, i, key, t):
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


@inline
def _gap(w, g, word):
    rate = w.par[w.groups[g].site].usual_offer_rate * w.groups[g].members
    return draws.gap_from(word, rate)


@kernel
def open_offers(w, g, start):
    """Day of the first offer in business as usual to group ``g``."""
    group = w.groups[g]
    _, _, _, first = draws.block(w.state[0].run, draws.USUAL_OFFER_TIME, group.key, draws.ONLY)
    group.next_offer = start + _gap(w, g, first)


@kernel
def may_lead_to_a_stay(w, g, number):
    """Whether offer ``number`` to group ``g`` would be accepted by somebody and pass assessment.

    With it the days from that offer to the next.
    """
    par = w.par[w.groups[g].site]
    _, accept, assess, gap = draws.block(w.state[0].run, draws.USUAL_OFFER, w.groups[g].key, number)
    leads_on = draws.open_32(accept) < _most_readily(par) and draws.open_32(assess) < par.assessment_pass
    return leads_on, _gap(w, g, gap)


@kernel
def usual_offer(w, g):
    """The next offer of support as in business as usual to group ``g``, on its day, to any member alike."""
    group = w.groups[g]
    number = group.offers
    t = group.next_offer
    where, accept, assess, gap = draws.block(w.state[0].run, draws.USUAL_OFFER, group.key, number)
    group.offers = number + 1
    group.next_offer = t + _gap(w, g, gap)
    p = group.first_slot + draws.below(where, group.members)
    look(w, g, p, t)
    slot = w.slots[p]
    if slot.person < 0 and slot.held_until == math.inf:
        if t < slot.held_from:
            return  # in a short detention that is over by now
        # Nothing has happened to him yet, and most likely nothing will.
        _count_offer(w, g, number_of(w, p), t)
        if draws.open_32(accept) >= _most_readily(w.par[group.site]):
            return
        if not _accepts(w, g, person_key(w, g, code_of(w, g, p)), draws.open_32(accept), t, 1.0):
            return
    elif _can_be_offered(w, materialise(w, g, p), t):
        person = w.persons[slot.person]
        _count_offer(w, g, person.number, t)
        if not _accepts(w, g, person.key, draws.open_32(accept), t, 1.0):
            return
    else:
        return
    if _asks(w, g, t, draws.open_32(assess)):
        stays.request(w, materialise(w, g, p), draws.child(group.key, draws.TAG_USUAL_OFFER, number), t)
