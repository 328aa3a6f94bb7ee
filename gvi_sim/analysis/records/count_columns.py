"""Which columns of a table are read: one of time (or a year and a month or week), one of counts, areas, persons hit."""

from __future__ import annotations

import re
from typing import NamedTuple

from ...errors import Message
from .headings import check_person, fold, refuse_other_tables, role_of
from .notices import Notice
from .table_file import FileTable, refused

_FINEST_FIRST = ("week", "month", "quarter")


class Columns(NamedTuple):
    """Texts by row: ``times`` under a heading ``timed`` (date, period, year, month or week), ``attacks``, and if there
    are any ``areas``, ``hit`` and ``killed``; ``extra`` are the headings of what is not read."""

    timed: str
    times: tuple[str, ...]
    attacks: tuple[str, ...]
    areas: tuple[str, ...] | None
    hit: tuple[str, ...] | None
    killed: tuple[str, ...] | None
    extra: tuple[str, ...]
    notices: tuple[Notice, ...]


def columns_of(table: FileTable) -> Columns:
    """Choose the columns; ScenarioError for a table that is none of counts, or that has two where one is needed."""
    where = f"{table.name}:{table.headed}"
    if not table.lines:
        raise refused("bad-file/no-counts", table.name)
    refuse_other_tables(table.headings, table.lines[0].cells, where)
    check_person(table.headings, where)
    at: dict[str, list[int]] = {}
    for k, heading in enumerate(table.headings):
        at.setdefault(role_of(heading), []).append(k)
    texts = [tuple(line.cells[k] for line in table.lines) for k in range(len(table.headings))]
    varied = (
        [k for k in at.get("area", []) if len(set(texts[k])) > 1] if len(at.get("area", [])) > 1 else at.get("area", [])
    )
    at["area"] = varied or at.get("area", [])[:1]
    if "date" in at and "period" in at:
        raise refused("bad-file/date-and-period", where)
    for role, what in (
        ("attacks", Message("columns/counts")),
        ("area", Message("columns/areas")),
        ("date", Message("columns/dates")),
        ("period", Message("columns/periods")),
        ("year", Message("columns/years")),
    ):
        if len(at.get(role, [])) > 1:
            named = [table.headings[k] for k in at[role]]
            raise refused("bad-file/columns", where, what=what, named=named, remedy=_or_add(role))
    if ("hit" in at) != ("killed" in at):
        raise refused("bad-file/hit-or-killed", where)
    timed, times, used = _times({role: [texts[k] for k in ks] for role, ks in at.items()})
    read = {k for role in (*used, "attacks", "area", "hit", "killed") for k in at.get(role, [])[:1]}
    extra = tuple(heading or "(no heading)" for k, heading in enumerate(table.headings) if k not in read)
    one = {role: texts[at[role][0]] if at.get(role) else None for role in ("area", "hit", "killed")}
    heading = table.headings[at["attacks"][0]]
    told = [Notice("shootings", {"heading": heading[:40]})] if re.search("shoot|skjut|skott", fold(heading)) else []
    told += [Notice("extra", {"names": ", ".join(name[:40] for name in extra)})] if extra else []
    attacks = texts[at["attacks"][0]]
    return Columns(timed, times, attacks, one["area"], one["hit"], one["killed"], extra, tuple(told))


def _or_add(role: str) -> Message | str:
    return Message("columns/sum") if role == "attacks" else Message("columns/smaller") if role == "area" else ""


def _times(texts: dict[str, list[tuple[str, ...]]]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The kind of heading, the text of each row's period, and which roles went into it."""
    years = texts.get("year", [None])[0]
    for role in ("date", "period"):
        if role in texts:
            own = texts[role][0]
            if role == "date" and years and "month" in texts and all(re.fullmatch(r"\d{1,2}", day) for day in own):
                joined = zip(years, texts["month"][0], own, strict=True)
                return role, tuple("-".join(parts) for parts in joined), ("year", "month", "date")
            return role, own, (role,)
    for role in _FINEST_FIRST:
        if role not in texts:
            continue
        own = texts[role][0]
        if not years or all(re.search(r"\d{4}", text) for text in own):
            return role, own, (role,)
        return role, tuple(_joined(role, *pair) for pair in zip(years, own, strict=True)), ("year", role)
    return "year", years or (), ("year",)


def _joined(role: str, year: str, part: str) -> str:
    year, part = re.sub(r"[.,]0$", "", year), re.sub(r"[.,]0$", "", part)
    if role == "week":
        return f"{year}-W{re.sub(r'^(?:w|v|week|vecka)[. ]*', '', part, flags=re.IGNORECASE)}"
    return f"{year} Q{part}" if role == "quarter" else f"{year}-{part:0>2}"
