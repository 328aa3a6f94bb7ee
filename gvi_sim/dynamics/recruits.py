"""Natural spells: recruits, the walker, and the pool of members present (sections 1 and 7).

Recruits join group g as a Poisson process of rate size / spell, and stay for an exponential natural
spell, so the pool is an M/M/infinity queue that keeps its mean size. Spells come from keys alone: they are
the same in every scenario, and what happens to a person is an overlay (``membership``).

Background candidates, other arrests and usual offers are Poisson on the clock ``area`` = integral of the
pool size. The *walker* of a group goes ahead along joins and leaves until the next of them is reached;
segments end only at joins and leaves, so the times do not depend on which of the three is asked for. The
*pool* follows the present and lists who is there, for races.
"""

from __future__ import annotations

import math

from .. import draws
from ..jit import inline, kernel
from ..world import codes as C
from ..world import tables as T
from .partners import ramp
from .tally import count_on

LOOK_AHEAD_DAYS = 180.0
# Ordinals of recruits start above those of initial members.
_RECRUIT_ORDINALS = 1 << 20


@kernel
def new_person(w, g, kind, key, ordinal, join, leave):  # type: ignore[no-untyped-def]
    """Create a person with keyed traits; returns the index. The caller has made sure there is room."""
    state = w.state[0]
    i = state.persons
    state.persons = i + 1
    par = w.par[w.groups[g].site]
    first, second = draws.uniform_pair(state.run, draws.TRAITS, key, draws.ONLY)
    radius = math.sqrt(-2.0 * math.log(first))
    angle = 2.0 * math.pi * second
    person = w.persons[i]
    person.key = key
    person.group = g
    person.ordinal = ordinal
    person.join = join
    person.leave = leave
    sd = par.propensity_sd
    person.weight = math.exp(sd * radius * math.cos(angle) - 0.5 * sd * sd)
    sd = par.age_log_sd
    person.age = par.age_min + par.age_above * math.exp(sd * radius * math.sin(angle) - 0.5 * sd * sd)
    person.until = math.inf
    person.since = join
    person.wounded_until = -math.inf
    person.empty_since = math.nan
    person.episode = 0
    person.stand_in = C.NOBODY
    person.vacancy_asked = 0
    person.next = C.NOBODY
    person.stay = C.NOBODY
    person.status = C.FREE
    person.kind = kind
    person.is_minor = 0
    person.has_exited = 0
    person.rostered = 0
    person.attacks = 0
    return i


@inline
def _append(w, g, i):  # type: ignore[no-untyped-def]
    group = w.groups[g]
    if group.last_person >= 0:
        w.persons[group.last_person].next = i
    if group.coming < 0:
        group.coming = i
    group.last_person = i


@inline
def _insert_leave(w, g, leave):  # type: ignore[no-untyped-def]
    group = w.groups[g]
    k = group.walk_size
    while k > 0 and w.walk_leave[g, k - 1] < leave:
        w.walk_leave[g, k] = w.walk_leave[g, k - 1]
        k -= 1
    w.walk_leave[g, k] = leave
    group.walk_size += 1


@kernel
def draw_first_join(w, g, start):  # type: ignore[no-untyped-def]
    """Day of the first recruit of group ``g``; each recruit then brings the gap to the next."""
    group = w.groups[g]
    par = w.par[group.site]
    group.next_join = math.inf
    if par.turnover > 0.0:
        gap = draws.exponential(w.state[0].run, draws.FIRST_JOIN, group.key, draws.ONLY)
        group.next_join = start + gap * par.spell_days / group.members


@kernel
def add_initial(w, g, j, start):  # type: ignore[no-untyped-def]
    """The ``j``-th member present at the start: exponential spells have exponential age and residual."""
    group = w.groups[g]
    par = w.par[group.site]
    key = draws.child(group.key, draws.TAG_INITIAL, j)
    join = start
    leave = math.inf
    if par.turnover > 0.0:
        run = w.state[0].run
        u_ahead, u_behind = draws.uniform_pair(run, draws.SPELL, key, draws.ONLY)
        join = start + par.spell_days * math.log(u_behind)
        leave = start - par.spell_days * math.log(u_ahead)
    i = new_person(w, g, C.INITIAL, key, j, join, leave)
    w.persons[i].since = join if join > start else start
    _append(w, g, i)
    _insert_leave(w, g, leave)


@kernel
def _recruit(w, g):  # type: ignore[no-untyped-def]
    group = w.groups[g]
    k = group.recruits
    key = draws.child(group.key, draws.TAG_RECRUIT, k)
    join = group.next_join
    days = w.par[group.site].spell_days
    u_spell, u_gap = draws.uniform_pair(w.state[0].run, draws.SPELL, key, draws.ONLY)
    leave = join - days * math.log(u_spell)
    i = new_person(w, g, C.RECRUIT, key, _RECRUIT_ORDINALS + k, join, leave)
    _append(w, g, i)
    _insert_leave(w, g, leave)
    group.recruits = k + 1
    group.next_join = join - math.log(u_gap) * days / group.members


@inline
def next_threshold(group):  # type: ignore[no-untyped-def]
    """Area at which the next event of the group's clock comes."""
    target = group.next_background
    if group.next_arrest < target:
        target = group.next_arrest
    if group.next_offer < target:
        target = group.next_offer
    return target


@kernel
def walk(w, g, limit):  # type: ignore[no-untyped-def]
    """Walk to the group's next clock event, at most to ``limit``; returns (code, day). Resumable."""
    group = w.groups[g]
    state = w.state[0]
    target = next_threshold(group)
    while True:
        n = group.walk_size
        leave = w.walk_leave[g, n - 1] if n > 0 else math.inf
        change = leave if leave <= group.next_join else group.next_join
        reached = group.segment_day + (target - group.area) / n if n > 0 else math.inf
        if reached <= change:
            return C.DONE, (reached if reached < limit else limit)
        if change > limit:
            return C.DONE, limit
        if leave <= group.next_join:
            group.area += n * (change - group.segment_day)
            group.segment_day = change
            group.walk_size = n - 1
        else:
            if state.persons + state.reserve > len(w.persons):
                return C.PERSONS_FULL, 0.0
            if n >= w.walk_leave.shape[1]:
                return C.POOL_FULL, 0.0
            group.area += n * (change - group.segment_day)
            group.segment_day = change
            _recruit(w, g)


@kernel
def _drop_left(w, g, t):  # type: ignore[no-untyped-def]
    group = w.groups[g]
    first = math.inf
    kept = 0
    for j in range(group.pool_size):
        place = w.pool[g, j]
        leave = w.persons[place.person].leave
        if leave <= t:
            continue
        if leave < first:
            first = leave
        # The order of joining is kept, so that it is the same whenever the pool is looked at.
        to = w.pool[g, kept]
        to.person = place.person
        to.ordinal = place.ordinal
        to.weight = place.weight
        kept += 1
    group.pool_size = kept
    group.pool_leave = first


@kernel
def _prevent(w, g, i):  # type: ignore[no-untyped-def]
    """A recruit of a listed group is kept from joining with probability ``prevention`` (programme)."""
    group = w.groups[g]
    person = w.persons[i]
    if person.kind != C.RECRUIT or group.listed == 0:
        return
    par = w.par[group.site]
    share = par.prevention * ramp(w, group.site, person.join)
    if share > 0.0 and draws.uniform(w.state[0].run, draws.PREVENT, person.key, draws.ONLY) < share:
        person.status = C.PREVENTED
        count_on(w, group.site, person.join, T.PREVENTIONS)


@kernel
def _take_in(w, g, t):  # type: ignore[no-untyped-def]
    group = w.groups[g]
    i = group.coming
    while i >= 0 and w.persons[i].join <= t:
        person = w.persons[i]
        # Whoever came and went unseen was still there to be prevented from joining.
        _prevent(w, g, i)
        if person.leave > t:
            place = w.pool[g, group.pool_size]
            place.person = i
            place.ordinal = person.ordinal
            place.weight = person.weight
            group.pool_size += 1
            if person.leave < group.pool_leave:
                group.pool_leave = person.leave
        i = person.next
    group.coming = i


@kernel
def sync_pool(w, g, t):  # type: ignore[no-untyped-def]
    """Bring the list of natural members present up to ``t``."""
    group = w.groups[g]
    if group.pool_leave <= t:
        _drop_left(w, g, t)
    if group.coming >= 0 and w.persons[group.coming].join <= t:
        _take_in(w, g, t)
