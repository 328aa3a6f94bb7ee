"""What a user asks for, checked against the tree: choices, values, and the sites of a roll-out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ..errors import Message, ScenarioError, nearest_hint
from .attack_rates import ALIASES, check_level, domain_at
from .conf_files import CHOICES, choose, options, spelt, spelt_key
from .convert import convert
from .leaves import children, is_group, leaves
from .overrides import ORIGIN, parse_override
from .sourced_value import Given, shown

__all__ = ["RUN_KEYS", "SHARED", "Changes", "assign", "changes_of", "check_key"]

RUN_KEYS = ("replicates", "seed", "workers", "engine", "out", "parameters", "keep", "lang", "progress")
SHARED = frozenset({"years", "burn_in_years", "start_date", "strict"})


@dataclass(slots=True)
class Changes:
    """Choices by group, values by key, keys whose earlier value is taken back, and the same for each site."""

    choices: dict[str, str] = field(default_factory=dict)
    values: dict[str, Given] = field(default_factory=dict)
    nulls: set[str] = field(default_factory=set)
    sites: dict[str, Changes] | None = None


def changes_of(overrides: Iterable[object]) -> Changes:
    """Words (`"years=5"`) and mappings (`{"exit.places": 12}`) to changes; a later one wins.

    ScenarioError for what is no override of the scenario.
    """
    changes = Changes()
    for override in overrides:
        if isinstance(override, str):
            assign(changes, *parse_override(override))
        elif isinstance(override, Mapping):
            for key, value in override.items():
                assign(changes, str(key), Given(value, ORIGIN))
        else:
            raise ScenarioError("not-an-override/object", value=shown(override))
    return changes


def assign(changes: Changes, key: str, given: Given) -> None:
    """Put one key's value where it belongs: a choice, a site of a roll-out, a branch's leaves or a leaf."""
    key = spelt_key(key)
    branch = isinstance(given.value, Mapping) and is_group(key)
    if key in CHOICES and not branch:
        changes.choices[key] = choose(key, given.value, given.in_file)
    elif key == "sites" or key.startswith("sites."):
        _assign_sites(changes, key.split(".", 2)[1:], given)
    elif isinstance(given.value, Mapping) and branch:
        for name, value in given.value.items():
            assign(changes, f"{key}.{name}", Given(value, given.origin))
    else:
        _assign_leaf(changes, key, given)


def check_key(key: str, in_file: str = "") -> None:
    """Nothing for a leaf; ScenarioError that names the nearest key, or a branch's leaves, for others."""
    if key in leaves() or key in ALIASES:
        return
    if key.split(".")[0] in RUN_KEYS:
        raise ScenarioError("run-key", key=key, name=shown(key)[1:-1], in_file=in_file)
    if is_group(key):
        raise ScenarioError("branch", key=key, in_file=in_file, below=children(key)[:4])
    hint = nearest_hint(key, [*leaves(), *ALIASES, *CHOICES, "sites"])
    raise ScenarioError("unknown-key", key=key, name=shown(key), in_file=in_file, hint=hint)


def _assign_leaf(changes: Changes, key: str, given: Given) -> None:
    check_key(key, given.in_file)
    if given.value is None and not domain_at(key).optional:  # null: the registry's value holds again
        changes.values.pop(key, None)
        changes.nulls.add(key)
        return
    changes.values[key] = replace(given, value=convert(key, given))
    changes.nulls.discard(key)
    check_level(changes.values, given.in_file)


def _assign_sites(changes: Changes, path: list[str], given: Given) -> None:
    if not path and given.value is None:
        changes.sites = None
    elif len(path) == 2:
        _assign_in_site(_site(changes, path[0], given), path[0], path[1], given)
    elif isinstance(given.value, Mapping):
        for name, value in given.value.items():
            _assign_sites(changes, [*path, str(name)], Given(value, given.origin))
        if path:
            _site(changes, path[0], given)
        elif changes.sites is None:
            changes.sites = {}
    elif path and given.value is None:
        _site(changes, path[0], given)
    else:
        key = ".".join(["sites", *path])
        what = Message("sites-shape/keys") if path else Message("sites-shape/sites")
        raise ScenarioError("sites-shape", key=key, in_file=given.in_file, what=what)


def _site(changes: Changes, name: str, given: Given) -> Changes:
    name = spelt(name) if spelt(name) in options("site") else name
    convert("site.key", Given(name, given.origin))  # a site's name is its key, with the same letters
    if changes.sites is None:
        changes.sites = {}
    return changes.sites.setdefault(name, Changes())


def _assign_in_site(site: Changes, name: str, key: str, given: Given) -> None:
    if isinstance(given.value, Mapping) and is_group(key):
        for child, value in given.value.items():
            _assign_in_site(site, name, f"{key}.{child}", Given(value, given.origin))
    elif key in SHARED or key in {"site", "site.key"} or key.split(".")[0] == "sites":
        raise ScenarioError("sites-shared", key=f"sites.{name}.{key}", in_file=given.in_file)
    else:
        assign(site, key, given)
