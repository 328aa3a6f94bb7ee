"""``gvi-sim sweep``: every combination of several choices."""

from __future__ import annotations

import argparse

from .job import Job, checked_words, print_lines
from .options import add_run_options
from .parser import Parser
from .run import REPLICATES


def add(commands: Parser) -> None:
    """Add the command."""
    parser = commands.command("sweep", _sweep)
    add_run_options(parser, REPLICATES)


def _sweep(arguments: argparse.Namespace) -> int:
    words = checked_words(arguments)
    from ..config import load_scenario
    from ..config.load import file_word
    from ..experiment.design_files import design_from
    from ..experiment.sweep import sweep
    from .listing import design_lines

    design = design_from([*file_word(arguments.scenario), *arguments.words])
    if arguments.cfg:
        return print_lines(design_lines(words, design, arguments.parameters))
    job = Job(arguments, words, design.name)
    job.check(load_scenario(*design.words), design.axes)
    found = job.do(lambda: sweep(design, replicates=arguments.replicates, **job.options))
    other = "sv" if arguments.lang == "en" else "en"
    return job.tell(found, f"gvi-sim report {job.folder} --lang {other}")
