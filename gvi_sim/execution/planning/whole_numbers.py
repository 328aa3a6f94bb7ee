"""Whole numbers that a user gives: at least so many, or a refusal that says why."""

from __future__ import annotations

from ...errors import Message, ScenarioError


def checked_replicates(value: object) -> int:
    """``value`` if it is a number of replicates that give an interval."""
    return checked_count("replicates", value, 2, Message("count/interval"))


def checked_count(name: str, value: object, least: int, why: Message | str = "") -> int:
    """``value`` if it is a whole number of at least ``least``; ScenarioError naming ``name`` otherwise."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ScenarioError("count", key=name, value=value, least=least, why=why)
    return value
