"""Writing a report: figures as SVG and PNG, and the page, into a results folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import StoreError
from ..execution.storage.provenance import COMMAND, SWEDISH, command_in, describe_tables, provenance_of
from ..execution.storage.spreadsheet import to_swedish_csv
from ..execution.storage.store import Store, open_store
from ..language.catalogue import Words
from .drawing.pictures import figures_of, title_of
from .drawing.style import as_png, as_svg
from .pages import html
from .pages.calibration_page import calibration_report
from .pages.decomposition_text import closer_sections, parts_report
from .pages.sections import Report, run_report, sweep_report
from .views.view import CalibrationView, Paired, PartsView, SweepView, View

if TYPE_CHECKING:
    from ..analysis.decomposition.attribution import Attribution
    from ..analysis.pairs.effect import Effect
    from ..experiment.sweep import Sweep

PAGE = "report.html"


def write_report(result: Effect | Sweep | Attribution, lang: str = "en") -> Path:
    """Write figures and page of a result that lies in a folder; returns the path of the page.

    Raises ScenarioError for an unknown language and StoreError for a result that lies in no folder.
    """
    words = Words(lang)
    if result.folder is None:
        raise StoreError("in-memory")
    store = open_store(result.folder)
    view = view_of(result, command_in(store))
    return write_view(open_store(result.folder), words, view)


def write_calibration_report(folder: str | Path, lang: str = "en") -> Path:
    """Write figure and page of the calibration in ``folder``; returns the path of the page.

    Raises ScenarioError for an unknown language and StoreError for a folder without a calibration.
    """
    from .building.build_calibration import calibration_view

    words, store = Words(lang), open_store(folder)
    return write_view(store, words, calibration_view(folder, command_in(store)))


def view_of(result: Effect | Sweep | Attribution, command: str = "", *, closer: bool = True) -> Paired:
    """What a report of ``result`` shows; without ``closer``, what takes no further runs."""
    from ..analysis.decomposition.attribution import Attribution
    from ..analysis.pairs.effect import Effect
    from .building.build import run_view
    from .building.build_decomposition import parts_view, with_closer
    from .building.build_sweep import sweep_view

    if isinstance(result, Attribution):
        return parts_view(result, command, closer=closer)
    if not isinstance(result, Effect):
        return sweep_view(result, command)
    view = run_view(result, command)
    if not closer:
        return view
    from ..analysis.decomposition.effect_decomposition import closer_of

    return with_closer(view, result, closer_of(result))


def remember_command(folder: Path, command: str) -> Store:
    """Write down the command that made a folder, for the report's "how to get the same numbers"."""
    store = open_store(folder)
    store.write_file(COMMAND, f"{command}\n".encode())
    describe_tables(store)
    return store


def write_swedish_tables(folder: str | Path) -> None:
    """Write every small table of ``folder`` once more, as a Swedish spreadsheet opens it: ``tables/NAME.sv.csv``."""
    store = open_store(folder)
    paths = [Path(path) for path in store.files]
    for name in sorted(path.stem for path in paths if path.parent.name == "tables" and path.suffix == ".parquet"):
        store.write_file(f"tables/{name}{SWEDISH}", to_swedish_csv(store.read_table(name)).encode())
    describe_tables(store)


def write_view(store: Store, words: Words, view: View) -> Path:
    """Write what a view shows: the figures, then the page."""
    pictures, titles = {}, {}
    about = provenance_of(store.manifest, command_in(store))
    for name, draw in figures_of(words, view):
        figure = draw()
        pictures[name], titles[name] = as_svg(figure), title_of(figure)
        store.write_file(f"figures/{name}.svg", pictures[name])
        store.write_file(f"figures/{name}.png", as_png(figure, about))
    text = html.page(words, report_of(words, view), pictures, titles)
    return store.write_file(PAGE, text.encode())


def report_of(words: Words, view: View) -> Report:
    """The report of whatever is shown, before any HTML."""
    words = words.about(view.origin.package)
    if isinstance(view, PartsView):
        return parts_report(words, view)
    if isinstance(view, CalibrationView):
        return calibration_report(words, view)
    if isinstance(view, SweepView):
        return sweep_report(words, view)
    return run_report(words, view, closer_sections(words, view))
