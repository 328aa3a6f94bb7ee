"""One side of what is run: a scenario, and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...config import Scenario
    from ...model.lever_protocol import Lever


@dataclass(frozen=True)
class Arm:
    """One scenario of a plan, a label for people, the arm it is compared with (None: with none), and the levers of a
    user's own that act in it.
    """

    label: str
    scenario: Scenario
    overrides: tuple[str, ...] = ()
    baseline: int | None = None
    levers: tuple[Lever, ...] = ()
