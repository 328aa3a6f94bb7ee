"""Write validation.md: ``python docs/make_validation.py``. Runs every Swedish site and two US ones, some minutes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gvi_sim as gvi
from gvi_sim.analysis.patterns.validation import ENOUGH, FAILS, PASSES, PATTERNS, Patterns, patterns
from gvi_sim.analysis.patterns.validation_levels import levels
from gvi_sim.language.catalogue import Words
from gvi_sim.report.building.build_validation import recorded_figures

PAGE = Path(__file__).with_name("validation.md")
SITES = (
    "huddinge", "jarfalla", "upplands_bro", "malmo", "orebro", "goteborg", "uppsala", "us_small", "us_midsize",
)  # fmt: skip
REPLICATES, YEARS, SEED = 100, 10, 20_261_128
MARK = {PASSES: "pass", FAILS: "FAIL"}


def found() -> dict[str, Patterns]:
    """The patterns of every site, business as usual and with GVI."""
    made = {}
    for site in SITES:
        with_gvi = gvi.load_scenario(f"site={site}", "programme=gvi", f"years={YEARS}")
        effect = gvi.compare(with_gvi.replace("programme=none"), with_gvi, replicates=REPLICATES, seed=SEED)
        made[site] = patterns(effect.base, effect.scenario)
    return made


def render(made: dict[str, Patterns]) -> str:
    """The page."""
    words = Words("en")
    return "\n".join([*_patterns(words, made), *_levels(words, made)]) + "\n"


def _patterns(words: Words, made: dict[str, Patterns]) -> Iterator[str]:
    yield f"""# Validation: weak patterns and levels

Written by `docs/make_validation.py` with version {gvi.__version__}: {REPLICATES} paired runs of {YEARS} years of
each site, seed {SEED}. The report of every run holds the same tables for that run. No single pattern says much; a model
is kept when at least {ENOUGH} of the twelve pass. A dash: runs like these cannot show it. Some patterns pass because a
value that was entered comes out again (delays, season, n): that is a check of the code, not of the world.

## Twelve weak patterns
"""
    yield "| pattern | sources | " + " | ".join(SITES) + " |"
    yield "|---|---|" + "---|" * len(SITES)
    for place, pattern in enumerate(PATTERNS):
        cells = [_cell(made[site], place) for site in SITES]
        name = f"{pattern.number}. {words(f'pattern.{pattern.key}')}"
        yield f"| {name} | {', '.join(pattern.sources)} | " + " | ".join(cells) + " |"
    counts = [f"**{made[site].passed} of {made[site].known}**" for site in SITES]
    yield "| passing, of those known | | " + " | ".join(counts) + " |"


def _cell(one: Patterns, place: int) -> str:
    row = one.found[place]
    if row.verdict not in MARK:
        return "–"
    return f"{MARK[row.verdict]} ({'; '.join(f'{check.value:.2f}' for check in row.checks)})"


def _levels(words: Words, made: dict[str, Patterns]) -> Iterator[str]:
    yield f"""
## Validation level of each quantity

{words("text.validation.levels")} Linked published figures are those of [reproductions](reproductions.md).
"""
    yield "| quantity | " + " | ".join(SITES) + " | published figures that are missing |"
    yield "|---" * (len(SITES) + 2) + "|"
    reached = {site: levels(made[site], recorded_figures()) for site in SITES}
    for place, level in enumerate(reached[SITES[0]]):
        cells = [reached[site][place].level for site in SITES]
        missing = ", ".join(level.figures_missing) or "none"
        yield f"| {words(f'quantity.{level.key}')} | " + " | ".join(cells) + f" | {missing} |"


if __name__ == "__main__":
    PAGE.write_text(render(found()), encoding="utf-8")
