"""How each outcome is shown: its unit, its scale and whether it is harm, burden or effort.

Words for the outcomes stand in sentences.yaml under ``outcome.<name>``; what they measure is defined in
``world/tables.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...units import DAYS_PER_YEAR

HARM, BURDEN, EFFORT = "harm", "burden", "effort"


@dataclass(frozen=True)
class ShownOutcome:
    """One outcome as readers meet it: ``scale`` turns the stored unit into the shown one."""

    name: str
    group: str
    scale: float = 1.0
    counted: bool = True  # fewer or more; what is measured is lower or higher


SHOWN: tuple[ShownOutcome, ...] = (
    ShownOutcome("shootings", HARM),
    ShownOutcome("detonations", HARM),
    ShownOutcome("attacks", HARM),
    ShownOutcome("persons_hit", HARM),
    ShownOutcome("persons_killed", HARM),
    ShownOutcome("bystanders_hit", HARM),
    ShownOutcome("exposure", HARM, counted=False),
    ShownOutcome("detained_days", BURDEN, scale=1 / DAYS_PER_YEAR, counted=False),
    ShownOutcome("detained_minor_days", BURDEN, scale=1 / DAYS_PER_YEAR, counted=False),
    ShownOutcome("detained_hired_days", BURDEN, scale=1 / DAYS_PER_YEAR, counted=False),
    ShownOutcome("arrests", BURDEN),
    ShownOutcome("minor_arrests", BURDEN),
    ShownOutcome("other_arrests", BURDEN),
    ShownOutcome("sanction_arrests", BURDEN),
    ShownOutcome("call_in_contacts", BURDEN),
    ShownOutcome("notifications", BURDEN),
    ShownOutcome("false_contacts", BURDEN),
    ShownOutcome("sanctions", EFFORT),
    ShownOutcome("sanction_days", EFFORT, counted=False),
    ShownOutcome("promises_kept", EFFORT),
    ShownOutcome("promises_broken", EFFORT),
    ShownOutcome("call_ins", EFFORT),
    ShownOutcome("offers", EFFORT),
    ShownOutcome("requests", EFFORT),
    ShownOutcome("admissions", EFFORT),
    ShownOutcome("completed", EFFORT),
    ShownOutcome("dropouts", EFFORT),
    ShownOutcome("relapses", EFFORT),
    ShownOutcome("prevented", EFFORT),
)
BY_NAME: dict[str, ShownOutcome] = {shown.name: shown for shown in SHOWN}


def is_counted(name: str) -> bool:
    """Whether an outcome is said to be fewer or more; costs, shares and times are lower or higher."""
    return name in BY_NAME and BY_NAME[name].counted


def names(group: str) -> tuple[str, ...]:
    """Names of the outcomes of one group, in the order they are shown."""
    return tuple(shown.name for shown in SHOWN if shown.group == group)
