"""Units, and every conversion between them, in one place.

Time inside the model is in days; people write years, months and half-lives. A rate is expected events per
unit of time, a probability is the chance of at least one event in a span: p = 1 - exp(-rate * span).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from math import floor, inf, log, log1p

DAYS_PER_YEAR = 365.25
DAYS_PER_MONTH = 30.4375
MONTHS_PER_YEAR = 12
ADULT_YEARS = 18.0
SEK_PER_MSEK = 1_000_000.0


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


def months_after(start: date, months: int) -> date:
    """The same day of the month ``months`` later, or that month's last day where it has no such day."""
    year, month = divmod(start.year * MONTHS_PER_YEAR + start.month - 1 + months, MONTHS_PER_YEAR)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def days_after(start: date, years: float) -> float:
    """Days from ``start`` to ``years`` later by the calendar; a part of a month is that share of its days."""
    whole = floor(years * MONTHS_PER_YEAR + 1e-9)
    part = max(years * MONTHS_PER_YEAR - whole, 0.0)
    begins = day_of(months_after(start, whole), start)
    return begins + (part * (day_of(months_after(start, whole + 1), start) - begins) if part > 1e-9 else 0.0)


def months_within(start: date, days: float) -> int:
    """Months of the calendar that begin within the ``days`` from ``start`` on, at least one."""
    months = max(floor(days / DAYS_PER_MONTH) - 1, 1)
    while day_of(months_after(start, months), start) < days:
        months += 1
    return months


def month_edges(start: date, months: int) -> list[float]:
    """Days on which ``months`` months from ``start`` on begin, and the end of the last. [months + 1]"""
    return [float(day_of(months_after(start, month), start)) for month in range(months + 1)]


def date_of(day: float, start: date) -> date:
    """The calendar date on which simulated day `day` falls, when day 0 is `start`."""
    return start + timedelta(days=int(day // 1))
