"""The answer in plain words, each number with its interval, and "cannot tell" where nothing can be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from . import doubt, outcomes
from .numbers import MINUS
from .spread import year_of
from .view import (
    Beginning,
    Cell,
    Estimate,
    Interaction,
    LeverEffect,
    NotRunning,
    Origin,
    PartsView,
    Row,
    RunView,
    SweepView,
)
from .words import Words

MAIN = "shootings"
FEW = 100  # runs below which a report says that its intervals are wide
BESIDE = ("detonations", "persons_killed", "detained_days")  # always told with the answer: harm and burden


def what(words: Words, name: str) -> str:
    """The outcome's name in a sentence."""
    return words(f"outcome.{name}")


def capital(text: str) -> str:
    """With a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def direction(words: Words, name: str, value: float) -> str:
    """ "fewer", "more", "less" as the outcome is counted or measured."""
    if outcomes.BY_NAME[name].counted:
        return words("word.fewer" if value < 0 else "word.more")
    return words("word.less" if value < 0 else "word.greater")


def change(words: Words, row: Row) -> str:
    """ "27% fewer shootings"; the absolute difference where business as usual has none."""
    relative = row.change
    if relative.is_known:
        size = words.percent(abs(relative.value), 0 if abs(relative.value) >= 0.01 else 1)
    else:
        size = words.number(abs(row.difference.value))
    value = relative.value if relative.is_known else row.difference.value
    return f"{size} {direction(words, row.name, value)} {what(words, row.name)}"


def change_interval(words: Words, row: Row, *, named: bool = True) -> str:
    """ "95% interval 22% to 31% fewer", or with both directions where the interval holds no difference.

    Without ``named`` the words "95% interval" are left out, for the second interval of a sentence on.
    """
    estimate = row.change if row.change.is_known else row.difference
    low, high = _ends(words, estimate, is_share=row.change.is_known)
    if estimate.low < 0 < estimate.high:
        low = f"{low} {direction(words, row.name, estimate.low)}"
        high = f"{high} {direction(words, row.name, estimate.high)}"
    else:
        low, high = sorted_by_size(estimate, low, high)
        high = f"{high} {direction(words, row.name, estimate.value)}"
    return words("interval.same_way" if named else "interval.short", low=low, high=high)


def sorted_by_size(estimate: Estimate, low: str, high: str) -> tuple[str, str]:
    """The two ends in words, the smaller in size first ("22% to 31% fewer")."""
    return (high, low) if abs(estimate.low) > abs(estimate.high) else (low, high)


def _ends(words: Words, estimate: Estimate, *, is_share: bool) -> tuple[str, str]:
    if is_share:
        decimals = _percent_decimals(estimate)
        return words.percent(abs(estimate.low), decimals), words.percent(abs(estimate.high), decimals)
    _, low, high = words.together(abs(estimate.value), abs(estimate.low), abs(estimate.high))
    return low, high


def _percent_decimals(estimate: Estimate) -> int:
    """None, or one where an end would read as nothing or the two ends alike."""
    smallest = min(abs(estimate.low), abs(estimate.high), abs(estimate.value))
    return 0 if smallest >= 0.01 and estimate.high - estimate.low >= 0.02 else 1


def bracket(words: Words, estimate: Estimate) -> str:
    """ "12 to 33", with signs where they differ."""
    _, low, high = words.together(estimate.value, estimate.low, estimate.high)
    return words("interval.short", low=low, high=high)


def estimate_text(words: Words, estimate: Estimate, *, signed: bool = True) -> str:
    """ "+12 (8 to 16)"; a dash when there is no value."""
    if not estimate.is_known:
        return words.number(float("nan"))
    value, _, _ = words.together(estimate.value, estimate.low, estimate.high)
    if signed and estimate.value > 0 and value.strip("0.,"):
        value = "+" + value
    return f"{value} ({bracket(words, estimate)})"


def percent_text(words: Words, estimate: Estimate) -> str:
    """ "−27% (−31% to −22%)"; a dash when there is no value."""
    if not estimate.is_known:
        return words.number(float("nan"))
    value = words.percent(estimate.value, _percent_decimals(estimate), signed=True)
    return f"{value} ({percent_span(words, estimate)})"


def percent_span(words: Words, estimate: Estimate) -> str:
    """ "−31% to −22%"."""
    decimals = _percent_decimals(estimate)
    low, high = (words.percent(end, decimals, signed=True) for end in (estimate.low, estimate.high))
    return words("interval.short", low=low, high=high)


def verdict(words: Words, row: Row) -> str:
    """One or two words for a table's last column."""
    if row.verdict == "same":
        return words("word.same")
    if not row.is_settled:
        return words("word.cannot_tell")
    return words("word.lower" if row.verdict == "lower" else "word.higher")


def headline(words: Words, view: RunView, name: str = MAIN) -> str:
    """The first sentence of the answer; where values were drawn, with the interval that holds them too."""
    row, origin = _with_doubt(view, view.rows[name]), view.origin
    common = {"site": origin.site, "years": words.years(*origin.spans)}
    if view.not_running and row.verdict == "same":
        return words("answer.level_only", base=words.number(row.base), what=what(words, name), **common)
    if row.verdict == "same":
        return words("answer.same", what=what(words, name), **common)
    if row.is_settled:
        return words("answer.clear", change=change(words, row), interval=change_interval(words, row), **common)
    low, high = _both_ways(words, row)
    return words("answer.cannot_tell", what=what(words, name), low=low, high=high, **common)


def _with_doubt(view: RunView, row: Row) -> Row:
    """The row with the interval of chance and drawn values, where it is the main outcome's and can be told."""
    both = None if view.doubt is None or row.name != MAIN else view.doubt.both
    if both is None or row.verdict == "same":
        return row
    settled = ("lower" if both.value < 1 else "higher") if both.excludes(1.0) else "cannot tell"
    return replace(row, ratio=both, verdict=settled)


def _both_ways(words: Words, row: Row) -> tuple[str, str]:
    estimate = row.change if row.change.is_known else row.difference
    low, high = _ends(words, estimate, is_share=row.change.is_known)
    return (
        f"{low} {direction(words, row.name, estimate.low)}",
        f"{high} {direction(words, row.name, estimate.high)}",
    )


def answer(words: Words, view: RunView) -> list[str]:
    """The answer, a few sentences, most important first."""
    row = view.rows[MAIN]
    told = [*idle(words, view), headline(words, view)]
    if row.verdict == "same":
        return [*told, *begins(words, view.origin)]
    told += [*doubt_texts(words, view), scope(words, view), levels(words, row), beside(words, view)]
    return [*told, reality(words, view), one_run(words, view), *begins(words, view.origin)]


def doubt_texts(words: Words, view: RunView | SweepView) -> list[str]:
    """How much of the doubt is the parameters', and what drives the answer; nothing where nothing was drawn.

    Of a sweep, in its corner.
    """
    if view.doubt is None:
        return []
    told = doubt.texts(words, view.doubt)
    if isinstance(view, SweepView):
        return [words("sweep.corner", levels=levels_text(words, view.corner_levels)), *told]
    return told


def scope(words: Words, view: RunView | SweepView | PartsView) -> str:
    """What the intervals hold and what they leave out, with the number of assumptions behind the answer."""
    assumed = sum(entry.grade == "D" for entry in view.resting)
    if view.origin.drawn:
        return words("answer.scope.drawn", drawn=words.number(view.origin.drawn, 0))
    return words("answer.scope", assumed=words.number(assumed, 0), all=words.number(len(view.resting), 0))


def idle(words: Words, view: RunView | SweepView | PartsView) -> list[str]:
    """Why the programme does nothing where it does nothing: the first thing to be told."""
    told = [words(f"idle.{site.why}", site=site.site, partners=_partners(words, site)) for site in view.not_running]
    start = None if isinstance(view, PartsView) else view.programme_start
    if start is not None and start >= year_of(view.origin.start) + max(view.origin.spans):
        told.append(words("idle.later", year=int(start), years=words.years(*view.origin.spans)))
    return told


def _partners(words: Words, site: NotRunning) -> str:
    return joined(words, [words(f"partner.{name}") for name in site.partners])


def begins(words: Words, origin: Origin) -> list[str]:
    """When the programme begins in each place, here and as the registry knows it, with the source."""
    return [_begins(words, found) for found in origin.beginnings]


def _begins(words: Words, found: Beginning) -> str:
    here = "" if found.day is None else words("begins.here", site=found.site, day=found.day.isoformat()) + " "
    if not found.place:
        return f"{here}{words('begins.unknown', site=found.site)}"
    fact = words(f"begins.{found.place}")
    return here + words("begins.known", site=found.site, fact=fact, sources="; ".join(found.sources), grade=found.grade)


def joined(words: Words, items: Sequence[str]) -> str:
    """ "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return words("word.and", first=", ".join(items[:-1]), last=items[-1])


def warnings(words: Words, view: RunView | SweepView | PartsView) -> list[str]:
    """What a reader must know before the numbers."""
    told = []
    if view.origin.own_facts:
        told.append(words("warning.own_facts", site=view.origin.site, keys=joined(words, view.origin.own_facts)))
    for found in view.origin.beginnings:
        if found.day is not None and found.day < view.origin.start:
            dates = {"since": found.day.isoformat(), "start": view.origin.start.isoformat()}
            told.append(words("warning.runs_since", site=found.site, **dates))
    if view.origin.replicates < FEW:
        told.append(words("warning.few", replicates=words.number(view.origin.replicates, 0)))
    if isinstance(view, RunView) and is_noisy(view.rows[MAIN]):
        told.append(words("warning.noise"))
    return told + [words("warning.run", text=text) for text in view.warnings]


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
    """Whether the simulation's own error is more than a tenth of a difference that it does show."""
    half = (row.difference.high - row.difference.low) / 4
    return row.is_settled and half > 0.1 * abs(row.difference.value)


def levels(words: Words, row: Row) -> str:
    """Means of both arms and their difference."""
    base, scenario = (words.number(value) for value in (row.base, row.scenario))
    size, interval = _size_interval(words, row.difference)
    size = f"{size.lstrip(MINUS)} {direction(words, row.name, row.difference.value)}"
    if not row.is_settled:
        interval = words("word.cannot_tell")
    return words(
        "answer.levels",
        base=base,
        scenario=scenario,
        what=what(words, row.name),
        difference=size,
        interval=interval,
    )


def beside(words: Words, view: RunView, names: Sequence[str] = BESIDE) -> str:
    """What happens at the same time: other harm, and always the burden."""
    items = [beside_item(words, view.rows[name]) for name in names]
    return words("answer.also", changes="; ".join(items))


def beside_item(words: Words, row: Row) -> str:
    """ "27% fewer shootings (22% to 31% fewer)", or that it cannot be told."""
    if row.verdict == "same":
        return f"{what(words, row.name)}: {words('word.same')}"
    interval = change_interval(words, row, named=False)
    if row.is_settled:
        return words("answer.change_item", change=change(words, row), interval=interval)
    return words("answer.cannot_item", what=what(words, row.name), interval=interval)


def reality(words: Words, view: RunView) -> str:
    """How often two places, alike but for the programme, would show the effect that paired runs show."""
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


def averted(cell: Cell, name: str = MAIN) -> Estimate:
    """Shootings averted in a cell: the difference with its sign turned."""
    return cell.rows[name].difference.scaled(-1)


def lever_name(words: Words, key: str) -> str:
    """A lever's name for readers; the key itself when the table has no name for it."""
    return words(f"key.{key}") if words.has(f"key.{key}") else key


def lever_axis(words: Words, key: str, unit: str) -> str:
    """A lever's name with its unit, for an axis."""
    own = next((name for name in (f"key.{key}.unit", f"key.unit.{unit}") if words.has(name)), "")
    return words("key.axis", name=lever_name(words, key), unit=words(own) if own else unit)


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


def cell_text(words: Words, estimate: Estimate) -> str:
    """Value and interval of one cell in a sentence."""
    value, low, high = words.together(estimate.value, estimate.low, estimate.high)
    return words("sweep.answer.cell", value=value, low=low, high=high)


def lever_text(words: Words, effect: LeverEffect) -> str:
    """What moving one lever from end to end averts, in one sentence."""
    if not effect.averted.excludes(0.0):
        key = "sweep.answer.axis.cannot_tell"
    else:
        key = "sweep.answer.axis.clear" if effect.averted.value > 0 else "sweep.answer.axis.worse"
    value, interval = _size_interval(words, effect.averted)
    told = words(
        key,
        key=lever_name(words, effect.key).lower(),
        first=words.as_written(effect.first),
        last=words.as_written(effect.last),
        value=value,
        interval=interval,
    )
    if not effect.others:
        return told + "."
    return told + words("sweep.answer.other", levels=levels_text(words, effect.others))


def _size_interval(words: Words, estimate: Estimate) -> tuple[str, str]:
    """Size and interval without signs where the direction is told in words, with them where it is not."""
    if estimate.excludes(0.0):
        ends = sorted((abs(estimate.low), abs(estimate.high)))
        value, low, high = words.together(abs(estimate.value), *ends)
    else:
        value, low, high = words.together(estimate.value, estimate.low, estimate.high)
    return value, words("interval.same_way", low=low, high=high)


def levels_text(words: Words, levels: Iterable[tuple[str, str]]) -> str:
    """ "sanction certainty 1 and exit offers 0.5", from keys and levels."""
    return joined(words, [f"{lever_name(words, key).lower()} {words.as_written(level)}" for key, level in levels])


def corner_interaction(view: SweepView) -> Interaction | None:
    """The interaction of the first two levers at their last levels, if the sweep has two."""
    return view.interactions[-1] if view.interactions else None


def interaction_text(words: Words, interaction: Interaction) -> str:
    """Whether two levers help each other, in one sentence."""
    beyond = interaction.beyond
    value, interval = _size_interval(words, beyond)
    if not beyond.excludes(0.0):
        return words("sweep.interaction.add", interval=interval)
    key = "sweep.interaction.more" if beyond.value > 0 else "sweep.interaction.less"
    return words(key, value=value, interval=interval)


# --- titles of figures ------------------------------------------------------------------------------------


def fan_answer(words: Words, view: RunView | SweepView, row: Row) -> str:
    """Title of the fan chart; in a sweep it names the levels that the chart shows."""
    if not row.is_settled:
        return words("fan.answer.cannot_tell", what=what(words, row.name))
    if isinstance(view, SweepView):
        return words("fan.answer.corner", change=change(words, row), levels=levels_text(words, view.corner_levels))
    return words("fan.answer.clear", change=change(words, row))


def years_answer(words: Words, view: RunView) -> str:
    """Title of the chart by year: the first whole year of the programme and the last year."""
    first, last = view.first_whole_year, view.known_years[-1]
    years = {"start": first.year, "year": last.year}
    told = {"first": change(words, first.row), "last": change(words, last.row)}
    if not first.row.is_settled and not last.row.is_settled:
        return words("years.answer.neither", what=what(words, MAIN), **years)
    if first.year == last.year:
        return words("years.answer.one", first=told["first"], year=last.year)
    if first.row.is_settled and last.row.is_settled:
        return words("years.answer.both", **told, **years)
    if first.row.is_settled:
        return words("years.answer.first", first=told["first"], **years)
    return words("years.answer.last", last=told["last"], **years)


def forest_answer(words: Words, view: RunView) -> str:
    """Title of the chart of outcomes: the main harm and the main burden."""
    first, second = (_forest_item(words, view.rows[name]) for name in (MAIN, "detained_days"))
    return words("forest.answer", first=first, second=second)


def _forest_item(words: Words, row: Row) -> str:
    if row.is_settled:
        return change(words, row)
    return words("forest.item.unclear", what=what(words, row.name))


def line_answer(words: Words, view: SweepView) -> str:
    """Title of the line chart: what the first lever does from end to end."""
    effect = view.lever_effects[0]
    values = {
        "key": lever_name(words, effect.key).lower(),
        "first": words.as_written(effect.first),
        "last": words.as_written(effect.last),
    }
    if not effect.averted.excludes(0.0):
        return words("lines.answer.cannot_tell", **values)
    key = "lines.answer.clear" if effect.averted.value > 0 else "lines.answer.worse"
    return words(key, value=words.number(abs(effect.averted.value)), **values)


def interaction_answer(words: Words, beyond: Estimate) -> str:
    """Title of the interaction chart."""
    if not beyond.excludes(0.0):
        return words("interaction.answer.add")
    key = "interaction.answer.more" if beyond.value > 0 else "interaction.answer.less"
    return words(key, value=words.number(abs(beyond.value)))


def burden_answer(words: Words, view: SweepView) -> str:
    """Title of the burden chart: detention where most is averted."""
    best = max(view.cells, key=lambda cell: averted(cell).value)
    change = best.rows["detained_days"].difference
    if not change.excludes(0.0):
        return words("burden.answer.cannot_tell")
    key = "burden.answer.more" if change.value > 0 else "burden.answer.less"
    return words(key, size=words.number(abs(change.value)))
