"""Looking through the registry: filters, one entry with its history, and country profiles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..errors import EvidenceError, nearest_hint
from ..language.catalogue import Words
from .bibliography import source, sources
from .entry import ASSUMPTION, GRADES, Entry
from .loader import countries, describe, entries, entry, find, keys, places, sites

__all__ = ["PROFILE", "Profile", "filtered", "full_text", "history", "profile"]

SERIES = "calendar.series"
PROFILE = (
    "harm.p_hit", "harm.p_death_given_hit", "harm.extra_hit_mean", "justice.clearance_fatal",
    "justice.clearance_hit", "justice.clearance_no_hit", "programme.call_in.summoned",
    "programme.call_in.attendance", "programme.call_in.every_days", "programme.notification.per_month",
)  # fmt: skip


class Profile(NamedTuple):
    """What differs between countries: entries by key, and members as a share of inhabitants over its sites."""

    country: str
    entries: tuple[Entry, ...]
    roster_share: tuple[float, float]


def filtered(
    *, grade: str | None = None, source_key: str | None = None, place: str | None = None, part: str | None = None
) -> tuple[Entry, ...]:
    """Entries of a grade (`D`, `CD`), resting on a source (`SA-04`, `assumption`), for a place, under a key part.

    EvidenceError with the nearest for a grade, source, place or part that there is none of.
    """
    _check_filters(grade, source_key, place, part)
    return tuple(
        found
        for found in entries()
        if (grade is None or found.grade in grade.upper())
        and (source_key is None or source_key in found.sources)
        and (place is None or found.place == place)
        and (part is None or part in found.key)
    )


def _check_filters(grade: str | None, source_key: str | None, place: str | None, part: str | None) -> None:
    if grade is not None and (not grade or set(grade.upper()) - set(GRADES)):
        raise EvidenceError("unknown-grade", grade=grade, known=GRADES)
    known = {name for key in keys() for name in places(key)}
    if place is not None and place not in known:
        raise EvidenceError("unknown-place", place=place, hint=nearest_hint(place, known), known=sorted(known))
    if source_key is not None and source_key != ASSUMPTION:
        source(source_key)
    if part is not None and not any(part in key for key in keys()):
        raise EvidenceError("no-parameter-with", part=part, hint=nearest_hint(part, keys()))


def full_text(key: str, place: str | None = None, lang: str = "en") -> str:
    """``describe``, and after it the dated values that hold at other times."""
    return "\n\n".join([describe(key, place, lang), *history(key, place, lang)])


def history(key: str, place: str | None = None, lang: str = "en") -> Iterator[str]:
    """For a key with a dated series: a paragraph a place of the values by date, newest last."""
    words, series_of = Words(lang), "justice.clearance" if key.startswith("justice.clearance_") else key
    for where in places(SERIES):
        dated = entry(SERIES, where).value
        country = str(entry("site.country", where).value) if where in sites() else where
        now = find(key, where, country)
        wanted = place is None or place in (where, country)
        if wanted and now is not None and isinstance(dated, dict) and series_of in dated:
            level = str(now.value)
            values = [(day, f"{float(level) * factor:.3g}") for day, factor in dated[series_of]]
            rows = [words("evidence.from", day=day, value=words.as_written(value)) for day, value in values]
            yield "\n  ".join([words("evidence.time", place=where, value=words.as_written(level)), *rows])


def profile(country: str) -> Profile:
    """The profile of a country that the registry holds values of, such as SE or US."""
    if country not in countries():
        raise EvidenceError("unknown-country", country=country, known=countries())
    found = tuple(entry(key, country) for key in PROFILE if find(key, country) is not None)
    shares = [
        float(str(entry("site.members", site).value)) / float(str(entry("site.population", site).value))
        for site in sites()
        if all(site in places(key) for key in ("site.members", "site.population"))
        and entry("site.country", site).value == country
    ]
    return Profile(country, found, (min(shares), max(shares)))


def recalled() -> tuple[str, ...]:
    """Keys of the sources whose figures were recalled and not seen."""
    return tuple(key for key, found in sources().items() if found.is_recalled)
