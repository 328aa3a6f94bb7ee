"""Places beside the usual ones while GVI runs: for listed groups, after the others are full; a fall ends no stay."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from gvi_sim import Scenario, load_scenario
from gvi_sim.execution.planning.runner import Engine, Replicate
from gvi_sim.world.builder import Reference

TABLES = frozenset({"attacks", "stays", "doses", "groups", "persons"})
# Everybody asks often and stays long, so that places are what is short.
SHORT = (
    "site=malmo", "site.groups=9", "programme=gvi", "start_date=2022-01-01", "programme.start_date=2022-01-01",
    "years=4",
    "burn_in_years=0", "exit.places=4", "exit.acceptance=0.9", "exit.assessment_pass=0.9", "exit.offer_rate=1",
    "exit.usual_offer_rate_per_year=0.4", "exit.duration_days=300", "exit.waiting_patience_days=200",
    "programme.ramp_days=0", "programme.audit_every_days=91",
)  # fmt: skip
EXTRA = "programme.extra_places"


def run(*changes: str, replicate: int = 0) -> Replicate:
    scenario: Scenario = load_scenario(*SHORT, *changes)
    return Engine(scenario, TABLES, (Reference(1.3, 1.2),)).run(5, replicate)


def same(one: Replicate, other: Replicate) -> bool:
    return all(one.tables[name].tobytes() == other.tables[name].tobytes() for name in TABLES)


@pytest.mark.parametrize(
    ("changes", "as_if"),
    [
        ((f"{EXTRA}=3", "programme.coverage=1"), ("exit.places=7", "programme.coverage=1")),
        ((f"{EXTRA}=3", "programme.coverage=0"), ("programme.coverage=0",)),
        ((f"{EXTRA}=-3", "programme.coverage=0.5"), ("exit.places=1", "programme.coverage=0.5")),
        ((f"{EXTRA}=-4",), ("exit.places=0",)),
        ((f"{EXTRA}=3", "programme.enabled=false"), ("programme.enabled=false",)),
    ],
    ids=["all listed", "none listed", "fewer", "none left", "no programme"],
)
def test_at_the_ends_it_is_a_number_of_places(changes: tuple[str, ...], as_if: tuple[str, ...]) -> None:
    for replicate in range(3):
        ours, theirs = run(*changes, replicate=replicate), run(*as_if, replicate=replicate)
        assert same(ours, theirs)
        assert len(ours.tables["stays"]) > 20


def admissions(found: Replicate) -> list[dict[str, Any]]:
    """Every admission with how many were in support then, and whether the person's group was ever listed by then."""
    stays, groups, persons = (found.tables[name] for name in ("stays", "groups", "persons"))
    group_of = dict(zip(persons["person"].tolist(), persons["group"].tolist(), strict=True))
    listed = dict(zip(groups["group"].tolist(), groups["first_listed_day"].tolist(), strict=True))
    ended = np.where(np.isnan(stays["ended_day"]), np.inf, stays["ended_day"])
    rows = []
    for row in stays[~np.isnan(stays["admitted_day"])]:
        day = row["admitted_day"]
        inside = int(((stays["admitted_day"] < day) & (ended > day)).sum())
        group = group_of[int(row["person"])]
        rows.append({"day": day, "asked": row["requested_day"], "inside": inside, "listed": listed[group] <= day})
    return sorted(rows, key=lambda row: row["day"])


def test_extra_places_go_to_listed_groups_after_the_usual_ones() -> None:
    """Beyond the usual places only listed groups are admitted; others while a usual place is free, in their turn."""
    words = ("programme.coverage=0.15", "programme.audit_every_days=2000", "exit.usual_offer_rate_per_year=3")
    beyond = others = passed_over = 0
    for replicate in range(6):
        rows = admissions(run(f"{EXTRA}=4", *words, replicate=replicate))
        for row in rows:
            assert row["inside"] < (8 if row["listed"] else 4), row
            beyond += row["listed"] and row["inside"] >= 4
            others += not row["listed"]
        waited = [row["asked"] for row in rows if not row["listed"] and row["day"] > row["asked"]]
        assert waited == sorted(waited)  # of those who never may take an extra place, the first to ask comes first
        passed_over += any(a["asked"] > b["asked"] for a, b in pairwise(rows))
    assert beyond > 20 and others > 10 and passed_over


def test_a_rise_calls_who_waits_on_its_day_and_a_fall_ends_no_stay() -> None:
    """From the date on as many are inside; after the fall nobody leaves for it, and nobody enters until enough left."""
    day = (np.datetime64("2023-06-01") - np.datetime64("2022-01-01")).astype(int)
    fall = (np.datetime64("2024-06-01") - np.datetime64("2022-01-01")).astype(int)
    dated = f"timeline=[{{date: 2023-06-01, {EXTRA}: 5}}, {{date: 2024-06-01, {EXTRA}: -2}}]"
    called = fewer = 0
    for replicate in range(4):
        with_it, without = (run(*words, "programme.coverage=1", replicate=replicate) for words in ((dated,), ()))
        stays = with_it.tables["stays"]
        before = stays[stays["requested_day"] < day], without.tables["stays"][: len(stays)]
        assert np.array_equal(before[0]["requested_day"], before[1]["requested_day"][: len(before[0])])
        called += int((stays["admitted_day"] == day).sum())
        rows = admissions(with_it)
        assert all(row["inside"] < (4 if row["day"] < day else 9 if row["day"] < fall else 2) for row in rows)
        assert not (stays["ended_day"] == fall).any()
        fewer += sum(row["day"] > fall for row in rows) < sum(row["day"] > fall for row in admissions(without))
    assert called >= 4 and fewer >= 3


def test_when_the_programme_stops_extra_places_are_gone_and_taken_ones_return() -> None:
    stop = (np.datetime64("2024-01-01") - np.datetime64("2022-01-01")).astype(int)
    words = ("programme.stop_date=2024-01-01", "programme.coverage=1")
    more, less = (admissions(run(f"{EXTRA}={extra}", *words)) for extra in (4, -3))
    assert all(row["inside"] < (8 if row["day"] < stop else 4) for row in more)
    assert all(row["inside"] < (1 if row["day"] < stop else 4) for row in less)
    assert sum(row["day"] == stop for row in less) == 3  # who waited is called at once
