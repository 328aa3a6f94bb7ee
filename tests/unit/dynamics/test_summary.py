"""Outcomes told anew from the tables."""

from __future__ import annotations

import numpy as np
import pytest
from months import month_of

from gvi_sim import load_scenario
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.world.tables import OUTCOMES, SERIES

TABLES = frozenset({"attacks", "groups", "persons", "victims", "spells", "stays", "sanctions", "doses"})


@pytest.fixture(scope="module", params=["huddinge", "malmo"])
def done(request):
    engine = Engine(load_scenario(f"site={request.param}", "years=5", "burn_in_years=3"), TABLES)
    return engine, [engine.run(3, replicate) for replicate in range(6)]


def outcome(run, name: str) -> float:
    return float(run.outcomes[0, OUTCOMES.index(name)])


def gini(counts: np.ndarray) -> float:
    x = np.sort(np.asarray(counts, float))
    return float(((2 * np.arange(1, len(x) + 1) - len(x) - 1) * x).sum() / (len(x) * x.sum()))


def test_counts_are_rows(done) -> None:
    for run in done[1]:
        attacks, doses = run.tables["attacks"], run.tables["doses"]
        assert np.array_equal(attacks["seq"], np.arange(len(attacks)))
        assert np.all(np.diff(attacks["day"]) >= 0)
        counted = {
            "attacks": len(attacks), "shootings": (attacks["mode"] == 0).sum(),
            "detonations": (attacks["mode"] == 1).sum(), "persons_hit": attacks["hit"].sum(),
            "persons_killed": attacks["killed"].sum(), "bystanders_hit": attacks["bystanders"].sum(),
            "promises_kept": (doses["kind"] == 5).sum(), "promises_broken": (doses["kind"] == 6).sum(),
            "sanctions": (doses["kind"] == 4).sum(), "call_in_contacts": (doses["kind"] == 1).sum(),
            "notifications": np.isin(doses["kind"], (2, 3)).sum(),
            "offers": ((doses["kind"] == 7) & (doses["day"] >= done[0].window[0])).sum(),
        }  # fmt: skip
        assert {name: outcome(run, name) for name in counted} == counted


def test_months_are_those_of_the_events(done) -> None:
    engine, runs = done
    for run in runs:
        attacks = run.tables["attacks"]
        month = month_of(engine.scenario.start_date, attacks["day"])
        series = run.series[0]
        shots = np.bincount(month[attacks["mode"] == 0], minlength=len(series))
        assert np.array_equal(series[:, SERIES.index("shootings")], shots)
        hit = np.bincount(month, attacks["hit"], minlength=len(series))
        assert np.array_equal(series[:, SERIES.index("persons_hit")], hit)


def test_concentration_and_contagion(done) -> None:
    for run in done[1]:
        attacks, groups = run.tables["attacks"], run.tables["groups"]
        by_group = np.bincount(attacks["attacker_group"], minlength=len(groups))
        assert np.array_equal(by_group, groups["attacks"])
        assert outcome(run, "gini_groups") == pytest.approx(gini(by_group))
        top = int(np.ceil(0.2 * len(groups) - 1e-9))
        share = np.sort(by_group)[::-1][:top].sum() / len(attacks)
        assert outcome(run, "top_fifth_groups_share") == pytest.approx(share)
        parent = attacks["parent_seq"]
        assert outcome(run, "share_with_parent") == pytest.approx((parent != -1).mean())
        assert outcome(run, "reproduction") == pytest.approx((parent >= 0).mean())
        root = np.arange(len(attacks))
        for k in range(len(attacks)):
            root[k] = root[parent[k]] if parent[k] >= 0 else (k if parent[k] == -1 else -1)
        sizes = np.bincount(root[root >= 0])
        assert outcome(run, "largest_cascade") == sizes.max()
        assert outcome(run, "mean_cascade") == pytest.approx(sizes[sizes > 0].mean())


def test_persons_are_conserved_and_in_one_state_at_a_time(done) -> None:
    for run in done[1]:
        spells, persons = run.tables["spells"], run.tables["persons"]
        assert np.all(spells["to_day"] > spells["from_day"])
        same = spells["person"][1:] == spells["person"][:-1]
        assert np.all(spells["from_day"][1:][same] >= spells["to_day"][:-1][same] - 1e-9)
        dead = spells[spells["status"] == 6]
        assert len(np.unique(dead["person"])) == len(dead)
        assert np.all(persons["leave_day"] >= persons["join_day"])
        assert len(np.unique(persons["person"])) == len(persons)


def test_nobody_who_is_away_attacks(done) -> None:
    for run in done[1]:
        attacks, spells = run.tables["attacks"], run.tables["spells"]
        own = attacks[attacks["shooter"] >= 0]
        for a in own:
            mine = spells[
                (spells["person"] == a["shooter"]) & (spells["from_day"] < a["day"]) & (spells["to_day"] > a["day"])
            ]
            assert len(mine) == 1 and mine["status"][0] in (0, 3), (a, mine)


def test_exposure_is_what_is_remembered(done) -> None:
    engine, runs = done
    first, last = engine.window
    for run in runs:
        days = run.tables["attacks"]["day"]
        memory = 365.25
        felt = (memory * -np.expm1(-(last - days) / memory)).sum()
        population = engine.scenario.site.population
        before = outcome(run, "exposure") * (last - first) * population / 1e4 - felt
        # What happened before the window is all that is missing: memory * exposure at its start, at most.
        assert before >= -1e-6
        assert before <= memory * 4.0 * engine.scenario.site.attacks_per_year
