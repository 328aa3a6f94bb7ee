"""``gvi-sim evidence``: where a number comes from."""

from __future__ import annotations

import argparse
from typing import Any

from .job import print_lines
from .options import add_parser


def add(commands: Any) -> None:
    """Add the command."""
    parser = add_parser(
        commands,
        "evidence",
        _evidence,
        help="where a number comes from",
        description="Value, range, grade and sources of a parameter, or all parameters on a line each.\n"
        "Grades: A published and direct, B published elsewhere, C derived or recalled, D assumption.",
        epilog="examples:\n  gvi-sim evidence exit.assessment_pass\n  gvi-sim evidence --grade D --part programme\n"
        "  gvi-sim evidence --source SA-04\n  gvi-sim evidence justice.clearance_fatal --place malmo",
    )
    parser.add_argument("parameter", nargs="?", metavar="PARAMETER")
    parser.add_argument("--grade", metavar="G", help="only entries of these grades, such as D or CD")
    parser.add_argument("--source", metavar="KEY", help="only entries that rest on this source, or assumption")
    parser.add_argument("--place", metavar="PLACE", help="only entries of this place: a site, SE, US or default")
    parser.add_argument("--part", metavar="TEXT", help="only keys with this in their name")


def _evidence(arguments: argparse.Namespace) -> int:
    from .. import evidence
    from . import listing

    if arguments.parameter is not None:
        return print_lines([evidence.told(arguments.parameter, arguments.place)])
    filters = {
        "grade": arguments.grade,
        "source_key": arguments.source,
        "place": arguments.place,
        "part": arguments.part,
    }
    if any(value is not None for value in filters.values()):
        return print_lines(listing.entry_lines(evidence.filtered(**filters)))
    return print_lines(listing.parameter_lines())
