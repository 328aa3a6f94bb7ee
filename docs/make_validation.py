"""Write validation.md: ``python docs/make_validation.py``. Runs every Swedish site and two US ones, some minutes."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.stats import t as t_distribution

import gvi_sim as gvi
from gvi_sim.analysis.calibration.priors import KAPPAS
from gvi_sim.analysis.measures.listed_groups import LISTED, listed_counts
from gvi_sim.analysis.patterns.validation import ENOUGH, ENTERED, FAILS, PASSES, PATTERNS, Patterns, patterns
from gvi_sim.analysis.patterns.validation_levels import levels
from gvi_sim.config.value_text import value_at
from gvi_sim.evidence import DEFAULT_PLACE, find
from gvi_sim.execution.ensembles.packaged import FOLDER, NAME, packaged_ensemble
from gvi_sim.experiment.reproduction import load_reproduction
from gvi_sim.experiment.reproduction_run import from_recorded
from gvi_sim.language.catalogue import Words
from gvi_sim.report.building.build_validation import recorded_figures

if TYPE_CHECKING:
    from gvi_sim.analysis.estimand import Measured
    from gvi_sim.analysis.pairs.effect import Effect
    from gvi_sim.config import Scenario

PAGE = Path(__file__).with_name("validation.md")
PROSE = Path(__file__).parent / "studies" / "validation_prose.md"
SITES = (
    "huddinge", "jarfalla", "upplands_bro", "malmo", "orebro", "goteborg", "uppsala", "us_small", "us_midsize",
)  # fmt: skip
REPLICATES, YEARS, SEED = 100, 10, 20_261_128
CITIES = (
    ("Boston, treated gangs", "boston_gangs", "treated"),
    ("Chicago, treated factions", "chicago_factions", "year_after"),
    ("Baltimore, the district", "baltimore_district", "district"),
    ("New Haven, group-involved shootings", "new_haven", "relative"),
    ("Cincinnati, group homicides", "sanction_capacity", "enough_size"),
)
CERTAINTY = "programme.sanction_certainty"
OF_N, SIZES_OF_N = ("huddinge", "malmo"), (0.05, 0.2, 0.4)
MARK = {PASSES: "pass", FAILS: "FAIL", ENTERED: "entered"}


@cache
def _ensemble() -> dict[str, Any]:
    return dict(json.loads((FOLDER / f"{NAME}.json").read_text("utf-8")))


def achieved() -> dict[str, Any]:
    """What the packaged draws do, as measured when they were made."""
    return dict(_ensemble()["achieved"])


def targets() -> dict[str, Any]:
    """What the packaged draws were calibrated to."""
    return dict(_ensemble()["targets"])


class Found(NamedTuple):
    """What the runs of one site show: patterns, and in how many of the draws listed groups gain more than the area."""

    patterns: Patterns
    gain_more: int
    draws: int


def found() -> dict[str, Found]:
    """What every site shows, business as usual and with GVI."""
    made = {}
    for site in SITES:
        with_gvi = gvi.load_scenario(f"site={site}", "programme=gvi", f"years={YEARS}")
        effect = gvi.compare(with_gvi.replace("programme=none"), with_gvi, replicates=REPLICATES, seed=SEED)
        made[site] = Found(patterns(effect.base, effect.scenario), *_gain_more(effect))
    return made


def _gain_more(effect: Effect) -> tuple[int, int]:
    """Draws in which attacks by listed groups fall more than all attacks, of those with listed and other groups."""
    counts = listed_counts(effect.base.table("groups"), effect.scenario.table("groups"), effect.replicates)
    by_draw = [
        np.array([arm[effect.draws == draw].sum(axis=0) for draw in np.unique(effect.draws)]) for arm in counts.values
    ]
    attacks = [LISTED.index((groups, "attacks")) for groups in ("listed", "others")]
    base, scenario = (arm[:, attacks] for arm in by_draw)
    both = (base > 0).all(axis=1)
    listed = scenario[both, 0] / base[both, 0]
    area = scenario[both].sum(axis=1) / base[both].sum(axis=1)
    return int((listed < area).sum()), int(both.sum())


def render(made: dict[str, Found]) -> str:
    """The page."""
    words, shown = Words("en"), {site: one.patterns for site, one in made.items()}
    return "\n".join([*_patterns(words, shown), *_levels(words, shown)]) + "\n" + _rest(made)


def _patterns(words: Words, made: dict[str, Patterns]) -> Iterator[str]:
    yield f"""# Validation: weak patterns and levels

Written by `docs/make_validation.py` with version {gvi.__version__}: {REPLICATES} paired runs of {YEARS} years of
each site, seed {SEED}. The report of every run holds the same tables for that run. No single pattern says much; a model
is kept when at least {ENOUGH:.0%} of those that count pass. A dash: runs like these cannot show it. A pattern that only
gives back what was entered (level, deaths, n, delays, season) is a check of the code, not of the world: marked
"entered" it does not count, and counts as a failure if it fails.

## Twelve weak patterns
"""
    yield "| pattern | sources | " + " | ".join(SITES) + " |"
    yield "|---|---|" + "---|" * len(SITES)
    for place, pattern in enumerate(PATTERNS):
        cells = [_cell(made[site], place) for site in SITES]
        name = f"{pattern.number}. {words(f'pattern.{pattern.key}')}"
        yield f"| {name} | {', '.join(pattern.sources)} | " + " | ".join(cells) + " |"
    counts = [f"**{made[site].passed} of {made[site].known}**" for site in SITES]
    yield "| passing, of those that count | | " + " | ".join(counts) + " |"


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


def _rest(made: dict[str, Found]) -> str:
    """What is told besides: one city left out, what stays a misfit, point values."""
    low, middle, high = achieved()["treated"]
    shown = {
        "cities": "\n".join(_cities()),
        "range": f"{low:.2f} to {high:.2f}, middle {middle:.2f}",
        "three n": "\n".join(_three_n()),
        "gain more": "; ".join(f"{site} {one.gain_more} of {one.draws}" for site, one in made.items() if one.draws),
        "number": str(achieved()["medoid"]),
        "medoid": "\n".join(_medoid()),
    }
    text = PROSE.read_text("utf-8")
    for name, told in shown.items():
        text = text.replace(f"<!-- {name} -->", told)
    return text


def _cities() -> Iterator[str]:
    rows = [_city(*city) for city in CITIES]
    logs = np.log([published for _, published, _ in rows])
    low, _, high = achieved()["treated"]
    yield "| city | published | others | target | model | published lies |"
    yield "|---|---|---|---|---|---|"
    for k, (name, published, model) in enumerate(rows):
        others = np.delete(logs, k)
        reach = t_distribution.ppf(0.95, len(others) - 1) * others.std(ddof=1) * math.sqrt(1 + 1 / len(others))
        first, middle, last = (math.exp(others.mean() + side * reach) for side in (-1, 0, 1))
        target = targets()["treated"]["middle"] * math.exp(others.mean() - logs.mean())
        ranges = {"the others": (first, last), "the draws": (low, high)}
        lies = [
            f"inside {ours}" if start <= published <= end else f"**outside {ours}**"
            for ours, (start, end) in ranges.items()
        ]
        change, ends = model.value + 1, [end + 1 for end in model.interval]
        cells = (
            name, f"{published:.2f}", f"{middle:.2f} ({first:.2f} to {last:.2f})", f"{target:.2f}",
            f"{change:.2f} [{ends[0]:.2f}, {ends[1]:.2f}]", ", ".join(lies),
        )  # fmt: skip
        yield "| " + " | ".join(cells) + " |"


def _city(name: str, experiment: str, figure: str) -> tuple[str, float, Measured]:
    made = from_recorded(load_reproduction(experiment))
    (outcome,) = (one for one in made.outcomes if one.figure.name == figure)
    return name, 1.0 + float(outcome.figure.published or math.nan), outcome.found


def _three_n() -> Iterator[str]:
    split = {key: float(value_at(gvi.load_scenario(), key)) for key in KAPPAS}  # type: ignore[arg-type]
    yield "| place | n | as planned | no promise kept | every promise kept |"
    yield "|---|---|---|---|---|"
    for site in OF_N:
        for n in SIZES_OF_N:
            kappas = {key: round(value / math.fsum(split.values()) * n, 10) for key, value in split.items()}
            with_gvi = gvi.load_scenario(f"site={site}", "programme=gvi", f"years={YEARS}", kappas)
            arms = (with_gvi, *(with_gvi.replace({CERTAINTY: certainty}) for certainty in (0.0, 1.0)))
            yield f"| {site} | {n:g} | " + " | ".join(_change(arm) for arm in arms) + " |"


def _change(with_gvi: Scenario) -> str:
    row = gvi.compare(with_gvi.replace("programme=none"), with_gvi, replicates=REPLICATES, seed=SEED).row("shootings")
    return f"{row.ratio - 1:+.0%} [{row.ratio_low - 1:+.0%}, {row.ratio_high - 1:+.0%}]"


def _medoid() -> Iterator[str]:
    yield "| key | registry | the draw in the middle |"
    yield "|---|---|---|"
    for key, value in packaged_ensemble().overrides(int(achieved()["medoid"])).items():
        entry = find(key, DEFAULT_PLACE)
        yield f"| `{key}` | {'–' if entry is None else entry.value} | {value} |"


if __name__ == "__main__":
    PAGE.write_text(render(found()), encoding="utf-8")
