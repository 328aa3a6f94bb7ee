"""What theory says, each formula written here from its source and used by no other code.

Hawkes & Oakes (1974) for self-exciting processes, Borel (1942) for cascades, Erlang (1917), Engset (1918)
and Palm (1957) for places and queues.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special


def attacks_per_background(o: float, n: float, repeat: float) -> float:
    """Attacks per background attack, with a share ``o`` of background attacks on outsiders."""
    return (1.0 - o) / (1.0 - n) + o / (1.0 - repeat)


def self_exciting_fano(n: float, mean_delay: float, window: float) -> float:
    """Variance over mean of counts in a window; Poisson offspring, exponential delay, stationary."""
    pull = (1.0 - n) / mean_delay * window
    return 1.0 + (1.0 / (1.0 - n) ** 2 - 1.0) * (1.0 + math.expm1(-pull) / pull)


def borel(size: np.ndarray, n: float) -> np.ndarray:
    """P(cascade has ``size`` attacks), Poisson(n) offspring."""
    k = np.asarray(size, float)
    return np.exp(-n * k + (k - 1.0) * np.log(n * k) - special.gammaln(k + 1.0))


def borel_mean_variance(n: float) -> tuple[float, float]:
    """Mean and variance of the size of a cascade."""
    return 1.0 / (1.0 - n), n / (1.0 - n) ** 3


def delay_cdf(days: np.ndarray, first: tuple[float, float], middle: tuple[float, float], late: float) -> np.ndarray:
    """P(arrest within ``days``): uniform, then log-uniform, then exponential, with (share, last day) each."""
    t = np.asarray(days, float)
    (p, a), (q, b) = first, middle
    uniform = np.clip(t / a, 0.0, 1.0)
    log_uniform = np.clip(np.log(np.maximum(t, a) / a) / math.log(b / a), 0.0, 1.0)
    exponential = -np.expm1(-np.maximum(t - b, 0.0) / late)
    return p * uniform + q * log_uniform + (1.0 - p - q) * exponential


def share_away(rate: float, stay: float) -> float:
    """Share of members away who go at ``rate`` when present and stay away for ``stay``."""
    return rate * stay / (1.0 + rate * stay)


def erlang_b(places: int, load: float) -> float:
    """Share of requests lost with no waiting list, requests from outside."""
    blocked = 1.0
    for k in range(1, places + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_a(places: int, rate: float, stay: float, patience: float) -> tuple[float, float]:
    """Mean number in places and mean number waiting: exponential stays and patience (Palm)."""
    weights, k = [1.0], 0
    while k < places or weights[-1] > 1e-16 * max(weights):
        k += 1
        leaving = min(k, places) / stay + max(k - places, 0) / patience
        weights.append(weights[-1] * rate / leaving)
    p = np.array(weights) / sum(weights)
    number = np.arange(len(p))
    return float(p @ np.minimum(number, places)), float(p @ np.maximum(number - places, 0))


def finite_source(places: int, loads: np.ndarray) -> np.ndarray:
    """Mean number in places for members that request only when outside; ``loads`` [..., members].

    Loads are rate times mean stay, one a member. The law of who is inside is a product over members
    (Engset's for equal loads), so sums over sets of k members are elementary symmetric polynomials.
    """
    e = np.zeros((*loads.shape[:-1], places + 1))
    e[..., 0] = 1.0
    for member in range(loads.shape[-1]):
        e[..., 1:] = e[..., 1:] + loads[..., member, None] * e[..., :-1]
    mean: np.ndarray = e @ np.arange(places + 1) / e.sum(axis=-1)
    return mean


def engset(places: int, members: int, load: float) -> float:
    """Mean number in places for members with equal loads."""
    k = np.arange(places + 1)
    w = special.comb(members, k) * load**k
    return float(k @ w / w.sum())


def halved(value: float, days: float, half_life: float) -> float:
    """What is left of ``value`` after ``days``."""
    return value * 0.5 ** (days / half_life)
