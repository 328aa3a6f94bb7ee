"""What must be the same bit for bit: absent levers, longer horizons, another order, plain Python."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gvi_sim import load_scenario
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.world.builder import Reference

WORDS = (
    "site=huddinge",
    "years=4",
    "burn_in_years=2",
    "start_date=2023-01-01",
    "programme.start_date=2023-06-01",
)
TABLES = frozenset({"attacks", "candidates", "spells", "stays", "groups"})


def digests(*words: str, runs: int = 4) -> list[str]:
    engine = Engine(load_scenario(*WORDS, *words))
    return [engine.run(31, replicate).digest for replicate in range(runs)]


def test_coverage_nothing_is_no_programme() -> None:
    usual = digests("programme=none")
    assert digests("programme=gvi", "programme.coverage=0") == usual
    assert digests("programme=gvi", "partners.municipality.signed=false") == usual
    assert digests("programme=gvi") != usual


def test_a_start_after_the_horizon_is_no_programme() -> None:
    late = "programme.start_date=2030-01-01"
    assert digests("programme=gvi", late) == digests("programme=none", late)


def test_nothing_differs_before_the_start() -> None:
    start = 151.0
    tables = []
    for programme in ("none", "gvi"):
        engine = Engine(load_scenario(*WORDS, f"programme={programme}"), TABLES)
        tables.append([engine.run(31, replicate).tables["candidates"] for replicate in range(20)])
    found = 0
    for usual, treated in zip(*tables, strict=True):
        before = [one[one["day"] < start] for one in (usual, treated)]
        assert before[0].tobytes() == before[1].tobytes()
        found += len(before[0])
    assert found > 50


@pytest.mark.parametrize("programme", ["none", "gvi"])
def test_a_longer_horizon_has_the_shorter_one_as_its_beginning(programme: str) -> None:
    short, long = (
        Engine(load_scenario(*WORDS, f"programme={programme}", f"years={years}"), TABLES) for years in (4, 7)
    )
    for replicate in range(6):
        one, two = (engine.run(8, replicate).tables["candidates"] for engine in (short, long))
        assert one.tobytes() == two[two["day"] <= short.window[1]].tobytes()


def test_replicates_do_not_depend_on_their_order() -> None:
    engine = Engine(load_scenario(*WORDS))
    forward = [engine.run(5, replicate) for replicate in range(4)]
    backward = [engine.run(5, replicate) for replicate in reversed(range(4))][::-1]
    for one, two in zip(forward, backward, strict=True):
        assert one.digest == two.digest
        np.testing.assert_array_equal(one.outcomes, two.outcomes)
        np.testing.assert_array_equal(one.series, two.series)


def test_stopping_on_the_way_changes_nothing() -> None:
    engine = Engine(load_scenario(*WORDS), TABLES)
    whole = engine.run(5, 1)
    world = engine.world_at(5, 1, 100.3)
    for day in (100.3, 400.0, 400.0, 1100.0, engine.window[1]):
        world = engine.continue_to(day)
    kept = world.log[: int(world.state["log_size"][0])]
    inside = kept[kept["day"] >= engine.window[0]]
    assert np.array_equal(inside["key"], whole.tables["candidates"]["candidate"])


def test_kept_tables_change_nothing() -> None:
    scenario = load_scenario(*WORDS)
    few = Engine(scenario).run(5, 2)
    every = Engine(scenario, TABLES | {"victims", "persons", "sanctions", "doses"}).run(5, 2)
    assert few.digest == every.digest
    np.testing.assert_array_equal(few.outcomes, every.outcomes)


PLAIN = """
from gvi_sim import load_scenario
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.world.builder import Reference
engine = Engine(load_scenario({words}), frozenset(), (Reference(1.4, 1.2),))
print(*[engine.run(31, replicate).digest for replicate in range(2)])
"""


def test_plain_python_gives_the_same_events(root: Path) -> None:
    words = (*WORDS, "programme=gvi", "exit.waiting_patience_days=30", "gates.withdrawal=0.1", "years=2")
    code = PLAIN.format(words=", ".join(repr(word) for word in words))
    environment = {**os.environ, "GVI_SIM_PURE_PYTHON": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=300, check=True
    )
    engine = Engine(load_scenario(*words), frozenset(), (Reference(1.4, 1.2),))
    assert done.stdout.split() == [engine.run(31, replicate).digest for replicate in range(2)]
