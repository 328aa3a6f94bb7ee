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
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from .. import caches
from ..config import Scenario
from ..config.programme_only import AT_REST
from ..errors import ScenarioError
from ..kernel.compiler import kernel_digest
from ..units import DAYS_PER_YEAR
from ..world.builder import Reference
from ..world.kernel_parameters import fatal_share
from .replicate import Runner
from .shipped import acting_values, shipped

PILOT_SEED = 20_180_101
PILOT_ATTACKS = 30_000.0
"""A pilot counts at least so many attacks, in worlds of at least ``_PILOT_GROUPS`` groups in all: worlds differ."""
PILOT_ROUNDS = 10
TOLERANCE = 0.002
"""The iteration ends when neither constant moves, nor has left to move, by more than this share."""
MOST_CANDIDATES = 1e9
"""No constant is larger: candidates to one attack."""
FEWEST_ATTACKS = 0.5
"""A year, in a pilot: where fewer happen they no longer move what the gates see, and the noise of counting would."""
_PILOT_YEARS = 5.0
_PILOT_GROUPS = 1_500.0
_MOST_REPLICATES = 600
_MOST_RATIO, _LONGEST_JUMP = 0.95, math.log(2.0)
_NOISY = 4.0  # tolerances: what chance alone moves the constants by from one pass to the next
_PILOT_N = 0.5
_KAPPAS = ("kappa_retaliation", "kappa_repeat", "kappa_spread")

# Dated changes and the length of the burn-in: the pilot is stationary.
_STATIONARY: dict[str, Any] = {
    "burn_in_years": 12, "start_date": "2020-01-01", "programme.start_date": "2020-01-01",
    "calendar.trend": [], "calendar.season": [], "calendar.series": {}, "calendar.shocks": [],
    "calendar.swing_sd": 0, "calendar.group_swing_sd": 0,
}  # fmt: skip


def pilot_scenario(scenario: Scenario) -> Scenario:
    """Business as usual of one site as the pilot runs it."""
    costs = {f"costs.{field.name}": 0 for field in fields(scenario.costs)}
    changes = _STATIONARY | AT_REST | costs | {"years": _PILOT_YEARS} | _subcritical(scenario) | _deterrence(scenario)
    if 0.0 < scenario.site.attacks_per_year < FEWEST_ATTACKS:
        changes["site.attacks_per_year"] = FEWEST_ATTACKS
    return scenario.replace(changes)


def _deterrence(scenario: Scenario) -> dict[str, Any]:
    """Without a programme only the risk of arrest deters, so that one number holds its strength."""
    return {"gates.deterrence_strength": 1.0, "gates.arrest_weight": _by_arrest(scenario)}


def _by_arrest(scenario: Scenario) -> float:
    """Log reduction of attacks at a certain arrest."""
    return scenario.gates.deterrence_strength * scenario.gates.arrest_weight


def _subcritical(scenario: Scenario) -> dict[str, Any]:
    """With n >= 1 nothing is stationary: the pilot then has the same causes in the same shares at n = 0.5."""
    n = _set_off(scenario)
    return {} if n < 1.0 else {f"attacks.{k}": getattr(scenario.attacks, k) * _PILOT_N / n for k in _KAPPAS}


def _set_off(scenario: Scenario) -> float:
    """n: attacks that an attack sets off, at reference."""
    a = scenario.attacks
    return math.fsum(getattr(a, k) for k in _KAPPAS) * (1.0 + fatal_share(scenario) * (a.fatal_factor - 1.0))


def pilot_key(pilot: Scenario) -> str:
    """What the constants of a pilot are stored under: its values and the kernel's sources."""
    text = json.dumps([kernel_digest(), PILOT_ATTACKS, PILOT_ROUNDS, acting_values(pilot)])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _file(key: str) -> Path | None:
    folder = caches.folder()
    return None if folder is None else folder / "reference" / f"{key}.json"


_read_none = False


@contextmanager
def found_anew() -> Iterator[None]:
    """Within this context no constant is taken from memory or cache: a check that believed them would check nothing."""
    global _read_none
    before, _read_none = _read_none, True
    reference_of.cache_clear()
    try:
        yield
    finally:
        _read_none = before


def load(key: str) -> Reference | None:
    """A stored pair of numbers, None when there is none that can be believed."""
    path = None if _read_none else _file(key)
    content = None if path is None else caches.read(path, key)
    if path is None or content is None:
        return None
    try:
        stored = json.loads(content)
        found = Reference(float(stored["background"]), float(stored["offspring"]))
    except (ValueError, KeyError, TypeError):
        found = Reference(math.nan, math.nan)
    if all(0.0 < constant <= MOST_CANDIDATES for constant in (found.background, found.offspring)):
        return found
    caches.discard(path)
    return None


def save(key: str, reference: Reference) -> None:
    """Store a pair of numbers where a home can be written."""
    pair = {"background": reference.background, "offspring": reference.offspring}
    caches.write(_file(key), key, json.dumps(pair).encode())


_failed: set[str] = set()


def _failure_file(key: str) -> Path | None:
    path = _file(key)
    return None if path is None else path.with_suffix(".failed")


def _has_failed(key: str) -> bool:
    """Whether this pilot found no constants before, here or in an earlier process."""
    if _read_none or key in _failed:
        return not _read_none
    path = _failure_file(key)
    return path is not None and caches.read(path, key) is not None


def _remember_failure(key: str) -> None:
    """A pilot that fails takes a minute: the next call says at once what this one said."""
    _failed.add(key)
    caches.write(_failure_file(key), key, b"no level")


_COUNTS = ("background_tried", "background_passed", "offspring_tried", "offspring_passed")


def pilot_pass(pilot: Scenario, reference: Reference, attacks: float, groups: float = _PILOT_GROUPS) -> Reference:
    """Candidates per attack seen in one pilot under given constants (1 where nothing was tried).

    It counts at least ``attacks`` attacks, in worlds of at least ``groups`` groups in all.
    """
    runner = Runner(pilot, (reference,))
    tried, passed = [0.0, 0.0], [0.0, 0.0]
    replicate = 0
    worlds = math.ceil(groups / pilot.site.groups)
    while (passed[0] + passed[1] < attacks or replicate < worlds) and replicate < _MOST_REPLICATES:
        before = runner.world_at(PILOT_SEED, replicate, 0.0).state[0]
        counts = [-float(before[name]) for name in _COUNTS]
        after = runner.continue_to(_PILOT_YEARS * DAYS_PER_YEAR).state[0]
        for k, name in enumerate(_COUNTS):
            counts[k] += float(after[name])
        tried = [tried[0] + counts[0], tried[1] + counts[2]]
        passed = [passed[0] + counts[1], passed[1] + counts[3]]
        replicate += 1
    ratios = [t / p if p > 0.0 else 1.0 for t, p in zip(tried, passed, strict=True)]
    return Reference(ratios[0], ratios[1])


class _Limit(NamedTuple):
    value: float
    distance: float  # of the last value from it, on the log scale
    ratio: float  # of a step to the one before


def _accelerated(values: Sequence[float], noise: float, known: float | None) -> _Limit:
    """The limit of a geometric sequence through three values, on the log scale.

    Steps as small as the ``noise`` do not tell their ratio: then it is the one ``known`` from larger steps.
    """
    older, old, new = values
    first, second = math.log(old / older), math.log(new / old)
    if abs(second) < 1e-9 or first == 0.0:
        return _Limit(new, 0.0, 0.0)
    ratio = min(max(second / first, -_MOST_RATIO), _MOST_RATIO)
    if known is not None and max(abs(first), abs(second)) < _NOISY * noise:
        ratio = known
    # Between two noisy values the sequence seems to lead far away, where no pilot finds back.
    rest = min(max(second * ratio / (1.0 - ratio), -_LONGEST_JUMP), _LONGEST_JUMP)
    return _Limit(new * math.exp(rest), abs(rest), ratio)


def _all_hired(pilot: Scenario) -> bool:
    a = pilot.attacks
    return a.contracted_share * min(a.contracted_factor_detonation, 1.0) == 1.0


def has_constants(pilot: Scenario) -> bool:
    """Whether every gate but the calendar's always passes in business as usual, so that no pilot is needed."""
    g, j, h = pilot.gates, pilot.justice, pilot.harm
    steady = _by_arrest(pilot) == g.defiance == g.withdrawal == pilot.calendar.shared_shock_sd == 0.0
    harmless = h.p_hit == h.p_hit_detonation == 0.0
    nobody_held = j.clearance_fatal == j.clearance_hit == j.clearance_no_hit == j.other_arrest_rate_per_year == 0.0
    always_there = harmless and nobody_held and pilot.exit.usual_offer_rate_per_year == 0.0
    return steady and (always_there or _all_hired(pilot))


def _tolerance(pilot: Scenario) -> float:
    """How closely constants can be known: less closely where the most replicates of a pilot have few attacks."""
    counted = pilot.site.attacks_per_year * _PILOT_YEARS * _MOST_REPLICATES
    return TOLERANCE * math.sqrt(max(PILOT_ATTACKS / counted, 1.0))


def _settle(pilot: Scenario, start: Reference) -> Reference | None:
    """The fixed point of the pilot, if any: two passes, then a jump to where they lead (Steffensen)."""
    reference, tolerance = start, _tolerance(pilot)
    # What the constant of offspring moves the level by: with few offspring it is known less well, and matters less.
    n = _set_off(pilot)
    weight = min(n / (1.0 - n), 1.0)
    ratios: tuple[float | None, float | None] = None, None
    for _ in range(PILOT_ROUNDS):
        once = pilot_pass(pilot, reference, PILOT_ATTACKS)
        twice = pilot_pass(pilot, once, PILOT_ATTACKS)
        passes = reference, once, twice
        background = _accelerated([each.background for each in passes], tolerance, ratios[0])
        offspring = _accelerated([each.offspring for each in passes], tolerance, ratios[1])
        steps = math.log(twice.background / once.background), math.log(twice.offspring / once.offspring)
        reference, ratios = Reference(background.value, offspring.value), (background.ratio, offspring.ratio)
        moved = max(background.distance, weight * offspring.distance, abs(steps[0]), weight * abs(steps[1]))
        if moved < tolerance:
            return reference
    return None


def _no_level(pilot: Scenario) -> ScenarioError:
    return ScenarioError("no-level", site=pilot.site.key, attacks=pilot.site.attacks_per_year, pilots=2 * PILOT_ROUNDS)


@lru_cache(maxsize=256)
def reference_of(pilot: Scenario) -> Reference:
    """The constants of a pilot's scenario: shipped, or found once and stored."""
    if (ready := shipped(pilot)) is not None:
        return Reference(*ready.pairs[0])
    key = pilot_key(pilot)
    stored = load(key)
    if stored is not None:
        return stored
    if _has_failed(key):
        raise _no_level(pilot)
    reference = Reference(pilot.calendar.cap, pilot.calendar.cap if pilot.calendar.offspring else 1.0)
    if pilot.site.attacks_per_year > 0 and not has_constants(pilot):
        found = _settle(pilot, reference)
        if found is None:
            _remember_failure(key)
            raise _no_level(pilot)
        reference = found
    save(key, reference)
    return reference


def with_reference(scenario: Scenario) -> tuple[Reference, ...]:
    """The reference constants of each site of a scenario, in order."""
    return tuple(reference_of(pilot_scenario(part)) for part in scenario.each_site())
