"""Running scenarios again from a seed, in memory and in this process: the same events, whatever is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...execution.amounts.resource_estimate import batch_size
from ...execution.campaign import run_in_memory
from ...execution.ensembles.parameters import Parameters
from ...execution.planning.arm import Arm
from ...execution.planning.batch import MakeRunner
from ...execution.planning.plan import Plan
from ...execution.storage.arm_results import InMemory

if TYPE_CHECKING:
    from ...config import Scenario


def run_again(
    arms: Iterable[Scenario | Arm],
    *,
    seed: int,
    runs: int,
    make: MakeRunner,
    keep: frozenset[str] = frozenset(),
    parameters: Parameters | None = None,
) -> tuple[InMemory, ...]:
    """The first ``runs`` replicates of ``seed`` of each scenario or arm, with tables ``keep`` and the same draws."""
    whole = tuple(arm if isinstance(arm, Arm) else Arm(str(number), arm) for number, arm in enumerate(arms))
    plan = Plan(
        kind="comparison",
        arms=whole,
        seed=seed,
        replicates=runs,
        make=make,
        keep=keep,
        batch=batch_size(whole[0].scenario),
        parameters=parameters,
    )
    batches = run_in_memory(plan, workers=1, progress=None)
    return tuple(InMemory(batches[key]) for key in plan.keys)
