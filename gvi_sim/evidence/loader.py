"""The registry in memory: read once, looked up by key and place.

The shared files hold what is known of every key by default and by country; what is known of a site stands in its own.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from textwrap import fill
from typing import NamedTuple

from ..errors import EvidenceError, GviError, Message, ScenarioError, nearest_hint
from ..language.catalogue import Words
from .bibliography import flaws_of_own, source, sources
from .entry import ASSUMPTION, DEFAULT_PLACE, Entry
from .schema import About, about_of, entries_of, site_entry
from .site_files import OWN_SOURCES, site_files
from .strict_yaml import plain, read_yaml

__all__ = ["countries", "describe", "entries", "entry", "find", "flaws", "keys", "places", "sites", "unit"]

_FOLDER = Path(__file__).with_name("registry")
_MOST_VALUES = 100_000
_SITE = re.compile(r"[a-z0-9_]{1,40}", re.ASCII)


class _Registry(NamedTuple):
    about: dict[str, About]
    by_key: dict[str, dict[str, Entry]]
    flaws: dict[str, tuple[Message | GviError, ...]]  # by site
    countries: tuple[str, ...]


@cache
def _registry() -> _Registry:
    about: dict[str, About] = {}
    found: dict[str, dict[str, Entry]] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        for key, raw in _read(path).items():
            if key in found:
                raise EvidenceError("registry/twice", file=path.name, name=key)
            about[key] = about_of(key, raw, path.name)
            found[key] = {entry.place: entry for entry in entries_of(key, raw, path.name)}
    shared = {place for by_place in found.values() for place in by_place}
    flaws: dict[str, tuple[Message | GviError, ...]] = {}
    for site, content in site_files(_FOLDER / "sites").items():
        if not _SITE.fullmatch(site) or site in shared:
            flaws[site] = (Message("registry/misnamed"),)
        elif isinstance(content, dict):
            flaws[site] = (*flaws_of_own(content), *_enter(site, content, about, found))
        else:
            flaws[site] = (content,)
    return _Registry(about, dict(sorted(found.items())), flaws, tuple(sorted(shared - {DEFAULT_PLACE})))


def _enter(
    site: str, content: dict[str, object], about: dict[str, About], found: dict[str, dict[str, Entry]]
) -> list[EvidenceError]:
    """Enter what a site's file holds; what is wrong with the rest."""
    wrong = []
    for key, raw in content.items():
        if key == OWN_SOURCES:
            continue
        try:
            if key not in about:
                raise EvidenceError("unknown-parameter/site", name=key, hint=nearest_hint(key, about))
            made = site_entry(key, about[key], raw, site)
            for name in made.sources:
                if name != ASSUMPTION and name not in sources():
                    hint = nearest_hint(name, sources())
                    raise EvidenceError("registry/source", where=key, name=name, hint=hint, own=OWN_SOURCES)
            found[key][site] = made
        except EvidenceError as error:
            wrong.append(error)
    return wrong


def _read(path: Path) -> dict[str, object]:
    try:
        content = plain(read_yaml(path, most_values=_MOST_VALUES))
    except ScenarioError as error:
        raise EvidenceError("registry-damaged", error=error) from error
    return content if isinstance(content, dict) else {}


def keys() -> tuple[str, ...]:
    """Every key with an entry, in order."""
    return tuple(_registry().by_key)


def entries() -> tuple[Entry, ...]:
    """Every entry, by key and then by place."""
    return tuple(entry for by_place in _registry().by_key.values() for entry in by_place.values())


def places(key: str) -> tuple[str, ...]:
    """The places that have an entry of their own for a key, `default` among them."""
    return tuple(_by_place(key))


def unit(key: str) -> str:
    """The unit of a key."""
    _by_place(key)  # refuses an unknown one
    return str(_registry().about[key]["unit"])


def sites() -> tuple[str, ...]:
    """The sites that have a file, finished or not."""
    return tuple(_registry().flaws)


def flaws(site: str) -> tuple[Message | GviError, ...]:
    """What is wrong with a site's file; empty for a site without one."""
    return _registry().flaws.get(site, ())


def countries() -> tuple[str, ...]:
    """The countries that the registry holds values of."""
    return _registry().countries


def find(key: str, *where: str) -> Entry | None:
    """The entry of the first of these places that has one, else the default, else None."""
    by_place = _by_place(key)
    return next((by_place[place] for place in (*where, DEFAULT_PLACE) if place in by_place), None)


def entry(key: str, *where: str) -> Entry:
    """The entry of ``key`` for the first of the places ``where`` that has one, else the default.

    EvidenceError naming the places that have one when none does.

    >>> from gvi_sim import evidence
    >>> evidence.entry("exit.assessment_pass").grade
    'A'
    """
    found = find(key, *where)
    if found is None:
        raise EvidenceError(
            "no-value-at", name=key, place=where[0] if where else Message("any-place"), known=places(key)
        )
    return found


def describe(key: str, place: str | None = None, lang: str = "en") -> str:
    """Where a number comes from, as text: value, range, grade, sources, note; titles and notes as they were written.

    For one place: the site's own entry, else its country's, else the default. Without a place: all entries.
    """
    words = Words(lang)
    chosen = _by_place(key).values() if place is None else [entry(key, *_with_country(place))]
    head = f"{key} [{words.unit(key, unit(key))}]"
    return "\n\n".join([head, *(_paragraph(words, entry) for entry in chosen)])


def _with_country(place: str) -> tuple[str, ...]:
    return place, str(entry("site.country", place).value)


def _by_place(key: str) -> dict[str, Entry]:
    registry = _registry().by_key
    if key not in registry:
        raise EvidenceError("unknown-parameter", name=key, hint=nearest_hint(key, registry))
    return registry[key]


def _paragraph(words: Words, entry: Entry) -> str:
    lines = [f"{entry.place}: {_shown(words, entry.value)}{_range(words, entry)}"]
    grade = words("evidence.grade", grade=entry.grade, told=words(f"evidence.{entry.grade}"))
    lines.append(grade + (entry.period and f", {entry.period}"))
    if entry.has_off:
        lines.append(words("evidence.off", value=_shown(words, entry.off)))
    lines.extend(fill(_reference(words, key), 96, subsequent_indent="    ") for key in entry.sources)
    return "\n  ".join([*lines, fill(words("evidence.note", text=entry.note), 96, subsequent_indent="    ")])


def _range(words: Words, entry: Entry) -> str:
    if entry.low is None:
        return ""
    kind = words(f"evidence.kind.{entry.distribution if entry.drawn else 'not_drawn'}")
    return f" ({words('evidence.range', low=_shown(words, entry.low), high=_shown(words, entry.high), kind=kind)})"


def _reference(words: Words, key: str) -> str:
    if key == ASSUMPTION:
        return words("evidence.source", source=words("rests.assumption"))
    found = source(key)
    return f"{key}: {found.reference(words.lang)}. {found.note}"


def _shown(words: Words, value: object) -> str:
    if isinstance(value, tuple):
        return "[" + "; ".join(_shown(words, item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + "; ".join(f"{name}: {_shown(words, item)}" for name, item in value.items()) + "}"
    if value is None or isinstance(value, bool):
        return words(f"level.{str(value).lower().replace('none', 'null')}")
    return words.as_written(f"{value:g}") if isinstance(value, float) else str(value)
