"""Which scenarios can be compared event by event: those with the same business as usual.

One rule, asked before anything runs. Two scenarios have the same candidates when every key that acts without a
programme is equal and both are simulated from the same day on; what may differ acts only while a programme runs
(``config.programme_only``). Their reference constants are then equal too, since nothing else enters those.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ...config.leaves import flat_of
from ...config.programme_only import acts_in_business_as_usual
from ...config.sourced_value import shown
from ...errors import PairingError, ScenarioError
from ...model.lever_protocol import first_day
from ...units import date_of, day_of

if TYPE_CHECKING:
    from ...config import Scenario
    from ...model.lever_protocol import Lever

OFF = "programme.enabled=false"
FRAME = ("years", "start_date", "burn_in_years", "strict", "site", "site.key", "site.name", "site.country")
"""Keys that say where and when, not how it works there: nobody takes them for a part of the programme."""


def business_as_usual(scenario: Scenario) -> Scenario:
    """``scenario`` with its programme off; ScenarioError when a site of a roll-out keeps one of its own."""
    usual = scenario.replace(OFF)
    for site in usual.each_site():
        if site.programme_runs()[0]:
            key = f"sites.{site.site.key}.programme"
            raise ScenarioError("site-programme", key=key)
    return usual


def usual_values(scenario: Scenario) -> tuple[dict[str, Any], ...]:
    """Business as usual, site by site: every key that acts without a programme, with its value."""
    return tuple(
        {key: value for key, value in flat_of(site).items() if acts_in_business_as_usual(key)}
        for site in scenario.each_site()
    )


def usual_name(scenario: Scenario) -> str:
    """A text that is the same for scenarios that can be compared, and for no others."""
    return repr((scenario.begins, usual_values(scenario)))


def check_comparable(base: Scenario, scenario: Scenario) -> None:
    """PairingError, naming the first key and both values, unless both have the same business as usual."""
    sites = [[site.site.key for site in arm.each_site()] for arm in (base, scenario)]
    if sites[0] != sites[1]:
        raise PairingError("other-sites", sites=sites[0], other_sites=sites[1])
    for ours, theirs in zip(usual_values(base), usual_values(scenario), strict=True):
        for key in (key for key in ours if ours[key] != theirs[key]):
            raise PairingError("not-paired", key=key, ours=shown(ours[key]), theirs=shown(theirs[key]))
    if base.begins != scenario.begins:
        pasts = (date_of(arm.burn_in_ends, arm.start_date) for arm in (base, scenario))
        raise PairingError("other-pasts", start_date=base.start_date, ours=next(pasts), theirs=next(pasts))


def both_sides(scenario: Scenario) -> tuple[str, ...]:
    """Keys that somebody set and that hold with and without the programme, but for the frame of the run."""
    return tuple(key for key in scenario.chosen if acts_in_business_as_usual(key) and key not in FRAME)


def first_lever_day(base: Scenario, scenario: Scenario, levers: Iterable[Lever] = ()) -> float | None:
    """The day the first programme of either scenario, or a lever of a user's own, starts; None when none ever does."""
    starts = [
        float(day_of(site.programme.start_date, site.start_date))
        for arm in (base, scenario)
        for site in arm.each_site()
        if site.programme_runs()[0]
    ]
    return min([*starts, *(day for day in map(first_day, levers) if math.isfinite(day))], default=None)
