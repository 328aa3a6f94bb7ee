"""The pattern table: every pattern can pass, fail and be unknown; levels follow from patterns and figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import gvi_sim as gvi
from gvi_sim.analysis.patterns.validation import (
    ENTERED,
    FAILS,
    PASSES,
    PATTERNS,
    UNKNOWN,
    Pattern,
    PatternFound,
    Patterns,
    patterns,
)
from gvi_sim.analysis.patterns.validation_levels import CROSS, EXTERNAL, INTERNAL, QUANTITIES, levels
from gvi_sim.experiment.reproduction import load_reproduction, reproduction_names
from gvi_sim.language.catalogue import Words
from gvi_sim.report.building.build_validation import recorded_figures

RETURNED = {"level", "deaths", "offspring", "delays", "season"}
"""What is entered and comes back: it checks the code and does not count."""
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
    assert {key for key, (verdict, _) in found.items() if verdict == ENTERED} == RETURNED
    assert {key for key, (verdict, _) in found.items() if verdict == PASSES} >= {"erratic", "effect"}


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
    return Patterns(tuple(PatternFound(p.number, p.key, p.sources, _verdict(p, failing), ()) for p in PATTERNS))


def _verdict(pattern: Pattern, failing: tuple[str, ...]) -> str:
    return FAILS if pattern.key in failing else ENTERED if pattern.returns else PASSES


def test_three_quarters_of_what_is_not_entered_are_asked_for() -> None:
    keys = [pattern.key for pattern in PATTERNS]
    assert len(keys) == len(set(keys)) == 12 and {p.key for p in PATTERNS if p.returns} == RETURNED
    ours = [key for key in keys if key not in RETURNED]
    assert (made().passed, made().known, made().asked) == (7, 7, 6)
    assert made(ours[0]).keeps and not made(*ours[:2]).keeps
    nothing = Patterns(tuple(found._replace(verdict=UNKNOWN) for found in made().found))
    assert (nothing.known, nothing.asked, nothing.keeps) == (0, 3, False), "what shows nothing is not kept for it"
    entered = made("level")
    assert (entered.passed, entered.known, entered.keeps) == (7, 8, True), "an entered one that fails counts"


def test_a_quantity_whose_linked_numbers_were_all_entered_is_not_externally_validated() -> None:
    figures = dict.fromkeys((name for quantity in QUANTITIES for name in quantity.figures), None)
    by_key = {level.key: level for level in levels(made(), figures)}
    assert (by_key["deaths"].level, by_key["deaths"].figures_missing) == (INTERNAL, ())
    assert by_key["dispersion"].level == EXTERNAL, "its patterns come out"


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
