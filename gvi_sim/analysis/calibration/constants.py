"""Reference constants of many parameter points at once, from a surface fitted to short pilots.

A level and an n stated at reference need two constants, candidates per attack of background and offspring. The
engine finds them for one scenario with a long pilot, far too dear for ten thousand. They are smooth in the
parameters: one short pilot at each of some hundred points, each in a world of its own, a surface (quadratic, with
all products) through the log ratios of candidates to attacks, weighted by attacks; and again with the
constants it gives, since the ratios depend on the level that they set. ``Constants.moved`` is the root mean square
change of the last round, so an upper measure of what is left.

A short pilot sees few months, whose shared shocks would be most of its noise. What the calendar's gate lets pass
of background is known: the mean of a lognormal cut at the cap (``calendar_share``). So only background that passes
that gate is counted against the others. Offspring count by their probability of passing, as in the engine's pilots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import NormalDist

import numpy as np

from ...config import Scenario
from ...dynamics.replicate import Runner, collect
from ...execution.workers.pool import run_tasks
from ...world.builder import Reference
from ...world.codes import BACKGROUND, CALENDAR
from ...world.state import World
from .priors import LEVEL, SWING, SWINGS, TREND, Prior, overrides_of

PILOT_SEED = 20_180_101
ROUNDS = (100, 100, 400)
_BURN_IN, _ATTACKS, _YEARS = 8.0, 1900.0, (6.0, 20.0)
_POINTS_A_TASK, _RIDGE = 10, 1e-3
_NEUTRAL = (TREND, *SWINGS)
"""Coordinates that leave the constants as they are: the background's mean over swings is the stated one."""


@dataclass(frozen=True, slots=True)
class PointConstants:
    """A surface for the two log constants over standardised coordinates; ``at`` evaluates it."""

    names: tuple[str, ...]
    centre: np.ndarray
    scale: np.ndarray
    weights: np.ndarray
    moved: float

    def at(self, points: np.ndarray) -> list[Reference]:
        """The constants of points [points, names]."""
        logs = _features((_prepared(points, self.names) - self.centre) / self.scale) @ self.weights
        return [Reference(exp(a), exp(b)) for a, b in logs.tolist()]


@dataclass(frozen=True)
class _PilotTask:
    pilots: tuple[Scenario, ...]
    references: tuple[Reference, ...]
    start: int

    @property
    def size(self) -> int:
        return len(self.pilots)


def emulate(base: Scenario, prior: Prior, *, seed: int, workers: int = 1) -> PointConstants:
    """Fit the surface over the prior. ``base`` is business as usual; its calendar is taken off for the pilots."""
    flat = flat_constants(base)
    first, *later = ROUNDS
    points = prior.draw(first, seed + 1)
    guess = [Reference(1.2 * flat.calendar.cap, 1.2)] * first
    surface = _fit(prior.names, points, *_pilots(flat, prior, points, guess, workers), guess)
    for number, count in enumerate(later, 2):
        points = prior.draw(count, seed + number)
        guess = surface.at(points)
        surface = _fit(prior.names, points, *_pilots(flat, prior, points, guess, workers), guess)
    return surface


def flat_constants(base: Scenario) -> Scenario:
    """The scenario that pilots run: no calendar, no programme."""
    return base.replace(
        {"calendar.trend": [], SWING: 0, "calendar.season": [], "calendar.series": {}, "calendar.shocks": [],
         "programme.enabled": False, "burn_in_years": _BURN_IN}
    )  # fmt: skip


def pilot_years(attacks_per_year: float) -> float:
    """Years of one pilot: the lower the level, the longer."""
    return round(min(max(_ATTACKS / max(attacks_per_year, 1.0), _YEARS[0]), _YEARS[1]), 1)


def _pilots(
    flat: Scenario, prior: Prior, points: np.ndarray, guess: Sequence[Reference], workers: int
) -> tuple[np.ndarray, np.ndarray]:
    scenarios = [_pilot(flat, dict(zip(prior.names, row, strict=True))) for row in points.tolist()]
    tasks = [
        _PilotTask(tuple(scenarios[k : k + _POINTS_A_TASK]), tuple(guess[k : k + _POINTS_A_TASK]), k)
        for k in range(0, len(scenarios), _POINTS_A_TASK)
    ]
    out = np.zeros((len(scenarios), 2, 2))
    for task, found in run_tasks(_work, tasks, workers=workers):
        out[task.start : task.start + task.size] = found
    return out[:, 0], out[:, 1]


def _pilot(flat: Scenario, point: dict[str, float]) -> Scenario:
    for name in _NEUTRAL:
        point.pop(name, None)
    level = point.get(LEVEL, flat.site.attacks_per_year)
    return flat.replace({**overrides_of(point, flat), "years": pilot_years(level)})


def _work(task: _PilotTask) -> np.ndarray:
    rows = [
        _counted(pilot, reference, task.start + k)
        for k, (pilot, reference) in enumerate(zip(task.pilots, task.references, strict=True))
    ]
    return np.array(rows, float)


def _counted(pilot: Scenario, reference: Reference, replicate: int) -> np.ndarray:
    """Candidates and attacks of one pilot [candidates or attacks, background or offspring]."""
    runner = Runner(pilot, (reference,), frozenset({"candidates"}))
    before = _offspring(runner.world_at(PILOT_SEED, replicate, 0.0))
    world = runner.continue_to(runner.window[1])
    table = collect(world, runner.plan, replicate).tables["candidates"]
    blocked = table["blocked"][table["cause"] == BACKGROUND]
    in_season, passed = ((blocked & CALENDAR) == 0).sum(), (blocked == 0).sum()
    tried, attacks = _offspring(world) - before
    return np.array([[in_season / calendar_share(pilot), tried], [passed, attacks]])


def _offspring(world: World) -> np.ndarray:
    """Offspring candidates so far, and the sum of their probabilities of passing."""
    state = world.state[0]
    return np.array([state["offspring_tried"], state["offspring_passed"]], float)


def calendar_share(pilot: Scenario) -> float:
    """Share of background candidates that the calendar's gate lets pass: the mean of the shared shock cut at the cap
    (lognormal of mean 1), over the cap."""
    sd, cap = pilot.calendar.shared_shock_sd, pilot.calendar.cap
    if sd == 0.0:
        return 1.0 / cap
    below, above = (NormalDist().cdf((s * log(cap) - sd * sd / 2) / sd) for s in (1.0, -1.0))
    return below / cap + above


def _prepared(points: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """Coordinates the constants may depend on: the level on a log scale, trend and swings not at all."""
    out = points.copy()
    for column, name in enumerate(names):
        if name == LEVEL:
            out[:, column] = np.log(points[:, column])
        if name in _NEUTRAL:
            out[:, column] = 0.0
    return out


def _features(z: np.ndarray) -> np.ndarray:
    one, other = np.triu_indices(z.shape[1])
    return np.column_stack([np.ones(len(z)), z, z[:, one] * z[:, other]])


def _fit(
    names: tuple[str, ...], points: np.ndarray, tried: np.ndarray, passed: np.ndarray, guess: Sequence[Reference]
) -> PointConstants:
    prepared = _prepared(points, names)
    centre, scale = prepared.mean(axis=0), np.maximum(prepared.std(axis=0), 1e-9)
    features = _features((prepared - centre) / scale)
    logs = np.log((tried + 0.5) / (passed + 0.5))
    weights = np.column_stack([_ridge(features, logs[:, k], passed[:, k] + 1e-3) for k in (0, 1)])
    before = np.array([[log(r.background), log(r.offspring)] for r in guess])
    moved = ((features @ weights - before) ** 2 * passed).sum() / max(passed.sum(), 1.0)
    return PointConstants(names, centre, scale, weights, float(np.sqrt(moved)))


def _ridge(features: np.ndarray, aim: np.ndarray, weight: np.ndarray) -> np.ndarray:
    share = weight / weight.sum()
    penalty = _RIDGE * np.eye(features.shape[1])
    penalty[0, 0] = 0.0
    moment = features.T @ (features * share[:, None]) + penalty
    return np.asarray(np.linalg.solve(moment, features.T @ (share * aim)))
