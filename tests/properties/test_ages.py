"""The one comparison that spares working out an age: it makes nobody older, and nearly nobody is asked in vain."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.special import ndtri

from gvi_sim import load_scenario
from gvi_sim.config.ages import joining_ages, widest_spread
from gvi_sim.units import ADULT_YEARS
from gvi_sim.world.kernel_parameters import PARAMETERS

from .twin import twin

WORDS = 2**32
NAMES = ("age_min", "age_log_mean", "age_log_sd", "age_kept", "age_join_max", "adult_word")


@given(st.floats(12.0, 19.0), st.floats(0.5, 15.0), st.floats(1.0, 12.0))
def test_from_its_word_on_everybody_joined_of_age(age_min: float, above: float, sd: float) -> None:
    assume(sd < widest_spread(above, 45.0 - age_min))
    age_mean = f"membership.age_mean={age_min + above + 2.7}"
    words = ("membership.spell_years=2.7", f"membership.age_min={age_min}", age_mean, f"membership.age_sd={sd}",
             "attacks.hired_age_mean=22")  # fmt: skip
    scenario = load_scenario("site=huddinge", "programme=none", *words)
    found = {name: PARAMETERS[name](scenario) for name in NAMES}
    par, age = SimpleNamespace(**found), twin("dynamics.slots")._age
    first = math.ceil(par.adult_word)
    if first < WORDS:
        assert age(par, first) >= ADULT_YEARS
    if age_min < ADULT_YEARS:
        below = int(min(par.adult_word, WORDS) - 3e-6 * WORDS)
        assume(below >= 0)
        assert age(par, below) < ADULT_YEARS


@given(st.floats(1.0, 31.0), st.floats(0.05, 0.98))
@example(30.0, 0.75)
@example(29.0, 0.98)
@example(31.0, 0.98)
def test_ages_at_joining_have_the_mean_and_spread_that_are_stated(above: float, share: float) -> None:
    """By numerical integration over the law that the engine draws from, none above the highest."""
    room = 32.0
    spread = share * widest_spread(above, room)
    law = joining_ages(above, spread, room)
    u = (np.arange(200_000) + 0.5) / 200_000
    x = np.exp(law.log_mean + law.log_sd * ndtri(u * law.kept))
    assert x.max() <= room * (1 + 1e-9)
    assert np.isclose(x.mean(), above, rtol=2e-3) and np.isclose(x.std(), spread, rtol=2e-2)
