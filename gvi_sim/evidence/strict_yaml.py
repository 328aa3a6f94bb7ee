"""The strict reader of YAML files, foreign ones included: data only, and no oddities.

Reads a file as mappings, lists, text, whole numbers, numbers, truth values, dates and null. Refuses tags,
anchors and aliases, duplicate keys, merge keys, `${...}`, files over 1 MiB, more than 10,000 values or 20
levels, and characters that hide what a line says. Plain scalars mean what they look like: `no` and `010` and
`12:30` are text, only `true` and `false` are truth values, only `2024-05-16` is a date. `1e400` and `1e-400`,
which no float holds, stay text too, so that nothing turns them into infinity or zero.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import isinf
from pathlib import Path
from typing import Any

import yaml

from ..errors import Message, ScenarioError
from .regular_file import read_regular

__all__ = ["Node", "decoded", "fits_no_float", "plain", "read_text", "read_yaml", "scalar", "text_of"]

MOST_BYTES = 1 << 20
MOST_VALUES = 10_000
DEEPEST = 20

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z", re.ASCII)
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?\Z", re.ASCII)
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]", re.ASCII)
_ZERO = re.compile(r"[-+]?[0.]+([eE]|\Z)", re.ASCII)
_HIDDEN = re.compile("[\x85\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
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

    A number too large or too small for a float is text. Raises ValueError for what looks like a date and is
    none (`2024-02-31`).
    """
    if (low := text.lower()) in _WORDS:
        return _WORDS[low]
    if _INT.match(text):
        return _whole(text)
    if _FLOAT.match(text) and not _LEADING_ZERO.match(text):
        return _float(text)
    return date.fromisoformat(text) if _DATE.match(text) else text


def fits_no_float(text: str) -> bool:
    """Whether ``text`` is a number that a float would turn into infinity or zero."""
    if not _FLOAT.match(text):
        return False
    number = float(text)
    return isinf(number) or (number == 0 and not _ZERO.match(text))


def read_yaml(path: Path, *, most_values: int = MOST_VALUES) -> Node:
    """Read a file: its top node, a mapping. ScenarioError with file and line for whatever is wrong."""
    return read_text(text_of(path), path.name, most_values=most_values)


def text_of(path: Path) -> str:
    """A file's text. ScenarioError for what is no regular file of at most 1 MiB in UTF-8."""
    try:
        return decoded(read_regular(path, MOST_BYTES), path.name)
    except FileNotFoundError:
        raise _refuse("bad-file/not-there", str(path), None) from None
    except OSError as error:
        where = str(path).replace("\0", "\\0")
        raise _refuse("bad-file/closed", where, None, reason=error.strerror) from None


def decoded(raw: bytes, name: str) -> str:
    """Bytes of a file as text. ScenarioError for what is too long, no UTF-8, or hides characters."""
    if len(raw) > MOST_BYTES:
        raise _refuse("bad-file/bytes", name, None, most=MOST_BYTES)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        raise _refuse("bad-file/utf-16", name, 1)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _refuse("bad-file/no-utf-8", name, line, byte=error.start) from None
    return text


def read_text(text: str, name: str, *, most_values: int = MOST_VALUES) -> Node:
    """Read YAML text; `name` stands in messages. The top node is a mapping."""
    _refuse_hidden(text, name)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events = _guarded(yaml.parse(text, Loader=loader), name, most_values)
        node = _document(events, name)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or Message("bad-file/not-yaml")
        raise _refuse("bad-file/yaml", name, mark and mark.line + 1, problem=problem) from None
    if not isinstance(node.value, dict):
        raise _refuse("bad-file/no-keys", name, node.line)
    return node


def plain(node: Node) -> object:
    """A node's value without the lines, all the way down."""
    value = node.value
    if isinstance(value, dict):
        return {key: plain(child) for key, child in value.items()}
    return [plain(child) for child in value] if isinstance(value, list) else value


def _refuse_hidden(text: str, name: str) -> None:
    """Characters that end a line or turn its direction where an editor shows nothing of the kind."""
    if "\0" in text:
        where = text[: text.index("\0")].count("\n") + 1
        raise _refuse("bad-file/nul", name, where)
    if found := _HIDDEN.search(text):
        where = text[: found.start()].count("\n") + 1
        raise _refuse("bad-file/invisible", name, where, code=f"{ord(found[0]):04X}")


def _whole(text: str) -> object:
    return int(text) if len(text) < 400 else text


def _float(text: str) -> object:
    return text if fits_no_float(text) else float(text)


def _guarded(events: Iterator[yaml.Event], name: str, most: int) -> Iterator[yaml.Event]:
    count = depth = 0
    for event in events:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refuse("bad-file/anchor", name, line)
        if isinstance(event, yaml.NodeEvent):
            count += 1
            if tag := getattr(event, "tag", None):
                raise _refuse("bad-file/tag", name, line, tag=tag)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if count > most:
            raise _refuse("bad-file/values", name, line, most=most)
        if depth > DEEPEST:
            raise _refuse("bad-file/nested", name, line, deepest=DEEPEST)
        yield event


def _document(events: Iterator[yaml.Event], name: str) -> Node:
    top: Node | None = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if top is not None:
                raise _refuse("bad-file/second", name, _line(event))
            top = _node(next(events), events, name)
    if top is None or top.value is None:
        raise _refuse("bad-file/empty", name, 1)
    return top


def _node(event: yaml.Event, events: Iterator[yaml.Event], name: str) -> Node:
    line = _line(event)
    if isinstance(event, yaml.MappingStartEvent):
        return Node(_mapping(events, name), line)
    if isinstance(event, yaml.SequenceStartEvent):
        return Node(list(_sequence(events, name)), line)
    if not isinstance(event, yaml.ScalarEvent):
        raise _refuse("bad-file/invalid", name, line)
    _refuse_text(event.value, name, line)
    if event.style:  # quoted or folded: text, whatever it looks like
        return Node(event.value, line)
    try:
        return Node(scalar(event.value), line)
    except ValueError:
        raise _refuse("bad-file/date", name, line, value=event.value) from None


def _mapping(events: Iterator[yaml.Event], name: str) -> dict[str, Node]:
    found: dict[str, Node] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        line = _line(event)
        if not isinstance(event, yaml.ScalarEvent) or event.value == "<<":
            raise _refuse("bad-file/key", name, line)
        _refuse_text(event.value, name, line)
        if event.value in found:
            first = found[event.value].line
            raise _refuse("bad-file/twice", name, line, word=_short(event.value), first=first)
        found[event.value] = _node(next(events), events, name)
    return found


def _refuse_text(text: str, name: str, line: int) -> None:
    if "${" in text:
        raise _refuse("bad-file/interpolation", name, line, value=_short(text))
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        raise _refuse("bad-file/accents", name, line, value=_short(text))


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:77]}...")


def _sequence(events: Iterator[yaml.Event], name: str) -> Iterator[Node]:
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        yield _node(event, events, name)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _refuse(id: str, name: str, line: int | None, **fields: Any) -> ScenarioError:
    return ScenarioError(id, where=name if line is None else f"{name}:{line}", **fields)
