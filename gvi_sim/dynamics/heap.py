"""The event queue: a four-ary heap ordered by (time, kind, key).

Events live in rows that are reused; the heap moves only (time, row). The order does not depend on when
an event was pushed, so two runs that hold the same events take them in the same order.
"""

from __future__ import annotations

from ..kernel.compiler import fetch_ahead, inline, kernel


@inline
def _before(w, time_a, row_a, time_b, row_b):
    if time_a != time_b:
        return time_a < time_b
    a = w.events[row_a]
    b = w.events[row_b]
    if a.kind != b.kind:
        return a.kind < b.kind
    return a.key < b.key


@kernel
def _rise(w, position, time, row, group):
    while position > 0:
        parent = (position - 1) >> 2
        above = w.heap[parent]
        if not _before(w, time, row, above.time, above.row):
            break
        here = w.heap[position]
        here.time = above.time
        here.row = above.row
        here.group = above.group
        position = parent
    here = w.heap[position]
    here.time = time
    here.row = row
    here.group = group


@inline
def _first_child(w, first, size):
    """Position of the earliest of the children from ``first`` on."""
    last = first + 4
    if last > size:
        last = size
    best = first
    time = w.heap[first].time
    tied = False
    for other in range(first + 1, last):
        other_time = w.heap[other].time
        tied = tied or other_time == time
        if other_time < time:
            time = other_time
            best = other
    if tied:
        for other in range(first, last):
            if other != best and _before(w, w.heap[other].time, w.heap[other].row, time, w.heap[best].row):
                best = other
                time = w.heap[other].time
    return best


@kernel
def _refill(w, size):
    """Close the hole at the top: pull the earliest child up all the way, then let the last entry rise."""
    time = w.heap[size].time
    row = w.heap[size].row
    group = w.heap[size].group
    position = 0
    first = 1
    while first < size:
        best = _first_child(w, first, size)
        here = w.heap[position]
        here.time = w.heap[best].time
        here.row = w.heap[best].row
        here.group = w.heap[best].group
        position = best
        first = 4 * position + 1
    _rise(w, position, time, row, group)


@inline
def _new_row(w):
    state = w.state[0]
    row = state.free_row
    if row >= 0:
        state.free_row = w.events[row].ref
    else:
        row = state.event_rows
        state.event_rows = row + 1
    return row


@kernel
def push(w, time, kind, key, group, person, cause, ref):
    """Put an event on the heap; one at infinity never comes and is left out."""
    if not time < float("inf"):
        return
    state = w.state[0]
    row = _new_row(w)
    event = w.events[row]
    event.kind = kind
    event.key = key
    event.group = group
    event.person = person
    event.cause = cause
    event.ref = ref
    size = state.heap_size
    state.heap_size = size + 1
    _rise(w, size, time, row, group)


@inline
def pop(w):
    """Take the first event off the heap; its row stays readable until ``release`` gives it back."""
    state = w.state[0]
    size = state.heap_size - 1
    state.heap_size = size
    if size > 0:
        _refill(w, size)
        # The next event, and whom it concerns, arrive while the present one is dealt with.
        fetch_ahead(w.events[w.heap[0].row])
        fetch_ahead(w.groups[w.heap[0].group])


@inline
def release(w, row):
    """Give an event's row back."""
    state = w.state[0]
    w.events[row].ref = state.free_row
    state.free_row = row
