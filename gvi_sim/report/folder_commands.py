"""Commands on a results folder: ``gvi-sim report`` and ``gvi-sim verify``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import ScenarioError, visible
from .commands import add_reader_options

Add = Callable[..., Any]


def add_folder_commands(commands: Any, add: Add) -> None:
    """Add the commands; ``add`` makes a parser."""
    _add_report(commands, add)
    _add_verify(commands, add)


def _add_report(commands: Any, add: Add) -> None:
    parser = add(
        commands,
        "report",
        _report,
        help="the report of a finished run, sweep or calibration again",
        description="Write figures and report of a results folder again, in either language.",
        epilog="example:\n  gvi-sim report runs/2026-01-31-huddinge-gvi --lang sv",
    )
    parser.add_argument("folder", metavar="OUT", help="results folder")
    add_reader_options(parser)


def _add_verify(commands: Any, add: Add) -> None:
    parser = add(
        commands,
        "verify",
        _verify,
        help="whether a results folder is what its manifest says",
        description="Check every file of a results folder and run a sample of its batches (up to 50 runs of\n"
        "one scenario) again from the manifest, bit for bit. Exit 0 equal, 1 not equal: the first row that\n"
        "differs is printed.",
        epilog="examples:\n  gvi-sim verify runs/2026-01-31-huddinge-gvi\n"
        "  gvi-sim verify runs/2026-01-31-certainty --sample 200 --seed 1",
    )
    parser.add_argument("folder", metavar="OUT", help="results folder")
    parser.add_argument("--sample", type=int, default=20, metavar="N", help="batches to run again (20)")
    parser.add_argument("--seed", type=int, metavar="N", help="chooses the sample (default: a fresh one)")
    parser.add_argument("--quiet", action="store_true", help="print nothing when it is equal")


def _report(arguments: argparse.Namespace) -> int:
    from .words import Words

    words = Words(arguments.lang)
    folder = Path(arguments.folder)
    if not (folder / "manifest.json").is_file():
        raise ScenarioError(
            f"{folder} is no results folder: there is no manifest.json in it. Give the folder that a run, "
            "a sweep or a calibration was written to.",
            rule="no-results",
        )
    from ..execution import open_store
    from ..execution.ensemble_file import KIND
    from ..experiment import open_result
    from ..simulate import Runs
    from .write import write_calibration_report, write_report

    if open_store(folder).manifest["kind"] == KIND:
        page = write_calibration_report(folder, arguments.lang)
        print(page if arguments.quiet else words("terminal.wrote", path=page))
        return 0
    result = open_result(folder)
    if isinstance(result, Runs):
        raise ScenarioError(
            f"{folder} holds runs of one scenario and nothing to compare them with. `gvi-sim run "
            f"{folder / 'scenario.yaml'}` pairs it with business as usual.",
            rule="no-comparison",
        )
    page = write_report(result, arguments.lang)
    print(page if arguments.quiet else words("terminal.wrote", path=page))
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from ..experiment.verify import verify

    verdict = verify(arguments.folder, sample=arguments.sample, seed=arguments.seed)
    if not (arguments.quiet and verdict.equal):
        print(visible(str(verdict)))
    return 0 if verdict.equal else 1
