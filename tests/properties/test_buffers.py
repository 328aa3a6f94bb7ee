"""Buffers that start tiny: every code to grow is met, and the run is the same."""

from __future__ import annotations

from typing import Any

import pytest

from gvi_sim.dynamics import replicate as module
from gvi_sim.dynamics.replicate import Replicate, Runner
from gvi_sim.world import codes
from gvi_sim.world.columns import Array
from gvi_sim.world.state import World
from gvi_sim.world.tables import LOGGED

from .worlds import day, overrides_of, repeat, runner_of, scenario_with

CODES = {name: code for name, code in vars(codes).items() if name.endswith("_FULL") and name != "RECORDS_FULL"}
CODES |= {name: codes.RECORDS_FULL + place for place, name in enumerate(LOGGED)}
LOUD = {
    "years": 6,
    "site.groups": 6,
    "site.members": 240,
    "site.attacks_per_year": 700.0,
    "harm.p_hit": 1.0,
    "membership.spell_years": 0.3,
    "membership.vacancy_response": 1.0,
    "exit.usual_offer_rate_per_year": 20.0,
    "exit.acceptance": 1.0,
    "exit.duration_days": 4.0,
    "exit.places": 50,
    "programme.coverage": 1.0,
    "programme.sanction_certainty": 1.0,
    "programme.sanction.capacity": 6,
    "programme.sanction.duration_days": 0.5,
    "programme.sanction.delay_days": 0.0,
    "programme.notification.per_month": 9.0,
    "programme.start_date": day(0),
}
FIRST_ROWS = ("persons", "log", *LOGGED)


def shrink(world: World) -> World:
    """The same empty world with hardly more room than the first day needs in each buffer."""
    few: dict[str, Array] = {name: world.arrays[name][:80].copy() for name in FIRST_ROWS}
    start = (3 + len(world.shocks)) * len(world.groups) + 80
    few |= {name: getattr(world, name)[:start].copy() for name in ("events", "heap")}
    few["tally"] = world.tally[:, :3].copy()
    few["ties"] = world.ties[:2].copy()
    return world.replace(**few)


def run_tiny(monkeypatch: pytest.MonkeyPatch, runner: Runner, seed: int) -> tuple[Replicate, set[int]]:
    """A run that starts with tiny buffers, and the codes for which they grew."""
    met: set[int] = set()
    grow = module.grow

    def watched(world: World, code: int) -> World:
        met.add(code)
        return grow(world, code)

    monkeypatch.setattr(module, "grow", watched)
    runner._world = shrink(runner._world)
    runner._world.settings[0].at_once = 70
    return runner.run(seed, 0), met


def same(one: Replicate, other: Any) -> None:
    assert one.digest == other.digest
    assert one.series.tobytes() == other.series.tobytes()
    for name, table in one.tables.items():
        assert table.tobytes() == other.tables[name].tobytes(), name


def test_every_buffer_grows_and_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = scenario_with(LOUD)
    plain = repeat(scenario, 11)
    tiny, met = run_tiny(monkeypatch, runner_of(scenario), 11)
    assert {name for name, code in CODES.items() if code not in met} == set()
    same(plain, tiny)


@pytest.mark.parametrize("number", range(25))
def test_random_scenarios_survive_tiny_buffers(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    scenario = scenario_with(overrides_of(number))
    plain = repeat(scenario, number)
    same(plain, run_tiny(monkeypatch, runner_of(scenario), number)[0])


def test_a_grown_runner_gives_the_same_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a loud replicate has made larger is no different for the next one."""
    scenario = scenario_with(LOUD)
    runner = runner_of(scenario)
    run_tiny(monkeypatch, runner, 1)
    again = runner.run(2, 5)
    same(repeat(scenario, 2, 5), again)


LARGE: dict[str, dict[str, Any]] = {
    "many shocks on many groups": {
        "site.groups": 900,
        "site.members": 1800,
        "burn_in_years": 0,
        "years": 0.5,
        "calendar.shocks": [
            {"name": f"wave {k}", "start": day(10 + k), "end": day(11 + k), "share": 0.01, "years": 0.1}
            for k in range(40)
        ],
    },
    "many recruits prevented between two audits": {
        "site.groups": 600,
        "site.members": 15000,
        "years": 8,
        "burn_in_years": 0,
        "membership.spell_years": 0.5,
        "programme.coverage": 1.0,
        "programme.prevention": 1.0,
        "programme.ramp_days": 0,
        "programme.start_date": day(0),
        "programme.audit_every_days": 1000,
        "site.attacks_per_year": 1.0,
        "justice.other_arrest_rate_per_year": 0.0,
        "exit.usual_offer_rate_per_year": 0.0,
        "programme.call_in.every_days": 0,
        "programme.notification.per_month": 0,
    },
    "a call-in for everybody": {
        "site.groups": 300,
        "site.members": 9000,
        "programme.coverage": 1.0,
        "programme.call_in.summoned": 9000,
        "programme.call_in.attendance": 1.0,
        "programme.roster_recall": 1.0,
        "exit.offer_rate": 1.0,
        "exit.acceptance": 1.0,
        "exit.assessment_pass": 1.0,
        "exit.places": 3000,
        "membership.vacancy_response": 1.0,
        "programme.start_date": day(0),
        "programme.ramp_days": 0,
        "site.attacks_per_year": 10.0,
    },
    "a shock that takes everybody": {
        "site.groups": 5,
        "site.members": 6000,
        "site.attacks_per_year": 10.0,
        "programme.start_date": day(0),
        "calendar.shocks": [{"name": "all", "start": day(100), "end": day(101), "share": 1.0, "years": 1.0}],
    },
    "attacks that hit as many as can be": {
        "site.groups": 2,
        "site.members": 4000,
        "site.attacks_per_year": 600.0,
        "harm.p_hit": 1.0,
        "harm.extra_hit_mean": 500.0,
        "harm.bystander_share": 0.0,
        "attacks.outsider_share": 0.0,
        "site.rivals_mean": 1.0,
        "site.allies_mean": 0.0,
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_one_event_never_writes_beyond_a_buffer(name: str) -> None:
    """Under strict mode, with all tables: a write beyond a buffer would end the process or the books."""
    made = repeat(scenario_with(LARGE[name] | {"strict": True}), 4)
    assert len(made.tables["persons"]) >= LARGE[name]["site.members"]
