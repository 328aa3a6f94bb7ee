"""What a calibration will take, told before it starts; the absurd is refused.

Its simulations are counted as those of a run are (``run_counts``, ``speed``), at the mean level of the
prior. Beside them, per point: making its scenario and world, its statistics, and its share of the regression; those
were measured on Malmö, a city of 69 groups and Upplands-Bro; the first two were told as 1.2 and 0.9 of what they took.
"""

from __future__ import annotations

import math
from math import log
from typing import NamedTuple

from ...config import Scenario
from ...errors import ResourceError
from ...execution.amounts.resource_estimate import LONGEST_SECONDS, MEMORY_SHARE, spoken_bytes, spoken_time
from ...execution.amounts.run_counts import expected_attacks, of_run, uncounted_years
from ...execution.amounts.speed import SECONDS
from ...execution.planning.machine import memory_bytes
from ...execution.workers.pool import usable_cpus
from ..records.statistics import RecordFrame, statistic_names
from .constants import ROUNDS, flat_constants, pilot_years
from .contradicted import RUNS
from .priors import LEVEL

SECONDS_TO_MAKE, SECONDS_A_CANDIDATE, SECONDS_A_CELL, SECONDS_TO_LEARN, SECONDS_AROUND = 2.5e-3, 1.8e-6, 7e-7, 2e-3, 5.0
"""Processor seconds: a point's scenario and world, a candidate that the calendar's room adds, a cell of its record, its
row of the regression; the rest, once."""
BYTES_A_CELL, BYTES_A_FEATURE, BYTES_AROUND = 5, 24, 4e8
"""A count of four bytes, and while it is summarised a little more; a feature of eight, three times over."""


class Effort(NamedTuple):
    """Processor seconds that workers share, those of the one process that draws conclusions, and bytes."""

    shared: float
    alone: float
    memory: float

    def seconds(self, workers: int) -> float:
        """Seconds on the clock with so many workers."""
        return self.shared / min(workers, usable_cpus()) + self.alone


def effort_of(
    base: Scenario, free: tuple[str, ...], level: tuple[float, float], frame: RecordFrame, points: int
) -> Effort:
    """What ``points`` points take; ``level`` bounds attacks a year where the level is free."""
    if LEVEL in free:
        base = base.replace({LEVEL: (level[1] - level[0]) / log(level[1] / level[0])})
    pilot = flat_constants(base).replace({"years": pilot_years(base.site.attacks_per_year)})
    cells, columns = frame.units * frame.areas, len(statistic_names(frame))
    features = 1 + columns + columns * (columns + 1) // 2
    shared = (points + 4 * RUNS) * _seconds(base) + math.fsum(ROUNDS) * _seconds(pilot)
    alone = points * (cells * SECONDS_A_CELL + SECONDS_TO_LEARN) + SECONDS_AROUND
    return Effort(shared, alone, points * (cells * BYTES_A_CELL + features * BYTES_A_FEATURE) + BYTES_AROUND)


def _seconds(scenario: Scenario) -> float:
    """One run, with the candidates that the calendar's room for shocks adds."""
    all_years = 1 + uncounted_years(scenario) / scenario.years
    candidates = (scenario.calendar.cap - 1.0) * expected_attacks(scenario) * all_years
    return of_run(scenario).times(SECONDS) + candidates * SECONDS_A_CANDIDATE + SECONDS_TO_MAKE


def check_effort(effort: Effort, points: int, frame: RecordFrame, *, workers: int, force: bool) -> None:
    """ResourceError for a calibration of over ten minutes or over half of the memory, unless ``force``."""
    seconds, memory = effort.seconds(workers), memory_bytes() * MEMORY_SHARE
    if force or (seconds <= LONGEST_SECONDS and effort.memory <= memory):
        return
    share = min(LONGEST_SECONDS / seconds, memory / effort.memory)
    raise ResourceError(
        "calibration-too-large",
        time=spoken_time(seconds),
        memory=spoken_bytes(effort.memory),
        points=points,
        pilots=math.fsum(ROUNDS),
        units=frame.units,
        span=f"{frame.unit}s",
        areas=frame.areas,
        most_time=spoken_time(LONGEST_SECONDS),
        most_memory=spoken_bytes(memory),
        fewer=max(1, int(points * share)),
    )
