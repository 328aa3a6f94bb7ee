"""What a closer look says: names, directions, and no more than can be told."""

from __future__ import annotations

from dataclasses import replace

from gvi_sim.analysis.decomposition.regression import TERMS
from gvi_sim.analysis.inference.estimates import Change
from gvi_sim.analysis.inference.verdict import Verdict
from gvi_sim.analysis.pairs.components import PARTS
from gvi_sim.analysis.pairs.ledger import REASONS, VIAS
from gvi_sim.language.catalogue import Words, sentences
from gvi_sim.report.pages import decomposition_text
from gvi_sim.report.terminal import screen
from gvi_sim.report.views.view import Part, PartsView, RunView
from gvi_sim.report.write import report_of


def around(value: float) -> Change:
    ends = sorted((0.9 * value, 1.1 * value))
    words = (Verdict.NO_DIFFERENCE, Verdict.VERY_LIKELY_MORE, Verdict.VERY_LIKELY_FEWER)
    return Change(value, ends[0], ends[1], words[(value > 0) - (value < 0)])


def test_every_cause_way_part_and_term_has_a_name() -> None:
    wanted = {f"gate.{name}" for name in REASONS} | {f"part.{name}" for name in (*PARTS, "rest", "total")}
    wanted |= {f"term.{name}" for name in ("before", "after", *TERMS)} | {f"section.{name}" for name in
               ("ledger", "parts", "before_after")}  # fmt: skip
    wanted |= {f"ledger.line.way.{way}" for way in VIAS if way and way != "more_offspring"}
    assert wanted <= set(sentences()) and decomposition_text.TERMS == TERMS


def test_sections_follow_the_harm(words: Words, run: RunView) -> None:
    names = [section.name for section in report_of(words, run).sections]
    assert names[names.index("listed") + 1 :][:4] == ["doses", "ledger", "parts", "before_after"]


def test_what_was_not_made_says_why(words: Words, run: RunView) -> None:
    view = replace(run, books=None, parts=None, before_after=None, not_made=(("parts", "it would take 3 days"),))
    told = {section.name: section.texts for section in report_of(words, view).sections}
    assert "it would take 3 days" in told["parts"][0] and "ledger" not in told


def test_the_books_have_every_line_with_its_sign(words: Words, run: RunView) -> None:
    assert run.books is not None
    table = decomposition_text._books_table(words, run.books)
    assert [row[0][0] for row in table.rows if row[0][0] in "−+="] == ["−", "+", "+", "="]
    assert len(table.rows) == 7 and all(len(row) == 5 for row in table.rows)


def test_nothing_averted_is_told_as_such(words: Words, run: RunView) -> None:
    books = run.books
    assert books is not None
    none = replace(books, sums=books.sums | {"averted": {"shootings": around(0)}}, ways={}, causes=())
    assert decomposition_text.ledger_answer(words, none) == words("ledger.answer.none")


def test_the_answer_names_the_largest_part_only_where_it_can(words: Words, run: RunView) -> None:
    parts = run.parts
    assert parts is not None
    assert decomposition_text.parts_answer(words, parts).startswith(words("part.contacts").lower())
    unsure = Part("total", False, Change(-1, -3, 1, Verdict.CANNOT_TELL), around(0))
    rows = (*parts.by_outcome["shootings"][:-1], unsure)
    what = words("outcome.shootings")
    told = decomposition_text.parts_answer(words, replace(parts, by_outcome={"shootings": rows}))
    assert told == words("parts.answer.none", what=what)
    still = tuple(Part(name, name == "support", around(0), around(0)) for name in ("contacts", "support", "total"))
    answer = decomposition_text.parts_answer(words, replace(parts, by_outcome={"shootings": still}))
    assert answer == words("parts.answer.same", what=what)
    worse = (Part("contacts", False, around(4), around(4)), Part("total", False, around(4), around(4)))
    answer = decomposition_text.parts_answer(words, replace(parts, by_outcome={"shootings": worse}))
    assert ("more" if words.lang == "en" else "fler") in answer


def test_a_part_of_dose_zero_is_told_as_such(words: Words, parts: PartsView) -> None:
    (row,) = (row for row in decomposition_text.parts_table(words, parts.parts, "shootings").rows if row[1] == "0")
    assert row == (words("part.mediation"), "0", "0", words("parts.zero"))
    told = " ".join(screen(words, parts).split())
    assert words("parts.zero") in told and words("terminal.synthetic") in told


def test_the_naive_change_is_not_told_as_the_effect(words: Words, run: RunView) -> None:
    found = run.before_after
    assert found is not None
    answer = decomposition_text.before_after_answer(words, found)
    for value in (5.4, 3.3):
        assert words.number(value) in answer
    assert words.signed(-0.6) in answer and words.signed(-1.7) in answer
