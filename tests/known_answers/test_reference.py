"""Business as usual stays at the stated level, for the sites that ship and for hard cases."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from gvi_sim import Scenario, load_scenario
from gvi_sim.dynamics.reference import pilot_scenario, reference_of

from .statistics import Scores, holds, mean_z
from .worlds import SELF_EXCITING, Many, many, off

SWEDISH = ("huddinge", "jarfalla", "upplands_bro", "malmo", "orebro", "goteborg", "uppsala")
US = ("us_small", "us_midsize")
YEARS = 10
# The tolerance that the constants promise.
TOLERANCE = 0.01


def usual(*words: str) -> Scenario:
    """Business as usual under a flat calendar, window and burn-in as they ship."""
    return load_scenario(*words, "programme=none", "calendar=flat", f"years={YEARS}")


def beyond(values: np.ndarray, expected: float, tolerance: float) -> float:
    """z of how far the mean lies beyond ``tolerance`` (a share) of its expectation; 0 within."""
    error = values.std(ddof=1) / np.sqrt(len(values))
    gap = abs(values.mean() - expected) - tolerance * expected
    return max(gap, 0.0) / float(error)


def trend(seen: Many) -> float:
    """Score of a linear trend in the window: attacks weighed by time from its middle, by run."""
    months = seen.monthly("shootings") + seen.monthly("detonations")
    months = months[:, : YEARS * 12]
    lever = np.arange(months.shape[1]) - (months.shape[1] - 1) / 2.0
    return mean_z(months @ lever, 0.0)


def keeps_its_level(scenario: Scenario, runs: int) -> None:
    def measure(seed: int, size: int) -> Scores:
        seen = many(scenario, seed, runs * size)
        level = scenario.site.attacks_per_year * YEARS
        return {"level": beyond(seen.outcome("attacks"), level, TOLERANCE), "trend": trend(seen)}

    measure.__qualname__ += scenario.site.key + str(scenario.digest())
    holds(measure)


@pytest.mark.parametrize("site", ["huddinge", "malmo", "us_small"])
def test_a_site_keeps_its_level(site: str) -> None:
    keeps_its_level(usual(f"site={site}"), 200)


@pytest.mark.slow
@pytest.mark.parametrize("site", [*SWEDISH, *US])
def test_every_site_keeps_its_level(site: str) -> None:
    keeps_its_level(usual(f"site={site}"), 1500)


HARD = {
    "much contagion": (
        "attacks.kappa_retaliation=0.3", "attacks.kappa_repeat=0.1", "attacks.kappa_spread=0.2",
    ),
    "strong deterrence": (
        "gates.deterrence_strength=3", "gates.knee=0.2", "justice.clearance_fatal=0.9",
        "justice.clearance_hit=0.6", "justice.clearance_no_hit=0.5",
    ),
    "long sentences and no replacement": (
        "gates.replacement=0", "justice.clearance_hit=0.5", "justice.sentence_years_hit=8",
        "membership.vacancy_response=0",
    ),
    "few ties": ("site.rivals_mean=0.8", "site.allies_mean=0.3", "attacks.kappa_spread=0.3"),
    "fatal attacks spread": ("attacks.fatal_factor=2", "harm.p_hit=0.7", "attacks.kappa_retaliation=0.2"),
    "substitution": ("attacks.substitution=0.5", "gates.deterrence_strength=1.5"),
    "shared shocks": ("calendar.shared_shock_sd=0.6", "calendar.cap=2"),
    "seasons under a cap": ("calendar.season=[0.8,0.8,0.9,1,1,1.1,1.2,1.2,1.1,1,1,0.9]", "calendar.cap=2"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", HARD)
def test_hard_cases_keep_their_level(case: str) -> None:
    keeps_its_level(usual("site=malmo", *HARD[case]), 150)


@pytest.mark.parametrize("site", ["huddinge", "malmo"])
def test_the_burn_in_leaves_no_gap(site: str) -> None:
    """Detention relaxes over years: the first two years are within 5 % of the last two."""

    def measure(seed: int, size: int) -> Scores:
        seen = many(usual(f"site={site}"), seed, 150 * size)
        scores: Scores = {}
        for name in ("arrests", "detained_days", "support_days"):
            months = seen.monthly(name)
            first, last = months[:, :24].sum(axis=1), months[:, YEARS * 12 - 24 : YEARS * 12].sum(axis=1)
            gap, error = first - last, (first - last).std(ddof=1) / np.sqrt(seen.runs)
            scores[name] = max(abs(gap.mean()) - 0.05 * last.mean(), 0.0) / float(error)
        return scores

    measure.__qualname__ += site
    holds(measure)


@pytest.mark.parametrize("level", [0.001, 0.2])
def test_a_place_with_hardly_any_attacks_has_constants(level: float) -> None:
    # A pilot at that level would count next to nothing, and search for ever.
    few = reference_of(pilot_scenario(usual("site=huddinge", f"site.attacks_per_year={level}")))
    more = reference_of(pilot_scenario(usual("site=huddinge", "site.attacks_per_year=2")))
    assert few.background == pytest.approx(more.background, rel=0.02)
    assert few.offspring == pytest.approx(more.offspring, rel=0.02)


def test_levers_do_not_move_the_constants() -> None:
    """What only the programme uses leaves business as usual alone, event by event."""
    base = off(*SELF_EXCITING, "gates.deterrence_strength=1", "justice.clearance_no_hit=0.4", "years=3")
    other = base.replace(
        "programme.sanction_certainty=0.9", "programme.coverage=0.5", "exit.offer_rate=0.9",
        "gates.mediation_effect=0.5", "gates.pressure_strength=0.9", "belief.message_reach=0.9",
        "belief.sanction_weight=0.3", "belief.credibility=0.1",
    )  # fmt: skip
    one, two = (many(scenario, 5, 5, ("attacks",)).tables["attacks"] for scenario in (base, other))
    assert one.tobytes() == two.tobytes()


SUPERCRITICAL = """
import resource
resource.setrlimit(resource.RLIMIT_AS, ({bytes}, {bytes}))
from gvi_sim import load_scenario
from gvi_sim.execution.planning.runner import Engine
engine = Engine(load_scenario("site=huddinge", "programme=none", "calendar=flat", "years=1",
    "burn_in_years=0", "site.attacks_per_year=2", "attacks.kappa_retaliation=0.6", "attacks.kappa_spread=0.6",
    "attacks.allow_supercritical=true"))
print(sum(float(engine.run(1, r).outcomes[0, 0]) for r in range(20)))
"""


@pytest.mark.slow
def test_a_supercritical_site_can_be_run() -> None:
    """With n >= 1 there is no level; the search for the constants must end all the same, within 4 GB."""
    code = SUPERCRITICAL.format(bytes=4 << 30)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr.strip().splitlines()[-1]
    assert float(done.stdout) > 20.0
