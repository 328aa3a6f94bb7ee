"""Calibration: from aggregate counts and the registry's ranges to a posterior ensemble of parameters."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .counts import Counts, read_counts
    from .procedure import Calibration, calibrate

__all__ = ["Calibration", "Counts", "calibrate", "read_counts"]
_HOMES = {"Calibration": ".procedure", "Counts": ".counts", "calibrate": ".procedure", "read_counts": ".counts"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"gvi_sim.analysis.calibration has no {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)
