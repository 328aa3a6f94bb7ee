"""The state of a run: one table declares every column (name, type, unit, owner, meaning).

A mechanism writes only the columns it owns. Tables grow by doubling; because the columns stand in one
list, growing moves all of them. ``World`` holds the arrays that the kernel works on.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ..errors import EngineError
from ..kernel.compiler import pointer_struct
from .calendar import SHOCK
from .columns import Array, Column, dtype_of
from .kernel_parameters import DTYPE as PARAMETER
from .tables import ATTACK, HASHED, LOGGED, TABLES

GROUP = (
    Column("key", "u8", "", "builder", "address of the group's draws"),
    Column("site", "i8", "", "builder", "index of its site"),
    Column("members", "i8", "persons", "builder", "number of slots, its constant size"),
    Column("first_slot", "i8", "", "builder", "row of its first slot"),
    Column("activity", "f8", "", "builder", "lognormal activity, mean 1"),
    Column("candidate_rate", "f8", "1/day", "builder", "background candidates"),
    Column("rivalry", "f8", "", "builder", "sum of its rivalry weights"),
    Column("next_arrest", "f8", "day", "justice", "when the next arrest for another offence comes"),
    Column("arrests", "i8", "", "justice", "other arrests done"),
    Column("next_offer", "f8", "day", "support", "when the next offer as in business as usual comes"),
    Column("offers", "i8", "", "support", "such offers made"),
    Column("watched", "i8", "", "watch", "1 while the next of these is on the heap"),
    Column("swing", "f8", "", "swings", "log of its own swing in the month its clock was last read"),
    Column("swing_month", "i8", "", "swings", "that month, a row of ``months``, -1 before the first"),
    Column("belief_a", "f8", "counts", "belief", "arrest counts beyond the prior"),
    Column("belief_b", "f8", "counts", "belief", "escape counts beyond the prior"),
    Column("belief_day", "f8", "day", "belief", "when they were last brought up to date"),
    Column("promise_a", "f8", "counts", "belief", "promises kept, prior included"),
    Column("promise_b", "f8", "counts", "belief", "promises broken, prior included"),
    Column("promise_day", "f8", "day", "belief", "when they were last brought up to date"),
    Column("salience", "f8", "", "belief", "how present the message is, 0 to 1"),
    Column("salience_day", "f8", "day", "belief", "when it was last brought up to date"),
    Column("contacts", "f8", "contacts", "belief", "of its own members, as far as they have not left"),
    Column("contacts_day", "f8", "day", "belief", "when it was last brought up to date"),
    Column("legitimacy", "f8", "", "belief", "0 to 1"),
    Column("legitimacy_day", "f8", "day", "belief", "when it was last brought up to date"),
    Column("fear", "f8", "attacks", "attacks", "recent attacks suffered or made"),
    Column("fear_day", "f8", "day", "attacks", "when it was last brought up to date"),
    Column("listed", "i8", "", "programme", "1 while on the audit's list"),
    Column("notified", "i8", "", "programme", "1 once contacted while listed"),
    Column("first_listed", "f8", "day", "programme", "nan until listed"),
    Column("audited", "f8", "day", "rosters", "when its roster was last made"),
    Column("rostered", "i8", "persons", "rosters", "names on it that belong to members"),
    Column("roster_weight", "f8", "", "rosters", "sum of their propensities"),
    Column("on_round", "i8", "", "programme", "1 while a round of its slots is on the heap"),
    Column("seen", "i8", "attacks", "sanctions", "attributed since the last audit"),
    Column("seen_row", "i8", "", "sanctions", "row of the latest of them"),
    Column("not_owed", "i8", "attacks", "sanctions", "of them without a promise owed"),
    Column("score", "f8", "attacks", "programme", "attributed attacks lately plus a keyed tie-break"),
    Column("sanction_end", "f8", "day", "sanctions", "end of the running sanction, -inf if none"),
    Column("sanction_row", "i8", "", "sanctions", "row of the running sanction"),
    Column("attacks", "i8", "attacks", "summary", "made in the window"),
    Column("shootings", "i8", "attacks", "summary", "of them shootings"),
    Column("x", "f8", "", "builder", "coordinate on the torus of the network"),
    Column("y", "f8", "", "builder", "coordinate on the torus of the network"),
    Column("neighbour", "i8", "", "builder", "next group in the same cell of the torus, -1 none"),
)

SLOT = (
    Column("leave", "f8", "day", "slots", "end of the present holder's natural spell"),
    Column("join", "f8", "day", "slots", "its start"),
    Column("change", "f8", "day", "slots", "when the spell or the short detention ends: look again then"),
    Column("weight", "f8", "", "slots", "the holder's violence propensity, mean 1"),
    Column("rostered", "f8", "", "rosters", "the propensity that was written on the roster, 0 for who was not found"),
    Column("held_from", "f8", "day", "justice", "start of a short detention, or the end of one that is over"),
    Column("held_until", "f8", "day", "justice", "its end"),
    Column("held_number", "i4", "", "justice", "number of the arrest within the group"),
    Column("age_word", "u4", "", "slots", "what the holder's age is drawn from"),
    Column("holder", "i4", "", "slots", "how many held the slot before"),
    Column("person", "i4", "", "slots", "row of the holder, -1 while nothing has happened to him"),
)

PERSON = (
    Column("key", "u8", "", "slots", "address of the person's draws"),
    Column("number", "i8", "", "slots", "what names the person in tables"),
    Column("slot", "i8", "", "slots", "row of the slot"),
    Column("group", "i8", "", "slots", "index of the group"),
    Column("code", "i8", "", "slots", "slot within the group and holder: index of draws keyed by the group"),
    Column("join", "f8", "day", "slots", "start of the natural spell"),
    Column("leave", "f8", "day", "slots", "its end"),
    Column("until", "f8", "day", "membership", "when the present status ends, if known"),
    Column("age", "f8", "years", "slots", "age at joining"),
    Column("since", "f8", "day", "membership", "when the present status began"),
    Column("cause", "u8", "", "membership", "address of what the present status came from"),
    Column("wounded_until", "f8", "day", "harm", "when the last wound has healed"),
    Column("empty_since", "f8", "day", "membership", "when the slot fell empty, nan if not"),
    Column("empty_cause", "u8", "", "membership", "address of what emptied it: names the stand-in"),
    Column("stand_in", "i8", "", "membership", "who fills the slot: a row, -1 not asked, -2 nobody"),
    Column("stay", "i8", "", "support", "row of the open request or stay, -1 none"),
    Column("status", "i8", "", "membership", "a code of STATUSES"),
    Column("kind", "i8", "", "slots", "a code of PERSON_KINDS"),
    Column("salience", "f8", "", "belief", "how present the message is to a contacted person, 0 to 1"),
    Column("salience_day", "f8", "day", "belief", "when it was last brought up to date"),
    Column("picked", "f8", "day", "rosters", "when he was last summoned or visited, -inf never"),
    Column("is_minor", "i8", "", "justice", "1 while detained as a minor"),
    Column("has_exited", "i8", "", "support", "1 while out of the group through support"),
    Column("attacks", "i8", "attacks", "attacks", "attacks made in the window, for concentration only"),
)

SITE = (
    Column("active", "i8", "", "programme", "1 while GVI runs"),
    Column("start", "f8", "day", "programme", "when it started"),
    Column("call_ins", "i8", "", "programme", "call-ins held"),
    Column("round_open", "i8", "", "sanctions", "1 while the first attack of a warned group is owed a sanction"),
    Column("since", "f8", "day", "programme", "when it started for the first time: commitment erodes from then on"),
    Column("pauses", "i8", "", "programme", "how often it started again"),
    Column("layers", "i8", "", "programme", "layers of notifications that are on the heap"),
    Column("calls", "i8", "", "programme", "1 while the next call-in is on the heap"),
    Column("rounds", "i8", "", "sanctions", "1 once rounds follow each other without call-ins"),
    Column("running", "i8", "", "sanctions", "group sanctions running"),
    Column("in_support", "i8", "persons", "support", "places taken"),
    Column("queue_head", "i8", "", "support", "first request of the waiting list, -1 none"),
    Column("queue_tail", "i8", "", "support", "last request of the waiting list, -1 none"),
    Column("line_head", "i8", "", "patience", "row of the first attack that is waited for, -1 none"),
    Column("line_tail", "i8", "", "patience", "row of the last one"),
    Column("accrued", "f8", "day", "tally", "person-days are counted up to here"),
    Column("exposure", "f8", "attacks", "tally", "attacks felt, one-year memory"),
    Column("exposure_day", "f8", "day", "tally", "when it was last brought up to date"),
    Column("holders_before", "i8", "persons", "slots", "successions in its slots before the window"),
    Column("shock_month", "i8", "", "calendar", "month of the cached shared shock"),
    Column("shock_factor", "f8", "", "calendar", "the cached factor"),
)

STATE = (
    Column("run", "u8", "", "builder", "key of the run"),
    Column("begun", "f8", "day", "builder", "first day of the burn-in"),
    Column("now", "f8", "day", "engine", "time of the last event or of the last call's end"),
    Column("month", "i8", "", "tally", "month of the window, -1 before it"),
    Column("window_start", "f8", "day", "builder", "first day that is counted"),
    Column("window_end", "f8", "day", "builder", "first day that is no longer counted"),
    Column("heap_size", "i8", "", "engine", "events waiting"),
    Column("patience_end", "f8", "day", "patience", "when waiting ends for the first attack in any line"),
    Column("free_row", "i8", "", "engine", "first free event row, -1 none"),
    Column("event_rows", "i8", "", "engine", "event rows used so far"),
    Column("log_size", "i8", "", "attacks", "candidates decided"),
    Column("attacks", "i8", "", "attacks", "attacks in the window"),
    Column("slots", "i8", "", "builder", "slots of all groups"),
    Column("largest", "i8", "persons", "builder", "members of the largest group"),
    Column("reserve", "i8", "", "builder", "rows that one event may add at the most"),
    Column("persons", "i8", "", "slots", "rows of persons"),
    Column("candidates", "i8", "", "publish", "candidates of the window"),
    Column("published", "i8", "attacks", "publish", "rows of the table of attacks"),
    Column("background_tried", "f8", "", "attacks", "background candidates decided"),
    Column("background_passed", "f8", "", "attacks", "sum of their passing probabilities"),
    Column("offspring_tried", "f8", "", "attacks", "offspring candidates decided"),
    Column("offspring_passed", "f8", "", "attacks", "sum of their passing probabilities"),
    Column("background_attacks", "f8", "", "attacks", "background attacks, burn-in included"),
    Column("all_attacks", "f8", "", "attacks", "all attacks, burn-in included"),
    *(Column(name, "i8", "", "records", f"rows of the log of {name}") for name in LOGGED),
)

SETTING = (
    Column("first_month", "i8", "", "builder", "calendar month of the first row of ``months``, counted from year 0"),
    Column("at_once", "i8", "", "builder", "rows that one event may add at the most, a group's members apart"),
    *(Column(f"keep_{name}", "i8", "", "builder", f"1 to record what {name} are made of") for name in TABLES),
)

EVENT = (
    Column("key", "u8", "", "engine", "address of what happens; breaks ties of time and kind"),
    Column("kind", "i8", "", "engine", "a code EV_*"),
    Column("group", "i8", "", "engine", "a group or a site"),
    Column("person", "i8", "", "engine", "a person, or a target group"),
    Column("cause", "i8", "", "engine", "a cause or a number"),
    Column("ref", "i8", "", "engine", "row of a log, or the next free row"),
)

HEAP = (
    Column("time", "f8", "day", "engine", "when"),
    Column("row", "i4", "", "engine", "which event"),
    Column("group", "i4", "", "engine", "its group or site, to be fetched ahead"),
)

LOG = (
    Column("key", "u8", "", "attacks", "address of the candidate"),
    Column("parent", "u8", "", "attacks", "address of its parent, 0 none"),
    Column("day", "f8", "day", "attacks", "when it was decided"),
    Column("arrest_day", "f8", "day", "justice", "nan until the shooter is arrested"),
    Column("seq", "i4", "", "attacks", "number in the window, -1 for no attack, -2 before the window"),
    Column("parent_row", "i4", "", "attacks", "row of the parent, -1 none"),
    Column("root", "i4", "", "attacks", "row of the first ancestor"),
    Column("attacker", "i4", "", "attacks", "group"),
    Column("target", "i4", "", "attacks", "group, -1 outsider"),
    Column("shooter", "i4", "", "attacks", "row of the person, -1 hired"),
    Column("cause", "i1", "", "attacks", "a code of CAUSES"),
    Column("blocked", "i2", "", "attacks", "mask of the gates that failed"),
    Column("mode", "i1", "", "attacks", "a code of MODES"),
    Column("substituted", "i1", "", "attacks", "1 when stopped as a shooting and carried out otherwise"),
    Column("contracted", "i1", "", "attacks", "1 when the shooter is hired"),
    Column("stand_in", "i1", "", "attacks", "1 when a stand-in shot"),
    Column("replaced", "i1", "", "attacks", "1 when another member stepped in"),
    Column("hit", "i2", "persons", "attacks", "persons hit, killed included"),
    Column("killed", "i2", "persons", "attacks", "persons killed"),
    Column("bystanders", "i2", "persons", "attacks", "bystanders hit"),
    Column("cleared", "i1", "", "justice", "1 when it is or becomes cleared by an arrest"),
    Column("attributed", "i4", "", "programme", "group it is seen as, -1 nobody's"),
    Column("next_in_line", "i4", "", "patience", "row of the next attack of the site that is waited for, -1 none"),
    Column("cascade", "i4", "attacks", "summary", "of a first ancestor: size of its cascade"),
)

TIE = (
    Column("to", "i8", "", "builder", "the other group"),
    Column("code", "i8", "", "builder", "32 bits of the other group's key: the index of race draws"),
    Column("rivalry", "f8", "", "builder", "weight of the rivalry, 0 none"),
    Column("alliance", "f8", "", "builder", "weight of the alliance, 0 none"),
    Column("strength", "f8", "", "builder", "tie as this group feels it, 0 to 1"),
    Column("heard", "f8", "", "builder", "tie as the other group feels it, 0 to 1"),
)

RECORDS: dict[str, tuple[Column, ...]] = {
    "settings": SETTING,
    "state": STATE,
    "sites": SITE,
    "groups": GROUP,
    "ties": TIE,
    "slots": SLOT,
    "persons": PERSON,
    "heap": HEAP,
    "events": EVENT,
    "log": LOG,
    **{name: TABLES[name].log for name in LOGGED},
}


CLEARED = ("state", "sites", "groups", "tally", "outcomes")


def plain_numbers(par: Array) -> Array:
    """The memory of a table of parameters as numbers [rows, fields]; that of ``key`` holds no number."""
    return par.view(np.ndarray).view(np.float64).reshape(len(par), -1)


class World:
    """Everything the kernel reads and writes: sites S, groups G, days D, months M, stages T.

    values [S, F]: the memory of par as plain numbers; stages [T, 2 + F]: site, day and such a row, first every site as
    it begins, or none where no site has a timeline; par [S] and shocks [any]: parameters (see ``parameters`` and
    ``calendar``); calendar [S, D, 8]: dated factors by day; months [M + 1]: first day of every calendar month;
    tally_days [K + 1]: first day of every month of the window, counted from its start; swings [S, M]: log of what a
    site's groups share by month; given_ties [any, 4]: the user's ties; tie_start [G + 1]: first row of each group's
    ties; cells [any]: the torus in squares; tally [S, K, any]: counts by month of the window; outcomes [S, any]:
    what the run amounts to; attacks [any]: the published table; hashed [any]: what its hash covers; the tables of
    ``RECORDS``, one row a thing. ``hub`` and ``address`` are how compiled code finds the arrays.
    """

    # fmt: off
    par: Array; stages: Array; values: Array; calendar: Array; months: Array; tally_days: Array  # noqa: E702
    swings: Array; shocks: Array; given_ties: Array  # noqa: E702
    tie_start: Array; cells: Array  # noqa: E702
    tally: Array; outcomes: Array; attacks: Any; hashed: Any; settings: Any; state: Any; sites: Any  # noqa: E702
    groups: Any; ties: Any; slots: Any; persons: Any; heap: Any; events: Any; log: Any; stays: Any  # noqa: E702
    # fmt: on
    FIELDS: ClassVar[dict[str, tuple[np.dtype[Any], int]]] = {
        "par": (PARAMETER, 1),
        "calendar": (np.dtype("f8"), 3),
        "stages": (np.dtype("f8"), 2),
        "values": (np.dtype("f8"), 2),
        "months": (np.dtype("f8"), 1),
        "tally_days": (np.dtype("f8"), 1),
        "swings": (np.dtype("f8"), 2),
        "shocks": (SHOCK, 1),
        "given_ties": (np.dtype("f8"), 2),
        "tie_start": (np.dtype("i8"), 1),
        "cells": (np.dtype("i8"), 1),
        "tally": (np.dtype("f8"), 3),
        "outcomes": (np.dtype("f8"), 2),
        "attacks": (ATTACK, 1),
        "hashed": (HASHED, 1),
        **{name: (dtype_of(columns), 1) for name, columns in RECORDS.items()},
    }

    def __init__(self, **arrays: Array) -> None:
        # A copy has a memory of its own, which both names read.
        arrays["values"] = plain_numbers(arrays["par"])
        self.arrays = {name: self._checked(name, arrays[name]) for name in self.FIELDS}
        self.__dict__.update(self.arrays)
        entries = [(array.ctypes.data, *array.shape) for array in self.arrays.values()]
        self.hub = np.array([number for entry in entries for number in entry], dtype=np.int64)
        self.address = int(self.hub.ctypes.data)
        # Clearing a structured array column by column costs more than a small run; bytes are cleared at once.
        self._bytes = {name: self.arrays[name].reshape(-1).view(np.uint8) for name in CLEARED}

    @classmethod
    def _checked(cls, name: str, array: Array) -> Array:
        dtype, dimensions = cls.FIELDS[name]
        if array.dtype != dtype or array.ndim != dimensions or not array.flags.c_contiguous:
            raise EngineError("array-shape", name=name, found=array.dtype, shape=array.shape, wanted=dtype)
        return array

    def clear(self) -> None:
        """Set what a run begins with to zeros; logs are written before they are read."""
        for raw in self._bytes.values():
            raw.fill(0)

    def __reduce__(self) -> tuple[Any, ...]:
        # Copied and pickled by its arrays: the addresses of a copy are its own.
        return _world_of, (self.arrays,)

    def replace(self, **arrays: Array) -> World:
        """The same world with some arrays exchanged."""
        return World(**{**self.arrays, **arrays})


def _world_of(arrays: dict[str, Array]) -> World:
    return World(**arrays)


pointer_struct(World, World.FIELDS)
