"""The engine as a Mesa model: ``GVIModel``, its agents, and levers that a user writes."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .agents import Community, Group, Municipality, Partner, Person, Police, Probation
    from .city import GVIModel
    from .lever_protocol import Lever

__all__ = [
    "Community", "GVIModel", "Group", "Lever", "Municipality", "Partner", "Person", "Police", "Probation",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"gvi_sim.model has no {name!r}")
    home = {"GVIModel": ".city", "Lever": ".lever_protocol"}.get(name, ".agents")
    return getattr(import_module(home, __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
