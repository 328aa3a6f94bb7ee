"""Logs of spells and doses, written only when the run keeps them."""

from __future__ import annotations

from ..kernel.compiler import inline, kernel


@kernel
def log_spell(w, i, t):
    """Person ``i``'s present status ends at ``t``."""
    if w.settings[0].keep_spells == 0:
        return
    state = w.state[0]
    person = w.persons[i]
    row = w.spells[state.spells]
    row.person = person.number
    row.status = person.status
    row.from_day = person.since
    row.to_day = t
    state.spells += 1


@inline
def log_dose(w, t, kind, site, g, number):
    """The programme did something: a code of DOSES, to the person named ``number`` or nobody (-1)."""
    if w.settings[0].keep_doses == 0:
        return
    state = w.state[0]
    row = w.doses[state.doses]
    row.day = t
    row.kind = kind
    row.site = site
    row.group = g
    row.person = number
    state.doses += 1
