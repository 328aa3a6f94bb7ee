"""Conversions, against what they must give by definition."""

from __future__ import annotations

from datetime import date
from math import exp, inf, log

import pytest

from gvi_sim import units


def test_a_year_has_twelve_months() -> None:
    assert units.DAYS_PER_YEAR == 365.25
    assert units.DAYS_PER_MONTH == 30.4375
    assert units.DAYS_PER_MONTH * units.MONTHS_PER_YEAR == units.DAYS_PER_YEAR


def test_a_probability_as_a_rate() -> None:
    assert 1 - exp(-units.probability_to_rate(0.3, 2.0) * 2.0) == pytest.approx(0.3, rel=1e-15)
    assert units.probability_to_rate(1e-12, 1.0) == pytest.approx(1e-12, rel=1e-9)
    assert units.probability_to_rate(1.0, 1.0) == inf


def test_half_lives() -> None:
    assert units.half_life_to_rate(10.0) == pytest.approx(log(2) / 10, rel=1e-15)
    assert exp(-units.half_life_to_rate(30.0) * 30.0) == pytest.approx(0.5, rel=1e-15)
    assert units.half_life_to_rate(inf) == 0.0


def test_dates() -> None:
    start = date(2024, 1, 1)
    assert units.day_of(date(2024, 3, 1), start) == 60  # a leap year
    assert units.day_of(date(2023, 12, 31), start) == -1
    assert units.date_of(59.99, start) == date(2024, 2, 29)
    assert units.date_of(-0.5, start) == date(2023, 12, 31)
