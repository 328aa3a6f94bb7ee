"""Many parameter points simulated once each, and what a register would hold of every one.

Point i is replicate i of the bank's seed, so that two banks of one seed (rival structures, other priors) are
paired point by point, while records within a bank are independent: an observed record is one random outcome, and
so is each of these.

An attack is recorded in the area where the attacked group is at home, one on an outsider where the attacker is;
group g is at home in area g modulo the number of areas. With a declared recording rate below 1 each attack is
recorded by a draw of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...config import Scenario
from ...execution.batch import default_engine
from ...execution.pool import Meter, Progress, run_tasks
from ...world.builder import Reference
from ...world.codes import SHOOTING
from ..recovery import recorded
from .statistics import RecordFrame

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("attacks", "shootings")
_POINTS_A_TASK = 40


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
        attacks = attacks[recorded(_frame_of(attacks), register.recording, seed)]
    unit = np.searchsorted(frame.edges, attacks["day"], "right") - 1
    home = np.where(attacks["target_group"] >= 0, attacks["target_group"], attacks["attacker_group"])
    area = home % frame.areas
    seen = (unit >= 0) & (unit < frame.units)
    seen[seen] = frame.recorded[unit[seen], area[seen]]
    counts = np.bincount(unit[seen] * frame.areas + area[seen], minlength=frame.units * frame.areas)
    harm = np.array([attacks["hit"][seen].sum(), attacks["killed"][seen].sum()], float)
    return counts.reshape(frame.units, frame.areas), harm


def _frame_of(attacks: np.ndarray) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({"run": attacks["run"], "candidate": attacks["candidate"]})
