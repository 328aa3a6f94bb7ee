"""The engine as the layers below use it: a runner that knows its reference constants."""

from __future__ import annotations

from ..config import Scenario
from ..dynamics.reference import with_reference
from ..dynamics.replicate import Replicate, Runner
from ..world.builder import Reference

__all__ = ["Engine", "Replicate"]


class Engine(Runner):
    """Runs replicates of one scenario; constants are looked up, or found by a pilot, unless given."""

    def __init__(
        self,
        scenario: Scenario,
        keep: frozenset[str] = frozenset(),
        references: tuple[Reference, ...] | None = None,
    ) -> None:
        super().__init__(scenario, references or with_reference(scenario), keep)
