"""Units, and every conversion between them, in one place.

Time inside the model is in days; people write years, months and half-lives. A rate is expected events per
unit of time, a probability is the chance of at least one event in a span: p = 1 - exp(-rate * span).
"""

from __future__ import annotations

from datetime import date, timedelta
from math import inf, log, log1p

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


def date_of(day: float, start: date) -> date:
    """The calendar date on which simulated day `day` falls, when day 0 is `start`."""
    return start + timedelta(days=int(day // 1))
