"""The one comparison that spares working out an age: it makes nobody older, and nearly nobody is asked in vain."""

from __future__ import annotations

import math
from types import SimpleNamespace

from hypothesis import assume, given
from hypothesis import strategies as st

from gvi_sim import load_scenario
from gvi_sim.units import ADULT_YEARS
from gvi_sim.world.parameters import PARAMETERS

from .twin import twin

WORDS = 2**32


@given(st.floats(12.0, 19.0), st.floats(0.5, 15.0), st.floats(1.0, 12.0))
def test_from_its_word_on_everybody_joined_of_age(age_min: float, above: float, sd: float) -> None:
    age_mean = f"membership.age_mean={age_min + above + 2.7}"
    words = ("membership.spell_years=2.7", f"membership.age_min={age_min}", age_mean, f"membership.age_sd={sd}")
    scenario = load_scenario("site=huddinge", "programme=none", *words)
    found = {name: PARAMETERS[name](scenario) for name in ("age_min", "age_above", "age_log_sd", "adult_word")}
    par, age = SimpleNamespace(**found), twin("dynamics.places")._age
    first = math.ceil(par.adult_word)
    if first < WORDS:
        assert age(par, first) >= ADULT_YEARS
    if age_min < ADULT_YEARS:
        below = int(min(par.adult_word, WORDS) - 3e-6 * WORDS)
        assume(below >= 0)
        assert age(par, below) < ADULT_YEARS
