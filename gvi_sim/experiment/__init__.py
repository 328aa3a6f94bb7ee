"""Many questions: design tables, sweeps (``experiment.sweep.sweep``), and opening whatever a run left."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .design import Axis, Cell, Design
    from .design_files import design_from, experiment_names, load_design
    from .opening import open_result
    from .reproduction import Reproduction, load_reproduction, reproduction_names
    from .reproduction_run import Reproduced, reproduce
    from .sweep import Sweep
    from .verify import Verification

__all__ = [
    "Axis",
    "Cell",
    "Design",
    "Reproduced",
    "Reproduction",
    "Sweep",
    "Verification",
    "design_from",
    "experiment_names",
    "load_design",
    "load_reproduction",
    "open_result",
    "reproduce",
    "reproduction_names",
]
_HOMES = {
    "Axis": ".design",
    "Cell": ".design",
    "Design": ".design",
    "Reproduced": ".reproduction_run",
    "Reproduction": ".reproduction",
    "Sweep": ".sweep",
    "Verification": ".verify",
    "design_from": ".design_files",
    "experiment_names": ".design_files",
    "load_design": ".design_files",
    "load_reproduction": ".reproduction",
    "open_result": ".opening",
    "reproduce": ".reproduction_run",
    "reproduction_names": ".reproduction",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"gvi_sim.experiment has no {name!r}")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
