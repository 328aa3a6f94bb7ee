"""Levers that a user writes: what they are, how they are named, and what is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..errors import ScenarioError
from .lever_file import FileLever

if TYPE_CHECKING:
    from .city import GVIModel

LATER = 1e-6  # days: so that "every 90 days", 90 * ceil(t / 90), does not round back to the day that was


class Lever(Protocol):
    """What a user may add to a run, in plain Python."""

    def next_time(self, t: float) -> float:
        """First day at or after ``t`` on which the lever acts; ``math.inf`` for never again."""

    def apply(self, model: GVIModel, t: float) -> None:
        """Act on day ``t``: all events up to and including that day have happened."""


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


def check_same_levers(told: Sequence[Mapping[str, Any]], given: Sequence[object], where: object) -> None:
    """ScenarioError unless ``given`` are the levers that the manifest in ``where`` tells of, from the same files."""
    named = ", ".join(f"{lever['name']} (SHA-256 {(lever['sha256'] or 'not known')[:12]})" for lever in told)
    if not all(lever["sha256"] for lever in told):
        problem = f"was made with levers of a user's own ({named}), given in Python, whose code no manifest holds, so "
        remedy = "it cannot be computed again from the manifest. Its files are as they were written."
    elif len(told) != len(given):
        problem = f"was made with {named or 'no lever that a user wrote'}, and "
        options = " ".join(f"--lever {lever['name']}" for lever in told)
        remedy = f"{len(given) or 'none'} given here. "
        remedy += f"Give the same file: {options}." if told else "Leave --lever out."
    else:
        keys = [f"{lever['name'].rpartition(':')[2]} {lever['sha256']}" for lever in told]
        other = next((lever for lever, key in zip(given, keys, strict=True) if lever_key(lever) != key), None)
        if other is None:
            return
        problem = f"was made with {named}, and "
        remedy = (
            f"{lever_name(other)} has the SHA-256 {getattr(other, 'sha256', 'not known')[:12]}: another lever, or the "
            "file was changed since. Give the file as it was, with --lever FILE.py:Name, in the same order."
        )
    raise ScenarioError(f"{where} {problem}{remedy}", key="lever", rule="levers-of-ones-own")


def checked_levers(levers: Iterable[Lever]) -> tuple[Lever, ...]:
    """The levers, after each was found to have ``next_time`` and ``apply``."""
    if not isinstance(levers, Iterable):
        raise _no_lever(levers, "not a list; give levers=[...] though it be one")
    found = tuple(levers)
    for lever in found:
        missing = [name for name in ("next_time", "apply") if not callable(getattr(lever, name, None))]
        if isinstance(lever, type) or missing:
            raise _no_lever(lever, "a class; give an object of it" if not missing else f"without {missing[0]}()")
    return found


def _no_lever(given: object, what: str) -> ScenarioError:
    return ScenarioError(
        f"levers: {given!r} is {what}. A lever is an object with next_time(t) and apply(model, t).",
        key="levers",
        rule="not-a-lever",
    )


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
        why = str(error) if isinstance(error, ScenarioError) else f"{type(error).__name__}: {error}"
        raise ScenarioError(
            f"levers: {lever_name(lever)} cannot be copied and asked for its first day ({why}). Each run gets a copy "
            "of it, and next_time(0.0) of that copy is asked first.",
            key="levers",
            rule="lever-first-day",
        ) from error


def next_day(lever: Lever, acted: float | None = None) -> float:
    """The next day on which ``lever`` acts: from day 0 on, or after the day on which it acted."""
    earliest = 0.0 if acted is None else acted + LATER
    day: object = lever.next_time(earliest)
    if isinstance(day, bool) or not isinstance(day, int | float | np.number) or not day >= earliest:
        when, wanted = ("at the start", "day 0 or a later day")
        if acted is not None:
            when, wanted = f"after acting on day {acted!r}", "a later day"
        raise ScenarioError(
            f"{lever_name(lever)}.next_time returned {day!r} {when}. It must return {wanted}, or math.inf if done."
        )
    return float(day)
