"""A record's own trend and season: what its counts follow slowly and steadily, so that the rest can be compared.

A record need not have the season of the scenario, and what it lacks or has besides would look like clustering: a level
that swings by a third over the year is as uneven as one whose attacks set off a fifth of the others. So every record,
simulated or not, is held against the level, trend and two waves of the year that fit it best (Poisson regression, a
few Newton steps, the waves held near nothing where a record is too short to tell them from its trend).
"""

from __future__ import annotations

import numpy as np

STEPS = 6
WAVES = (1, 2)
"""Waves a year."""
WAVE_SPREAD, TREND_SPREAD = 0.3, 1.0
"""What is believed of a wave's size and of a trend a year before the data, as standard deviations."""
_MOST = 3.0


def own_course(city: np.ndarray, expected: np.ndarray, middles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The factor on ``expected`` that each record follows [records, units], mean 1, and its trend a year [records].

    ``city`` [records, units] counts; ``expected`` [units], 0 where nothing was recorded; ``middles`` [units] in years.
    """
    total = expected.sum()
    away = middles - (middles * expected).sum() / total
    angles = [2.0 * np.pi * wave * middles for wave in WAVES]
    by = np.column_stack([np.ones_like(away), away, *(wave(angle) for angle in angles for wave in (np.cos, np.sin))])
    held = np.diag([0.0, TREND_SPREAD**-2, *[WAVE_SPREAD**-2] * (2 * len(WAVES))])
    found = np.zeros((len(city), by.shape[1]))
    found[:, 0] = np.log((city.sum(axis=1) + 0.5) / total)
    for _ in range(STEPS):
        mean = np.exp(np.clip(found @ by.T, -_MOST * 4, _MOST * 4)) * expected
        score = (city - mean) @ by - found @ held
        moment = np.einsum("ru,ui,uj->rij", mean, by, by, optimize=True) + held
        step = np.linalg.solve(moment, score[:, :, None])[:, :, 0]
        found += np.clip(step, -1.0, 1.0)
    shape = np.exp(np.clip(found[:, 1:] @ by[:, 1:].T, -_MOST, _MOST))
    return shape * (total / (shape @ expected))[:, None], found[:, 1]
