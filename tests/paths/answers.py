"""What must be true of any answer: of its text, of its page, of its tables, whatever was asked."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path as File

from gvi_sim.analysis.inference import graded
from gvi_sim.analysis.inference.verdict import Verdict
from gvi_sim.analysis.pairs.effect import Effect
from gvi_sim.execution.storage.store import open_store
from gvi_sim.experiment.opening import open_result
from gvi_sim.language.catalogue import Words
from gvi_sim.report.building.build import run_view
from gvi_sim.report.terminal import SHOWN

from .design import Path

NEVER = (
    (re.compile(r"Traceback|[a-z]Error\b|RuntimeWarning"), "a fault of the program"),
    (re.compile(r"\bnan\b|\binf\b|\bNone\b|NaN"), "a number that is none"),
    (re.compile(r"\{[a-z_]+\}|[<\[]gvi_sim|object at 0x|\bnp\.\w+\("), "something not meant for readers"),
)
MAIN = "shootings"


def complaints_of_text(text: str) -> Iterator[str]:
    """What no text for a reader may hold."""
    for pattern, fault in NEVER:
        if found := pattern.search(text):
            yield f"{fault}: ...{text[max(found.start() - 60, 0) : found.end() + 60]!r}"


def complaints_of_folder(folder: File, path: Path, told: str | None) -> Iterator[str]:
    """What a folder, its page and what was printed (when it was) must agree on."""
    page = _lines((folder / "report.html").read_text("utf-8"))
    yield from complaints_of_text("\n".join(page))
    yield from _keys_as_set(json.loads((folder / "manifest.json").read_text("utf-8")), path)
    result = open_result(folder)
    if isinstance(result, Effect):
        yield from _window_as_named(result)
        yield from _one_verdict(result, path, page, told)


def _lines(page: str) -> list[str]:
    """The words of a page, a line a paragraph or a row of a table; without figures and styles."""
    page = re.sub(r"<(svg|style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    page = re.sub(r"</t[hd]>", " ", " ".join(page.split()))
    text = re.sub(r"</(p|li|tr|h\d|div|caption|figcaption|title)>", "\n", page)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", "", line)).split()) for line in text.splitlines()]


def _keys_as_set(manifest: dict[str, object], path: Path) -> Iterator[str]:
    """The stored scenario is the one that the words name, and draws what was asked for."""
    arms = manifest["arms"]
    assert isinstance(arms, list)
    chosen = [arm["scenario"]["choices"] for arm in arms if "scenario" in arm]
    group, _, name = path.world.partition("=")
    if chosen and chosen[-1].get(group) != name:
        yield f"{path.world} was asked for and {chosen[-1]} is stored"
    if manifest["parameters"] != path.parameters:
        yield f"parameters={path.parameters} was asked for and {manifest['parameters']} is stored"


def _window_as_named(effect: Effect) -> Iterator[str]:
    """What is counted lies in the years that the scenario names, from its start date on."""
    for runs in (effect.base, effect.scenario):
        first, last = runs.window
        if first != 0.0 or abs(last - 365.25 * runs.scenario.years) > 1.0:
            yield f"{runs.scenario.years:g} years from the start date were named, days {first:g} to {last:g} counted"
        days = runs.attacks["day"]
        counted = days[(days >= first) & (days < last)]
        if len(counted) != runs.outcomes["attacks"].sum():
            yield f"{runs.outcomes['attacks'].sum():g} attacks are counted, and {len(counted)} lie in the window"


def _one_verdict(effect: Effect, path: Path, page: list[str], told: str | None) -> Iterator[str]:
    """One word and one interval for each outcome: on the screen, on the page and in the stored table."""
    say = Words(path.lang).about(effect.scenario.scenario.choices["programme"])
    view = run_view(effect)
    assert effect.folder is not None
    stored = open_store(effect.folder).read_table("effect").set_index("outcome")["verdict"]
    screen = [] if told is None else [" ".join(line.split()) for line in told.splitlines()]
    for name in SHOWN:
        row = view.rows[name]
        same = row.verdict is Verdict.NO_DIFFERENCE
        if Verdict(stored[name]) is not row.verdict:
            yield f"{name}: the table holds {stored[name]!r} and the page is made from {row.verdict!r}"
        title, word = graded.capital(graded.what(say, name)), graded.verdict(say, row)
        change = " ".join(graded.percent_text(say, row.change).split())
        for where, lines in (("page", page), ("screen", screen)):
            about = [line for line in lines if line.startswith(f"{title} ") and re.search(r"\d", line)]
            if about and not (about[0].endswith(word) and (same or change in about[0])):
                yield f"{name}: the {where} says {about[0]!r}, not {change!r} and {word!r}"
            if lines and not about and not same:
                yield f"{name}: the {where} has no line for it"
    if screen and graded.verdict(say, view.rows[MAIN]).lower() not in " ".join(screen).lower() and not path.is_idle:
        yield f"the screen does not say {view.rows[MAIN].verdict!r} of {MAIN}"
