"""The ranges a value may lie in, by name: what the registry and the scenario are both checked against.

A domain is closed at both ends unless said. Upper ends are far beyond anything sensible: they are there so
that a slip of the keyboard is refused and not simulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite

from ..errors import Message

__all__ = ["DOMAINS", "Domain", "domain_of"]


@dataclass(frozen=True, slots=True)
class Domain:
    """A named set of values: what kind, from where to where, and how a message says it."""

    name: str
    kind: str  # number, count, flag, word, text, country, date, table
    phrase: str  # "is a probability"
    low: float = 0.0
    high: float = inf
    low_open: bool = False
    high_open: bool = False
    infinite: bool = False
    optional: bool = False
    words: tuple[str, ...] = ()

    def holds(self, value: float) -> bool:
        """Whether a finite number, or infinity where that is allowed, lies in the range."""
        if not isfinite(value):
            return self.infinite and value == inf
        above = value > self.low if self.low_open else value >= self.low
        below = value < self.high if self.high_open else value <= self.high
        return above and below

    def range_text(self) -> Message | str:
        """The range as a message writes it: `[0, 1]`, `[0.001, 400000] or inf`."""
        left, right = "(["[not self.low_open], ")]"[not self.high_open]
        text = f"{left}{_short(self.low)}, {_short(self.high)}{right}"
        return Message("or-inf", range=text) if self.infinite else text


def _short(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:g}"


def _number(name: str, phrase: str, low: float, high: float) -> Domain:
    return Domain(name, "number", phrase, low, high)


_LONGEST_DAYS = 400_000.0  # a little over a thousand years

_ALL = (
    _number("prob", "is a probability", 0.0, 1.0),
    _number("share", "is a share", 0.0, 1.0),
    Domain("share_below_one", "number", "is a share", 0.0, 1.0, high_open=True),
    Domain("share_above_zero", "number", "is a share", 0.0, 1.0, low_open=True),
    Domain("half_share", "number", "is a width", 0.0, 0.5, low_open=True),
    _number("pos", "is a size above 0", 0.001, 1_000_000.0),
    _number("nonneg", "is a size of 0 or more", 0.0, 1_000_000.0),
    _number("spread", "is the spread of a lognormal", 0.0, 5.0),
    _number("rate", "is a rate", 0.0, 1_000_000.0),
    _number("factor", "is a factor above 0", 0.001, 1000.0),
    _number("years", "is a length of time", 0.001, 1000.0),
    _number("years0", "is a length of time", 0.0, 1000.0),
    _number("days", "is a length of time", 0.001, _LONGEST_DAYS),
    _number("days0", "is a length of time", 0.0, _LONGEST_DAYS),
    Domain("days_or_inf", "number", "is a length of time", 0.001, _LONGEST_DAYS, infinite=True),
    _number("sek", "is an amount of money", 0.0, 1e15),
    Domain("count", "count", "is a whole number", 0.0, 1e9),
    Domain("difference", "count", "is a whole number", -1e9, 1e9),
    Domain("count1", "count", "is a whole number", 1.0, 1e9),
    Domain("flag", "flag", "is true or false"),
    Domain("promise_rule", "word", "is a rule", words=("every", "first", "hit", "fatal")),
    Domain("promise_feared", "word", "is a time", words=("always", "open")),
    Domain("text", "text", "is text"),
    Domain("country", "country", "is a country's two letters, such as SE"),
    Domain("date", "date", "is a date"),
    Domain("date_or_none", "date", "is a date or null", optional=True),
    Domain("ties", "table", "is a table of rows [a, b, rivalry, alliance]"),
    Domain("dated", "table", "is a table of rows [date, factor]"),
    Domain("season", "table", "is a list of 12 factors, January first, or empty"),
    Domain("dated_by_key", "table", "is a mapping from a key to rows [date, factor]"),
    Domain("timeline", "table", "is a list of changes {date, key: value}"),
    Domain("shocks", "table", "is a list of shocks {name, start, end, share, years}"),
)

DOMAINS: dict[str, Domain] = {domain.name: domain for domain in _ALL}


def domain_of(name: str) -> Domain:
    """The domain of that name; KeyError when there is none (a fault in the tree or the registry)."""
    return DOMAINS[name]
