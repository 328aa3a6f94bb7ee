"""Sites of a roll-out do not touch each other: together they are what each is alone."""

from __future__ import annotations

import numpy as np
import pytest

from gvi_sim import load_scenario
from gvi_sim.execution.planning.runner import Engine

from .worlds import many

COMMON = ("years=6", "burn_in_years=3", "start_date=2023-01-01", "programme.start_date=2023-06-01")
CITIES = ("huddinge", "malmo", "uppsala")


def digests(attacks: np.ndarray) -> bytes:
    names = ("run", "day", "mode", "cause", "hit", "killed", "bystanders", "cleared", "candidate")
    return b"".join(np.ascontiguousarray(attacks[name]).tobytes() for name in names)


@pytest.mark.parametrize("programme", ["none", "gvi"])
def test_a_site_in_a_roll_out_is_the_site_alone(programme: str) -> None:
    sites = "sites={huddinge: {}, malmo: {}, uppsala: {}}"
    together = many(
        load_scenario(f"programme={programme}", "calendar=flat", *COMMON, sites), 6, 6, ("attacks",)
    ).tables["attacks"]
    for number, city in enumerate(CITIES):
        scenario = load_scenario(f"site={city}", f"programme={programme}", "calendar=flat", *COMMON)
        alone = many(scenario, 6, 6, ("attacks",)).tables["attacks"]
        assert digests(together[together["site"] == number]) == digests(alone), city


def test_ties_do_not_depend_on_other_sites() -> None:
    engine = Engine(load_scenario("programme=none", *COMMON, "sites={huddinge: {}, malmo: {}, uppsala: {}}"))
    world = engine.world_at(6, 0, engine.window[0])
    site_of = np.repeat(np.array(world.groups["site"]), np.diff(world.tie_start))
    together = np.array(world.ties["strength"][: int(world.tie_start[-1])])
    for number, city in enumerate(CITIES):
        single = Engine(load_scenario(f"site={city}", "programme=none", *COMMON))
        alone = single.world_at(6, 0, single.window[0])
        strength = np.array(alone.ties["strength"][: int(alone.tie_start[-1])])
        np.testing.assert_allclose(together[site_of == number], strength, rtol=1e-12, err_msg=city)
