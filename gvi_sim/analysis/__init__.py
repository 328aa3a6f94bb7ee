"""What it means: effects of a programme against business as usual, concentration, contagion, intervals."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .effect import Effect, compare

__all__ = ["Effect", "compare"]
_HOMES = {"Effect": ".effect", "compare": ".effect"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"gvi_sim.analysis has no {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
