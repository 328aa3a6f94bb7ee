"""The pattern table: every pattern can pass, fail and be unknown; levels follow from patterns and figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import gvi_sim as gvi
from gvi_sim.analysis.patterns.validation import (
    ENOUGH,
    FAILS,
    PASSES,
    PATTERNS,
    UNKNOWN,
    PatternFound,
    Patterns,
    patterns,
)
from gvi_sim.analysis.patterns.validation_levels import CROSS, EXTERNAL, INTERNAL, QUANTITIES, levels
from gvi_sim.experiment.reproduction import load_reproduction, reproduction_names
from gvi_sim.language.catalogue import Words
from gvi_sim.report.building.build_validation import recorded_figures

COMMON = ("site=us_midsize", "years=4", "start_date=2007-07-01", "burn_in_years=6")


def verdicts(*words: str, programme: bool = False) -> dict[str, tuple[str, str]]:
    """Verdict and reason of each pattern, of few runs of a mid-size US city with these overrides."""
    usual = gvi.load_scenario(*COMMON, "programme=none", *words)
    options: dict[str, Any] = {"replicates": 8, "seed": 3, "workers": 1}
    if programme:
        effect = gvi.compare(usual, gvi.load_scenario(*COMMON, "programme=gvi", *words), **options)
        found = patterns(effect.base, effect.scenario)
    else:
        found = patterns(gvi.simulate(usual, **options))
    return {row.key: (row.verdict, row.reason) for row in found.found}


def test_what_a_plain_city_shows() -> None:
    found = verdicts(programme=True)
    expected = {"level", "deaths", "erratic", "offspring", "delays", "season", "effect"}
    assert {key for key, (verdict, _) in found.items() if verdict == PASSES} >= expected


BREACHES = {
    "deaths": ("harm.p_death_given_hit=0.6", "calendar.series={}"),
    "cascades": ("attacks.kappa_retaliation=0", "attacks.kappa_spread=0", "attacks.kappa_repeat=0"),
    "offspring": ("attacks.kappa_retaliation=0", "attacks.kappa_spread=0", "attacks.kappa_repeat=0"),
    "near_repeats": ("attacks.kappa_retaliation=0", "attacks.kappa_spread=0", "attacks.kappa_repeat=0"),
    "delays": ("attacks.fast_delay_days=40",),
    "season": ("calendar.season=[1.4,1.4,1.4,1,1,1,0.8,0.8,0.8,0.8,0.8,0.8]",),
    "groups": ("site.activity_sd=0", "site.size_sd=0"),
    "persons": ("membership.propensity_sd=0", "site.members=400"),
    "fall": ("calendar=flat",),
}


@pytest.mark.slow
@pytest.mark.parametrize("key", BREACHES)
def test_a_pattern_can_fail(key: str) -> None:
    assert verdicts(*BREACHES[key])[key][0] == FAILS


@pytest.mark.slow
def test_what_these_runs_cannot_show_is_not_known() -> None:
    found = verdicts("years=0.5", "calendar=flat", "site.groups=6", "site.rivals_mean=2", "site.allies_mean=1")
    reasons = {"level": "short", "erratic": "short", "fall": "short", "season": "no_season", "groups": "few_groups"}
    assert {key: found[key] for key in reasons} == {key: (UNKNOWN, reason) for key, reason in reasons.items()}
    assert found["effect"] == (UNKNOWN, "no_programme")


def made(*failing: str) -> Patterns:
    """A pattern table in which all but these pass."""
    return Patterns(
        tuple(PatternFound(p.number, p.key, p.sources, FAILS if p.key in failing else PASSES, ()) for p in PATTERNS)
    )


def test_nine_of_twelve_are_kept() -> None:
    keys = [pattern.key for pattern in PATTERNS]
    assert len(keys) == len(set(keys)) == 12 and ENOUGH == 9
    assert made(*keys[:3]).keeps and not made(*keys[:4]).keeps
    assert (made(keys[0]).passed, made(keys[0]).known) == (11, 12)


def test_levels_need_every_pattern_and_every_figure() -> None:
    figures = {name: True for quantity in QUANTITIES for name in quantity.figures}
    assert {level.level for level in levels(made(), figures)} == {EXTERNAL}
    by_key = {level.key: level for level in levels(made("delays"), figures | {"boston_gangs.tied": False})}
    assert (by_key["delay"].level, by_key["delay"].patterns_missing) == (CROSS, ("delays",))
    assert (by_key["effect"].level, by_key["effect"].figures_missing) == (INTERNAL, ("boston_gangs.tied",))
    assert by_key["deaths"].level == EXTERNAL and by_key["effect"].is_exploratory
    assert {level.level for level in levels(made(), {})} <= {INTERNAL, CROSS}


def test_the_linked_figures_and_patterns_exist() -> None:
    figures = {name: load_reproduction(name).figures for name in reproduction_names()}
    shipped = {f"{name}.{figure.name}" for name, found in figures.items() for figure in found if figure.is_checked}
    assert {name for quantity in QUANTITIES for name in quantity.figures} <= shipped
    assert {key for quantity in QUANTITIES for key in quantity.patterns} <= {pattern.key for pattern in PATTERNS}


def test_the_page_of_the_docs_lists_every_pattern_and_what_is_missing_today(root: Path) -> None:
    page, words = (root / "docs" / "validation.md").read_text("utf-8"), Words("en")
    for pattern in PATTERNS:
        assert f"| {pattern.number}. {words(f'pattern.{pattern.key}')} | {', '.join(pattern.sources)} |" in page
    for level in levels(made(), recorded_figures()):
        line = next(line for line in page.splitlines() if line.startswith(f"| {words(f'quantity.{level.key}')} |"))
        missing = ", ".join(level.figures_missing) or "none"
        assert line.endswith(f"| {missing} |"), "run: python docs/make_validation.py"
