"""``gvi-sim report``: the report of a finished run, sweep or calibration again."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..errors import ScenarioError
from .options import add_shared
from .parser import Parser


def add(commands: Parser) -> None:
    """Add the command."""
    parser = commands.command("report", _report)
    add_shared(parser, "folder")
    parser.add_argument("--bundle")
    add_shared(parser, "--csv", "--quiet")


def _report(arguments: argparse.Namespace) -> int:
    from ..language.catalogue import Words

    words, folder = Words(arguments.lang), Path(arguments.folder)
    from ..config.personal_data import refuse_personal_data
    from ..experiment.verify import refuse_what_is_no_result
    from ..report.bundle import refuse_target, write_bundle
    from ..report.write import write_swedish_tables

    refuse_what_is_no_result(folder)
    if arguments.bundle:
        refuse_personal_data(Path(arguments.bundle).name, "--bundle")
        refuse_target(folder, Path(arguments.bundle))
    page = _page(folder, arguments.lang)
    print(page if arguments.quiet else words("terminal.wrote", path=page))
    if arguments.csv:
        write_swedish_tables(folder)
    if arguments.bundle:
        packed = write_bundle(folder, Path(arguments.bundle))
        print(packed if arguments.quiet else words("terminal.wrote", path=packed))
    return 0


def _page(folder: Path, lang: str) -> Path:
    """The report of a folder, written."""
    from ..execution.storage.ensemble_file import KIND
    from ..execution.storage.store import open_store
    from ..experiment.opening import open_result
    from ..report.write import write_calibration_report, write_report
    from ..simulate import Runs

    if open_store(folder).manifest["kind"] == KIND:
        return write_calibration_report(folder, lang)
    result = open_result(folder)
    if isinstance(result, Runs):
        raise ScenarioError("no-comparison", folder=folder, file=folder / "scenario.yaml")
    return write_report(result, lang)
