"""The tree as a table: every leaf with its domain, every group with its children, and back again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Annotated, get_args, get_origin, get_type_hints

from ..evidence import Domain, domain_of
from .tree import Values

__all__ = ["children", "flat_of", "is_group", "leaf_domain", "leaves", "nested", "tree_of"]


@cache
def leaves() -> dict[str, Domain]:
    """Every leaf's dotted key with its domain, in the order of the tree."""
    return dict(_walk(Values, ""))


@cache
def _groups() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key in leaves():
        parts = key.split(".")
        for depth in range(1, len(parts)):
            found.setdefault(".".join(parts[:depth]), []).append(key)
    return {group: tuple(keys) for group, keys in found.items()}


def is_group(key: str) -> bool:
    """Whether a key names a branch and not a leaf."""
    return key in _groups()


def children(group: str) -> tuple[str, ...]:
    """The leaves below a branch."""
    return _groups()[group]


def leaf_domain(key: str) -> Domain:
    """The domain of a leaf."""
    return leaves()[key]


def tree_of(flat: Mapping[str, object]) -> dict[str, object]:
    """The fields of `Values` from a flat mapping that holds every leaf: branches become dataclasses."""
    return _fields(Values, "", flat)


def flat_of(values: Values) -> dict[str, object]:
    """Every leaf of a tree by dotted key, in order."""
    return {key: attrgetter(key)(values) for key in leaves()}


def nested(flat: Mapping[str, object]) -> dict[str, object]:
    """Dotted keys as mappings within mappings."""
    top: dict[str, object] = {}
    for key, value in flat.items():
        *groups, name = key.split(".")
        here = top
        for group in groups:
            here = here.setdefault(group, {})  # type: ignore[assignment]
        here[name] = value
    return top


def _fields(branch: type, prefix: str, flat: Mapping[str, object]) -> dict[str, object]:
    made: dict[str, object] = {}
    for name, annotation in _hints(branch).items():
        key = prefix + name
        nested_in = _fields(annotation, key + ".", flat) if _is_branch(annotation) else None
        made[name] = flat[key] if nested_in is None else annotation(**nested_in)
    return made


def _walk(branch: type, prefix: str) -> Iterator[tuple[str, Domain]]:
    for name, annotation in _hints(branch).items():
        if _is_branch(annotation):
            yield from _walk(annotation, f"{prefix}{name}.")
        elif get_origin(annotation) is Annotated:
            yield prefix + name, domain_of(get_args(annotation)[1])


@cache
def _hints(branch: type) -> dict[str, type]:
    hints = get_type_hints(branch, include_extras=True)
    return {field.name: hints[field.name] for field in fields(branch)}


def _is_branch(annotation: object) -> bool:
    return isinstance(annotation, type) and is_dataclass(annotation)
