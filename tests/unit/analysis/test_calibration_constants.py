"""The surface of reference constants: what the calendar lets pass in closed form, and the engine's own long pilots."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from gvi_sim.analysis.calibration import constants
from gvi_sim.analysis.calibration.constants import calendar_share, emulate, flat_constants
from gvi_sim.analysis.calibration.priors import SHOCK, prior_of
from gvi_sim.config import load_scenario
from gvi_sim.dynamics.reference import with_reference

WORDS = ("site=huddinge", "programme=none", "calendar=flat", "years=3", "site.attacks_per_year=60")


@pytest.mark.parametrize(("sd", "cap"), [(0.0, 3.0), (0.1, 1.5), (0.45, 3.0), (0.9, 2.0)])
def test_what_the_calendar_lets_pass_is_the_mean_of_a_cut_lognormal(sd: float, cap: float) -> None:
    scenario = load_scenario(*WORDS, {SHOCK: sd, "calendar.cap": cap})
    if sd == 0.0:
        assert calendar_share(scenario) == 1.0 / cap
        return
    kink = math.log(cap) / sd + sd / 2

    def cut(z: float) -> float:
        return min(math.exp(sd * z - sd * sd / 2), cap) * float(stats.norm.pdf(z))

    mean, _ = integrate.quad(cut, -9.0, max(9.0, kink + 1.0), points=[kink], limit=200)
    assert calendar_share(scenario) == pytest.approx(mean / cap, rel=1e-6)


@pytest.mark.slow
def test_the_surface_lies_near_the_engines_own_pilots(monkeypatch: pytest.MonkeyPatch) -> None:
    """48 short pilots over shared shocks, whose own months would make each of them miss by some 8 %."""
    monkeypatch.setattr(constants, "ROUNDS", (16, 48))
    base = load_scenario(*WORDS, {"calendar.cap": 3.0})
    prior = prior_of(base, (SHOCK,), (30.0, 120.0), 3.0)
    surface = emulate(base, prior, seed=3)
    points = np.array([[prior.quantiles[0](u)] for u in (0.1, 0.9)])
    for point, ours in zip(points[:, 0].tolist(), surface.at(points), strict=True):
        (exact,) = with_reference(flat_constants(base).replace({SHOCK: point}))
        assert math.log(ours.background / exact.background) == pytest.approx(0.0, abs=0.02)
        assert math.log(ours.offspring / exact.offspring) == pytest.approx(0.0, abs=0.03)
