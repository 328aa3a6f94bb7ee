"""The registry: no leaf without an entry, no entry without a unit and a source, no site without its facts."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from each import each

from gvi_sim import evidence
from gvi_sim.config import leaves, load_scenario, options
from gvi_sim.config.convert import convert
from gvi_sim.config.sourced_value import Given
from gvi_sim.errors import EvidenceError, ScenarioError
from gvi_sim.evidence import Entry

SITE_FACTS = ("name", "population", "groups", "members", "attacks_per_year")
PLACES = {"default", "SE", "US"}


def entries() -> list[Entry]:
    return list(evidence.entries())


def name(entry: Entry) -> str:
    return f"{entry.key}-{entry.place}"


@each("key", leaves())
def test_every_leaf_has_an_entry_with_unit_and_source_or_assumption(key: str) -> None:
    assert key in evidence.keys(), f"{key} has no entry in the registry"
    for place in evidence.places(key):
        entry = evidence.entry(key, place)
        assert entry.unit
        assert entry.note
        assert entry.sources
        assert entry.grade == "D" or evidence.ASSUMPTION not in entry.sources


def test_no_entry_without_a_leaf() -> None:
    assert set(evidence.keys()) == set(leaves())


@each("entry", entries(), ids=name)
def test_an_entry_fits_the_tree(entry: Entry) -> None:
    assert entry.domain == leaves()[entry.key].name
    convert(entry.key, Given(entry.value, "the registry"))
    if entry.has_off:
        convert(entry.key, Given(entry.off, "the registry"))
    assert entry.place in PLACES | set(options("site"))


@each("entry", [e for e in entries() if e.drawn], ids=name)
def test_a_range_can_be_drawn_from_end_to_end(entry: Entry) -> None:
    quantiles = [entry.quantile(u) for u in (1e-6, 0.05, 0.5, 0.95, 1 - 1e-6)]
    assert quantiles == sorted(quantiles)
    domain = evidence.domain_of(entry.domain)
    assert all(domain.holds(value) for value in quantiles)
    if entry.distribution in {"lognormal", "logitnormal"} and domain.kind == "number":
        assert quantiles[1] == pytest.approx(entry.low)
        assert quantiles[3] == pytest.approx(entry.high)


def test_what_is_fixed_is_never_drawn() -> None:
    entry = evidence.entry("belief.sanction_weight")
    assert not entry.drawn
    with pytest.raises(ValueError, match="fixed"):
        entry.quantile(0.5)


@pytest.mark.parametrize("site", options("site"))
def test_every_site_resolves_from_facts_of_its_own(site: str) -> None:
    scenario = load_scenario(f"site={site}")
    for fact in SITE_FACTS:
        assert f"registry, {site}," in scenario.origin(f"site.{fact}")
    assert site in evidence.places("programme.start_date")


def test_a_site_stands_in_its_own_file_and_none_that_ships_is_unfinished() -> None:
    assert evidence.countries() == ("SE", "US") and set(evidence.sites()) == set(options("site"))
    assert [(site, flaw) for site in evidence.sites() for flaw in evidence.flaws(site)] == []


@each("site, u", product(options("site"), (0.001, 0.3, 0.7, 0.999)))
def test_draws_from_the_registry_break_no_rule(site: str, u: float) -> None:
    base = load_scenario(f"site={site}")
    where = (site, base.site.country)
    drawn = {key: e.quantile(u) for key in leaves() if (e := evidence.find(key, *where)) and e.drawn}
    counts = {key for key in drawn if leaves()[key].kind == "count"}
    scenario = base.replace({key: int(v) if key in counts else v for key, v in drawn.items()})
    assert set(scenario.chosen) == set(drawn)


def test_a_known_entry_by_hand() -> None:
    entry = evidence.entry("exit.assessment_pass")
    assert (entry.value, entry.low, entry.high, entry.grade, entry.sources) == (
        0.5,
        0.4,
        0.6,
        "A",
        ("EX-07",),
    )
    assert evidence.entry("justice.clearance_fatal", "malmo", "SE").value == 0.6
    assert evidence.entry("justice.clearance_fatal", "us_small", "US").value == 0.43
    assert evidence.entry("programme.start_date", "malmo").value == date(2018, 10, 15)


def test_n_at_default_is_moderate_and_its_range_stays_below_one() -> None:
    kappas = [evidence.entry(f"attacks.kappa_{cause}") for cause in ("retaliation", "repeat", "spread")]
    assert sum(float(str(kappa.value)) for kappa in kappas) == pytest.approx(0.2)
    assert sum(kappa.high or 0 for kappa in kappas) < 1
    assert sum(kappa.low or 0 for kappa in kappas) <= 0.05


def test_no_effect_is_inside_the_ranges_of_the_strengths() -> None:
    for key in ("gates.deterrence_strength", "gates.norm_strength", "gates.pressure_strength"):
        assert evidence.entry(key).low == 0


def test_the_swedish_season_has_mean_one_and_a_summer_peak() -> None:
    for place in ("SE", "US"):
        season = load_scenario("site=us_small" if place == "US" else "site=malmo").calendar.season
        assert sum(season) / 12 == pytest.approx(1.0, abs=1e-9)
        assert 6 <= season.index(max(season)) + 1 <= 10


def test_describe_names_sources_and_grade() -> None:
    text = evidence.describe("justice.clearance_fatal", "malmo")
    assert "0.6" in text
    assert "grade A" in text
    assert "SA-04" in text
    assert "default" in evidence.describe("justice.clearance_fatal")


def test_an_unknown_parameter_is_refused_with_the_nearest() -> None:
    with pytest.raises(EvidenceError, match=r"Nearest: exit\.offer_rate"):
        evidence.describe("exit.ofer_rate")
    with pytest.raises(EvidenceError, match="has no value for atlantis; it is known for baltimore_west"):
        evidence.entry("site.population", "atlantis")
    with pytest.raises(EvidenceError, match=r"There is no source 'EF-122'\. Nearest: EF-12"):
        evidence.source("EF-122")


def test_a_site_of_ones_own_must_bring_its_facts() -> None:
    with pytest.raises(
        ScenarioError, match=r"'mytown' is unfinished. Give site\.population=\.\.\. site\.groups=\.\.\. site\.members="
    ):
        load_scenario("site.key=mytown")
