"""From the kernel's logs to the published tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np

from ..world import codes as C
from ..world import tables as T
from ..world.columns import Array
from ..world.state import World


def _frame(dtype: np.dtype[np.void], rows: int, replicate: int) -> Array:
    frame: Array = np.zeros(rows, dtype=dtype)
    frame["run"] = replicate
    return frame


def _copy(frame: Array, source: Array, names: dict[str, str]) -> None:
    for to, name in names.items():
        frame[to] = source[name]


def _log(w: World) -> Array:
    return np.asarray(w.log[: int(w.state["log_size"][0])])


def attacks(w: World, replicate: int) -> Array:
    """Attacks of the window, in order of ``seq``."""
    log = _log(w)
    rows = log[log["seq"] >= 0]
    frame = _frame(T.ATTACK, len(rows), replicate)
    same = (
        "seq",
        "day",
        "mode",
        "cause",
        "shooter",
        "contracted",
        "stand_in",
        "replaced",
        "substituted",
        "hit",
    )
    _copy(
        frame,
        rows,
        {name: name for name in (*same, "killed", "bystanders", "cleared", "arrest_day", "attributed")},
    )
    _copy(frame, rows, {"attacker_group": "attacker", "target_group": "target", "candidate": "key"})
    frame["site"] = w.groups["site"][rows["attacker"]]
    parent = rows["parent_row"]
    frame["parent_seq"] = np.where(parent >= 0, log["seq"][parent], C.NOBODY)
    return frame


def candidates(w: World, replicate: int) -> Array:
    """Every candidate decided in the window, with the mask of gates that stopped it."""
    log = _log(w)
    rows = log[log["day"] >= w.state["window_start"][0]]
    frame = _frame(T.CANDIDATE, len(rows), replicate)
    _copy(frame, rows, {name: name for name in ("day", "cause", "blocked", "mode", "parent")})
    _copy(frame, rows, {"attacker_group": "attacker", "target_group": "target", "candidate": "key"})
    frame["site"] = w.groups["site"][rows["attacker"]]
    return frame


def victims(w: World, replicate: int) -> Array:
    """Persons hit in the window."""
    rows = np.asarray(w.victims[: int(w.state["victims"][0])])
    seq = w.log["seq"][rows["row"]]
    rows, seq = rows[seq >= 0], seq[seq >= 0]
    frame = _frame(T.VICTIM, len(rows), replicate)
    _copy(frame, rows, {"person": "person", "killed": "killed"})
    frame["attack_seq"] = seq
    return frame


def persons(w: World, replicate: int) -> Array:
    """Everybody who was a member at some time of the run; ids carry no meaning."""
    rows = np.asarray(w.persons[: int(w.state["persons"][0])])
    rows_in = rows["join"] <= w.state["now"][0]
    frame = _frame(T.PERSON, len(rows), replicate)
    _copy(
        frame,
        rows,
        {"group": "group", "join_day": "join", "leave_day": "leave", "age_at_join": "age", "kind": "kind"},
    )
    frame["person"] = np.arange(len(rows))
    frame["site"] = w.groups["site"][rows["group"]]
    return np.asarray(frame[rows_in])


def spells(w: World, replicate: int) -> Array:
    """Statuses of all persons over the run; free spells end with the natural spell."""
    done = np.asarray(w.spells[: int(w.state["spells"][0])])
    everyone = np.asarray(w.persons[: int(w.state["persons"][0])])
    now = float(w.state["now"][0])
    frame = _frame(T.SPELL, len(done) + len(everyone), replicate)
    ended, last = frame[: len(done)], frame[len(done) :]
    _copy(ended, done, {name: name for name in ("person", "status", "from_day", "to_day")})
    last["person"], last["status"] = np.arange(len(everyone)), everyone["status"]
    last["from_day"], last["to_day"] = everyone["since"], now
    leave = everyone["leave"][frame["person"]]
    in_group = np.isin(frame["status"], (C.FREE, C.WOUNDED, C.EXITED, C.PREVENTED))
    frame["to_day"] = np.where(in_group, np.minimum(frame["to_day"], leave), frame["to_day"])
    kept = frame[frame["to_day"] > frame["from_day"]]
    return kept[np.lexsort((kept["from_day"], kept["person"]))]


def sanctions(w: World, replicate: int) -> Array:
    """Group sanctions; those that still run end at the run's end."""
    rows = np.asarray(w.sanctions[: int(w.state["sanctions"][0])])
    frame = _frame(T.SANCTION, len(rows), replicate)
    _copy(frame, rows, {name: name for name in ("group", "start_day", "end_day", "extended")})
    frame["end_day"] = np.minimum(frame["end_day"], w.state["now"][0])
    frame["promised_by"] = w.log["seq"][rows["row"]]
    return frame


def stays(w: World, replicate: int) -> Array:
    """Requests for support that passed assessment, and what became of them."""
    rows = np.asarray(w.stays[: int(w.state["stays"][0])])
    frame = _frame(T.STAY, len(rows), replicate)
    _copy(frame, rows, {name: name for name in ("person", "requested_day", "admitted_day", "ended_day", "how")})
    return frame


def doses(w: World, replicate: int) -> Array:
    """What the programme did, in order of time."""
    rows = np.asarray(w.doses[: int(w.state["doses"][0])])
    logged = _frame(T.DOSE, len(rows), replicate)
    _copy(logged, rows, {name: name for name in ("day", "kind", "site", "group", "person")})
    frame: Array = np.concatenate([logged, _prevented(w, replicate)])
    return frame[np.argsort(frame["day"], kind="stable")]


def _prevented(w: World, replicate: int) -> Array:
    """Doses of prevention: read off the persons, since one audit may reach any number of recruits."""
    everyone = np.asarray(w.persons[: int(w.state["persons"][0])])
    who = np.flatnonzero(everyone["status"] == C.PREVENTED)
    frame = _frame(T.DOSE, len(who), replicate)
    frame["day"], frame["group"], frame["person"] = everyone["join"][who], everyone["group"][who], who
    frame["kind"], frame["site"] = C.DOSE_PREVENTED, w.groups["site"][everyone["group"][who]]
    return frame


def groups(w: World, replicate: int, group_attacks: Array, group_shootings: Array) -> Array:
    """Groups with their attacks in the window."""
    frame = _frame(T.GROUP, len(w.groups), replicate)
    frame["group"] = np.arange(len(frame))
    _copy(frame, np.asarray(w.groups), {"site": "site", "members": "members", "first_listed_day": "first_listed"})
    rival = np.asarray(w.ties["rivalry"][: w.tie_start[-1]] > 0)
    owner = np.repeat(np.arange(len(frame)), np.diff(w.tie_start))
    frame["rivals"] = np.bincount(owner[rival], minlength=len(frame))
    frame["attacks"], frame["shootings"] = group_attacks, group_shootings
    return frame


LOGGED: dict[str, Callable[[World, int], Array]] = {
    "attacks": attacks,
    "candidates": candidates,
    "victims": victims,
    "persons": persons,
    "spells": spells,
    "sanctions": sanctions,
    "stays": stays,
    "doses": doses,
}

_HASHED = (
    "key", "seq", "parent_row", "attacker", "target", "shooter", "cause", "blocked", "mode", "hit", "killed",
    "bystanders", "cleared", "attributed",
)  # fmt: skip


def digest(w: World) -> str:
    """SHA-256 over the integer columns of everything decided in the window, in order."""
    log = _log(w)
    rows = log[log["day"] >= w.state["window_start"][0]]
    sha = hashlib.sha256()
    for name in _HASHED:
        sha.update(np.ascontiguousarray(rows[name]).tobytes())
    return sha.hexdigest()
