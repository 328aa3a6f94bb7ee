"""Filters, histories, country profiles, and the page made of the registry."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from gvi_sim import evidence
from gvi_sim.errors import EvidenceError


def test_filters_take_what_they_say_and_together_less() -> None:
    graded = evidence.filtered(grade="d")
    assert graded and {entry.grade for entry in graded} == {"D"}
    assert {entry.grade for entry in evidence.filtered(grade="AB")} == {"A", "B"}
    cited = evidence.filtered(source_key="SA-04")
    assert cited and all("SA-04" in entry.sources for entry in cited)
    assert {entry.place for entry in evidence.filtered(place="malmo")} == {"malmo"}
    assert {entry.key.split(".")[0] for entry in evidence.filtered(part="programme.")} == {"programme"}
    both = set(evidence.filtered(grade="A", place="SE"))
    assert both == {entry for entry in evidence.filtered(grade="A") if entry.place == "SE"}
    assert len(evidence.filtered()) == len(evidence.entries())


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"grade": "X"}, "There is no grade 'X'"),
        ({"place": "malmoe"}, "Nearest: malmo"),
        ({"source_key": "SA-044"}, r"Nearest: SA-04"),
        ({"part": "kapa"}, "No parameter has 'kapa'"),
    ],
)
def test_a_filter_that_finds_nothing_known_is_refused(filters: dict[str, str], message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        evidence.filtered(**filters)


def test_a_dated_key_tells_its_history() -> None:
    text = evidence.full_text("justice.clearance_fatal", "malmo")
    assert "from 2015-01-01: 0.108" in text and "from 2023-01-01: 0.6" in text
    assert "over time" not in evidence.full_text("attacks.kappa_repeat")


def test_profiles_differ_where_the_countries_do() -> None:
    sweden, states = evidence.profile("SE"), evidence.profile("US")
    value = {side.country: {e.key: e.value for e in side.entries} for side in (sweden, states)}
    assert value["SE"]["harm.p_hit"] == 0.4 and value["US"]["harm.p_hit"] == 1
    assert value["SE"]["harm.p_death_given_hit"] > value["US"]["harm.p_death_given_hit"]
    assert value["SE"]["programme.call_in.summoned"] < value["US"]["programme.call_in.summoned"]
    assert sweden.roster_share[1] < states.roster_share[0]
    with pytest.raises(EvidenceError, match="There is no country 'NO'"):
        evidence.profile("NO")


def test_the_registry_page_is_current(root: Path) -> None:
    made = runpy.run_path(str(root / "docs" / "make_registry.py"))["render"]()
    page = (root / "docs" / "registry.md").read_text("utf-8")
    assert made == page, "run python docs/make_registry.py"
