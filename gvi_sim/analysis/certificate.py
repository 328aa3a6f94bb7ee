"""The pairing certificate: what the pairing of two scenarios is worth, and that nothing differs too early."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .pairing import acting_from_the_start, first_lever_day

if TYPE_CHECKING:
    import pandas as pd

    from ..config import Scenario

# Decided at the attack itself; arrests and attributions come later and may differ for an attack of before.
DECIDED = (
    "run", "candidate", "day", "site", "mode", "cause", "attacker_group", "target_group", "shooter", "hit",
    "killed", "bystanders",
)  # fmt: skip


@dataclass(frozen=True)
class Certificate:
    """``start_day``: the first programme's start (None: none runs). ``first_difference_day``: the day of the
    first attack that differs between the arms (None: none does). ``identical_before_start``: whether that
    is not before the start; None when ``note`` names a key that acts from the beginning.
    ``variance_ratio``: of attacks, paired to unpaired.
    """

    start_day: float | None
    first_difference_day: float | None
    identical_before_start: bool | None
    variance_ratio: float
    note: str


def first_difference(base: pd.DataFrame, scenario: pd.DataFrame) -> float | None:
    """The day of the first attack that is not, or otherwise, in the other table; None when all agree."""
    columns = list(DECIDED)
    both = base[columns].merge(scenario[columns], how="outer", on=columns, indicator=True)
    days = both.loc[both["_merge"] != "both", "day"]
    return float(days.min()) if len(days) else None


def certify(
    base: Scenario, scenario: Scenario, attacks: tuple[pd.DataFrame, pd.DataFrame], variance_ratio: float
) -> Certificate:
    """The certificate of two scenarios and their attacks tables."""
    start, first = first_lever_day(base, scenario), first_difference(*attacks)
    early = acting_from_the_start(base, scenario)
    if early:
        note = f"{', '.join(early)} may act before any programme starts"
        return Certificate(start, first, None, variance_ratio, note)
    identical = first is None or (start is not None and first >= start)
    note = "" if identical else "attacks differ before anything that differs between the scenarios can act"
    return Certificate(start, first, identical, variance_ratio, note)
