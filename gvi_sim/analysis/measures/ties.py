"""The network of groups of each replicate, as the engine draws it: rivals, allies, distances."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...dynamics.replicate import Runner
from ...kernel import draws
from ...kernel.compiler import entry
from ...world.builder import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...simulate import Runs


class Network(NamedTuple):
    """Groups of one replicate: rivalry and alliance [groups, groups], distance in group spacings (torus)."""

    rivalry: np.ndarray
    alliance: np.ndarray
    distance: np.ndarray

    @property
    def tied(self) -> np.ndarray:
        """Whether two groups are rivals or allies. bool [groups, groups]."""
        return np.asarray((self.rivalry > 0) | (self.alliance > 0))


def networks(runs: Runs) -> Iterator[Network]:
    """The network of every replicate in turn; nothing is simulated for it.

    Sites stand one after the other; distances across sites mean nothing.
    """
    sites = runs.scenario.each_site()
    engine = Runner(runs.scenario, (Reference(1.0, 1.0),) * len(sites))
    for replicate in range(runs.replicates):
        world = engine.world_at(runs.seed, replicate, engine.plan.start)
        count = len(world.groups)
        ties = world.ties[: world.tie_start[count]]
        owner = np.repeat(np.arange(count), np.diff(world.tie_start))
        rivalry, alliance = np.zeros((count, count)), np.zeros((count, count))
        rivalry[owner, ties["to"]] = ties["rivalry"]
        alliance[owner, ties["to"]] = ties["alliance"]
        run = np.uint64(draws.run_key(runs.seed, replicate))
        yield Network(rivalry, alliance, _distances(world.groups["key"], run))


@entry
def _positions(keys, run):
    """Where groups lie, in units of the torus' side [groups, 2]; draws can be read by compiled code only."""
    positions = np.empty((len(keys), 2))
    for g in range(len(keys)):
        a, b = draws.uniform_pair(run, draws.POSITION, keys[g], draws.ONLY)  # type: ignore[no-untyped-call]
        positions[g, 0] = a
        positions[g, 1] = b
    return positions


def _distances(keys: np.ndarray, run: np.uint64) -> np.ndarray:
    side = math.sqrt(len(keys))
    positions = _positions(np.ascontiguousarray(keys), run) * side  # type: ignore[no-untyped-call]
    apart = np.abs(positions[:, None] - positions[None, :])
    return np.asarray(np.hypot(*np.moveaxis(np.minimum(apart, side - apart), -1, 0)))
