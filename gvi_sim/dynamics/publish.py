"""The tables that every run fills: attacks as they are published, and what the hash of a run covers."""

from __future__ import annotations

from ..kernel.compiler import i64, inline, kernel
from ..world import codes as C
from .detention import age_at
from .hired import hired_age


@inline
def _number(w, i):
    return w.persons[i].number if i >= 0 else C.HIRED


@inline
def _seq_of(w, row):
    return i64(w.log[row].seq) if row >= 0 else C.NOBODY


@kernel
def _publish_attack(w, entry, row, number):
    out = w.attacks[number]
    out.seq = entry.seq
    out.day = entry.day
    out.site = w.groups[entry.attacker].site
    out.mode = entry.mode
    out.cause = entry.cause
    out.parent_seq = _seq_of(w, entry.parent_row)
    out.attacker_group = entry.attacker
    out.target_group = entry.target
    out.shooter = _number(w, entry.shooter)
    out.shooter_age = age_at(w, entry.shooter, entry.day) if entry.shooter >= 0 else hired_age(w, row, entry.day)
    out.contracted = entry.contracted
    out.stand_in = entry.stand_in
    out.replaced = entry.replaced
    out.substituted = entry.substituted
    out.hit = entry.hit
    out.killed = entry.killed
    out.bystanders = entry.bystanders
    out.cleared = entry.cleared
    out.arrest_day = entry.arrest_day
    out.attributed = entry.attributed
    out.candidate = entry.key


@kernel
def _publish_candidate(w, entry, row):
    out = w.hashed[row]
    out.candidate = entry.key
    # Of a candidate that was stopped one may not know who would have shot: nobody has looked.
    out.shooter = _number(w, entry.shooter) if entry.seq >= 0 else C.HIRED
    out.seq = entry.seq
    out.parent_seq = _seq_of(w, entry.parent_row)
    out.attacker_group = entry.attacker
    out.target_group = entry.target
    out.attributed = entry.attributed
    out.blocked = entry.blocked
    out.hit = entry.hit
    out.killed = entry.killed
    out.bystanders = entry.bystanders
    out.cause = entry.cause
    out.mode = entry.mode
    out.cleared = entry.cleared
    out.spare = 0


@kernel
def publish(w):
    """Fill ``hashed`` with the candidates of the window and, if kept, ``attacks`` with its attacks, in order."""
    state = w.state[0]
    state.candidates = 0
    state.published = 0
    for row in range(state.log_size):
        entry = w.log[row]
        if entry.day < state.window_start:
            continue
        _publish_candidate(w, entry, state.candidates)
        state.candidates += 1
        if entry.seq >= 0 and w.settings[0].keep_attacks == 1:
            _publish_attack(w, entry, row, state.published)
            state.published += 1
