"""Many parameter points simulated once each, and what a register would hold of every one.

Point i is replicate i of the bank's seed, so that two banks of one seed (rival structures, other priors) are
paired point by point, while records within a bank are independent: an observed record is one random outcome, and
so is each of these.

An attack is recorded in the area where the attacked group is at home, one on an outsider where the attacker is;
group g is at home in area g modulo the number of areas. With a declared recording rate below 1 each attack is
recorded by a draw of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...config import Scenario
from ...execution.planning.batch import default_engine
from ...execution.workers.pool import Meter, Progress, run_tasks
from ...kernel.draws import RECORDED, run_key, words
from ...world.builder import Reference
from ...world.codes import SHOOTING
from ..records.statistics import RecordFrame

KINDS = ("attacks", "shootings")
_POINTS_A_TASK = 40
_LOW = 0xFFFFFFFF
_philox: Callable[..., None] = words


class Register(NamedTuple):
    """How attacks become a record: the frame, the share recorded, and whether detonations count too."""

    frame: RecordFrame
    recording: float = 1.0
    kind: str = "attacks"


class Bank(NamedTuple):
    """Records of many points: ``counts`` int32 [points, units, areas], ``harm`` [points, 2] persons hit, killed."""

    counts: np.ndarray
    harm: np.ndarray


@dataclass(frozen=True)
class _Task:
    base: Scenario
    overrides: tuple[Mapping[str, object], ...]
    references: tuple[Reference, ...]
    register: Register
    seed: int
    first: int

    @property
    def size(self) -> int:
        return len(self.overrides)


def simulate_points(
    base: Scenario,
    points: Sequence[tuple[Mapping[str, object], Reference]],
    register: Register,
    *,
    seed: int,
    workers: int = 1,
    first: int = 0,
    progress: Progress | None = None,
) -> Bank:
    """Simulate every point (overrides of ``base`` with its reference constants) once; see ``Bank``."""
    frame = register.frame
    counts = np.zeros((len(points), frame.units, frame.areas), np.int32)
    harm = np.zeros((len(points), 2))
    meter = Meter(len(points), progress)
    tasks = [
        _Task(base, tuple(o for o, _ in part), tuple(r for _, r in part), register, seed, first + start)
        for start in range(0, len(points), _POINTS_A_TASK)
        if (part := points[start : start + _POINTS_A_TASK])
    ]
    for task, (some, hurt) in run_tasks(_work, tasks, workers=workers):
        rows = slice(task.first - first, task.first - first + task.size)
        counts[rows], harm[rows] = some, hurt
        meter.add(task.size)
    return Bank(counts, harm)


def _work(task: _Task) -> tuple[np.ndarray, np.ndarray]:
    make, keep = default_engine(), frozenset({"attacks"})
    counts, harm = [], []
    for k, (overrides, reference) in enumerate(zip(task.overrides, task.references, strict=True)):
        runner = make(task.base.replace(overrides), keep, (reference,))
        table = runner.run(task.seed, task.first + k).tables["attacks"]
        one, hurt = record(table, task.register, task.seed)
        counts.append(one)
        harm.append(hurt)
    return np.array(counts), np.array(harm)


def record(attacks: np.ndarray, register: Register, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """One run's attack table as a register holds it: counts [units, areas] and persons hit and killed [2]."""
    frame = register.frame
    if register.kind == "shootings":
        attacks = attacks[attacks["mode"] == SHOOTING]
    if register.recording < 1.0:
        attacks = attacks[recorded(attacks, register.recording, seed)]
    unit = np.searchsorted(frame.edges, attacks["day"], "right") - 1
    home = np.where(attacks["target_group"] >= 0, attacks["target_group"], attacks["attacker_group"])
    area = home % frame.areas
    seen = (unit >= 0) & (unit < frame.units)
    seen[seen] = frame.recorded[unit[seen], area[seen]]
    counts = np.bincount(unit[seen] * frame.areas + area[seen], minlength=frame.units * frame.areas)
    harm = np.array([attacks["hit"][seen].sum(), attacks["killed"][seen].sum()], float)
    return counts.reshape(frame.units, frame.areas), harm


def recorded(attacks: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Which attacks the register holds: a share of them, each by a draw of its own. bool [rows].

    A larger share holds every attack of a smaller one.
    """
    out = np.zeros(4, np.uint64)
    marks = np.empty(len(attacks))
    keys = {int(run): run_key(seed, int(run)) for run in np.unique(attacks["run"])}
    rows = zip(attacks["run"].tolist(), attacks["candidate"].tolist(), strict=True)
    for index, (run, candidate) in enumerate(rows):
        counter = np.array([candidate & _LOW, candidate >> 32, 0, RECORDED], np.uint64)
        _philox(counter, np.array([keys[run] & _LOW, keys[run] >> 32], np.uint64), out)
        marks[index] = (float(out[0]) + 0.5) * 2.0**-32
    return marks < share
