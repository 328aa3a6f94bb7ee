"""``gvi-sim levers check``: whether every lever does what it is meant to."""

from __future__ import annotations

import argparse

from .job import arm_options
from .options import add_shared
from .parser import Parser


def add(commands: Parser) -> None:
    """Add the command."""
    parser = commands.command("levers", _levers)
    parser.add_argument("what", choices=["check"])
    add_shared(parser, "words", "--replicates", "--parameters", "--seed", "--workers", "--yes", "--quiet")
    parser.set_defaults(replicates=100)


def _levers(arguments: argparse.Namespace) -> int:
    from ..analysis.decomposition.lever_check import check_levers
    from ..config import load_scenario

    found = check_levers(load_scenario(*arguments.words), **arm_options(arguments))
    print(found.text(arguments.lang))
    return 1 if found.wrong else 0
