"""How far each quantity that a policy team would use has been validated: levels V1 to V5.

V1 face (practitioners and a sceptic have read it), V2 internal (tests of the code against closed forms), V3
cross (another model gives the same), V4 external (patterns and published figures come out), V5 predictive
(a forecast registered in advance came true). A quantity reaches V4 when every pattern linked to it passes in
these runs and every linked figure of the reproductions passes as recorded, and at least one of them is no entered
number that came back. Below V4 it is exploratory.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .validation import ENTERED, PASSES, Patterns

INTERNAL, CROSS, EXTERNAL = "V2", "V3", "V4"


class Quantity(NamedTuple):
    """A quantity of interest: its key, what it had reached before patterns, linked patterns and figures."""

    key: str
    before: str
    patterns: tuple[str, ...]
    figures: tuple[str, ...]  # "experiment.figure"


class Level(NamedTuple):
    """The level of a quantity in these runs, and what keeps it from the next."""

    key: str
    level: str
    patterns_missing: tuple[str, ...]
    figures_missing: tuple[str, ...]

    @property
    def is_exploratory(self) -> bool:
        """Whether it is below V4."""
        return self.level < EXTERNAL


# Before patterns: V3 where the peer in plain Mesa (benchmarks) or the branching process (closed forms) gives the same
# number, else V2. Nothing is at V1 or V5: no practitioner has read it and no forecast was registered.
QUANTITIES: tuple[Quantity, ...] = (
    Quantity("yearly", CROSS, ("level", "fall"), ("malmo_rollout.level", "philadelphia_counts.level")),
    Quantity(
        "dispersion", CROSS, ("erratic", "near_repeats"),
        ("philadelphia_counts.within_season", "boston_counts.within_season"),
    ),
    Quantity("retaliatory", CROSS, ("cascades", "offspring"), ("contagion_chicago.registry_share",)),
    Quantity("delay", CROSS, ("delays",), ("contagion_chicago.median_delay",)),
    Quantity("deaths", INTERNAL, ("deaths",), ("philadelphia_counts.lethality", "boston_counts.lethality")),
    Quantity(
        "lever_order", INTERNAL, (),
        ("certainty_by_exit.offers_against_sanctions", "sanction_capacity.few_fades", "sanction_capacity.enough_lasts"),
    ),
    Quantity(
        "effect", INTERNAL, ("effect",),
        ("boston_gangs.treated", "boston_gangs.tied", "chicago_factions.year_after", "baltimore_district.district",
         "new_haven.relative"),
    ),
)  # fmt: skip


def levels(found: Patterns, figures: Mapping[str, bool | None]) -> tuple[Level, ...]:
    """The level of every quantity; ``figures`` says of "experiment.figure" whether it passed when
    recorded, None where it only gave back what was entered."""
    return tuple(_level(quantity, found, figures) for quantity in QUANTITIES)


def _level(quantity: Quantity, found: Patterns, figures: Mapping[str, bool | None]) -> Level:
    patterns_missing = tuple(key for key in quantity.patterns if found.verdict(key) not in (PASSES, ENTERED))
    figures_missing = tuple(name for name in quantity.figures if figures.get(name, False) is False)
    comes_out = any(found.verdict(key) == PASSES for key in quantity.patterns)
    comes_out |= any(figures.get(name) for name in quantity.figures)
    reached = comes_out and not patterns_missing and not figures_missing
    return Level(quantity.key, EXTERNAL if reached else quantity.before, patterns_missing, figures_missing)
