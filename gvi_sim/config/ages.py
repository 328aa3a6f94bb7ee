"""Ages at joining: a lognormal above the lowest age, cut off at the highest, that has the stated mean and spread.

What is cut off would lower the mean and the spread, so location and scale are found such that both come out. With
x the age above the lowest and ``room`` its most, ln x is normal (``log_mean``, ``log_sd``) given that x <= ``room``.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

_STEPS = 44
_UNCUT = 8.0
"""Standard scores beyond which less than 10^-15 would be cut off."""
_LARGEST_LOG_SD, _FARTHEST = 3.0, 25.0


class JoiningAges(NamedTuple):
    """The normal law of ln x, and the share of it that lies below ``room``."""

    log_mean: float
    log_sd: float
    kept: float


def _tail(z: float) -> float:
    """2 Phi(-z) exp(z^2 / 2), which neither under- nor overflows between -36 and 36."""
    return math.exp(0.5 * z * z) * math.erfc(z / math.sqrt(2.0))


def _shape(score: float, log_sd: float) -> tuple[float, float]:
    """(mean over room, squared coefficient of variation) when ``room`` lies at this standard score."""
    whole, first, second = (_tail(n * log_sd - score) for n in range(3))
    return first / whole, second * whole / (first * first) - 1.0


def _score(log_sd: float, mean_share: float) -> float:
    """The standard score of ``room`` at which the mean is this share of it; the mean falls as it grows."""
    low, high = -_FARTHEST, _FARTHEST
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _shape(middle, log_sd)[0] > mean_share else (low, middle)
    return 0.5 * (low + high)


def widest_spread(mean: float, room: float) -> float:
    """The largest standard deviation that ages with this mean above the lowest can have below ``room``."""
    log_sd = _largest_log_sd(mean / room)
    return mean * math.sqrt(_shape(_score(log_sd, mean / room), log_sd)[1])


def _largest_log_sd(mean_share: float) -> float:
    """The largest log_sd at which some score has this mean: near ``room`` the widest laws fall short of it."""
    low, high = 0.0, _LARGEST_LOG_SD
    if _shape(-_FARTHEST, high)[0] >= mean_share:
        return high
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _shape(-_FARTHEST, middle)[0] >= mean_share else (low, middle)
    return low


@lru_cache(maxsize=1024)
def joining_ages(mean: float, spread: float, room: float) -> JoiningAges:
    """The law of ages above the lowest with this mean and standard deviation, none above ``room``.

    ``spread`` may not be above ``widest_spread``.
    """
    variation = (spread / mean) ** 2
    log_sd = math.sqrt(math.log1p(variation))
    score = (math.log(room / mean) + 0.5 * log_sd * log_sd) / log_sd
    if score < _UNCUT:
        low, high = 0.0, _largest_log_sd(mean / room)
        for _ in range(_STEPS):
            log_sd = 0.5 * (low + high)
            low, high = (log_sd, high) if _shape(_score(log_sd, mean / room), log_sd)[1] < variation else (low, log_sd)
        score = _score(log_sd, mean / room)
    # So many digits are the same on every machine.
    log_sd, score = float(f"{log_sd:.11g}"), float(f"{score:.11g}")
    return JoiningAges(math.log(room) - score * log_sd, log_sd, 0.5 * math.erfc(-score / math.sqrt(2.0)))
