"""What a report says, in order: sections with text, a figure, tables and lists, before any HTML."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ...analysis.inference import graded, outcomes
from ...analysis.inference.verdict import Verdict
from ...analysis.pairs import uncertainty_text
from ...analysis.pairs.uncertainty import Uncertainty
from ...language.catalogue import Words
from ..text import wording
from ..text.spending_text import spending_texts
from ..views.view import Origin, Resting, RunView, SweepView, Validation, View
from . import side_by_side, table_text
from .sweep_pictures import SWEEP
from .sweep_years import cell_tables, effects_table
from .table_text import ReportTable
from .validation_section import level_table, pattern_table, validation_texts

LIMITS = ("persons", "ranking", "forecast", "patrol", "alone")
CARDS = ("shootings", "persons_killed", "detained_days")


@dataclass(frozen=True)
class Section:
    """One section: ``figure`` names a figure of the report, ``folded`` are tables behind a summary."""

    name: str
    texts: tuple[str, ...] = ()
    figure: str = ""
    alt: str = ""
    tables: tuple[ReportTable, ...] = ()
    folded: tuple[ReportTable, ...] = ()
    items: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Card:
    """One number of the answer, large."""

    label: str
    value: str
    interval: str
    tone: str  # "harm" or "burden"


@dataclass(frozen=True)
class Report:
    """A whole report in one language, ready for the page."""

    title: str
    meta: str
    answer: tuple[str, ...]
    cards: tuple[Card, ...]
    warnings: tuple[str, ...]
    sections: tuple[Section, ...]
    command: str
    level: tuple[str, str]
    facts: tuple[tuple[str, str], ...] = field(default=())


def run_report(words: Words, view: RunView, closer: Sequence[Section] = ()) -> Report:
    """The report of one comparison, with the sections of a closer look."""
    origin = view.origin
    return Report(
        title=words("report.title.run", site=origin.site),
        meta=meta_of(words, origin),
        answer=tuple(wording.answer(words, view)),
        cards=(*(_card(words, view, name) for name in CARDS), _contacts_card(words, view)),
        warnings=tuple(wording.warnings(words, view)),
        sections=(
            *_harm_sections(words, view),
            *closer,
            *_burden_sections(words, view),
            *common(words, view),
        ),
        command=origin.command,
        facts=(*facts_of(words, origin), *wording.pairing_facts(words, view)),
        level=level_reached(words, view.validation),
    )


def sweep_report(words: Words, view: SweepView) -> Report:
    """The report of a sweep."""
    origin = view.origin
    return Report(
        title=words("report.title.sweep", name=_question(words, view), site=origin.site),
        meta=meta_of(words, origin),
        answer=tuple(_sweep_answer(words, view)),
        cards=(),
        warnings=tuple(wording.warnings(words, view)),
        sections=(*_sweep_sections(words, view), *common(words, view)),
        command=origin.command,
        facts=(*facts_of(words, origin), *wording.pairing_facts(words, view)),
        level=level_reached(words, view.validation),
    )


def meta_of(words: Words, origin: Origin) -> str:
    """The line below the title."""
    return words(
        "report.meta",
        replicates=words.number(origin.replicates, 0),
        years=words.years(*origin.spans),
        start=origin.start.isoformat(),
        seed=origin.seed,
        version=origin.version,
    )


def facts_of(words: Words, origin: Origin) -> tuple[tuple[str, str], ...]:
    """Name and value of everything it takes to get the same numbers."""
    libraries = ", ".join(f"{name} {version}" for name, version in origin.libraries)
    told = [(words(key), value) for key, value in origin.facts]
    return (*told, (words("reproduce.libraries"), libraries))


def _card(words: Words, view: RunView, name: str) -> Card:
    row = view.rows[name]
    tone = outcomes.BY_NAME[name].group
    label = graded.capital(graded.what(words, name))
    told = [graded.verdict(words, row), f"{words.number(row.base)} → {words.number(row.scenario)}"]
    if row.verdict is Verdict.NO_DIFFERENCE or not row.change.is_known:
        return Card(label, told[0], told[1], tone)
    value = words.percent(row.change.value, graded.percent_decimals(row.change), signed=True)
    return Card(label, value, " · ".join([told[0], graded.percent_span(words, row.change), told[1]]), tone)


def _contacts_card(words: Words, view: RunView) -> Card:
    total = math.fsum(view.rows[name].scenario for name in table_text.CONTACTS)
    return Card(words("card.contacts"), words.number(total, 0), words("card.contacts.of"), outcomes.BURDEN)


# --- a comparison ----------------------------------------------------------------------------------------


def _harm_sections(words: Words, view: RunView) -> list[Section]:
    what = graded.what(words, wording.MAIN)
    names = [words(f"arm.{arm}") for arm in ("base", "scenario")]
    fan_alt = words(
        "fan.alt",
        what=what,
        base_name=names[0],
        scenario_name=names[1],
        replicates=words.number(view.origin.replicates, 0),
    )
    everything = (*outcomes.names(outcomes.HARM), *outcomes.names(outcomes.BURDEN))
    all_effects = table_text.effects(words, view, everything, words("section.effects"))
    harm = table_text.effects(words, view, ("persons_hit", "persons_killed", "bystanders_hit", "exposure"),
                          words("section.harm"))  # fmt: skip
    by_year = table_text.by_year(words, view.by_year, words("section.years"))
    found = [
        Section("effects", (words("text.effects"),), "forest", words("forest.alt"), (all_effects,)),
        Section("time", (words("text.time"),), "fan", fan_alt),
        Section("years", (), "years", words("years.alt", what=what), (by_year,)),
        Section("mode", (words("text.mode"),), tables=(table_text.by_mode(words, view),)),
        Section("harm", (words("text.harm"),), tables=(harm,)),
    ]
    if view.doubt is not None:
        found.insert(1, _doubt_section(words, view.doubt))
    if view.by_listed:
        found.append(Section("listed", (words("text.listed"),), tables=(table_text.listed(words, view),)))
    return found


def _doubt_section(words: Words, found: Uncertainty, *before: str) -> Section:
    figure = "drivers" if found.drivers else ""
    told = (*before, words("text.doubt"), words("text.doubt.structure"))
    return Section("doubt", told, figure, words("drivers.alt"), folded=(table_text.drivers(words, found),))


def _burden_sections(words: Words, view: RunView) -> list[Section]:
    return [
        Section("burden", _burden_texts(words, view), tables=(table_text.burden(words, view),)),
        Section("programme", (words("text.programme"),), tables=(table_text.programme(words, view),)),
        Section(
            "concentration",
            (words("text.concentration"),),
            "lorenz" if view.lorenz else "",
            words("lorenz.alt"),
            (table_text.concentration(words, view),),
        ),
        Section("contagion", (words("text.contagion"),), tables=(table_text.contagion_table(words, view),)),
        Section("cost", (words("text.cost"), *spending_texts(words, view)), tables=(table_text.cost(words, view),)),
    ]


def _burden_texts(words: Words, view: RunView) -> tuple[str, ...]:
    told = [words("text.burden")]
    rate = table_text.detention_per_averted(view)
    if rate is not None:
        key = "text.burden.per" if rate > 0 else "text.burden.per_less"
        told.append(words(key, value=words.number(abs(rate))))
    contacts = math.fsum(view.rows[name].scenario for name in table_text.CONTACTS)
    if contacts > 0:
        told.append(
            words(
                "text.burden.contacts",
                contacts=words.number(contacts, 0),
                averted=words.number(-view.rows[wording.MAIN].difference.value),
                false=words.number(view.rows["false_contacts"].scenario, 0),
            )
        )
    return tuple(told)


# --- a sweep ---------------------------------------------------------------------------------------------


def _question(words: Words, view: SweepView) -> str:
    """A shipped experiment's question in the reader's language, else as its file has it."""
    return words.translated("questions", view.question, view.name) or words.as_written(view.name)


def _sweep_answer(words: Words, view: SweepView) -> list[str]:
    told = [*wording.idle(words, view), side_by_side.side_headline(words, view), *side_by_side.usual_texts(words, view)]
    told.append(wording.scope(words, view))
    told += [wording.lever_text(words, effect) for effect in view.lever_effects]
    corner = wording.corner_interaction(view)
    if corner is not None:
        told.append(wording.interaction_text(words, corner))
    told += wording.screened(words, view)
    return [*told, _many(words, view), *wording.begins(words, view.origin)]


def _many(words: Words, view: SweepView) -> str:
    return words("sweep.many", cells=words.number(len(view.cells), 0), column=words("cells.joint"))


def _sweep_sections(words: Words, view: SweepView) -> list[Section]:
    names = [wording.lever_label(words, axis.key) for axis in view.axes]
    two = {"x": names[0], "y": names[1] if len(names) > 1 else names[0]}
    found = []
    if view.is_side_by_side:
        found.append(Section("side", (), "side", words("side.alt"), (side_by_side.side_table(words, view),)))
    found.append(Section("cells", (), "heat", words("heat.alt", **two), (table_text.cells(words, view),)))
    found.append(Section("lines", (), "lines", words("lines.alt", **two)))
    if view.interactions:
        table = table_text.interactions(words, view)
        found.append(Section("interaction", (), "interaction", words("interaction.alt"), (), (table,)))
    years = view.years if view.years is not None and view.years.is_shown else None
    if years is not None:
        told, alt = words("text.years"), words("years.cells.alt")
        found.append(Section("years", (told,), "years", alt, folded=cell_tables(words, years)))
    if years is not None and years.levers:
        told, alt = words("text.years_levers"), words("years.levers.alt")
        found.append(Section("years_levers", (told,), "years_levers", alt, folded=(effects_table(words, years),)))
    found.append(Section("burden", (words("text.burden"),), "burden", words("burden.alt")))
    drawn = {name for name, (_, applies) in SWEEP.items() if applies(view)}
    found = [replace(section, figure=section.figure if section.figure in drawn else "") for section in found]
    found = [section for section in found if section.figure or section.tables]
    if view.corner is not None:
        found += _corner_sections(words, view)
    return found


def _corner_sections(words: Words, view: SweepView) -> list[Section]:
    if view.corner is None or view.fans is None:
        return []
    told = words("sweep.corner", levels=wording.levels_text(words, view.corner_levels))
    alt = words(
        "fan.alt",
        what=graded.what(words, wording.MAIN),
        base_name=words("arm.base"),
        scenario_name=words("arm.scenario"),
        replicates=words.number(view.origin.replicates, 0),
    )
    found = [Section("time", (told, words("text.time")), "fan", alt)]
    if view.doubt is not None:
        found.append(_doubt_section(words, view.doubt, told, *uncertainty_text.uncertainty_texts(words, view.doubt)))
    if view.lorenz is not None:
        texts = (told, words("text.concentration"))
        found.append(Section("concentration", texts, "lorenz", words("lorenz.alt")))
    return found


# --- both ------------------------------------------------------------------------------------------------


def common(words: Words, view: View) -> list[Section]:
    """The sections of every report: what the answer rests on, and what it is not for."""
    rests = view.resting
    cited = tuple((source.key, source.text) for source in view.sources)
    texts = (
        words("text.rests"),
        _counts(words, rests),
        words("text.rests.alike"),
        words("text.rests.d"),
    )
    open_tables = (table_text.assumptions(words, rests), table_text.chosen(words, rests))
    shown = tuple(table for table in open_tables if table.rows)
    return [
        Section("rests", texts, tables=shown, folded=(table_text.everything(words, rests),), sources=cited),
        *_validation(words, view),
        Section("limits", (words("limits.always"),), items=tuple(words(f"limits.{name}") for name in LIMITS)),
    ]


def _validation(words: Words, view: View) -> list[Section]:
    if view.validation is None:
        return []
    both = tuple(table(words, view.validation) for table in (pattern_table, level_table))
    texts = validation_texts(words, view.validation)
    if isinstance(view, SweepView):
        texts = (words("sweep.corner", levels=wording.levels_text(words, view.corner_levels)), *texts)
    return [Section("validation", texts, tables=both)]


def level_reached(words: Words, validation: Validation | None) -> tuple[str, str]:
    """Title and text of the validation level: exploratory unless every quantity has reached V4."""
    if validation is None or validation.is_exploratory:
        return words("report.validation"), words("report.validation.text")
    return words("report.validation.external"), words("report.validation.external.text")


def _counts(words: Words, entries: tuple[Resting, ...]) -> str:
    count = Counter(entry.grade for entry in entries)
    return words("text.rests.counts", a=count["A"], b=count["B"], c=count["C"], d=count["D"], chosen=count["set"])
