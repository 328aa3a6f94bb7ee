"""From the kernel's logs to the published tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial

import numpy as np

from ..kernel.compiler import entry
from ..world import codes as C
from ..world import tables as T
from ..world.columns import Array
from ..world.state import World
from . import slots


def _frame(table: str, rows: int, replicate: int) -> Array:
    frame: Array = np.zeros(rows, dtype=T.TABLES[table].dtype)
    frame["run"] = replicate
    return frame


def _copy(frame: Array, source: Array, names: dict[str, str]) -> None:
    for to, name in names.items():
        frame[to] = source[name]


def _log(w: World) -> Array:
    return np.asarray(w.log[: int(w.state["log_size"][0])])


def _logged(w: World, table: str) -> Array:
    return np.asarray(w.arrays[table][: int(w.state[table][0])])


def as_logged(table: str, w: World, replicate: int) -> Array:
    """A table that is published as it was logged, in order of time."""
    rows = _logged(w, table)
    frame = _frame(table, len(rows), replicate)
    _copy(frame, rows, {name: name for name in T.TABLES[table].columns if name != "run"})
    return frame[np.argsort(frame["day"], kind="stable")] if "day" in T.TABLES[table].columns else frame


def attacks(w: World, replicate: int) -> Array:
    """Attacks of the window, in order of ``seq``."""
    # As bytes: numpy copies records column by column, which takes several times as long.
    rows = np.asarray(w.attacks)[: int(w.state["published"][0])].view(np.uint8)
    frame: Array = rows.copy().view(T.ATTACK)
    frame["run"] = replicate
    return frame


def candidates(w: World, replicate: int) -> Array:
    """Every candidate decided in the window, with the mask of gates that stopped it."""
    log = _log(w)
    rows = log[log["day"] >= w.state["window_start"][0]]
    frame = _frame("candidates", len(rows), replicate)
    _copy(frame, rows, {name: name for name in ("day", "cause", "blocked", "mode", "parent")})
    _copy(frame, rows, {"attacker_group": "attacker", "target_group": "target", "candidate": "key"})
    frame["site"] = w.groups["site"][rows["attacker"]]
    return frame


@entry
def _enumerate(w, until, out):
    """Fill ``out`` with all holders of all slots up to ``until``, as far as it reaches; returns how many."""
    found = 0
    for g in range(len(w.groups)):
        group = w.groups[g]
        for p in range(group.first_slot, group.first_slot + group.members):
            holder = 0
            join, leave = slots.first_spell(w, g, p)
            while join <= until:
                if found < len(out):
                    row = out[found]
                    row.person = p + w.state[0].slots * holder
                    row.site = group.site
                    row.group = g
                    row.join_day = join
                    row.leave_day = leave
                    row.age_at_join = slots.age_at_joining(w, g, slots.code(w, g, p, holder))
                    row.kind = C.INITIAL if holder == 0 else C.RECRUIT
                found += 1
                holder += 1
                join, leave = leave, slots.next_leave(w, g, p, holder, leave)
    return found


def census(w: World) -> Array:
    """All natural members of the run so far: rows of ``tables.PERSON``, by slot and order of holding it."""
    now = float(w.state["now"][0])
    none = np.zeros(0, dtype=T.PERSON).view(np.recarray)
    out = np.zeros(_enumerate(w, now, none), dtype=T.PERSON).view(np.recarray)
    _enumerate(w, now, out)
    return np.asarray(out)


def persons(w: World, replicate: int) -> Array:
    """Everybody who was a member at some time of the run, by number; stand-ins are those who were asked for."""
    everybody = census(w)
    extra = np.asarray(w.persons[: int(w.state["persons"][0])])
    extra = extra[(extra["kind"] == C.STAND_IN) & (extra["join"] <= w.state["now"][0])]
    frame = _frame("persons", len(everybody) + len(extra), replicate)
    frame[: len(everybody)], last = everybody, frame[len(everybody) :]
    same = {"person": "number", "group": "group", "join_day": "join", "leave_day": "leave", "kind": "kind"}
    _copy(last, extra, {**same, "age_at_join": "age"})
    last["site"] = w.groups["site"][extra["group"]]
    frame["run"] = replicate
    return frame[np.argsort(frame["person"], kind="stable")]


def spells(w: World, replicate: int) -> Array:
    """Statuses of all persons over the run; free spells end with the natural spell."""
    done = _logged(w, "spells")
    known = np.asarray(w.persons[: int(w.state["persons"][0])])
    members = census(w)
    untouched = members[~np.isin(members["person"], known["number"])]
    now, begun = float(w.state["now"][0]), float(w.state["begun"][0])
    frame = _frame("spells", len(done) + len(known) + len(untouched), replicate)
    ended, last, free = np.split(frame, (len(done), len(done) + len(known)))
    _copy(ended, done, {name: name for name in ("person", "status", "from_day", "to_day")})
    _copy(last, known, {"person": "number", "status": "status", "from_day": "since"})
    _copy(free, untouched, {"person": "person"})
    free["status"], free["from_day"] = C.FREE, np.maximum(untouched["join_day"], begun)
    last["to_day"] = free["to_day"] = now
    leave = dict(zip(known["number"].tolist(), known["leave"].tolist(), strict=True))
    leave |= dict(zip(untouched["person"].tolist(), untouched["leave_day"].tolist(), strict=True))
    leaves = np.array([leave[number] for number in frame["person"].tolist()], dtype=float)
    in_group = np.isin(frame["status"], (C.FREE, C.WOUNDED, C.EXITED, C.PREVENTED))
    frame["to_day"] = np.where(in_group, np.minimum(frame["to_day"], leaves), frame["to_day"])
    kept = frame[frame["to_day"] > frame["from_day"]]
    return kept[np.lexsort((kept["from_day"], kept["person"]))]


def sanctions(w: World, replicate: int) -> Array:
    """Group sanctions; those that still run end at the run's end."""
    frame = as_logged("sanctions", w, replicate)
    frame["end_day"] = np.minimum(frame["end_day"], w.state["now"][0])
    return frame


def stays(w: World, replicate: int) -> Array:
    """Requests for support that passed assessment, and what became of them."""
    frame = as_logged("stays", w, replicate)
    frame["person"] = w.persons["number"][frame["person"]]
    return frame


def groups(w: World, replicate: int) -> Array:
    """Groups with their attacks in the window; the books must be closed."""
    frame = _frame("groups", len(w.groups), replicate)
    frame["group"] = np.arange(len(frame))
    _copy(frame, np.asarray(w.groups), {"site": "site", "members": "members", "first_listed_day": "first_listed"})
    rival = np.asarray(w.ties["rivalry"][: w.tie_start[-1]] > 0)
    owner = np.repeat(np.arange(len(frame)), np.diff(w.tie_start))
    frame["rivals"] = np.bincount(owner[rival], minlength=len(frame))
    _copy(frame, np.asarray(w.groups), {"attacks": "attacks", "shootings": "shootings"})
    return frame


MADE: dict[str, Callable[[World, int], Array]] = {
    **{name: partial(as_logged, name) for name in T.LOGGED},
    **{made.__name__: made for made in (attacks, candidates, persons, spells, sanctions, stays, groups)},
}
"""How each table is made of a run's state and logs."""


def digest(w: World) -> str:
    """SHA-256 over the integer columns (``tables.HASHED``) of everything decided in the window, in order."""
    rows = np.asarray(w.hashed)[: int(w.state["candidates"][0])]
    return hashlib.sha256(rows.view(np.uint8).data).hexdigest()
