"""What is chosen: the scenario, its choices in conf/, and the checks at the edge.

>>> from gvi_sim.config import load_scenario
>>> load_scenario("site=huddinge", "programme.sanction_certainty=0.7").programme.sanction_certainty
0.7
"""

from __future__ import annotations

from .conf_files import conf_dir, options
from .frozen import FrozenMapping
from .leaves import leaves
from .load import load_scenario
from .overrides import expand
from .scenario import Scenario
from .typed_names import typed_names

__all__ = [
    "FrozenMapping",
    "Scenario",
    "conf_dir",
    "expand",
    "leaves",
    "load_scenario",
    "options",
    "typed_names",
]
