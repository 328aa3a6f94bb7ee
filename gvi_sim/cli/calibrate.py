"""``gvi-sim calibrate``: a CSV of counts to a stored posterior ensemble."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from .job import free_folder, progress_line, say_if_long
from .options import add_shared
from .parser import Parser


def add(commands: Parser) -> None:
    """Add the command."""
    parser = commands.command("calibrate", _calibrate)
    add_shared(parser, "file", "words")
    parser.add_argument("--recording", type=float, default=1.0)
    parser.add_argument("--confirm-small-cells", action="store_true")
    parser.add_argument("--kind", default="attacks")
    add_shared(parser, "--missing", "--keep-outliers")
    parser.add_argument("--points", type=int)
    parser.add_argument("--out")
    add_shared(parser, "--seed", "--workers", "--yes", "--quiet")


def _calibrate(arguments: argparse.Namespace) -> int:
    from ..analysis.calibration.procedure import POINTS, calibrate, write_calibration
    from ..analysis.records.count_record import read_counts
    from ..config.personal_data import refuse_personal_data
    from ..execution.start_notice import when_it_begins
    from ..execution.storage.ensemble_file import check_free
    from ..language.catalogue import Words
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
    answer = found.text(words.lang)
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
