"""The answer on one screen, and the line that shows how far it has come."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from gvi_sim.analysis.pairs.effect_text import WIDTH
from gvi_sim.language.catalogue import Words
from gvi_sim.report.terminal import ProgressLine, duration, run_screen, sweep_screen
from gvi_sim.report.views.view import RunView, SweepView


def test_the_answer_fits_one_screen(words: Words, run: RunView, sweep: SweepView) -> None:
    for text in (run_screen(words, run), sweep_screen(words, sweep)):
        lines = text.splitlines()
        assert len(lines) <= 40
        assert max(map(len, lines)) <= WIDTH + 12


def test_a_part_of_a_year_is_not_set_against_a_whole_one(sweep: SweepView) -> None:
    assert sweep.years is not None and sweep.years.told[1] == 10
    cut = replace(sweep.years, whole=9)
    assert cut.told == (sweep.years.told[0], 9)
    late = tuple(replace(cell, begins=2040.0) for cell in cut.cells)
    assert replace(cut, cells=late).told == (9, 9), "no year in which the programme runs from the first day on"


def test_a_sweep_shows_its_map_and_its_years_with_intervals(sweep: SweepView) -> None:
    lines = [" ".join(line.split()) for line in sweep_screen(Words("en"), sweep).splitlines()]
    assert "Exit offers sanction certainty 0 sanction certainty 0.5 sanction certainty 1" in lines
    cells = [line for line in lines if re.fullmatch(r"[\d.]+( [−\d.]+ \([−\d.]+ to [−\d.]+\)){3}", line)]
    assert [line.split()[0] for line in cells] == ["1", "0.5", "0"]
    header = lines.index("Sanction certainty / exit offers change, year 2 change, year 10")
    assert lines[header + 1].startswith("0 / 0 −24% (−28% to −20%)")
    assert lines[header + 8] == "averted: both, beyond their sum +0.02 (−0.20 to 0.30) +0.02 (−0.20 to 0.30)"
    assert "Whether together" in " ".join(lines) and "(95% interval" in " ".join(lines)


def test_a_sweep_without_the_years_of_runs_says_so(words: Words, sweep: SweepView) -> None:
    told = " ".join(sweep_screen(words, replace(sweep, years=None)).split())
    assert words("years.missing") in told and words("years.missing") not in " ".join(sweep_screen(words, sweep).split())


def test_every_row_has_an_interval_and_burden_is_among_them(run: RunView) -> None:
    text = run_screen(Words("en"), run)
    assert text.count(" to ") >= 6
    assert "Person-years detained" in text
    assert "synthetic" in text


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "1 s"), (42.3, "42 s"), (170, "3 min"), (7500, "2 h 5 min")])
def test_a_duration_reads_as_people_say_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_progress_line_shows_time_left_and_clears_itself() -> None:
    stream = io.StringIO()
    line = ProgressLine(Words("en"), stream)
    line(100, 400, 31.0)
    line(101, 400, 31.0)  # too soon after the first to be drawn
    assert stream.getvalue() == "\r[######..................] 100 of 400 runs, 31 s left"
    line(400, 400, 0.0)
    assert stream.getvalue().endswith("\r" + " " * 53 + "\r")


def test_a_line_that_was_never_drawn_clears_nothing() -> None:
    stream = io.StringIO()
    ProgressLine(Words("sv"), stream)(5, 5, None)
    assert stream.getvalue() == ""
