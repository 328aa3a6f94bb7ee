"""A pairing that does not hold opens the report, in print and on the screen; one that holds is told."""

from __future__ import annotations

import math
from dataclasses import replace

from gvi_sim.report import html
from gvi_sim.report.sections import run_report
from gvi_sim.report.terminal import run_screen
from gvi_sim.report.view import Pairing, RunView
from gvi_sim.report.words import Words

BROKEN = Pairing(("start", "addresses", "zero_dose"), 10, 1.02, 0.9)
SOUND = Pairing((), 10, 0.12, 0.02)


def test_a_broken_pairing_opens_page_and_screen(words: Words, run: RunView) -> None:
    view = replace(run, pairing=BROKEN)
    page = html.page(words, run_report(words, view), {}, {})
    first = page.index(words("pairing.broken"))
    assert first < page.index('id="answer"')
    for name in BROKEN.failed:
        assert words(f"pairing.failed.{name}") in page
    assert run_screen(words, view).replace("\n", " ").startswith(words("pairing.broken"))
    assert words("pairing.holds", runs="10") not in page


def test_a_sound_pairing_is_told_where_the_run_is_told(words: Words, run: RunView) -> None:
    report = run_report(words, replace(run, pairing=SOUND))
    assert report.opening == ()
    told = dict(report.facts)[words("pairing.title")]
    assert words("pairing.holds", runs="10") in told and words.number(0.12, 2) in told
    assert words("pairing.broken") not in html.page(words, report, {}, {})


def test_nothing_that_differs_is_told_as_such(words: Words, run: RunView) -> None:
    same = Pairing((), 0, math.nan, math.nan)
    assert dict(run_report(words, replace(run, pairing=same)).facts)[words("pairing.title")] == words(
        "pairing.same"
    )
    assert words("pairing.title") not in dict(run_report(words, run).facts)
