"""Reference constants that ship with the package, so that no first run of a site waits for minutes of pilots.

``constants.json`` holds those of every packaged site and programme, at point values and for every draw of the packaged
ensemble, under what they follow from: the values that act in business as usual, and the draws of those that are drawn.
A value typed by a user leads to another key, and to pilots. Floats are written so that they read back bit by bit.
``python -m benchmarks.makers.constants_file`` makes the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from ..config import Scenario
from ..config.leaves import flat_of
from ..config.programme_only import acts_in_business_as_usual
from ..errors import EvidenceError

EDITION = 2
"""Of the rules: raised by a change that moves any event of business as usual. Constants of another are not read."""
FILE = Path(__file__).with_name("constants.json")
_IDLE = (
    "start_date", "strict", "site.name", "site.population", "years", "burn_in_years", "calendar.swing_sd",
    "calendar.swing_memory_days", "calendar.group_swing_sd", "calendar.group_swing_memory_days",
    "partners.police.reference_commitment", "partners.municipality.reference_commitment",
    "partners.probation.reference_commitment", "partners.community.reference_commitment",
    "attacks.hired_age_mean", "attacks.hired_age_sd",
)  # fmt: skip
"""Keys that move no event of a stationary pilot, beside costs and what only a programme uses."""


class Shipped(NamedTuple):
    """``pairs``: background and offspring constants, one pair a draw; ``error``: the largest miss (``surface``)."""

    pairs: tuple[tuple[float, float], ...]
    error: float


def acting_values(pilot: Scenario) -> str:
    """The values of a pilot that may move its events, as canonical JSON."""
    flat = flat_of(pilot).items()
    acting = {k: v for k, v in flat if acts_in_business_as_usual(k) and k not in _IDLE and not k.startswith("costs.")}
    return json.dumps(acting, sort_keys=True, default=str)


def key_of(pilot: Scenario, draws: str = "") -> str:
    """What constants are stored under: the values that act and the hash of the ``draws`` on top ("" for none)."""
    return sha256(f"{acting_values(pilot)}\n{draws}".encode()).hexdigest()[:24]


_ignored = False


@contextmanager
def without_shipped() -> Iterator[None]:
    """Within this context every constant is found by pilots, as for a package that ships none."""
    global _ignored
    before, _ignored = _ignored, True
    try:
        yield
    finally:
        _ignored = before


def shipped(pilot: Scenario, draws: str = "") -> Shipped | None:
    """The constants that ship for a pilot; None when none do."""
    found = None if _ignored else _constants().get(key_of(pilot, draws))
    return None if found is None else Shipped(tuple((b, o) for b, o in found["pairs"]), float(found["error"]))


def seal(constants: Mapping[str, Any]) -> str:
    """SHA-256 of the constants as the file holds them."""
    return sha256(json.dumps(constants, sort_keys=True).encode()).hexdigest()


@cache
def _constants() -> Mapping[str, Any]:
    """By key; nothing when the file is of another edition of the rules. EvidenceError for a damaged file."""
    try:
        stored = json.loads(FILE.read_bytes())
        constants: dict[str, Any] = stored["constants"]
        whole = seal(constants) == stored["sha256"]
        edition = stored["edition"]
    except (OSError, ValueError, KeyError, TypeError):
        whole, edition, constants = False, None, {}
    if not whole:
        raise EvidenceError("damaged/constants", file=FILE.name)
    return constants if edition == EDITION else {}
