"""A sweep in plain words."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

from ..analysis.intervals import Estimate
from ..analysis.verdict import Verdict
from ..analysis.wording import CAVEAT, DRAWN_CAVEAT, in_words, notes

if TYPE_CHECKING:
    from .sweep import Sweep

OUTCOME = "shootings"
MOST_LINES = 40


def sweep_summary(sweep: Sweep) -> str:
    """A heading, shootings by cell, the interactions that can be told from nothing, and the caveat."""
    rows = sweep.cells[sweep.cells["outcome"] == OUTCOME].to_dict("records")
    lines = [
        f"{sweep.design.name}: {len(rows)} cells by {sweep.replicates} replicates, seed {sweep.seed}. The "
        f"model says, {OUTCOME} a run against business as usual:"
    ]
    lines += [f"  {row['label']}: {in_words(_estimate(row))}" for row in rows[:MOST_LINES]]
    if len(rows) > MOST_LINES:
        lines.append(f"  and {len(rows) - MOST_LINES} more cells in the table cells.")
    caveat = CAVEAT if sweep.parameters is None else DRAWN_CAVEAT
    return "\n".join([*lines, *_interactions(sweep), *notes(sweep.replicates, sweep.warnings), caveat])


def _interactions(sweep: Sweep) -> list[str]:
    table = sweep.interactions
    if table.empty:
        return []
    rows = table[table["outcome"] == OUTCOME].to_dict("records")
    told = [row for row in rows if Verdict(row["verdict"]).sign]
    if not told:
        return [f"Together the axes do what they do apart, as far as {sweep.replicates} replicates can tell."]
    largest = max(told, key=lambda row: abs(float(row["interaction"])))
    return [
        f"Together {largest['first']}={largest['first_level']} and "
        f"{largest['second']}={largest['second_level']} change {OUTCOME} by {largest['interaction']:+.3g} "
        f"({largest['low']:+.3g} to {largest['high']:+.3g}) more than the two apart add up to; this is the "
        "largest such difference."
    ]


def _estimate(row: Mapping[Hashable, Any]) -> Estimate:
    return Estimate(*(row[field] for field in Estimate._fields))
