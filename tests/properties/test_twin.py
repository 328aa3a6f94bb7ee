"""The compiled engine and plain Python give the same events, number for number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from gvi_sim.kernel import compiler

from .twin import twin, twin_run
from .worlds import numbers, overrides_of, repeat, scenario_with, seeds

SMALL = {"years": 1, "burn_in_years": 0.5}
FEW = 40


def small_overrides(number: int) -> dict[str, Any]:
    """A random scenario of few persons and attacks, since plain Python is some hundred times slower."""
    chosen = overrides_of(number) | SMALL
    chosen["site.members"] = min(chosen["site.members"], max(FEW, chosen["site.groups"]))
    chosen["site.attacks_per_year"] = min(chosen["site.attacks_per_year"], 40.0)
    for site in chosen.get("sites", {}).values():
        if site:
            site["site.members"] = min(site["site.members"], max(FEW, site["site.groups"]))
    return chosen


def small(number: int) -> Any:
    return scenario_with(small_overrides(number))


def assert_same(mine: Any, theirs: Any) -> None:
    """Equal in every column of every table; the first differing row is named."""
    for name, table in mine.tables.items():
        other = theirs.tables[name]
        assert len(table) == len(other), f"{name}: {len(table)} rows compiled, {len(other)} in plain Python"
        for key in table.dtype.names:
            same = (table[key] == other[key]) | (
                np.isnan(table[key].astype(float)) & np.isnan(other[key].astype(float))
            )
            assert same.all(), f"{name}.{key} row {np.argmin(same)}: {table[np.argmin(same)]} {other[np.argmin(same)]}"
    assert mine.series.tobytes() == theirs.series.tobytes()
    assert np.array_equal(mine.outcomes, theirs.outcomes, equal_nan=True)
    assert mine.digest == theirs.digest


def test_the_twin_is_plain_python_and_this_is_not() -> None:
    assert not compiler.PURE_PYTHON
    assert twin("kernel.compiler").PURE_PYTHON
    assert type(twin("dynamics.engine").advance).__name__ == "function"
    assert twin("dynamics.engine") is not __import__("gvi_sim.dynamics.engine", fromlist=["engine"])


@settings(max_examples=25)
@given(numbers, seeds)
def test_engine_and_twin_agree_event_by_event(number: int, seed: int) -> None:
    scenario = small(number)
    assert_same(repeat(scenario, seed), twin_run(scenario, seed))


@pytest.mark.slow
@settings(max_examples=300)
@given(numbers, seeds)
def test_engine_and_twin_agree_in_many_scenarios(number: int, seed: int) -> None:
    scenario = small(number)
    assert_same(repeat(scenario, seed), twin_run(scenario, seed))
