"""Levers: whatever a programme can dose, each declared once, in ``levers.yaml``; parts, lists and checks follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import EvidenceError, nearest_hint
from ..evidence import keys
from ..evidence.strict_yaml import plain, read
from .leaves import leaf_domain, leaves

__all__ = ["LeverDeclaration", "levers", "levers_in", "parts"]

FILE = Path(__file__).with_name("levers.yaml")
LESS, MORE, NOTHING, NOT_MONOTONE = "-", "+", "0", "not monotone"
DIRECTIONS = (LESS, MORE, NOTHING, NOT_MONOTONE)
ALL, DOSES = "all", 5
_NEEDED = ("name", "part", "doses", "outcome", "direction", "through")
_FIELDS = (*_NEEDED, "unit", "off", "shapes", "because", "eligible", "added")
_IN_WORDS = ("name", "unit", "because")
_LANGUAGES = {"en", "sv"}


@dataclass(frozen=True)
class LeverDeclaration:
    """One lever: its doses from the least to the full one, and which way it moves its outcome.

    ``off`` is its least dose, None where no value takes it away; ``shapes``: the lever that it only shapes.
    ``eligible``: what it acts on, counted at full dose; with ``is_added`` over and above the least dose.
    """

    key: str
    part: str
    off: float | None
    shapes: str | None
    doses: tuple[float, ...]
    outcome: str
    direction: str
    because: Mapping[str, str]  # by language
    eligible: tuple[str, ...]
    is_added: bool
    through: str

    @property
    def sign(self) -> int:
        """-1, +1, or 0 where no sign is declared."""
        return {LESS: -1, MORE: 1}.get(self.direction, 0)


@cache
def levers() -> Mapping[str, LeverDeclaration]:
    """Every lever by key. EvidenceError that tells all that is missing or wrong in the declarations."""
    return levers_in(FILE)[1]


@cache
def parts() -> Mapping[str, Mapping[str, float]]:
    """The programme's parts, each with the values that take it away; all together leave one that does nothing."""
    names, declared = levers_in(FILE)
    return {name: _taken_away(name, declared) for name in names}


def levers_in(path: Path) -> tuple[tuple[str, ...], Mapping[str, LeverDeclaration]]:
    """The parts and the levers that a file declares."""
    content = plain(read(path))
    parts, declared = (content.get(name) if isinstance(content, dict) else None for name in ("parts", "levers"))
    if not isinstance(parts, dict) or not isinstance(declared, dict):
        raise EvidenceError(f"{path.name} must declare parts and levers, each by name.")
    wrong = [f"part {name}: its name {said}" for name, raw in parts.items() for said in _untold(raw)]
    wrong += [f"{key}: {said}" for key, raw in declared.items() for said in _problems(key, raw, parts, declared)]
    if wrong:
        raise EvidenceError("\n  ".join([f"{path.name} is not complete (see docs/recipes/lever.md):", *wrong]))
    made = {key: _lever(key, raw) for key, raw in declared.items()}
    if idle := [name for name in parts if not _taken_away(name, made)]:
        raise EvidenceError(
            f"{path.name}: no lever takes the part {idle[0]} away; one with an off must have that part."
        )
    return tuple(parts), made


def _taken_away(part: str, declared: Mapping[str, LeverDeclaration]) -> dict[str, float]:
    return {it.key: it.off for it in declared.values() if it.part == part and it.off is not None and not it.shapes}


def _lever(key: str, raw: Mapping[str, Any]) -> LeverDeclaration:
    off, counted = raw.get("off"), raw.get("eligible") or raw["added"]
    return LeverDeclaration(
        key=key,
        off=off,
        shapes=raw.get("shapes"),
        doses=(*raw["doses"],) if off is None else (off, *raw["doses"]),
        because=raw.get("because") or {},
        eligible=tuple(counted),
        is_added="added" in raw,
        **{name: raw[name] for name in ("part", "outcome", "direction", "through")},
    )


def _problems(key: str, raw: Any, parts: Mapping[str, Any], declared: Mapping[str, Any]) -> Iterator[str]:
    """All that a declaration lacks and all that is wrong in it."""
    if key not in leaves():
        yield f"no such key in config/tree.py.{nearest_hint(key, leaves())}"
    elif leaf_domain(key).kind not in ("number", "count"):
        yield "a lever must be a number, and this key is none"
    if key not in keys():
        yield "no entry in evidence/registry, which says its unit and value"
    given = raw if isinstance(raw, dict) else {}
    if missing := [name for name in _NEEDED if name not in given]:
        yield f"has no {', '.join(missing)}"
    if not given.keys() & {"off", "shapes"}:
        yield "has no off, the value at which it does nothing (only a lever that shapes another can do without)"
    if not isinstance(given.get("eligible") or given.get("added"), list):
        yield "has no eligible or added, a list of what it acts on"
    for name in (name for name in given if name not in _FIELDS):
        yield f"{name} is no field.{nearest_hint(name, _FIELDS)}"
    for name in (name for name in _IN_WORDS if name in given):
        yield from (f"{name} {said}" for said in _untold(given[name]))
    for name, known in (("part", (*parts, ALL)), ("shapes", tuple(declared)), ("direction", DIRECTIONS)):
        if name in given and given[name] not in known:
            yield f"{name} = {given[name]!r} is none of {', '.join(known)}.{nearest_hint(str(given[name]), known)}"
    if given.get("direction") in (NOTHING, NOT_MONOTONE) and "because" not in given:
        yield f"direction {given['direction']!r} needs a because"
    yield from _wrong_doses(key, given)


def _wrong_doses(key: str, given: Mapping[str, Any]) -> Iterator[str]:
    doses = given.get("doses", [])
    whole = [*([given["off"]] if "off" in given else []), *(doses if isinstance(doses, list) else [doses])]
    if "doses" not in given:
        return
    if not all(isinstance(dose, int | float) and not isinstance(dose, bool) for dose in whole):
        yield "off and doses must be numbers"
    elif len(whole) != DOSES or len(set(whole)) != DOSES:
        yield f"off and doses must be {DOSES} different numbers, the least first, and are {whole}"
    elif key in leaves() and (outside := [dose for dose in whole if not leaf_domain(key).holds(dose)]):
        yield f"dose {outside[0]} lies outside {leaf_domain(key).range_text()}"


def _untold(raw: Any) -> Iterator[str]:
    texts = raw if isinstance(raw, dict) else {}
    if {lang for lang, text in texts.items() if isinstance(text, str) and text.strip()} != _LANGUAGES:
        yield "must be a text in en and in sv"
