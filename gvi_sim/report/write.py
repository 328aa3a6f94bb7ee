"""Writing a report: figures as SVG and PNG, and the page, into a results folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import StoreError
from ..execution import Store, open_store
from . import html
from .pictures import Draw, run_figures, sweep_figures, title_of
from .sections import Report, run_report, sweep_report
from .style import as_png, as_svg
from .view import RunView, SweepView
from .words import Words

if TYPE_CHECKING:
    from ..analysis import Effect
    from ..experiment import Sweep

PAGE = "report.html"
COMMAND = "command.txt"


def write_report(result: Effect | Sweep, lang: str = "en") -> Path:
    """Write figures and page of a result that lies in a folder; returns the path of the page.

    Raises ScenarioError for an unknown language and StoreError for a result that lies in no folder.
    """
    words = Words(lang)
    if result.folder is None:
        raise StoreError("This result lies in memory only. Give out= to the run, and the report goes there.")
    store = open_store(result.folder)
    view = view_of(result, typed_command(store))
    return write_view(store, words, view)


def view_of(result: Effect | Sweep, command: str = "") -> RunView | SweepView:
    """What a report of ``result`` shows."""
    from ..analysis import Effect
    from .build import run_view
    from .build_sweep import sweep_view

    return run_view(result, command) if isinstance(result, Effect) else sweep_view(result, command)


def typed_command(store: Store) -> str:
    """The command that made a folder, if one did."""
    return store.read_file(COMMAND).decode().strip() if COMMAND in store.files else ""


def remember_command(folder: Path, command: str) -> Store:
    """Write down the command that made a folder, for the report's "how to get the same numbers"."""
    store = open_store(folder)
    store.write_file(COMMAND, f"{command}\n".encode())
    return store


def write_view(store: Store, words: Words, view: RunView | SweepView) -> Path:
    """Write what a view shows: the figures, then the page."""
    pictures, titles = {}, {}
    for name, draw in _figures(words, view):
        figure = draw()
        pictures[name], titles[name] = as_svg(figure), title_of(figure)
        store.write_file(f"figures/{name}.svg", pictures[name])
        store.write_file(f"figures/{name}.png", as_png(figure))
    text = html.page(words, _report(words, view), pictures, titles)
    return store.write_file(PAGE, text.encode())


def _figures(words: Words, view: RunView | SweepView) -> Iterator[tuple[str, Draw]]:
    return run_figures(words, view) if isinstance(view, RunView) else sweep_figures(words, view)


def _report(words: Words, view: RunView | SweepView) -> Report:
    return run_report(words, view) if isinstance(view, RunView) else sweep_report(words, view)
