"""One value in, one checked plain value out: the edge at which everything is checked once."""

from __future__ import annotations

import re
from datetime import date, datetime
from math import isnan
from numbers import Integral, Real

from ..errors import Message, ScenarioError, nearest_hint
from ..evidence import Domain, countries, unit
from ..evidence.strict_yaml import fits_no_float
from .attack_rates import ALIASES, LEVEL, domain_at
from .personal_data import refuse_personal_data
from .sourced_value import Given, refusal
from .table_leaves import checked_table
from .timeline import read_timeline

__all__ = ["convert"]

FIRST_DATE, LAST_DATE = date(1950, 1, 1), date(2200, 1, 1)
_KEY = re.compile(r"[A-Za-z0-9_åäöÅÄÖ-]{1,40}\Z")
_COUNTRY = re.compile(r"[A-Z]{2}\Z", re.ASCII)
_DIGITS = re.compile(r"[-+]?[\d_ .,]+\Z")
_FULL_WIDTH = re.compile("[０-９]")


def convert(key: str, given: Given) -> object:
    """The value of a leaf as plain Python, inside its domain. ScenarioError says what is wrong with it."""
    domain = domain_at(key)
    if given.value is None and domain.optional:
        return None
    if domain.kind == "number":
        return _number(key, given, domain)
    if domain.kind == "count":
        return _count(key, given, domain)
    if domain.kind == "flag":
        return _flag(key, given)
    if domain.kind == "date":
        return _date(key, given)
    if domain.kind == "word":
        return _word(key, given, domain)
    if domain.name == "timeline":
        return read_timeline(key, given, convert)
    return checked_table(key, given, domain.name) if domain.kind == "table" else _text(key, given, domain)


def _number(key: str, given: Given, domain: Domain) -> float:
    value = float("inf") if domain.infinite and given.value == "inf" else given.value
    if isinstance(value, str) and fits_no_float(value):
        raise _too_large(key, given, domain)
    if isinstance(value, bool) or type(value).__name__ == "bool_" or not isinstance(value, Real):
        raise refusal("not-a-number", key, given, unit=_unit(key, domain), hint=_hint(value))
    try:
        number = float(value) + 0.0  # turns -0.0 into 0.0
    except OverflowError:
        raise _too_large(key, given, domain) from None
    if isnan(number):
        raise refusal("not-finite/nan", key, given, range=domain.range_text())
    if not domain.holds(number):
        rule = "out-of-range" if abs(number) != float("inf") else "not-finite"
        is_percent = domain.name.startswith(("prob", "share")) and 1 < number <= 100
        hint = Message("out-of-range/percent", share=f"{number / 100:.10g}") if is_percent else ""
        within, of = domain.range_text(), _unit(key, domain)
        raise refusal("out-of-range", key, given, rule=rule, phrase=domain.phrase, range=within, unit=of, hint=hint)
    return number


def _count(key: str, given: Given, domain: Domain) -> int:
    number = _number(key, given, domain)
    if not isinstance(given.value, Integral):
        hint = _write(int(number)) if number == int(number) else ""
        raise refusal("not-whole", key, given, unit=_unit(key, domain), hint=hint)
    return int(given.value)


def _flag(key: str, given: Given) -> bool:
    if isinstance(given.value, bool):
        return given.value
    word = str(given.value).lower()
    meant = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}.get(word)
    raise refusal("not-a-flag", key, given, hint=_write(meant) if meant else "")


def _date(key: str, given: Given) -> date:
    value = given.value
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == 10 else value
        except ValueError:
            raise refusal("not-a-date/calendar", key, given) from None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise refusal("not-a-date", key, given)
    if not FIRST_DATE <= value <= LAST_DATE:
        raise refusal("out-of-range/date", key, given, first=FIRST_DATE, last=LAST_DATE)
    return value


def _word(key: str, given: Given, domain: Domain) -> str:
    if given.value in domain.words:
        return str(given.value)
    hint = nearest_hint(str(given.value)[:40], domain.words)
    raise refusal("no-such-word", key, given, known=domain.words, hint=hint)


def _text(key: str, given: Given, domain: Domain) -> str:
    value = given.value
    if not isinstance(value, str):
        raise refusal("not-text", key, given)
    refuse_personal_data(value, f"{key}{given.in_file}", key=key)
    if domain.kind == "country" and not _COUNTRY.match(value):
        raise refusal("no-such-choice/country", key, given, known=countries())
    if key.endswith(".key") and not _KEY.match(value):
        raise refusal("bad-name/key", key, given)
    if not 1 <= len(value) <= 80 or not value.isprintable():
        raise refusal("bad-name", key, given)
    return value


def _too_large(key: str, given: Given, domain: Domain) -> ScenarioError:
    return refusal("not-finite", key, given, range=domain.range_text(), unit=_unit(key, domain))


def _unit(key: str, domain: Domain) -> Message | str:
    is_plain = domain.name.startswith(("prob", "share"))
    return "" if is_plain else Message("value/unit", unit=unit(LEVEL if key in ALIASES else key))


def _write(value: object) -> Message:
    return Message("value/write", value=value)


def _hint(value: object) -> Message:
    if isinstance(value, bool):
        return Message("value/flag")
    if value is None:
        return Message("value/null")
    if isinstance(value, list | tuple):
        return Message("value/list")
    if not isinstance(value, str):
        return Message("value/kind", kind=type(value).__name__)
    if not value.strip():
        return Message("value/empty")
    if _FULL_WIDTH.search(value):
        return Message("value/digits")
    if _DIGITS.match(value) and value.count(",") == 1 and "." not in value:
        return Message("value/comma", value=value.replace(",", ".").strip())
    return Message("value/text")
