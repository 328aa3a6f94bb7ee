"""A registry file that is not right is refused, with file, key and place."""

from __future__ import annotations

from typing import Any

import pytest
from each import each

from gvi_sim.errors import EvidenceError
from gvi_sim.evidence.schema import entries_of

GOOD: dict[str, Any] = {
    "unit": "days",
    "domain": "days",
    "at": {
        "default": {
            "value": 10,
            "range": [5, 20, "lognormal"],
            "sources": ["H19"],
            "grade": "C",
            "note": "A note.",
        }
    },
}


def changed(field: str, value: object, *, about: bool = False) -> dict[str, Any]:
    place = {**GOOD["at"]["default"], **({} if about else {field: value})}
    return {**GOOD, "at": {"default": place}, **({field: value} if about else {})}


def without(field: str) -> dict[str, Any]:
    place = {name: value for name, value in GOOD["at"]["default"].items() if name != field}
    return {**GOOD, "at": {"default": place}}


def test_a_good_entry() -> None:
    (entry,) = entries_of("x.delay_days", GOOD, "x.yaml")
    assert (entry.value, entry.low, entry.high, entry.distribution) == (10, 5.0, 20.0, "lognormal")
    assert entry.drawn
    assert not entry.has_off


@each(
    "raw, message",
    [
        (3, "must be a mapping"),
        (changed("domain", "dayz", about=True), "no domain 'dayz'. Nearest: days"),
        (changed("at", {}, about=True), "must map at least one place"),
        (changed("units", "days", about=True), "no field 'units'. Nearest: unit"),
        (changed("unit", "", about=True), "has no unit"),
        (without("value"), "has no value"),
        ({**GOOD, "at": {"default": {}}}, "has no grade, note, sources, value"),
        (without("grade"), "has no grade"),
        (without("note"), "has no note"),
        (without("sources"), "has no sources"),
        (changed("note", ""), "has no note"),
        (changed("grade", "E"), "grade 'E' is none of A, B, C, D"),
        (changed("sources", []), "sources must list row keys"),
        (changed("sources", ["assumption"]), "grade D and source assumption go together"),
        (changed("grade", "D"), "grade D and source assumption go together"),
        (changed("value", -1), "it lies outside"),
        (changed("value", "ten"), "it lies outside"),
        (changed("value", True), "it lies outside"),
        (changed("value", 30), "outside its own range"),
        (changed("range", [5, 20]), "range must be"),
        (changed("range", [5, 20, "normal"]), "range must be"),
        (changed("range", [20, 5, "uniform"]), "low must be below high"),
        (changed("range", [0, 20, "lognormal"]), "a lognormal cannot reach 0"),
        (changed("range", [0.5, 20, "logitnormal"]), "a logitnormal cannot reach 20"),
    ],
)
def test_a_broken_entry_is_refused(raw: object, message: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        entries_of("x.delay_days", raw, "x.yaml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("x.yaml: x.delay_days")
