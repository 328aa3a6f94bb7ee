"""Invariants of the books: person-days, counts, summaries and costs agree with the rows, and lie in range."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from gvi_sim.execution.amounts.unit_costs import COSTS, costs
from gvi_sim.units import ADULT_YEARS, DAYS_PER_YEAR
from gvi_sim.world import codes as C
from gvi_sim.world.tables import SERIES

from .reading import (
    SMALL,
    Complaints,
    by_month,
    column,
    days_by_month,
    differing,
    group_site,
    outcome,
    parts,
    person_rows,
    starts_of,
)
from .worlds import Run


def i11_person_days(run: Run) -> Complaints:
    """The integral of an occupancy is the sum of the stays, month by month."""
    people, spells, stays = person_rows(run), run.tables["spells"], run.tables["stays"]
    held = spells[spells["status"] == C.DETAINED]
    site = np.array([people[int(i)]["site"] for i in held["person"]], dtype=int)
    detained = days_by_month(run, held["from_day"], held["to_day"], site)
    hired = column(run, "detained_days") - detained
    if (hired < -SMALL * (1.0 + detained)).any():
        yield "members were detained longer than is counted"
    yield from differing("detained_hired_days", outcome(run, "detained_hired_days"), hired.sum(axis=1))
    site = np.array([people[int(i)]["site"] for i in stays["person"]], dtype=int)
    admitted = stays["admitted_day"]
    end = np.where(np.isnan(stays["ended_day"]), run.last, stays["ended_day"])
    entered = np.where(np.isnan(admitted), end, admitted)
    supported = days_by_month(run, entered, end, site)
    yield from differing("support_days", column(run, "support_days"), supported)
    waited = days_by_month(run, stays["requested_day"], entered, site)
    yield from differing("waiting_days", column(run, "waiting_days"), waited)
    rows = run.tables["sanctions"]
    under = days_by_month(run, rows["start_day"], rows["end_day"], group_site(run)[rows["group"]])
    yield from differing("sanction_days", column(run, "sanction_days"), under)
    for name in ("detained_minor_days", "detained_hired_days"):
        if (outcome(run, name) > outcome(run, "detained_days") + SMALL).any():
            yield f"{name}: more than days in detention"


def _month_counts(run: Run) -> Iterator[tuple[str, np.ndarray]]:
    attacks, doses, stays = run.tables["attacks"], run.tables["doses"], run.tables["stays"]
    days, site = attacks["day"], attacks["site"]
    yield "shootings", by_month(run, days, site, attacks["mode"] == C.SHOOTING)
    yield "detonations", by_month(run, days, site, attacks["mode"] == C.DETONATION)
    yield "persons_hit", by_month(run, days, site, attacks["hit"])
    yield "persons_killed", by_month(run, days, site, attacks["killed"])
    yield "bystanders_hit", by_month(run, days, site, attacks["bystanders"])
    rows = run.tables["sanctions"]
    yield "sanctions", by_month(run, rows["start_day"], group_site(run)[rows["group"]])
    for name, kinds in (
        ("promises_kept", (C.DOSE_KEPT,)), ("promises_broken", (C.DOSE_BROKEN,)),
        ("sanctions", (C.DOSE_SANCTION,)), ("call_in_contacts", (C.DOSE_CALL_IN,)),
        ("notifications", (C.DOSE_NOTIFICATION, C.DOSE_AFTER_ATTACK)), ("offers", (C.DOSE_OFFER,)),
        ("prevented", (C.DOSE_PREVENTED,)),
    ):  # fmt: skip
        own = doses[np.isin(doses["kind"], kinds)]
        yield name, by_month(run, own["day"], own["site"])
    people = person_rows(run)
    site = np.array([people[int(i)]["site"] for i in stays["person"]], dtype=int)
    yield "admissions", by_month(run, stays["admitted_day"], site)
    for name, how in (("completed", C.COMPLETED), ("dropouts", C.DROPPED_OUT)):
        yield name, by_month(run, stays["ended_day"][stays["how"] == how], site[stays["how"] == how])


def i12_concordance(run: Run) -> Complaints:
    """Monthly counts are counts of rows; outcomes are sums of months; groups add up."""
    for name, counted in _month_counts(run):
        yield from differing(name, column(run, name), counted)
    attacks, groups = run.tables["attacks"], run.tables["groups"]
    arrests = by_month(run, attacks["arrest_day"], attacks["site"])
    if (arrests > column(run, "arrests") + SMALL).any():
        yield "more arrests in the attack table than in the series"
    at_arrest = attacks["shooter_age"] + (attacks["arrest_day"] - attacks["day"]) / DAYS_PER_YEAR
    minors = by_month(run, attacks["arrest_day"], attacks["site"], at_arrest < ADULT_YEARS).sum(axis=1)
    if (minors > outcome(run, "minor_arrests")).any():
        yield "more arrests of minors in the attack table than in the outcomes"
    summed = run.series.sum(axis=1)
    for k, name in enumerate(SERIES):
        if name != "exposure":
            yield from differing(f"outcomes.{name}", run.outcomes[:, k : k + 1], summed[:, k : k + 1])
    made = np.bincount(attacks["attacker_group"], minlength=len(groups))
    shot = np.bincount(attacks["attacker_group"][attacks["mode"] == C.SHOOTING], minlength=len(groups))
    if (made != groups["attacks"]).any() or (shot != groups["shootings"]).any():
        yield "groups.attacks or groups.shootings do not count the attacks"
    for site in range(len(parts(run))):
        yield from _summary_is_right(run, site)


def gini(counts: np.ndarray) -> float:
    """Gini coefficient by its definition as half the relative mean difference."""
    return float(np.abs(counts[:, None] - counts[None, :]).sum() / (2.0 * len(counts) * counts.sum()))


def _summary_is_right(run: Run, site: int) -> Complaints:
    own = run.tables["attacks"][run.tables["attacks"]["site"] == site]
    counts = run.tables["groups"]["attacks"][group_site(run) == site].astype(float)
    parent = own["parent_seq"]
    root: dict[int, int] = {}
    for attack in own:
        up = int(attack["parent_seq"])
        root[int(attack["seq"])] = int(attack["seq"]) if up == C.NOBODY else root.get(up, C.BEFORE_WINDOW)
    sizes = np.bincount([r for r in root.values() if r >= 0], minlength=1)
    sizes = sizes[sizes > 0]
    some, n = bool(len(own)), max(len(own), 1)
    right = {
        "attacks": float(len(own)),
        "gini_groups": gini(counts) if some else math.nan,
        "top_fifth_groups_share": np.sort(counts)[::-1][: math.ceil(0.2 * len(counts) - 1e-9)].sum() / n
        if some else math.nan,
        "share_with_parent": (parent != C.NOBODY).sum() / n if some else math.nan,
        "reproduction": (parent >= 0).sum() / n if some else math.nan,
        "mean_cascade": float(sizes.mean()) if len(sizes) else math.nan,
        "largest_cascade": float(sizes.max()) if len(sizes) else 0.0,
    }  # fmt: skip
    for name, value in right.items():
        found = outcome(run, name)[site]
        if not (math.isclose(found, value, abs_tol=1e-9) or (math.isnan(found) and math.isnan(value))):
            yield f"outcomes.{name} of site {site} is {found}, the tables say {value}"


def i16_costs(run: Run) -> Complaints:
    """Costs are doses and harms times their price."""
    starts = starts_of(run)
    for site, part in enumerate(parts(run)):
        start, stop = starts[site]
        ran = min(run.last, stop) - max(run.first, start) if start < run.last else 0.0
        years = max(0.0, ran) / DAYS_PER_YEAR
        o = {name: float(outcome(run, name)[site]) for name in SERIES}
        p = part.costs
        held = part.programme.sanction.capacity if part.programme.sanction_certainty > 0 else 0
        ready = held * p.sanction_capacity_per_year + part.programme.mediation_reach * p.mediation_per_year
        right = (
            o["shootings"] * p.shooting + o["detonations"] * p.detonation
            + o["persons_killed"] * p.person_killed
            + (o["persons_hit"] - o["persons_killed"]) * p.person_wounded,
            o["call_ins"] * p.call_in + o["call_in_contacts"] * p.call_in_person + o["notifications"] * p.notification
            + o["sanction_days"] * p.sanction_day + o["prevented"] * p.prevented_person
            + years * (p.coordination_per_year + ready),
            o["detained_days"] * p.detention_day,
            o["support_days"] * p.exit_place_day + o["admissions"] * p.exit_case,
        )  # fmt: skip
        found = costs(run.outcomes[site], part, (run.first, run.last))
        if not np.allclose(found, [*right, sum(right)], rtol=1e-9):
            yield f"site {site}: {dict(zip(COSTS, found, strict=True))}, doses times prices {right}"


SHARES = ("gini_groups", "gini_persons", "top_fifth_groups_share", "share_with_parent", "reproduction")


def i13_ranges(run: Run) -> Complaints:
    """Shares lie in [0, 1], counts are whole, nothing is negative."""
    counts = [k for k, name in enumerate(SERIES) if not name.endswith("_days") and name != "exposure"]
    if (run.series < 0).any() or not np.isfinite(run.series).all():
        yield "a series is negative or not finite"
    if (run.series[:, :, counts] % 1 != 0).any():
        yield "a monthly count is not whole"
    for name in SHARES:
        value = outcome(run, name)
        if (value < 0).any() or (value > 1).any():
            yield f"outcomes.{name} = {value} is no share"
    attacks = run.tables["attacks"]
    for name in ("contracted", "stand_in", "replaced", "substituted", "cleared", "mode"):
        if not np.isin(attacks[name], (0, 1)).all():
            yield f"attacks.{name} is neither 0 nor 1"
    if (attacks["killed"] > attacks["hit"]).any() or (attacks["bystanders"] > attacks["hit"]).any():
        yield "more killed or bystanders than hit"
    blocked = run.tables["candidates"]["blocked"]
    if (blocked < 0).any() or (blocked >= 2 ** len(C.GATES)).any():
        yield "candidates.blocked names an unknown gate"
    if (attacks["substituted"].astype(bool) & (attacks["mode"] != C.DETONATION)).any():
        yield "a substituted attack is no detonation"
