"""The outside checker: twenty invariants judged from the published tables alone.

Each function takes a run and gives complaints, none when all is well. It knows the scenario and the
tables, and nothing of the engine's arrays; the number is that of the invariant.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from months import month_starts

from gvi_sim.config import Scenario
from gvi_sim.units import DAYS_PER_YEAR
from gvi_sim.world import codes as C
from gvi_sim.world.tables import OUTCOMES, TABLES

from .books import i11_person_days, i12_concordance, i13_ranges, i16_costs
from .reading import (
    FAR,
    Complaints,
    column,
    first_day,
    group_site,
    outcome,
    parts,
    person_rows,
    spells_by_person,
    starts_of,
    status_at,
    status_before,
)
from .worlds import Run, repeat

PRESSURE, NORM, MEDIATION = C.PRESSURE, C.NORM, C.MEDIATION


def i01_persons_conserved(run: Run) -> Complaints:
    """Alive and dead are the initial and the recruited, at every month's beginning."""
    people = run.tables["persons"]
    natural = people[people["kind"] != C.STAND_IN]
    killed = run.tables["victims"]
    killed = killed[(killed["person"] >= 0) & (killed["killed"] == 1)]
    spells = run.tables["spells"]
    dead = spells[(spells["status"] == C.DEAD) & (spells["from_day"] >= run.first)]
    if sorted(dead["person"]) != sorted(killed["person"]):
        yield f"{len(dead)} persons died in the window and {len(killed)} members were killed"
    lasting = spells[spells["status"] == C.DEAD]["to_day"]
    if (lasting != run.last).any():
        yield "somebody who died is not dead at the end"
    kind = dict(zip(people["person"].tolist(), people["kind"].tolist(), strict=True))
    leave = dict(zip(people["person"].tolist(), people["leave_day"].tolist(), strict=True))
    rows = [row for row in spells if kind[int(row["person"])] != C.STAND_IN]
    for t in np.arange(first_day(run), run.last, 30.4375):
        here = int(((natural["join_day"] <= t) & (t < natural["leave_day"])).sum())
        seen = sum(1 for r in rows if r["from_day"] <= t < min(r["to_day"], leave[int(r["person"])]))
        if here != seen:
            yield f"day {t}: {here} persons have joined and not left, {seen} have a status"


def i02_statuses_partition(run: Run) -> Complaints:
    """Everybody has exactly one known status from the first day to leaving, and no two at once."""
    spells = spells_by_person(run)
    for i, person in person_rows(run).items():
        own = spells.get(i, [])
        leave, begin = float(person["leave_day"]), max(float(person["join_day"]), first_day(run))
        due = min(leave, run.last)
        if due > begin and (not own or own[0][1] != begin or own[-1][2] < due):
            yield f"person {i} has no status at some time from {begin} to {due}: {own}"
        for (status, start, end), (_, following, _) in pairwise(own):
            if status in (C.DEAD, C.PREVENTED):
                yield f"person {i} was {C.STATUSES[status]} and something else after day {end}"
            if following < end or (following > end and end < leave):
                yield f"person {i}: a status from {start} to {end}, the next from {following}; left {leave}"
        for status, start, end in own:
            if status not in range(len(C.STATUSES)) or end <= start:
                yield f"person {i}: status {status} from {start} to {end}"


def i03_only_the_free_shoot(run: Run) -> Complaints:
    """Shooters are free members present; somebody in support only without full restraint."""
    spells, people = spells_by_person(run), person_rows(run)
    for attack in run.tables["attacks"]:
        i, t = int(attack["shooter"]), float(attack["day"])
        if (i < 0) != bool(attack["contracted"]):
            yield f"attack {attack['seq']}: shooter {i} and contracted {attack['contracted']}"
        if i < 0:
            continue
        age = people[i]["age_at_join"] + (t - people[i]["join_day"]) / DAYS_PER_YEAR
        if not math.isclose(attack["shooter_age"], age):
            yield f"attack {attack['seq']}: shooter {i} is {attack['shooter_age']} years old, not {age}"
        status = status_at(spells.get(i, []), t)
        restraint = parts(run)[int(attack["site"])].gates.support_restraint
        if status != C.FREE and not (status == C.IN_SUPPORT and restraint < 1.0):
            yield f"attack {attack['seq']}: shooter {i} was {status} on day {t}"
        if not people[i]["join_day"] <= t < people[i]["leave_day"]:
            yield f"attack {attack['seq']}: shooter {i} was not in the group on day {t}"
        if bool(attack["stand_in"]) and people[i]["kind"] != C.STAND_IN:
            yield f"attack {attack['seq']}: shooter {i} is no stand-in"


def i04_nobody_is_hit_when_away(run: Run) -> Complaints:
    """Whoever is hit was free, is wounded or dead at once, and dies at most once."""
    days = dict(zip(run.tables["attacks"]["seq"].tolist(), run.tables["attacks"]["day"].tolist(), strict=True))
    spells, died = spells_by_person(run), set()
    for victim in run.tables["victims"]:
        i, t = int(victim["person"]), days.get(int(victim["attack_seq"]), math.nan)
        if i < 0:
            continue
        if i in died:
            yield f"person {i} was hit on day {t} after death"
        own = spells.get(i, [])
        before, after = status_before(own, t), status_at(own, t)
        joined = own[0][1] if own else math.nan
        if before != C.FREE and joined != t:
            yield f"person {i} was {before} when hit on day {t}"
        if t < run.last and after != (C.DEAD if victim["killed"] else C.WOUNDED):
            yield f"person {i} is {after} after being hit on day {t}, killed {victim['killed']}"
        if victim["killed"]:
            died.add(i)


def i05_no_attack_within(run: Run) -> Complaints:
    """No group attacks itself; shooters are of the attacking group, victims of the attacked one."""
    attacks = run.tables["attacks"]
    if (attacks["attacker_group"] == attacks["target_group"]).any():
        yield "a group attacked itself"
    people = person_rows(run)
    target = dict(zip(attacks["seq"].tolist(), attacks["target_group"].tolist(), strict=True))
    for attack in attacks:
        i = int(attack["shooter"])
        if i >= 0 and people[i]["group"] != attack["attacker_group"]:
            yield f"attack {attack['seq']}: shooter {i} is of group {people[i]['group']}"
    for victim in run.tables["victims"]:
        i, seq = int(victim["person"]), int(victim["attack_seq"])
        if i >= 0 and people[i]["group"] != target.get(seq):
            yield f"attack {seq} on group {target.get(seq)}: victim {i} is of group {people[i]['group']}"


def _fits(parent: np.void, child: np.void) -> bool:
    """Whether the groups of an attack follow from its parent's by its cause."""
    a, b = int(parent["attacker_group"]), int(parent["target_group"])
    g, h = int(child["attacker_group"]), int(child["target_group"])
    return {
        C.RETALIATION: b >= 0 and (g, h) == (b, a),
        C.REPEAT: (g, h) == (a, b),
        C.SPREAD: b >= 0 and h == a and g not in (a, b) and g >= 0,
    }.get(int(child["cause"]), False)


def i06_parents(run: Run) -> Complaints:
    """A forest: a parent is an earlier attack and explains who attacks whom."""
    attacks = run.tables["attacks"]
    for attack in attacks:
        seq, parent = int(attack["seq"]), int(attack["parent_seq"])
        if (attack["cause"] == C.BACKGROUND) != (parent == C.NOBODY) or parent < C.BEFORE_WINDOW:
            yield f"attack {seq} of cause {attack['cause']} has parent {parent}"
        elif parent >= 0:
            if parent >= seq or attacks[parent]["day"] > attack["day"]:
                yield f"attack {seq} comes before its parent {parent}"
            elif not _fits(attacks[parent], attack):
                yield f"attack {seq} of cause {attack['cause']} does not follow from attack {parent}"
    made = {int(a["candidate"]): int(a["parent_seq"]) for a in attacks}
    number = {int(a["candidate"]): int(a["seq"]) for a in attacks}
    for candidate in run.tables["candidates"]:
        key, parent_key = int(candidate["candidate"]), int(candidate["parent"])
        if (candidate["cause"] == C.BACKGROUND) != (parent_key == 0):
            yield f"candidate {key} of cause {candidate['cause']} has parent {parent_key}"
        if key in made and parent_key and number.get(parent_key, C.BEFORE_WINDOW) != made[key]:
            yield f"attack {number[key]}: candidate and attack name different parents"


def i07_inside_the_window(run: Run) -> Complaints:
    """Nothing outside the window, in order of time."""
    for name, key in (("attacks", "day"), ("candidates", "day"), ("doses", "day")):
        days = run.tables[name][key]
        low = first_day(run) if name == "doses" else run.first
        if len(days) and (days.min() < low or days.max() > run.last):
            yield f"{name} from day {days.min()} to {days.max()}, window {low} to {run.last}"
        if (np.diff(days) < 0).any():
            yield f"{name} are not in order of time"
    for name, ends in (
        ("sanctions", ("start_day", "end_day")),
        ("spells", ("from_day", "to_day")),
        ("stays", ("requested_day", "admitted_day", "ended_day")),
        ("attacks", ("arrest_day",)),
    ):
        for key in ends:
            days = run.tables[name][key]
            if (days < first_day(run)).any() or (days > run.last).any():
                yield f"{name}.{key} outside day {first_day(run)} to {run.last}"


PROGRAMME_SERIES = (
    "sanctions", "promises_kept", "promises_broken", "call_ins", "call_in_contacts", "notifications",
    "false_contacts", "prevented", "sanction_arrests", "sanction_days",
)  # fmt: skip


def i08_no_effect_before_the_start(run: Run) -> Complaints:
    """No part of the programme acts before its first day or, for contacts, after its last."""
    starts = starts_of(run)
    for dose in run.tables["doses"]:
        first, last = starts[int(dose["site"])]
        if dose["kind"] != C.DOSE_OFFER and not first <= dose["day"] <= last:
            yield f"dose {C.DOSES[dose['kind']]} on day {dose['day']}, programme {first} to {last}"
    for row in run.tables["sanctions"]:
        if row["start_day"] < starts[int(group_site(run)[row["group"]])][0]:
            yield f"a sanction on day {row['start_day']} before the programme"
    for row in run.tables["candidates"]:
        before = row["day"] < starts[int(row["site"])][0]
        if before and int(row["blocked"]) & (PRESSURE | NORM | MEDIATION):
            yield f"candidate of day {row['day']} stopped by {row['blocked']} before the programme"
    for group in run.tables["groups"]:
        first, last = starts[int(group["site"])]
        if not math.isnan(group["first_listed_day"]) and not first <= group["first_listed_day"] <= last:
            yield f"group {group['group']} listed on day {group['first_listed_day']}"
    for site, (first, _) in enumerate(starts):
        begins = month_starts(run.scenario.start_date, run.last)
        months = int((begins[1:] <= first).sum()) if first < FAR else None
        for name in PROGRAMME_SERIES:
            if column(run, name)[site, :months].any():
                yield f"{name} in site {site} before the programme starts on day {first}"


def _wounded_since(spells: list[tuple[int, float, float]], start: float) -> float:
    """When the wound of a spell began: detention, support or exit may lie between, a free day may not."""
    since = start
    for status, begin, end in reversed([spell for spell in spells if spell[1] < start]):
        if end != start or status == C.FREE:
            break
        start = begin
        since = begin if status == C.WOUNDED else since
    return since


def i09_lengths(run: Run) -> Complaints:
    """Wounds, sanctions and stays last as documented unless something cut them."""
    people, own = person_rows(run), spells_by_person(run)
    for i, spells in own.items():
        days = parts(run)[int(people[i]["site"])].harm.recovery_days
        for status, start, end in spells:
            cut = end >= run.last or end == people[i]["leave_day"]
            cut = cut or status_at(spells, end) in (C.DETAINED, C.DEAD, C.IN_SUPPORT)
            lasted = end - _wounded_since(spells, start)
            if status == C.WOUNDED and (lasted > days * (1 + 1e-9) or (lasted < days * (1 - 1e-9) and not cut)):
                yield f"person {i} wounded for {lasted} days, not {days}"
    for row in run.tables["sanctions"]:
        days = parts(run)[int(group_site(run)[row["group"]])].programme.sanction.duration_days
        lasted, most = row["end_day"] - row["start_day"], days * (1 + int(row["extended"]))
        cut = row["end_day"] >= run.last
        if lasted > most * (1 + 1e-9) + 1e-9 or (lasted < days * (1 - 1e-9) - 1e-9 and not cut):
            yield f"a sanction of {lasted} days, extended {row['extended']} times"
    yield from _stays_end_as_told(run, own, people)
    for attack in run.tables["attacks"]:
        i, t = int(attack["shooter"]), float(attack["arrest_day"])
        if i >= 0 and t < run.last and status_at(own[i], t) not in (C.DETAINED, C.DEAD):
            yield f"shooter {i} was arrested on day {t} and is {status_at(own[i], t)}"


def _stays_end_as_told(run: Run, own: dict[int, Any], people: dict[int, np.void]) -> Complaints:
    told = set()
    for stay in run.tables["stays"]:
        i, how, end = int(stay["person"]), int(stay["how"]), float(stay["ended_day"])
        admitted = float(stay["admitted_day"])
        if (how in (C.WAITING, C.STAYING)) != math.isnan(end):
            yield f"person {i}: a stay that is {C.STAY_ENDS[how]} ends on {end}"
        if how in (C.STAYING, C.COMPLETED, C.DROPPED_OUT) and math.isnan(admitted):
            yield f"person {i}: {C.STAY_ENDS[how]} and never admitted"
        if how in (C.WAITING, C.GAVE_UP, C.STAY_LEFT) and not math.isnan(admitted):
            yield f"person {i}: {C.STAY_ENDS[how]} and admitted on {admitted}"
        if not stay["requested_day"] <= admitted and not math.isnan(admitted):
            yield f"person {i}: admitted before asking"
        if how == C.STAY_LEFT and end < people[i]["leave_day"]:
            yield f"person {i}: left the waiting list on {end}, the group on {people[i]['leave_day']}"
        after = {
            C.COMPLETED: (C.EXITED,),
            C.DROPPED_OUT: (C.FREE, C.WOUNDED),  # a wound may outlast the stay
            C.STAY_DETAINED: (C.DETAINED,),
            C.STAY_DEAD: (C.DEAD,),
        }
        if how in after and end < min(run.last, people[i]["leave_day"]):
            if status_at(own[i], end) not in after[how]:
                yield f"person {i}: stay {C.STAY_ENDS[how]} on {end} and is {status_at(own[i], end)}"
        left = run.last if math.isnan(end) else end
        if admitted < left:
            told.add((i, admitted, left))
    seen = {(i, a, b) for i, spells in own.items() for status, a, b in spells if status == C.IN_SUPPORT}
    if told != seen:
        yield f"stays and spells in support differ: {sorted(told ^ seen)[:4]}"


def most_places(part: Scenario) -> int:
    """Places that there ever are; a fall ends no stay."""
    dated = (int(str(stage.values.get("programme.extra_places", 0))) for stage in part.timeline)
    return part.exit.places + max(0, part.programme.extra_places, *dated)


def i10_capacity(run: Run) -> Complaints:
    """Never more in support, under sanction or summoned than there is room for."""
    people, site_of = person_rows(run), group_site(run)
    stays, sanctions = run.tables["stays"], run.tables["sanctions"]
    stay_site = np.array([people[int(i)]["site"] for i in stays["person"]], dtype=int)
    ended = np.where(np.isnan(stays["ended_day"]), math.inf, stays["ended_day"])
    for site, part in enumerate(parts(run)):
        own, end = stays[stay_site == site], ended[stay_site == site]
        for t in own["admitted_day"][~np.isnan(own["admitted_day"])]:
            taken = int(((own["admitted_day"] <= t) & (t < end)).sum())
            if taken > most_places(part):
                yield f"site {site}: {taken} in support on day {t}, {most_places(part)} places"
        if part.exit.waiting_patience_days == 0 and np.isnan(own["admitted_day"]).any():
            yield f"site {site}: somebody waits without a waiting list"
        rows = sanctions[site_of[sanctions["group"]] == site]
        for row in rows:
            t = row["start_day"]
            running = (rows["start_day"] <= t) & (t < rows["end_day"]) if t < run.last else rows["start_day"] == t
            if int(running.sum()) > part.programme.sanction.capacity:
                yield f"site {site}: {int(running.sum())} sanctions run on day {t}"
            if int((running & (rows["group"] == row["group"])).sum()) > 1:
                yield f"group {row['group']} is under two sanctions on day {t}"
        came = run.tables["doses"]
        came = came[(came["kind"] == C.DOSE_CALL_IN) & (came["site"] == site)]
        for t in np.unique(came["day"]):
            invited = came["person"][came["day"] == t]
            if len(invited) > part.programme.call_in.summoned or len(set(invited.tolist())) < len(invited):
                yield f"site {site}: {len(invited)} contacts at the call-in of day {t}"


def i14_group_sizes(run: Run) -> Complaints:
    """Groups are as many and as large as the scenario says, and their first members are there."""
    people, groups = run.tables["persons"], run.tables["groups"]
    initial = people[people["kind"] == C.INITIAL]
    born = np.bincount(initial["group"], minlength=len(groups))
    for site, part in enumerate(parts(run)):
        own = groups[groups["site"] == site]
        if len(own) != part.site.groups or own["members"].sum() != part.site.members or (own["members"] < 1).any():
            yield f"site {site}: groups of {own['members']}, not {part.site.groups} of {part.site.members}"
        if (born[own["group"]] != own["members"]).any():
            yield f"site {site}: first members {born[own['group']]}, sizes {own['members']}"
        later = people[(people["site"] == site) & (people["kind"] == C.RECRUIT)]
        if not part.membership.turnover and (len(later) or np.isfinite(initial["leave_day"]).any()):
            yield f"site {site}: people come or go without turnover"
    if (groups["rivals"] < 0).any() or (groups["rivals"] >= len(groups)).any():
        yield "a group has more rivals than there are others"


def i15_references(run: Run) -> Complaints:
    """Ids are unique and everything that is named exists."""
    t = run.tables
    if t["attacks"]["seq"].tolist() != list(range(len(t["attacks"]))):
        yield "attacks.seq does not count from 0"
    for name, key in (("persons", "person"), ("groups", "group"), ("candidates", "candidate")):
        if len(np.unique(t[name][key])) < len(t[name]):
            yield f"{name}.{key} is not unique"
    persons, groups = set(t["persons"]["person"].tolist()), set(t["groups"]["group"].tolist())
    for name, key, known, missing in (
        ("attacks", "shooter", persons, {-1}), ("victims", "person", persons, {-1}),
        ("spells", "person", persons, set()), ("stays", "person", persons, set()),
        ("doses", "person", persons, {-1}), ("doses", "group", groups, {-1}),
        ("attacks", "attacker_group", groups, set()), ("attacks", "target_group", groups, {-1}),
        ("attacks", "attributed", groups, {-1}), ("candidates", "attacker_group", groups, set()),
        ("candidates", "target_group", groups, {-1}), ("persons", "group", groups, set()),
        ("sanctions", "group", groups, set()),
        ("victims", "attack_seq", set(t["attacks"]["seq"].tolist()), set()),
    ):  # fmt: skip
        if unknown := set(t[name][key].tolist()) - known - missing:
            yield f"{name}.{key} names {sorted(unknown)[:3]}, which do not exist"
    passed = t["candidates"][t["candidates"]["blocked"] == 0]
    if passed["candidate"].tolist() != t["attacks"]["candidate"].tolist():
        yield "candidates that pass every gate are not the attacks"
    for table in t.values():
        if (table["run"] != run.replicate).any():
            yield "a row carries another run's number"
    yield from _sites_agree(run)
    yield from _sanctions_answer(run)


def _sites_agree(run: Run) -> Complaints:
    t, site = run.tables, group_site(run)
    for name, key in (("attacks", "attacker_group"), ("candidates", "attacker_group"), ("persons", "group")):
        if (t[name]["site"] != site[t[name][key]]).any():
            yield f"{name}.site is not the site of its group"
    for name in ("attacks", "candidates"):
        inside = t[name][t[name]["target_group"] >= 0]
        if (site[inside["target_group"]] != inside["site"]).any():
            yield f"{name}: a target of another site"


def _sanctions_answer(run: Run) -> Complaints:
    attacks = run.tables["attacks"]
    rules = [part.promise.rule for part in parts(run)]
    for row in run.tables["sanctions"]:
        if row["promised_by"] == C.BEFORE_WINDOW and run.scenario.begins < run.first:
            continue
        if not 0 <= row["promised_by"] < len(attacks):
            yield f"a sanction answers attack {row['promised_by']}, which is not there"
            continue
        attack = attacks[row["promised_by"]]
        delay = parts(run)[int(attack["site"])].programme.sanction.delay_days
        late = row["start_day"] - attack["day"]
        doses = run.tables["doses"]
        audits = doses["day"][doses["kind"] == C.DOSE_AUDIT] if rules[int(attack["site"])] == "first" else ()
        lates = (late, *(row["start_day"] - audit for audit in audits if audit >= attack["day"]))
        in_time = any(0 <= days <= delay * (1 + 1e-9) + 1e-9 for days in lates)
        if attack["attributed"] != row["group"] or not in_time:
            yield f"group {row['group']}: a sanction {late} days after an attack of {attack['attributed']}"


MAY_BE_MISSING = {
    ("attacks", "arrest_day"), ("stays", "admitted_day"), ("stays", "ended_day"),
    ("groups", "first_listed_day"),
}  # fmt: skip
UNDEFINED_WITHOUT_ATTACKS = (
    "gini_groups", "gini_persons", "top_fifth_groups_share", "share_with_parent", "reproduction",
    "mean_cascade", "mean_parent_delay_days",
)  # fmt: skip


def i17_no_nan(run: Run) -> Complaints:
    """No number is missing but those that are documented to be."""
    for name, table in run.tables.items():
        for key in table.dtype.names or ():
            if (name, key) not in MAY_BE_MISSING and np.isnan(table[key].astype(float)).any():
                yield f"{name}.{key} is missing somewhere"
    missing = np.isnan(run.tables["attacks"]["arrest_day"])
    if (~missing & (run.tables["attacks"]["cleared"] == 0)).any():
        yield "an arrest for an attack that is not cleared"
    if np.isnan(run.series).any():
        yield "a series is missing somewhere"
    for k, name in enumerate(OUTCOMES):
        if name not in UNDEFINED_WITHOUT_ATTACKS and np.isnan(run.outcomes[:, k]).any():
            yield f"outcomes.{name} is missing"
    many = outcome(run, "attacks") > 0
    if np.isnan(outcome(run, "gini_groups")[many]).any():
        yield "outcomes.gini_groups is missing though there were attacks"


def i18_reread(run: Run) -> Complaints:
    """Tables written and read again are the same, with the published types."""
    for name, table in run.tables.items():
        if table.dtype != TABLES[name].dtype:
            yield f"{name} has type {table.dtype}"
        file = io.BytesIO()
        np.save(file, table, allow_pickle=False)
        file.seek(0)
        if np.load(file, allow_pickle=False).tobytes() != table.tobytes():
            yield f"{name} changes when it is read again"


def _leaves(value: Any) -> Iterator[Any]:
    if is_dataclass(value):
        for field in fields(value):
            if not field.name.startswith("_") and field.name != "parts":
                yield from _leaves(getattr(value, field.name))
    else:
        yield value


def i19_echo(run: Run) -> Complaints:
    """The scenario is fully resolved, and its echo is the same scenario."""
    again = Scenario.from_dict(run.scenario.to_dict())
    if again != run.scenario or again.digest() != run.scenario.digest():
        yield "the scenario read back from its echo differs"
    for part in parts(run):
        missing = sum(1 for value in _leaves(part) if value is None)
        if missing > (part.programme.stop_date is None):
            yield "a value of the scenario is not resolved"


def i20_traceable(run: Run) -> Complaints:
    """The seed gives the same bytes again."""
    again = repeat(run.scenario, run.seed, run.replicate)
    if again.digest != run.digest:
        yield f"digest {run.digest[:12]} and, again, {again.digest[:12]}"
    for name, table in run.tables.items():
        if again.tables[name].tobytes() != table.tobytes():
            yield f"{name} differs when run again"
    if again.series.tobytes() != run.series.tobytes():
        yield "the series differ when run again"


INVARIANTS: dict[int, Callable[[Run], Complaints]] = {
    1: i01_persons_conserved, 2: i02_statuses_partition, 3: i03_only_the_free_shoot,
    4: i04_nobody_is_hit_when_away, 5: i05_no_attack_within, 6: i06_parents, 7: i07_inside_the_window,
    8: i08_no_effect_before_the_start, 9: i09_lengths, 10: i10_capacity, 11: i11_person_days,
    12: i12_concordance, 13: i13_ranges, 14: i14_group_sizes, 15: i15_references, 16: i16_costs,
    17: i17_no_nan, 18: i18_reread, 19: i19_echo, 20: i20_traceable,
}  # fmt: skip


def complaints(run: Run) -> list[str]:
    """All complaints about a run, each with the number of its invariant."""
    return [f"invariant {number}: {text}" for number, rule in INVARIANTS.items() for text in rule(run)]
