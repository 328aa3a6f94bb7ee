"""A ranking is robust only when every rival that fits agrees, and told apart from chance."""

from __future__ import annotations

import numpy as np
import pytest

from gvi_sim.analysis import robustness
from gvi_sim.analysis.robustness import CANNOT_TELL, NOT_ROBUST, ROBUST, placed, rank_levers
from gvi_sim.config import Scenario, load_scenario
from gvi_sim.errors import ScenarioError

LEVERS = ("sanctions", "support", "prevention")
RNG = np.random.default_rng(7)


def outcomes(*lost: tuple[float, float, float], noise: float = 1.0) -> np.ndarray:
    """Outcomes [structures, 1 + levers, runs] in which the levers prevent so much."""
    common = RNG.normal(50, 8, (len(lost), 1, 200))
    effect = np.array([(0.0, *row) for row in lost])[:, :, None]
    return common + effect + RNG.normal(0, noise, (len(lost), 4, 200))


def verdict(values: np.ndarray, fits: tuple[bool, ...] = (True, True)) -> str:
    names = ("one", "two")
    return placed(names, LEVERS, values, dict(zip(names, fits, strict=True)), "shootings", has_record=True).verdict


def test_rivals_that_agree_make_it_robust() -> None:
    assert verdict(outcomes((5, 3, 1), (9, 4, 2))) == ROBUST


def test_rivals_that_disagree_do_not_unless_one_does_not_fit() -> None:
    values = outcomes((5, 3, 1), (1, 3, 5))
    assert verdict(values) == NOT_ROBUST
    assert verdict(values, (True, False)) == ROBUST
    assert verdict(values, (False, False)) == CANNOT_TELL


def test_levers_that_cannot_be_told_apart_leave_it_open() -> None:
    assert verdict(outcomes((5, 3, 3.0), (9, 4, 4.0))) == CANNOT_TELL
    assert verdict(outcomes((5, 3, 1), (9, 4, 2), noise=80.0)) == CANNOT_TELL


def test_chance_alone_is_never_called_robust() -> None:
    found = [verdict(outcomes((0, 0, 0), (0, 0, 0))) for _ in range(40)]
    assert ROBUST not in found


def test_ranks_follow_what_is_prevented_and_the_words_say_who_has_no_say() -> None:
    names = ("one", "two")
    fits = {"one": True, "two": False}
    found = placed(names, LEVERS, outcomes((1, 5, 3), (5, 3, 1)), fits, "shootings", has_record=True)
    assert [row.lever for row in sorted(found.rows[:3], key=lambda row: row.rank)] == [
        "support",
        "prevention",
        "sanctions",
    ]
    assert "two (does not fit the record; has no say)" in found.summary()
    assert "robust: all rivals that fit (one) agree" in found.summary()


def test_it_runs_the_programme_under_each_rival() -> None:
    scenario = load_scenario("site=huddinge", "years=1", "burn_in_years=0.5")
    found = rank_levers(scenario, replicates=3, seed=2, workers=1, levers={
        "sanctions": ("programme.sanction_certainty=0",), "help": ("exit.offer_rate=0",),
    })  # fmt: skip
    assert len(found.rows) == 6 and found.verdict in (ROBUST, NOT_ROBUST, CANNOT_TELL)
    assert "No record was given" in found.summary()
    assert all(row.lever != "mediation" for row in found.rows)
    with pytest.raises(ScenarioError, match="two levers or more that are on"):
        rank_levers(scenario.replace("exit.offer_rate=0"), replicates=3, levers={
            "help": ("exit.offer_rate=0",), "sanctions": ("programme.sanction_certainty=0",),
        })  # fmt: skip
    with pytest.raises(ScenarioError, match="two levers or more"):
        rank_levers(scenario, replicates=3, levers={"one": ("exit.offer_rate=0",)})


SHORT = ("site=huddinge", "years=1", "burn_in_years=0.5")
TWO = {"sanctions": ("programme.sanction_certainty=0",), "help": ("exit.offer_rate=0",)}


def test_a_rival_without_constants_has_no_say_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    found_before = robustness.reference_constants

    def constants(scenario: Scenario) -> object:
        if scenario.gates.withdrawal > 0:
            raise ScenarioError("no level of candidates gives so much.")
        return found_before(scenario)

    scenario, options = load_scenario(*SHORT), {"levers": TWO, "replicates": 3, "seed": 2, "workers": 1}
    every = rank_levers(scenario, **options)
    monkeypatch.setattr(robustness, "reference_constants", constants)
    found = rank_levers(scenario, **options)
    assert found.not_run == {"withdrawal": "no level of candidates gives so much."}
    assert found.fitting == ("retaliation", "shared_shocks")
    assert found.rows == tuple(row for row in every.rows if row.structure != "withdrawal")
    assert "withdrawal (cannot be run at this level of attacks; has no say)" in found.summary()
    table = found.table
    assert [*table["structure"]] == ["retaliation"] * 2 + ["shared_shocks"] * 2 + ["withdrawal"] * 2
    assert [*table["ran"]] == [True] * 4 + [False] * 2
    assert table.loc[~table["ran"], ["prevented", "low", "high", "rank"]].isna().all(axis=None)
    assert table.loc[table["ran"], "rank"].tolist() == [row.rank for row in found.rows]


def test_only_a_rival_that_both_fits_and_runs_has_a_say() -> None:
    names, fits = ("one", "two"), {"one": True, "two": False, "three": True}
    values = outcomes((5, 3, 1), (1, 3, 5))
    found = placed(names, LEVERS, values, fits, "shootings", has_record=True, not_run={"three": "why"})
    assert found.fitting == ("one",) and found.verdict == ROBUST
    none = placed(names, LEVERS, values, dict.fromkeys(fits, False) | {"three": True}, "shootings",
                  has_record=True, not_run={"three": "why"})  # fmt: skip
    assert none.fitting == () and "No rival fits the record and can be run" in none.summary()


def test_no_rival_at_all_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """The constants' own search, cut short: one round that nothing can satisfy."""
    monkeypatch.setattr("gvi_sim.dynamics.reference.PILOT_ROUNDS", 1)
    monkeypatch.setattr("gvi_sim.dynamics.reference.PILOT_ATTACKS", 100.0)
    monkeypatch.setattr("gvi_sim.dynamics.reference.TOLERANCE", 0.0)
    scenario = load_scenario(*SHORT, "site.attacks_per_year=11.3")
    with pytest.raises(ScenarioError, match="no rival structure can be run") as raised:
        rank_levers(scenario, levers=TWO, replicates=3, seed=2, workers=1)
    assert str(raised.value).count("no level of candidates gives site.attacks_per_year = 11.3") == 3
