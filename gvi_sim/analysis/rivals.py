"""Rival structures calibrated to one record: the middle of each posterior, and whether it fits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..execution.plan import checked_count
from ..execution.pool import usable_cpus
from .calibration import calibrate
from .calibration.effort import check_effort, effort_of
from .calibration.priors import prior_of
from .calibration.procedure import FEWEST_POINTS, base_scenario, chosen_free, level_bounds, register_of
from .robustness import RIVALS

if TYPE_CHECKING:
    from ..execution.pool import Progress
    from .calibration import Counts


class Asked(NamedTuple):
    """A record and how rivals are calibrated to it: what ``calibrate`` takes for each."""

    counts: Counts
    words: tuple[str, ...]
    points: int
    recording: float = 1.0
    seed: int | None = None
    workers: int | None = None
    force: bool = False


def calibration_seconds(asked: Asked) -> float:
    """Seconds that calibrating every rival takes; what ``calibrate`` would refuse of any is refused here."""
    return sum(_seconds(asked, words) for _, words in _each(asked))


def calibrated_rivals(asked: Asked, progress: Progress | None) -> tuple[dict[str, dict[str, object]], dict[str, bool]]:
    """For each rival the middle of its posterior, as overrides, and whether it fits the record."""
    points: dict[str, dict[str, object]] = {}
    fits: dict[str, bool] = {}
    for name, words in _each(asked):
        found = calibrate(
            asked.counts, *words, points=asked.points, seed=asked.seed, workers=asked.workers,
            recording=asked.recording, progress=progress, force=asked.force,
        )  # fmt: skip
        points[name], fits[name] = {**found.ensemble.middle()}, found.fits
    return points, fits


def _each(asked: Asked) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in RIVALS:
        yield name, (*asked.words, "programme=none", f"structure={name}")


def _seconds(asked: Asked, words: tuple[str, ...]) -> float:
    counts, points = asked.counts, checked_count("points", asked.points, FEWEST_POINTS)
    workers = usable_cpus() if asked.workers is None else checked_count("workers", asked.workers, 1)
    base = base_scenario(counts, words)
    level = level_bounds(counts, base, register_of(counts, asked.recording, "attacks"))
    prior = prior_of(base, chosen_free(base, counts, None), level, counts.years)
    effort = effort_of(base, prior.names, level, counts.frame, points)
    check_effort(effort, points, counts.frame, workers=workers, force=asked.force)
    return effort.seconds(workers)
