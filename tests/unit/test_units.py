"""Conversions, against what they must give by definition."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from math import exp, inf, log

import pytest
from months import month_starts

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


STARTS = [date(2024, 2, 29), date(2025, 1, 15), date(2023, 12, 31), date(2020, 1, 1), date(1999, 10, 30)]


@pytest.mark.parametrize("start", STARTS)
def test_a_year_is_twelve_months_of_the_calendar_that_add_to_the_window(start: date) -> None:
    for years in (1, 4, 10):
        edges = units.month_edges(start, 12 * years)
        assert edges == month_starts(start, edges[-1]).tolist()
        assert {28, 29, 30, 31} >= {b - a for a, b in pairwise(edges)} and len(edges) == 12 * years + 1
        assert edges[-1] == units.days_after(start, years) and units.months_within(start, edges[-1]) == 12 * years
        assert units.months_within(start, edges[-1] + 0.5) == 12 * years + 1
        anniversary = start + timedelta(days=int(edges[-1]))
        assert anniversary.year == start.year + years and abs(anniversary.day - start.day) <= 1


def test_a_part_of_a_month_is_that_share_of_its_days() -> None:
    assert units.days_after(date(2025, 1, 15), 0.5) == 181.0  # until 15 July
    assert units.days_after(date(2025, 1, 31), 1 / 12) == 28.0  # until 28 February
    assert units.days_after(date(2025, 1, 1), 1 / 24) == pytest.approx(15.5)
    spans = [units.days_after(date(2024, 2, 29), 0.03 * n) for n in range(200)]
    assert all(a < b for a, b in pairwise(spans))
