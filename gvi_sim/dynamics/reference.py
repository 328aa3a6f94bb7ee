"""Reference constants: how many candidates it takes to make one attack in business as usual.

``attacks_per_year``, ``mu`` and the kappas are stated at reference: business as usual, stationary, calendar
at its reference date. Gates thin candidates there too, so candidates are made that much oftener. The two
constants of a site (background, offspring) are candidates over attacks in a stationary pilot with fixed
seed and the programme off, iterated to a fixed point; each pass counts the *probability* of passing, not
the outcome, which takes most of the noise out. The constants do not depend on anything that only the
programme uses, so both arms of a comparison share them. They are cached in memory and on disk.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..config import Scenario
from ..jit import cache_folder, kernel_digest
from ..world.builder import Reference
from .replicate import Runner

PILOT_SEED = 20_180_101
PILOT_ATTACKS = 30_000.0
PILOT_PASSES = 6
TOLERANCE = 0.002
"""The iteration ends when neither constant moves by more than this share."""
_PILOT_YEARS = 20.0
_MOST_REPLICATES = 400

# What only the programme uses, and what decides nothing: fixed values, so that no lever moves the constants.
_NEUTRAL: dict[str, Any] = {
    "burn_in_years": 8,
    "calendar": {"trend": [], "season": [], "series": {}, "shocks": []},
    "gates": {"mediation_effect": 0, "pressure_strength": 0},
    "exit": {"offer_rate": 0},
    "belief": {
        "message_reach": 0, "sanction_weight": 0, "credibility": 0.5, "credibility_strength": 1,
        "promise_half_life_days": 365, "message_half_life_days": 365, "legitimacy_contact_step": 0,
        "legitimacy_sanction_step": 0,
    },
    "partners": {
        name: {"signed": True, "commitment": 1, "erosion_per_year": 0}
        for name in ("police", "municipality", "probation", "community")
    },
    "programme": {
        "enabled": False, "stop_date": None, "ramp_days": 0, "coverage": 0, "audit_every_days": 365,
        "roster_recall": 0, "roster_error": 0, "sanction_certainty": 0, "mediation_reach": 0, "prevention": 0,
        "sanction": {"delay_days": 0, "duration_days": 1, "capacity": 0, "extra_arrests_per_member_year": 0},
        "call_in": {"every_days": 0, "summoned": 0, "attendance": 0},
        "notification": {"per_month": 0, "burst": 0, "burst_delay_days": 1},
    },
}  # fmt: skip


def _dotted(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in tree.items():
        nested = isinstance(value, dict) and name != "series"
        flat |= _dotted(value, f"{prefix}{name}.") if nested else {prefix + name: value}
    return flat


def _pilot_scenario(scenario: Scenario) -> Scenario:
    costs = {f"costs.{field.name}": 0 for field in fields(scenario.costs)}
    dates = {"programme.start_date": scenario.start_date, "years": _PILOT_YEARS}
    return scenario.replace(_dotted(_NEUTRAL) | costs | dates)


def _key(pilot: Scenario) -> str:
    values = {key: value for key, value in pilot.to_dict().items() if key not in ("chosen", "choices")}
    text = json.dumps([kernel_digest(), PILOT_ATTACKS, PILOT_PASSES, values], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _file(key: str) -> Path | None:
    folder = cache_folder()
    return None if folder is None else folder / "reference" / f"{key}.json"


def _load(key: str) -> Reference | None:
    path = _file(key)
    if path is None or not path.is_file():
        return None
    try:
        stored = json.loads(path.read_text())
        return Reference(float(stored["background"]), float(stored["offspring"]))
    except (ValueError, KeyError, TypeError):
        return None  # a damaged cache entry is computed anew and overwritten


def _save(key: str, reference: Reference) -> None:
    path = _file(key)
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as out:
        json.dump({"background": reference.background, "offspring": reference.offspring}, out)
    os.replace(name, path)


_COUNTS = ("background_tried", "background_passed", "offspring_tried", "offspring_passed")


def pilot_pass(pilot: Scenario, reference: Reference, attacks: float) -> Reference:
    """Candidates per attack seen in one pilot under given constants (1 where nothing was tried)."""
    runner = Runner(pilot, (reference,))
    tried, passed = [0.0, 0.0], [0.0, 0.0]
    replicate = 0
    while passed[0] + passed[1] < attacks and replicate < _MOST_REPLICATES:
        before = runner.world_at(PILOT_SEED, replicate, 0.0).state[0]
        counts = [-float(before[name]) for name in _COUNTS]
        after = runner.continue_to(_PILOT_YEARS * 365.25).state[0]
        for k, name in enumerate(_COUNTS):
            counts[k] += float(after[name])
        tried = [tried[0] + counts[0], tried[1] + counts[2]]
        passed = [passed[0] + counts[1], passed[1] + counts[3]]
        replicate += 1
    ratios = [t / p if p > 0.0 else 1.0 for t, p in zip(tried, passed, strict=True)]
    return Reference(ratios[0], ratios[1])


@lru_cache(maxsize=256)
def _reference_of(pilot: Scenario) -> Reference:
    key = _key(pilot)
    stored = _load(key)
    if stored is not None:
        return stored
    reference = Reference(pilot.calendar.cap, pilot.calendar.cap if pilot.calendar.offspring else 1.0)
    if pilot.site.attacks_per_year > 0:
        for _ in range(PILOT_PASSES):
            previous = reference
            reference = pilot_pass(pilot, previous, PILOT_ATTACKS)
            moved = max(reference.background / previous.background, reference.offspring / previous.offspring)
            settled = min(reference.background / previous.background, reference.offspring / previous.offspring)
            if moved < 1.0 + TOLERANCE and settled > 1.0 - TOLERANCE:
                break
    _save(key, reference)
    return reference


def with_reference(scenario: Scenario) -> tuple[Reference, ...]:
    """The reference constants of each site of a scenario, in order."""
    return tuple(_reference_of(_pilot_scenario(part)) for part in scenario.each_site())
