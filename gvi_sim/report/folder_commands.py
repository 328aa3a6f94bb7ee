"""Commands on a results folder: ``gvi-sim report``, ``gvi-sim verify`` and ``gvi-sim rerun``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ScenarioError, visible
from .commands import add_language, add_reader_options, add_yes, progress_line, say_if_long

if TYPE_CHECKING:
    from ..experiment import Verdict
    from .words import Words

Add = Callable[..., Any]


def add_folder_commands(commands: Any, add: Add) -> None:
    """Add the commands; ``add`` makes a parser."""
    _add_report(commands, add)
    _add_verify(commands, add)
    _add_rerun(commands, add)


def _add_report(commands: Any, add: Add) -> None:
    parser = add(
        commands,
        "report",
        _report,
        help="the report of a finished run, sweep or calibration again",
        description="Write figures and report of a results folder again, in either language.",
        epilog="examples:\n  gvi-sim report runs/2026-01-31-huddinge-gvi --lang sv\n"
        "  gvi-sim report runs/2026-01-31-huddinge-gvi --bundle for_a_colleague.zip",
    )
    parser.add_argument("folder", metavar="OUT", help="results folder")
    parser.add_argument(
        "--bundle", metavar="FILE.zip",
        help="pack scenario, manifest, report and tables into one file; unpacked it is a results folder again",
    )  # fmt: skip
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
    _add_told(parser)


def _add_told(parser: argparse.ArgumentParser) -> None:
    add_language(parser, "what is said")
    parser.add_argument("--quiet", action="store_true", help="print nothing when it is equal")


def _add_rerun(commands: Any, add: Add) -> None:
    parser = add(
        commands,
        "rerun",
        _rerun,
        help="the whole of a results folder again, compared table by table",
        description="Make everything in a results folder again from its manifest, in a folder of its own, and compare\n"
        "every table with the first. `verify` runs a sample where the result lies; this runs all of it. Exit 0\n"
        "equal, 1 not equal: the first row that differs is printed.",
        epilog="example:\n  gvi-sim rerun runs/2026-01-31-huddinge-gvi --out runs/again",
    )
    parser.add_argument("folder", metavar="OUT", help="results folder")
    parser.add_argument("--out", metavar="DIR", help="new folder (default: the old one's name with -again behind it)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes (default: as many as pay off)")
    add_yes(parser)
    _add_told(parser)


def _report(arguments: argparse.Namespace) -> int:
    from .words import Words

    words, folder = Words(arguments.lang), Path(arguments.folder)
    from ..config.personal_data import refuse_personal_data
    from ..experiment.verify import refuse_what_is_no_result
    from .bundle import refuse_target, write_bundle
    from .write import write_swedish_tables

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
    from ..execution import open_store
    from ..execution.ensemble_file import KIND
    from ..experiment import open_result
    from ..simulate import Runs
    from .write import write_calibration_report, write_report

    if open_store(folder).manifest["kind"] == KIND:
        return write_calibration_report(folder, lang)
    result = open_result(folder)
    if isinstance(result, Runs):
        raise ScenarioError(
            f"{folder} holds runs of one scenario and nothing to compare them with. `gvi-sim run "
            f"{folder / 'scenario.yaml'}` pairs it with business as usual.",
            rule="no-comparison",
        )
    return write_report(result, lang)


def _verify(arguments: argparse.Namespace) -> int:
    from ..experiment.verify import verify
    from .words import Words

    words = Words(arguments.lang)
    verdict = verify(arguments.folder, sample=arguments.sample, seed=arguments.seed)
    return _told(words, verdict, quiet=arguments.quiet)


def _rerun(arguments: argparse.Namespace) -> int:
    from ..config.personal_data import refuse_personal_data
    from ..execution.notice import when_it_begins
    from ..experiment.rerun import rerun
    from .words import Words

    words, folder = Words(arguments.lang), Path(arguments.folder)
    out = Path(arguments.out) if arguments.out else folder.with_name(f"{folder.resolve().name}-again")
    refuse_personal_data(out.name, "--out")
    line = progress_line(words, quiet=arguments.quiet)
    with when_it_begins(lambda *needs: None if arguments.quiet else say_if_long(words, *needs)):
        verdict = rerun(folder, out=out, workers=arguments.workers, progress=line, force=arguments.force)
    if line is not None:
        line.clear()
    return _told(words, verdict, quiet=arguments.quiet)


def _told(words: Words, verdict: Verdict, *, quiet: bool) -> int:
    if not (quiet and verdict.equal):
        first, *more = (words.translated("lines", line.strip()) for line in str(verdict).splitlines())
        print(visible("\n  ".join([first, *more])))
    return 0 if verdict.equal else 1
