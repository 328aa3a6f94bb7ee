"""What no input may hold: data about a real person. The detector, and the refusal.

Found are Swedish personal identity and coordination numbers (date and checksum right), telephone numbers,
street addresses, positions finer than a municipality, and case numbers, in the ways people write them. A name
alone is not found, since names of people and of places look alike. What is found is never repeated.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from ..errors import ScenarioError

__all__ = ["Finding", "findings", "refuse_personal_data", "without_personal_data"]

Check = Callable[[re.Match[str]], bool]

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_NOTHING = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF])
_BLANKS = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\t"), " ")


class Finding(NamedTuple):
    """What kind of personal data a text holds, and on which of its lines (from 1)."""

    kind: str
    line: int


def findings(text: str) -> Iterator[Finding]:
    """Everything in ``text`` that looks like data about a real person, kind by kind."""
    plain, found = _found(text)
    for kind, (start, _) in found:
        yield Finding(kind, plain.count("\n", 0, start) + 1)


def without_personal_data(text: str) -> str:
    """A message with whatever looks like data about a real person blotted out, so that no refusal repeats it."""
    plain, found = _found(text)
    letters = list(plain)
    for _, (start, end) in found:
        letters[start:end] = "\0" * (end - start)
    return re.sub("\0+", "[...]", "".join(letters)) if found else text


def _found(text: str) -> tuple[str, list[tuple[str, tuple[int, int]]]]:
    """The text in plain signs, and the kind and position in it of everything found."""
    if not _WORTH_A_LOOK.search(text):
        return text, []
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES | _NOTHING | _BLANKS)
    matches = ((kind, match) for kind, form, check in _PATTERNS for match in form.finditer(plain) if check(match))
    return plain, [(kind, match.span()) for kind, match in matches]


def refuse_personal_data(text: str, where: str, *, lines: bool = False, key: str | None = None) -> None:
    """ScenarioError (rule ``personal-data``) for the first finding, without repeating it.

    ``where`` names the input: a file (then the line is added, with ``lines``), a key or "an override".
    """
    for kind, line in findings(text):
        at = f"{where}:{line}" if lines else where
        raise ScenarioError("personal-data", key=key, where=at, kind=kind)


# --- identity numbers ------------------------------------------------------------------------------------

_WORTH_A_LOOK = re.compile(r"\d|c/o ", re.IGNORECASE)  # every pattern needs a digit but one
# A comma between digits parts the cells of a table as often as it is a decimal sign: it hides no number.
_WITH_SIGN = re.compile(
    r"(?<!\d)(?<!\d[-.])(?P<century>18|19|20)? ?(?P<yy>\d\d)[-./ ]?(?P<mm>\d\d)[-./ ]?(?P<dd>\d\d)"
    r" ?[-+] ?(?P<tail>\d{3} ?\d)(?!\d)"
)
_WITHOUT = re.compile(
    r"(?<![0-9a-fA-F])(?<!\d[-.])(?P<century>18|19|20)?(?P<yy>\d\d)(?P<mm>\d\d)(?P<dd>\d\d)"
    r" ?(?P<tail>\d{4})(?![0-9A-Za-z])(?![-.]\d)"
)


def _identity(match: re.Match[str], coordination: int) -> bool:
    yy, mm, dd = match["yy"], match["mm"], match["dd"]
    centuries = [match["century"]] if match["century"] else ["19", "20"]
    digits = yy + mm + dd + match["tail"].replace(" ", "")
    return _luhn(digits) and any(_is_date(int(c + yy), int(mm), int(dd) - 60 * coordination) for c in centuries)


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 - index % 2) for index, digit in enumerate(digits)]
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


# --- telephone numbers -----------------------------------------------------------------------------------

_SWEDISH = re.compile(
    r"(?<![\w.,/+-])(?:(?:\+|00) ?46[ -]?(?:\(0\))?[ -]?[1-9]|0046[ -]?[1-9])(?:[ -]{0,3}\d){6,9}(?![\d.])"
)
_MOBILE = re.compile(r"(?<![\d.,/+-])\(?07[02369]\)?(?:[ /-]{0,3}\d){7}(?!\d)(?![.,-]\d)")
_AREA = re.compile(
    r"(?<![\w.,/+-])(?<!\d )(?:\(0(?:8|[1-9]\d{1,2})\) ?|0(?:8|[1-9]\d{1,2})(?: ?[-/] ?| ))"
    r"(?P<rest>\d{5,8}|\d{2,3}(?: \d{2,3}){1,3})(?!\d)(?![.,/-]\d)"
)
_FOREIGN = re.compile(r"(?<![\w.,+-])\+(?!46)[1-9](?:[ ()-]{0,2}\d){7,14}(?!\d)")
_SPOKEN = re.compile(
    r"\b(?:tel|tfn|telefon|telefonnummer|phone|mobil|mobile|cell)\b[.:]? ?(?:nr|no|number)?[.:]? ?"
    r"(?P<number>\+?\(?\d[\d ()/-]{5,})",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"\+\d{1,3}(?: \d{3})+")
_ISO_DATE = re.compile(r"\d{4}-\d\d(-\d\d)?")


def _area(match: re.Match[str]) -> bool:
    digits = match["rest"].replace(" ", "")
    signed = any(sign in match[0] for sign in "-/(")
    return 5 <= len(digits) <= 8 and (signed or match["rest"].count(" ") >= 2)


def _foreign(match: re.Match[str]) -> bool:
    return not _AMOUNT.fullmatch(match[0]) or sum(map(str.isdigit, match[0])) >= 10


def _spoken(match: re.Match[str]) -> bool:
    number = match["number"]
    return sum(map(str.isdigit, number)) >= 6 and not _ISO_DATE.match(number)


# --- addresses -------------------------------------------------------------------------------------------

_LETTER = "A-Za-zÅÄÖåäöÉéÜü"
_NUMBER = (  # a house number, and no count, share or year
    r" ?\d{1,3}(?: ?[A-Ha-h]\b)?(?!\d)(?![.,:]\d)(?! ?(?:%|procent|år|mån|dag|person|skjut|kr\b|st\b|grupp|"
    r"percent|month|year|day|shoot|group|member|kilomet|km\b|m\b))"
)
_ROADS = re.compile(
    rf"\b(?!(?:motor|riks|läns|europa|järn|ut|om|med|mot)väg)[{_LETTER}]{{2,30}}(?:gatan|vägen|gränden|gränd|"
    rf"stigen|backen|allén|allé|slingan|kajen|liden|esplanaden|stråket|kroken){_NUMBER}",
    re.IGNORECASE,
)
_SQUARES = re.compile(
    rf"\b(?!(?:Handlings|Åtgärds|Arbets|Verksamhets|Tids|Kurs|Läro|Lednings|Insats|Projekt|Strategi|Del|"
    rf"Detalj|Översikts|Utvecklings|Vård|Genomförande|Beredskaps|Säkerhets|Analys|Lång|Kris|Utvärderings|"
    rf"Forsknings|Stöd|Bas|Budget|Kommunikations)plan)"
    rf"[A-ZÅÄÖ][{_LETTER}]{{2,30}}(?:plan|torget|torg){_NUMBER}"
)
_GENITIVE = re.compile(rf"\b[A-ZÅÄÖ][{_LETTER}]{{2,30}}s (?:väg|gata|gränd|torg|allé|backe|stig|plats|kaj)\b{_NUMBER}")
_ENGLISH = re.compile(
    r"\b\d{1,5}[A-Za-z]? (?:[NSEW]\.? )?[A-Z][a-z]{1,20}(?: [A-Z][a-z]{1,20})?"
    r" (?:Street|St|Avenue|Ave|Road|Rd|Lane|Boulevard|Blvd|Drive)\b"
)
_POSTAL = re.compile(
    rf"\b[A-ZÅÄÖ][{_LETTER}-]{{1,30}} [A-ZÅÄÖ][{_LETTER}-]{{1,30}}, ?(?:SE?-?)?[1-9]\d{{2}} ?\d{{2}}"
    r" [A-ZÅÄÖ]"
)
_CARE_OF = re.compile(r"\bc/o [A-ZÅÄÖ]|\blgh\.? ?\d{3,4}\b|\blägenhet \d{4}\b", re.IGNORECASE)

# --- positions -------------------------------------------------------------------------------------------

_PAIR = re.compile(r"(?<![\w.,])(?P<one>-?\d{1,3}[.,]\d{2,12})(?: ?[,;/] ?| +)(?P<two>-?\d{1,3}[.,]\d{2,12})(?![\w%])")
_LETTERED = re.compile(
    r"\b[NS] ?\d{1,2}[.,]\d{2,}|\d{1,2}[.,]\d{2,} ?°? ?[NS]\b\W{1,3}\d{1,3}[.,]\d{2,} ?°? ?[EWÖV]\b"
    r"|\d{1,3}[.,]\d{2,} ?° ?[NSEWÖV]\b|\d{1,3} ?° ?\d{1,2}(?:[.,]\d+)? ?(?:['’`\u2032]|\u00b4| min)"
)
_NAMED = re.compile(
    r"\b(?:lat|latitud|latitude|lon|lng|long|longitud|longitude)\b[\"'.]?[ :=]{1,3}-?\d{1,3}[.,]\d{2,}",
    re.IGNORECASE,
)
_GRID = re.compile(
    r"(?<![\d.,])N? ?(?P<north>[67] ?\d{3} ?\d{3})(?:\.\d+)? ?[,;/]? ?E? ?"
    r"(?P<east>1[2-9]\d{5}|[2-9]\d{2} ?\d{3})(?:\.\d+)?(?![\d.,]\d)"
)
_CODES = re.compile(  # what3words, plus codes, the military grid
    r"///\w+\.\w+\.\w+|\b[2-9CFGHJMPQRVWX]{8}\+[2-9CFGHJMPQRVWX]{2,}"
    r"|\b\d{1,2}[C-X] ?[A-Z]{2} ?\d{3,5} \d{3,5}\b"
)


def _pair(match: re.Match[str]) -> bool:
    one, two = (float(match[name].replace(",", ".")) for name in ("one", "two"))
    return any(_in_country(north, east) for north, east in ((one, two), (two, one)))


def _in_country(north: float, east: float) -> bool:
    return (55 <= north <= 69.2 and 10.5 <= east <= 24.3) or (24 <= north <= 50 and -125 <= east <= -66)


def _grid(match: re.Match[str]) -> bool:
    north, east = (match[name].replace(" ", "") for name in ("north", "east"))
    amounts = north.endswith("000") or east.endswith("000")
    return "6100000" <= north <= "7700000" and not amounts


# --- case numbers ----------------------------------------------------------------------------------------

_CASE = re.compile(
    r"(?<![\w-])[BTÖFKÄM] ?\d{3,6}-(?:\d\d|20\d\d)(?![\w-])|\b\d{4}-?K ?\d{3,7}-\d\d\b|\bK\d{4,7}-\d\d\b"
    r"|\b(?:AM|ÅM|EB)-?\d{3,7}-\d\d\b|\b\d\d-?(?:CR|CF|CV)-?\d{3,}\b"
)
_CASE_NAMED = re.compile(
    r"\b(?:mål|ärende|diarie|anmälnings|kriminal|brottmåls|k-|case|docket|police report) ?"
    r"(?:nr|nummer|no|number|id)\b[.:# ]{0,3}[A-ZÅÄÖ]{0,4}[ -]?\d[\dK/-]{2,}"
    r"|\bdnr\b[.: ]{0,3}[A-ZÅÄÖ]{0,4}[ -]?\d[\d/-]{2,}|\bärende \d{2,}[-/]\d+",
    re.IGNORECASE,
)


def _always(_: re.Match[str]) -> bool:
    return True


_PATTERNS: tuple[tuple[str, re.Pattern[str], Check], ...] = (
    *(("a personal identity number", form, lambda m: _identity(m, 0)) for form in (_WITH_SIGN, _WITHOUT)),
    *(("a coordination number", form, lambda m: _identity(m, 1)) for form in (_WITH_SIGN, _WITHOUT)),
    ("a telephone number", _SWEDISH, _always),
    ("a telephone number", _MOBILE, _always),
    ("a telephone number", _AREA, _area),
    ("a telephone number", _FOREIGN, _foreign),
    ("a telephone number", _SPOKEN, _spoken),
    *(("a street address", form, _always) for form in (_ROADS, _SQUARES, _GENITIVE, _ENGLISH, _POSTAL, _CARE_OF)),
    ("a position finer than a municipality", _PAIR, _pair),
    ("a position finer than a municipality", _LETTERED, _always),
    ("a position finer than a municipality", _NAMED, _always),
    ("a position finer than a municipality", _GRID, _grid),
    ("a position finer than a municipality", _CODES, _always),
    ("a case number", _CASE, _always),
    ("a case number", _CASE_NAMED, _always),
)
