"""Which scenarios can be compared event by event, and since when they may differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..config.leaves import flat_of
from ..errors import PairingError
from ..execution.batch import reference_constants
from ..units import date_of, day_of

if TYPE_CHECKING:
    from ..config import Scenario

# What makes the candidates of a world: scenarios that differ here have no attack in common.
WORLD = (
    "years", "burn_in_years", "start_date", "site.", "attacks.", "membership.", "calendar.cap",
    "calendar.offspring", "calendar.shared_shock_sd",
)  # fmt: skip
PRICES = ("costs.",)
# What acts only while the programme runs, or on what it does.
LEVERS = (
    "programme.", "partners.", "exit.offer_rate", "gates.mediation_effect", "gates.norm_strength",
    "gates.pressure_strength", "belief.credibility", "belief.message_", "belief.promise_half_life_days",
    "belief.sanction_weight",
)  # fmt: skip


def different_keys(base: Scenario, scenario: Scenario) -> dict[str, tuple[Any, Any]]:
    """Keys whose values differ in any site, with both values (of the first site where they do)."""
    found: dict[str, tuple[Any, Any]] = {}
    for one, other in zip(base.each_site(), scenario.each_site(), strict=True):
        ours, theirs = flat_of(one), flat_of(other)
        for key in (key for key in ours if ours[key] != theirs[key]):
            found.setdefault(key, (ours[key], theirs[key]))
    return found


def check_comparable(base: Scenario, scenario: Scenario) -> None:
    """PairingError when the two have no candidates in common, other prices, or other reference constants."""
    check_same_world(base, scenario)
    check_same_reference(base, scenario)


def check_same_world(base: Scenario, scenario: Scenario) -> None:
    """PairingError, naming key and values, when the two have no candidates in common or other prices."""
    sites = [[site.site.key for site in arm.each_site()] for arm in (base, scenario)]
    if sites[0] != sites[1]:
        raise PairingError(
            f"the two scenarios have other sites: {', '.join(sites[0])} against {', '.join(sites[1])}. "
            "Compare scenarios of the same sites, in the same order."
        )
    for key, (ours, theirs) in different_keys(base, scenario).items():
        if key.startswith(WORLD):
            raise PairingError(
                f"{key} = {ours!r} in the one scenario and {theirs!r} in the other makes two worlds whose "
                "attacks cannot be paired. Give both the same value, or simulate each by itself."
            )
        if key.startswith(PRICES):
            raise PairingError(
                f"{key} = {ours!r} in the one scenario and {theirs!r} in the other: costs at two prices "
                "cannot be compared. Give both the same value."
            )
    check_same_past(base, scenario)


def check_same_past(base: Scenario, scenario: Scenario) -> None:
    """PairingError when the two are simulated from other days on: their candidates are counted from the first."""
    ours, theirs = (date_of(arm.burn_in_ends, arm.start_date) for arm in (base, scenario))
    if base.begins != scenario.begins:
        raise PairingError(
            f"programme.start_date lies before start_date = {base.start_date}, so that the past is simulated from "
            f"{ours} on in the one scenario and from {theirs} on in the other, and their attacks cannot be paired. "
            "Give both the same programme.start_date (with programme.enabled=false in the one without GVI), or none "
            "before start_date."
        )


def check_same_reference(base: Scenario, scenario: Scenario) -> None:
    """PairingError when business as usual differs, so that candidates are made at other rates."""
    ours, theirs = reference_constants(base), reference_constants(scenario)
    if ours != theirs:
        keys = [key for key in different_keys(base, scenario) if not key.startswith(LEVERS)]
        raise PairingError(
            f"the two scenarios have other reference constants (background, offspring): {ours} against "
            f"{theirs}, since business as usual differs between them ({', '.join(keys) or 'in its sites'}). "
            "What a programme changes stands in programme, partners and exit.offer_rate; dated changes stand "
            "in calendar."
        )


def first_lever_day(base: Scenario, scenario: Scenario) -> float | None:
    """The day the first programme of either scenario starts, None when none ever runs."""
    starts = [
        float(day_of(site.programme.start_date, site.start_date))
        for arm in (base, scenario)
        for site in arm.each_site()
        if site.programme_runs()[0]
    ]
    return min(starts, default=None)


def acting_from_the_start(base: Scenario, scenario: Scenario) -> tuple[str, ...]:
    """Keys that differ and may act before any programme starts."""
    return tuple(key for key in different_keys(base, scenario) if not key.startswith(LEVERS))
