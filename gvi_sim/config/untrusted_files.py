"""The one door for files from somebody else: read strictly, no machinery, no data about real persons.

Scenario files, experiment files and uploads come through here, then meet the closed schema. Nothing in them
is composed, resolved, imported or run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..errors import ScenarioError
from ..evidence.strict_yaml import Node, decoded, read_text, text_of
from .personal_data import refuse_personal_data
from .sourced_value import shown

__all__ = ["read_foreign", "read_upload"]

_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
_LONGEST = 10_000


def read_foreign(path: Path) -> Node:
    """The mapping in a file. ScenarioError with file and line for whatever may not be in it."""
    return _checked(text_of(path), path.name)


def read_upload(raw: bytes, name: str) -> Node:
    """As ``read_foreign``, from the bytes of a file that never touches the disk."""
    return _checked(decoded(raw, name), name)


def _checked(text: str, name: str) -> Node:
    top = read_text(text, name)
    for value, line, is_key in _texts(top):
        if is_key:
            _refuse_machinery(value, f"{name}:{line}")
        if len(value) > _LONGEST:
            raise ScenarioError("bad-file/long-text", file=name, line=line, letters=len(value), most=_LONGEST)
        refuse_personal_data(value, f"{name}:{line}")
    refuse_personal_data(_comments(text), name, lines=True)
    refuse_personal_data(name, "The name of the file")
    return top


def _refuse_machinery(key: str, where: str) -> None:
    """Keys that would mean something to Hydra if it ever saw them; it does not, and they are told apart."""
    for part in key.split("."):
        if part.startswith("_") or part.lower().startswith("hydra"):
            raise ScenarioError("machinery", key=key, where=where, name=shown(key))


def _texts(node: Node) -> Iterator[tuple[str, int, bool]]:
    """Every key and every text in a tree, with its line and whether it is a key."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield key, child.line, True
            yield from _texts(child)
    elif isinstance(node.value, list):
        for child in node.value:
            yield from _texts(child)
    elif isinstance(node.value, str):
        yield node.value, node.line, False


def _comments(text: str) -> str:
    """The comments on lines of their own number; a ``#`` within quotes counts as one, which does no harm."""
    found = (_COMMENT.search(line) for line in text.split("\n"))
    return "\n".join(match[0] if match else "" for match in found)
