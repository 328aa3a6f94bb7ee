"""What is chosen: the scenario, its choices in conf/, and the checks at the edge.

>>> from gvi_sim.config import load_scenario
>>> load_scenario("site=huddinge", "programme.sanction_certainty=0.7").programme.sanction_certainty
0.7
"""

from __future__ import annotations

from .changes import RUN_KEYS
from .conf_files import conf_dir, options
from .frozen import FrozenMapping
from .leaves import children, is_group, leaves
from .load import load_scenario
from .overrides import expand
from .scenario import Scenario
from .tree import (
    Attacks,
    Belief,
    Calendar,
    CallIn,
    Costs,
    Delay,
    Exit,
    Gates,
    Harm,
    Justice,
    Membership,
    Notification,
    Partners,
    PartnerValues,
    Programme,
    Sanction,
    Shock,
    Site,
    Values,
)
from .typed_names import typed_names

__all__ = [
    "RUN_KEYS",
    "Attacks",
    "Belief",
    "Calendar",
    "CallIn",
    "Costs",
    "Delay",
    "Exit",
    "FrozenMapping",
    "Gates",
    "Harm",
    "Justice",
    "Membership",
    "Notification",
    "PartnerValues",
    "Partners",
    "Programme",
    "Sanction",
    "Scenario",
    "Shock",
    "Site",
    "Values",
    "children",
    "conf_dir",
    "expand",
    "is_group",
    "leaves",
    "load_scenario",
    "options",
    "typed_names",
]
