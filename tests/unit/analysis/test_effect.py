"""``compare`` and its ``Effect``: known effects are found, books agree, and what cannot be compared is
refused.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gvi_sim.analysis.pairs.effect import MODES, Effect, compare
from gvi_sim.analysis.pairs.effect_text import SHOWN, outcome_table, precision
from gvi_sim.config import Scenario, load_scenario
from gvi_sim.errors import EngineError, PairingError, ScenarioError
from gvi_sim.execution.storage.store import open_store
from gvi_sim.experiment.opening import open_result
from gvi_sim.language.catalogue import LANGUAGES, Words
from gvi_sim.report.building.build import run_view
from gvi_sim.report.text import wording
from gvi_sim.simulate import simulate
from gvi_sim.units import month_edges


@pytest.fixture
def effect(fake, usual: Scenario, scenario: Scenario) -> Effect:
    return compare(usual, scenario.replace("programme.sanction_certainty=0.5"), replicates=200, seed=2, workers=1)


def test_a_known_effect_is_found(effect: Effect) -> None:
    """The fake drops 0.6 * 0.5 of all attacks from day 0."""
    row = effect.row("attacks")
    assert row.base == pytest.approx(40, abs=2)
    assert row.ratio_precision_low < 0.7 < row.ratio_precision_high < row.ratio_precision_low + 0.05
    assert row.ratio_low < row.ratio_precision_low and row.ratio_precision_high < row.ratio_high < 0.85
    assert row.verdict == "very likely fewer" and row.low < -12 < row.high
    assert row.variance_ratio < 0.3


def test_rows_are_differences_of_the_runs(effect: Effect) -> None:
    for outcome in ("attacks", "cost", "exposure"):
        differences = effect.scenario.outcomes[outcome] - effect.base.outcomes[outcome]
        assert np.array_equal(effect.differences(outcome), differences)
        assert effect.row(outcome).difference == pytest.approx(differences.mean())
    told = effect.outcomes.set_index("outcome")
    assert told.loc["attacks", "low"] == effect.row("attacks").low
    assert list(told.index) == [column for column in effect.base.outcomes if column != "run"]


def test_years_and_modes_add_up(effect: Effect) -> None:
    by_year, by_mode = effect.by_year, effect.by_mode.set_index("mode")
    for outcome in ("shootings", "detonations", "attacks", "detained_days"):
        rows = by_year[by_year["outcome"] == outcome]
        assert rows["difference"].sum() == pytest.approx(effect.row(outcome).difference)
        assert rows["base"].sum() == pytest.approx(effect.row(outcome).base)
    exposure = by_year[by_year["outcome"] == "exposure"]
    days = np.diff(month_edges(effect.base.scenario.start_date, 24)[::12])
    assert np.average(exposure["base"], weights=days) == pytest.approx(effect.row("exposure").base)
    assert sorted(set(by_year["year"])) == [1, 2] and str(by_year["starts"].iloc[-1]) == "2021-01-01"
    assert list(by_mode.index) == list(MODES)
    assert by_mode.loc["shootings", "difference"] + by_mode.loc["detonations", "difference"] == pytest.approx(
        by_mode.loc["attacks", "difference"]
    )


def test_a_year_that_is_not_whole_holds_what_there_is(fake, usual: Scenario, scenario: Scenario) -> None:
    effect = compare(usual.replace("years=1.5"), scenario.replace("years=1.5"), replicates=20, seed=1, workers=1)
    rows = effect.by_year[effect.by_year["outcome"] == "attacks"]
    assert len(rows) == 2 and rows["base"].sum() == pytest.approx(effect.row("attacks").base)


def test_the_same_groups_are_counted_in_both_arms(effect: Effect) -> None:
    """The fake lists groups 0 and 1 of 4; the base lists none, and yet its groups 0 and 1 are counted as
    listed.
    """
    rows = effect.by_listed.set_index(["groups", "outcome"])
    for arm, runs in (("base", effect.base), ("scenario", effect.scenario)):
        groups = runs.table("groups")
        listed = groups[groups["group"] < 2].groupby("run")["attacks"].sum().mean()
        assert rows.loc[("listed", "attacks"), arm] == pytest.approx(listed)
        both = rows.loc[("listed", "shootings"), arm] + rows.loc[("others", "shootings"), arm]
        assert both == pytest.approx(runs.outcomes["shootings"].mean())


def test_without_a_programme_nobody_is_listed(fake, usual: Scenario) -> None:
    effect = compare(usual, usual.replace("exit.offer_rate=0.9"), replicates=10, seed=1, workers=1)
    assert effect.by_listed.empty and list(effect.by_listed.columns)[:2] == ["groups", "outcome"]


def test_a_dose_of_zero_changes_nothing(fake, usual: Scenario, scenario: Scenario) -> None:
    effect = compare(usual, scenario.replace("programme.sanction_certainty=0"), replicates=20, seed=1, workers=1)
    harm = effect.outcomes.set_index("outcome").loc[["attacks", "shootings", "exposure"]]
    assert set(harm["verdict"]) == {"no difference"} and (harm["difference"] == 0).all()
    certificate = effect.certificate
    assert certificate.first_difference_day is None and certificate.identical_before_start is True
    told = effect.text()
    assert "no difference at all in shootings" in told and "Note: Only 20 runs: intervals are wide" in told


def test_nothing_differs_before_the_programme_starts(fake, usual: Scenario, scenario: Scenario) -> None:
    late = scenario.replace("programme.start_date=2021-01-01", "programme.sanction_certainty=1")
    certificate = compare(usual, late, replicates=50, seed=1, workers=1).certificate
    assert certificate.start_day == 366 and certificate.identical_before_start is True
    assert certificate.first_difference_day is not None and 366 <= certificate.first_difference_day < 380


def test_an_early_difference_is_refused(fake, usual: Scenario, scenario: Scenario) -> None:
    """An engine that ignores the start date, so that the certificate has something to find."""
    import fake_engine

    class TooEarly(fake_engine.FakeEngine):
        def _stopped(self, site, day, mark):
            return mark < (0.3 if site.programme_runs()[0] else 0.0)

    fake(TooEarly)
    late = scenario.replace("programme.start_date=2021-01-01")
    with pytest.raises(EngineError, match="attacks differ before"):
        compare(usual, late, replicates=50, seed=1, workers=1)


def test_it_prints_what_terminal_and_report_say_in_either_language(effect: Effect) -> None:
    view = run_view(effect)
    for lang in LANGUAGES:
        words, text = Words(lang).about(view.origin.package), " ".join(effect.text(lang).split())
        said = [wording.headline(words, view), precision(words, view.rows["shootings"])]
        said += [*wording.doubt_texts(words, view), wording.scope(words, view)]
        said += [outcome_table(words, [view.rows[name] for name in SHOWN])]
        assert [it for it in said if " ".join(it.split()) not in text] == []
    assert repr(effect) == str(effect) == effect.text() and "Note:" not in effect.text()
    assert "will" not in effect.text().split()


def test_an_unknown_outcome_is_told_its_nearest(effect: Effect) -> None:
    with pytest.raises(ScenarioError, match="Nearest: shootings"):
        effect.row("shotings")


@pytest.mark.parametrize(
    ("overrides", "key"),
    [
        (("years=3",), "years"),
        (("burn_in_years=1",), "burn_in_years"),
        (("start_date=2020-02-01",), "start_date"),
        (("site.members=99",), "site.members"),
        (("attacks.kappa_spread=0.2",), "attacks.kappa_spread"),
        (("membership.turnover=false",), "membership.turnover"),
        (("calendar.cap=3",), "calendar.cap"),
        (("costs.shooting=1",), "costs.shooting"),
        (("exit.places=3",), "exit.places"),
        (("gates.deterrence_strength=0.123",), "gates.deterrence_strength"),
        (("harm.p_hit=0.9",), "harm.p_hit"),
        (("calendar=sweden",), "calendar.trend"),
    ],
)
def test_other_worlds_are_refused_naming_both(
    fake, usual: Scenario, scenario: Scenario, overrides: tuple[str, ...], key: str
) -> None:
    with pytest.raises(PairingError, match=rf"{key} = .* in the one scenario and .* in the other"):
        compare(usual, scenario.replace(*overrides), replicates=5, seed=1)


def test_other_sites_are_refused(fake, usual: Scenario) -> None:
    with pytest.raises(PairingError, match="huddinge against malmo"):
        compare(usual, load_scenario("site=malmo", "years=2", "start_date=2020-01-01"), replicates=5, seed=1)


def test_a_start_before_the_window_is_no_lever(fake, usual: Scenario, scenario: Scenario) -> None:
    """What ran before the window is simulated too, from another day than business as usual would be."""
    with pytest.raises(PairingError, match=r"programme\.start_date lies before start_date.*2015-01-01.*2020-01-01"):
        compare(scenario.replace("programme.start_date=2015-01-01"), scenario, replicates=5, seed=1)
    assert compare(usual, scenario.replace("programme.start_date=2021-06-01"), replicates=6, seed=1).replicates == 6


def test_runs_of_other_worlds_are_not_paired(fake, usual: Scenario, scenario: Scenario) -> None:
    runs = [simulate(arm, replicates=5, seed=1, workers=1) for arm in (usual, scenario.replace("exit.places=3"))]
    with pytest.raises(PairingError, match=r"exit\.places = .* in the one scenario and 3 in the other"):
        Effect(*runs)


def test_one_replicate_is_not_compared(fake, usual: Scenario, scenario: Scenario) -> None:
    with pytest.raises(ScenarioError, match="at least 2"):
        compare(usual, scenario, replicates=1, seed=1)


def test_runs_of_other_seeds_are_not_paired(fake, usual: Scenario, scenario: Scenario) -> None:
    runs = [simulate(arm, replicates=5, seed=seed, workers=1) for seed, arm in ((1, usual), (2, scenario))]
    with pytest.raises(PairingError, match="only runs of one seed"):
        Effect(*runs)


@pytest.mark.slow
def test_workers_and_folders_change_nothing(tmp_path: Path, effect: Effect, fake) -> None:
    arms = effect.base.scenario, effect.scenario.scenario
    stored = compare(*arms, replicates=200, seed=2, workers=2, out=tmp_path / "run")
    assert stored.outcomes.equals(effect.outcomes) and stored.by_year.equals(effect.by_year)
    again = open_result(tmp_path / "run")
    assert isinstance(again, Effect) and again.text() == effect.text()
    assert again.by_listed.equals(effect.by_listed) and again.certificate == effect.certificate
    assert (again.base.scenario, again.scenario.scenario) == arms
    store = open_store(tmp_path / "run")
    assert {"effect", "by_year", "by_mode", "by_listed"} <= set(store.tables)
    table = store.read_table("effect")
    assert np.array_equal(table["difference"], effect.outcomes["difference"])
    assert store.manifest["event_hash"] == effect.manifest["event_hash"]
    assert [arm["label"] for arm in store.manifest["arms"]] == ["base", "scenario"]
    assert store.manifest["arms"][1]["reference"] == [[1.0, 1.0]]
