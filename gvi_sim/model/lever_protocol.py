"""Levers that a user writes: what they are, how they are named, and what is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any, Protocol

import numpy as np

from ..errors import Message, ScenarioError
from .lever_file import FileLever

LATER = 1e-6  # days: so that "every 90 days", 90 * ceil(t / 90), does not round back to the day that was


class Lever(Protocol):
    """What a user may add to a run, in plain Python."""

    def next_time(self, t: float) -> float:
        """First day at or after ``t`` on which the lever acts; ``math.inf`` for never again."""

    def apply(self, model: Any, t: float) -> None:
        """Act on ``model``, a ``GVIModel``, on day ``t``: all events up to and including that day have happened."""


def lever_name(lever: object) -> str:
    """How a message and a manifest name a lever: file and name, or module and class."""
    return lever.name if isinstance(lever, FileLever) else f"{type(lever).__module__}.{type(lever).__qualname__}"


def lever_key(lever: object) -> str:
    """What tells a lever's runs from those of others: of one in a file its name there and the file's hash."""
    return f"{lever.attribute} {lever.sha256}" if isinstance(lever, FileLever) else lever_name(lever)


def in_manifest(levers: Iterable[object]) -> list[dict[str, str | None]]:
    """What a manifest holds of levers: the name, and the SHA-256 of the file where one was named."""
    return [{"name": lever_name(lever), "sha256": getattr(lever, "sha256", None)} for lever in levers]


def can_be_rebuilt(levers: Iterable[object]) -> bool:
    """Whether a manifest, with the files of ``levers``, is all it takes to make a result again."""
    return all(isinstance(lever, FileLever) for lever in levers)


def check_same_levers(stored: Sequence[Mapping[str, Any]], given: Sequence[object], where: object) -> None:
    """ScenarioError unless ``given`` are the levers that the manifest in ``where`` tells of, from the same files."""
    named = [
        Message(
            "levers-of-ones-own/one", name=lever["name"], sha256=(lever["sha256"] or "")[:12] or Message("not-known")
        )
        for lever in stored
    ]
    if not all(lever["sha256"] for lever in stored):
        raise ScenarioError("levers-of-ones-own/python", key="lever", where=where, named=named)
    if not stored and given:
        raise ScenarioError("levers-of-ones-own/none", key="lever", where=where, count=len(given))
    if len(stored) != len(given):
        options = " ".join(f"--lever {lever['name']}" for lever in stored)
        count = len(given) or Message("none")
        raise ScenarioError(
            "levers-of-ones-own/count", key="lever", where=where, named=named, count=count, options=options
        )
    keys = [f"{lever['name'].rpartition(':')[2]} {lever['sha256']}" for lever in stored]
    for lever in (lever for lever, key in zip(given, keys, strict=True) if lever_key(lever) != key):
        sha256 = getattr(lever, "sha256", "")[:12] or Message("not-known")
        name = lever_name(lever)
        raise ScenarioError("levers-of-ones-own", key="lever", where=where, named=named, name=name, sha256=sha256)


def checked_levers(levers: Iterable[Lever]) -> tuple[Lever, ...]:
    """The levers, after each was found to have ``next_time`` and ``apply``."""
    if not isinstance(levers, Iterable):
        raise _no_lever("not-a-lever/list", levers)
    found = tuple(levers)
    for lever in found:
        missing = [name for name in ("next_time", "apply") if not callable(getattr(lever, name, None))]
        if isinstance(lever, type) or missing:
            raise (
                _no_lever("not-a-lever", lever, missing=missing[0])
                if missing
                else _no_lever("not-a-lever/class", lever)
            )
    return found


def _no_lever(id: str, given: object, **fields: Any) -> ScenarioError:
    return ScenarioError(id, key="levers", given=given, **fields)


def acting_levers(levers: Iterable[Lever]) -> tuple[Lever, ...]:
    """The same, after a copy of each has also named its first day: before anything runs or is written."""
    found = checked_levers(levers)
    for lever in found:
        first_day(lever)
    return found


def first_day(lever: Lever) -> float:
    """The first day on which a copy of ``lever`` acts; ScenarioError for one that cannot be copied or names no day."""
    try:
        return next_day(deepcopy(lever))
    except Exception as error:  # whatever a user's class raises
        why = error if isinstance(error, ScenarioError) else f"{type(error).__name__}: {error}"
        raise ScenarioError("lever-first-day", key="levers", lever=lever_name(lever), why=why) from error


def next_day(lever: Lever, acted: float | None = None) -> float:
    """The next day on which ``lever`` acts: from day 0 on, or after the day on which it acted."""
    earliest = 0.0 if acted is None else acted + LATER
    day: object = lever.next_time(earliest)
    if isinstance(day, bool) or not isinstance(day, int | float | np.number) or not day >= earliest:
        if acted is None:
            raise ScenarioError("lever-day/first", lever=lever_name(lever), day=day)
        raise ScenarioError("lever-day", lever=lever_name(lever), day=day, acted=acted)
    return float(day)
