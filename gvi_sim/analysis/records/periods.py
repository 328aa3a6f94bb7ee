"""From the text of a whole column to periods: days, ISO weeks, months or years, one way of writing for all rows.

A column is read in the one way that every row allows; where two remain (01/02/2015), it is refused. Days that are
all first or last days of months, or all one weekday, are months and weeks under the date that a pivot gives them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import reduce
from itertools import pairwise
from math import gcd
from typing import NamedTuple

from ...errors import Message, ScenarioError
from ...units import DAYS_PER_YEAR
from .headings import MONTH_NAME, QUARTER, fold
from .notices import Notice
from .table_file import refused

FIRST_YEAR, LAST_YEAR = 1900, 2100
LONGEST_GAP_YEARS = 10
_FEWEST_WEEKS, _FEWEST_STEPS = 8, 4
_MIDNIGHT = r"(?:[ T]0?0[:.]00(?:[:.]00(?:[.,]0+)?)?(?: ?(?:Z|UTC|[+-]\d\d(?::?\d\d)?))?)?"
_D, _M, _Y, _W = r"(?P<d>\d{1,2})", r"(?P<m>\d{1,2})", r"(?P<y>\d{4})", r"(?P<w>\d{1,2})"
_WEEK_SIGN = r"[- /]?(?:w|v|wk|week|vecka|v\.|w\.)[- ]?"


class Period(NamedTuple):
    """A span of days: its first, and the first after it."""

    first: date
    until: date


class Periods(NamedTuple):
    """A column of periods of one ``unit`` (day, week, month or year), and how it had to be read."""

    unit: str
    spans: tuple[Period, ...]
    notices: tuple[Notice, ...]


def _day(parts: dict[str, str]) -> Period:
    day = date(int(parts["y"]), int(parts["m"]), int(parts["d"]))
    return Period(day, day + timedelta(days=1))


def _week(parts: dict[str, str]) -> Period:
    first = date.fromisocalendar(int(parts["y"]), int(parts["w"]), 1)
    return Period(first, first + timedelta(days=7))


def month_of(year: int, month: int) -> Period:
    """A month."""
    first = date(year, month, 1)
    return Period(first, (first + timedelta(days=32)).replace(day=1))


def _month(parts: dict[str, str]) -> Period:
    return month_of(int(parts["y"]), int(parts["m"]))


def _year(parts: dict[str, str]) -> Period:
    return Period(date(int(parts["y"]), 1, 1), date(int(parts["y"]) + 1, 1, 1))


class _Form(NamedTuple):
    """A way of writing a period; ``only`` under these headings, or under any but those that begin with -."""

    name: str
    unit: str
    pattern: re.Pattern[str]
    made: Callable[[dict[str, str]], Period]
    only: str = ""


def _form(name: str, pattern: str, made: Callable[[dict[str, str]], Period], only: str = "") -> _Form:
    return _Form(name, made.__name__[1:], re.compile(pattern, re.IGNORECASE), made, only)


_FORMS = (
    _form("iso", rf"{_Y}(?P<s>[-/.]){_M}(?P=s){_D}{_MIDNIGHT}", _day),
    _form("digits", r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)", _day),
    _form("day/month/year", rf"{_D}(?P<s>[-/.]){_M}(?P=s){_Y}{_MIDNIGHT}", _day),
    _form("month/day/year", rf"{_M}(?P<s>[-/.]){_D}(?P=s){_Y}{_MIDNIGHT}", _day),
    _form("iso week", rf"{_Y}{_WEEK_SIGN}{_W}", _week),
    _form("week year", rf"(?:w|v|wk|week|vecka|v\.|w\.)[- ]?{_W}[-/, ]+{_Y}", _week),
    _form("week digits", rf"{_Y}[-/ ]?(?P<w>\d\d)|(?P<y1>\d{{4}})[-/ ](?P<w1>\d)", _week, "week"),
    _form("iso month", r"(?P<y>\d{4})[-/ ]?(?P<m>\d\d)", _month, "-week"),
    _form("m month", rf"{_Y}[- ]?M{_M}", _month),
    _form("short month", rf"{_Y}[-/ ]{_M}", _month, "month"),
    _form("month year", rf"{_M}[-/. ]{_Y}", _month, "-week"),
    _form("year", rf"{_Y}(?:[.,]0)?", _year),
)


def read_periods(texts: Sequence[str], wheres: Sequence[str], heading: str) -> Periods:
    """Read a column; ``wheres`` name file and line of each, ``heading`` is date, period, year, month or week.

    ScenarioError for the first row that is no period, is written otherwise than those above it, or may mean two.
    """
    forms = [
        form for form in _FORMS if form.only in ("", heading) or (form.only[:1] == "-" != form.only[1:] != heading)
    ]
    known = {text: _readings(text, forms) for text in dict.fromkeys(texts)}
    left = set(range(len(forms)))
    for text, where in zip(texts, wheres, strict=True):
        if not known[text]:
            raise _no_period(text, heading, where)
        if not left & set(known[text]):
            units, above = ("/".join(sorted({forms[k].unit for k in ks})) for ks in (known[text], left))
            if units == above:
                raise refused("bad-file/other-way", where, text=text[:20])
            raise refused("bad-file/mixed", where, above=above, units=units)
        left &= set(known[text])
    best = _only_reading({k: tuple(known[text][k] for text in texts) for k in sorted(left)}, texts, wheres)
    spans = tuple(known[text][best] for text in texts)
    form = forms[best]
    told = (Notice("order", {"order": form.name}),) if "/" in form.name else ()
    found = _by_first_days(spans) if form.unit == "day" else Periods(form.unit, spans, ())
    _refuse_steps(found, wheres[0])
    _refuse_gap(found.spans, wheres)
    return found._replace(notices=(*told, *found.notices))


def _readings(text: str, forms: Sequence[_Form]) -> dict[int, Period]:
    """What a text can mean, by the number of the form."""
    found = {}
    for k, form in enumerate(forms):
        if match := form.pattern.fullmatch(text):
            parts = {name[:1]: part for name, part in match.groupdict().items() if part is not None}
            try:
                if FIRST_YEAR <= int(parts["y"]) <= LAST_YEAR:
                    found[k] = form.made(parts)
            except ValueError:  # no such day, week or month
                continue
    return found


def _only_reading(readings: dict[int, tuple[Period, ...]], texts: Sequence[str], wheres: Sequence[str]) -> int:
    first = next(iter(readings))
    for other in readings.values():
        for k, (one, two) in enumerate(zip(readings[first], other, strict=True)):
            if one != two:
                text = texts[k][:20]
                raise refused("bad-file/two-days", wheres[k], text=text, one=one.first, other=two.first)
    return first


def _by_first_days(days: tuple[Period, ...]) -> Periods:
    """Days as they are, or as the years, months or weeks that each stands for by its first, last or same day."""
    first = sorted({day.first for day in days})
    same = len({day.day for day in first}) == 1 and len(first) >= (2 if first[0].day == 1 else _FEWEST_STEPS)
    if same or all(after.day == 1 for _, after in days):
        if len(first) > 1 and len({day.month for day in first}) == 1:
            return Periods("year", tuple(_year({"y": str(day.first.year)}) for day in days), (_dated("year"),))
        return Periods("month", tuple(month_of(day.first.year, day.first.month) for day in days), (_dated("month"),))
    steps = {(day - first[0]).days % 7 for day in first}
    if len(first) >= _FEWEST_WEEKS and steps == {0}:
        spans = tuple(Period(day.first, day.first + timedelta(days=7)) for day in days)
        told = () if first[0].weekday() == 0 else (Notice("weekday", {"day": str(first[0])}),)
        return Periods("week", spans, (_dated("week"), *told))
    return Periods("day", days, ())


def _dated(unit: str) -> Notice:
    return Notice("dated", {"unit": unit})


_NUMBER: dict[str, Callable[[date], int]] = {
    "week": lambda day: day.toordinal() // 7,
    "month": lambda day: day.year * 12 + day.month,
    "year": lambda day: day.year,
}
"""The number of a period that begins on a day, one more for the next."""


def _refuse_steps(found: Periods, where: str) -> None:
    """Periods that stand for longer ones: with a row every third month, counts are of quarters."""
    if found.unit == "day":
        return
    at = sorted({_NUMBER[found.unit](span.first) for span in found.spans})
    step = reduce(gcd, (b - a for a, b in pairwise(at)), 0)
    if step > 1 and len(at) >= _FEWEST_STEPS:
        raise refused("bad-file/steps", where, unit=found.unit, step=step)


def _refuse_gap(spans: Sequence[Period], wheres: Sequence[str]) -> None:
    order = sorted(range(len(spans)), key=lambda k: spans[k].first)
    for one, two in pairwise(order):
        years = (spans[two].first - spans[one].first).days / DAYS_PER_YEAR
        if years > LONGEST_GAP_YEARS:
            line, first, second = wheres[one].rpartition(":")[2], spans[one].first, spans[two].first
            raise refused("bad-file/gap", wheres[two], years=years, first=first, line=line, second=second)


def _no_period(text: str, heading: str, where: str) -> ScenarioError:
    """Why a text is none of the periods that are read, with what to do."""
    word, shown = fold(text), text[:20]
    if not text:
        return refused("bad-file/no-period", where)
    if (year := re.search(r"(?<!\d)\d{4}(?!\d)", text)) and not FIRST_YEAR <= int(year[0]) <= LAST_YEAR:
        return refused("bad-file/year", where, text=shown, first=FIRST_YEAR, last=LAST_YEAR)
    if QUARTER.search(word):
        return refused("bad-file/quarter", where, text=shown)
    if MONTH_NAME.search(word):
        return refused("bad-file/month-name", where, text=shown)
    if re.search(r"\d{1,2}[:.]\d\d", text) and re.search(r"[ T]", text):
        return refused("bad-file/time", where, text=shown, pivot=Message("pivot"))
    if re.fullmatch(r"[34]\d{4}(?:[.,]0)?", text):
        return refused("bad-file/day-number", where, text=shown)
    if re.search(r"^\D*\d{4}\D+\d{1,2}$|^\D+\d", text) and (
        heading == "week" or re.search(r"[wv]", text, re.IGNORECASE)
    ):
        return refused("bad-file/week", where, text=shown)
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}|\d{1,2}[-/.]\d{2}", text):
        return refused("bad-file/two-digits", where, text=shown)
    if re.fullmatch(r"\d{4}[-/]\d", text):
        return refused("bad-file/one-digit", where, text=shown)
    if heading in ("month", "week") and re.fullmatch(r"\d{1,2}", text):
        return refused("bad-file/no-year", where, text=shown, sign="W" * (heading == "week"))
    return refused("bad-file/period", where, text=shown)
