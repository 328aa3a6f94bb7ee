"""What the spectra of a record suggest: a simple self-exciting model fitted to them, its estimates used as statistics.

Counts whose attacks set off others are a filter of chance: at frequency w the variance to mean of a linear
self-exciting process is (1 + shocks(w) + swings(w)) / |1 - n k(w)|^2, with k the transform of the delays. Short delays
leave power at all but the highest frequencies, long ones at the lowest alone, monthly shocks up to about one a month,
and slow swings of the whole level below one in their memory, which no count of pairs tells apart as well. The
likelihood of a periodogram is a sum over frequencies (Whittle 1953), so a whole grid of models is one matrix product,
and the mean over the grid is an estimate that exists for every record.

Two fits: the city's counts (n, its fast part, shared shocks, slow swings), and the areas' after the city's share of
each is taken off, in which shocks and swings cancel: offspring in the same area less those in another, fast and slow.

The fits are statistics, no more: the model lacks groups, season and cap, its delays are fixed, and what its estimates
are worth is learnt from simulated records (indirect inference: Gourieroux, Monfort & Renault 1993).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from ...units import DAYS_PER_YEAR

FAST_DAYS, SLOW_DAYS, SHOCK_DAYS = 10.0, 125.0, DAYS_PER_YEAR / 12
SWING_DAYS = (150.0, 700.0)
"""Days in which a swing halves, as the grid has them: the registry's range in two steps."""
_N, _FAST = np.linspace(0.02, 0.63, 10), np.linspace(0.1, 0.95, 4)
_SHOCK = np.array([0, 0.05, 0.2, 0.5, 1, 2, 5, 15])
"""Variance of shocks, or of swings, times background attacks a unit of time, which is what a spectrum shows of them."""
_MOST_SPREAD, _LEAST_SPREAD = 0.5, 0.03
_OWN_FAST, _OWN_SLOW = np.linspace(-0.2, 0.6, 21), np.linspace(-0.3, 0.4, 8)
_NEVER = 1e-6


class _Grid(NamedTuple):
    """Models by row: their parameters [models, parameters] and variance to mean by frequency [models, frequencies]."""

    at: np.ndarray
    log_sum: np.ndarray
    inverse: np.ndarray


def city_fit(residual: np.ndarray, mean: np.ndarray, days: float) -> list[np.ndarray]:
    """n, its fast part, log shock variance and log swing variance that the city's counts suggest, each [records].

    ``residual`` [records, units] are counts less what the level explains, ``mean`` [records] counts a unit, ``days``
    the length of a unit.
    """
    grid = _city_grid(residual.shape[1], days)
    chance = _log_chance(grid, _periodogram(residual) / mean[:, None]) + _log_prior(grid, mean)
    n, fast, shock, swing = grid.at.T[:4]
    return _expected(chance, np.column_stack([n, n * fast, np.log(shock + 0.02), np.log(swing + 0.02)]))


def area_fit(residual: np.ndarray, share: np.ndarray, mean: np.ndarray, days: float) -> list[np.ndarray]:
    """Offspring in the same area less those in another, fast and slow, that the areas suggest, each [records].

    ``residual`` [records, units, areas]; ``share`` [records, areas] of the city's attacks in each.
    """
    own = residual - residual.sum(axis=2, keepdims=True) * share[:, None, :]
    together = (share**2).sum(axis=1)
    power = np.sum([_periodogram(own[:, :, area]) for area in range(share.shape[1])], axis=0)
    grid = _area_grid(residual.shape[1], days)
    scaled = power / (mean * np.maximum(1.0 - together, 1e-3))[:, None]
    chance = _log_chance(grid, scaled) * (1.0 / np.maximum(together, 1e-3) - 1.0)[:, None]
    return _expected(chance, grid.at[:, :2])


def _periodogram(residual: np.ndarray) -> np.ndarray:
    units = residual.shape[1]
    power = np.abs(np.fft.rfft(residual, axis=1)[:, 1 : units // 2 + 1]) ** 2
    return np.asarray(power / units)


def _log_chance(grid: _Grid, periodogram: np.ndarray) -> np.ndarray:
    return np.asarray(-(grid.log_sum + periodogram @ grid.inverse))


def _expected(log_chance: np.ndarray, values: np.ndarray) -> list[np.ndarray]:
    """Mean over the grid's models of ``values`` [models, numbers]: a column [records] each."""
    weight = np.exp(log_chance - log_chance.max(axis=1, keepdims=True))
    return list((weight @ values / weight.sum(axis=1, keepdims=True)).T)


def _log_prior(grid: _Grid, mean: np.ndarray) -> np.ndarray:
    """Spreads of shocks and swings uniform up to a most, as variances that the grid steps over in uneven steps."""
    background = mean[:, None] * (1.0 - grid.at[:, 0]) ** 2
    steps, total = np.gradient(_SHOCK), np.zeros_like(background)
    for variance in grid.at.T[2:4]:
        spread = np.sqrt(variance / background)
        weight = steps[np.searchsorted(_SHOCK, variance)] / (np.maximum(spread, _LEAST_SPREAD) * background)
        total += np.log(np.where(spread <= _MOST_SPREAD, weight, 0.0) + _NEVER)
    return total


@cache
def _city_grid(units: int, days: float) -> _Grid:
    w = _frequencies(units, days)
    at = np.array(np.meshgrid(_N, _FAST, _SHOCK, _SHOCK, SWING_DAYS, indexing="ij")).reshape(5, -1).T
    n, fast, shock, swing, halves = at.T[:, :, None]
    filtered = 1.0 - n * (fast * _delays(w, FAST_DAYS) + (1.0 - fast) * _delays(w, SLOW_DAYS))
    monthly = SHOCK_DAYS / days * _average(w * SHOCK_DAYS)
    rate = np.log(2.0) / halves
    slowly = 2.0 * rate / (rate**2 + w**2) / days
    return _grid(at, (1.0 + shock * monthly + swing * slowly) / np.abs(filtered) ** 2, w * days)


@cache
def _area_grid(units: int, days: float) -> _Grid:
    w = _frequencies(units, days)
    at = np.array(np.meshgrid(_OWN_FAST, _OWN_SLOW, indexing="ij")).reshape(2, -1).T
    fast, slow = at.T[:, :, None]
    return _grid(at, 1.0 / np.abs(1.0 - fast * _delays(w, FAST_DAYS) - slow * _delays(w, SLOW_DAYS)) ** 2, w * days)


def _grid(at: np.ndarray, continuous: np.ndarray, phase: np.ndarray) -> _Grid:
    """Models as units see them: what is beyond chance is averaged over a unit, chance itself is not."""
    seen = 1.0 + (continuous - 1.0) * _average(phase)
    return _Grid(at, np.log(seen).sum(axis=1), np.ascontiguousarray(1.0 / seen.T))


def _frequencies(units: int, days: float) -> np.ndarray:
    """Radians a day, the lowest one period over the whole record."""
    return np.asarray(2.0 * np.pi * np.arange(1, units // 2 + 1) / (units * days))


def _delays(w: np.ndarray, mean_days: float) -> np.ndarray:
    """Transform of an exponential density."""
    return np.asarray(1.0 / (1.0 + 1j * w * mean_days))


def _average(phase: np.ndarray) -> np.ndarray:
    """Power that averaging over a block leaves, ``phase`` being radians a block."""
    return np.asarray(np.sinc(phase / (2.0 * np.pi)) ** 2)
