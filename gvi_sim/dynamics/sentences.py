"""How long a sentence lasts: Gamma, with a mean by what the attack did, shorter for those under 18 (ODD 7.4)."""

from __future__ import annotations

from ..kernel import draws
from ..kernel.compiler import kernel


@kernel
def sentence_days(w, row, is_minor):
    """Days of detention for the attack in ``row``, by its own address: the same whenever they are asked for."""
    attack = w.log[row]
    par = w.par[w.groups[attack.attacker].site]
    days = par.sentence_days_no_hit
    if attack.killed > 0:
        days = par.sentence_days_fatal
    elif attack.hit > 0:
        days = par.sentence_days_hit
    if is_minor:
        days *= par.youth_sentence_factor
    return days * draws.gamma(w.state[0].run, draws.SENTENCE, attack.key, par.sentence_shape)
