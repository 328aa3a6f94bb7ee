"""``gvi-sim list``: what there is to choose from."""

from __future__ import annotations

import argparse

from ..errors import ScenarioError, nearest_hint
from .job import print_lines
from .parser import Parser


def add(commands: Parser) -> None:
    """Add the command."""
    parser = commands.command("list", _list)
    parser.facts = lambda: {"lists": ", ".join(_lists())}
    parser.add_argument("what", nargs="?")


def _lists() -> tuple[str, ...]:
    from .listing import LISTS

    return tuple(LISTS)


def _list(arguments: argparse.Namespace) -> int:
    from ..language.catalogue import Words
    from . import listing

    words, what = Words(arguments.lang), arguments.what
    if what is None:
        return print_lines(listing.overview(words))
    if what not in listing.LISTS:
        raise ScenarioError("unknown-list", what=what, hint=nearest_hint(what, listing.LISTS), known=listing.LISTS)
    return print_lines(listing.LISTS[what](words))
