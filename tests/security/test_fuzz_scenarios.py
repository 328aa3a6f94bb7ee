"""Scenarios from the schema, bad values by every numeric key, and misspelt keys."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from each import each

from gvi_sim.config import Scenario, leaves, load_scenario
from gvi_sim.dynamics.reference import with_reference
from gvi_sim.errors import ScenarioError
from gvi_sim.execution.planning.runner import Engine

from .scenarios import FAR, drawn

SECONDS = 10.0
BASE = load_scenario("site=huddinge")
RUNS = 60
MOST_MEMBERS = 3_000  # a run of Chicago's factions is no blink
REFERENCE = with_reference(BASE)


def as_file(content: dict[str, Any]) -> str:
    """The mapping as a scenario file: JSON is YAML, and numbers stand as Python writes them."""
    text = json.dumps(content, default=lambda day: f"<{day.isoformat()}>", ensure_ascii=False, indent=1)
    return text.replace('"<', "").replace('>"', "") + "\n"


def loads_or_says_why(content: dict[str, Any], path: Path) -> Scenario | None:
    """The scenario, or None after a refusal that names a key or two; anything else fails the test."""
    path.write_text(as_file(content), "utf-8")
    start = time.perf_counter()
    try:
        return load_scenario(path)
    except ScenarioError as error:
        message = str(error)
        assert error.rule and 20 < len(message) < 900
        assert any(key.split(".")[-1] in message for key in (*content, *leaves())) or "fuzz.yaml" in message
        return None
    finally:
        assert time.perf_counter() - start < SECONDS


def fuzz(numbers: range, folder: Path) -> tuple[int, int]:
    path, loaded = folder / "fuzz.yaml", 0
    for number in numbers:
        scenario = loads_or_says_why(drawn(number), path)
        if scenario is not None:
            loaded += 1
            if number % 10 == 0:
                assert Scenario.from_yaml(scenario.to_yaml()).digest() == scenario.digest()
    return loaded, len(numbers) - loaded


def test_a_thousand_scenarios_load_or_are_refused_with_a_reason(tmp_path: Path) -> None:
    loaded, refused = fuzz(range(1_000), tmp_path)
    assert loaded > 150 and refused > 150  # both sides are fuzzed


@pytest.mark.slow
def test_ten_thousand_scenarios_load_or_are_refused_with_a_reason(tmp_path: Path) -> None:
    loaded, refused = fuzz(range(1_000, 11_000), tmp_path)
    assert loaded > 1_500 and refused > 1_500


SMALL: dict[str, object] = {
    "years": 0.25,
    "burn_in_years": 0.25,
    "strict": True,
    "membership.spell_years": 2,
    "membership.age_mean": 30,
    "membership.vacancy_days": 20,
}
LARGEST = {"prob": 1.0, "share": 1.0, "rate": 5.0, "nonneg": 3.0, "pos": 50.0, "spread": 1.0, "factor": 2.0}


def tame(content: dict[str, Any]) -> dict[str, Any]:
    """The same scenario on a small scale, so that a run takes a blink."""
    kept = {}
    for key, given in content.items():
        domain = leaves().get(key)
        if domain is not None and isinstance(given, int | float) and not isinstance(given, bool):
            most = 60.0 if domain.kind == "count" else LARGEST.get(domain.name, 500.0)
            if domain.name.startswith("days"):
                given = max(given, 1.0)
            given = min(given, type(given)(most)) if abs(given) < FAR else 1
        kept[key] = given
    return {**kept, **SMALL}


@pytest.mark.slow
def test_some_of_them_run(tmp_path: Path) -> None:
    ran = number = 0
    while ran < RUNS and number < 20 * RUNS:
        number += 1
        scenario = loads_or_says_why(tame(drawn(number)), tmp_path / "fuzz.yaml")
        if scenario is None or sum(site.site.members for site in scenario.each_site()) > MOST_MEMBERS:
            continue
        levels = REFERENCE * len(scenario.each_site())  # pilots of its own would take seconds a scenario
        one, again = (Engine(scenario, references=levels).run(1, number) for _ in range(2))
        assert np.isfinite(one.series).all() and np.isfinite(one.outcomes[:, : one.series.shape[2]]).all()
        assert one.digest == again.digest
        ran += 1
    assert ran == RUNS


# --- bad values ------------------------------------------------------------------------------------------

# As written in a file, and the only number it may be read as (None: none).
TEXTS = '"3" 3,5 "" true [] {} 1_000 010 0x1F 12:30 12:30:45 no １２ 🙂 2024-01-01 .nan -.inf 1e400'.split()
BAD: list[tuple[str, float | None]] = [
    *((text, None) for text in (*TEXTS, "x" * 10_000)),
    *((".inf", float("inf")), ("-1", -1.0), ("-0.0", 0.0), ("0", 0.0)),
    *(("1e-320", 1e-320), ("1000000000", 1e9), ("1e300", 1e300)),
]
NUMERIC = [key for key, domain in leaves().items() if domain.kind in {"number", "count"}]


def test_the_list_is_long_enough() -> None:
    assert len(BAD) >= 25 and len(NUMERIC) > 90


@each("key", NUMERIC)
def test_a_bad_value_is_refused_or_means_what_it_says(key: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    for text, meant in BAD:
        path.write_text(f"# one line\n{key}: {text}\n", "utf-8")
        try:
            scenario = load_scenario(path)
        except ScenarioError as error:
            told = str(error)
            assert key in told or error.rule not in {
                "not-a-number",
                "out-of-range",
                "not-finite",
                "not-whole",
            }
            if error.rule in {"not-a-number", "out-of-range", "not-finite", "not-whole"}:
                assert "(bad.yaml:2)" in told and len(told) < 500
        else:
            found: Any = scenario
            for part in key.split("."):
                found = getattr(found, part)
            assert meant is not None and found == meant, (text, found)


def test_null_gives_the_registry_back(tmp_path: Path) -> None:
    path = tmp_path / "null.yaml"
    path.write_text("".join(f"{key}: null\n" for key in NUMERIC), "utf-8")
    assert load_scenario(path) == load_scenario()
    assert load_scenario(path).start_date == date(2023, 1, 1)
