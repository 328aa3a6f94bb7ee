"""``gvi-sim list``: what there is to choose from."""

from __future__ import annotations

import argparse
from typing import Any

from ..errors import ScenarioError, nearest_hint
from .job import print_lines
from .options import add_parser


def add(commands: Any) -> None:
    """Add the command."""
    parser = add_parser(
        commands,
        "list",
        _list,
        help="what there is to choose from",
        description="Sites, programmes, structures, experiments, keys or levers.",
    )
    parser.add_argument("what", nargs="?", metavar="sites|programmes|experiments|keys")


def _list(arguments: argparse.Namespace) -> int:
    from . import listing

    what = arguments.what
    if what is None:
        return print_lines(listing.overview())
    if what not in listing.LISTS:
        raise ScenarioError("unknown-list", what=what, hint=nearest_hint(what, listing.LISTS), known=listing.LISTS)
    return print_lines(listing.LISTS[what]())
