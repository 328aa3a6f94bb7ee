"""The state of a run: one table declares every column (name, type, unit, owner, meaning).

A mechanism writes only the columns it owns. Tables grow by doubling; because the columns stand in one
list, growing moves all of them. ``World`` holds the arrays that the kernel works on.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from ..errors import EngineError
from ..jit import pointer_struct
from .calendar import SHOCK
from .columns import Array, Column, dtype_of
from .parameters import DTYPE as PARAMETER

GROUP = (
    Column("key", "u8", "", "builder", "address of the group's draws"),
    Column("site", "i8", "", "builder", "index of its site"),
    Column("members", "f8", "persons", "builder", "reference size"),
    Column("activity", "f8", "", "builder", "lognormal activity, mean 1"),
    Column("candidate_rate", "f8", "1/member-day", "builder", "background candidates"),
    Column("rivalry", "f8", "", "builder", "sum of its rivalry weights"),
    Column("area", "f8", "member-days", "membership", "pool integral up to segment_day"),
    Column("segment_day", "f8", "day", "membership", "when the pool last changed"),
    Column("walk_size", "i8", "persons", "membership", "pool size on the walker's side of the present"),
    Column("next_join", "f8", "day", "membership", "when the next recruit joins"),
    Column("recruits", "i8", "persons", "membership", "recruits created so far"),
    Column("next_background", "f8", "member-days", "membership", "area at the next background candidate"),
    Column("next_arrest", "f8", "member-days", "membership", "area at the next other arrest"),
    Column("next_offer", "f8", "member-days", "membership", "area at the next usual offer"),
    Column("backgrounds", "i8", "", "membership", "background candidates drawn"),
    Column("arrests", "i8", "", "membership", "other arrests drawn"),
    Column("usual_offers", "i8", "", "membership", "usual offers drawn"),
    Column("last_person", "i8", "", "membership", "last of the chain of persons by joining day"),
    Column("coming", "i8", "", "membership", "first of the chain not yet in the pool"),
    Column("pool_size", "i8", "persons", "membership", "natural members present"),
    Column("pool_leave", "f8", "day", "membership", "first leaving day in the pool"),
    Column("belief_a", "f8", "counts", "belief", "arrest counts beyond the prior"),
    Column("belief_b", "f8", "counts", "belief", "escape counts beyond the prior"),
    Column("belief_day", "f8", "day", "belief", "when they were last brought up to date"),
    Column("promise_a", "f8", "counts", "belief", "promises kept, prior included"),
    Column("promise_b", "f8", "counts", "belief", "promises broken, prior included"),
    Column("promise_day", "f8", "day", "belief", "when they were last brought up to date"),
    Column("salience", "f8", "", "belief", "how present the message is, 0 to 1"),
    Column("salience_day", "f8", "day", "belief", "when it was last brought up to date"),
    Column("legitimacy", "f8", "", "belief", "0 to 1"),
    Column("legitimacy_day", "f8", "day", "belief", "when it was last brought up to date"),
    Column("fear", "f8", "attacks", "attacks", "recent attacks suffered or made"),
    Column("fear_day", "f8", "day", "attacks", "when it was last brought up to date"),
    Column("listed", "i8", "", "programme", "1 while on the audit's list"),
    Column("notified", "i8", "", "programme", "1 once contacted while listed"),
    Column("first_listed", "f8", "day", "programme", "nan until listed"),
    Column("score", "f8", "attacks", "programme", "attributed attacks lately plus a keyed tie-break"),
    Column("sanction_end", "f8", "day", "sanctions", "end of the running sanction, -inf if none"),
    Column("sanction_row", "i8", "", "sanctions", "row of the running sanction"),
)

PERSON = (
    Column("key", "u8", "", "membership", "address of the person's draws"),
    Column("group", "i8", "", "membership", "index of the group"),
    Column("ordinal", "i8", "", "membership", "number within the group, index of race draws"),
    Column("join", "f8", "day", "membership", "start of the natural spell"),
    Column("leave", "f8", "day", "membership", "end of the natural spell"),
    Column("age", "f8", "years", "membership", "age at joining"),
    Column("weight", "f8", "", "membership", "violence propensity, mean 1"),
    Column("until", "f8", "day", "membership", "when the present status ends, if known"),
    Column("since", "f8", "day", "membership", "when the present status began"),
    Column("wounded_until", "f8", "day", "harm", "when the last wound has healed"),
    Column("empty_since", "f8", "day", "membership", "when the place fell empty, nan if not"),
    Column("episode", "i8", "", "membership", "how often the place fell empty"),
    Column("stand_in", "i8", "", "membership", "who fills the place, -1 nobody"),
    Column("vacancy_asked", "i8", "", "membership", "1 once the vacancy of this episode is on the heap"),
    Column("next", "i8", "", "membership", "next of the group's chain"),
    Column("stay", "i8", "", "support", "row of the open request or stay, -1 none"),
    Column("status", "i8", "", "membership", "a code of STATUSES"),
    Column("kind", "i8", "", "membership", "a code of PERSON_KINDS"),
    Column("is_minor", "i8", "", "justice", "1 while detained as a minor"),
    Column("has_exited", "i8", "", "support", "1 while out of the group through support"),
    Column("rostered", "i8", "", "programme", "1 when the last audit found the person"),
    Column("attacks", "i8", "attacks", "attacks", "attacks made in the window, for concentration only"),
)

SITE = (
    Column("active", "i8", "", "programme", "1 while GVI runs"),
    Column("start", "f8", "day", "programme", "when it started"),
    Column("call_ins", "i8", "", "programme", "call-ins held"),
    Column("running", "i8", "", "sanctions", "group sanctions running"),
    Column("detained", "i8", "persons", "membership", "detained now"),
    Column("detained_minors", "i8", "persons", "membership", "of them under 18 at arrest"),
    Column("in_support", "i8", "persons", "support", "places taken"),
    Column("waiting", "i8", "persons", "support", "on the waiting list"),
    Column("queue_head", "i8", "", "support", "first request of the waiting list, -1 none"),
    Column("queue_tail", "i8", "", "support", "last request of the waiting list, -1 none"),
    Column("accrued", "f8", "day", "tally", "person-days are counted up to here"),
    Column("exposure", "f8", "attacks", "tally", "attacks felt, one-year memory"),
    Column("exposure_day", "f8", "day", "tally", "when it was last brought up to date"),
    Column("shock_month", "i8", "", "calendar", "month of the cached shared shock"),
    Column("shock_factor", "f8", "", "calendar", "the cached factor"),
)

STATE = (
    Column("run", "u8", "", "builder", "key of the run"),
    Column("now", "f8", "day", "engine", "time of the last event or of the last call's end"),
    Column("month", "i8", "", "tally", "month of the window, -1 before it"),
    Column("window_start", "f8", "day", "builder", "first day that is counted"),
    Column("window_end", "f8", "day", "builder", "last day that is counted"),
    Column("heap_size", "i8", "", "engine", "events waiting"),
    Column("free_slot", "i8", "", "engine", "first free event slot, -1 none"),
    Column("slots", "i8", "", "engine", "event slots used so far"),
    Column("log_size", "i8", "", "attacks", "candidates decided"),
    Column("attacks", "i8", "", "attacks", "attacks in the window"),
    Column("persons", "i8", "", "membership", "persons created"),
    Column("victims", "i8", "", "attacks", "rows of the victim log"),
    Column("spells", "i8", "", "membership", "rows of the spell log"),
    Column("stays", "i8", "", "support", "rows of the request log"),
    Column("sanctions", "i8", "", "sanctions", "rows of the sanction log"),
    Column("doses", "i8", "", "programme", "rows of the dose log"),
    Column("reserve", "i8", "", "builder", "rows that one event may add at the most"),
    Column("keep_spells", "i8", "", "builder", "1 to log status spells"),
    Column("keep_doses", "i8", "", "builder", "1 to log doses"),
    Column("background_tried", "f8", "", "attacks", "background candidates decided"),
    Column("background_passed", "f8", "", "attacks", "sum of their passing probabilities"),
    Column("offspring_tried", "f8", "", "attacks", "offspring candidates decided"),
    Column("offspring_passed", "f8", "", "attacks", "sum of their passing probabilities"),
    Column("background_attacks", "f8", "", "attacks", "background attacks, burn-in included"),
    Column("all_attacks", "f8", "", "attacks", "all attacks, burn-in included"),
)

EVENT = (
    Column("key", "u8", "", "engine", "address of what happens; breaks ties of time and kind"),
    Column("kind", "i8", "", "engine", "a code EV_*"),
    Column("group", "i8", "", "engine", "a group or a site"),
    Column("person", "i8", "", "engine", "a person, or a target group"),
    Column("cause", "i8", "", "engine", "a cause or a number"),
    Column("ref", "i8", "", "engine", "row of a log, or the next free slot"),
)

HEAP = (
    Column("time", "f8", "day", "engine", "when"),
    Column("slot", "i8", "", "engine", "which event"),
)

LOG = (
    Column("key", "u8", "", "attacks", "address of the candidate"),
    Column("parent", "u8", "", "attacks", "address of its parent, 0 none"),
    Column("day", "f8", "day", "attacks", "when it was decided"),
    Column("arrest_day", "f8", "day", "justice", "nan until the shooter is arrested"),
    Column("seq", "i8", "", "attacks", "number in the window, -1 for no attack, -2 before the window"),
    Column("parent_row", "i8", "", "attacks", "row of the parent, -1 none"),
    Column("root", "i8", "", "attacks", "row of the first ancestor"),
    Column("attacker", "i8", "", "attacks", "group"),
    Column("target", "i8", "", "attacks", "group, -1 outsider"),
    Column("shooter", "i8", "", "attacks", "person, -1 hired"),
    Column("cause", "i8", "", "attacks", "a code of CAUSES"),
    Column("blocked", "i8", "", "attacks", "mask of the gates that failed"),
    Column("mode", "i8", "", "attacks", "a code of MODES"),
    Column("substituted", "i8", "", "attacks", "1 when stopped as a shooting and carried out otherwise"),
    Column("contracted", "i8", "", "attacks", "1 when the shooter is hired"),
    Column("stand_in", "i8", "", "attacks", "1 when a stand-in shot"),
    Column("replaced", "i8", "", "attacks", "1 when another member stepped in"),
    Column("hit", "i8", "persons", "attacks", "persons hit, killed included"),
    Column("killed", "i8", "persons", "attacks", "persons killed"),
    Column("bystanders", "i8", "persons", "attacks", "bystanders hit"),
    Column("cleared", "i8", "", "justice", "1 when it is or becomes cleared by an arrest"),
    Column("attributed", "i8", "", "programme", "group it is seen as, -1 nobody's"),
    Column("cascade", "i8", "attacks", "summary", "of a first ancestor: size of its cascade"),
)

VICTIM = (
    Column("row", "i8", "", "attacks", "row of the attack"),
    Column("person", "i8", "", "attacks", "-1 a bystander or an outsider"),
    Column("killed", "i8", "", "attacks", "1 if dead"),
)
SPELL = (
    Column("person", "i8", "", "membership", "person"),
    Column("status", "i8", "", "membership", "a code of STATUSES"),
    Column("from_day", "f8", "day", "membership", "start"),
    Column("to_day", "f8", "day", "membership", "end"),
)
STAY = (
    Column("key", "u8", "", "support", "address of the occasion"),
    Column("person", "i8", "", "support", "person"),
    Column("how", "i8", "", "support", "a code of STAY_ENDS"),
    Column("requested_day", "f8", "day", "support", "when support was asked for"),
    Column("admitted_day", "f8", "day", "support", "nan until admitted"),
    Column("ended_day", "f8", "day", "support", "nan until it ended"),
    Column("next", "i8", "", "support", "next of the waiting list"),
)
SANCTION = (
    Column("group", "i8", "", "sanctions", "group"),
    Column("extended", "i8", "", "sanctions", "times extended"),
    Column("start_day", "f8", "day", "sanctions", "start"),
    Column("end_day", "f8", "day", "sanctions", "end"),
    Column("row", "i8", "", "sanctions", "row of the attack it answers"),
)
DOSE = (
    Column("day", "f8", "day", "programme", "when"),
    Column("kind", "i8", "", "programme", "a code of DOSES"),
    Column("group", "i8", "", "programme", "group, -1 none"),
    Column("person", "i8", "", "programme", "person, -1 none"),
    Column("site", "i8", "", "programme", "site"),
)
TIE = (
    Column("to", "i8", "", "builder", "the other group"),
    Column("code", "i8", "", "builder", "32 bits of the other group's key: the index of race draws"),
    Column("rivalry", "f8", "", "builder", "weight of the rivalry, 0 none"),
    Column("alliance", "f8", "", "builder", "weight of the alliance, 0 none"),
    Column("strength", "f8", "", "builder", "tie as this group feels it, 0 to 1"),
    Column("heard", "f8", "", "builder", "tie as the other group feels it, 0 to 1"),
)
POOL = (
    Column("person", "i8", "", "membership", "person"),
    Column("ordinal", "i8", "", "membership", "copy of the person's"),
    Column("weight", "f8", "", "membership", "copy of the person's"),
)
PICK = (
    Column("score", "f8", "", "programme", "race time, smallest first"),
    Column("person", "i8", "", "programme", "person, -1 a false entry"),
)


RECORDS: dict[str, tuple[Column, ...]] = {
    "state": STATE,
    "sites": SITE,
    "groups": GROUP,
    "ties": TIE,
    "persons": PERSON,
    "heap": HEAP,
    "events": EVENT,
    "log": LOG,
    "victims": VICTIM,
    "spells": SPELL,
    "stays": STAY,
    "sanctions": SANCTION,
    "doses": DOSE,
    "picks": PICK,
}


class World:
    """Everything the kernel reads and writes: sites S, groups G, days D, months M, pool places C.

    par [S] and shocks [any]: parameters (see ``parameters`` and ``calendar``); calendar [S, D, 5]: dated
    factors by day; tie_start [G + 1]: first row of each group's ties; walk_leave [G, C]: leaving days on the
    walker's side, latest first; pool [G, C]: natural members present; tally [S, M, K]: counts by month; the
    tables of ``RECORDS``, one row a thing. ``hub`` and ``address`` are how compiled code finds the arrays.
    """

    # fmt: off
    par: Array; calendar: Array; shocks: Array; tie_start: Array; walk_leave: Array; pool: Array  # noqa: E702
    tally: Array; state: Any; sites: Any; groups: Any; ties: Any; persons: Any; heap: Any; events: Any  # noqa: E702
    log: Any; victims: Any; spells: Any; stays: Any; sanctions: Any; doses: Any; picks: Any  # noqa: E702
    # fmt: on
    FIELDS: ClassVar[dict[str, tuple[np.dtype[Any], int]]] = {
        "par": (PARAMETER, 1),
        "calendar": (np.dtype("f8"), 3),
        "shocks": (SHOCK, 1),
        "tie_start": (np.dtype("i8"), 1),
        "walk_leave": (np.dtype("f8"), 2),
        "pool": (dtype_of(POOL), 2),
        "tally": (np.dtype("f8"), 3),
        **{name: (dtype_of(columns), 1) for name, columns in RECORDS.items()},
    }

    def __init__(self, **arrays: Array) -> None:
        self.arrays = {name: self._checked(name, arrays[name]) for name in self.FIELDS}
        self.__dict__.update(self.arrays)
        entries = [(array.ctypes.data, *array.shape) for array in self.arrays.values()]
        self.hub = np.array([number for entry in entries for number in entry], dtype=np.int64)
        self.address = int(self.hub.ctypes.data)

    @classmethod
    def _checked(cls, name: str, array: Array) -> Array:
        dtype, dimensions = cls.FIELDS[name]
        if array.dtype != dtype or array.ndim != dimensions or not array.flags.c_contiguous:
            raise EngineError(f"world array {name} has type {array.dtype} and shape {array.shape}, not {dtype}")
        return array

    def replace(self, **arrays: Array) -> World:
        """The same world with some arrays exchanged."""
        return World(**{**self.arrays, **arrays})


pointer_struct(World, World.FIELDS)
