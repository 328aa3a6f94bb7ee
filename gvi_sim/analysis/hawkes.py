"""A Hawkes process fitted to recorded attacks by maximum likelihood: what a statistician can recover.

The record holds times and groups (who attacked whom), never parents. Group g attacks at rate

    lambda_g(t) = mu_g + sum over earlier attacks, of a on h at s, of repeat * [g = a] f(t - s)
                  + retaliation * [g = h] f(t - s) + spread / (G - 2) * [g != a, h] w(t - s)

f and w exponential densities with a short and a long mean delay, an outsider being nobody's group. One pass
over the attacks in order gives the likelihood and its gradient: the sums decay between attacks and each
attack adds one term, so the cost is O(N) (Ogata 1981; Ozaki 1979).
"""

from __future__ import annotations

from math import exp
from typing import NamedTuple

import numpy as np

START = (0.1, 0.1, 0.1)
FAST_DAYS, SLOW_DAYS = 10.0, 100.0
SHORTEST_DAYS, LONGEST_FAST_DAYS, LONGEST_DAYS = 0.5, 60.0, 1000.0
LEAST, MOST_OFFSPRING, MOST_A_DAY = 1e-6, 3.0, 1e3
_KINDS = 3  # repeat, retaliation, spread


class Record(NamedTuple):
    """Recorded attacks in order of time: days since the record began [N], group attacking and attacked [N]
    (-1: nobody's), number of groups, length in days.
    """

    day: np.ndarray
    attacker: np.ndarray
    target: np.ndarray
    groups: int
    length: float


class HawkesFit(NamedTuple):
    """What was recovered. ``reproduction``: offspring of one attack; its parts; mean delays in days."""

    reproduction: float
    repeat: float
    retaliation: float
    spread: float
    fast_delay_days: float
    slow_delay_days: float
    background_per_day: np.ndarray
    log_likelihood: float
    converged: bool


class _Sums(NamedTuple):
    """By attack: what earlier ones add, by kind [N, 3], and its derivative by the kernel's rate [N, 3]."""

    at: np.ndarray
    slope: np.ndarray


def _excitation(record: Record, fast: float, slow: float) -> _Sums:
    """One pass: for each attack, what earlier ones add to its group's rate, by kind, at unit offspring.

    Spread from everybody is kept once for all groups, and what a group was itself part of is taken off.
    """
    count, groups = len(record.day), record.groups
    at, slope = np.zeros((count, _KINDS)), np.zeros((count, _KINDS))
    # Sums by group: attacks made and suffered with the fast kernel, attacks it was part of with the slow one.
    made, suffered, part = [0.0] * (groups + 1), [0.0] * (groups + 1), [0.0] * (groups + 1)
    made_age, suffered_age, part_age = [0.0] * (groups + 1), [0.0] * (groups + 1), [0.0] * (groups + 1)
    whole = whole_age = 0.0
    seen = [0.0] * (groups + 1)
    last, elapsed = 0.0, record.day.tolist()
    others = max(groups - 2, 1)
    for k, (day, g, h) in enumerate(zip(elapsed, record.attacker.tolist(), record.target.tolist(), strict=True)):
        step = day - last
        last, decay = day, exp(-slow * step)
        whole_age = decay * (whole_age + step * whole)
        whole *= decay
        for group in {g, h} - {-1}:
            gap = day - seen[group]
            seen[group] = day
            quick, tardy = exp(-fast * gap), exp(-slow * gap)
            made_age[group] = quick * (made_age[group] + gap * made[group])
            suffered_age[group] = quick * (suffered_age[group] + gap * suffered[group])
            part_age[group] = tardy * (part_age[group] + gap * part[group])
            made[group] *= quick
            suffered[group] *= quick
            part[group] *= tardy
        apart, apart_age = (whole - part[g]) / others, (whole_age - part_age[g]) / others
        at[k] = fast * made[g], fast * suffered[g], slow * apart
        slope[k] = (
            made[g] - fast * made_age[g], suffered[g] - fast * suffered_age[g], apart - slow * apart_age
        )  # fmt: skip
        made[g] += 1.0
        part[g] += 1.0
        whole += 1.0
        if h >= 0:
            suffered[h] += 1.0
            if h != g:
                part[h] += 1.0
    return _Sums(at, slope)


def _reach(record: Record, fast: float, slow: float) -> tuple[np.ndarray, np.ndarray]:
    """Expected offspring inside the record at unit means, by kind [3], and the derivative by the rate [3]."""
    left = record.length - record.day
    on_group = record.target >= 0
    quick, tardy = np.exp(-fast * left), np.exp(-slow * left)
    others = max(record.groups - 2, 1)
    bystanders = (record.groups - 1 - on_group) / others
    reach = np.array([(1 - quick).sum(), (1 - quick)[on_group].sum(), ((1 - tardy) * bystanders).sum()])
    slope = np.array([(left * quick).sum(), (left * quick)[on_group].sum(), (left * tardy * bystanders).sum()])
    return reach, slope


def log_likelihood(record: Record, theta: np.ndarray) -> tuple[float, np.ndarray]:
    """Log-likelihood and its gradient at theta.

    ``theta``: repeat, retaliation, spread, mean fast and slow delay in days, then mu a day by group [5 + G].
    """
    offspring, (fast_days, slow_days), mu = theta[:3], theta[3:5], theta[5:]
    fast, slow = 1.0 / fast_days, 1.0 / slow_days
    sums = _excitation(record, fast, slow)
    reach, reach_slope = _reach(record, fast, slow)
    rate = mu[record.attacker] + sums.at @ offspring
    value = float(np.log(rate).sum() - mu.sum() * record.length - reach @ offspring)
    gradient = np.empty_like(theta)
    inverse = 1.0 / rate
    gradient[:3] = sums.at.T @ inverse - reach
    by_rate = (sums.slope.T @ inverse - reach_slope) * offspring
    gradient[3] = -(by_rate[0] + by_rate[1]) * fast * fast
    gradient[4] = -by_rate[2] * slow * slow
    gradient[5:] = np.bincount(record.attacker, inverse, minlength=record.groups) - record.length
    return value, gradient


def fit(record: Record) -> HawkesFit:
    """The parameters under which the record is likeliest (L-BFGS-B from one start; all kept above 0)."""
    from scipy.optimize import minimize

    background = 0.7 * np.bincount(record.attacker, minlength=record.groups) / record.length
    start = np.concatenate([START, [FAST_DAYS, SLOW_DAYS], np.maximum(background, 10 * LEAST)])
    bounds = [(LEAST, MOST_OFFSPRING)] * _KINDS
    bounds += [(SHORTEST_DAYS, LONGEST_FAST_DAYS), (LONGEST_FAST_DAYS, LONGEST_DAYS)]
    bounds += [(LEAST, MOST_A_DAY)] * record.groups
    # Scaled to a size of about 1 each, which the optimiser's stopping rules are made for.
    scale = np.concatenate([np.full(_KINDS, 1.0), [FAST_DAYS, SLOW_DAYS], np.full(record.groups, 0.01)])

    def loss(scaled: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = log_likelihood(record, scaled * scale)
        return -value, -gradient * scale

    limits = [(low / s, high / s) for (low, high), s in zip(bounds, scale, strict=True)]
    found = minimize(loss, start / scale, jac=True, method="L-BFGS-B", bounds=limits)
    theta = found.x * scale
    return HawkesFit(
        reproduction=float(theta[:3].sum()),
        repeat=float(theta[0]),
        retaliation=float(theta[1]),
        spread=float(theta[2]),
        fast_delay_days=float(theta[3]),
        slow_delay_days=float(theta[4]),
        background_per_day=theta[5:],
        log_likelihood=-float(found.fun),
        converged=bool(found.success),
    )
