"""The timeline: from a date on, keys of the programme have other values, until a later date changes them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import pairwise

from ..errors import ScenarioError, nearest_hint
from .frozen import FrozenMapping
from .leaves import leaves
from .sourced_value import Given, refusal, shown
from .table_leaves import as_date
from .tree import Stage, Values

__all__ = ["broken_timeline", "read_timeline", "stages", "timed_keys"]

DATE = "date"
_WHOLE = ("programme.", "partners.")
_ALONE = ("exit.offer_rate",)
_DATES = ("programme.start_date", "programme.stop_date")


def timed_keys() -> tuple[str, ...]:
    """The keys that a timeline can change: what the programme and its partners do."""
    return tuple(key for key in leaves() if (key.startswith(_WHOLE) or key in _ALONE) and key not in _DATES)


def read_timeline(key: str, given: Given, convert: Callable[[str, Given], object]) -> tuple[Stage, ...]:
    """The stages in order of their dates. ScenarioError names the row, the key or the value that is wrong."""
    if not isinstance(given.value, list | tuple):
        raise refusal("not-a-table", key, given)
    found = tuple(row if isinstance(row, Stage) else _stage(key, given, row, convert) for row in given.value)
    days = [stage.date for stage in found]
    for before, after in pairwise(days):
        if after <= before:
            raise ScenarioError("series-order", key=key, in_file=given.in_file, after=after, before=before)
    return found


def _stage(key: str, given: Given, row: object, convert: Callable[[str, Given], object]) -> Stage:
    if not isinstance(row, Mapping) or DATE not in row or len(row) < 2:
        raise ScenarioError("bad-row/stage", key=key, in_file=given.in_file, row=shown(row))
    day, known, values = as_date(key, given, row[DATE]), timed_keys(), dict[str, object]()
    for name, value in row.items():
        if name == DATE:
            continue
        if name not in known:
            hint = nearest_hint(str(name), known)
            raise ScenarioError("not-timed", key=key, in_file=given.in_file, name=name, hint=hint)
        where = f"{given.origin}, timeline: {day}" if given.in_file else f"timeline: {day}"
        values[name] = convert(name, Given(value, where))
    return Stage(day, FrozenMapping(values))


def stages(values: Values) -> Iterator[tuple[date, dict[str, object]]]:
    """Each date with every key that has another value than at the start from then on."""
    changed: dict[str, object] = {}
    for stage in values.timeline:
        changed = changed | dict(stage.values)
        yield stage.date, changed


def broken_timeline(values: Values) -> Iterator[ScenarioError]:
    """The rules between the timeline and the rest: a change comes after the start and before the end."""
    for stage in values.timeline:
        start, stop = values.programme.start_date, values.programme.stop_date
        if stage.date <= start:
            yield ScenarioError("timeline-before-start", day=stage.date, start=start)
        if stop is not None and stage.date >= stop:
            yield ScenarioError("timeline-after-stop", day=stage.date, stop=stop)
