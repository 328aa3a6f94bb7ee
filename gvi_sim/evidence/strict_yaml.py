"""The strict reader of YAML files, foreign ones included: data only, and no oddities.

Reads a file as mappings, lists, text, whole numbers, numbers, truth values, dates and null. Refuses tags,
anchors and aliases, duplicate keys, merge keys, `${...}`, files over 1 MiB, more than 10,000 values or 20
levels. Plain scalars mean what they look like: `no` and `010` and `12:30` are text, only `true` and `false`
are truth values, only `2024-05-16` is a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from ..errors import ScenarioError

__all__ = ["Node", "plain", "read", "read_text", "scalar"]

MOST_BYTES = 1 << 20
MOST_VALUES = 10_000
DEEPEST = 20

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z", re.ASCII)
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?\Z", re.ASCII)
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)
_WORDS: dict[str, object] = {
    "": None,
    "null": None,
    "~": None,
    "true": True,
    "false": False,
    ".inf": float("inf"),
    "-.inf": float("-inf"),
    ".nan": float("nan"),
    "inf": float("inf"),
}


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the line it stands on. Mappings hold nodes by key, lists hold nodes."""

    value: object
    line: int


def scalar(text: str) -> object:
    """What an unquoted word means: null, a truth value, a number, a date, else the text itself.

    Raises ValueError for what looks like a date and is none (`2024-02-31`).
    """
    if (low := text.lower()) in _WORDS:
        return _WORDS[low]
    if _INT.match(text):
        return _whole(text)
    if _FLOAT.match(text) and not _LEADING_ZERO.match(text):
        return float(text)
    return date.fromisoformat(text) if _DATE.match(text) else text


def read(path: Path, *, most_values: int = MOST_VALUES) -> Node:
    """Read a file: its top node, a mapping. ScenarioError with file and line for whatever is wrong."""
    try:
        if path.is_dir():
            raise _refuse(str(path), None, "is a folder, not a scenario file")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise _refuse(str(path), None, f"has {size:,} bytes; a scenario file has at most {MOST_BYTES:,}")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise _refuse(str(path), None, "does not exist") from None
    except OSError as error:
        raise _refuse(str(path), None, f"cannot be read ({error.strerror})") from None
    return read_text(_decode(raw, path.name), path.name, most_values=most_values)


def read_text(text: str, name: str, *, most_values: int = MOST_VALUES) -> Node:
    """Read YAML text; `name` stands in messages. The top node is a mapping."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events = _guarded(yaml.parse(text, Loader=loader), name, most_values)
        node = _document(events, name)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it is not YAML"
        raise _refuse(name, mark and mark.line + 1, f"is not valid YAML: {problem}") from None
    if not isinstance(node.value, dict):
        raise _refuse(name, node.line, "must hold a mapping of keys to values")
    return node


def plain(node: Node) -> object:
    """A node's value without the lines, all the way down."""
    value = node.value
    if isinstance(value, dict):
        return {key: plain(child) for key, child in value.items()}
    return [plain(child) for child in value] if isinstance(value, list) else value


def _decode(raw: bytes, name: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refuse(name, 1, "is UTF-16; save it as UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _refuse(name, line, f"is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    if "\0" in text:
        raise _refuse(name, text[: text.index("\0")].count("\n") + 1, "holds a NUL character")
    return text


def _whole(text: str) -> object:
    return int(text) if len(text) < 400 else float(text)


def _guarded(events: Iterator[yaml.Event], name: str, most: int) -> Iterator[yaml.Event]:
    count = depth = 0
    for event in events:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refuse(name, line, "uses an anchor or alias (& or *); write the value out")
        if isinstance(event, yaml.NodeEvent):
            count += 1
            if (tag := getattr(event, "tag", None)) and tag != "!":
                raise _refuse(name, line, f"uses the tag {tag}; a scenario file is data only")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if count > most:
            raise _refuse(name, line, f"holds more than {most:,} values")
        if depth > DEEPEST:
            raise _refuse(name, line, f"is nested deeper than {DEEPEST} levels")
        yield event


def _document(events: Iterator[yaml.Event], name: str) -> Node:
    top: Node | None = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if top is not None:
                raise _refuse(name, _line(event), "holds a second document (---); one is enough")
            top = _node(next(events), events, name)
    if top is None or top.value is None:
        raise _refuse(name, 1, "is empty")
    return top


def _node(event: yaml.Event, events: Iterator[yaml.Event], name: str) -> Node:
    line = _line(event)
    if isinstance(event, yaml.MappingStartEvent):
        return Node(_mapping(events, name), line)
    if isinstance(event, yaml.SequenceStartEvent):
        return Node(list(_sequence(events, name)), line)
    if not isinstance(event, yaml.ScalarEvent):
        raise _refuse(name, line, "is not valid YAML")
    if "${" in event.value:
        raise _refuse(name, line, f"uses an interpolation ({event.value!r}); write the value itself")
    if event.style:  # quoted or folded: text, whatever it looks like
        return Node(event.value, line)
    try:
        return Node(scalar(event.value), line)
    except ValueError:
        raise _refuse(name, line, f"holds {event.value}, which is not a date of the calendar") from None


def _mapping(events: Iterator[yaml.Event], name: str) -> dict[str, Node]:
    found: dict[str, Node] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        line = _line(event)
        if not isinstance(event, yaml.ScalarEvent) or event.value == "<<":
            raise _refuse(name, line, "has a key that is not a plain word")
        if event.value in found:
            first = found[event.value].line
            raise _refuse(name, line, f"gives the key {event.value!r} twice (first on line {first})")
        found[event.value] = _node(next(events), events, name)
    return found


def _sequence(events: Iterator[yaml.Event], name: str) -> Iterator[Node]:
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        yield _node(event, events, name)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _refuse(name: str, line: int | None, problem: str) -> ScenarioError:
    where = name if line is None else f"{name}:{line}"
    return ScenarioError(f"{where} {problem}.", rule="bad-file")
