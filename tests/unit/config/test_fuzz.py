"""Fuzz: odd values in every key, random files: a scenario or a ScenarioError, never anything else."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from each import each
from hypothesis import given, settings
from hypothesis import strategies as st

from gvi_sim.config import Scenario, leaves, load_scenario
from gvi_sim.errors import ScenarioError
from gvi_sim.evidence.strict_yaml import read_text

ODD: list[Any] = [
    float("nan"),
    float("inf"),
    float("-inf"),
    -1,
    -0.0,
    0,
    1e-320,
    10**9,
    1e300,
    10**400,
    "3",
    "3,5",
    "",
    None,
    True,
    [],
    {},
    "1_000",
    "010",
    "0x1F",
    "12:30",
    "no",
    "１２",
    "🙂",
    "x" * 10_000,
    date(2024, 1, 1),
    [[]],
    [{}],
]
WORDS = [
    ".nan",
    "1e400",
    "-1",
    "-0.0",
    "0",
    "1e-320",
    "1000000000",
    "1e300",
    "'3'",
    "3,5",
    "",
    "null",
    "true",
    "[]",
    "{}",
    "1_000",
    "010",
    "0x1F",
    "12:30",
    "no",
    "１２",
    "🙂",
    "x" * 10_000,
    "2024-01-01",
    "[[]]",
]
BASE = load_scenario()


def reasonable(error: ScenarioError, key: str) -> None:
    assert error.rule
    assert len(str(error)) < 800
    assert key.rsplit(".", 1)[0] in str(error) or error.rule.endswith(("members", "groups"))


@each("key", leaves())
def test_an_odd_value_in_any_key_gives_a_scenario_or_a_refusal(key: str) -> None:
    for value in ODD:
        try:
            scenario = BASE.replace({key: value})
        except ScenarioError as error:
            reasonable(error, key)
        else:
            assert Scenario.from_dict(scenario.to_dict()) == scenario


@each("key", leaves())
def test_an_odd_word_in_a_file_gives_a_scenario_or_a_refusal(key: str, tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    for word in WORDS:
        path.write_text(f"{key}: {word}\n", encoding="utf-8")
        try:
            load_scenario(path)
        except ScenarioError as error:
            reasonable(error, key)


@given(st.text(max_size=200))
@settings(max_examples=300)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_text(text, "x.yaml")
    except ScenarioError as error:
        assert error.rule == "bad-file"


@given(st.text(max_size=60))
@settings(max_examples=200)
def test_any_word_is_an_override_or_refused(word: str) -> None:
    try:
        load_scenario(f"years={word}")
    except ScenarioError as error:
        assert error.rule


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from([*leaves(), "site", "sites", "programme", "exit", "chosen", "choices", "sites.malmo", "x"])


@given(st.dictionaries(KEYS, JSON, max_size=6))
@settings(max_examples=300)
def test_any_mapping_is_a_scenario_or_refused(content: dict[str, Any]) -> None:
    try:
        scenario = Scenario.from_dict(content)
    except ScenarioError as error:
        assert error.rule
    else:
        assert Scenario.from_dict(scenario.to_dict()) == scenario
