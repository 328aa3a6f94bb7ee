"""Every estimand by name, and the tables that it reads."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ...errors import ScenarioError, nearest_hint
from . import counting, effects, networks, people, unevenness
from .base import Sums


class Declared(NamedTuple):
    """An estimand's function and the tables it reads of each arm."""

    function: Callable[..., Sums]
    tables: tuple[str, ...]

    @property
    def options(self) -> tuple[str, ...]:
        """Names of its options."""
        return tuple(inspect.signature(self.function).parameters)[1:]


ATTACKS, TREATED = ("attacks",), ("attacks", "doses")
_TABLES: Mapping[tuple[str, ...], tuple[Callable[..., Sums], ...]] = {
    ATTACKS: (
        effects.change, effects.difference_per_month, effects.quotient_of_changes, effects.fading,
        counting.per_year, counting.level_against, counting.dispersion, counting.monthly_dispersion,
        counting.near_repeats, counting.peak_month, counting.persons_per_shooting, counting.multi_victim_share,
        counting.share_with_parent, counting.mean_cascade, counting.largest_cascade, counting.mean_delay,
        counting.median_delay, counting.years_below, counting.erratic_locally, unevenness.top_share_of_groups,
        unevenness.gini_of_groups,
    ),
    TREATED: (effects.change_of_groups, effects.spillover),
    ("attacks", "persons"): (unevenness.top_share_of_persons, unevenness.gini_of_persons),
    ("doses",): (effects.share_of_groups_reached, people.doses, people.persons_reached, people.asked_per_reached),
    ("spells",): (people.detained_persons,),
    ("groups",): (people.members,),
    (): (
        effects.change_of_series, people.in_total, people.share_of, counting.expected_offspring,
        networks.rivals_per_group, networks.rivalry_density, networks.rivals_sd, networks.transitivity,
        networks.rivalry_by_distance,
    ),
}  # fmt: skip
ESTIMANDS: Mapping[str, Declared] = MappingProxyType(
    {function.__name__: Declared(function, tables) for tables, found in _TABLES.items() for function in found}
)


def estimand_named(name: str, options: Mapping[str, object], where: str) -> Declared:
    """The estimand of a name; ScenarioError, naming the nearest, when it or one of its options does not exist."""
    if name not in ESTIMANDS:
        raise ScenarioError("unknown-estimand", key=name, where=where, hint=nearest_hint(name, ESTIMANDS))
    declared = ESTIMANDS[name]
    for option in options:
        if option not in declared.options:
            raise ScenarioError(
                "unknown-option",
                key=option,
                where=where,
                name=name,
                hint=nearest_hint(option, declared.options),
                options=declared.options,
            )
    return declared


def needed_tables(names: tuple[str, ...]) -> tuple[str, ...]:
    """Tables that these estimands read, sorted."""
    return tuple(sorted({table for name in names for table in ESTIMANDS[name].tables}))
