"""Logs of spells and doses, written only when the run keeps them."""

from __future__ import annotations

from ..jit import inline


@inline
def log_spell(w, i, t):  # type: ignore[no-untyped-def]
    """Person ``i``'s present status ends at ``t``."""
    state = w.state[0]
    if state.keep_spells == 0:
        return
    person = w.persons[i]
    row = w.spells[state.spells]
    row.person = i
    row.status = person.status
    row.from_day = person.since
    row.to_day = t
    state.spells += 1


@inline
def log_dose(w, t, kind, site, g, i):  # type: ignore[no-untyped-def]
    """The programme did something: a code of DOSES."""
    state = w.state[0]
    if state.keep_doses == 0:
        return
    row = w.doses[state.doses]
    row.day = t
    row.kind = kind
    row.site = site
    row.group = g
    row.person = i
    state.doses += 1
