"""What a sweep says, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..analysis.estimates import Change, row
from ..analysis.verdict import Verdict
from ..analysis.wording import MAIN, beyond_text, noted, outcome_table, wrapped
from ..language.catalogue import Words

if TYPE_CHECKING:
    from .sweep import Sweep

MOST_LINES = 40


def sweep_text(sweep: Sweep, lang: str) -> str:
    """What was compared, shootings by cell, and the largest interaction that can be told from nothing."""
    words = Words(lang).about("several")
    cells = sweep.cells[sweep.cells["outcome"] == MAIN].to_dict("records")
    shown = {str(cell["label"]): row(MAIN, cell) for cell in cells[:MOST_LINES]}
    first = words(
        "sweep.says", name=sweep.design.name, cells=words.number(len(cells), 0), what=words(f"outcome.{MAIN}"),
        replicates=words.number(sweep.replicates, 0), seed=sweep.seed,
    )  # fmt: skip
    more = [words("sweep.more", count=len(cells) - MOST_LINES)] if len(cells) > MOST_LINES else []
    drawn = 0 if sweep.parameters is None else len(sweep.parameters.keys)
    last = words("answer.scope.drawn", drawn=words.number(drawn, 0)) if drawn else words("answer.precision.chance")
    told = [wrapped(first), outcome_table(words, shown.values(), tuple(shown)), *map(wrapped, _together(words, sweep))]
    return "\n\n".join([*told, *more, *noted(words, sweep.replicates, sweep.warnings), wrapped(last)])


def _together(words: Words, sweep: Sweep) -> list[str]:
    table = sweep.interactions
    rows = [] if table.empty else table[table["outcome"] == MAIN].to_dict("records")
    if not rows:
        return []
    clear = [it for it in rows if Verdict(it["verdict"]).sign] or rows
    it = max(clear, key=lambda it: abs(float(it["interaction"])))
    beyond = Change(it["interaction"], it["low"], it["high"], Verdict(it["verdict"])).scaled(-1)
    levels = " ".join(f"{it[name]}={words.as_written(str(it[f'{name}_level']))}" for name in ("first", "second"))
    return [f"{levels}: {beyond_text(words, beyond)}"]
