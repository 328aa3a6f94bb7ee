"""What a run refuses before it starts: more persons or members than draws can tell apart."""

from __future__ import annotations

import pytest

from gvi_sim import load_scenario
from gvi_sim.dynamics.replicate import Runner
from gvi_sim.dynamics.slots import MOST_HOLDERS
from gvi_sim.errors import ScenarioError
from gvi_sim.world.builder import Reference

WORDS = ("site=huddinge", "programme=none", "years=10", "burn_in_years=0")


def runner(*words: str) -> Runner:
    return Runner(load_scenario(*WORDS, *words), (Reference(1.3, 1.1),))


def test_more_holders_of_a_place_than_can_be_told_apart_are_refused() -> None:
    spell = 100 / (MOST_HOLDERS / 2)
    with pytest.raises(ScenarioError, match="told apart"):
        runner("years=100", f"membership.spell_years={0.99 * spell}")
    runner("years=100", f"membership.spell_years={1.01 * spell}")
    runner("years=100", f"membership.spell_years={0.99 * spell}", "membership.turnover=false")


def test_a_group_with_more_members_than_can_be_told_apart_is_refused() -> None:
    crowd = runner("site.groups=2", "site.rivals_mean=1", "site.allies_mean=0", "site.members=200000")
    with pytest.raises(ScenarioError, match="65,536"):
        crowd.run(1, 0)
