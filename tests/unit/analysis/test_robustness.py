"""A ranking is robust only when every rival that fits agrees, and told apart from chance."""

from __future__ import annotations

import numpy as np
import pytest

from gvi_sim.analysis.robustness import CANNOT_TELL, NOT_ROBUST, ROBUST, placed, rank_levers
from gvi_sim.config import load_scenario
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
