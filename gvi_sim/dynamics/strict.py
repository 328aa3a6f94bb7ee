"""Strict mode: every month the state is held against a census of itself.

Counters must equal what they count, slots must not be double-booked, everybody is in one place, values
are finite and in range, slots are held by the right persons, and the event queue is in order. A violation
raises ``EngineError`` with what is wrong, where, seed, replicate and day. The census only reads: strict mode
changes no event.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..errors import EngineError, Message
from ..units import DAYS_PER_MONTH, month_edges
from ..world import codes as C
from ..world.builder import ArrayPlan
from ..world.columns import Array
from ..world.state import World

_OUT = (C.DETAINED, C.IN_SUPPORT, C.EXITED, C.DEAD)


class _Scene(NamedTuple):
    """The rows in use at a moment, and the site of each person."""

    w: World
    now: float
    persons: Array
    stays: Array
    site: Array


def _scene(w: World) -> _Scene:
    state = w.state[0]
    persons = np.asarray(w.persons[: int(state.persons)])
    site = np.asarray(w.groups["site"])[persons["group"]]
    return _Scene(w, float(state.now), persons, np.asarray(w.stays[: int(state.stays)]), site)


def checkpoints(plan: ArrayPlan) -> Iterator[float]:
    """Days of the census: each month of the burn-in and of the window, and the last day."""
    for month in range(math.floor(-plan.start / DAYS_PER_MONTH), 0, -1):
        yield -month * DAYS_PER_MONTH
    yield from month_edges(plan.sites[0].start_date, plan.months - 1)
    yield plan.window[1]


def _most_places(w: World, site: int) -> float:
    """Places that there ever were: a fall ends no stay."""
    column = C.STAGE_HEAD + (w.par.dtype.names or ()).index("extra_places")
    dated = [float(row[column]) for row in w.stages if int(row[0]) == site and not math.isnan(row[column])]
    return float(w.par["places"][site]) + max(0.0, float(w.par["extra_places"][site]), *dated)


def _counts(s: _Scene) -> Iterator[str]:
    """Occupancy counters equal the persons who are there, and nobody is over capacity."""
    status, sites, groups, now = s.persons["status"], s.w.sites, s.w.groups, s.now
    under = np.asarray(groups["sanction_end"]) > now
    for k in range(len(sites)):
        here = s.site == k
        for name, counted in (
            ("in_support", int(((status == C.IN_SUPPORT) & here).sum())),
            ("running", int((under & (np.asarray(groups["site"]) == k)).sum())),
        ):
            if int(sites[name][k]) != counted:
                yield f"sites.{name} = {int(sites[name][k])} in site {k}, the census counts {counted}"
        places, capacity = _most_places(s.w, k), float(s.w.par["sanction_capacity"][k])
        if sites["in_support"][k] > places:
            yield f"{int(sites['in_support'][k])} persons in support in site {k}, which has {places:g} places"
        if sites["running"][k] > capacity:
            yield f"{int(sites['running'][k])} sanctions run in site {k}, whose capacity is {capacity:g}"


def _ranges(s: _Scene) -> Iterator[str]:
    """Statuses are known; what groups believe is finite and in range."""
    bad = ~np.isin(s.persons["status"], range(len(C.STATUSES)))
    if bad.any():
        i = int(np.argmax(bad))
        yield f"person {i} has status {int(s.persons['status'][i])}, which is none"
    shares, counts = ("salience", "legitimacy"), ("belief_a", "belief_b", "promise_a", "promise_b", "fear")
    for name in shares + counts:
        value = np.asarray(s.w.groups[name])
        high = 1.0 if name in shares else math.inf
        wrong = ~np.isfinite(value) | (value < 0.0) | (value > high)
        if wrong.any():
            g = int(np.argmax(wrong))
            yield f"groups.{name} = {value[g]!r} in group {g}"
    for name in ("exposure", "in_support", "running"):
        value = np.asarray(s.w.sites[name], dtype=float)
        if not np.isfinite(value).all() or (value < 0).any():
            yield f"sites.{name} = {value}"
    if not np.isfinite(s.w.tally).all() or (s.w.tally < 0).any():
        yield "the monthly counts hold a number that is negative or not finite"


def _one_place(s: _Scene) -> Iterator[str]:
    """A person has at most one open stay, and it fits the status; a stand-in fills one empty slot."""
    status, stay = s.persons["status"], s.persons["stay"]
    is_open = np.isin(s.stays["how"], (C.WAITING, C.STAYING))
    owners, rows = s.stays["person"][is_open], np.flatnonzero(is_open)
    if len(np.unique(owners)) < len(owners) or (stay[owners] != rows).any():
        yield "a person has two open requests for support, or one that is not the person's"
    if int((stay >= 0).sum()) != len(rows):
        yield "a person holds a request for support that is closed"
    staying = np.sort(s.stays["person"][s.stays["how"] == C.STAYING])
    if not np.array_equal(staying, np.flatnonzero(status == C.IN_SUPPORT)):
        yield "the persons in support are not those with an open stay"
    waiting = s.stays["person"][s.stays["how"] == C.WAITING]
    if not np.isin(status[waiting], (C.FREE, C.WOUNDED)).all():
        yield "somebody on the waiting list is neither free nor wounded"
    holders = np.flatnonzero(s.persons["stand_in"] >= 0)
    fillers = s.persons["stand_in"][holders]
    if len(np.unique(fillers)) < len(fillers) or (s.persons["kind"][fillers] != C.STAND_IN).any():
        yield "two slots share a stand-in, or a stand-in is none"
    if not np.isin(status[holders], _OUT).all():
        yield "a stand-in acts in the slot of somebody who is there"
    if (s.persons["group"][fillers] != s.persons["group"][holders]).any():
        yield "a stand-in belongs to another group than the holder of the slot"


def _queues(s: _Scene) -> Iterator[str]:
    """Everybody who waits is reached from the head of the site's waiting list, once, in order of asking."""
    waiting_site = s.site[s.stays["person"][s.stays["how"] == C.WAITING]]
    for k in range(len(s.w.sites)):
        waiting = int((waiting_site == k).sum())
        row, seen, asked = int(s.w.sites["queue_head"][k]), 0, -math.inf
        for _ in range(len(s.stays) + 1):
            if row < 0:
                break
            if s.stays["how"][row] == C.WAITING:
                seen += 1
            if s.stays["requested_day"][row] < asked:
                yield f"the waiting list of site {k} is out of order at request {row}"
            asked = float(s.stays["requested_day"][row])
            row = int(s.stays["next"][row])
        if row >= 0 or seen != waiting:
            yield f"the waiting list of site {k} reaches {seen} persons of {waiting}"


def _lines(s: _Scene) -> Iterator[str]:
    """Attacks that are waited for stand in line in the order of their days, none longer than patience lasts."""
    w, ends = s.w, [math.inf]
    for k in range(len(w.sites)):
        row, before = int(w.sites["line_head"][k]), -math.inf
        patience = float(w.par["patience_days"][k])
        while row >= 0:
            day = float(w.log["day"][row])
            if day < before or day + patience < s.now or w.log["seq"][row] == C.NOBODY:
                yield f"the attack in row {row} has no position in the line of site {k}"
                break
            ends.append(day + patience)
            before, row = day, int(w.log["next_in_line"][row])
    if float(w.state["patience_end"][0]) != min(ends):
        yield f"patience ends at {float(w.state['patience_end'][0])}, the first in line counts {min(ends)}"


def _slots(s: _Scene) -> Iterator[str]:
    """Each group's slots follow one another; who holds one as a row is that row's slot and spell."""
    slots, groups = np.asarray(s.w.slots), s.w.groups
    firsts = np.cumsum(groups["members"]) - groups["members"]
    if (firsts != groups["first_slot"]).any() or int(groups["members"].sum()) != len(slots):
        yield "the slots of the groups do not follow one another"
    if (slots["join"] > s.now).any() or (slots["leave"] <= slots["join"]).any():
        yield "a slot is held by somebody who has not come yet, or left before coming"
    if (slots["change"] != np.minimum(slots["leave"], slots["held_until"])).any():
        yield "a slot is not looked at when its holder changes"
    held = np.flatnonzero(slots["person"] >= 0)
    rows = s.persons[slots["person"][held]]
    if (rows["slot"] != held).any() or (rows["join"] != slots["join"][held]).any():
        yield "a slot is held by a person of another slot or spell"
    if len(np.unique(s.persons["number"])) < len(s.persons):
        yield "two persons have one number"


def _heap(s: _Scene) -> Iterator[str]:
    """The event queue is a heap in (time, kind, key), nothing lies in the past, every row is used once."""
    w, size = s.w, int(s.w.state[0].heap_size)
    time, row = np.asarray(w.heap["time"][:size]), np.asarray(w.heap["row"][:size])
    if size and (not np.isfinite(time).all() or time.min() < s.now):
        yield f"an event lies at {time.min()}, before the present"
    rows = int(w.state[0].event_rows)
    if len(np.unique(row)) < size or (size and not 0 <= row.min() <= row.max() < rows):
        yield "two events share a row, or a row is not there"
        return
    kind, key = np.asarray(w.events["kind"])[row], np.asarray(w.events["key"])[row]
    rank = np.empty(size, dtype=np.int64)
    rank[np.lexsort((key, kind, time))] = np.arange(size)
    child = np.arange(1, size)
    above = (child - 1) >> 2
    wrong = (rank[above] > rank[child]) & (
        (time[above] != time[child]) | (kind[above] != kind[child]) | (key[above] != key[child])
    )
    if wrong.any():
        yield f"the event queue is out of order at position {int(child[np.argmax(wrong)])}"
    if size + _free_rows(w, rows) != rows:
        yield f"{size} events and {_free_rows(w, rows)} free rows do not make {rows} rows"


def _free_rows(w: World, rows: int) -> int:
    found, row = 0, int(w.state[0].free_row)
    while row >= 0 and found <= rows:
        found += 1
        row = int(w.events["ref"][row])
    return found


_CENSUS = (_counts, _ranges, _one_place, _queues, _lines, _slots, _heap)


def faults(w: World) -> list[str]:
    """Everything that is wrong with the state at its present day; empty when the books balance."""
    scene = _scene(w)
    return [f"{text} ({rule.__name__[1:]})" for rule in _CENSUS for text in rule(scene)]


def state_census(w: World, seed: int, replicate: int) -> None:
    """Raise ``EngineError`` for the first fault of the state, with where and when."""
    found = faults(w)
    if not found:
        return
    more = Message("strict/more", count=len(found) - 1) if len(found) > 1 else ""
    raise EngineError("strict", day=float(w.state[0].now), seed=seed, replicate=replicate, found=found[0], more=more)
