"""Shootings and detonations a year, typed as people count them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gvi_sim import load_scenario, simulate
from gvi_sim.config import Scenario
from gvi_sim.errors import ScenarioError

OWN = ("site.key=mine", "site.groups=4", "site.members=60", "site.population=20000", "site.country=SE")


def level(scenario: Scenario) -> tuple[float, float]:
    """(shootings, detonations) a year at reference; the dated share must be off."""
    assert "attacks.detonation_share" not in scenario.calendar.series
    whole, share = scenario.site.attacks_per_year, scenario.attacks.detonation_share
    return pytest.approx(whole * (1 - share)), pytest.approx(whole * share)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("site.shootings_per_year=6", "site.detonations_per_year=2"), (6, 2)),
        (("site.shootings_per_year=6",), (6, 3.3)),  # Huddinge's own detonations
        (("site.detonations_per_year=0",), (7.7, 0)),
        (("site.shootings_per_year=6", "site.detonations_per_year=0"), (6, 0)),
        (("site.shootings_per_year=0", "site.detonations_per_year=0"), (0, 0)),
        ((*OWN, "site.shootings_per_year=7"), (7, 3)),  # no level is known: by the share
        ((*OWN, "site.shootings_per_year=7", "attacks.detonation_share=0.5"), (7, 7)),
    ],
)
def test_the_two_numbers_become_their_sum_and_a_constant_share(words, found) -> None:
    made = load_scenario(*words)
    assert level(made) == found
    assert Scenario.from_yaml(made.to_yaml()) == made and "site.attacks_per_year" in made.fixed


def test_they_are_taken_wherever_a_key_is(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("site: {shootings_per_year: 6, detonations_per_year: 2}\n")
    swept = load_scenario().replace("site.shootings_per_year=6", "site.detonations_per_year=2")
    rolled = load_scenario({"sites": {"huddinge": {"site.shootings_per_year": 6, "site.detonations_per_year": 2}}})
    both = load_scenario({"sites": {"huddinge": {}, "orebro": {}}}, "site=huddinge", "site.shootings_per_year=6")
    assert level(load_scenario(file)) == level(swept) == level(rolled.parts[0]) == (6, 2)
    assert level(swept.replace("site.shootings_per_year=8")) == (8, 2)
    assert swept.replace("site.attacks_per_year=9").site.attacks_per_year == 9
    for made in (rolled, both):
        again = Scenario.from_dict(made.to_dict())
        assert again == made and again.parts == made.parts
    assert both.parts[1] == load_scenario({"sites": {"huddinge": {}, "orebro": {}}}).parts[1]


@pytest.mark.parametrize(
    "words",
    [
        ("site.shootings_per_year=6", "site.attacks_per_year=9"),
        ("site.attacks_per_year=9", "site.detonations_per_year=1"),
        ("site.shootings_per_year=6", "site.detonations_per_year=2", "attacks.detonation_share=0.1"),
        (*OWN, "site.detonations_per_year=2", "attacks.detonation_share=0"),
        ("site.shootings_per_year=-1",),
        ("site.shootings_per_year=many",),
    ],
)
def test_what_contradicts_itself_is_refused_in_words(words) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(*words)
    assert "_per_year" in str(caught.value) and caught.value.exit_code == 2


def test_six_shootings_typed_are_six_shootings_run() -> None:
    made = load_scenario("programme=none", "calendar=flat", "years=10", "burn_in_years=2", "site.shootings_per_year=6")
    counts = simulate(made, replicates=60, seed=4, workers=1, parameters="point").outcomes["shootings"] / 10
    assert abs(counts.mean() - 6.0) < 4 * counts.std(ddof=1) / np.sqrt(60)
    assert counts.std() < 3
