"""Write reproductions.md: ``python docs/make_reproductions.py``. Nothing is run; a test holds the page current."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gvi_sim.experiment.reproduction import load_reproduction, reproduction_names
from gvi_sim.experiment.reproduction_run import Reproduced, from_recorded
from gvi_sim.language.catalogue import Words
from gvi_sim.language.numbers import MISSING
from gvi_sim.report.text.reproduction_text import header, passing, reproduction_row, why_failed

PAGE = Path(__file__).with_name("reproductions.md")
HEAD = """# Reproductions: published figures against the model

Written by `docs/make_reproductions.py` from `published.yaml` and `expected.json` of each experiment.
`gvi-sim reproduce NAME` runs one again, `gvi-sim reproduce --all` all of them; exit code 1 means that a figure lies
outside its accepted range. What fails stays in the tables, with the reason as we read it; where the model has what the
reason names, a further arm tests it ("checked", a recorded figure). Ranges were chosen before the first run; two
experiments were changed after theirs, and their questions say how; the arms that test reasons came later and change no
other figure. Strengths are not tuned to these figures one by one, but the default ensemble was calibrated to what the
same literature says of treated and tied groups, so that such a figure is no independent test. Figures that only give
back a number that was entered are marked "entered" and do not count. Intervals hold chance between runs and between the
ensemble's draws, not what is unknown beyond them.
"""


def render() -> str:
    """The page from what was published and what was recorded."""
    words, all_made = Words("en"), [from_recorded(load_reproduction(name)) for name in reproduction_names()]
    sections = (line for made in all_made for line in _section(words, made))
    return "\n".join([HEAD, *_overview(words, all_made), *sections]) + "\n"


def _overview(words: Words, all_made: Sequence[Reproduced]) -> Iterator[str]:
    inside, of = (sum(made.inside[k] for made in all_made) for k in (0, 1))
    entered = sum(bool(outcome.figure.returns) for made in all_made for outcome in made.outcomes)
    yield f"{inside} of {of} figures are within their range; {entered} more only return a number that was entered.\n"
    rows = (_overview_row(words, made) for made in all_made)
    yield from _table(("experiment", "figures within range", "question"), rows)


def _overview_row(words: Words, made: Reproduced) -> tuple[str, ...]:
    link = f"[{made.reproduction.name}](#{made.reproduction.name})"
    return link, passing(words, made).removesuffix(" figures"), made.reproduction.question


def _section(words: Words, made: Reproduced) -> Iterator[str]:
    name = made.reproduction.name
    yield f"\n## {name}\n"
    yield f"{made.reproduction.question} Before the run: [question](../experiments/{name}/question.md).\n"
    first, *others = header(words)
    rows = ((outcome, reproduction_row(words, outcome)) for outcome in made.outcomes)
    told = ((row[0], ", ".join(found.figure.sources) or MISSING, *row[1:]) for found, row in rows)
    yield from _table((first, "sources", *others), told)
    yield f"\n{made.replicates} replicates, seed {made.seed}.\n"
    for failed, why in why_failed(words, made):
        yield f"*Why {failed} fails.* {why}\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "/") for cell in row) + " |"


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
