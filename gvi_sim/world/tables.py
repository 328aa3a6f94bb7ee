"""Columns of what a run leaves: the published schema of the tables, the monthly series and the outcomes."""

from __future__ import annotations

import numpy as np

SERIES: tuple[str, ...] = (
    "shootings", "detonations", "persons_hit", "persons_killed", "bystanders_hit",
    "arrests", "other_arrests", "sanction_arrests", "detained_days", "support_days", "waiting_days",
    "sanctions", "sanction_days", "promises_kept", "promises_broken",
    "call_ins", "call_in_contacts", "notifications", "false_contacts",
    "offers", "requests", "admissions", "completed", "dropouts", "relapses", "prevented",
    "exposure",
)  # fmt: skip
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

EXTRA_OUTCOMES: tuple[str, ...] = (
    "attacks", "gini_groups", "gini_persons", "top_fifth_groups_share", "share_with_parent", "reproduction",
    "mean_cascade", "largest_cascade", "mean_parent_delay_days", "detained_minor_days",
)  # fmt: skip
OUTCOMES: tuple[str, ...] = SERIES + EXTRA_OUTCOMES

MONTH_DAYS = 30.4375

ATTACK = np.dtype(
    [
        ("run", "u4"), ("seq", "i4"), ("day", "f8"), ("site", "i4"), ("mode", "i1"), ("cause", "i1"),
        ("parent_seq", "i4"), ("attacker_group", "i4"), ("target_group", "i4"), ("shooter", "i4"),
        ("contracted", "i1"), ("stand_in", "i1"), ("replaced", "i1"), ("substituted", "i1"),
        ("hit", "i2"), ("killed", "i2"), ("bystanders", "i2"), ("cleared", "i1"), ("arrest_day", "f8"),
        ("attributed", "i4"), ("candidate", "u8"),
    ]
)  # fmt: skip
CANDIDATE = np.dtype(
    [
        ("run", "u4"), ("day", "f8"), ("site", "i4"), ("cause", "i1"), ("attacker_group", "i4"),
        ("target_group", "i4"), ("blocked", "i2"), ("mode", "i1"), ("candidate", "u8"), ("parent", "u8"),
    ]
)  # fmt: skip
VICTIM = np.dtype([("run", "u4"), ("attack_seq", "i4"), ("person", "i4"), ("killed", "i1")])
PERSON = np.dtype(
    [
        ("run", "u4"), ("person", "i4"), ("site", "i4"), ("group", "i4"), ("join_day", "f8"), ("leave_day", "f8"),
        ("age_at_join", "f8"), ("kind", "i1"),
    ]
)  # fmt: skip
SPELL = np.dtype([("run", "u4"), ("person", "i4"), ("status", "i1"), ("from_day", "f8"), ("to_day", "f8")])
SANCTION = np.dtype(
    [
        ("run", "u4"), ("group", "i4"), ("start_day", "f8"), ("end_day", "f8"), ("promised_by", "i4"),
        ("extended", "i2"),
    ]
)  # fmt: skip
STAY = np.dtype(
    [
        ("run", "u4"), ("person", "i4"), ("requested_day", "f8"), ("admitted_day", "f8"), ("ended_day", "f8"),
        ("how", "i1"),
    ]
)  # fmt: skip
DOSE = np.dtype([("run", "u4"), ("day", "f8"), ("kind", "i1"), ("site", "i4"), ("group", "i4"), ("person", "i4")])
GROUP = np.dtype(
    [
        ("run", "u4"), ("group", "i4"), ("site", "i4"), ("members", "i4"), ("rivals", "i4"),
        ("first_listed_day", "f8"), ("attacks", "i4"), ("shootings", "i4"),
    ]
)  # fmt: skip
TABLES: dict[str, np.dtype[np.void]] = {
    "attacks": ATTACK,
    "candidates": CANDIDATE,
    "victims": VICTIM,
    "persons": PERSON,
    "spells": SPELL,
    "sanctions": SANCTION,
    "stays": STAY,
    "doses": DOSE,
    "groups": GROUP,
}
