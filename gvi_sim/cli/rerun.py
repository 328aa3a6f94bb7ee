"""``gvi-sim rerun``: the whole of a results folder again, compared table by table."""

from __future__ import annotations

import argparse
from pathlib import Path

from .job import progress_line, say_if_long
from .options import add_shared
from .parser import Parser
from .verify import tell_verdict


def add(commands: Parser) -> None:
    """Add the command."""
    parser = commands.command("rerun", _rerun)
    add_shared(parser, "folder", "--out", "--workers", "--lever", "--yes", "--quiet")


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
