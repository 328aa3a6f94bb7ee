"""What somebody outside the kernel may do to a running world: through the mechanisms, never around them.

Each function returns DONE, or the code of a buffer that must grow before it can be done; then nothing has
been changed, and the caller grows the buffer and calls again.
"""

from __future__ import annotations

from ..kernel import draws
from ..kernel.compiler import entry
from ..world import codes as C
from . import belief, detention, engine, hired, lazy_arrivals, membership, offers, slots
from .engine import full
from .publish import publish


@entry
def look_at_members(w, g, t):
    """Give everybody who is in group ``g`` at ``t`` a row, stand-ins included. Changes no event."""
    code = full(w)
    if code == C.DONE:
        group = w.groups[g]
        lazy_arrivals.catch_up(w, g, t)
        slots.look_at_all(w, g, t)
        for p in range(group.first_slot, group.first_slot + group.members):
            i = slots.materialise(w, g, p)
            membership.settle(w, i, t)
            membership.acting_in_place_of(w, i, t)
    return code


@entry
def call_settle_all(w, t):
    """Bring all persons up to ``t``. Changes no event."""
    return engine.settle_everything(w, t)


@entry
def publish_attacks(w):
    """Fill the published table of attacks with those of the window so far."""
    publish(w)
    return C.DONE


@entry
def call_detain(w, i, key, t, days):
    """Detain person ``i`` from ``t`` for ``days``."""
    code = full(w)
    if code == C.DONE:
        lazy_arrivals.catch_up(w, w.persons[i].group, t)
        detention.detain(w, i, key, t, days)
    return code


@entry
def offer_support(w, i, key, t):
    """Offer support to person ``i``, who accepts or not as in any other offer."""
    code = full(w)
    if code == C.DONE:
        lazy_arrivals.catch_up(w, w.persons[i].group, t)
        offers.occasion(w, i, key, t, 1.0, 1.0)
    return code


@entry
def call_hear_message(w, g, t, reach):
    """A message reaches group ``g``, and a share of it the groups tied to it."""
    belief.hear_message(w, g, t, reach)
    return C.DONE


@entry
def call_perceived_certainty(w, g, t):
    """What group ``g`` believes at ``t`` about being sanctioned for an attack, 0 to 1."""
    return belief.perceived_certainty(w, g, t, belief.salience(w, g, t))


@entry
def salience_and_legitimacy(w, g, t):
    """Salience of the message and legitimacy of the partners in group ``g`` at ``t``, 0 to 1 each."""
    lazy_arrivals.catch_up(w, g, t)
    return belief.salience(w, g, t), belief.legitimacy(w, g, t)


@entry
def call_hired_days(w, t):
    """Days of the window up to ``t`` that hired shooters were detained. Changes nothing."""
    return hired.hired_days(w, t)


@entry
def call_uniform(run, entity, number):
    """A uniform on (0, 1) for a user's lever, addressed by run, entity key and number."""
    return draws.uniform(run, draws.LEVER, entity, number)
