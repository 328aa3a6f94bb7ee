"""The answer in plain words."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date

from gvi_sim import evidence, load_scenario
from gvi_sim.analysis.decomposition.effect_by_dose import CERTAINTY
from gvi_sim.analysis.inference import graded
from gvi_sim.analysis.inference.estimates import Change, Row, Share, Stated
from gvi_sim.analysis.inference.verdict import Verdict
from gvi_sim.analysis.pairs.uncertainty import Driver, Uncertainty
from gvi_sim.language.catalogue import Words
from gvi_sim.report.building.origins import beginnings
from gvi_sim.report.terminal import run_screen
from gvi_sim.report.text import wording
from gvi_sim.report.text.dose_text import dose_texts, need_texts
from gvi_sim.report.views.dose_view import ByDose, Need
from gvi_sim.report.views.view import Beginning, Interaction, NotRunning, RunView, SweepView
from gvi_sim.report.write import report_of

EN, SV = Words("en"), Words("sv")
NAN = float("nan")


def row(name: str, verdict: Verdict, ratio: tuple[float, float, float], draws: int = 100) -> Row:
    value, low, high = ratio
    difference = Change(100 * (value - 1), 100 * (low - 1), 100 * (high - 1), verdict)
    precision = Stated(value, value - (value - low) / 2, value + (high - value) / 2)
    return Row(name, 100.0, 100.0 * value, difference, Stated(*ratio), precision, Share(0.9, 0.8, 0.95, draws))


SAME = Row("shootings", 77.0, 77.0, Change(0, 0, 0, Verdict.NO_DIFFERENCE), Stated(1, 1, 1), Stated(1, 1, 1),
           Share(0.5, 0.4, 0.6, 100))  # fmt: skip


def lix(text: str) -> float:
    """Läsbarhetsindex: words a sentence plus per cent of words with more than six letters."""
    found = re.findall(r"[^\W\d_]+", text)
    sentences = max(1, len(re.findall(r"[.!?:](?:\s|$)", text)))
    return len(found) / sentences + 100 * sum(len(word) > 6 for word in found) / len(found)


def test_the_headline_says_the_graded_word_and_the_stated_interval(run: RunView) -> None:
    assert wording.headline(EN, run) == (
        "The model says: with GVI, Huddinge has very likely fewer shootings over 10 years: 24% fewer than without it "
        "(95% interval 20% to 28% fewer)."
    )
    assert "med GVI har Huddinge mycket sannolikt färre skjutningar under 10 år: 24\u00a0% färre" in wording.headline(
        SV, run
    )


def test_where_no_direction_can_be_told_both_ends_are(run: RunView) -> None:
    unsure = row("shootings", Verdict.CANNOT_TELL, (0.98, 0.93, 1.03))
    view = replace(run, rows=run.rows | {"shootings": unsure})
    assert wording.headline(EN, view) == (
        "The model says: cannot tell whether Huddinge has fewer or more shootings with GVI over 10 years: "
        "2% fewer than without it (95% interval 7% fewer to 3% more)."
    )
    assert "det går inte att avgöra om Huddinge har färre eller fler skjutningar" in wording.headline(SV, view)


def test_at_the_scenario_s_own_values_the_word_is_about_chance_alone(run: RunView) -> None:
    alone = row("shootings", Verdict.LIKELY_FEWER, (0.9, 0.8, 1.01), draws=0)
    view = replace(run, rows=run.rows | {"shootings": alone})
    assert "at these values, with GVI, Huddinge has likely fewer shootings" in wording.headline(EN, view)
    assert "vid dessa värden, med GVI har Huddinge sannolikt färre skjutningar" in wording.headline(SV, view)


FORMS = {
    Verdict.VERY_LIKELY_FEWER: ("mycket sannolikt färre", "very likely lower", "mycket sannolikt lägre"),
    Verdict.LIKELY_FEWER: ("sannolikt färre", "likely lower", "sannolikt lägre"),
    Verdict.RATHER_FEWER: ("snarare färre än fler", "more likely lower than higher", "snarare lägre än högre"),
    Verdict.CANNOT_TELL: ("går inte att avgöra", "cannot tell", "går inte att avgöra"),
    Verdict.RATHER_MORE: ("snarare fler än färre", "more likely higher than lower", "snarare högre än lägre"),
    Verdict.LIKELY_MORE: ("sannolikt fler", "likely higher", "sannolikt högre"),
    Verdict.VERY_LIKELY_MORE: ("mycket sannolikt fler", "very likely higher", "mycket sannolikt högre"),
    Verdict.NO_DIFFERENCE: ("ingen skillnad", "no difference", "ingen skillnad"),
}


def test_every_verdict_has_one_form_in_either_language_of_what_is_counted_and_what_is_measured() -> None:
    for verdict in Verdict:
        assert graded.grade(EN, verdict, "shootings") == verdict.value
        told = (graded.grade(SV, verdict, "shootings"), graded.grade(EN, verdict, "cost"))
        assert (*told, graded.grade(SV, verdict, "detained_days")) == FORMS[verdict]
        assert verdict.mirrored.sign == -verdict.sign and verdict.mirrored.sureness == verdict.sureness


def test_without_a_programme_the_level_is_told_and_why(run: RunView) -> None:
    idle = NotRunning("Huddinge", "partners", ("police", "municipality"))
    view = replace(run, rows=run.rows | {"shootings": SAME}, not_running=(idle,))
    told = wording.answer(EN, view)
    assert told[0].startswith("Without the police and the municipality, no GVI in Huddinge")
    assert "without a programme, Huddinge has on average 77 shootings" in told[1]
    assert wording.answer(SV, view)[0].startswith("Utan polisen och kommunen ingen GVI i Huddinge")


def test_a_programme_that_starts_too_late_is_named_as_the_reason(run: RunView) -> None:
    late = Beginning("Huddinge", "huddinge", date(2033, 3, 1), ("a source",), "B")
    view = replace(run, rows=run.rows | {"shootings": SAME}, origin=replace(run.origin, beginnings=(late,)))
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
    told = "person-years detained very likely higher, 6% higher"
    assert any(told in text for text in wording.answer(EN, run))
    told = "personår i frihetsberövande mycket sannolikt högre, 6\u00a0% högre"
    assert any(told in text for text in wording.answer(SV, run))


def test_an_outcome_that_business_as_usual_lacks_is_told_in_numbers(run: RunView) -> None:
    assert graded.change_in_words(EN, run.rows["call_ins"]) == "40 more"


def test_both_ends_are_named_when_they_point_apart() -> None:
    unsure = row("shootings", Verdict.CANNOT_TELL, (0.98, 0.93, 1.03))
    assert "7% fewer to 3% more" in graded.change_interval(EN, unsure)


def test_a_small_effect_is_not_rounded_to_nothing() -> None:
    told = graded.change_interval(EN, row("shootings", Verdict.VERY_LIKELY_FEWER, (0.97, 0.945, 0.995)))
    assert "0.5%" in told and " 0%" not in told


def test_few_runs_and_much_noise_are_said(run: RunView) -> None:
    noisy = row("shootings", Verdict.VERY_LIKELY_FEWER, (0.9, 0.82, 0.98))
    view = replace(run, rows=run.rows | {"shootings": noisy}, origin=replace(run.origin, replicates=20))
    told = wording.warnings(EN, view)
    assert any("Only 20 runs" in text for text in told)
    assert any("more runs would make it surer" in text for text in told)
    assert not wording.is_noisy(run.rows["shootings"])


def test_an_estimate_without_a_value_is_a_dash() -> None:
    assert graded.estimate_text(EN, Stated(NAN, NAN, NAN)) == "–"
    assert graded.percent_text(SV, Stated(NAN, NAN, NAN)) == "–"


def test_levers_are_told_one_by_one(sweep: SweepView) -> None:
    first, second = (wording.lever_text(EN, effect) for effect in sweep.lever_effects)
    assert first == (
        "Moving sanction certainty from 0 to 1 averts likely more shootings: 36 (95% interval 31 to 41), "
        "with exit offers 0.5."
    )
    assert "cannot tell (95% interval −1 to 7 shootings averted)" in second
    assert "sanktionssäkerhet 0,5" in wording.lever_text(SV, sweep.lever_effects[1])


def test_an_interaction_has_three_answers() -> None:
    told = [
        wording.interaction_text(EN, Interaction("1", "1", estimate))
        for estimate in (
            Change(0.5, -2, 3, Verdict.CANNOT_TELL),
            Change(8, 4, 12, Verdict.LIKELY_MORE),
            Change(-8, -12, -4, Verdict.VERY_LIKELY_FEWER),
        )
    ]
    assert "cannot tell" in told[0]
    assert "likely more shootings than the sum of each alone: 8" in told[1]
    assert "very likely fewer shootings than the sum of each alone: 8" in told[2]


def test_the_span_of_a_sweep_names_both_ends_with_intervals(sweep: SweepView) -> None:
    told = wording.sweep_headline(EN, sweep)
    assert told.startswith("The model says:") and told.count(" to ") >= 3


def test_the_swedish_answer_is_easy_to_read(run: RunView) -> None:
    assert lix(" ".join(wording.answer(SV, run))) <= 45
    assert not math.isnan(lix("Ord."))


def test_the_share_of_draws_and_the_drivers_stand_beside_the_answer(run: RunView) -> None:
    drivers = (
        Driver("gates.norm_strength", Stated(-0.8, -0.9, -0.7), Stated(0.6, 0.5, 0.7), True, "D"),
        Driver("belief.vicarious", Stated(0.0, -0.2, 0.2), Stated(0.0, -0.1, 0.1), False, "C"),
    )
    half = Stated(0.7, 0.6, 0.8)
    keys = tuple(driver.key for driver in drivers)
    known = Uncertainty("shootings", 100, 200, half, half, half, drivers, keys, ())
    for words in (EN, SV):
        texts = " ".join(wording.doubt_texts(words, replace(run, doubt=known)))
        share = run.rows["shootings"].share
        assert all(words.percent(end) in texts for end in (share.value, share.low, share.high))
        assert words("key.gates.norm_strength") in texts and words("key.belief.vicarious") not in texts
        few = replace(run, doubt=replace(known, parameters=None, drivers=()))
        assert words("doubt.drivers.cannot_tell") in wording.doubt_texts(words, few)


def test_how_much_depends_on_promises_kept_is_computed(run: RunView) -> None:
    found = run.by_dose
    assert found is not None
    for shift, key in ((0.05, "most"), (0.2, "some"), (0.3, "none")):
        never = row("shootings", Verdict.LIKELY_FEWER, (0.76 + shift, 0.75, 1.1))
        own = row("shootings", Verdict.LIKELY_FEWER, (0.76, 0.7, 0.8))
        view = replace(run, by_dose=with_certainty(found, never, own))
        for words in (EN, SV):
            told = dose_texts(words, view)[0]
            share = words.percent(max((shift - 0.24) / -0.24, 0.0))
            assert (told.endswith(words(f"certainty.left.{key}", share=share)) and "certainty 1" in told) or words is SV
    untold = row("shootings", Verdict.CANNOT_TELL, (0.99, 0.9, 1.1))
    view = replace(run, by_dose=with_certainty(found, untold, untold))
    assert "depend" not in dose_texts(EN, view)[0]
    missing = replace(run, by_dose=None, not_made=(("doses", "no programme runs"),))
    assert "no programme runs" in dose_texts(EN, missing)[0]
    assert "promised" in dose_texts(EN, replace(run, by_dose=replace(found, ends={})))[0]


def with_certainty(found: ByDose, never: Row, own: Row) -> ByDose:
    ends = {end: replace(one, row=never) if end == "never" else one for end, one in found.ends[CERTAINTY].items()}
    return replace(found, own=replace(found.own, row=own), ends=found.ends | {CERTAINTY: ends})


def test_what_it_takes_is_told_with_its_cost_or_as_out_of_reach(run: RunView) -> None:
    capacity = Need("programme.sanction.capacity", 0.45, 3.0, 0.47, 7.0, 12.0, 2.0, 0.22, 9.0)
    places = Need("exit.places", 30.0, None, 44.0, 60.0, 12.0, 8.0, 71.0, 9.0)
    for words in (EN, SV):
        one, other = need_texts(words, replace(run, needs=(capacity, places)))
        assert all(
            text in one
            for text in (words.percent(0.45), words.percent(0.22), " 3 ", " 2", words.number(12.0), words.number(9.0))
        )
        assert all(text in other for text in (" 60 ", " 44 ", " 71 ", " 8")) and words.number(12.0) not in other
        assert one in wording.answer(words, replace(run, needs=(capacity, places)))


def test_a_place_that_fails_the_project_s_own_screen_says_so(run: RunView) -> None:
    for words in (EN, SV):
        (told,) = wording.screened(words, run)
        assert told in wording.answer(words, run) and " ".join(told.split()) in " ".join(run_screen(words, run).split())
        for number in (1, 2, 9):  # passed, known, asked
            assert str(number) in told
    assert run.validation is not None
    assert wording.screened(EN, replace(run, validation=replace(run.validation, keeps=True))) == []
