"""The recipe of a scenario: what was chosen and given, from which every value is worked out again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .attack_rates import ALIASES, LEVEL
from .changes import SHARED, Changes
from .conf_files import file_sets, options
from .sourced_value import Given

__all__ = ["Recipe", "changed", "part_of"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Choices by group, values the user gave, values a stored scenario pins, and a roll-out's sites.

    `choices` holds the user's choices only; a group that is not in it has its default.
    """

    choices: dict[str, str] = field(default_factory=dict)
    given: dict[str, Given] = field(default_factory=dict)
    pinned: dict[str, Given] = field(default_factory=dict)
    sites: dict[str, Changes] | None = None


def changed(recipe: Recipe, changes: Changes) -> Recipe:
    """The recipe with later changes on top.

    A new choice in a group takes back what was given earlier for the keys it sets itself, and a new site all
    of `site.*`; every value that nobody gave is then looked up anew. New values win over everything.
    """
    given = dict(recipe.given)
    for group, name in changes.choices.items():
        for key in file_sets(group, name):
            given.pop(key, None)
        if group == "site":
            given = {key: value for key, value in given.items() if not key.startswith("site.")}
    gone = changes.nulls | ({*ALIASES} if LEVEL in changes.values else set())
    given = {key: value for key, value in given.items() if key not in gone}
    return replace(
        recipe,
        choices=recipe.choices | changes.choices,
        given=given | changes.values,
        pinned={} if changes.choices else _still_pinned(recipe, changes),
        sites=_merged(recipe.sites, changes.sites),
    )


def _still_pinned(recipe: Recipe, changes: Changes) -> dict[str, Given]:
    touched = changes.values.keys() | changes.nulls
    if touched & {"site.key", "site.country"}:  # another place has other values
        return {}
    follow_start = {"programme.start_date", "calendar.shocks"} if "start_date" in touched else set()
    return {key: value for key, value in recipe.pinned.items() if key not in touched | follow_start}


def _merged(before: dict[str, Changes] | None, new: dict[str, Changes] | None) -> dict[str, Changes] | None:
    if before is None or new is None:
        return before if new is None else new
    merged = dict(before)
    for name, change in new.items():
        old = merged.get(name, Changes())
        values = {key: value for key, value in old.values.items() if key not in change.nulls}
        nulls = (old.nulls | change.nulls) - change.values.keys()
        merged[name] = Changes(old.choices | change.choices, values | change.values, nulls)
    return merged


def part_of(recipe: Recipe, name: str, shared_start: Given) -> Recipe:
    """The recipe of one site of a roll-out: the whole's, moved to that site, with its own overrides on top.

    What was given for `site.*` stays with the site that was chosen. A site that conf/ does not have is one of
    the user's own. `shared_start` is day 0 where nobody set it.
    """
    own = recipe.choices.get("site") == name
    given = {key: value for key, value in recipe.given.items() if own or not key.startswith("site.")}
    choices = dict(recipe.choices)
    if name in options("site"):
        choices["site"] = name
    else:
        given["site.key"] = Given(name, f"sites.{name}")
    pinned = {key: value for key, value in recipe.pinned.items() if key in SHARED}
    pinned.setdefault("start_date", shared_start)
    overrides = (recipe.sites or {})[name]
    given = {key: value for key, value in given.items() if key not in overrides.nulls}
    return Recipe(choices | overrides.choices, given | overrides.values, pinned)
