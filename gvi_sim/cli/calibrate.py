"""``gvi-sim calibrate``: a CSV of counts to a stored posterior ensemble."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from ..config.personal_data import refuse_personal_data
from .job import free_folder, progress_line, say_if_long
from .options import add_gaps, add_language, add_machine_options, add_parser, add_record_options


def add(commands: Any) -> None:
    """Add the command."""
    parser = add_parser(
        commands,
        "calibrate",
        _calibrate,
        help="parameters from a CSV of counts",
        description="Calibrate a site to aggregate counts of your own (area x period, no data about persons): a\n"
        "posterior ensemble, what the data say nothing about, and whether the model fits.\n"
        "Columns: date (2019-02-14) or period (2019-W07, 2019-02, 2019), attacks, and if there are any area, hit,\n"
        "killed; also as they are called in Swedish. `gvi-sim check FILE.csv` shows what would be read.",
        epilog="examples:\n  gvi-sim calibrate counts.csv site=malmo\n"
        "  gvi-sim calibrate counts.csv site=malmo --recording 0.7 --missing 2019-03 --confirm-small-cells\n"
        "  gvi-sim calibrate counts.csv site=malmo --lang sv",
    )
    parser.add_argument("file", metavar="FILE.csv", help="the counts")
    parser.add_argument("words", nargs="*", metavar="OVERRIDE", help="key=value; what is set is not estimated")
    add_record_options(parser)
    parser.add_argument("--kind", default="attacks", metavar="KIND", help="what is counted: attacks or shootings")
    add_gaps(parser)
    parser.add_argument("--points", type=int, metavar="N", help="parameter points simulated (8000)")
    add_language(parser, "answer and figure")
    parser.add_argument("--out", metavar="DIR", help="folder of the ensemble (default runs/<date>-<site>-calibrated)")
    add_machine_options(parser, "print the folder and nothing else", "one a processor")


def _calibrate(arguments: argparse.Namespace) -> int:
    from ..analysis.calibration import calibrate, read_counts
    from ..analysis.calibration.procedure import POINTS, write_calibration
    from ..execution.ensemble_file import check_free
    from ..execution.start_notice import when_it_begins
    from ..language.catalogue import Words
    from ..report.build_calibration import found_of
    from ..report.calibration_text import calibration_answer
    from ..report.write import remember_command, write_calibration_report

    words = Words(arguments.lang)
    refuse_personal_data(Path(arguments.out or "").name, "--out")
    counts = read_counts(
        arguments.file,
        confirm_small=arguments.confirm_small_cells,
        missing=arguments.missing,
        keep_outliers=arguments.keep_outliers,
    )
    site = next((word.partition("=")[2] for word in arguments.words if word.startswith("site=")), "huddinge")
    folder = Path(arguments.out) if arguments.out else free_folder(f"{site}-calibrated")
    check_free(folder)
    line = progress_line(words, quiet=arguments.quiet)
    with when_it_begins(lambda *needs: None if arguments.quiet else say_if_long(words, *needs)):
        found = calibrate(
            counts,
            *arguments.words,
            points=POINTS if arguments.points is None else arguments.points,
            seed=arguments.seed,
            workers=arguments.workers,
            recording=arguments.recording,
            kind=arguments.kind,
            progress=line,
            force=arguments.force,
        )
    if line is not None:
        line.clear()
    answer = calibration_answer(words, found_of(found))
    write_calibration(folder, found, answer)
    remember_command(folder, _typed(arguments, found.seed))
    page = write_calibration_report(folder, arguments.lang)
    if not arguments.quiet:
        print(f"{answer}\n\n{words('terminal.report')}: {page}")
    print(folder)
    return 0


def _typed(arguments: argparse.Namespace, seed: int) -> str:
    """The command as it can be given again; of the file its name alone, since a path tells more than it needs to."""
    options = [text for month in arguments.missing for text in ("--missing", month)]
    for name, usual in (("recording", 1.0), ("kind", "attacks"), ("points", None)):
        value = getattr(arguments, name)
        options += [] if value == usual else [f"--{name}", str(value)]
    options += ["--confirm-small-cells"] if arguments.confirm_small_cells else []
    options += ["--keep-outliers"] if arguments.keep_outliers else []
    file = Path(arguments.file).name
    return shlex.join(["gvi-sim", "calibrate", file, *arguments.words, *options, "--seed", str(seed)])
