"""The tables of a report, as text in the reader's language."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...analysis.inference import graded, outcomes
from ...analysis.inference.estimates import Row, Stated
from ...analysis.pairs import uncertainty_text
from ...analysis.pairs.uncertainty import Uncertainty
from ...language.catalogue import Words
from ..text import wording
from ..views.dose_view import DoseView
from ..views.view import Resting, RunView, SweepView
from ..views.years import YearRow

CONTAGION = ("share_with_parent", "reproduction", "mean_cascade", "largest_cascade", "mean_parent_delay_days")
SHARES = frozenset({"share_with_parent", "top_fifth_groups_share"})
COSTS = ("cost_violence", "cost_programme", "cost_justice", "cost_support", "cost")
CONTACTS = ("call_in_contacts", "notifications")


@dataclass(frozen=True)
class ReportTable:
    """Rows of text under a header; the first column names the row, ``words_from`` on is text again.

    Columns in ``english`` come from the registry, which is in English whatever the reader's language.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words_from: int = 99
    english: frozenset[int] = frozenset()


def effects(words: Words, view: RunView, names: Iterable[str], caption: str) -> ReportTable:
    """Means of both arms, difference, change and verdict, one row an outcome."""
    rows = [_effect(words, view.rows[name], _outcome_title(words, name)) for name in names]
    return ReportTable(caption, _effect_header(words, words("table.outcome")), tuple(rows), words_from=5)


def _effect_header(words: Words, first: str) -> tuple[str, ...]:
    return (
        first,
        words("table.base"),
        words("table.scenario"),
        words("table.difference"),
        words("table.change"),
        words("table.verdict"),
    )


def _effect(words: Words, row: Row, title: str) -> tuple[str, ...]:
    base, scenario = (words.number(value) for value in (row.base, row.scenario))
    told = graded.verdict(words, row)
    return (
        title,
        base,
        scenario,
        graded.estimate_text(words, row.difference),
        graded.percent_text(words, row.change),
        told,
    )


def _outcome_title(words: Words, name: str) -> str:
    title = graded.capital(graded.what(words, name))
    return f"{title} ({words('unit.exposure')})" if name == "exposure" else title


def by_year(words: Words, years: Iterable[YearRow], caption: str) -> ReportTable:
    """Shootings year by year."""
    rows = []
    for year in years:
        title = f"{year.year} ({words('table.from').lower()} {year.starts.isoformat()})"
        rows.append(_effect(words, year.row, title))
    return ReportTable(caption, _effect_header(words, words("table.year")), tuple(rows), words_from=5)


def by_mode(words: Words, view: RunView) -> ReportTable:
    """Shootings, detonations and both."""
    rows = [_effect(words, row, _outcome_title(words, name)) for name, row in view.by_mode.items()]
    return ReportTable(words("section.mode"), _effect_header(words, words("table.outcome")), tuple(rows), words_from=5)


def listed(words: Words, view: RunView) -> ReportTable:
    """Shootings by groups that the programme lists and by the others."""
    rows = [_effect(words, row, words(f"listed.{name}")) for name, row in view.by_listed.items()]
    header = _effect_header(words, graded.capital(graded.what(words, wording.MAIN)))
    return ReportTable(words("section.listed"), header, tuple(rows), words_from=5)


def programme(words: Words, view: RunView) -> ReportTable:
    """What partners did in either arm."""
    names = [name for name in outcomes.names(outcomes.EFFORT) if _happens(view.rows[name])]
    return effects(words, view, names, words("section.programme"))


def _happens(row: Row) -> bool:
    return row.base > 0 or row.scenario > 0


def contagion_table(words: Words, view: RunView) -> ReportTable:
    """How attacks set off attacks."""
    rows = [_measure(words, view.rows[name], words(f"contagion.{name}")) for name in CONTAGION]
    return ReportTable(words("section.contagion"), _measure_header(words), tuple(rows), words_from=4)


def concentration(words: Words, view: RunView) -> ReportTable:
    """How unequally groups share the attacks."""
    titles = {"gini_groups": words("gini.groups"), "top_fifth_groups_share": words("share.top_fifth")}
    rows = [_measure(words, view.rows[name], title) for name, title in titles.items()]
    return ReportTable(words("section.concentration"), _measure_header(words), tuple(rows), words_from=4)


def cost(words: Words, view: RunView) -> ReportTable:
    """Costs in million SEK."""
    rows = []
    for name in COSTS:
        rows.append(_measure(words, view.rows[name], f"{words(f'cost.{name}')} ({words('cost.unit')})"))
    return ReportTable(words("section.cost"), _measure_header(words), tuple(rows), words_from=4)


def _measure_header(words: Words) -> tuple[str, ...]:
    return (
        "",
        words("table.base"),
        words("table.scenario"),
        words("table.difference"),
        words("table.verdict"),
    )


def _measure(words: Words, row: Row, title: str) -> tuple[str, ...]:
    if row.name in SHARES:
        return (title, *_shares(words, row), graded.verdict(words, row))
    base, scenario = (words.number(value) for value in (row.base, row.scenario))
    return title, base, scenario, graded.estimate_text(words, row.difference), graded.verdict(words, row)


def _shares(words: Words, row: Row) -> tuple[str, str, str]:
    points = row.difference.scaled(100)
    return (
        words.percent(row.base),
        words.percent(row.scenario),
        f"{graded.estimate_text(words, points)} {words('unit.points')}",
    )


def burden(words: Words, view: RunView) -> ReportTable:
    """Detention and contacts beside the harm averted: harm first, burden after it."""
    names = (wording.MAIN, "persons_hit", "persons_killed", *outcomes.names(outcomes.BURDEN))
    return effects(words, view, names, words("section.burden"))


def detention_per_averted(view: RunView) -> float | None:
    """Change in person-years of detention for each shooting averted; None when either cannot be told."""
    shootings, detained = view.rows[wording.MAIN], view.rows["detained_days"]
    if shootings.verdict.sign >= 0 or not detained.is_settled:
        return None
    return detained.difference.value / -shootings.difference.value


# --- what the answer rests on ----------------------------------------------------------------------------


def assumptions(words: Words, entries: Sequence[Resting]) -> ReportTable:
    """Parameters of grade D: value, range and unit."""
    found = [entry for entry in entries if entry.grade == "D"]
    return _short(words, found, words("rests.assumptions"))


def drivers(words: Words, found: Uncertainty) -> ReportTable:
    """Drawn parameters: share of what the draws differ, partial rank correlation, grade, whether it drives."""
    rows = tuple(
        (
            uncertainty_text.parameter_name(words, driver.key),
            graded.percent_text(words, driver.share),
            graded.estimate_text(words, driver.correlation),
            driver.grade,
            words("word.drives" if driver.drives else "grade.cannot_tell"),
        )
        for driver in found.drivers
    )
    header = (
        words("drivers.parameter"),
        words("drivers.share"),
        words("drivers.correlation"),
        words("drivers.grade"),
        words("drivers.verdict"),
    )
    return ReportTable(words("drivers.table"), header, rows, words_from=3)


def chosen(words: Words, entries: Sequence[Resting]) -> ReportTable:
    """Parameters that were set for this run: value, range and unit."""
    return _short(words, [entry for entry in entries if entry.grade == "set"], words("text.rests.set"))


def everything(words: Words, entries: Sequence[Resting]) -> ReportTable:
    """Every parameter with grade, sources and note."""
    header = ("parameter", "value", "grade", "sources", "note")
    rows = tuple(
        (entry.key, _value(words, entry), _grade(words, entry), _cited(words, entry), entry.note) for entry in entries
    )
    titles = tuple(words(f"rests.{name}") for name in header)
    return ReportTable(words("text.rests.all"), titles, rows, words_from=1, english=frozenset({4}))


def _short(words: Words, entries: Sequence[Resting], caption: str) -> ReportTable:
    header = tuple(words(f"rests.{name}") for name in ("parameter", "value", "range", "unit"))
    rows = tuple((it.key, words.as_written(it.value), _range(words, it), _unit(words, it)) for it in entries)
    return ReportTable(caption, header, rows, words_from=3)


def _range(words: Words, entry: Resting) -> str:
    ends = [words.as_written(end) for end in (entry.low, entry.high)]
    return words("interval.short", low=ends[0], high=ends[1]) if entry.low else ""


def _value(words: Words, entry: Resting) -> str:
    span = f" ({_range(words, entry)})" if entry.low else ""
    return f"{words.as_written(entry.value)}{span} {_unit(words, entry)}".strip()


def _unit(words: Words, entry: Resting) -> str:
    return words.unit(entry.key, entry.unit)


def _grade(words: Words, entry: Resting) -> str:
    return words("rests.set") if entry.grade == "set" else entry.grade


def _cited(words: Words, entry: Resting) -> str:
    return ", ".join(words("rests.assumption") if key == "assumption" else key for key in entry.sources)


# --- sweeps ----------------------------------------------------------------------------------------------


def cells(words: Words, view: SweepView) -> ReportTable:
    """Every cell: levels, shootings averted, detention and contacts beside them."""
    header = (
        *(wording.lever_label(words, axis.key) for axis in view.axes),
        words("cells.averted"),
        words("table.verdict"),
        words("cells.joint"),
        words("cells.detained"),
        words("cells.contacts"),
    )
    rows = []
    for cell in view.cells:
        joint = cell.joint[wording.MAIN].scaled(-1)
        contacts = math.fsum(cell.rows[name].scenario for name in CONTACTS)
        rows.append(
            (
                *(words.as_written(level) for level in cell.levels),
                graded.estimate_text(words, wording.averted(cell), signed=False),
                graded.averted_grade(words, wording.averted(cell)),
                graded.bracket(words, joint),
                graded.estimate_text(words, cell.rows["detained_days"].difference),
                words.number(contacts, 0),
            )
        )
    return ReportTable(words("section.cells"), header, tuple(rows))


def interactions(words: Words, view: SweepView) -> ReportTable:
    """Shootings averted beyond the sum of each lever alone."""
    header = (
        *(wording.lever_label(words, axis.key) for axis in view.axes[:2]),
        words("interaction.y"),
        words("table.verdict"),
    )
    rows = tuple(
        (
            words.as_written(entry.first_level),
            words.as_written(entry.second_level),
            graded.estimate_text(words, entry.beyond),
            graded.averted_grade(words, entry.beyond),
        )
        for entry in view.interactions
    )
    return ReportTable(words("section.interaction"), header, rows, words_from=3)


def dose_table(words: Words, view: RunView) -> ReportTable | None:
    """Each end of certainty and of offers: change, median and range of the draws, word, harm, promises."""
    found = view.by_dose
    if found is None:
        return None
    shown = [(words("doses.own"), found.own)]
    for lever, ends in found.ends.items():
        name = wording.lever_label(words, lever)
        both = (("never", "0"), ("always", "1"))
        shown += [(words("doses.end", lever=name, dose=dose), ends[end]) for end, dose in both]
    for name, forms in found.forms.items():
        shown += [(graded.capital(words(f"structure.{name}.{form}")), dose) for form, dose in forms.items()]
    names = ("change", "median", "range", "verdict", "harm", "owed", "kept")
    header = ("", *(words(f"doses.{name}") for name in names))
    rows = tuple(_dose(words, name, dose) for name, dose in shown)
    return ReportTable(words("doses.table"), header, rows)


def _dose(words: Words, name: str, found: DoseView) -> tuple[str, ...]:
    row, harm = found.row, 1 - found.row.share.value
    return (
        name,
        graded.percent_text(words, row.change),
        _percent(words, found.middle.value, found.middle),
        graded.percent_span(words, found.middle),
        graded.verdict(words, row),
        words.percent(harm) if row.share.draws else "–",
        words.number(found.owed, 1),
        words.percent(found.kept / found.owed) if found.owed > 0 else "–",
    )


def _percent(words: Words, value: float, of: Stated) -> str:
    return words.percent(value, graded.percent_decimals(of), signed=True) if value == value else "–"
