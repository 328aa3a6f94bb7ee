"""No key is decoration: each changes what happens, what it costs, or what is said of it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from gvi_sim import load_scenario
from gvi_sim.analysis.decomposition.spending import per_averted, spending_of
from gvi_sim.analysis.pairs.effect import compare
from gvi_sim.config import Scenario, leaves
from gvi_sim.config.leaves import flat_of
from gvi_sim.dynamics import strict
from gvi_sim.errors import ScenarioError
from gvi_sim.execution.amounts.totals import by_site
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.language.catalogue import Words
from gvi_sim.report.building.build import run_view
from gvi_sim.report.text.spending_text import budget_text
from gvi_sim.world.builder import Reference

# Everything is on, and much of it: what is rare in a default run happens here.
RICH = (
    "site=malmo", "years=3", "burn_in_years=3", "start_date=2022-01-01", "programme.start_date=2022-06-01",
    "programme.sanction_certainty=0.6", "programme.mediation_reach=0.5", "programme.prevention=0.5",
    "programme.roster_error=0.2", "programme.sanction.capacity=1", "exit.places=1",
    "programme.sanction.extra_arrests_per_member_year=0.5", "gates.withdrawal=0.3", "gates.mediation_effect=0.5",
    "gates.norm_strength=0.4", "gates.pressure_strength=0.4", "gates.defiance=0.5", "gates.deterrence_strength=1",
    "calendar.shared_shock_sd=0.3", "calendar.swing_sd=0.3", "calendar.group_swing_sd=0.3", "calendar.cap=4",
    "partners.community.signed=true", "attacks.substitution=0.5",
    "attacks.contracted_share=0.3", "exit.usual_offer_rate_per_year=0.3", "membership.age_min=14",
    "membership.age_mean=20", "membership.age_sd=3", "membership.spell_years=3",
    "justice.clearance_hit=0.5", "justice.clearance_no_hit=0.4",
)  # fmt: skip
SHOCK = {"name": "arrests", "start": "2022-03-01", "end": "2022-06-01", "share": 0.5, "years": 3}
TRY: dict[str, object] = {
    "membership.age_join_max": 30.0, "membership.age_max": 46.0,
    "site.key": "orebro", "site.country": "US", "site.ties": [[0, 1, 1.0, 0.0]], "calendar.season": [1.4] + [0.9] * 11,
    "calendar.trend": [["2022-01-01", 1.3], ["2023-01-01", 0.8]], "calendar.shocks": [SHOCK],
    "calendar.series": {"justice.clearance": [["2022-01-01", 0.5]]}, "programme.stop_date": dt.date(2024, 1, 1),
    "timeline": [{"date": "2023-01-01", "programme.notification.per_month": 9}],
}  # fmt: skip
ROUNDS = {"promise.rule": "first", "programme.call_in.every_days": 0.0}
WITH: dict[str, dict[str, object]] = {
    "promise.round_days": ROUNDS, "promise.feared": ROUNDS, "promise.detonations": {"promise.rule": "hit"},
}  # fmt: skip
"""What some keys act with: another choice of a rule."""
SAID = {"strict", "site.name", "attacks.allow_supercritical", "costs.budget_per_year"}
"""Keys that decide no event and no sum; the tests below show what each does."""


def others(key: str, value: object) -> list[object]:
    """Values of a key that are not its present one."""
    domain = leaves()[key]
    if key in TRY:
        return [TRY[key]]
    if isinstance(value, bool):
        return [not value]
    if domain.kind == "word":
        return [word for word in domain.words if word != value]
    if isinstance(value, dt.date):
        return [value + dt.timedelta(days=90)]
    if value == float("inf"):
        return [100.0]
    assert isinstance(value, int | float), key
    if domain.kind == "count":
        return [value + 3, value * 3, max(value - 1, 1)]
    return [new for new in (value * 3, value / 3, value * 1.5, 1 - value, value + 0.3) if domain.holds(new)]


def result(scenario: Scenario) -> tuple[list[str], np.ndarray]:
    engine = Engine(scenario, frozenset(), (Reference(1.5, 1.3),))
    runs = [engine.run(1, replicate) for replicate in range(4)]
    return [run.digest for run in runs], by_site(np.stack([run.outcomes for run in runs]), scenario, engine.window)


def test_every_key_changes_something() -> None:
    base = load_scenario(*RICH)
    usual = result(base)

    def changes(key: str, value: object) -> bool:
        mine = base.replace(WITH.get(key, {}))
        digests, values = result(mine) if key in WITH else usual
        try:
            found, sums = result(mine.replace({key: value}))
        except ScenarioError:  # contradicts another key; the next value may not
            return False
        return found != digests or not np.array_equal(sums, values, equal_nan=True)

    keys = {key: others(key, value) for key, value in flat_of(base).items() if key not in SAID}
    dead = [key for key, tries in keys.items() if not any(changes(key, value) for value in tries)]
    assert not dead, f"nothing reads {', '.join(dead)}"


def test_strict_checks_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr(strict, "state_census", lambda world, seed, replicate: looked.append(replicate))
    for value in (False, True):
        Engine(load_scenario("years=1", {"strict": value}), frozenset(), (Reference(1.5, 1.3),)).run(1, 7)
    assert set(looked) == {7}


def test_supercritical_violence_is_refused_unless_allowed() -> None:
    words = ("attacks.kappa_retaliation=0.6", "attacks.kappa_repeat=0.6")
    with pytest.raises(ScenarioError, match="allow_supercritical"):
        load_scenario(*words)
    assert load_scenario(*words, "attacks.allow_supercritical=true").attacks.kappa_repeat == 0.6


PILOT = (
    "site=orebro", "start_date=2024-01-01", "years=3", "programme.start_date=2024-09-01", "burn_in_years=2",
    "programme.stop_date=2026-08-31", "programme.coverage=1", "site.name=Anywhere",
)  # fmt: skip


def test_the_programmes_cost_is_held_against_the_budget_in_both_languages() -> None:
    tight = load_scenario(*PILOT, "costs.budget_per_year=2,5 MSEK")
    usual = tight.replace("programme.enabled=false")
    effect = compare(usual, tight, replicates=6, seed=1, workers=1, parameters="point")
    found, view = spending_of(effect), run_view(effect)
    assert found is not None and found.budget == 2.5e6 and found.years == pytest.approx(2, abs=0.01)
    cost = effect.scenario.outcomes["cost_programme"].mean() / found.years
    assert found.a_year.value == pytest.approx(cost) and found.a_year.low < cost < found.a_year.high
    assert found.grade == "D" and "over it" in budget_text(Words("en"), view)
    assert "över den" in budget_text(Words("sv"), view) and view.origin.site == "Anywhere"
    ample, none = (load_scenario(*PILOT, f"costs.budget_per_year={budget}") for budget in (1e9, 0))
    for scenario, told in ((ample, "under it"), (none, "")):
        again = compare(usual.replace({"costs.budget_per_year": scenario.costs.budget_per_year}), scenario,
                        replicates=2, seed=1, workers=1, parameters="point")  # fmt: skip
        text = budget_text(Words("en"), run_view(again))
        assert told in text if told else text == ""


def test_cost_per_averted_shooting_is_a_ratio_with_an_interval_that_holds_it() -> None:
    """About as often as it says, and withheld where nothing may be averted."""
    normal, held = np.random.default_rng(5), 0
    for _ in range(200):
        averted = normal.normal(3.0, 4.0, 40)
        found = per_averted(6.0 + 2.0 * averted + normal.normal(0.0, 3.0, 40), averted, None)
        held += found is not None and found.low <= 4.0 <= found.high
    assert 0.90 <= held / 200 <= 0.99
    assert per_averted(np.ones(30), normal.normal(0.0, 1.0, 30), None) is None
    assert per_averted(np.ones(30), np.zeros(30), None) is None
    draws = np.repeat(np.arange(30), 2)
    averted = 3.0 + 0.5 * draws + normal.normal(0.0, 0.5, 60)
    known = per_averted(np.full(60, 90.0), averted, draws)
    assert known is not None and known.low < 90.0 / averted.mean() < known.high
    # With the parameters the cost goes from 90 / 17.5 to 90 / 3, and that is what is not known.
    assert known.low < 6.5 and known.high > 20.0
