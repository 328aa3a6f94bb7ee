"""The answer in plain words."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from gvi_sim import evidence, load_scenario
from gvi_sim.report import wording
from gvi_sim.report.origins import beginnings
from gvi_sim.report.view import Doubt, Driver, Estimate, Interaction, NotRunning, Row, RunView, SweepView
from gvi_sim.report.words import Words
from gvi_sim.report.write import report_of

EN, SV = Words("en"), Words("sv")
NAN = float("nan")


def row(name: str, verdict: str, ratio: tuple[float, float, float]) -> Row:
    value, low, high = ratio
    difference = Estimate(100 * (value - 1), 100 * (low - 1), 100 * (high - 1))
    return Row(name, 100.0, 100.0 * value, difference, Estimate(*ratio), verdict)


def lix(text: str) -> float:
    """Läsbarhetsindex: words a sentence plus per cent of words with more than six letters."""
    found = re.findall(r"[^\W\d_]+", text)
    sentences = max(1, len(re.findall(r"[.!?:](?:\s|$)", text)))
    return len(found) / sentences + 100 * sum(len(word) > 6 for word in found) / len(found)


def test_a_clear_effect_has_a_direction_and_an_interval(run: RunView) -> None:
    assert wording.headline(EN, run) == (
        "The model says: over 10 years, GVI in Huddinge gives 24% fewer shootings than without it "
        "(95% interval 20% to 28% fewer)."
    )
    assert "24\u00a0% färre skjutningar" in wording.headline(SV, run)


def test_an_interval_that_holds_nothing_cannot_tell(run: RunView) -> None:
    unsure = row("shootings", "cannot tell", (0.98, 0.93, 1.03))
    view = replace(run, rows=run.rows | {"shootings": unsure})
    assert wording.headline(EN, view) == (
        "The model cannot tell whether GVI in Huddinge changes the number of shootings over 10 years: "
        "anything from 7% fewer to 3% more fits."
    )
    assert "kan inte säga" in wording.headline(SV, view)
    assert "cannot tell" in wording.levels(EN, unsure)


def test_without_a_programme_the_level_is_told_and_why(run: RunView) -> None:
    same = Row("shootings", 77.0, 77.0, Estimate(0, 0, 0), Estimate(1, 1, 1), "same")
    idle = NotRunning("Huddinge", "partners", ("police", "municipality"))
    view = replace(run, rows=run.rows | {"shootings": same}, not_running=(idle,))
    told = wording.answer(EN, view)
    assert told[0].startswith("Without the police and the municipality, no GVI in Huddinge")
    assert "without a programme, Huddinge has on average 77 shootings" in told[1]
    assert wording.answer(SV, view)[0].startswith("Utan polisen och kommunen ingen GVI i Huddinge")


def test_a_programme_that_starts_too_late_is_named_as_the_reason(run: RunView) -> None:
    same = Row("shootings", 77.0, 77.0, Estimate(0, 0, 0), Estimate(1, 1, 1), "same")
    view = replace(run, rows=run.rows | {"shootings": same}, programme_start=2033.2)
    assert wording.answer(EN, view)[0].startswith("GVI starts in 2033, after the 10 years that are compared")
    assert wording.idle(EN, run) == []


def test_every_sentence_names_the_place_the_package_and_the_years_that_ran(run: RunView) -> None:
    origin = replace(run.origin, site="Nystad", spans=(1.0, 5.0), package="support_only")
    for lang in ("en", "sv"):
        words = Words(lang).about(origin.package)
        told = report_of(Words(lang), replace(run, origin=origin, books=None, parts=None, before_after=None))
        tables = [table for part in told.sections for table in part.tables]
        texts = " ".join([told.title, told.meta, *told.answer, *(text for part in told.sections for text in part.texts)]
                         + [cell for table in tables for cell in (table.caption, *table.header)])  # fmt: skip
        assert "Huddinge" not in texts and not re.search(r"\bGVI\b", texts)
        assert words("programme.support_only") in texts and "Nystad" in texts and words.years(1.0, 5.0) in texts


def test_every_place_of_the_registry_says_when_it_begins_and_from_which_source(run: RunView) -> None:
    for place in evidence.places("programme.start_date"):
        origin = replace(run.origin, beginnings=beginnings((load_scenario(f"site={place}"),)))
        for words in (EN, SV):
            (told,) = wording.begins(words, origin)
            assert words(f"begins.{place}") in told and "(2" in told
    assert "spring 2022" in EN("begins.huddinge") and "hösten 2023" in SV("begins.huddinge")


def test_burden_is_told_with_the_answer(run: RunView) -> None:
    assert any("6% more person-years detained" in text for text in wording.answer(EN, run))
    assert any("6\u00a0% fler personår i frihetsberövande" in text for text in wording.answer(SV, run))


def test_an_outcome_that_business_as_usual_lacks_is_told_in_numbers(run: RunView) -> None:
    assert wording.change(EN, run.rows["call_ins"]) == "40 more call-ins"


def test_both_ends_are_named_when_they_point_apart() -> None:
    unsure = row("shootings", "cannot tell", (0.98, 0.93, 1.03))
    assert "7% fewer to 3% more" in wording.change_interval(EN, unsure)


def test_a_small_effect_is_not_rounded_to_nothing() -> None:
    told = wording.change_interval(EN, row("shootings", "lower", (0.97, 0.945, 0.995)))
    assert "0.5%" in told and " 0%" not in told


def test_few_runs_and_much_noise_are_said(run: RunView) -> None:
    noisy = row("shootings", "lower", (0.9, 0.82, 0.98))
    view = replace(run, rows=run.rows | {"shootings": noisy}, origin=replace(run.origin, replicates=20))
    told = wording.warnings(EN, view)
    assert any("Only 20 runs" in text for text in told)
    assert any("more runs would make it surer" in text for text in told)
    assert not wording.is_noisy(run.rows["shootings"])


def test_an_estimate_without_a_value_is_a_dash() -> None:
    assert wording.estimate_text(EN, Estimate(NAN, NAN, NAN)) == "–"
    assert wording.percent_text(SV, Estimate(NAN, NAN, NAN)) == "–"


def test_levers_are_told_one_by_one(sweep: SweepView) -> None:
    first, second = (wording.lever_text(EN, effect) for effect in sweep.lever_effects)
    assert first == (
        "Moving sanction certainty from 0 to 1 averts 36 more shootings (95% interval 31 to 41), "
        "with exit offers 0.5."
    )
    assert "cannot be told (95% interval −1 to 7 shootings averted)" in second
    assert "sanktionssäkerhet 0,5" in wording.lever_text(SV, sweep.lever_effects[1])


def test_an_interaction_has_three_answers() -> None:
    told = [
        wording.interaction_text(EN, Interaction("1", "1", estimate))
        for estimate in (Estimate(0.5, -2, 3), Estimate(8, 4, 12), Estimate(-8, -12, -4))
    ]
    assert "cannot tell any more" in told[0]
    assert "8 more shootings than the sum" in told[1]
    assert "8 fewer shootings than the sum" in told[2]


def test_the_span_of_a_sweep_names_both_ends_with_intervals(sweep: SweepView) -> None:
    told = wording.sweep_headline(EN, sweep)
    assert told.startswith("The model says:") and told.count(" to ") >= 3


def test_the_swedish_answer_is_easy_to_read(run: RunView) -> None:
    assert lix(" ".join(wording.answer(SV, run))) <= 45
    assert not math.isnan(lix("Ord."))


def test_the_headline_holds_the_doubt_about_drawn_values(run: RunView) -> None:
    drivers = (
        Driver("gates.norm_strength", Estimate(0.6, 0.5, 0.7), Estimate(-0.8, -0.9, -0.7), "D", drives=True),
        Driver("belief.vicarious", Estimate(0.0, -0.1, 0.1), Estimate(0.0, -0.2, 0.2), "C", drives=False),
    )
    known = Doubt(100, 2, Estimate(0.76, 0.6, 0.9), Estimate(0.7, 0.6, 0.8), drivers)
    for lang in ("en", "sv"):
        words = Words(lang)
        told = wording.headline(words, replace(run, doubt=known))
        assert words.percent(0.4) in told and words.percent(0.1) in told
        unknown = replace(run, doubt=replace(known, both=Estimate(0.76, 0.5, 1.1)))
        assert wording.headline(words, unknown) != told and words.percent(0.5) in wording.headline(words, unknown)
        texts = " ".join(wording.doubt_texts(words, unknown))
        assert words("key.gates.norm_strength") in texts and words("key.belief.vicarious") not in texts
        few = replace(run, doubt=replace(known, both=None, parameters=None, drivers=()))
        assert wording.headline(words, few) == wording.headline(words, run)
        assert words("doubt.drivers.cannot_tell") in wording.doubt_texts(words, few)
