"""GVIModel: any granularity of calls, and looking at it in between, gives the events of a plain run."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gvi_sim
from gvi_sim.world.tables import SERIES

from .worlds import REFERENCE, numbers, overrides_of, runner_of, scenario_with, seeds

CALLS = st.lists(st.one_of(st.just("step"), st.just("look"), st.floats(0.01, 150.0)), max_size=12)


@pytest.fixture(autouse=True)
def _without_pilot(monkeypatch: pytest.MonkeyPatch) -> None:
    import gvi_sim.model.city

    monkeypatch.setattr(gvi_sim.model.city, "with_reference", lambda scenario: (REFERENCE,) * len(scenario.each_site()))


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers, seeds, CALLS)
def test_any_granularity_gives_the_same_events(number: int, seed: int, calls: list[str | float]) -> None:
    scenario = scenario_with(overrides_of(number) | {"years": 1})
    whole = runner_of(scenario).run(seed, 0)
    model = gvi_sim.GVIModel(scenario, seed=seed)
    last = scenario.window[1]
    for call in calls:
        if call == "step" and model.day + 1 <= last:
            model.step()
        elif call == "look":
            assert all(person.status for person in model.persons[:5])
            assert len(model.agents) >= len(model.groups)
            assert len(model.attacks) <= len(whole.tables["attacks"])
        elif isinstance(call, float) and model.day + call < last:
            model.run_for(call)
    model.run_for(last - model.day)
    held = model.count("detained_days")
    assert held == pytest.approx(whole.series[:, :, SERIES.index("detained_days")].sum(), rel=1e-6, abs=1e-6)
    assert model.summary().digest == whole.digest
    for name in ("attacks", "candidates", "victims", "persons", "sanctions", "stays"):
        frame, table = model.table(name), whole.tables[name]
        assert frame.equals(type(frame)(table)), name
    assert model.summary().series == pytest.approx(whole.series, rel=1e-9, abs=1e-9)
