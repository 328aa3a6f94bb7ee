"""Levers: whatever a programme can dose, each declared once, in ``levers.yaml``; parts, lists and checks follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import EvidenceError, Message, nearest_hint
from ..evidence import keys
from ..evidence.strict_yaml import plain, read_yaml
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
    content = plain(read_yaml(path))
    parts, declared = (content.get(name) if isinstance(content, dict) else None for name in ("parts", "levers"))
    if not isinstance(parts, dict) or not isinstance(declared, dict):
        raise EvidenceError("levers-undeclared", file=path.name)
    wrong = [Message("lever/part", part=name) for name, raw in parts.items() if _is_untold(raw)]
    wrong += [
        Message("lever/one", lever=key, problem=problem)
        for key, raw in declared.items()
        for problem in _problems(key, raw, parts, declared)
    ]
    if wrong:
        raise EvidenceError("lever", file=path.name, wrong=wrong)
    made = {key: _lever(key, raw) for key, raw in declared.items()}
    if idle := [name for name in parts if not _taken_away(name, made)]:
        raise EvidenceError("idle-part", file=path.name, part=idle[0])
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


def _problems(key: str, raw: Any, parts: Mapping[str, Any], declared: Mapping[str, Any]) -> Iterator[Message]:
    """All that a declaration lacks and all that is wrong in it."""
    if key not in leaves():
        yield Message("lever/no-key", hint=nearest_hint(key, leaves()))
    elif leaf_domain(key).kind not in ("number", "count"):
        yield Message("lever/no-number")
    if key not in keys():
        yield Message("lever/no-entry")
    given = raw if isinstance(raw, dict) else {}
    if missing := [name for name in _NEEDED if name not in given]:
        yield Message("lever/lacks", missing=missing)
    if not given.keys() & {"off", "shapes"}:
        yield Message("lever/no-off")
    if not isinstance(given.get("eligible") or given.get("added"), list):
        yield Message("lever/no-eligible")
    for name in (name for name in given if name not in _FIELDS):
        yield Message("lever/no-field", name=name, hint=nearest_hint(name, _FIELDS))
    yield from (Message("lever/untold", name=name) for name in _IN_WORDS if name in given and _is_untold(given[name]))
    for name, known in (("part", (*parts, ALL)), ("shapes", tuple(declared)), ("direction", DIRECTIONS)):
        if name in given and given[name] not in known:
            hint = nearest_hint(str(given[name]), known)
            yield Message("lever/none-of", name=name, value=given[name], known=known, hint=hint)
    if given.get("direction") in (NOTHING, NOT_MONOTONE) and "because" not in given:
        yield Message("lever/because", direction=given["direction"])
    yield from _wrong_doses(key, given)


def _wrong_doses(key: str, given: Mapping[str, Any]) -> Iterator[Message]:
    doses = given.get("doses", [])
    whole = [*([given["off"]] if "off" in given else []), *(doses if isinstance(doses, list) else [doses])]
    if "doses" not in given:
        return
    if not all(isinstance(dose, int | float) and not isinstance(dose, bool) for dose in whole):
        yield Message("lever/doses-numbers")
    elif len(whole) != DOSES or len(set(whole)) != DOSES:
        yield Message("lever/doses-count", count=DOSES, doses=whole)
    elif key in leaves() and (outside := [dose for dose in whole if not leaf_domain(key).holds(dose)]):
        yield Message("lever/dose-outside", dose=outside[0], range=leaf_domain(key).range_text())


def _is_untold(raw: Any) -> bool:
    texts = raw if isinstance(raw, dict) else {}
    return {lang for lang, text in texts.items() if isinstance(text, str) and text.strip()} != _LANGUAGES
