"""Whether what a run leaves lies within the bounds that are declared for it (``world.tables.FIELDS``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from months import month_starts

from gvi_sim.config import Scenario
from gvi_sim.dynamics.replicate import Replicate
from gvi_sim.world.tables import FIELDS, LIMITS, Field

YEAR = 365.25
SLACK = 1e-9  # of a bound, for sums that are rounded


def limits(scenario: Scenario, found: Replicate) -> dict[str, float]:
    """The value of every limit in one run of ``scenario``."""
    sites, (_, end) = scenario.each_site(), scenario.window
    months = len(month_starts(scenario.start_date, end)) - 1
    known = {
        "runs": found.replicate, "sites": len(sites) - 1, "groups": sum(s.site.groups for s in sites) - 1,
        "attacks": len(found.tables["attacks"]), "begins": scenario.begins, "end": end, "days": end - scenario.begins,
        "months": months - 1, "age_min": min(s.membership.age_min for s in sites),
        "age_join_max": max(s.membership.age_join_max for s in sites),
    }  # fmt: skip
    assert set(known) == set(LIMITS)
    return known


def outside(name: str, table: Mapping[str, Any], fields: Mapping[str, Field], known: dict[str, float]) -> Iterator[str]:
    """Complaints about one table: columns without bounds, and values beyond them."""
    for column in table:
        if column not in fields:
            yield f"{name}.{column} has no bounds"
            continue
        field, values = fields[column], np.asarray(table[column])
        fits = np.ones(len(values), bool)
        for bound, side in ((field.low, -1), (field.high, 1)):
            if isinstance(bound, str):
                bound = known[bound] if bound in known else np.asarray(table[bound], float)
            slack = SLACK * np.maximum(np.abs(bound), 1.0)
            edge = bound + side * np.where(np.isfinite(slack), slack, 0.0)
            fits &= values >= edge if side < 0 else values <= edge
        if field.whole:
            fits &= values == np.round(values)
        if field.missing is not None:
            fits |= np.isnan(values) if np.isnan(field.missing) else values == field.missing
        if not fits.all():
            yield f"{name}.{column}: {np.unique(values[~fits])[:5]} beyond {field.low} to {field.high}"


def complaints(scenario: Scenario, found: Replicate) -> Iterator[str]:
    """What is wrong with any table, series or outcome of one run."""
    known, tables = limits(scenario, found), found.tables
    for name, table in tables.items():
        yield from outside(name, {column: table[column] for column in table.dtype.names}, FIELDS[name], known)
    sites, months, _ = found.series.shape
    for name, values in (("series", found.series.reshape(sites * months, -1)), ("outcomes", found.outcomes)):
        columns = [column for column in FIELDS[name] if column not in ("run", "site", "month")]
        assert values.shape[1] == len(columns)
        yield from outside(name, dict(zip(columns, values.T, strict=True)), FIELDS[name], known)
    persons = tables["persons"]
    oldest = persons["age_at_join"] + (persons["leave_day"] - persons["join_day"]) / YEAR
    if scenario.membership.turnover and oldest.max() > scenario.membership.age_max + 1e-6:
        yield f"somebody is a member at {oldest.max():.1f}"
