"""What detonations have of their own: hired shooters, clearance, attribution, civilians; and what may be dated."""

from __future__ import annotations

import numpy as np
import pytest

from gvi_sim import load_scenario
from gvi_sim.dynamics.reference import pilot_scenario
from gvi_sim.dynamics.shipped import shipped
from gvi_sim.world.calendar import mean_clearance

from .statistics import Scores, holds, mean_z, share_z
from .worlds import HIRED, SELF_EXCITING, START, many, off, parents

STILL = (
    *HIRED, "attacks.detonation_share=0.4", "harm.p_hit=0.4", "harm.p_hit_detonation=0.4", "harm.bystander_share=1",
    "justice.clearance_fatal=0.5", "justice.clearance_hit=0.4", "justice.clearance_no_hit=0.3", "burn_in_years=0.1",
    "justice.attribution=0.6", "justice.attribution_contracted=0.5", "justice.attribution_error=0.1",
)  # fmt: skip
"""Nothing that happens changes what happens later."""
NOBODY_HELD = ("justice.clearance_fatal=0", "justice.clearance_hit=0", "justice.clearance_no_hit=0")
OWN = {
    "attacks.contracted_factor_detonation=0.4": {"contracted", "shooter", "shooter_age", "attributed"},
    "justice.clearance_factor_detonation=0.4": {"cleared", "arrest_day"},
    "justice.attribution_factor_detonation=0.4": {"attributed"},
    "attacks.civilian_share=0.4": {"target_group"},
}
"""Each key away from its off value, and the columns of a detonation that it may change."""


def differing(one: np.ndarray, other: np.ndarray) -> set[str]:
    same = {n: (one[n] == other[n]) | ((one[n] != one[n]) & (other[n] != other[n])) for n in one.dtype.names}
    return {name for name, equal in same.items() if not equal.all()}


@pytest.mark.parametrize("word", OWN)
def test_each_acts_on_detonations_alone_and_at_its_off_value_on_nothing(word: str) -> None:
    still = (*STILL, *NOBODY_HELD) if "contracted" in word else STILL
    usual, changed = (many(off(*still, *words), 5, 20, ("attacks",)).tables["attacks"] for words in ((), (word,)))
    assert np.array_equal(usual["candidate"], changed["candidate"])
    blasts = usual["mode"] == 1
    assert not differing(usual[~blasts], changed[~blasts])
    moved = differing(usual[blasts], changed[blasts])
    assert moved and moved <= OWN[word]
    key = word.split("=")[0]
    values = {"attacks.civilian_share": 0.0}
    explicit = many(off(*still, f"{key}={values.get(key, 1.0)}"), 5, 20, ("attacks",)).tables["attacks"]
    assert explicit.tobytes() == usual.tobytes()


def test_detonations_have_shares_of_their_own() -> None:
    words = (*STILL[1:], "attacks.contracted_share=0.6", "justice.sentence_years_no_hit=0.001",
             "justice.sentence_years_hit=0.001", "justice.sentence_years_fatal=0.001", "attacks.outsider_share=0.2",
             "attacks.contracted_factor_detonation=1.5", "justice.clearance_factor_detonation=0.5",
             "justice.attribution_factor_detonation=0.5", "attacks.civilian_share=0.3")  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        attacks = many(off(*words), seed, 100 * size, ("attacks",)).tables["attacks"]
        scores: Scores = {}
        for mode, hired, cleared, seen, outside in ((0, 0.6, 1.0, 1.0, 0.2), (1, 0.9, 0.5, 0.5, 0.2 + 0.8 * 0.3)):
            part = attacks[attacks["mode"] == mode]
            quiet, own = part["hit"] == 0, part["contracted"] == 1
            right = part["attributed"] == part["attacker_group"]
            scores |= {
                f"hired {mode}": share_z(own.sum(), len(part), hired),
                f"cleared {mode}": share_z(part["cleared"][quiet].sum(), quiet.sum(), 0.3 * cleared),
                f"seen {mode}": share_z((right & own).sum(), own.sum(), 0.5 * seen),
                f"seen, not hired {mode}": share_z((right & ~own).sum(), (~own).sum(), 0.6 * seen),
                f"outside {mode}": share_z((part["target_group"] < 0).sum(), len(part), outside),
            }
        return scores

    holds(measure)


def test_civilians_are_avenged_by_nobody_and_the_level_stays_as_stated() -> None:
    words = (*SELF_EXCITING, *HIRED, "attacks.detonation_share=0.5", "attacks.civilian_share=0.6",
             "attacks.outsider_share=0.1", "burn_in_years=4")  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 100 * size, ("attacks",))
        attacks = seen.tables["attacks"]
        up = parents(attacks)
        aimed_out = attacks["target_group"][np.maximum(up, 0)] < 0
        offspring = (up >= 0) & aimed_out
        assert offspring.sum() > 100 and (attacks["cause"][offspring] == 2).all()
        background = attacks[attacks["cause"] == 0]
        blasts = background["mode"] == 1
        out = background["target_group"] < 0
        return {
            "level": mean_z(seen.outcome("attacks") / 10.0, 60.0),
            "shootings outside": share_z((out & ~blasts).sum(), (~blasts).sum(), 0.1),
            "detonations outside": share_z((out & blasts).sum(), blasts.sum(), 0.1 + 0.9 * 0.6),
        }

    holds(measure)


def test_hired_shooters_civilians_and_attribution_may_be_dated() -> None:
    middle = "2025-01-01"
    series = (
        "calendar.series={attacks.contracted_share: [[2000-01-01, 0.5], [%s, 1.5]], "
        "attacks.civilian_share: [[2000-01-01, 0], [%s, 2]], "
        "justice.attribution: [[2000-01-01, 1], [%s, 0.4]]}" % ((middle,) * 3)
    )
    turn = float((np.datetime64(middle) - np.datetime64(START)).astype(int))
    words = (*STILL[1:], *NOBODY_HELD, "attacks.contracted_share=0.4", "attacks.civilian_share=0.3", series)

    def measure(seed: int, size: int) -> Scores:
        attacks = many(off(*words), seed, 100 * size, ("attacks",)).tables["attacks"]
        scores: Scores = {}
        for name, part, hiring, civilian, seen in (
            ("before", attacks[attacks["day"] < turn], 0.5, 0.0, 1.0),
            ("after", attacks[attacks["day"] >= turn], 1.5, 2.0, 0.4),
        ):
            own, blasts = part["contracted"] == 1, part["mode"] == 1
            right = part["attributed"] == part["attacker_group"]
            scores |= {
                f"hired {name}": share_z(own.sum(), len(part), 0.4 * hiring),
                f"civilians {name}": share_z((blasts & (part["target_group"] < 0)).sum(), blasts.sum(), 0.3 * civilian),
                f"seen {name}": share_z((right & own).sum(), own.sum(), 0.5 * seen),
            }
        return scores

    holds(measure)


def test_what_people_expect_of_clearance_holds_detonations_at_theirs() -> None:
    usual = off(*STILL, "harm.p_hit_detonation=0")
    half = usual.replace("justice.clearance_factor_detonation=0.5")
    assert mean_clearance(half) == pytest.approx(mean_clearance(usual) - 0.4 * 0.5 * 0.3)


@pytest.mark.parametrize("word", [*OWN, "attacks.hired_age_mean=15"])
def test_constants_that_ship_hold_where_these_are_off(word: str) -> None:
    """The ages of hired shooters move no attack; the others have pilots of their own once they are on."""
    moved = shipped(pilot_scenario(load_scenario("site=malmo", word)))
    assert (moved is None) == ("age" not in word)
