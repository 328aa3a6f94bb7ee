"""Published against model, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from ...experiment.reproduction import PLACEHOLDER, VALUE
from ...experiment.reproduction_run import FAILED, PASSED
from ...language.catalogue import Words
from ...language.numbers import MISSING

if TYPE_CHECKING:
    from ...experiment.reproduction import Figure, Reproduction
    from ...experiment.reproduction_run import Outcome, Reproduced

COLUMNS = ("figure", "published", "accepted", "model", "verdict", "how_far")


def shown_number(words: Words, value: float | None) -> str:
    """A number of any size in few digits."""
    if value is None or not isfinite(value):
        return MISSING
    return words.number(value, 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0)


def figure_name(words: Words, figure: Figure) -> str:
    """A published figure's name for readers."""
    return words.translated("figures", figure.name.replace("_", " "))


def unit_of(words: Words, figure: Figure) -> str:
    """A published figure's unit."""
    return words.translated("units", figure.unit)


def question_of(words: Words, made: Reproduction) -> str:
    """What a reproduction asks."""
    return words.translated("questions", made.question, made.name)


def accepted(words: Words, figure: Figure) -> str:
    """The accepted range in words."""
    if not figure.is_checked:
        return MISSING
    low, high = shown_number(words, figure.low), shown_number(words, figure.high)
    if figure.low is None:
        return words("range.most", high=high)
    return words("range.least", low=low) if figure.high is None else words("range.both", low=low, high=high)


def model(words: Words, outcome: Outcome) -> str:
    """The model's number with its 95 % Monte Carlo interval."""
    value, low, high = (shown_number(words, number) for number in (outcome.found.value, *outcome.found.interval))
    return words("reproduction.interval", value=value, low=low, high=high)


def verdict_text(words: Words, verdict: str) -> str:
    """ "pass", "FAIL", "entered" or "recorded" for readers."""
    return words(f"reproduction.{verdict.lower()}")


def how_far(words: Words, outcome: Outcome) -> str:
    """How far outside the accepted range, and whether more runs may turn the verdict."""
    if not outcome.figure.is_checked:
        return ""
    if not isfinite(outcome.found.value):
        return words("reproduction.no_value")
    size = shown_number(words, abs(outcome.outside))
    told = [words(f"reproduction.too_{'low' if outcome.outside < 0 else 'high'}", size=size)] if outcome.outside else []
    return ", ".join([*told, words("reproduction.close")] if outcome.is_close else told)


def header(words: Words, columns: Sequence[str] = COLUMNS) -> tuple[str, ...]:
    """The names of columns."""
    return tuple(words(f"reproduction.column.{name}") for name in columns)


def reproduction_row(words: Words, outcome: Outcome) -> tuple[str, ...]:
    """One row of the table."""
    figure = outcome.figure
    return (
        f"{figure_name(words, figure)} ({unit_of(words, figure)})", shown_number(words, figure.published),
        accepted(words, figure), model(words, outcome), verdict_text(words, outcome.verdict), how_far(words, outcome),
    )  # fmt: skip


def why_failed(words: Words, made: Reproduced) -> Iterator[tuple[str, str]]:
    """The name of every figure that fails for a known reason, with the reason."""
    told = _told_of(words, made.outcomes)
    for outcome in made.outcomes:
        figure = outcome.figure
        if outcome.verdict == FAILED and figure.why:
            key = f"{made.reproduction.name}.{figure.name}"
            why = words.translated("whys", figure.why, key)
            yield told[figure.name], PLACEHOLDER.sub(lambda name: told.get(name[1], name[0]), why)


def _told_of(words: Words, outcomes: Iterable[Outcome]) -> dict[str, str]:
    """What a reason's placeholders stand for: a figure's name, and the model's number of it."""
    told: dict[str, str] = {}
    for outcome in outcomes:
        told[outcome.figure.name + VALUE] = shown_number(words, outcome.found.value)
        told[outcome.figure.name] = figure_name(words, outcome.figure)
    return told


def terminal_lines(words: Words, made: Reproduced) -> Iterator[str]:
    """The question, the table, what is no longer as recorded, and why what fails does."""
    yield f"{made.reproduction.name}: {question_of(words, made.reproduction)}"
    yield words("reproduction.runs", replicates=words.number(made.replicates, 0), seed=made.seed)
    rows = [header(words), *(reproduction_row(words, outcome) for outcome in made.outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    for name, why in why_failed(words, made):
        yield words("reproduction.why", name=name, why=why)
    for outcome in made.drifted:
        before = shown_number(words, outcome.before.value if outcome.before else None)
        errors = words.number(abs(outcome.drifted), 1)
        yield words("reproduction.drifted", name=figure_name(words, outcome.figure), before=before, errors=errors)


def overall_lines(words: Words, all_made: Sequence[Reproduced]) -> Iterator[str]:
    """One line an experiment."""
    width = max(len(made.reproduction.name) for made in all_made)
    for made in all_made:
        mark = verdict_text(words, PASSED if made.passed else FAILED)
        yield f"  {made.reproduction.name.ljust(width)}  {mark}  {passing(words, made)}"


def passing(words: Words, made: Reproduced) -> str:
    """ "3 of 5 figures"."""
    inside, of = made.inside
    return words("reproduction.passing", inside=inside, checked=of)
