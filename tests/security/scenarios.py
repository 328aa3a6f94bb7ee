"""Scenarios drawn from the schema: mostly inside each key's range, sometimes at its edge or beyond."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from gvi_sim.config import leaves, options
from gvi_sim.evidence import Domain

FAR = 1e6
SPECIAL = (
    0,
    0.0,
    -0.0,
    -1,
    1,
    1e-320,
    5e-324,
    1e300,
    10**400,
    float("inf"),
    float("nan"),
    True,
    None,
    "",
    "x",
    [],
    {},
)
SERIES = ("justice.clearance", "harm.p_death_given_hit", "attacks.detonation_share")


def drawn(number: int) -> dict[str, Any]:
    """The scenario of that number, as a mapping of keys to values: the same on every machine."""
    rng = random.Random(f"gvi_sim fuzz {number}")
    content: dict[str, Any] = {}
    if rng.random() < 0.7:
        content["site"] = rng.choice(options("site"))
    for group in ("programme", "calendar"):
        if rng.random() < 0.5:
            content[group] = rng.choice(options(group))
    for key in rng.sample(list(leaves()), rng.choice((1, 2, 3, 5, 10, 30))):
        content.setdefault(key, value(rng, leaves()[key]))
    if rng.random() < 0.1:
        content["sites"] = {rng.choice((*options("site"), "byn", "å", "../x")): _overrides(rng) for _ in range(2)}
        content.pop("site", None)
    if rng.random() < 0.05:
        content[slipped(rng, rng.choice(list(leaves())), rng.choice((1, 2)))] = 1
    return content


def value(rng: random.Random, domain: Domain) -> Any:
    """A value for a key of that domain, one in twelve of them odd."""
    if rng.random() < 1 / 12:
        return rng.choice(SPECIAL)
    if domain.kind == "number":
        return _number(rng, domain)
    if domain.kind == "count":
        return rng.choice((rng.randint(0, 40), rng.randint(0, 2000), 1))
    if domain.kind == "flag":
        return rng.random() < 0.5
    if domain.kind == "date":
        return None if domain.optional and rng.random() < 0.3 else _day(rng)
    if domain.kind == "word":
        return rng.choice(domain.words)
    if domain.kind == "country":
        return rng.choice(("SE", "US", "NO", "se"))
    return _table(rng, domain.name) if domain.kind == "table" else rng.choice(("byn", "Å-stad", "a b", "<b>", "x" * 90))


def _number(rng: random.Random, domain: Domain) -> float:
    high = domain.high if domain.high < FAR else 10.0 ** rng.uniform(-1, 3)
    edge = rng.random()
    if edge < 0.05:
        return domain.low
    if edge < 0.1:
        return high
    if edge < 0.12:
        return high * 1.5
    return domain.low + (high - domain.low) * rng.random()


def _day(rng: random.Random) -> date:
    return date(2015, 1, 1) + timedelta(days=rng.randint(0, 6000))


def _factors(rng: random.Random) -> list[list[Any]]:
    days = sorted({_day(rng) for _ in range(rng.randint(0, 3))})
    return [[day, round(rng.uniform(0, 1.5), 3)] for day in days]


def _table(rng: random.Random, name: str) -> Any:
    if name == "season":
        return [round(rng.uniform(0.5, 1.5), 3) for _ in range(rng.choice((0, 12, 12, 11)))]
    if name == "dated":
        return _factors(rng)
    if name == "dated_by_key":
        return {rng.choice(SERIES): _factors(rng)}
    if name == "ties":
        return [[rng.randint(0, 6), rng.randint(0, 6), round(rng.random(), 2), 0.5] for _ in range(rng.randint(0, 3))]
    start = _day(rng)
    shock = {
        "name": "x",
        "start": start,
        "end": start + timedelta(days=rng.randint(-5, 90)),
        "share": rng.random(),
    }
    return [{**shock, "years": 1.0}]


def _overrides(rng: random.Random) -> dict[str, Any]:
    keys = rng.sample(list(leaves()), 2)
    return {key: value(rng, leaves()[key]) for key in keys}


def slipped(rng: random.Random, word: str, edits: int) -> str:
    """``word`` after so many slips of the keyboard: a letter lost, doubled, swapped, changed or added."""
    letters = "abcdefghijklmnopqrstuvwxyz_"
    while True:
        found = word
        for _ in range(edits):
            place = rng.randrange(len(found))
            kind = rng.randrange(4)
            if kind == 0:
                found = found[:place] + found[place + 1 :]
            elif kind == 1:
                found = found[:place] + rng.choice(letters) + found[place:]
            elif kind == 2:
                found = found[:place] + rng.choice(letters) + found[place + 1 :]
            elif place + 1 < len(found):
                found = found[:place] + found[place + 1] + found[place] + found[place + 2 :]
        if found != word:
            return found
