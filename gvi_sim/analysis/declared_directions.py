"""The declared directions of levers: ``effects.yaml``, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..config.leaves import leaf_domain, leaves
from ..errors import EvidenceError, nearest_hint
from ..evidence.strict_yaml import plain, read
from ..execution.totals import COLUMNS
from ..world.tables import SERIES

FILE = Path(__file__).with_name("effects.yaml")
LEVERS, WORLDS = "levers", "worlds"
LESS, MORE, NOTHING, NOT_MONOTONE = "-", "+", "0", "not monotone"
DIRECTIONS = (LESS, MORE, NOTHING, NOT_MONOTONE)
CHAINS = "chains"
DOSES = 5
_FIELDS = frozenset({"doses", "outcome", "direction", "because", "eligible", "added"})


@dataclass(frozen=True)
class Declared:
    """One lever: its doses from least to full, and which way it moves its outcome.

    ``eligible``: what it acts on, counted at full dose; with ``is_added`` over and above the least dose.
    """

    key: str
    doses: tuple[float, ...]
    outcome: str
    direction: str
    because: Mapping[str, str]  # by language
    eligible: tuple[str, ...]
    is_added: bool

    @property
    def sign(self) -> int:
        """-1, +1, or 0 where no sign is declared."""
        return {LESS: -1, MORE: 1}.get(self.direction, 0)


@cache
def declared(kind: str = LEVERS) -> dict[str, Declared]:
    """Every declared lever (or world) by key; EvidenceError when the file says what cannot be."""
    return declared_in(FILE, kind)


def declared_in(path: Path, kind: str) -> dict[str, Declared]:
    """The declarations of one kind in a file."""
    content = plain(read(path))
    if not isinstance(content, dict) or not isinstance(content.get(kind), dict):
        raise EvidenceError(f"{path.name} declares no {kind}.")
    return {key: _declared(path.name, key, dict(raw)) for key, raw in content[kind].items()}


def _declared(file: str, key: str, raw: dict[str, Any]) -> Declared:
    def refuse(problem: str) -> EvidenceError:
        return EvidenceError(f"{file}: {key}: {problem}")

    if key not in leaves():
        raise refuse(f"no such key.{nearest_hint(key, leaves())}")
    if strange := sorted(set(raw) - _FIELDS):
        raise refuse(f"{strange[0]} is no field.{nearest_hint(strange[0], _FIELDS)}")
    doses, direction = raw.get("doses"), raw.get("direction")
    if not isinstance(doses, list) or len(doses) != DOSES or len(set(doses)) != DOSES:
        raise refuse(f"doses must be {DOSES} different numbers, the least first")
    if outside := [dose for dose in doses if not leaf_domain(key).holds(float(dose))]:
        raise refuse(f"dose {outside[0]} lies outside {leaf_domain(key).range_text()}")
    if direction not in DIRECTIONS:
        raise refuse(f"direction = {direction!r} must be one of {', '.join(DIRECTIONS)}")
    if direction in (NOTHING, NOT_MONOTONE) and not raw.get("because"):
        raise refuse(f"direction {direction!r} needs a because")
    if raw.get("outcome") not in COLUMNS:
        said = str(raw.get("outcome"))
        raise refuse(f"outcome = {said} is none.{nearest_hint(said, COLUMNS)}")
    counted = tuple(raw.get("eligible") or raw.get("added") or ())
    for name in counted:
        if name not in (*SERIES, CHAINS):
            raise refuse(f"{name} is no column of the series.{nearest_hint(name, SERIES)}")
    return Declared(key, tuple(doses), raw["outcome"], direction, raw.get("because") or {}, counted, "added" in raw)
