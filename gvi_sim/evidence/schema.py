"""What an entry must have: the checks that every registry file passes when it is read.

A file maps a key to `unit`, `domain`, `off` (optional), `note` (optional, about the key) and `at`: a mapping
from a place to `value`, `range` [low, high, distribution], `period`, `sources`, `grade` and `note`. A key that only
sites have a value of has no `at`. A site's file (`site_files`) maps a key to the fields of one place, or to a value.
"""

from __future__ import annotations

from datetime import date
from typing import cast

from ..errors import EvidenceError, nearest_hint
from .domains import DOMAINS, Domain
from .entry import ASSUMPTION, DISTRIBUTIONS, GRADES, Entry

__all__ = ["About", "about_of", "entries_of", "site_entry"]

_OF_KEY = {"unit", "domain", "off", "note", "at"}
_OF_PLACE = {"value", "range", "period", "sources", "grade", "note"}
_UNSOURCED = {"sources": [ASSUMPTION], "grade": "D", "note": "Entered without a source."}

About = dict[str, object]
"""What a key has at every place: unit, domain, off, note."""


def about_of(key: str, raw: object, file: str) -> About:
    """What holds of a key at every place. EvidenceError names file and key and what is missing."""
    where = f"{file}: {key}"
    about = _mapping(raw, where, _OF_KEY, {"unit", "domain"})
    if about["domain"] not in DOMAINS:
        raise EvidenceError(
            "registry/domain", where=where, domain=about["domain"], hint=nearest_hint(str(about["domain"]), DOMAINS)
        )
    if not about["unit"]:
        raise EvidenceError("registry/unit", where=where)
    if "at" in about and not (isinstance(about["at"], dict) and about["at"]):
        raise EvidenceError("registry/at", where=where)
    return about


def entries_of(key: str, raw: object, file: str) -> list[Entry]:
    """The entries of one key, one a place. EvidenceError names file, key, place and what is missing."""
    about = about_of(key, raw, file)
    places = cast("dict[str, object]", about.get("at", {}))
    return [_entry(key, str(place), about, body, f"{file}: {key} at {place}") for place, body in places.items()]


def site_entry(key: str, about: About, raw: object, site: str) -> Entry:
    """One fact of a site's file; one without a source is an assumption."""
    body = raw if isinstance(raw, dict) else {"value": raw}
    return _entry(key, site, about, body if "sources" in body else _UNSOURCED | body, key)


def _entry(key: str, place: str, about: About, raw: object, where: str) -> Entry:
    body = _mapping(raw, where, _OF_PLACE, {"value", "sources", "grade", "note"})
    domain = DOMAINS[str(about["domain"])]
    low, high, distribution = _range(body.get("range"), where)
    entry = Entry(
        key=key,
        value=_frozen(body["value"]),
        low=low,
        high=high,
        distribution=distribution,
        unit=str(about["unit"]),
        domain=domain.name,
        place=place,
        period=str(body.get("period", "")),
        sources=_sources(body["sources"], where),
        grade=str(body["grade"]),
        note=" ".join(filter(None, (str(body["note"]), str(about.get("note", ""))))),
        off=_frozen(about.get("off")),
        has_off="off" in about,
    )
    _check(entry, domain, where)
    return entry


def _mapping(raw: object, where: str, allowed: set[str], needed: set[str]) -> dict[str, object]:
    if not isinstance(raw, dict):
        raise EvidenceError("registry/mapping", where=where, raw=raw)
    for name in raw:
        if name not in allowed:
            raise EvidenceError("registry/field", where=where, name=name, hint=nearest_hint(name, allowed))
    if missing := sorted(needed - set(raw)):
        raise EvidenceError("registry/lacks", where=where, missing=missing)
    return cast("dict[str, object]", raw)


def _range(raw: object, where: str) -> tuple[float | None, float | None, str]:
    if raw is None:
        return None, None, "fixed"
    if not isinstance(raw, list) or len(raw) != 3 or raw[2] not in DISTRIBUTIONS:
        raise EvidenceError("registry/range", where=where, known=DISTRIBUTIONS)
    low, high = float(raw[0]), float(raw[1])
    if not low < high:
        raise EvidenceError("registry/order", where=where, low=low, high=high)
    if str(raw[2]).startswith("log") and low <= 0:
        raise EvidenceError("registry/log", where=where, kind=raw[2], low=low)
    if raw[2] == "logitnormal" and high >= 1:
        raise EvidenceError("registry/logit", where=where, high=high)
    return low, high, str(raw[2])


def _sources(raw: object, where: str) -> tuple[str, ...]:
    if not isinstance(raw, list) or not raw:
        raise EvidenceError("registry/sources", where=where, assumption=ASSUMPTION)
    return tuple(str(source) for source in raw)


def _check(entry: Entry, domain: Domain, where: str) -> None:
    if entry.grade not in GRADES:
        raise EvidenceError("registry/grade", where=where, grade=entry.grade, known=GRADES)
    if not entry.note:
        raise EvidenceError("registry/note", where=where)
    if (ASSUMPTION in entry.sources) != (entry.grade == "D"):
        raise EvidenceError("registry/assumption", where=where, assumption=ASSUMPTION)
    for name, value in (("value", entry.value), ("low", entry.low), ("high", entry.high)):
        if domain.kind in {"number", "count"} and value is not None and not _inside(domain, value):
            raise EvidenceError(
                "registry/outside", where=where, name=name, value=value, phrase=domain.phrase, range=domain.range_text()
            )
    if entry.low is not None and entry.high is not None and not entry.low <= _number(entry) <= entry.high:
        raise EvidenceError("registry/own-range", where=where, value=entry.value)


def _inside(domain: Domain, value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and domain.holds(float(value))


def _number(entry: Entry) -> float:
    if isinstance(entry.value, date | str) or not isinstance(entry.value, int | float):
        raise EvidenceError("registry/no-number", name=entry.key, place=entry.place)
    return float(entry.value)


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return {name: _frozen(item) for name, item in value.items()}
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
