"""Slots and their holders: natural spells and recruits (ODD 7.8).

A group of size M has M slots, and in each slot holders follow one another: a natural spell is exponential,
and when it ends a recruit takes the slot at once. Recruits therefore enter as a Poisson process of rate M /
spell, and the group keeps its size. Spell, propensity and age of a holder come from one address (group, slot,
number of the holder): they are the same in every scenario, and what happens to a person is an overlay
(``membership``).

A slot is looked at when somebody asks (lazy evaluation, docs/architecture.md): holders who came and went in between
are passed by, and a holder becomes a row of ``persons`` only when something happens to him.
"""

from __future__ import annotations

import math

from ..kernel import draws
from ..kernel.compiler import i64, inline, kernel, u64
from ..kernel.elementary import exp, log
from ..units import ADULT_YEARS, DAYS_PER_YEAR
from ..world import codes as C
from ..world import tables as T
from .partners import ramp_since_start
from .records import log_dose, log_spell
from .tally import add_days, count_on

# A holder's code is his slot within the group and how many held it before, in 31 bits.
HOLDER_BITS = 15
MOST_HOLDERS = 1 << HOLDER_BITS
MOST_MEMBERS = 1 << 16


@inline
def code(w, g, p, holder):
    """Index of draws about the ``holder``-th holder of slot ``p``, unique within group ``g``."""
    return ((p - w.groups[g].first_slot) << HOLDER_BITS) | i64(holder)


@inline
def code_of(w, g, p):
    """Index of draws about the present holder of slot ``p``."""
    return code(w, g, p, w.slots[p].holder)


@inline
def number_of(w, p):
    """What names the present holder of slot ``p`` in tables."""
    return p + w.state[0].slots * i64(w.slots[p].holder)


@inline
def person_key(w, g, code):
    """Address of a holder's own draws."""
    return draws.child(w.groups[g].key, draws.TAG_MEMBER, code)


@inline
def _weight(par, word):
    sd = par.propensity_sd
    return exp(sd * draws.normal_quantile(draws.open_32(word)) - 0.5 * sd * sd)


@inline
def _age(par, word):
    above = exp(par.age_log_mean + par.age_log_sd * draws.normal_quantile(draws.open_32(word) * par.age_kept))
    age = par.age_min + above
    return age if age < par.age_join_max else par.age_join_max


@inline
def _spell_end(par, join, end, word):
    """The end of a natural spell that began on day ``join``: nobody stays beyond the highest age."""
    if par.turnover > 0.0 and end - join > (par.age_max - par.age_join_max) * DAYS_PER_YEAR:
        oldest = join + (par.age_max - _age(par, word)) * DAYS_PER_YEAR
        end = oldest if oldest < end else end
    return end


@kernel
def age_at_joining(w, g, code):
    """Age in years at which a holder joined."""
    _, _, _, word = draws.block(w.state[0].run, draws.HOLDER, w.groups[g].key, code)
    return _age(w.par[w.groups[g].site], word)


@inline
def is_minor(w, g, p, t):
    """Whether the present holder of slot ``p`` is under 18 at ``t``."""
    par = w.par[w.groups[g].site]
    slot = w.slots[p]
    elapsed = (t - slot.join) / DAYS_PER_YEAR
    # Most were of age when they joined, and one comparison shows it.
    if slot.age_word >= par.adult_word or par.age_min + elapsed >= ADULT_YEARS:
        return False
    return _age(par, u64(slot.age_word)) + elapsed < ADULT_YEARS


@inline
def _first_spell(w, par, ahead, behind, word):
    start = w.state[0].begun
    if par.turnover <= 0.0:
        return start, math.inf
    behind_days = -par.spell_days * log(draws.open_32(behind))
    join = start - _spell_end(par, 0.0, behind_days, word)
    return join, _spell_end(par, join, start - par.spell_days * log(draws.open_32(ahead)), word)


@kernel
def first_spell(w, g, p):
    """(join, leave) of the first holder: an exponential spell has exponential age and residual."""
    ahead, behind, _, word = draws.block(w.state[0].run, draws.HOLDER, w.groups[g].key, code(w, g, p, 0))
    return _first_spell(w, w.par[w.groups[g].site], ahead, behind, word)


@kernel
def next_leave(w, g, p, holder, join):
    """When a holder other than the first, who joins at ``join``, leaves."""
    a, b, _, word = draws.block(w.state[0].run, draws.HOLDER, w.groups[g].key, code(w, g, p, holder))
    par = w.par[w.groups[g].site]
    return _spell_end(par, join, join - par.spell_days * log(draws.open_52(a, b)), word)


@kernel
def open_slots(w, g):
    """First holders of all slots of group ``g``."""
    group = w.groups[g]
    par = w.par[group.site]
    for p in range(group.first_slot, group.first_slot + group.members):
        slot = w.slots[p]
        slot.holder = 0
        slot.person = C.NOBODY
        ahead, behind, weight, slot.age_word = draws.block(w.state[0].run, draws.HOLDER, group.key, code(w, g, p, 0))
        slot.join, slot.leave = _first_spell(w, par, ahead, behind, slot.age_word)
        slot.change = slot.leave
        slot.weight = _weight(par, weight)
        slot.held_from = math.nan
        slot.held_until = math.inf


@kernel
def _keep_out(w, g, p, t):
    """A recruit of a listed group is kept from joining with probability ``prevention`` (programme)."""
    slot = w.slots[p]
    site = w.groups[g].site
    share = w.par[site].prevention * ramp_since_start(w, site, slot.join)
    code = code_of(w, g, p)
    if share > 0.0 and draws.uniform(w.state[0].run, draws.PREVENT, w.groups[g].key, code) < share:
        count_on(w, site, slot.join, T.PREVENTIONS)
        log_dose(w, slot.join, C.DOSE_PREVENTED, site, g, number_of(w, p))
        if slot.leave > t or w.settings[0].keep_persons == 1:
            w.persons[materialise(w, g, p)].status = C.PREVENTED


@kernel
def _pass_on(w, g, p, t):
    """Holders follow one another until the one whose spell covers ``t``."""
    group = w.groups[g]
    par = w.par[group.site]
    slot = w.slots[p]
    keeps_out = group.listed == 1 and par.prevention > 0.0
    first = (p - group.first_slot) << HOLDER_BITS
    weight = u64(0)
    while slot.leave <= t:
        slot.holder += 1
        slot.person = C.NOBODY
        slot.join = slot.leave
        a, b, weight, slot.age_word = draws.block(w.state[0].run, draws.HOLDER, group.key, first | i64(slot.holder))
        leave = slot.join - par.spell_days * log(draws.open_52(a, b))
        slot.leave = _spell_end(par, slot.join, leave, slot.age_word)
        if keeps_out:
            _keep_out(w, g, p, t)
    slot.weight = _weight(par, weight)


@kernel
def count_hold(w, g, p, start, end):
    """Count the days of a short detention of the holder of slot ``p``, to whom nothing else has happened."""
    site = w.groups[g].site
    add_days(w, site, T.DETAINED_DAYS, start, end)
    if is_minor(w, g, p, start):
        add_days(w, site, T.DETAINED_MINOR_DAYS, start, end)


@inline
def close_hold(w, g, p, t):
    """Count the days up to ``t`` of the short detention that stands in slot ``p``."""
    slot = w.slots[p]
    count_hold(w, g, p, slot.held_from, slot.held_until if slot.held_until < t else t)


@kernel
def _let_go(w, g, p, t):
    close_hold(w, g, p, t)
    w.slots[p].held_from = math.nan
    w.slots[p].held_until = math.inf


@kernel
def _look(w, g, p, t):
    slot = w.slots[p]
    if slot.held_until <= t and slot.held_until <= slot.leave:
        _let_go(w, g, p, t)
    if slot.leave <= t:
        if slot.held_until < math.inf:
            materialise(w, g, p)  # he is detained still, a member no longer
        _pass_on(w, g, p, t)
    slot.change = slot.leave if slot.leave < slot.held_until else slot.held_until


@inline
def look(w, g, p, t):
    """Bring slot ``p`` of group ``g`` up to ``t``."""
    if w.slots[p].change <= t:
        _look(w, g, p, t)


@kernel
def look_at_all(w, g, t):
    """Bring all slots of group ``g`` up to ``t``."""
    first = w.groups[g].first_slot
    for p in range(first, first + w.groups[g].members):
        look(w, g, p, t)


@kernel
def new_person(w, g, p, kind):
    """A row for somebody in slot ``p`` with nothing in his past; returns the row. The caller names him."""
    state = w.state[0]
    i = state.persons
    state.persons = i + 1
    person = w.persons[i]
    person.slot = p
    person.group = g
    person.kind = kind
    person.until = math.inf
    person.cause = 0
    person.wounded_until = -math.inf
    person.empty_since = math.nan
    person.empty_cause = 0
    person.stand_in = C.NOT_ASKED
    person.stay = C.NOBODY
    person.status = C.FREE
    person.salience = 0.0
    person.salience_day = 0.0
    person.picked = -math.inf
    person.is_minor = 0
    person.has_exited = 0
    person.attacks = 0
    return i


@kernel
def materialise(w, g, p):
    """Row of the present holder of slot ``p``, made if there is none yet. The slot must be up to date."""
    slot = w.slots[p]
    if slot.person >= 0:
        return i64(slot.person)
    i = new_person(w, g, p, C.INITIAL if slot.holder == 0 else C.RECRUIT)
    person = w.persons[i]
    person.code = code_of(w, g, p)
    person.key = person_key(w, g, person.code)
    person.number = number_of(w, p)
    person.join = slot.join
    person.leave = slot.leave
    person.age = _age(w.par[w.groups[g].site], u64(slot.age_word))
    begun = w.state[0].begun
    person.since = slot.join if slot.join > begun else begun
    slot.person = i
    if slot.held_until < math.inf:
        _take_over(w, g, p, i)
    return i


@kernel
def _take_over(w, g, p, i):
    """The short detention that stood in the slot goes on in the person's row."""
    slot = w.slots[p]
    person = w.persons[i]
    log_spell(w, i, slot.held_from)
    person.status = C.DETAINED
    person.since = slot.held_from
    person.until = slot.held_until
    person.cause = draws.child(w.groups[g].key, draws.TAG_OTHER_ARREST, slot.held_number)
    person.empty_since = slot.held_from
    person.empty_cause = person.cause
    person.is_minor = 1 if is_minor(w, g, p, slot.held_from) else 0
    slot.held_from = math.nan
    slot.held_until = math.inf
    slot.change = slot.leave


@kernel
def new_stand_in(w, i, key, join):
    """Somebody steps into the slot of ``i`` on day ``join``; returns the row."""
    holder = w.persons[i]
    other = new_person(w, holder.group, holder.slot, C.STAND_IN)
    person = w.persons[other]
    par = w.par[w.groups[holder.group].site]
    _, _, _, age = draws.block(w.state[0].run, draws.TRAITS, key, draws.ONLY)
    person.key = key
    person.code = holder.code
    name = 1 + i64(key >> (draws.SHIFT_32 + draws.SHIFT_4))
    person.number = holder.number + (w.state[0].slots << HOLDER_BITS) * name
    person.join = join
    person.leave = _spell_end(par, join, holder.leave, age)
    person.since = join
    person.age = _age(par, age)
    return other


@kernel
def _holders_until(w, g, p, t):
    """How many holders have followed one another in slot ``p`` by ``t``; changes nothing."""
    group = w.groups[g]
    slot = w.slots[p]
    par = w.par[group.site]
    first = (p - group.first_slot) << HOLDER_BITS
    holder = i64(slot.holder)
    leave = slot.leave
    while leave <= t:
        holder += 1
        a, b, _, word = draws.block(w.state[0].run, draws.HOLDER, group.key, first | holder)
        leave = _spell_end(par, leave, leave - par.spell_days * log(draws.open_52(a, b)), word)
    return holder


@kernel
def holders_by_site(w, t, out):
    """Add up in ``out`` [sites] how many holders have followed one another in all slots by ``t``."""
    for g in range(len(w.groups)):
        group = w.groups[g]
        for p in range(group.first_slot, group.first_slot + group.members):
            out[group.site] += _holders_until(w, g, p, t)
