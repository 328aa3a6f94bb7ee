"""Write registry.md from the evidence registry: ``python docs/make_registry.py``. A test holds the page current."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from gvi_sim import evidence
from gvi_sim.language.catalogue import Words

PAGE = Path(__file__).with_name("registry.md")
HEAD = """# The registry

Written by `docs/make_registry.py` from `gvi_sim/evidence/registry/` and `sources.bib`. One line an entry: a value,
the range an ensemble draws from (or that a calibration takes as prior), its place and period, the grade, and what it
rests on. `gvi-sim evidence KEY` prints one with its sources, note and dated history; `--grade`, `--source`, `--place`
and `--part` filter.
"""


def shown(value: object) -> str:
    """A value in a table's cell."""
    if isinstance(value, tuple | dict):
        return f"table of {len(value)}" if value else "none"
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def spread(entry: evidence.Entry) -> str:
    """The range with its distribution, empty without one."""
    if entry.low is None or entry.high is None:
        return ""
    return f"{entry.low:g} to {entry.high:g}, {'not drawn' if not entry.drawn else entry.distribution}"


def grades() -> str:
    """How many entries have which grade."""
    count = Counter(entry.grade for entry in evidence.entries())
    rows = [f"| {grade} | {Words()(f'evidence.{grade}')} | {count[grade]} |" for grade in evidence.GRADES]
    return "\n".join(["| grade | meaning | entries |", "|---|---|---|", *rows])


def profiles() -> str:
    """Sweden and the United States side by side, with grades."""
    sides = [evidence.profile(country) for country in ("SE", "US")]
    lines = ["## Country profiles", "", "| | Sweden | United States |", "|---|---|---|"]
    for key in evidence.PROFILE:
        cells = [next(f"{shown(e.value)} ({e.grade})" for e in side.entries if e.key == key) for side in sides]
        lines.append(f"| `{key}` [{evidence.unit(key)}] | {' | '.join(cells)} |")
    shares = [f"{side.roster_share[0]:.2%} to {side.roster_share[1]:.2%}" for side in sides]
    return "\n".join(
        [*lines, f"| members of groups as a share of inhabitants, over the sites | {' | '.join(shares)} |"]
    )


def parts() -> Iterator[str]:
    """A table a branch of the scenario."""
    for branch, entries in groupby(evidence.entries(), key=lambda entry: entry.key.split(".")[0]):
        yield f"## {branch}"
        rows = [
            f"| `{e.key}` | {e.place} | {shown(e.value)} | {e.unit} | {spread(e)} | {e.period} | {e.grade} | "
            f"{', '.join(e.sources)} |"
            for e in entries
        ]
        yield "\n".join(["| key | place | value | unit | range | period | grade | sources |", "|---" * 8 + "|", *rows])


def sources() -> str:
    """Every source with its reference, what it says, and how it was seen."""
    rows = [
        f"* **{key}**: {found.reference()} {found.note} *{evidence.STATUSES[found.status]}*"
        for key, found in sorted(evidence.sources().items())
    ]
    return "\n".join(["## Sources", "", *rows])


def render() -> str:
    """The whole page."""
    return "\n\n".join([HEAD.strip(), grades(), profiles(), *parts(), sources()]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
