"""``gvi-sim sweep``: every combination of several choices."""

from __future__ import annotations

import argparse
from typing import Any

from .job import Job, checked_words, print_lines
from .options import add_parser, add_run_options
from .run import FIRST_SWEEP


def add(commands: Any) -> None:
    """Add the command."""
    parser = add_parser(
        commands,
        "sweep",
        _sweep,
        help="every combination of several choices",
        description="Run every combination of choices, each paired with business as usual; write a report.",
        epilog=f"examples:\n  gvi-sim sweep experiment={FIRST_SWEEP} site=malmo\n"
        "  gvi-sim sweep programme.sanction_certainty=0,0.5,1 exit.places=5,20",
    )
    parser.add_argument("words", nargs="*", metavar="OVERRIDE", help="key=value, key=a,b,c or experiment=NAME")
    add_run_options(parser, "runs of each combination (default: the experiment's, else 200)")


def _sweep(arguments: argparse.Namespace) -> int:
    words = checked_words(arguments)
    from ..config import load_scenario
    from ..config.load import file_word
    from ..experiment import design_from
    from ..experiment.sweep import sweep
    from .listing import design_lines

    design = design_from([*file_word(arguments.scenario), *arguments.words])
    if arguments.cfg:
        return print_lines(design_lines(design, arguments.parameters))
    job = Job(arguments, words, design.name)
    job.check(load_scenario(*design.words), design.axes)
    found = job.do(lambda: sweep(design, replicates=arguments.replicates, **job.options))
    other = "sv" if arguments.lang == "en" else "en"
    return job.tell(found, f"gvi-sim report {job.folder} --lang {other}")
