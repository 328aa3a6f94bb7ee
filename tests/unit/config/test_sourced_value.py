"""How a value is shown in a message, and the mapping that does not change."""

from __future__ import annotations

from datetime import date

import pytest

from gvi_sim.config import FrozenMapping
from gvi_sim.config.sourced_value import Given, shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (1.4, "1.4"),
        ("a", "'a'"),
        (date(2024, 5, 16), "2024-05-16"),
        ([1, "a", None], "[1, 'a', null]"),
        (list(range(20)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ...]"),
        ({"a": 1, "b": [2]}, "{a: 1, b: [2]}"),
    ],
)
def test_shown(value: object, text: str) -> None:
    assert shown(value) == text


def test_a_long_value_is_cut() -> None:
    assert len(shown("x" * 5000)) == 120
    assert shown(10**5000) == "a number of thousands of digits"


def test_only_a_file_and_line_is_worth_pointing_at() -> None:
    assert Given(1, "my.yaml:12").in_file == " (my.yaml:12)"
    assert Given(1, "an override").in_file == ""


def test_a_frozen_mapping_is_a_mapping_and_no_more() -> None:
    mapping = FrozenMapping({"b": 2, "a": 1})
    assert mapping == {"a": 1, "b": 2}
    assert list(mapping) == ["a", "b"]
    assert repr(mapping) == "{'a': 1, 'b': 2}"
    assert hash(mapping) == hash(FrozenMapping({"a": 1, "b": 2}))
    with pytest.raises(AttributeError):
        mapping.new = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        mapping["a"] = 3  # type: ignore[index]
