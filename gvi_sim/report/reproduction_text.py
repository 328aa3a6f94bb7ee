"""Published against model, as lines for a terminal and as the page of the docs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isfinite
from typing import TYPE_CHECKING

from .numbers import write

if TYPE_CHECKING:
    from ..experiment import Reproduced
    from ..experiment.reproduction import Figure
    from ..experiment.reproduction_run import Outcome

COLUMNS = ("figure", "published", "accepted", "the model says", "verdict", "how far")


def shown(value: float | None) -> str:
    """A number of any size in few digits."""
    if value is None or not isfinite(value):
        return "–"
    return write(value, "en", 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0)


def accepted(figure: Figure) -> str:
    """The accepted range in words."""
    if not figure.is_checked:
        return "–"
    if figure.low is None:
        return f"at most {shown(figure.high)}"
    return f"at least {shown(figure.low)}" if figure.high is None else f"{shown(figure.low)} to {shown(figure.high)}"


def model(outcome: Outcome) -> str:
    """The model's number with its 95 % Monte Carlo interval."""
    low, high = outcome.found.interval
    return f"{shown(outcome.found.value)} [{shown(low)}, {shown(high)}]"


def how_far(outcome: Outcome) -> str:
    """How far outside the accepted range, and whether more runs may turn the verdict."""
    if not outcome.figure.is_checked:
        return ""
    if not isfinite(outcome.found.value):
        return "no value"
    close = "close" if outcome.is_close else ""
    if outcome.outside == 0:
        return close
    size = f"{shown(abs(outcome.outside))} too {'low' if outcome.outside < 0 else 'high'}"
    return f"{size}, {close}" if close else size


def cells(outcome: Outcome) -> tuple[str, ...]:
    """One row of the table."""
    figure = outcome.figure
    return (
        f"{figure.name.replace('_', ' ')} ({figure.unit})", shown(figure.published), accepted(figure), model(outcome),
        outcome.verdict, how_far(outcome),
    )  # fmt: skip


def terminal_lines(made: Reproduced) -> Iterator[str]:
    """The question, the table, what is no longer as recorded, and why what fails does."""
    yield f"{made.reproduction.name}: {made.reproduction.question}"
    yield f"{made.replicates} replicates, seed {made.seed}; 95 % intervals are about chance between runs only."
    rows = [COLUMNS, *(cells(outcome) for outcome in made.outcomes)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    for outcome in made.outcomes:
        if outcome.verdict == "FAIL" and outcome.figure.why:
            yield f"Why {outcome.figure.name.replace('_', ' ')} fails: {outcome.figure.why}"
    for outcome in made.drifted:
        before = outcome.before
        yield (
            f"{outcome.figure.name.replace('_', ' ')} was {shown(before.value if before else None)} when expected.json "
            f"was recorded: {abs(outcome.drifted):.1f} standard errors away. The model has changed."
        )


def overall_lines(all_made: Sequence[Reproduced]) -> Iterator[str]:
    """One line an experiment."""
    width = max(len(made.reproduction.name) for made in all_made)
    for made in all_made:
        verdicts = [outcome.verdict for outcome in made.outcomes if outcome.figure.is_checked]
        mark = "pass" if made.passed else "FAIL"
        yield f"  {made.reproduction.name.ljust(width)}  {mark}  {verdicts.count('pass')} of {len(verdicts)} figures"


# --- the page of the docs --------------------------------------------------------------------------------

HEAD = """# Reproductions: published figures against the model

Written by `docs/make_reproductions.py` from `published.yaml` and `expected.json` of each experiment.
`gvi-sim reproduce NAME` runs one again, `gvi-sim reproduce --all` all of them; exit code 1 means that a figure lies
outside its accepted range. What fails stays in the tables, with the reason as we read it; where the model has what the
reason names, a further arm tests it ("checked", a recorded figure). Ranges were chosen before the first run; two
experiments were changed after theirs, and their questions say how; the arms that test reasons came later and change no
other figure. Strengths are not tuned to these figures one by one, but the default ensemble was calibrated to what the
same literature says of treated and tied groups, so that such a figure is no independent test; and several figures are
inputs that come back. Intervals hold chance between runs and between the ensemble's draws, not what is unknown beyond
them.
"""


def page(all_made: Sequence[Reproduced]) -> str:
    """The whole page."""
    return "\n".join([HEAD, *_overview(all_made), *(line for made in all_made for line in _section(made))]) + "\n"


def _overview(all_made: Sequence[Reproduced]) -> Iterator[str]:
    checked = [outcome for made in all_made for outcome in made.outcomes if outcome.figure.is_checked]
    passing = sum(outcome.verdict == "pass" for outcome in checked)
    yield f"{passing} of {len(checked)} figures are within their range.\n"
    yield from _table(("experiment", "figures within range", "question"), (_overview_row(made) for made in all_made))


def _overview_row(made: Reproduced) -> tuple[str, ...]:
    verdicts = [outcome.verdict for outcome in made.outcomes if outcome.figure.is_checked]
    link = f"[{made.reproduction.name}](#{made.reproduction.name})"
    return link, f"{verdicts.count('pass')} of {len(verdicts)}", made.reproduction.question


def _section(made: Reproduced) -> Iterator[str]:
    name = made.reproduction.name
    yield f"\n## {name}\n"
    yield f"{made.reproduction.question} Before the run: [question](../experiments/{name}/question.md).\n"
    head = ("figure", "sources", *COLUMNS[1:])
    rows = ((outcome, cells(outcome)) for outcome in made.outcomes)
    yield from _table(head, ((row[0], ", ".join(found.figure.sources) or "–", *row[1:]) for found, row in rows))
    yield f"\n{made.replicates} replicates, seed {made.seed}.\n"
    for outcome in made.outcomes:
        if outcome.verdict == "FAIL":
            yield f"*Why {outcome.figure.name.replace('_', ' ')} fails.* {outcome.figure.why}\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "/") for cell in row) + " |"
