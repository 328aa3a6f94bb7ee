"""Scenario files: plain YAML with the closed schema of the tree, read strictly, never by Hydra.

A file sets keys of the tree, nested or dotted, and nothing else. Beside them it may hold

* `site: malmo`, `programme: gvi`, `calendar: flat` (or all under `choices`): the name of a choice that ships;
* `sites`: a roll-out, a mapping from a site's name to its overrides;
* `chosen`: the keys a person set. Without it every key in the file counts as set; with it the others are
  stored values of an earlier run, which hold as they stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import yaml

from ..errors import ScenarioError
from ..evidence.strict_yaml import DEEPEST, Node, plain
from .changes import Changes, assign, check_key
from .conf_files import CHOICES, spelt_key
from .leaves import is_group
from .manifest_file import is_manifest, scenario_in
from .recipe import Recipe
from .sourced_value import Given, shown
from .untrusted_files import read_foreign, read_upload

__all__ = ["dump", "recipe_of_file", "recipe_of_mapping", "recipe_of_upload"]


def recipe_of_file(path: Path) -> Recipe:
    """Read a scenario file, or the scenario in a manifest. ScenarioError, with file and line, for what is wrong."""
    if is_manifest(path):
        return recipe_of_upload(dump(scenario_in(path)).encode(), path.name)
    return _recipe(read_foreign(path), path.name)


def recipe_of_upload(raw: bytes, name: str) -> Recipe:
    """As a file, from its bytes; ``name`` stands in messages."""
    return _recipe(read_upload(raw, name), name)


def recipe_of_mapping(content: Mapping[str, object]) -> Recipe:
    """As a file, from a mapping in memory."""
    if not isinstance(content, Mapping):
        raise ScenarioError("bad-file/no-mapping", content=shown(content))
    return _recipe(_node(content), "")


def dump(content: Mapping[str, object]) -> str:
    """A mapping as YAML that `recipe_of_file` reads back: branches in blocks, lists in a line."""
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Dumper(yaml.SafeDumper):
    """Lists in one line, everything else in blocks."""


def _flow_list(dumper: yaml.SafeDumper, data: list[object]) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)


_Dumper.add_representer(list, _flow_list)


def _recipe(top: Node, file: str) -> Recipe:
    body = dict(cast("dict[str, Node]", top.value))
    chosen, choices = body.pop("chosen", None), body.pop("choices", None)
    changes = Changes()
    seen: dict[str, str] = {}
    for key, node in [*_items(choices, file, "choices"), *body.items()]:
        _put(changes, key, node, file, seen)
    if chosen is None:
        return Recipe(changes.choices, changes.values, {}, changes.sites)
    keys = _chosen(chosen, file)
    given = {key: value for key, value in changes.values.items() if key in keys}
    pinned = {key: value for key, value in changes.values.items() if key not in keys}
    return Recipe(changes.choices, given, pinned, changes.sites)


def _put(changes: Changes, key: str, node: Node, file: str, seen: dict[str, str], *, site: str = "") -> None:
    """Enter what a node holds leaf by leaf, so that each keeps its line; ``site`` is one of a roll-out."""
    origin = f"{file}:{node.line}" if file else "a mapping"
    if isinstance(node.value, dict) and is_group(key):
        for name, child in node.value.items():
            _put(changes, f"{key}.{name}", child, file, seen, site=site)
        return
    if isinstance(node.value, dict) and key == "sites" and not site:
        _put_sites(changes, node, file, seen)
        return
    key = f"sites.{site}.{spelt_key(key)}" if site else spelt_key(key)
    if key in seen:
        raise ScenarioError("twice", key=key, origin=origin, first=seen[key])
    seen[key] = origin
    assign(changes, key, Given(plain(node), origin))


def _put_sites(changes: Changes, node: Node, file: str, seen: dict[str, str]) -> None:
    sites = cast("dict[str, Node]", node.value)
    assign(changes, "sites", Given({name: {} for name in sites}, f"{file}:{node.line}" if file else "a mapping"))
    for name, content in sites.items():
        if isinstance(content.value, dict):
            for key, child in content.value.items():
                _put(changes, key, child, file, seen, site=name)
        elif content.value is not None:
            _put(changes, f"sites.{name}", content, file, seen)


def _items(choices: Node | None, file: str, name: str) -> list[tuple[str, Node]]:
    if choices is None:
        return []
    if not isinstance(choices.value, dict):
        raise ScenarioError("bad-file/choices", file=file, line=choices.line, name=name)
    for group, node in choices.value.items():
        if group not in CHOICES:
            raise ScenarioError("unknown-key/group", key=group, file=file, line=node.line, name=name, known=CHOICES)
    return list(choices.value.items())


def _chosen(node: Node, file: str) -> set[str]:
    keys = plain(node)
    if not isinstance(keys, list):
        raise ScenarioError("bad-file/chosen", file=file, line=node.line)
    for key in keys:
        check_key(str(key), f" ({file}:{node.line})")
    return {str(key) for key in keys}


def _node(value: object, depth: int = 0) -> Node:
    if depth > DEEPEST:
        raise ScenarioError("bad-file/too-deep", deepest=DEEPEST)
    if isinstance(value, Mapping):
        return Node({str(key): _node(child, depth + 1) for key, child in value.items()}, 0)
    return Node([_node(child, depth + 1) for child in value] if isinstance(value, list | tuple) else value, 0)
