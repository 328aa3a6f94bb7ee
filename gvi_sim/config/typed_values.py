"""Values as people type them at a prompt: decimal commas, percent, units, months, names with accents.

Read where only one thing can be meant, and read_as (``Given.typed``) where the reading is not the text itself. Files
are data and are read strictly; there the messages say what to write.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from ..errors import Message, ScenarioError
from ..evidence import Domain, unit
from ..evidence.strict_yaml import scalar
from .attack_rates import ALIASES, LEVEL, domain_at
from .sourced_value import Given

__all__ = ["SPACES", "is_one_number", "plain_scalar", "read_typed", "unquoted"]

SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\t"), " ")
_SIGNS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:[ _']\d{3})+(?=[.,]\d|[^\d]|\Z)", re.ASCII)
_COMMA = re.compile(r"([-+]?)(\d*),(\d+)((?:[eE][-+]?\d+)?)", re.ASCII)
_BOTH = re.compile(r"([-+]?\d{1,3})((?:\.\d{3})+),(\d+)|([-+]?\d{1,3})((?:,\d{3})+)\.(\d+)", re.ASCII)
_UNIT = re.compile(r"(.*?[\d.,]) ?(%|[^\W\d_]+\.?)", re.ASCII | re.DOTALL)
_DAY = re.compile(r"(\d{4})(?:[-/. ](\d{1,2})(?:[-/. ](\d{1,2}))?)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_FLAGS = {
    **dict.fromkeys(("yes", "on", "1", "ja", "på", "sant"), True),
    **dict.fromkeys(("no", "off", "0", "nej", "av", "falskt"), False),
}
_DAYS = {**dict.fromkeys(("d", "day", "days", "dag", "dagar", "dygn"), 1.0), **dict.fromkeys(("week", "weeks"), 7.0)}
_DAYS |= dict.fromkeys(("vecka", "veckor"), 7.0)
_YEARS = {**dict.fromkeys(("y", "yr", "year", "years", "år"), 1.0), **dict.fromkeys(("month", "months"), 1 / 12)}
_YEARS |= dict.fromkeys(("månad", "månader"), 1 / 12)
_MONEY = {
    **dict.fromkeys(("kr", "sek", "kronor"), 1.0),
    **dict.fromkeys(("tkr", "ksek"), 1e3),
    **dict.fromkeys(("mkr", "mnkr", "msek"), 1e6),
}
_PERCENT = dict.fromkeys(("%", "percent", "procent"), 0.01)


def read_typed(key: str, text: str) -> Given:
    """The value of a leaf that is no table, as one typed it. ScenarioError where two things could be meant."""
    domain = domain_at(key)
    text = unicodedata.normalize("NFC", text.translate(SPACES)).strip()
    plain = plain_scalar(unquoted(text))
    if domain.kind in ("number", "count"):
        value = _number(key, unquoted(text), plain, domain)
    elif domain.kind == "date":
        value = _date(str(plain)) if isinstance(plain, str | int) and not isinstance(plain, bool) else plain
    elif domain.kind == "flag" and not isinstance(plain, bool):
        value = _FLAGS.get(str(plain).lower(), plain)
    elif domain.kind == "country" and isinstance(plain, str):
        value = plain.upper()
    else:
        value = unquoted(text) if text != unquoted(text) else plain
    read_as = value != plain or (domain.kind == "flag" and value is not plain)
    return Given(value, f"an override, typed {text}" if read_as else "an override", text if read_as else "")


def is_one_number(key: str, text: str) -> bool:
    """Whether commas in ``text`` may belong to one number, so that it is read as one or refused as two."""
    text = text.translate(_SIGNS)
    match = _UNIT.fullmatch(text)
    bare = match[1].strip() if match and match[2].lower().rstrip(".") in _units(key, domain_at(key)) else text
    return bool(_COMMA.fullmatch(re.sub(r"(?<=\d)[ _'](?=\d{3})", "", bare)) or _BOTH.fullmatch(bare))


def plain_scalar(text: str) -> object:
    """What an unquoted word means; the text itself for what looks like a date and is none, and for ~."""
    if text == "~":
        return text
    try:
        return scalar(text) if text else ""
    except ValueError:  # the date leaf says so
        return text


def unquoted(text: str) -> str:
    """Text without the quotes around it, and with what they escape."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1].replace(f"\\{text[0]}", text[0])
    return text


def _number(key: str, text: str, plain: object, domain: Domain) -> object:
    value = _as_number(key, text, domain) if isinstance(plain, str) else plain
    whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
    return int(value) if domain.kind == "count" and whole and isinstance(value, float) else value


def _as_number(key: str, text: str, domain: Domain) -> object:
    """A number in text that is none yet; the text itself when no number is meant."""
    text = text.translate(_SIGNS)
    factor = 1.0
    if (match := _UNIT.fullmatch(text)) and (found := _units(key, domain).get(match[2].lower().rstrip("."))):
        text, factor = match[1].strip(), found
    if match := _GROUPED.match(text):
        text = re.sub("[ _']", "", match[0]) + text[match.end() :]
    if match := _BOTH.fullmatch(text):
        whole = "".join(filter(None, (match[1], match[2], match[4], match[5])))
        text = re.sub("[.,]", "", whole) + "." + (match[3] or match[6])
    elif match := _COMMA.fullmatch(text):
        text = _with_comma(key, text, match, domain)
    number = plain_scalar(text)
    if isinstance(number, bool) or not isinstance(number, int | float):
        return text
    if factor == 1.0:
        return number
    return number / round(1 / factor) if factor < 1 else number * factor


def _with_comma(key: str, text: str, match: re.Match[str], domain: Domain) -> str:
    sign, whole, decimals, power = match.groups()
    grouped = len(decimals) == 3 and 1 <= len(whole) <= 3
    if not whole.strip("0") or not (grouped or decimals.endswith("0") or domain.kind == "count"):
        return f"{sign}{whole or '0'}.{decimals}{power}"
    parts, thousands = (f"{key}={sign}{whole}.{decimals}", f"{key}={sign}{whole}{decimals}")
    raise ScenarioError(
        "sweep/two-ways",
        key=key,
        text=text,
        parts="" if domain.kind == "count" else Message("sweep/decimals", word=parts),
        thousands=Message("sweep/thousands", word=thousands) if grouped else "",
    )


def _units(key: str, domain: Domain) -> dict[str, float]:
    """Words behind a number, with what they multiply it by."""
    if domain.name.startswith(("prob", "share", "half_share")):
        return _PERCENT
    counted = key.rsplit(".", 1)[-1].split("_")[0]
    named = {counted: 1.0, unit(LEVEL if key in ALIASES else key).split()[0].rstrip(",").lower(): 1.0}
    return named | {"days": _DAYS, "years": _YEARS, "sek": _MONEY}.get(domain.name.removesuffix("0").split("_")[0], {})


def _date(text: str) -> object:
    """A day; the first of a month or year that is named alone; the text itself when no day is meant."""
    match = _DAY.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        return plain_scalar(text)
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return text
