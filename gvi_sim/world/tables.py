"""The tables of a run, each declared once: rows, columns with type, unit, meaning, bounds and codes.

Buffers of the kernel, flags to keep, growth, estimates of memory, what stored files say of themselves and
``docs/tables.md`` follow from here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from .codes import CAUSES, DOSES, GATES, MODES, PERSON_KINDS, STATUSES, STAY_ENDS
from .columns import Column

LIMITS = (
    "runs", "sites", "groups", "attacks", "begins", "end", "days", "months", "age_min", "age_join_max",
)  # fmt: skip
"""Limits of a run: the numbers of the last run, site, group and month; attacks of a run; the first day that is
simulated, the last one, and how many lie between; ages at joining in years."""


class Field(NamedTuple):
    """One published column: its type, and the bounds of what is in it, both included.

    A bound is a number, one of ``LIMITS``, or a column of the same row. ``missing`` is what stands there beside the
    bounds, and ``if_missing`` what that means. ``codes`` names the numbers from 0 on, ``bits`` those of a mask.
    """

    dtype: str
    low: float | str
    high: float | str
    missing: float | None = None
    whole: bool = False
    unit: str = ""
    meaning: str = ""
    if_missing: str = "none"
    codes: tuple[str, ...] = ()
    bits: tuple[str, ...] = ()

    def of(self, meaning: str, **other: Any) -> Field:
        """The same kind of column with a meaning of its own."""
        return self._replace(meaning=meaning, **other)

    @property
    def metadata(self) -> dict[str, str]:
        """What a stored column says of itself."""
        described = {"unit": self.unit, "meaning": self.meaning}
        described["missing"] = "" if self.missing is None else f"{self.missing:g}: {self.if_missing}"
        described |= {name: json.dumps(names) for name, names in (("codes", self.codes), ("bits", self.bits)) if names}
        return {name: text for name, text in described.items() if text}


class Table(NamedTuple):
    """One table: what a row is, its columns, and how many rows a run leaves.

    ``rows``: rows for each of a thing in ``SIZES``. ``burn_in``: whether rows from before the window are in it.
    ``logged``: the kernel writes a row to ``w.<name>`` when it happens and counts it in ``w.state[0].<name>``; such a
    buffer has the columns of the table but ``run``, and those of ``beside``. Other tables are read off the state by a
    function in ``dynamics/extract.py``. ``on_request``: logged where the table is kept (``w.settings[0].keep_<name>``)
    and not otherwise. ``needs``: tables that must be kept for this one. ``at_end``: there is none before the end.
    """

    row: str
    columns: Mapping[str, Field]
    rows: Mapping[str, float]
    burn_in: bool = False
    logged: bool = False
    on_request: bool = False
    beside: tuple[Column, ...] = ()
    needs: tuple[str, ...] = ()
    at_end: bool = False

    @property
    def dtype(self) -> np.dtype[np.void]:
        """Structured type of the published table."""
        return np.dtype([(name, field.dtype) for name, field in self.columns.items()])

    @property
    def log(self) -> tuple[Column, ...]:
        """Columns of the kernel's buffer."""
        own = {name: field for name, field in self.columns.items() if name != "run"}
        return (*(Column(name, f.dtype, f.unit, "records", f.meaning) for name, f in own.items()), *self.beside)

    def expected_rows(self, sizes: Mapping[str, float]) -> float:
        """Rows a run leaves, by how many of each of ``SIZES`` it has."""
        return math.fsum(each * sizes[thing] for thing, each in self.rows.items())


SIZES: Mapping[str, str] = MappingProxyType(
    {
        "attacks": "attack", "persons": "person ever in a group", "member_years": "member and year",
        "arrests": "arrest for another offence", "groups": "group", "sites": "site", "site_years": "site and year",
        "site_months": "site and month",
    }
)  # fmt: skip
"""What the rows of a table go with, as one of each is called."""


def _code(names: tuple[str, ...]) -> Field:
    return Field("i1", 0, len(names) - 1, codes=names)


_COUNT, _PEOPLE = Field("f8", 0, math.inf, whole=True, unit="events"), Field("f8", 0, math.inf, whole=True)
AMOUNT = Field("f8", 0, math.inf)
_PERSONS, _PERSON_DAYS = _PEOPLE._replace(unit="persons"), AMOUNT._replace(unit="person-days")
_SHARE, ADDRESS, _FLAG = (
    Field("f8", 0, 1, math.nan, if_missing="nothing to divide by"), Field("u8", 0, 2**64 - 1),
    Field("i1", 0, 1),
)  # fmt: skip
_RUN = Field("u4", 0, "runs", meaning="number of the run; runs of one number are paired over the arms")
_SITE = Field("i4", 0, "sites", meaning="index of the site in the scenario, from 0")
_GROUP, _NO_GROUP = Field("i4", 0, "groups"), Field("i4", 0, "groups", -1)
_PERSON, _NO_PERSON = Field("i8", 0, 2**63 - 1), Field("i8", 0, 2**63 - 1, -1)
_COUNTED_DAY, _ANY_DAY = Field("f8", 0, "end", unit="day"), Field("f8", "begins", "end", unit="day")
_HIT = Field("i2", 0, "hit", unit="persons")
_CANDIDATE = ADDRESS.of("address of the candidate: the same in every arm in which it arose")

_SERIES: dict[str, Field] = {
    "shootings": _COUNT.of("shootings"),
    "detonations": _COUNT.of("detonations"),
    "persons_hit": _PERSONS.of("persons hit, killed and bystanders included"),
    "persons_killed": _PERSONS.of("persons killed", high="persons_hit"),
    "bystanders_hit": _PERSONS.of("bystanders hit", high="persons_hit"),
    "arrests": _COUNT.of("arrests for attacks"),
    "other_arrests": _COUNT.of("arrests for other offences"),
    "sanction_arrests": _COUNT.of("arrests for other offences because of a sanction"),
    "detained_days": _PERSON_DAYS.of("time in detention"),
    "support_days": _PERSON_DAYS.of("time in support"),
    "waiting_days": _PERSON_DAYS.of("time on the waiting list for support"),
    "sanctions": _COUNT.of("group sanctions begun"),
    "sanction_days": AMOUNT.of("time under a sanction", unit="group-days"),
    "promises_kept": _COUNT.of("promises of a sanction kept"),
    "promises_broken": _COUNT.of("promises of a sanction broken"),
    "call_ins": _COUNT.of("call-ins held"),
    "call_in_contacts": _COUNT.of("persons who came to call-ins"),
    "notifications": _COUNT.of("custom notifications"),
    "false_contacts": _COUNT.of("contacts with persons who are no members"),
    "offers": _COUNT.of("offers of support"),
    "requests": _COUNT.of("offers accepted", high="offers"),
    "admissions": _COUNT.of("stays in support begun"),
    "completed": _COUNT.of("stays completed"),
    "dropouts": _COUNT.of("stays broken off"),
    "relapses": _COUNT.of("returns to the group after support"),
    "prevented": _COUNT.of("recruits who were kept out"),
    "exposure": AMOUNT.of("attacks of the last year or so, mean over time", unit="per 10,000 inhabitants"),
}
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
DETAINED_MINOR_DAYS, DETAINED_HIRED_DAYS, MINOR_ARRESTS = range(len(SERIES), len(SERIES) + 3)
TALLY_COLUMNS = len(SERIES) + 3

_EXTRA: dict[str, Field] = {
    "attacks": _COUNT.of("shootings and detonations"),
    "gini_groups": _SHARE.of("Gini coefficient of attacks over groups"),
    "gini_persons": _SHARE.of("Gini coefficient of attacks over members"),
    "top_fifth_groups_share": _SHARE.of("share of attacks by the fifth of the groups with most"),
    "share_with_parent": _SHARE.of("share of attacks set off by another"),
    "reproduction": _SHARE.of("attacks set off by an attack, both in the window"),
    "mean_cascade": Field("f8", 1, "largest_cascade", math.nan, unit="attacks", meaning="mean size of a cascade"),
    "largest_cascade": _COUNT.of("size of the largest cascade", high="attacks", unit="attacks"),
    "mean_parent_delay_days": Field("f8", 0, "days", math.nan, unit="days", meaning="mean time from attack to attack"),
    "detained_minor_days": _PERSON_DAYS.of("time in detention as a minor", high="detained_days"),
    "detained_hired_days": _PERSON_DAYS.of("time in detention of hired shooters", high="detained_days"),
    "minor_arrests": _COUNT.of("arrests for attacks of persons under 18", high="arrests"),
}
EXTRA_OUTCOMES = tuple(_EXTRA)
OUTCOMES: tuple[str, ...] = SERIES + EXTRA_OUTCOMES

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "attacks": Table(
            "an attack, in order of time",
            {
                "run": _RUN,
                "seq": Field("i4", 0, "attacks", meaning="number of the attack in its run"),
                "day": _COUNTED_DAY.of("when"),
                "site": _SITE,
                "mode": _code(MODES).of("how"),
                "cause": _code(CAUSES).of("why it was tried"),
                "parent_seq": Field(
                    "i4", -2, "seq", meaning="`seq` of the attack that set it off; -1: none, -2: one before the window"
                ),
                "attacker_group": _GROUP.of("group that attacked"),
                "target_group": _NO_GROUP.of("group attacked", if_missing="an outsider"),
                "shooter": _NO_PERSON.of("who attacked", if_missing="hired"),
                "shooter_age": Field("f8", "age_min", math.inf, unit="years", meaning="age of who attacked"),
                "contracted": _FLAG.of("whether the shooter was hired"),
                "stand_in": _FLAG.of("whether a stand-in attacked"),
                "replaced": _FLAG.of("whether another member stepped in"),
                "substituted": _FLAG.of("whether it was stopped as a shooting and went off as a detonation"),
                "hit": Field("i2", 0, 2**15 - 1, unit="persons", meaning="persons hit, killed included"),
                "killed": _HIT.of("persons killed"),
                "bystanders": _HIT.of("bystanders hit"),
                "cleared": _FLAG.of("whether an arrest clears it"),
                "arrest_day": Field("f8", "day", "end", math.nan, unit="day", meaning="when the shooter was arrested"),
                "attributed": _NO_GROUP.of("group it is seen as", if_missing="nobody's"),
                "candidate": _CANDIDATE,
            },
            {"attacks": 1},
        ),
        "candidates": Table(
            "an attack that was tried, whether it was carried out or stopped",
            {
                "run": _RUN,
                "day": _COUNTED_DAY.of("when it was decided"),
                "site": _SITE,
                "cause": _code(CAUSES).of("why it was tried"),
                "attacker_group": _GROUP.of("group that would attack"),
                "target_group": _NO_GROUP.of("group that would be attacked", if_missing="an outsider"),
                "blocked": Field(
                    "i2", 0, 2 ** len(GATES) - 1, bits=GATES, meaning="sum of the gates that stopped it; 0: carried out"
                ),
                "mode": _code(MODES).of("how"),
                "candidate": _CANDIDATE,
                "parent": ADDRESS.of("address of the attack that set it off; 0: none"),
            },
            {"attacks": 3},
        ),
        "victims": Table(
            "a person hit",
            {
                "run": _RUN,
                "attack_seq": Field("i4", 0, "attacks", meaning="`seq` of the attack"),
                "person": _NO_PERSON.of("who was hit", if_missing="a bystander or an outsider"),
                "killed": _FLAG.of("whether the person died"),
            },
            {"attacks": 1},
            logged=True,
        ),
        "persons": Table(
            "a person who was a member at some time, by number",
            {
                "run": _RUN,
                "person": _PERSON.of("number of the person"),
                "site": _SITE,
                "group": _GROUP.of("the person's group"),
                "join_day": Field("f8", -math.inf, "end", unit="day", meaning="when the person joined"),
                "leave_day": Field("f8", "join_day", math.inf, unit="day", meaning="when membership ends by itself"),
                "age_at_join": Field("f8", "age_min", "age_join_max", unit="years", meaning="age at joining"),
                "kind": _code(PERSON_KINDS).of("how the person came to be in the group"),
            },
            {"persons": 1.5},
            burn_in=True,
        ),
        "spells": Table(
            "a time that a person spends in one status, by person and time",
            {
                "run": _RUN,
                "person": _PERSON.of("number of the person"),
                "status": _code(STATUSES).of("the status"),
                "from_day": _ANY_DAY.of("when it begins"),
                "to_day": Field("f8", "from_day", "end", unit="day", meaning="when it ends"),
            },
            {"member_years": 1, "arrests": 1, "persons": 1},
            burn_in=True,
            logged=True,
            on_request=True,
            needs=("persons",),
        ),
        "sanctions": Table(
            "a group sanction",
            {
                "run": _RUN,
                "group": _GROUP.of("group under sanction"),
                "start_day": _ANY_DAY.of("when it begins"),
                "end_day": Field("f8", "start_day", "end", unit="day", meaning="when it ends, or the run"),
                "promised_by": Field(
                    "i4", 0, "attacks", -2, meaning="`seq` of the attack it answers", if_missing="before the window"
                ),
                "extended": Field("i2", 0, 2**15 - 1, unit="times", meaning="how often it was made longer"),
            },
            {"attacks": 1},
            burn_in=True,
            logged=True,
        ),
        "stays": Table(
            "a request for support that passed assessment",
            {
                "run": _RUN,
                "person": _PERSON.of("who asked"),
                "requested_day": _ANY_DAY.of("when support was asked for"),
                "admitted_day": Field("f8", "requested_day", "end", math.nan, unit="day", meaning="when it began"),
                "ended_day": Field(
                    "f8", "requested_day", "end", math.nan, unit="day", meaning="when it ended", if_missing="not yet"
                ),
                "how": _code(STAY_ENDS).of("how it stands or ended"),
            },
            {"member_years": 1},
            burn_in=True,
            logged=True,
            beside=(
                Column("key", "u8", "", "support", "address of the occasion"),
                Column("gives_up", "f8", "day", "support", "when patience ends for who waits still"),
                Column("next", "i8", "", "support", "next of the waiting list"),
            ),
        ),
        "doses": Table(
            "something that the programme did, in order of time",
            {
                "run": _RUN,
                "day": _ANY_DAY.of("when"),
                "kind": _code(DOSES).of("what"),
                "site": _SITE,
                "group": _NO_GROUP.of("to which group"),
                "person": _NO_PERSON.of("to whom"),
            },
            {"attacks": 1, "site_years": 60},
            burn_in=True,
            logged=True,
            on_request=True,
        ),
        "groups": Table(
            "a group",
            {
                "run": _RUN,
                "group": _GROUP.of("number of the group"),
                "site": _SITE,
                "members": Field("i4", 1, 2**16, unit="persons", meaning="slots of it, its constant size"),
                "rivals": Field("i4", 0, "groups", unit="groups", meaning="groups it has a rivalry with"),
                "first_listed_day": Field(
                    "f8", "begins", "end", math.nan, unit="day", meaning="when it was first listed", if_missing="never"
                ),
                "attacks": Field("i4", 0, "attacks", unit="events", meaning="attacks it made"),
                "shootings": Field("i4", 0, "attacks", unit="events", meaning="of them shootings"),
            },
            {"groups": 1},
            at_end=True,
        ),
    }
)
"""The tables that a run keeps where it is asked to."""

SUMS: Mapping[str, Table] = MappingProxyType(
    {
        "series": Table(
            "a month of the window, 28 to 31 days (of a sweep: the sum over the runs of a file)",
            {"run": _RUN, "site": _SITE, "month": Field("i8", 0, "months", meaning="month, from 0"), **_SERIES},
            {"site_months": 1},
        ),
        "outcomes": Table(
            "a run and site, sums over the window", {"run": _RUN, "site": _SITE, **_SERIES, **_EXTRA}, {"sites": 1}
        ),
    }
)
"""The tables that every run leaves."""

STORED_BESIDE: Mapping[str, Field] = MappingProxyType(
    {
        name: Field("U", "", "", meaning=meaning)
        for name, meaning in (
            ("digest", "SHA-256 over the events of the run (`outcomes` alone)"),
            ("scenario", "key of the scenario, the seed and the code"),
            ("arm", "name of the arm; of arms that are one scenario, the first one's"),
        )
    }
)
"""What stored tables hold beside their columns: texts."""

FIELDS: Mapping[str, Mapping[str, Field]] = {name: table.columns for name, table in {**TABLES, **SUMS}.items()}
"""Every column of every table."""
LOGGED = tuple(name for name, table in TABLES.items() if table.logged)
ATTACK, CANDIDATE, PERSON, GROUP = (TABLES[name].dtype for name in ("attacks", "candidates", "persons", "groups"))


def kept_with(keep: frozenset[str]) -> frozenset[str]:
    """What a run has to record for the tables in ``keep``: they, what they need, and what is logged always."""
    always = {name for name in LOGGED if not TABLES[name].on_request}
    return keep | always | {other for name in keep for other in TABLES[name].needs}


HASHED = np.dtype(
    [
        ("candidate", "u8"), ("shooter", "i8"), ("seq", "i4"), ("parent_seq", "i4"), ("attacker_group", "i4"),
        ("target_group", "i4"), ("attributed", "i4"), ("blocked", "i2"), ("hit", "i2"), ("killed", "i2"),
        ("bystanders", "i2"), ("cause", "i1"), ("mode", "i1"), ("cleared", "i1"), ("spare", "i1"),
    ]
)  # fmt: skip
"""The integer columns of a candidate that the hash of a run covers, in the order of their bytes."""
