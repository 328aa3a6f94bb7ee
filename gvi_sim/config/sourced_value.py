"""A value as somebody gave it, and the words a refusal starts with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ..errors import ScenarioError

__all__ = ["Given", "refusal", "shown"]


@dataclass(frozen=True, slots=True)
class Given:
    """A value and where it was given: `an override`, `my.yaml:12`, `conf/programme/none.yaml`.

    `typed` is what stood there where the value is a reading of it (`0,5` for 0.5), else empty.
    """

    value: object
    origin: str
    typed: str = ""

    @property
    def in_file(self) -> str:
        """` (my.yaml:12)` for a message, empty when the user needs no pointer."""
        return f" ({self.origin})" if ":" in self.origin else ""


def refusal(id: str, key: str, given: Given, **fields: Any) -> ScenarioError:
    """What is wrong with a value, ready to raise: its message has `key`, `value` and `in_file` as fields too."""
    return ScenarioError(id, key=key, value=shown(given.value), in_file=given.in_file, **fields)


def shown(value: object, depth: int = 0) -> str:
    """A value as the user would write it, cut to a readable length and depth, without control characters."""
    if depth > 4:
        return "..."
    if value is None or isinstance(value, bool):
        text = {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, str):
        text = repr(value[:120])
    elif isinstance(value, date):
        text = value.isoformat()
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(shown(item, depth + 1) for item in value[:12]) + ("]" if len(value) < 13 else ", ...]")
    elif isinstance(value, dict):
        text = (
            "{" + ", ".join(f"{_name(name)}: {shown(item, depth + 1)}" for name, item in list(value.items())[:12]) + "}"
        )
    else:
        text = _number(value)
    return text if len(text) <= 120 else text[:117] + "..."


def _name(key: object) -> str:
    text = str(key)
    return text if text.isprintable() and len(text) <= 60 else repr(text[:60])


def _number(value: object) -> str:
    try:
        return str(value)
    except ValueError:  # a whole number of thousands of digits
        return "a number of thousands of digits"
