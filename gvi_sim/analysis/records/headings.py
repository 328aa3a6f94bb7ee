"""What a column is, by its heading in English or Swedish; and the tables that are none of counts, with the remedy.

Case, accents, underscores and stops do not matter. A column that is not known is not read, and that is said; one
about persons or positions is refused, since it does not belong beside counts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ...errors import Message, ScenarioError, nearest_hint

COLUMNS = ("date", "period", "area", "attacks", "hit", "killed")
_ROLES = {
    "date": "date datum dag day dagsdatum datetime timestamp tidpunkt|"
    "week start|month start|week of|start date|startdatum|veckostart",
    "period": "period tidsperiod perioden yearmonth yearmon yearweek yyyymm radetiketter|"
    "row labels|month year|year month|year week|ar manad|ar vecka",
    "year": "year ar yr artal",
    "month": "month manad man mon manadsnummer|month number|manad nr",
    "week": "week vecka v wk isoweek veckonummer|iso week|week number|vecka nr|isovecka",
    "quarter": "quarter kvartal qtr",
    "attacks": "attacks attack count counts antal n number shootings skjutningar skottlossningar dad handelser "
    "incidents events total totalt summa freq frequency frekvens",
    "hit": "hit traffade|persons hit|traffade personer",
    "killed": "killed dodade|persons killed|dodade personer",
}
_KNOWN = {
    name: role
    for role, names in _ROLES.items()
    for part, one in ((names.split("|")[0].split(), names.split("|")[1:]),)
    for name in (*part, *one)
}
_COUNTED = re.compile(
    r"(?:(?:antal|number of|no of|count of|sum of|summa av|antal av|totalt?|confirmed|bekraftade|shooting) )+"
    r"(?:attacks|shootings|skjutningar|skottlossningar|dad|incidents|events|handelser|antal|count|n)"
    r"|(?:count of|antal av) .+"
)
_TIMED = re.compile(r"(?:\w+ )?(month|week)|\w*(manad|vecka)")
_AREA = re.compile(
    r"(?:\w+ )?(?:area|omrade|stadsomrade|stadsdel|stadsdelsomrade|kommun|municipality|district|distrikt|borough|boro"
    r"|neighbou?rhood|region|lan|county|lokalpolisomrade|polisomrade|lpo|polisdistrikt|precinct|beat|ward|community"
    r"|zone|zon|city|stad|ort|place|plats|division|sector)s?(?:namn|kod| name| namn| code| kod| id| nr| no)?"
)
_PERSON = re.compile(
    r"\b(?:(?:for|efter|fore|sur|last|first|full)? ?(?:namn|name)|personnummer|personnr|pnr|ssn|social security"
    r"|lat\w*|lon|lng|long\w*|[xy]|[xy] ?coord\w*|coord\w*|koordinat\w*|position|\w*adress|address|street|gata|suspect"
    r"|misstankt\w*|victim\w*|offer|brottsoffer|malsagande|perp\w*|birth|fodel\w*|dob|phone|telefon\w*|mobil|e ?mail"
    r"|epost)\b"
)
_DATE = re.compile(r"(?:\w+ ){1,2}date|\w*datum")
_DATED = re.compile(r"\b(?:\w*date\w*|\w*datum|tidpunkt|time ?stamp|occurred|when)\b")
_EVENT = re.compile(r"\b(?:incident|incident (?:id|key|no|number)|id|case\w*|dnr|diarienummer|arende\w*|handelse)\b")
MONTH_NAME = re.compile(
    r"(?<![a-z])(?:jan(?:uari|uary)?|feb(?:ruari|ruary)?|mar(?:s|ch)?|apr(?:il)?|maj|may|jun[ie]?|jul[iy]?"
    r"|aug(?:usti|ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])"
)
QUARTER = re.compile(
    r"(?:^|[^a-z])(?:q|k|kv|kvartal|quarter)\.? ?[1-4](?!\d)|[1-4](?:st|nd|rd|th)? ?(?:kvartal|quarter)"
)
_SPAN = re.compile(r"(?:19|20)\d\d(?:[/ ]?[mwv]?\d{1,2})?(?:[/ ]\d{1,2})?|(?:v|w|vecka|week) ?\d{1,2}")
_FEWEST_NUMERALS = 6


def fold(text: str) -> str:
    """A word for comparison: no case, no accents, blanks for underscores, hyphens and stops."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[_\-.:()]+", " ", letters).split())


def role_of(heading: str) -> str:
    """Which of ``date``, ``period``, ``year``, ``month``, ``week``, ``quarter``, ``area``, ``attacks``, ``hit`` and
    ``killed`` a heading names; ``person`` for what is about persons or positions; "" for anything else."""
    word = fold(heading)
    if word in _KNOWN:
        return _KNOWN[word]
    if _COUNTED.fullmatch(word):
        return "attacks"
    if found := _TIMED.fullmatch(word):
        return "week" if (found[1] or found[2]) in ("week", "vecka") else "month"
    if _AREA.fullmatch(word):
        return "area"
    return "person" if _PERSON.search(word) else "date" if _DATE.fullmatch(word) else ""


def are_headings(cells: Sequence[str]) -> bool:
    """Whether cells are headings of a table of counts: a time and a count among them."""
    roles = {role_of(cell) for cell in cells if cell.strip()}
    return "attacks" in roles and bool(roles & {"date", "period", "year", "month", "week", "quarter"})


def refuse_other_tables(headings: Sequence[str], first: Sequence[str], where: str) -> None:
    """ScenarioError, with the remedy, for tables that are none of counts: wide ones, a row an event, no headings.

    ``first`` are the cells of the first row below, to tell counts from words.
    """
    roles = [role_of(heading) for heading in headings]
    spans = [heading for heading in headings if _is_span(heading)]
    numerals = [heading for heading in headings if re.fullmatch(r"\d{1,2}", heading)]
    if 1 < len(spans) < len(headings) or len(numerals) >= _FEWEST_NUMERALS:
        _refuse_wide(Message("wide/times"), spans or numerals, where)
    timed = any(role in ("date", "period", "year", "month", "week", "quarter") for role in roles)
    if "attacks" in roles and timed:
        return
    others = [
        heading for heading, role, cell in zip(headings, roles, first, strict=False)
        if heading and role == "" and re.fullmatch(r"\d{1,4}|", cell.strip())
    ]  # fmt: skip
    events = (timed and any(role == "person" for role in roles)) or any(_EVENT.search(fold(h)) for h in headings)
    if "attacks" not in roles and (events or (timed and not others)):
        _refuse_events(headings, roles, where)
    if timed and "attacks" not in roles and len(others) > 1:
        _refuse_wide(Message("wide/areas"), others, where)
    check_person(headings, where)
    if any(re.fullmatch(r"[\d .,:/-]*\d[\d .,:/-]*", heading) for heading in headings) and not timed:
        raise ScenarioError("bad-file/no-headings", where=where)
    strange = next((heading for heading, role in zip(headings, roles, strict=True) if heading and role == ""), "")
    hint = nearest_hint(fold(strange), COLUMNS) if strange else ""
    hint = Message("bad-file/rename", heading=strange[:40]) if timed and strange else hint
    found = [heading[:40] or Message("bad-file/unnamed") for heading in headings[:12]]
    raise ScenarioError("bad-file/headings", where=where, found=found, hint=hint)


def check_person(headings: Sequence[str], where: str) -> None:
    """ScenarioError for the first column about persons or positions."""
    if person := next((heading for heading in headings if role_of(heading) == "person"), None):
        raise ScenarioError("personal-data/column", where=where, heading=person[:40])


def _is_span(heading: str) -> bool:
    word = fold(heading)
    return bool(_SPAN.fullmatch(word) or MONTH_NAME.search(word) or QUARTER.fullmatch(word))


def _refuse_wide(what: Message, columns: Sequence[str], where: str) -> None:
    raise ScenarioError("bad-file/wide", where=where, what=what, columns=[column[:20] for column in columns[:3]])


def _refuse_events(headings: Sequence[str], roles: Sequence[str], where: str) -> None:
    when = next((h for h, r in zip(headings, roles, strict=True) if r in ("date", "period")), None)
    when = when or next((h for h in headings if _DATED.search(fold(h))), "date")
    area = next((h for h, r in zip(headings, roles, strict=True) if r == "area"), None)
    event = next((h for h in headings if _EVENT.search(fold(h)) and h not in (when, area)), None)
    group, by = (f'"{area}" AS area, ', "1, 2") if area else ("", "1")
    counted = f'COUNT(DISTINCT "{event}")' if event else "COUNT(*)"
    distinct = Message("bad-file/once", event=event) if event else ""
    begun = f"SELECT date_trunc('week', CAST(\"{when}\" AS date)) AS date"  # shown to a reader, never run
    sql = f"{begun}, {group}{counted} AS attacks FROM incidents GROUP BY {by}"
    raise ScenarioError("bad-file/events", where=where, when=when, distinct=distinct, pivot=Message("pivot"), sql=sql)
