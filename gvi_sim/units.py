"""Units, and every conversion between them, in one place.

Time inside the model is in days; people write years, months and half-lives. A rate is expected events per
unit of time, a probability is the chance of at least one event in a span: p = 1 - exp(-rate * span).
"""

from __future__ import annotations

from datetime import date, timedelta
from math import expm1, inf, log, log1p

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = 30.4375
DAYS_PER_WEEK = 7.0
MONTHS_PER_YEAR = 12
PER_INHABITANTS = 10_000
ADULT_YEARS = 18.0
SEK_PER_MSEK = 1_000_000.0


def years_to_days(years: float) -> float:
    """Days in a number of years of 365.25 days."""
    return years * DAYS_PER_YEAR


def days_to_years(days: float) -> float:
    """Years of 365.25 days in a number of days."""
    return days / DAYS_PER_YEAR


def per_year_to_per_day(rate_per_year: float) -> float:
    """A rate per year as a rate per day."""
    return rate_per_year / DAYS_PER_YEAR


def per_month_to_per_day(rate_per_month: float) -> float:
    """A rate per month of 30.4375 days as a rate per day."""
    return rate_per_month / DAYS_PER_MONTH


def rate_to_probability(rate: float, span: float) -> float:
    """Chance of at least one event in `span` at a constant `rate` (both in the same unit of time)."""
    return -expm1(-rate * span)


def probability_to_rate(probability: float, span: float) -> float:
    """The constant rate at which the chance of at least one event in `span` is `probability`.

    A probability of 1 is an infinite rate.
    """
    return inf if probability >= 1.0 else -log1p(-probability) / span


def half_life_to_rate(half_life: float) -> float:
    """Decay rate per unit of time of a quantity that halves every `half_life`; 0 for an infinite one."""
    return log(2.0) / half_life


def day_of(moment: date, start: date) -> int:
    """Days from `start` (day 0) to `moment`; negative before it."""
    return (moment - start).days


def date_of(day: float, start: date) -> date:
    """The calendar date on which simulated day `day` falls, when day 0 is `start`."""
    return start + timedelta(days=int(day // 1))
