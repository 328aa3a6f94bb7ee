"""One value in, one checked plain value out: the edge at which everything is checked once."""

from __future__ import annotations

import re
from datetime import date, datetime
from math import isnan
from numbers import Integral, Real

from ..evidence import Domain, countries, unit
from ..evidence.strict_yaml import fits_no_float
from .attack_rates import ALIASES, LEVEL, domain_at
from .personal_data import refuse_personal_data
from .sourced_value import Given, refusal
from .table_leaves import table

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
    return table(key, given, domain.name) if domain.kind == "table" else _text(key, given, domain)


def _number(key: str, given: Given, domain: Domain) -> float:
    value = float("inf") if domain.infinite and given.value == "inf" else given.value
    if isinstance(value, str) and fits_no_float(value):
        raise refusal(key, given, _too_large(key, domain), "not-finite")
    if isinstance(value, bool) or type(value).__name__ == "bool_" or not isinstance(value, Real):
        raise refusal(key, given, f"must be a number{_unit(key, domain)}.{_hint(value)}", "not-a-number")
    try:
        number = float(value) + 0.0  # turns -0.0 into 0.0
    except OverflowError:
        raise refusal(key, given, _too_large(key, domain), "not-finite") from None
    if isnan(number):
        raise refusal(key, given, f"is not a number; write one in {domain.range_text()}.", "not-finite")
    if not domain.holds(number):
        rule = "out-of-range" if abs(number) != float("inf") else "not-finite"
        raise refusal(key, given, _outside(key, number, domain), rule)
    return number


def _count(key: str, given: Given, domain: Domain) -> int:
    number = _number(key, given, domain)
    if not isinstance(given.value, Integral):
        whole = f" Write {int(number)}." if number == int(number) else ""
        raise refusal(key, given, f"must be a whole number{_unit(key, domain)}.{whole}", "not-whole")
    return int(given.value)


def _flag(key: str, given: Given) -> bool:
    if isinstance(given.value, bool):
        return given.value
    word = str(given.value).lower()
    meant = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}.get(word)
    hint = f" Write {meant}." if meant else ""
    raise refusal(key, given, f"must be true or false.{hint}", "not-a-flag")


def _date(key: str, given: Given) -> date:
    value = given.value
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == 10 else value
        except ValueError:
            raise refusal(key, given, "is not a date of the calendar; write YYYY-MM-DD.", "not-a-date") from None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise refusal(key, given, "must be a date, written YYYY-MM-DD.", "not-a-date")
    if not FIRST_DATE <= value <= LAST_DATE:
        raise refusal(key, given, f"must lie between {FIRST_DATE} and {LAST_DATE}.", "out-of-range")
    return value


def _text(key: str, given: Given, domain: Domain) -> str:
    value = given.value
    if not isinstance(value, str):
        raise refusal(key, given, "must be text.", "not-text")
    refuse_personal_data(value, f"{key}{given.place}", key=key)
    if domain.kind == "country" and not _COUNTRY.match(value):
        known = ", ".join(countries())
        problem = (
            f"must be a country's two capital letters, such as {known} (of which the registry holds values) or NO."
        )
        raise refusal(key, given, problem, "no-such-choice")
    if key.endswith(".key") and not _KEY.match(value):
        raise refusal(key, given, "must be 1 to 40 letters, digits, _ or -.", "bad-name")
    if not 1 <= len(value) <= 80 or not value.isprintable():
        raise refusal(key, given, "must be 1 to 80 printable characters.", "bad-name")
    return value


def _outside(key: str, number: float, domain: Domain) -> str:
    text = f"{domain.phrase} and must lie in {domain.range_text()}{_unit(key, domain)}."
    if domain.name.startswith(("prob", "share")) and 1 < number <= 100:
        text += f" Percent? Write {number / 100:.10g}."
    return text


def _too_large(key: str, domain: Domain) -> str:
    return (
        "is too large or too small for a computer's number and is not rounded silently; it must lie in"
        f" {domain.range_text()}{_unit(key, domain)}."
    )


def _unit(key: str, domain: Domain) -> str:
    return "" if domain.name.startswith(("prob", "share")) else f" ({unit(LEVEL if key in ALIASES else key)})"


def _hint(value: object) -> str:
    if isinstance(value, bool):
        return " This is a truth value."
    if value is None:
        return " Leave the key out to get the registry's value."
    if not isinstance(value, str):
        return f" This is {'a list' if isinstance(value, list | tuple) else 'a ' + type(value).__name__}."
    if not value.strip():
        return " This is empty."
    if _FULL_WIDTH.search(value):
        return " Write it with the digits 0 to 9."
    if _DIGITS.match(value) and value.count(",") == 1 and "." not in value:
        return f" Decimal comma? Write {value.replace(',', '.').strip()}."
    return " This is text."
