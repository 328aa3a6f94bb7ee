"""What is logged as it happens: whether there is room for it, and the logs of spells and doses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..kernel.compiler import inline, kernel
from ..world import codes as C
from ..world.tables import LOGGED


@inline
def _no_more(w, need):
    return C.DONE


def _look_at(name: str, code: int, others: Callable[..., Any]) -> Callable[..., Any]:
    """``code`` where the log ``name`` is written and ``need`` more rows would overflow it, else what ``others`` say."""
    flag = f"keep_{name}"

    @inline
    def look(w, need):
        if getattr(w.settings[0], flag) == 1 and getattr(w.state[0], name) + need > len(getattr(w, name)):
            return code
        return others(w, need)

    return look


full_log = _no_more
for _number, _name in enumerate(LOGGED):
    full_log = _look_at(_name, C.RECORDS_FULL + _number, full_log)


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
