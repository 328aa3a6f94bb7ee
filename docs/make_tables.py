"""Write tables.md from what gvi_sim declares: ``python docs/make_tables.py``. A test holds the page current."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from gvi_sim.execution.planning.years import OF_YEARS, YEARS
from gvi_sim.world.tables import SIZES, STORED_BESIDE, SUMS, TABLES, Field, Table

PAGE = Path(__file__).with_name("tables.md")
HEAD = """# Tables

Written by `docs/make_tables.py` from `gvi_sim/world/tables.py`, where every table of a run is declared once. Every run
leaves `series` and `outcomes`; the others are kept where they are asked for (`keep=("attacks",)`; a comparison keeps
`attacks` and `groups`). A sweep keeps `years` (`gvi_sim/execution/planning/years.py`), since its `series` are sums.
[Reading results](reading_results.md) shows pandas and DuckDB reading them, and [a recipe](recipes/table.md) how to add
one.

Days are counted from the scenario's start date, day 0. In stored files a column of codes holds their names; the tables
of a run in Python hold the codes, the names' places from 0 on. Parquet files say unit, meaning, missing value and codes
of each column in the metadata of their fields.

Among the values, `runs`, `sites`, `groups` and `months` stand for the number of the last one, `attacks` for how many
there were, `begins` and `end` for the first and last day that is simulated, `days` for the time between them, `age_min`
and `age_join_max` for the scenario's keys, and any other name for the column in the same row.
"""


def bounds(field: Field) -> str:
    """Codes or bits of a column, or its bounds."""
    if field.codes:
        return ", ".join(f"`{name}`" for name in field.codes)
    if field.bits:
        return "sum of " + ", ".join(f"{1 << place} `{name}`" for place, name in enumerate(field.bits))
    low, high = (f"`{bound}`" if isinstance(bound, str) else f"{bound:g}" for bound in (field.low, field.high))
    wide = not isinstance(field.high, str) and field.high > 2**32
    if field.low == -math.inf:
        told = f"at most {high}"
    elif wide:
        told = f"at least {low}"
    else:
        told = f"{low} to {high}"
    return told if field.missing is None else f"{told}; {field.missing:g}: {field.if_missing}"


def size(table: Table) -> str:
    """How many rows a run leaves."""
    return ", and ".join(f"{each:g} per {SIZES[thing]}" for thing, each in table.rows.items())


def section(name: str, table: Table) -> Iterator[str]:
    """One table."""
    span = "the burn-in and the window" if table.burn_in else "the window"
    yield f"## `{name}`\n"
    yield f"A row is {table.row}. It covers {span}. Rows a run: about {size(table)}.\n"
    yield "| column | type | unit | meaning | values |\n|---|---|---|---|---|"
    for column, field in table.columns.items():
        kind = "text" if field.codes else field.dtype
        yield f"| `{column}` | {kind} | {field.unit} | {field.meaning} | {bounds(field)} |"
    yield ""


def render() -> str:
    """The whole page."""
    lines = [
        HEAD,
        *(line for name, table in (TABLES | SUMS | {YEARS: OF_YEARS}).items() for line in section(name, table)),
    ]
    lines += ["## In every stored file beside\n", "| column | meaning |\n|---|---|"]
    lines += [f"| `{name}` | {field.meaning} |" for name, field in STORED_BESIDE.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
