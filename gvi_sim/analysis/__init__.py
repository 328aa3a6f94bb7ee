"""What it means: effects of a programme against business as usual, concentration, contagion, intervals."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .attribution import Attribution, attribute
    from .calibration import Calibration, calibrate
    from .effect import Effect, compare
    from .lever_check import LeverCheck, check_levers
    from .regression import Regression, regression_to_the_mean

__all__ = [
    "Attribution",
    "Calibration",
    "Effect",
    "LeverCheck",
    "Regression",
    "attribute",
    "calibrate",
    "check_levers",
    "compare",
    "regression_to_the_mean",
]
_HOMES = {
    "Attribution": ".attribution",
    "Calibration": ".calibration",
    "Effect": ".effect",
    "LeverCheck": ".lever_check",
    "Regression": ".regression",
    "attribute": ".attribution",
    "calibrate": ".calibration",
    "check_levers": ".lever_check",
    "compare": ".effect",
    "regression_to_the_mean": ".regression",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"gvi_sim.analysis has no {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
