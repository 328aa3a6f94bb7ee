"""The answer on one screen of text, and the progress line above it."""

from __future__ import annotations

import time
from typing import TextIO

from ..analysis.inference.verdict import Verdict
from ..analysis.pairs.effect_text import SHOWN, aligned, outcome_table, precision, wrapped
from ..language.catalogue import Words
from .pages import decomposition_text, side_by_side
from .pages.sweep_years import map_lines, year_lines
from .text import wording
from .text.dose_text import dose_texts, need_texts
from .text.spending_text import budget_text
from .views.view import Paired, PartsView, RunView, SweepView

EVERY = 0.1  # seconds between two drawings of the progress line
BAR = 24


def screen(words: Words, view: Paired, outcome: str = wording.MAIN) -> str:
    """The answer of whatever was run; of an attribution, about one of the outcomes that it shares out."""
    words = words.about(view.origin.package)
    if isinstance(view, RunView):
        return run_screen(words, view)
    return sweep_screen(words, view) if isinstance(view, SweepView) else parts_screen(words, view, outcome)


def parts_screen(words: Words, view: PartsView, outcome: str) -> str:
    """The answer of an attribution: which part carries most, and a row a part."""
    answer = words("figure.says", answer=decomposition_text.parts_answer(words, view.parts, outcome))
    table = decomposition_text.parts_table(words, view.parts, outcome)
    rows = aligned((table.header, *table.rows))
    title = words("terminal.title.parts", site=view.origin.site)
    idle = [wrapped(text) for text in wording.idle(words, view)]
    whole = [wrapped(text) for text in wording.whole_texts(words, view)]
    return "\n\n".join([title, *idle, wrapped(answer), f"{table.caption}:\n{rows}", *whole, *_foot(words, view)])


def run_screen(words: Words, view: RunView) -> str:
    """The answer of a comparison: a sentence, a few rows with intervals, and what to know about them."""
    first = [*side_by_side.usual_texts(words, view), *wording.idle(words, view), wording.headline(words, view)]
    parts = [words("terminal.title", site=view.origin.site), *map(wrapped, first)]
    row = view.rows[wording.MAIN]
    differ = row.verdict is not Verdict.NO_DIFFERENCE
    if differ:
        parts.append(wrapped(precision(words, row)))
    if any(view.rows[name].verdict is not Verdict.NO_DIFFERENCE for name in SHOWN):
        parts.append(outcome_table(words, [view.rows[name] for name in SHOWN]))
    if differ:
        parts += map(wrapped, [*dose_texts(words, view), *need_texts(words, view), *wording.screened(words, view)])
        parts += map(wrapped, [*wording.doubt_texts(words, view), wording.reality(words, view)])
    if budget := budget_text(words, view):
        parts.append(wrapped(budget))
    return "\n\n".join([*parts, *_foot(words, view)])


def sweep_screen(words: Words, view: SweepView) -> str:
    """The answer of a sweep: its span, what each lever does, and whether they help each other."""
    first = [
        *side_by_side.usual_texts(words, view),
        *wording.idle(words, view),
        side_by_side.side_headline(words, view),
    ]
    aside = view.is_side_by_side
    table = [aligned(side_by_side.screen_table(words, view))] if aside else []
    cells = [aligned(map_lines(words, view), last=99)] if len(view.axes) > 1 and not aside else []
    told = [wrapped(wording.lever_text(words, effect)) for effect in view.lever_effects]
    corner = wording.corner_interaction(view)
    if corner is not None:
        told.append(wrapped(wording.interaction_text(words, corner)))
    by_year = view.years is not None and view.years.is_shown and not aside
    years = [aligned(year_lines(words, view), last=99)] if by_year else []
    # The patterns, and what the doubt is made of, stand in the report: tables take their lines.
    brief = bool(cells or years)
    doubt = [*wording.screened(words, view, brief=brief), *([] if brief else wording.doubt_texts(words, view))]
    levers = ["\n".join(told)] if told else []
    headed = "\n".join([wrapped(first[-1]), *cells])
    blocks = [*map(wrapped, first[:-1]), headed, *table, *levers, *years, *map(wrapped, doubt)]
    return "\n\n".join([*blocks, *_foot(words, view)])


def _foot(words: Words, view: Paired) -> list[str]:
    notes = [wrapped(f"{words('terminal.warning')}: {text}") for text in wording.warnings(words, view)]
    facts = {
        "replicates": words.number(view.origin.replicates, 0),
        "years": words.years(*view.origin.spans),
        "seed": view.origin.seed,
    }
    if isinstance(view, SweepView):
        runs = words("terminal.cells", cells=words.number(len(view.cells), 0), **facts)
    else:
        runs = words("terminal.runs", **facts)
    told = [wrapped(f"{runs} {wording.scope(words, view)}"), wrapped(words("terminal.synthetic"))]
    return [*notes, "\n".join(told)] if isinstance(view, SweepView) else [*notes, *told]


def duration(seconds: float) -> str:
    """Seconds as a person says them: "42 s", "3 min", "2 h 5 min"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


class ProgressLine:
    """Runs done and time left on one line that is drawn again and again; used as a progress callback."""

    def __init__(self, words: Words, stream: TextIO) -> None:
        self._words, self._stream = words, stream
        self._drawn = 0.0
        self._length = 0

    def __call__(self, done: int, total: int, seconds_left: float | None) -> None:
        """Draw the line, or clear it when all is done."""
        now = time.monotonic()
        if done >= total:
            self.clear()
        elif now - self._drawn >= EVERY:
            self._drawn = now
            self._draw(self._text(done, total, seconds_left))

    def clear(self) -> None:
        """Take the line away."""
        if self._length:
            self._stream.write("\r" + " " * self._length + "\r")
            self._stream.flush()
        self._length = 0

    def _text(self, done: int, total: int, seconds_left: float | None) -> str:
        words, filled = self._words, BAR * done // max(total, 1)
        counted = words("terminal.progress", done=words.number(done, 0), total=words.number(total, 0))
        left = "" if seconds_left is None else ", " + words("terminal.left", time=duration(seconds_left))
        return f"[{'#' * filled}{'.' * (BAR - filled)}] {counted}{left}"

    def _draw(self, text: str) -> None:
        self._stream.write("\r" + text.ljust(self._length))
        self._stream.flush()
        self._length = len(text)
