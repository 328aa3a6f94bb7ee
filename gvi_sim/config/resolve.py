"""From a recipe to every value: given, pinned, set by a chosen file, else the registry's for the place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from ..evidence import Entry, find, flaws, places, sites
from .convert import convert
from .leaves import leaves
from .recipe import Recipe
from .site_facts import too_many_ties, unfinished
from .sourced_value import Given
from .tree import Shock

__all__ = ["first_start", "is_looked_up", "resolved"]

_FIRST = ("site.key", "site.country")
_FROM_START = ("start_date", "programme.start_date", "calendar.shocks")


def resolved(recipe: Recipe, sets: Mapping[str, Given]) -> dict[str, Given]:
    """Every leaf with its value and origin, in the order of the tree.

    `sets` is what the chosen files set. One ScenarioError for all values that nobody gave and that the registry
    does not hold for the place.
    """
    stated = {**sets, **recipe.pinned, **recipe.given}
    found: dict[str, Given] = {}
    missing: list[str] = []
    where: tuple[str, ...] = ()
    for key in (*_FIRST, *(key for key in leaves() if key not in _FIRST)):
        given = stated.get(key) or _looked_up(key, where, found, recipe)
        if given is None:
            missing.append(key)
            continue
        found[key] = given
        if key in _FIRST:
            where = (*where, str(found[key].value))
    groups = found.get("site.groups")
    if groups is not None and where[0] in sites() and "site.groups" not in recipe.given and "site.ties" not in stated:
        missing += [key for key in too_many_ties(groups.value, where) if key not in stated]
    wrong = () if recipe.pinned else flaws(where[0])
    if missing or wrong:
        raise unfinished(where[0], missing, wrong, groups and groups.value)
    return {key: found[key] for key in leaves()}


def first_start(names: tuple[str, ...]) -> Given:
    """The earliest start date that the registry holds for these sites, as the day 0 they share."""
    starts = (_registry("start_date", (name,)) for name in names)
    first = min(given.value for given in starts if given and isinstance(given.value, date))
    return Given(first, "registry, the earliest start among the sites")


def _looked_up(key: str, where: tuple[str, ...], found: dict[str, Given], recipe: Recipe) -> Given | None:
    if key == "programme.start_date" and ("start_date" in recipe.given or where[0] not in places(key)):
        return Given(found["start_date"].value, "start_date")
    given = _registry(key, where)
    if given is None:
        return Given(found["site.key"].value, "site.key") if key == "site.name" else None
    return _still_ahead(given, found["start_date"].value) if key == "calendar.shocks" else given


@cache
def _registry(key: str, where: tuple[str, ...]) -> Given | None:
    entry = find(key, *where)
    return None if entry is None else Given(convert(key, Given(entry.value, _origin(entry))), _origin(entry))


def is_looked_up(key: str, where: tuple[str, ...], value: object) -> bool:
    """Whether a stored value is what the registry holds for the place, or follows from the scenario's start."""
    known = _registry(key, where)
    return key in _FROM_START or (known is not None and known.value == value)


def _origin(entry: Entry) -> str:
    return f"registry, {entry.place}, grade {entry.grade} ({', '.join(entry.sources)})"


def _still_ahead(given: Given, start: object) -> Given:
    """The registry's shocks, without those that are over when the run starts."""
    shocks = given.value if isinstance(given.value, tuple) else ()
    ahead = tuple(s for s in shocks if isinstance(s, Shock) and isinstance(start, date) and s.end > start)
    return Given(ahead, given.origin)
