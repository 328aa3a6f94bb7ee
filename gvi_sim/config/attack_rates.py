"""The level of violence by mode: shootings and detonations a year, as people count them.

``site.attacks_per_year`` holds both modes. ``site.shootings_per_year`` and ``site.detonations_per_year`` are
accepted instead and turned, as the scenario is made, into the sum and a constant share
``attacks.detonation_share``; the dated series of that share is then off. Of one mode alone the other keeps its
number, or follows from the share where no level is known.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from ..errors import ScenarioError
from ..evidence import Domain
from .frozen import FrozenMapping
from .leaves import leaf_domain
from .sourced_value import Given

__all__ = ["ALIASES", "LEVEL", "SHARE", "check_level", "domain_at", "with_level"]

LEVEL, SHARE, SERIES = "site.attacks_per_year", "attacks.detonation_share", "calendar.series"
SHOOTINGS, DETONATIONS = "site.shootings_per_year", "site.detonations_per_year"
ALIASES = (SHOOTINGS, DETONATIONS)


def domain_at(key: str) -> Domain:
    """The domain of a leaf, or of a key that stands for one."""
    return leaf_domain(LEVEL if key in ALIASES else key)


def check_level(keys: Collection[str], in_file: str = "") -> None:
    """ScenarioError when one source gives the level in both ways."""
    by_mode = [key for key in ALIASES if key in keys]
    other = LEVEL if LEVEL in keys else SHARE if SHARE in keys and len(by_mode) == 2 else None
    if by_mode and other:
        raise ScenarioError("level-twice", key=other, by_mode=by_mode, in_file=in_file, level=LEVEL, share=SHARE)


def with_level(given: Mapping[str, Given], found: Mapping[str, Given]) -> dict[str, Given]:
    """What was given, with the level by mode as keys of the tree.

    ``found``: every value that holds without the two keys; no level in it where the place has none.
    """
    share = float(str(found[SHARE].value))
    counts = dict(zip(ALIASES, (1.0 - share, share), strict=True))
    typed = {key: float(str(given[key].value)) for key in ALIASES if key in given}
    level = float(str(found[LEVEL].value)) if LEVEL in found else math.fsum(typed.values()) / _part(counts, typed)
    count = {key: typed.get(key, level * part) for key, part in counts.items()}
    total = math.fsum(count.values())
    series = found[SERIES].value
    dated = {key: rows for key, rows in series.items() if key != SHARE} if isinstance(series, Mapping) else {}
    made = {LEVEL: total, SHARE: count[DETONATIONS] / total if total else share, SERIES: FrozenMapping(dated)}
    origin = " ".join(f"{key}={value:g}" for key, value in typed.items())
    told = {key: origin for key in made} | {SERIES: f"{origin}: the dated share of detonations is off"}
    kept = {key: value for key, value in given.items() if key not in ALIASES}
    return kept | {key: Given(value, told[key]) for key, value in made.items()}


def _part(counts: Mapping[str, float], typed: Mapping[str, float]) -> float:
    """The share of all attacks that the typed modes are."""
    part = math.fsum(counts[key] for key in typed)
    if part > 0.0:
        return part
    raise ScenarioError(
        "level-unknown",
        key=next(iter(typed)),
        typed=typed,
        share=SHARE,
        detonations=counts[DETONATIONS],
        aliases=ALIASES,
    )
