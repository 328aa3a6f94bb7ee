"""The closer look: what it makes of a comparison, keeps in its folder, and refuses to make up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gvi_sim.analysis.decomposition import effect_decomposition
from gvi_sim.analysis.decomposition.effect_by_dose import CERTAINTY, OFFERS, at_ends
from gvi_sim.analysis.decomposition.effect_decomposition import (
    BEFORE_AFTER,
    BY_CAUSE,
    BY_DOSE,
    BY_PART,
    REQUIREMENTS,
    closer_of,
)
from gvi_sim.analysis.decomposition.requirements import kept_share, mean_wait, smallest
from gvi_sim.analysis.pairs.effect import Effect, compare
from gvi_sim.config import load_scenario
from gvi_sim.experiment.opening import open_result
from gvi_sim.experiment.verify import verify
from gvi_sim.language.catalogue import Words
from gvi_sim.report.building.build import run_view
from gvi_sim.report.building.build_decomposition import with_closer
from gvi_sim.report.text.dose_text import dose_texts, need_texts
from gvi_sim.simulate import simulate

WORDS = ("site=huddinge", "programme=gvi", "years=2", "burn_in_years=1", "start_date=2020-01-01",
         "programme.start_date=2020-07-01")  # fmt: skip


@pytest.fixture(scope="module")
def effect(tmp_path_factory: pytest.TempPathFactory) -> Effect:
    scenario = load_scenario(*WORDS)
    out = tmp_path_factory.mktemp("runs") / "effect"
    return compare(scenario.replace("programme=none"), scenario, replicates=8, seed=1, workers=1, out=out)


def test_its_tables_add_up_to_the_effect(effect: Effect) -> None:
    found = closer_of(effect)
    assert dict(found.runs) == dict.fromkeys(effect_decomposition.TABLES, 8) and not found.not_made
    change = effect.row("shootings").difference
    by_dose = found.tables[BY_DOSE].set_index(["lever", "dose"])
    assert by_dose.loc[("", "own"), "difference"] == pytest.approx(change, abs=1e-9)
    assert list(by_dose.index[1:]) == [(key, end) for key in (CERTAINTY, OFFERS) for end in ("never", "always")]
    assert by_dose.loc[(CERTAINTY, "never"), "promises_kept"] == 0 < by_dose.loc[("", "own"), "promises_owed"]
    books = found.tables[BY_CAUSE]
    whole = books[(books["outcome"] == "shootings") & (books["via"] == "all") & (books["gate"] == "all")]
    sums = dict(zip(whole["part"], whole["mean"], strict=True))
    assert sums["created"] + sums["changed"] - sums["averted"] == pytest.approx(change, abs=1e-9)
    parts = found.tables[BY_PART].query("outcome == 'shootings'").set_index("part")["but_for"]
    assert parts["total"] == pytest.approx(change, abs=1e-9)
    terms = found.tables[BEFORE_AFTER].query("groups == 'listed'").set_index("term")["mean"]
    assert terms[["effect", "downstream", "trend", "regression"]].sum() == pytest.approx(terms["naive"], abs=1e-9)


def test_it_is_kept_read_again_and_verified(effect: Effect, monkeypatch: pytest.MonkeyPatch) -> None:
    first = closer_of(effect)
    assert effect.folder is not None
    told = verify(effect.folder, sample=1, seed=1)
    assert told.equal and all(name in told.checked[-2] for name in first.tables)
    monkeypatch.setattr(effect_decomposition, "_made", None)  # nothing is run again
    again = closer_of(open_result(effect.folder))
    assert again.runs == first.runs and all(again.tables[name].equals(first.tables[name]) for name in first.tables)


def test_in_memory_it_is_the_same(effect: Effect) -> None:
    held = compare(effect.base.scenario, effect.scenario.scenario, replicates=8, seed=1, workers=1)
    one, other = closer_of(held), closer_of(effect)
    for name in one.tables:
        numbers = [found.tables[name].select_dtypes("number").to_numpy() for found in (one, other)]
        assert np.array_equal(*numbers, equal_nan=True), name


def test_what_cannot_be_made_has_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = load_scenario("site=huddinge", "programme=none", "years=1", "burn_in_years=1")
    found = closer_of(compare(idle, idle, replicates=2, seed=1, workers=1))
    assert not found.tables and set(found.not_made.values()) == {effect_decomposition.NOT_RUNNING}
    short = load_scenario(*WORDS, "programme.stop_date=2021-06-01")
    made = compare(short.replace("programme.enabled=false"), short, replicates=2, seed=1, workers=1)
    found = closer_of(made)
    assert (
        set(found.tables) == {BY_DOSE, REQUIREMENTS, BY_CAUSE, BY_PART} and "stop_date" in found.not_made[BEFORE_AFTER]
    )
    monkeypatch.setattr(effect_decomposition, "SECONDS", 1e-9)
    found = closer_of(made)
    assert not found.tables and "would take about" in found.not_made[BY_PART]
    monkeypatch.setattr(effect_decomposition, "code_digest", lambda: "another")
    assert set(closer_of(made).not_made.values()) == {effect_decomposition.ANOTHER_CODE}


def test_two_programmes_are_not_taken_for_before_and_after(tmp_path: Path) -> None:
    scenario = load_scenario(*WORDS)
    made = compare(scenario.replace("programme.sanction_certainty=0"), scenario, replicates=2, seed=1, workers=1)
    assert "both sides" in closer_of(made).not_made[BEFORE_AFTER]


@pytest.mark.slow
def test_before_and_after_is_not_told_of_a_few_persons() -> None:
    few = ("site.groups=3", "site.members=14", "site.rivals_mean=1", "site.allies_mean=0", "site.attacks_per_year=6")
    scenario = load_scenario(*WORDS, *few)
    made = compare(scenario.replace("programme.enabled=false"), scenario, replicates=3, seed=1, workers=1)
    found = closer_of(made)
    assert "fewer than 10 members" in found.not_made[BEFORE_AFTER] and BY_PART in found.tables


def test_levers_are_moved_alone_in_every_site_and_certainty_only_where_something_is_promised() -> None:
    words = ("programme.sanction_certainty=0.7", "timeline=[{date: 2026-01-01, programme.sanction_certainty: 0.2}]")
    scenario = load_scenario("site=huddinge", "programme=gvi", *words)
    moved, offers = at_ends(scenario), scenario.exit.offer_rate
    doses = {name: (arm.programme.sanction_certainty, arm.exit.offer_rate) for name, arm in moved.items()}
    assert doses == {(CERTAINTY, "never"): (0, offers), (CERTAINTY, "always"): (1, offers),
                     (OFFERS, "never"): (0.7, 0), (OFFERS, "always"): (0.7, 1)}  # fmt: skip
    dated = [bool(arm.timeline) for arm in moved.values()]
    assert dated == [False, False, True, True]
    silent = load_scenario(*WORDS, "programme.call_in.every_days=0", "programme.notification.per_month=0")
    assert [name[0] for name in at_ends(silent)] == [OFFERS, OFFERS]
    made = compare(silent.replace("programme.enabled=false"), silent, replicates=2, seed=1, workers=1)
    assert CERTAINTY not in set(closer_of(made).tables[BY_DOSE]["lever"])
    assert "no sanction is promised" in " ".join(made_text(made))


def made_text(made: Effect) -> list[str]:
    view = with_closer(run_view(made), made, closer_of(made))
    return dose_texts(Words("en"), view)


def test_a_roll_out_is_not_told_what_one_site_takes() -> None:
    both = load_scenario("sites={malmo: {}, huddinge: {}}", "programme=gvi", "years=1", "burn_in_years=1",
                         "start_date=2023-01-01")  # fmt: skip
    made = compare(both.replace("programme.enabled=false"), both, replicates=2, seed=1, workers=1)
    view = with_closer(run_view(made), made, closer_of(made))
    for lang, reason in (("en", "each site of a roll-out"), ("sv", "varje ort i en utrullning")):
        (told,) = need_texts(Words(lang), view)
        assert reason in told


@pytest.mark.parametrize("least", range(14))
@pytest.mark.parametrize("first", [0, 1, 3, 12])
def test_the_smallest_dose_is_found_from_wherever_the_search_begins(least: int, first: int) -> None:
    tried: list[int] = []
    found = smallest(lambda dose: tried.append(dose) or dose >= least, first, 12)
    assert found == (least if least <= 12 else None)
    assert max(tried) <= 12 and len(tried) == len(set(tried)) <= 9


def test_what_it_takes_is_what_runs_of_that_dose_do(effect: Effect) -> None:
    """The dose that is told reaches the aim and one less does not, in runs of the same seed."""
    scenario = effect.scenario.scenario
    enough = ("programme.sanction_certainty=1", "justice.clearance_hit=1", "programme.sanction.capacity=1",
              "site.attacks_per_year=60", "exit.places=1")  # fmt: skip
    scenario = scenario.replace(*enough)
    made = compare(scenario.replace("programme.enabled=false"), scenario, replicates=6, seed=1, workers=1,
                   parameters="point")  # fmt: skip
    table = closer_of(made).tables[REQUIREMENTS]
    assert len(table)
    for need in table.to_dict("records"):
        measured, sign = (kept_share, 1) if need["lever"].endswith("capacity") else (mean_wait, -1)
        dose = need["most"] if np.isnan(need["dose"]) else need["dose"]
        at = {}
        for tried in (dose, dose - 1):
            arm = scenario.replace({need["lever"]: int(max(tried, 0))})
            at[tried] = measured(simulate(arm, replicates=6, seed=1, workers=1, keep=(), parameters="point").values)
        rel = 1e-9 if sign > 0 else 0.1  # other places make another business as usual, with constants of its own
        assert at[dose] == pytest.approx(need["reached"], rel=rel)
        assert (sign * (at[dose] - need["asked"]) >= 0) != np.isnan(need["dose"])
        assert dose == 0 or np.isnan(need["dose"]) or sign * (at[dose - 1] - need["asked"]) < 0
