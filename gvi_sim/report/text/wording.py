"""The answer in plain words, each number with its interval, and "cannot tell" where nothing can be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...analysis.inference.estimates import Change, Row, Stated
from ...analysis.inference.graded import (
    averted_grade,
    change_in_words,
    change_interval,
    direction,
    grade,
    said,
    what,
)
from ...analysis.inference.verdict import Verdict
from ...analysis.pairs import uncertainty_text
from ...analysis.pairs.effect_text import (
    agreement,
    beyond_text,
    headline_of,
    notes,
    precision,
    scope_of,
    size_interval,
    timeline_text,
)
from ...evidence import ASSUMPTION
from ...language.catalogue import Words
from ...language.numbers import MINUS
from ..views.distributions import year_of
from ..views.view import (
    Beginning,
    CellView,
    Interaction,
    LeverEffect,
    NotRunning,
    Origin,
    PartsView,
    RunView,
    SweepView,
)
from .dose_text import dose_texts, need_texts

MAIN = "shootings"
BESIDE = ("detonations", "persons_killed", "detained_days")  # always told with the answer: harm and burden


def headline(words: Words, view: RunView, name: str = MAIN) -> str:
    """The first sentence of the answer: the graded word, the change and its stated interval."""
    idles = not view.origin.levers and bool(idle(words, view))
    return headline_of(words, view.rows[name], view.origin.site, view.origin.spans, idles=idles)


def answer(words: Words, view: RunView) -> list[str]:
    """The answer, a few sentences, most important first."""
    row = view.rows[MAIN]
    told = [*idle(words, view), headline(words, view)]
    if row.verdict is Verdict.NO_DIFFERENCE:
        return [*told, *begins(words, view.origin)]
    told += [precision(words, row), *dose_texts(words, view), *screened(words, view)]
    told += [*doubt_texts(words, view), scope(words, view), level_texts(words, row)]
    told += [*need_texts(words, view), beside(words, view)]
    return [*told, reality(words, view), one_run(words, view), *begins(words, view.origin)]


def doubt_texts(words: Words, view: RunView | SweepView) -> list[str]:
    """How much of the doubt is the parameters', and what drives the answer; nothing where nothing was drawn.

    Of a sweep, in its corner.
    """
    if view.doubt is None:
        return []
    told = uncertainty_text.uncertainty_texts(words, view.doubt)
    if isinstance(view, SweepView):
        return [words("sweep.corner", levels=levels_text(words, view.corner_levels)), *told]
    return [agreement(words, view.rows[MAIN]), *told]


def screened(words: Words, view: RunView | SweepView | PartsView, *, brief: bool = False) -> list[str]:
    """That these runs fall short of the project's own screen of patterns, where they do; of a sweep, in its corner,
    and ``brief`` without the patterns.
    """
    found = view.validation
    if found is None or found.keeps or view.not_running:
        return []
    numbers = {name: words.number(getattr(found, name), 0) for name in ("passed", "known", "asked")}
    missed = (words(f"pattern.{row.key}").partition(" (")[0] for row in found.patterns if row.verdict == "fails")
    numbers["missed"] = "; ".join(missed)
    if isinstance(view, SweepView):
        key = "sweep.screen.brief" if brief else "sweep.screen"
        return [words(key, levels=levels_text(words, view.corner_levels), **numbers)]
    return [words("answer.screen", site=view.origin.site, **numbers)]


def whole_texts(words: Words, view: PartsView) -> list[str]:
    """What is said of all parts together against business as usual, as of any comparison."""
    if view.parts.by_outcome[MAIN][-1].main.verdict is Verdict.NO_DIFFERENCE:
        return []
    return [*dose_texts(words, view), *screened(words, view)]


def scope(words: Words, view: RunView | SweepView | PartsView) -> str:
    """What the intervals hold and what they leave out, with the number of assumptions behind the answer."""
    return scope_of(words, view.origin.drawn, [entry.grade for entry in view.resting])


def idle(words: Words, view: RunView | SweepView | PartsView) -> list[str]:
    """That a lever of a user's own acts, and why the programme does nothing where it does nothing: told first."""
    if levers := view.origin.levers:
        acts = words("levers.own", levers=words.joined(levers))
        return [acts, *(words("levers.own.alone", site=site.site) for site in view.not_running)]
    told = [words(f"idle.{site.why}", site=site.site, partners=_partners(words, site)) for site in view.not_running]
    days = [found.day for found in view.origin.beginnings if found.day is not None]
    if days and year_of(min(days)) >= year_of(view.origin.start) + max(view.origin.spans):
        told.append(words("idle.later", year=min(days).year, years=words.years(*view.origin.spans)))
    return told


def _partners(words: Words, site: NotRunning) -> str:
    return words.joined([words(f"partner.{name}") for name in site.partners])


def begins(words: Words, origin: Origin) -> list[str]:
    """When the programme begins in each site, here and as the registry knows it, with the source."""
    return [_begins(words, found) for found in origin.beginnings]


def _begins(words: Words, found: Beginning) -> str:
    here = "" if found.day is None else words("begins.here", site=found.site, day=found.day.isoformat()) + " "
    if not found.place:
        return f"{here}{words('begins.unknown', site=found.site)}"
    told = words.has(f"begins.{found.place}")
    fact = words(f"begins.{found.place}") if told else words("begins.on", day=found.known)
    sources = "; ".join(words("rests.assumption") if key == ASSUMPTION else key for key in found.sources)
    return here + words("begins.known", site=found.site, fact=fact, sources=sources, grade=found.grade)


def warnings(words: Words, view: RunView | SweepView | PartsView) -> list[str]:
    """What a reader must know before the numbers."""
    told = []
    if view.origin.own_facts:
        told.append(words("warning.own_facts", site=view.origin.site, keys=words.joined(view.origin.own_facts)))
    told += evidence_from_abroad(words, view.origin.abroad)
    for found in view.origin.beginnings:
        if found.day is not None and found.day < view.origin.start:
            dates = {"since": found.day.isoformat(), "start": view.origin.start.isoformat()}
            told.append(words("warning.runs_since", site=found.site, **dates))
        if found.timeline:
            told.append(timeline_text(words, found.site, found.timeline, view.origin.start, max(view.origin.spans)))
    if isinstance(view, SweepView) and view.years is None:
        told.append(words("years.missing"))
    if isinstance(view, RunView) and is_noisy(view.rows[MAIN]):
        told.append(words("warning.noise"))
    return told + notes(words, view.origin.replicates, view.warnings)


def evidence_from_abroad(words: Words, abroad: Sequence[tuple[str, str, str]]) -> list[str]:
    """Whose values stand for what a country brings, where they are not the own country's."""
    keys = {True: "warning.country.other", False: "warning.country.default"}
    return [words(keys[bool(taken)], site=site, own=own, taken=taken) for site, own, taken in abroad]


def pairing_facts(words: Words, view: RunView | SweepView | PartsView) -> list[tuple[str, str]]:
    """The pairing certificate in one line, beside what else it takes to get the same numbers."""
    found = view.pairing
    if found is None:
        return []
    told = [words("pairing.cells", cells=words.number(found.cells, 0))] if found.cells else []
    told.append(words("pairing.holds", runs=words.number(found.zero_runs, 0)))
    if found.variance_ratio == found.variance_ratio:
        told.append(words("pairing.variance", ratio=words.number(found.variance_ratio, 2)))
    if found.created == found.created:
        told.append(words("pairing.created", share=words.number(found.created, 2)))
    return [(words("pairing.title"), " ".join(told))]


def is_noisy(row: Row) -> bool:
    """Whether the simulation's own error is more than a tenth of a change that it does show."""
    half = (row.precision.high - row.precision.low) / 4
    return row.is_settled and half > 0.1 * abs(row.precision.value - 1)


def level_texts(words: Words, row: Row) -> str:
    """Means of both arms and their difference."""
    base, scenario = (words.number(value) for value in (row.base, row.scenario))
    size, interval = size_interval(words, row.difference)
    size = f"{size.lstrip(MINUS)} {direction(words, row.name, row.difference.value)}"
    return words(
        "answer.levels", base=base, scenario=scenario, what=what(words, row.name), difference=size, interval=interval
    )


def beside(words: Words, view: RunView, names: Sequence[str] = BESIDE) -> str:
    """What happens at the same time: other harm, and always the burden."""
    items = [beside_item(words, view.rows[name]) for name in names]
    return words("answer.also", changes="; ".join(items))


def beside_item(words: Words, row: Row) -> str:
    """ "shootings likely fewer, 27% fewer (22% to 31% fewer)"."""
    if row.verdict is Verdict.NO_DIFFERENCE:
        return said(words, row)
    interval = change_interval(words, row, named=False)
    return words(
        "answer.also.item",
        what=what(words, row.name),
        grade=grade(words, row.verdict, row.name),
        change=change_in_words(words, row),
        interval=interval,
    )


def reality(words: Words, view: RunView) -> str:
    """How often two sites, alike but for the programme, would show the effect that paired runs show."""
    return words(
        "answer.reality",
        what=what(words, MAIN),
        years=words.years(*view.origin.spans),
        share=words.percent(view.seen_fewer),
        half=words.percent(0.5),
    )


def one_run(words: Words, view: RunView, name: str = MAIN) -> str:
    """How far a single run lies from the average."""
    (base_low, base_high), (scenario_low, scenario_high) = view.ranges
    return words(
        "answer.one_run",
        what=what(words, name),
        base_low=words.number(base_low, 0),
        base_high=words.number(base_high, 0),
        scenario_low=words.number(scenario_low, 0),
        scenario_high=words.number(scenario_high, 0),
    )


# --- sweeps ----------------------------------------------------------------------------------------------


def averted(cell: CellView, name: str = MAIN) -> Change:
    """Shootings averted in a cell: the difference with its sign turned."""
    return cell.rows[name].difference.scaled(-1)


def lever_label(words: Words, key: str) -> str:
    """A lever's name for readers; the key itself when the table has no name for it."""
    return words(f"key.{key}") if words.has(f"key.{key}") else key


def lever_axis(words: Words, key: str, unit: str) -> str:
    """A lever's name with its unit, for an axis."""
    return words("key.axis", name=lever_label(words, key), unit=words.unit(key, unit))


def sweep_headline(words: Words, view: SweepView) -> str:
    """The span of what the cells avert."""
    ranked = sorted((averted(cell) for cell in view.cells), key=lambda estimate: estimate.value)
    return words(
        "sweep.answer.range",
        years=words.years(*view.origin.spans),
        site=view.origin.site,
        least=cell_text(words, ranked[0]),
        most=cell_text(words, ranked[-1]),
    )


def cell_text(words: Words, estimate: Stated) -> str:
    """Value and interval of one cell in a sentence."""
    value, low, high = words.together(estimate.value, estimate.low, estimate.high)
    return words("sweep.answer.cell", value=value, low=low, high=high)


def lever_text(words: Words, effect: LeverEffect) -> str:
    """What moving one lever from end to end averts, in one sentence."""
    value, interval = size_interval(words, effect.averted)
    told = words(
        f"sweep.answer.axis.{'clear' if effect.averted.is_settled else 'cannot_tell'}",
        grade=averted_grade(words, effect.averted),
        key=lever_label(words, effect.key).lower(),
        first=words.as_written(effect.first),
        last=words.as_written(effect.last),
        value=value,
        interval=interval,
    )
    if not effect.others:
        return told + "."
    return told + words("sweep.answer.other", levels=levels_text(words, effect.others))


def levels_text(words: Words, levels: Iterable[tuple[str, str]]) -> str:
    """ "sanction certainty 1 and exit offers 0.5", from keys and levels."""
    return words.joined([f"{lever_label(words, key).lower()} {words.as_written(level)}" for key, level in levels])


def corner_interaction(view: SweepView) -> Interaction | None:
    """The interaction of the first two levers at their last levels, if the sweep has two."""
    return view.interactions[-1] if view.interactions else None


def interaction_text(words: Words, interaction: Interaction) -> str:
    """Whether two levers help each other, in one sentence."""
    return beyond_text(words, interaction.beyond)


# --- titles of figures ------------------------------------------------------------------------------------


def fan_answer(words: Words, view: RunView | SweepView, row: Row) -> str:
    """Title of the fan chart; in a sweep it names the levels that the chart shows."""
    if isinstance(view, SweepView):
        return words("fan.answer.corner", said=said(words, row), levels=levels_text(words, view.corner_levels))
    return words("fan.answer", said=said(words, row))


def years_answer(words: Words, view: RunView) -> str:
    """Title of the chart by year: the first whole year of the programme and the last year."""
    first, last = view.first_whole_year, view.known_years[-1]
    if first.year == last.year:
        return words("years.answer.one", first=said(words, first.row), year=last.year)
    return words(
        "years.answer", first=said(words, first.row), last=said(words, last.row), start=first.year, year=last.year
    )


def forest_answer(words: Words, view: RunView) -> str:
    """Title of the chart of outcomes: the main harm and the main burden."""
    return "; ".join(said(words, view.rows[name]) for name in (MAIN, "detained_days"))


def line_answer(words: Words, view: SweepView) -> str:
    """Title of the line chart: what the first lever does from end to end."""
    effect = view.lever_effects[0]
    return words(
        f"lines.answer.{'clear' if effect.averted.is_settled else 'cannot_tell'}",
        grade=averted_grade(words, effect.averted),
        key=lever_label(words, effect.key).lower(),
        first=words.as_written(effect.first),
        last=words.as_written(effect.last),
        value=words.signed(effect.averted.value),
    )


def interaction_answer(words: Words, beyond: Change) -> str:
    """Title of the interaction chart."""
    key = "clear" if beyond.is_settled else "add"
    return words(f"interaction.answer.{key}", grade=averted_grade(words, beyond), value=words.signed(beyond.value))


def burden_answer(words: Words, view: SweepView) -> str:
    """Title of the burden chart: detention where most is averted."""
    best = max(view.cells, key=lambda cell: averted(cell).value)
    return words("burden.answer", said=said(words, best.rows["detained_days"]))
