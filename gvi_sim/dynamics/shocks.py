"""Named shocks: a share of the highest-propensity members is detained between two dates (ODD 6)."""

from __future__ import annotations

from ..kernel import draws
from ..kernel.compiler import kernel
from ..world import codes as C
from . import detention, lazy_arrivals
from .heap import push
from .membership import is_present
from .slots import code_of, look, materialise


@kernel
def on_shock(w, g, number, key, t):
    """The wave reaches group ``g``: each member above the threshold gets a day within the wave."""
    shock = w.shocks[number]
    group = w.groups[g]
    lazy_arrivals.catch_up(w, g, t)
    for p in range(group.first_slot, group.first_slot + group.members):
        look(w, g, p, t)
        code = code_of(w, g, p)
        chosen, when = draws.uniform_pair(w.state[0].run, draws.SHOCK, key, code)
        if w.slots[p].weight > shock.threshold or (shock.by_lot > 0.0 and chosen < shock.by_lot):
            arrest = draws.child(key, draws.TAG_SHOCK, code)
            push(w, t + when * shock.days, C.EV_SHOCK_ARREST, arrest, g, materialise(w, g, p), number, C.NIL)


@kernel
def on_shock_arrest(w, i, number, key, t):
    """One arrest of the wave, unless the person is no longer, or never became, a member."""
    if not is_present(w, i, t) or w.persons[i].status == C.PREVENTED:
        return
    par = w.par[w.groups[w.persons[i].group].site]
    days = w.shocks[number].detained_days * draws.gamma(w.state[0].run, draws.SENTENCE, key, par.sentence_shape)
    detention.detain(w, i, key, t, days)
