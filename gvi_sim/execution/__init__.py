"""Many runs: replicates over workers, the store they go to, resuming."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .store import Store, open_store

__all__ = ["Store", "open_store"]
_HOMES = {"Store": ".store", "open_store": ".store"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"gvi_sim.execution has no {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
