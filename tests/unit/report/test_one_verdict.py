"""The same number has one interval and one word: terminal, report, cards, titles, tables, files and print(effect)."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gvi_sim.analysis.inference import graded
from gvi_sim.analysis.inference.verdict import Verdict
from gvi_sim.analysis.pairs.effect import Effect
from gvi_sim.cli import main
from gvi_sim.execution.storage.store import open_store
from gvi_sim.experiment.opening import open_result
from gvi_sim.language.catalogue import Words
from gvi_sim.report.building.build import run_view
from gvi_sim.report.terminal import SHOWN

RUNS = ("--seed", "3", "--replicates", "24", "--workers", "1")
CASES = [
    (("site=huddinge", "years=1"), "sv"),
    pytest.param(("site=malmo", "years=3"), "en", marks=pytest.mark.slow),
    pytest.param(("site=boston", "years=1", "parameters=point"), "sv", marks=pytest.mark.slow),
]


class Cells(HTMLParser):
    """Every row of every table, every title of a figure and every card, as text on one line."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[str] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append("")
        self.text += [value for name, value in attrs if name == "alt" and value]

    def handle_data(self, data: str) -> None:
        plain = " ".join(data.split())
        self.text.append(plain)
        if self.rows and plain:
            self.rows[-1] = f"{self.rows[-1]} {plain}".strip()


@pytest.mark.parametrize(("words", "lang"), CASES)
def test_one_number_has_one_interval_and_one_word_everywhere(
    words: tuple[str, ...], lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert main(["run", *words, *RUNS, "--out", str(out), "--lang", lang]) == 0
    terminal = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    effect = open_result(out)
    assert isinstance(effect, Effect)
    say = Words(lang).about(effect.scenario.scenario.choices["programme"])
    page = Cells((out / "report.html").read_text("utf-8"))
    everything = " ".join(page.text)
    stored = open_store(out).read_table("effect").set_index("outcome")
    view, printed = run_view(effect), str(effect)
    complaints = []
    for name in SHOWN:
        row = view.rows[name]
        title = graded.capital(graded.what(say, name))
        change, word = (" ".join(t.split()) for t in (graded.percent_text(say, row.change), graded.verdict(say, row)))
        line = next(line for line in terminal if line.startswith(f"{title} "))
        cell = next(told for told in page.rows if told.startswith(f"{title} "))
        complaints += [(name, where, told, change, word) for where, told in (("terminal", line), ("table", cell))
                       if change not in told or not told.endswith(word)]  # fmt: skip
        if Verdict(stored.loc[name, "verdict"]) is not row.verdict:
            complaints.append((name, "effect.parquet", str(stored.loc[name, "verdict"]), change, word))
    for name in ("shootings", "detained_days"):
        if " ".join(graded.said(say, view.rows[name]).split()) not in everything:
            complaints.append((name, "figure's title", everything[:0], graded.said(say, view.rows[name]), ""))
    for name in ("shootings", "persons_killed", "detained_days"):
        row = view.rows[name]
        levels = f"{say.number(row.base)} → {say.number(row.scenario)}"
        told = [graded.verdict(say, row), graded.percent_span(say, row.change), levels]
        card = " · ".join(told)
        if row.verdict is Verdict.NO_DIFFERENCE:  # the word stands large, the levels below it
            card = f"{told[0]} {levels}"
        if " ".join(card.split()) not in everything:
            complaints.append((name, "card", "", card, ""))
    row = view.rows["shootings"]
    assert complaints == []
    assert graded.verdict(say, row) in " ".join(terminal) and re.search(rf"Shootings .* {row.verdict}\n", printed)
    told = re.search(r"Shootings .*\((\S+)% to (\S+)%\)", printed.replace("−", "-"))
    assert told is not None
    for written, end in zip(told.groups(), (row.ratio.low, row.ratio.high), strict=True):
        decimals = len(written.partition(".")[2])  # more of them where an end lies near 0
        assert float(written) == round(100.0 * (end - 1.0), decimals), "the same end, rounded as it is shown"
