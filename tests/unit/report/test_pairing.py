"""What the pairing is worth stands beside what it takes to get the same numbers."""

from __future__ import annotations

from dataclasses import replace

from gvi_sim.language.catalogue import Words
from gvi_sim.report.pages.sections import run_report
from gvi_sim.report.views.view import Pairing, RunView


def test_a_pairing_is_told_among_the_facts(words: Words, run: RunView) -> None:
    report = run_report(words, replace(run, pairing=Pairing(10, 0.12, 0.02)))
    told = dict(report.facts)[words("pairing.title")]
    assert words("pairing.holds", runs="10") in told and words.number(0.12, 2) in told
    assert words("pairing.title") not in dict(run_report(words, run).facts)
