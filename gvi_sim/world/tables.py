"""Columns of what a run leaves: the published schema of the tables, the monthly series and the outcomes.

Each column is declared once, with its type and with what lies in it always.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .codes import CAUSES, DOSES, GATES, MODES, PERSON_KINDS, STATUSES, STAY_ENDS

MONTH_DAYS = 30.4375
LIMITS = (
    "runs", "sites", "groups", "attacks", "begins", "end", "days", "months", "age_min", "age_join_max",
)  # fmt: skip
"""Limits of a run: the numbers of the last run, site, group and month; attacks of a run; the first day that is
simulated, the last one, and how many lie between; ages at joining in years."""


class Field(NamedTuple):
    """One published column: its type, and the bounds of what is in it, both included.

    A bound is a number, one of ``LIMITS``, or a column of the same row. ``missing`` is what stands there for none,
    beside the bounds.
    """

    dtype: str
    low: float | str
    high: float | str
    missing: float | None = None
    whole: bool = False


def _code(names: tuple[str, ...]) -> Field:
    return Field("i1", 0, len(names) - 1)


_COUNT, AMOUNT = Field("f8", 0, math.inf, whole=True), Field("f8", 0, math.inf)
_SHARE, ADDRESS, _FLAG = Field("f8", 0, 1, math.nan), Field("u8", 0, 2**64 - 1), Field("i1", 0, 1)
_RUN, _SITE, _GROUP, _NO_GROUP = (
    Field("u4", 0, "runs"), Field("i4", 0, "sites"), Field("i4", 0, "groups"), Field("i4", 0, "groups", -1),
)  # fmt: skip
_PERSON, _NO_PERSON = Field("i8", 0, 2**63 - 1), Field("i8", 0, 2**63 - 1, -1)
_COUNTED_DAY, _ANY_DAY = Field("f8", 0, "end"), Field("f8", "begins", "end")

_SERIES: dict[str, Field] = {
    "shootings": _COUNT, "detonations": _COUNT, "persons_hit": _COUNT,
    "persons_killed": Field("f8", 0, "persons_hit", whole=True),
    "bystanders_hit": Field("f8", 0, "persons_hit", whole=True),
    "arrests": _COUNT, "other_arrests": _COUNT, "sanction_arrests": _COUNT,
    "detained_days": AMOUNT, "support_days": AMOUNT, "waiting_days": AMOUNT,
    "sanctions": _COUNT, "sanction_days": AMOUNT, "promises_kept": _COUNT, "promises_broken": _COUNT,
    "call_ins": _COUNT, "call_in_contacts": _COUNT, "notifications": _COUNT, "false_contacts": _COUNT,
    "offers": _COUNT, "requests": Field("f8", 0, "offers", whole=True), "admissions": _COUNT,
    "completed": _COUNT, "dropouts": _COUNT, "relapses": _COUNT, "prevented": _COUNT,
    "exposure": AMOUNT,
}  # fmt: skip
SERIES = tuple(_SERIES)
(
    SHOOTINGS, DETONATIONS, PERSONS_HIT, PERSONS_KILLED, BYSTANDERS_HIT,
    ARRESTS, OTHER_ARRESTS, SANCTION_ARRESTS, DETAINED_DAYS, SUPPORT_DAYS, WAITING_DAYS,
    SANCTIONS, SANCTION_DAYS, PROMISES_KEPT, PROMISES_BROKEN,
    CALL_INS, CALL_IN_CONTACTS, NOTIFICATIONS, FALSE_CONTACTS,
    OFFERS, REQUESTS, ADMISSIONS, COMPLETED, DROPOUTS, RELAPSES, PREVENTIONS,
    EXPOSURE,
) = range(len(SERIES))  # fmt: skip
# Kept in the tally behind the published series, for the summary alone.
DETAINED_MINOR_DAYS = len(SERIES)
TALLY_COLUMNS = len(SERIES) + 1

_EXTRA: dict[str, Field] = {
    "attacks": _COUNT, "gini_groups": _SHARE, "gini_persons": _SHARE, "top_fifth_groups_share": _SHARE,
    "share_with_parent": _SHARE, "reproduction": _SHARE, "mean_cascade": Field("f8", 1, "largest_cascade", math.nan),
    "largest_cascade": Field("f8", 0, "attacks", whole=True),
    "mean_parent_delay_days": Field("f8", 0, "days", math.nan),
    "detained_minor_days": Field("f8", 0, "detained_days"),
}  # fmt: skip
EXTRA_OUTCOMES = tuple(_EXTRA)
OUTCOMES: tuple[str, ...] = SERIES + EXTRA_OUTCOMES

FIELDS: dict[str, dict[str, Field]] = {
    "attacks": {
        "run": _RUN, "seq": Field("i4", 0, "attacks"), "day": _COUNTED_DAY, "site": _SITE, "mode": _code(MODES),
        "cause": _code(CAUSES),
        "parent_seq": Field("i4", -2, "seq"),  # -1 none, -2 before the window
        "attacker_group": _GROUP, "target_group": _NO_GROUP, "shooter": _NO_PERSON, "contracted": _FLAG,
        "stand_in": _FLAG, "replaced": _FLAG, "substituted": _FLAG,
        "hit": Field("i2", 0, 2**15 - 1), "killed": Field("i2", 0, "hit"), "bystanders": Field("i2", 0, "hit"),
        "cleared": _FLAG, "arrest_day": Field("f8", "day", "end", math.nan), "attributed": _NO_GROUP,
        "candidate": ADDRESS,
    },
    "candidates": {
        "run": _RUN, "day": _COUNTED_DAY, "site": _SITE, "cause": _code(CAUSES), "attacker_group": _GROUP,
        "target_group": _NO_GROUP, "blocked": Field("i2", 0, 2 ** len(GATES) - 1), "mode": _code(MODES),
        "candidate": ADDRESS, "parent": ADDRESS,
    },
    "victims": {
        "run": _RUN, "attack_seq": Field("i4", 0, "attacks"), "person": _NO_PERSON, "killed": _FLAG,
    },
    "persons": {
        "run": _RUN, "person": _PERSON, "site": _SITE, "group": _GROUP,
        "join_day": Field("f8", -math.inf, "end"),  # members of the first day joined before it
        "leave_day": Field("f8", "join_day", math.inf),
        "age_at_join": Field("f8", "age_min", "age_join_max"), "kind": _code(PERSON_KINDS),
    },
    "spells": {
        "run": _RUN, "person": _PERSON, "status": _code(STATUSES), "from_day": _ANY_DAY,
        "to_day": Field("f8", "from_day", "end"),
    },
    "sanctions": {
        "run": _RUN, "group": _GROUP, "start_day": _ANY_DAY, "end_day": Field("f8", "start_day", "end"),
        "promised_by": Field("i4", 0, "attacks", -2),  # -2 before the window
        "extended": Field("i2", 0, 2**15 - 1),
    },
    "stays": {
        "run": _RUN, "person": _PERSON, "requested_day": _ANY_DAY,
        "admitted_day": Field("f8", "requested_day", "end", math.nan),
        "ended_day": Field("f8", "requested_day", "end", math.nan), "how": _code(STAY_ENDS),
    },
    "doses": {
        "run": _RUN, "day": _ANY_DAY, "kind": _code(DOSES), "site": _SITE, "group": _NO_GROUP, "person": _NO_PERSON,
    },
    "groups": {
        "run": _RUN, "group": _GROUP, "site": _SITE, "members": Field("i4", 1, 2**16),
        "rivals": Field("i4", 0, "groups"),
        "first_listed_day": Field("f8", "begins", "end", math.nan),
        "attacks": Field("i4", 0, "attacks"), "shootings": Field("i4", 0, "attacks"),
    },
    "series": {"run": _RUN, "site": _SITE, "month": Field("i8", 0, "months"), **_SERIES},
    "outcomes": {"run": _RUN, "site": _SITE, **_SERIES, **_EXTRA},
}  # fmt: skip
"""Every column of every table."""


def _dtype(name: str) -> np.dtype[np.void]:
    return np.dtype([(column, field.dtype) for column, field in FIELDS[name].items()])


ATTACK, CANDIDATE, VICTIM, PERSON, SPELL, SANCTION, STAY, DOSE, GROUP = map(_dtype, tuple(FIELDS)[:9])
TABLES: dict[str, np.dtype[np.void]] = {name: _dtype(name) for name in FIELDS if name not in ("series", "outcomes")}
HASHED = np.dtype(
    [
        ("candidate", "u8"), ("shooter", "i8"), ("seq", "i4"), ("parent_seq", "i4"), ("attacker_group", "i4"),
        ("target_group", "i4"), ("attributed", "i4"), ("blocked", "i2"), ("hit", "i2"), ("killed", "i2"),
        ("bystanders", "i2"), ("cause", "i1"), ("mode", "i1"), ("cleared", "i1"), ("spare", "i1"),
    ]
)  # fmt: skip
"""The integer columns of a candidate that the hash of a run covers, in the order of their bytes."""
