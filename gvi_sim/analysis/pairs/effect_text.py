"""What a result says, in the reader's language: the sentences that Python, the terminal and reports share."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from ...config.value_text import value_text
from ...evidence import find, keys
from ...language.catalogue import Words, printable
from ...units import DAYS_PER_YEAR
from ..inference.estimates import Change, Row, Stated, row
from ..inference.graded import (
    averted_grade,
    capital,
    change_in_words,
    change_interval,
    grade,
    percent_text,
    said,
    verdict,
    what,
)  # fmt: skip
from ..inference.verdict import Verdict
from ..measures.listed_groups import may_be_told_apart
from .uncertainty_text import uncertainty_texts

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from ...config import Scenario
    from ...config.tree import Stage
    from .pair import Pair
    from .uncertainty import Uncertainty

MAIN = "shootings"
SHOWN = ("shootings", "detonations", "persons_hit", "persons_killed", "detained_days")
WIDTH, LONGEST_NAME = 92, 60
FEW_RUNS = 100  # below this it is said that intervals are wide
SET = "set"
NAMES = ("site.key", "site.name", "site.country", "strict")  # what is run, not what is known


def place_name(*scenarios: Scenario) -> str:
    """The sites' names, or of more than three the first and how many there are beside it."""
    sites = (site for scenario in scenarios for site in scenario.each_site())
    names = list(dict.fromkeys(printable(site.site.name, LONGEST_NAME) for site in sites))
    return ", ".join(names) if len(names) <= 3 else f"{names[0]} + {len(names) - 1}"


def grade_of(scenario: Scenario, key: str) -> str:
    """The grade of a parameter as it holds in a scenario; SET for one that was chosen."""
    entry = find(key, scenario.site.key, scenario.site.country)
    return SET if entry is None or key in scenario.fixed else entry.grade


# --- sentences --------------------------------------------------------------------------------------------


def headline_of(words: Words, row: Row, site: str, spans: Sequence[float], *, idles: bool = False) -> str:
    """The graded word of an outcome, its change and stated interval; its level alone where nothing was done."""
    common = {"site": site, "years": words.years(*spans), "what": what(words, row.name)}
    if row.verdict is Verdict.NO_DIFFERENCE:
        key = "answer.level_only" if idles else "answer.same" if row.base > 0 else "answer.nothing"
        return words(key, base=words.number(row.base), **common)
    at = "" if row.share.draws else words("answer.at_values") + " "
    told = {"at": at, "change": change_in_words(words, row), "interval": change_interval(words, row)}
    key = "answer.clear" if row.is_settled else "answer.cannot_tell"
    return words(key, grade=grade(words, row.verdict, row.name), **told, **common)


def precision(words: Words, row: Row) -> str:
    """What more runs would sharpen, beside the interval of what is known."""
    if not row.share.draws:
        return words("answer.precision.chance")
    size = max(row.precision.high - row.precision.value, row.precision.value - row.precision.low)
    return words("answer.precision", size=words.number(100 * size, 0 if size >= 0.02 else 1))


def agreement(words: Words, row: Row) -> str:
    """In which share of the draws there are fewer: what the graded word follows from."""
    share, low, high = (words.percent(end) for end in (row.share.value, row.share.low, row.share.high))
    draws = words.number(row.share.draws, 0)
    return words("doubt.agreement", share=share, low=low, high=high, draws=draws, what=what(words, row.name))


def scope_of(words: Words, drawn: int, grades: Sequence[str]) -> str:
    """What intervals hold and what they leave out: ``drawn`` parameters, or how many of the ``grades`` are D."""
    if drawn:
        return words("answer.scope.drawn", drawn=words.number(drawn, 0))
    return words("answer.scope", assumed=words.number(grades.count("D"), 0), all=words.number(len(grades), 0))


def notes(words: Words, replicates: int, warnings: Iterable[str]) -> list[str]:
    """What to know before the numbers: that runs are few, and every warning of the run."""
    few = [words("warning.few", replicates=words.number(replicates, 0))] if replicates < FEW_RUNS else []
    return few + [words("warning.run", text=words.translated("lines", text)) for text in warnings]


def beyond_text(words: Words, beyond: Change) -> str:
    """Whether two levers avert more together than apart, in one sentence."""
    value, interval = size_interval(words, beyond)
    key = ("add", "more", "less")[beyond.verdict.sign]
    return words(f"sweep.interaction.{key}", grade=averted_grade(words, beyond), value=value, interval=interval)


def size_interval(words: Words, estimate: Stated) -> tuple[str, str]:
    """Size and interval without signs where the direction is told in words, with them where it is not."""
    if not estimate.low < 0 < estimate.high:
        ends = sorted((abs(estimate.low), abs(estimate.high)))
        value, low, high = words.together(abs(estimate.value), *ends)
    else:
        value, low, high = words.together(estimate.value, estimate.low, estimate.high)
    return value, words("interval.same_way", low=low, high=high)


# --- on a screen ------------------------------------------------------------------------------------------


def outcome_table(words: Words, rows: Iterable[Row], labels: Sequence[str] = ()) -> str:
    """Both sides, the change and its word, a line an outcome; or by ``labels`` where all are of one outcome."""
    header = ("", *(words(f"table.{name}") for name in ("base", "scenario", "change.short", "verdict")))
    cells = [_row(words, row) for row in rows]
    if labels:
        cells = [(label, *cell[1:]) for label, cell in zip(labels, cells, strict=True)]
    return aligned((header, *cells))


def aligned(lines: Sequence[tuple[str, ...]], last: int = 3) -> str:
    """Lines of cells in columns: words, the first and those from ``last`` on, to the left, numbers to the right."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(_line(line, widths, last) for line in lines)


def _row(words: Words, row: Row) -> tuple[str, ...]:
    title, change = capital(what(words, row.name)), percent_text(words, row.change)
    return title, words.number(row.base), words.number(row.scenario), change, verdict(words, row)


def _line(cells: tuple[str, ...], widths: list[int], last: int) -> str:
    """A row: the first column and those from ``last`` on to the left, the numbers between to the right."""
    told = [f"{cells[0]:<{widths[0]}}"]
    told += [f"{cell:>{width}}" for cell, width in zip(cells[1:last], widths[1:last], strict=True)]
    told += [f" {cell:<{width}}" for cell, width in zip(cells[last:], widths[last:], strict=True)]
    return f"  {'  '.join(told)}".rstrip()


def wrapped(text: str) -> str:
    """A text in lines of a screen's width."""
    return "\n".join(textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False))


def listed_rows(pair: Pair, listed: pd.DataFrame) -> dict[str, Row]:
    """Shootings by ``listed`` groups and by the others; nothing where either are few persons alone (ETHICS.md)."""
    groups = pair.scenario.table("groups")
    if listed.empty or not may_be_told_apart(groups, groups["first_listed_day"].notna().to_numpy(bool)):
        return {}
    records = listed.to_dict("records")
    return {str(it["groups"]): row(MAIN, it) for it in records if it["outcome"] == MAIN}


def noted(words: Words, replicates: int, warnings: Iterable[str]) -> list[str]:
    """What to know, as notes of their own."""
    return [wrapped(f"{words('terminal.warning')}: {text}") for text in notes(words, replicates, warnings)]


def timeline_text(words: Words, site: str, timeline: Sequence[Stage], start: date, years: float) -> str:
    """What a site's timeline changes, and when, in a window of ``years`` from ``start``."""
    changes, end = [], start + timedelta(days=years * DAYS_PER_YEAR)
    for stage in timeline:
        values = ", ".join(f"{key} = {words.as_written(value_text(value))}" for key, value in stage.values.items())
        when = "timeline.change" if stage.date < end else "timeline.change.late"
        changes.append(words(when, day=stage.date.isoformat(), values=values))
    return words("warning.timeline", site=site, changes="; ".join(changes))


def effect_text(pair: Pair, by_listed: pd.DataFrame, found: Uncertainty | None, lang: str) -> str:
    """The answer, the outcomes, listed groups, where the doubt lies, and what to know."""
    scenario = pair.scenario.scenario
    words, site = Words(lang).about(scenario.choices["programme"]), place_name(scenario)
    rows = {name: row(name, pair.row(name)._asdict()) for name in SHOWN}
    main, idles = rows[MAIN], not pair.levers and not any(it.programme_runs()[0] for it in scenario.each_site())
    parts = [words("terminal.title", site=site), headline_of(words, main, site, [scenario.years], idles=idles)]
    if any(it.verdict is not Verdict.NO_DIFFERENCE for it in rows.values()):
        parts.append(outcome_table(words, rows.values()))
        listed = listed_rows(pair, by_listed)
        parts += [f"{words(f'listed.{name}')}: {said(words, it)}." for name, it in listed.items()]
    if main.verdict is not Verdict.NO_DIFFERENCE:
        doubts = [] if found is None else [agreement(words, main), *uncertainty_texts(words, found)]
        parts += [precision(words, main), *doubts]
    for part in scenario.each_site():
        if part.runs_since is not None:
            dates = {"since": part.runs_since.isoformat(), "start": scenario.start_date.isoformat()}
            parts.append(words("warning.runs_since", site=printable(part.site.name, LONGEST_NAME), **dates))
        if part.timeline and part.programme_runs()[0]:
            name, span = printable(part.site.name, LONGEST_NAME), (scenario.start_date, scenario.years)
            parts.append(timeline_text(words, name, part.timeline, *span))
    runs = words(
        "terminal.runs", replicates=words.number(pair.replicates, 0), years=words.years(scenario.years),
        seed=pair.seed,
    )  # fmt: skip
    drawn = 0 if pair.parameters is None else len(pair.parameters.keys)
    grades = [grade_of(scenario, key) for key in keys() if key not in NAMES]
    last = f"{runs} {scope_of(words, drawn, grades)}"
    told = [text if "\n" in text else wrapped(text) for text in parts]
    return "\n\n".join([*told, *noted(words, pair.replicates, pair.warnings), wrapped(last)])
