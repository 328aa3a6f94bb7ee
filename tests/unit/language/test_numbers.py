"""Numbers in English and Swedish."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gvi_sim.language.numbers import (
    MISSING,
    THIN,
    number_text,
    write_all,
    write_percent,
    write_signed,
)


@pytest.mark.parametrize(
    ("value", "english", "swedish"),
    [
        (1234567.0, "1,234,567", f"1{THIN}234{THIN}567"),
        (12.34, "12.3", "12,3"),
        (0.456, "0.46", "0,46"),
        (-3.25, "−3.2", "−3,2"),
        (0.0, "0", "0"),
        (-0.001, "0.00", "0,00"),
        (math.nan, MISSING, MISSING),
        (math.inf, MISSING, MISSING),
    ],
)
def test_a_number_has_the_style_of_its_language(value: float, english: str, swedish: str) -> None:
    assert (number_text(value, "en"), number_text(value, "sv")) == (english, swedish)


def test_per_cent_has_a_space_in_swedish_only() -> None:
    assert write_percent(-0.2071, "en") == "−21%"
    assert write_percent(-0.2071, "sv", 1) == "−20,7\u00a0%"
    assert write_percent(0.05, "sv", signed=True) == "+5\u00a0%"


def test_a_sign_is_written_for_more_than_nothing_only() -> None:
    assert write_signed(2.0, "en") == "+2.0"
    assert write_signed(0.0, "en") == "0"
    assert write_signed(0.001, "en") == "0.00"


def test_the_end_of_an_interval_never_reads_as_zero_when_it_is_not() -> None:
    assert write_all([5.4, 0.1, 10.7], "en") == ["5.4", "0.1", "10.7"]
    assert write_all([29.2, 24.4, 34.0], "sv") == ["29", "24", "34"]


@given(st.floats(-1e9, 1e9))
def test_switching_language_changes_no_digit(value: float) -> None:
    digits = [[c for c in number_text(value, lang) if c.isdigit()] for lang in ("en", "sv")]
    assert digits[0] == digits[1]


@given(st.floats(-1e6, 1e6), st.floats(0.001, 1e6), st.floats(0.001, 1e6))
def test_values_that_belong_together_have_the_same_decimals(value: float, below: float, above: float) -> None:
    written = write_all([value, value - below, value + above], "en")
    assert len({len(text.partition(".")[2]) for text in written}) == 1
