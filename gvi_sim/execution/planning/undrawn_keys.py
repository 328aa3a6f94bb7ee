"""Which keys each arm of a plan leaves as they stand: what its maker and files set, and those it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...config.conf_files import file_sets
from ...config.programme_only import acts_in_business_as_usual
from ..ensembles.parameters import Parameters

if TYPE_CHECKING:
    from ...config import Scenario
    from .arm import Arm


def left_alone(arms: Sequence[Arm], parameters: Parameters) -> tuple[frozenset[str], ...]:
    """Keys of ``parameters`` that each arm does not draw.

    An arm draws neither what it sets nor what its baseline sets, and a baseline nothing that an arm compared with
    it sets, so that both sides of a comparison draw the same. Cells that share a baseline keep their choices to
    themselves, but for keys that act in business as usual: those are the same for all of them.
    """
    own = [frozenset(parameters.keys) & _set_in(arm.scenario, parameters) for arm in arms]
    leads = [number if arm.baseline is None else arm.baseline for number, arm in enumerate(arms)]
    together: dict[int, set[str]] = {}
    for keys, lead in zip(own, leads, strict=True):
        together.setdefault(lead, set()).update(keys)
    shared = {lead: frozenset(filter(acts_in_business_as_usual, keys)) for lead, keys in together.items()}
    return tuple(
        own[number] | (together[lead] if number == lead else own[lead] | shared[lead])
        for number, lead in enumerate(leads)
    )


def _set_in(scenario: Scenario, parameters: Parameters) -> set[str]:
    return {key for site in scenario.each_site() for key in _set_at(site, parameters)}


def _set_at(site: Scenario, parameters: Parameters) -> set[str]:
    """What one site sets; what a calibration has estimated under a file's starting value is not among it."""
    same = [group for group, name in parameters.under.items() if site.choices.get(group) == name]
    started = {key for group in same for key in file_sets(group, parameters.under[group])}
    return set(site.fixed) - (started - set(site.chosen))
