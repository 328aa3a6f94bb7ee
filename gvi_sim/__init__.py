"""gvi_sim: a simulator of Group Violence Intervention (GVI, "Sluta skjut").

It shows what the model says about how sanction certainty, exit offers and the other parts of GVI change
shootings, and how sure one can be. All persons are synthetic.

>>> import gvi_sim as gvi
>>> with_gvi = gvi.load_scenario("site=huddinge", "programme=gvi", "years=10")
>>> usual = with_gvi.replace("programme=none")
"""

from __future__ import annotations

import sys

if sys.argv[:1] == ["-m"]:  # of ``python -m gvi_sim``, for which Python puts the working folder first
    from .surroundings import leave_path

    leave_path()

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .analysis.calibration.procedure import calibrate as calibrate
    from .analysis.pairs.effect import compare as compare
    from .config import Scenario as Scenario
    from .config import load_scenario as load_scenario
    from .experiment.reproduction_run import reproduce as reproduce
    from .model import GVIModel as GVIModel
    from .report.plotting import plot as plot
    from .simulate import simulate as simulate

__version__ = "0.1.0"

__all__ = [
    "GVIModel", "Scenario", "__version__", "calibrate", "compare", "load_scenario", "plot", "reproduce", "simulate",
]  # fmt: skip

_HOME = {
    "GVIModel": ".model",
    "Scenario": ".config",
    "calibrate": ".analysis.calibration.procedure",
    "compare": ".analysis.pairs.effect",
    "load_scenario": ".config",
    "plot": ".report.plotting",
    "reproduce": ".experiment.reproduction_run",
    "simulate": ".simulate",
}


class _Package(ModuleType):
    """The package as a module whose names are imported when first used.

    A class, because the import of `gvi_sim.simulate` would else put the module in the function's place.
    """

    def __getattr__(self, name: str) -> object:
        if name not in _HOME:
            raise AttributeError(f"module 'gvi_sim' has no attribute {name!r}; it has {', '.join(__all__)}")
        value: object = getattr(import_module(_HOME[name], __name__), name)
        self.__dict__[name] = value
        return value

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package
