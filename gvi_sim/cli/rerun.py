"""``gvi-sim rerun``: the whole of a results folder again, compared table by table."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .job import progress_line, say_if_long
from .options import add_levers, add_parser, add_yes
from .verify import add_told, tell_verdict


def add(commands: Any) -> None:
    """Add the command."""
    parser = add_parser(
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
    add_levers(parser, "which the result was made with")
    add_yes(parser)
    add_told(parser)


def _rerun(arguments: argparse.Namespace) -> int:
    from ..config.personal_data import refuse_personal_data
    from ..execution.start_notice import when_it_begins
    from ..experiment.rerun import rerun
    from ..language.catalogue import Words

    words, folder = Words(arguments.lang), Path(arguments.folder)
    out = Path(arguments.out) if arguments.out else folder.with_name(f"{folder.resolve().name}-again")
    refuse_personal_data(out.name, "--out")
    line = progress_line(words, quiet=arguments.quiet)
    with when_it_begins(lambda *needs: None if arguments.quiet else say_if_long(words, *needs)):
        verdict = rerun(
            folder,
            out=out,
            workers=arguments.workers,
            levers=arguments.levers,
            progress=line,
            force=arguments.force,
        )
    if line is not None:
        line.clear()
    return tell_verdict(words, verdict, quiet=arguments.quiet)
