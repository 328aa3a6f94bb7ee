"""Settings in which attacks set off ever more attacks end soon, in little memory, with a reason."""

from __future__ import annotations

import resource
import sys
import time

import pytest

from gvi_sim import load_scenario
from gvi_sim.dynamics.replicate import Runner
from gvi_sim.errors import ResourceError
from gvi_sim.world.builder import Reference

ABOVE_ONE = (
    "attacks.kappa_retaliation=0.6", "attacks.kappa_repeat=0.6", "attacks.kappa_spread=0.15",
    "attacks.allow_supercritical=true",
)  # fmt: skip


@pytest.mark.parametrize("words", [("years=10",), ("years=200",), ("years=10", "site=malmo", "programme=gvi")])
def test_an_explosion_is_refused(words: tuple[str, ...]) -> None:
    runner = Runner(load_scenario("site=huddinge", *ABOVE_ONE, *words), (Reference(1.3, 1.3),))
    began = time.process_time()
    with pytest.raises(ResourceError, match=r"explode: each sets off 1\.3.*Lower the kappas"):
        runner.run(1, 0)
    assert time.process_time() - began < 60
    if sys.platform == "linux":
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2**20  # kilobytes


def test_what_dies_out_by_itself_is_simulated() -> None:
    """A few attacks above one each do not explode within a short time."""
    short = load_scenario("site=huddinge", *ABOVE_ONE, "years=0.3", "burn_in_years=0", "site.attacks_per_year=3")
    assert Runner(short, (Reference(1.3, 1.3),)).run(1, 0).outcomes.shape[0] == 1
