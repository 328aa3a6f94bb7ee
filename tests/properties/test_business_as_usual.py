"""What acts only while a programme runs is declared once, and the declaration is true: key by key, in the engine."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gvi_sim.analysis.pairs.pairing import usual_name
from gvi_sim.config import Scenario
from gvi_sim.config.leaves import flat_of, leaves
from gvi_sim.config.programme_only import AT_REST, acts_in_business_as_usual

from .worlds import repeat, scenario_with

RICH = {
    "site.attacks_per_year": 200, "site.members": 120, "gates.withdrawal": 0.3, "gates.defiance": 0.3,
    "gates.support_restraint": 0.5, "attacks.substitution": 0.3, "attacks.fatal_factor": 1.4,
    "calendar.shared_shock_sd": 0.2, "belief.public_half_life_days": 365,
    "exit.usual_offer_rate_per_year": 1, "exit.places": 2, "programme.start_date": dt.date(2022, 6, 1),
}  # fmt: skip


def other(scenario: Scenario, key: str) -> Any:
    """Another value of a key that can be."""
    value = flat_of(scenario)[key]
    if isinstance(value, bool):
        return not value
    if isinstance(value, dt.date):
        return value + dt.timedelta(days=90)
    if value is None:
        return dt.date(2023, 3, 1)
    if key == "timeline":
        return [{"date": dt.date(2023, 3, 1), "exit.offer_rate": 1.0, "programme.prevention": 1.0}]
    if isinstance(value, str):
        return next(word for word in leaves()[key].words if word != value)
    assert isinstance(value, int | float), f"{key} = {value!r}: no other value is known"
    if isinstance(value, int):
        return value + 1
    return 0.5 if value in (0, 1) else value / 2


def test_levers_do_nothing_without_a_programme() -> None:
    usual = scenario_with({**RICH, "programme.enabled": False})
    known, complaints = repeat(usual, 5).digest, []
    for key in (key for key in leaves() if not acts_in_business_as_usual(key) and key != "programme.enabled"):
        changed = usual.replace({key: other(usual, key)})
        if flat_of(changed)[key] == flat_of(usual)[key]:
            complaints.append(f"{key}: the value stayed")
        if repeat(changed, 5).digest != known or usual_name(changed) != usual_name(usual):
            complaints.append(f"{key} acts without a programme")
    assert not complaints


def test_the_declaration_names_keys_that_exist() -> None:
    assert set(AT_REST) | {"programme.start_date"} == {key for key in leaves() if not acts_in_business_as_usual(key)}
