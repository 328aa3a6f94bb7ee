"""Levers as a user might write them, in a module that workers can import."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass
class Roundup:
    """Detains everybody present for half a year, on one day; remembers that it did."""

    day: float = 100.0
    done: list[float] = field(default_factory=list)

    def next_time(self, t: float) -> float:
        return self.day if t <= self.day and not self.done else math.inf

    def apply(self, model, t: float) -> None:
        self.done.append(t)
        for person in model.persons:
            person.detain(180.0)


class Bystander:
    """Wakes every month and touches nothing."""

    def next_time(self, t: float) -> float:
        return 30.0 * (math.floor(t / 30.0) + 1)

    def apply(self, model, t: float) -> None:
        assert model.day == t
