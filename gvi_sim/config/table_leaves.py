"""The leaves that are tables: ties, dated factors, the season, series on scalar keys, shocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from math import isfinite
from numbers import Integral
from typing import Any, TypeGuard

from ..errors import ScenarioError, nearest_hint
from ..evidence import entry, places
from .frozen import FrozenMapping
from .personal_data import refuse_personal_data
from .sourced_value import Given, refusal, shown
from .tree import DatedFactors, Shock, Tie

__all__ = ["SERIES_KEYS", "as_date", "checked_table", "scaled_by"]

SERIES_KEYS: dict[str, tuple[str, ...]] = {
    "justice.clearance": ("justice.clearance_fatal", "justice.clearance_hit", "justice.clearance_no_hit"),
    "harm.p_death_given_hit": ("harm.p_death_given_hit",),
    "attacks.detonation_share": ("attacks.detonation_share",),
    "attacks.contracted_share": ("attacks.contracted_share",),
    "attacks.civilian_share": ("attacks.civilian_share",),
    "justice.attribution": ("justice.attribution", "justice.attribution_contracted"),
}
_SHOCK = ("name", "start", "end", "share", "years")


def scaled_by(series_key: str) -> tuple[str, ...]:
    """The leaves that a dated series multiplies."""
    return SERIES_KEYS[series_key]


def checked_table(key: str, given: Given, domain: str) -> object:
    """A table leaf as tuples all the way down. ScenarioError names the row that is wrong."""
    return _TABLES[domain](key, given)


def _ties(key: str, given: Given) -> tuple[Tie, ...]:
    return tuple(_tie(key, given, row) for row in _rows(key, given))


def _tie(key: str, given: Given, row: object) -> Tie:
    if not isinstance(row, list | tuple) or len(row) != 4 or not all(_is_number(item) for item in row):
        raise _bad_row("bad-row/tie", key, given, row)
    a, b, rivalry, alliance = row
    if not isinstance(a, Integral) or not isinstance(b, Integral) or a < 0 or b < 0:
        raise _bad_row("bad-row/groups", key, given, row)
    if rivalry < 0 or alliance < 0:
        raise _bad_row("bad-row/negative", key, given, row)
    return int(a), int(b), float(rivalry), float(alliance)


def _dated(key: str, given: Given) -> DatedFactors:
    rows = tuple(_dated_row(key, given, row) for row in _rows(key, given))
    for (before, _), (after, _) in pairwise(rows):
        if after <= before:
            raise ScenarioError("series-order", key=key, in_file=given.in_file, after=after, before=before)
    return rows


def _dated_row(key: str, given: Given, row: object) -> tuple[date, float]:
    if not isinstance(row, list | tuple) or len(row) != 2:
        raise _bad_row("bad-row/dated", key, given, row)
    return as_date(key, given, row[0]), _as_factor(key, given, row[1])


def _season(key: str, given: Given) -> tuple[float, ...]:
    rows = _rows(key, given)
    if len(rows) not in {0, 12}:
        raise ScenarioError("season-length", key=key, in_file=given.in_file, count=len(rows))
    return tuple(_as_factor(key, given, row) for row in rows)


def _dated_by_key(key: str, given: Given) -> FrozenMapping[DatedFactors]:
    if not isinstance(given.value, Mapping):
        raise refusal("not-a-table/series", key, given)
    for name in given.value:
        if name not in SERIES_KEYS:
            raise ScenarioError(
                "no-such-series",
                key=key,
                in_file=given.in_file,
                name=name,
                known=SERIES_KEYS,
                hint=nearest_hint(str(name), SERIES_KEYS),
            )
    series = {name: _dated(f"{key}.{name}", Given(rows, given.origin)) for name, rows in given.value.items()}
    return FrozenMapping({name: rows for name, rows in series.items() if rows})


def _shocks(key: str, given: Given) -> tuple[Shock, ...]:
    return tuple(_shock(key, given, row) for row in _rows(key, given))


def _shock(key: str, given: Given, row: object) -> Shock:
    if isinstance(row, Shock):
        return row
    if isinstance(row, str):
        return _named(key, given, row)
    if not isinstance(row, Mapping) or set(row) != set(_SHOCK):
        raise _bad_row("bad-row/shock", key, given, row, known=_SHOCK)
    name, share, years = row["name"], row["share"], row["years"]
    if not isinstance(name, str) or not name or not name.isprintable() or len(name) > 80:
        raise _bad_row("bad-row/name", key, given, row)
    refuse_personal_data(name, f"{key}{given.in_file}", key=key)
    if not _is_number(share) or not 0 <= share <= 1:
        raise _bad_row("bad-row/share", key, given, row)
    if not _is_number(years) or not 0 < years <= 1000:
        raise _bad_row("bad-row/years", key, given, row)
    start, end = as_date(key, given, row["start"]), as_date(key, given, row["end"])
    if end < start:
        raise ScenarioError("shock-order", key=key, in_file=given.in_file, name=name, end=end, start=start)
    return Shock(name, start, end, float(share), float(years))


def _named(key: str, given: Given, name: str) -> Shock:
    known = {str(raw["name"]): raw for raw in _registered() if isinstance(raw, Mapping)}
    if name not in known:
        raise ScenarioError(
            "no-such-shock", key=key, in_file=given.in_file, name=name, hint=nearest_hint(name, known), known=known
        )
    return _shock(key, given, known[name])


def _registered() -> Iterator[object]:
    for place in places("calendar.shocks"):
        value = entry("calendar.shocks", place).value
        yield from value if isinstance(value, tuple) else ()


_TABLES = {
    "ties": _ties,
    "dated": _dated,
    "season": _season,
    "dated_by_key": _dated_by_key,
    "shocks": _shocks,
}


def _rows(key: str, given: Given) -> list[object] | tuple[object, ...]:
    if not isinstance(given.value, list | tuple):
        raise refusal("not-a-table", key, given)
    return given.value


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def as_date(key: str, given: Given, value: object) -> date:
    """A date in a row of a table. ScenarioError where it is none."""
    try:
        made = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value
    except ValueError:
        made = None
    if type(made) is not date:
        raise ScenarioError("not-a-date/row", key=key, in_file=given.in_file, value=shown(value))
    return made


def _as_factor(key: str, given: Given, value: object) -> float:
    if not _is_number(value) or not 0 <= value <= 1000:
        raise ScenarioError("bad-factor", key=key, in_file=given.in_file, value=shown(value))
    return float(value)


def _bad_row(id: str, key: str, given: Given, row: object, **fields: Any) -> ScenarioError:
    return ScenarioError(id, key=key, in_file=given.in_file, row=shown(row), **fields)
