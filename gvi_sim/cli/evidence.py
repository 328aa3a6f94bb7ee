"""``gvi-sim evidence``: where a number comes from."""

from __future__ import annotations

import argparse

from .job import print_lines
from .parser import Parser


def add(commands: Parser) -> None:
    """Add the command."""
    parser = commands.command("evidence", _evidence)
    parser.add_argument("parameter", nargs="?")
    for name in ("--grade", "--source", "--place", "--part"):
        parser.add_argument(name)


def _evidence(arguments: argparse.Namespace) -> int:
    from .. import evidence
    from ..language.catalogue import Words
    from . import listing

    words = Words(arguments.lang)
    if arguments.parameter is not None:
        text = evidence.full_text(arguments.parameter, arguments.place, words.lang)
        return print_lines([text] if words.lang == "en" else [text, "", words("evidence.written")])
    filters = {
        "grade": arguments.grade,
        "source_key": arguments.source,
        "place": arguments.place,
        "part": arguments.part,
    }
    if any(value is not None for value in filters.values()):
        return print_lines(listing.entry_lines(words, evidence.filtered(**filters)))
    return print_lines(listing.parameter_lines(words))
