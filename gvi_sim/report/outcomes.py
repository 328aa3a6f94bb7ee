"""How each outcome is shown: its unit, its scale and whether it is harm, burden or effort.

Words for the outcomes stand in sentences.yaml under ``outcome.<name>``; what they measure is defined in
``world/tables.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..units import DAYS_PER_YEAR

HARM, BURDEN, EFFORT = "harm", "burden", "effort"


@dataclass(frozen=True)
class Shown:
    """One outcome as readers meet it: ``scale`` turns the stored unit into the shown one."""

    name: str
    group: str
    scale: float = 1.0
    counted: bool = True  # fewer or more; what is measured is lower or higher


SHOWN: tuple[Shown, ...] = (
    Shown("shootings", HARM),
    Shown("detonations", HARM),
    Shown("attacks", HARM),
    Shown("persons_hit", HARM),
    Shown("persons_killed", HARM),
    Shown("bystanders_hit", HARM),
    Shown("exposure", HARM, counted=False),
    Shown("detained_days", BURDEN, scale=1 / DAYS_PER_YEAR, counted=False),
    Shown("detained_minor_days", BURDEN, scale=1 / DAYS_PER_YEAR, counted=False),
    Shown("arrests", BURDEN),
    Shown("other_arrests", BURDEN),
    Shown("sanction_arrests", BURDEN),
    Shown("call_in_contacts", BURDEN),
    Shown("notifications", BURDEN),
    Shown("false_contacts", BURDEN),
    Shown("sanctions", EFFORT),
    Shown("sanction_days", EFFORT, counted=False),
    Shown("promises_kept", EFFORT),
    Shown("promises_broken", EFFORT),
    Shown("call_ins", EFFORT),
    Shown("offers", EFFORT),
    Shown("requests", EFFORT),
    Shown("admissions", EFFORT),
    Shown("completed", EFFORT),
    Shown("dropouts", EFFORT),
    Shown("relapses", EFFORT),
    Shown("prevented", EFFORT),
)
BY_NAME: dict[str, Shown] = {shown.name: shown for shown in SHOWN}


def is_counted(name: str) -> bool:
    """Whether an outcome is said to be fewer or more; costs, shares and times are lower or higher."""
    return name in BY_NAME and BY_NAME[name].counted


def names(group: str) -> tuple[str, ...]:
    """Names of the outcomes of one group, in the order they are shown."""
    return tuple(shown.name for shown in SHOWN if shown.group == group)
