"""``gvi-sim verify``: whether a results folder is what its manifest says."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..errors import visible
from .options import add_shared
from .parser import Parser

if TYPE_CHECKING:
    from ..experiment.verify import Verification
    from ..language.catalogue import Words


def add(commands: Parser) -> None:
    """Add the command."""
    parser = commands.command("verify", _verify)
    add_shared(parser, "folder")
    parser.add_argument("--sample", type=int, default=20)
    add_shared(parser, "--seed", "--lever", "--quiet")


def _verify(arguments: argparse.Namespace) -> int:
    from ..experiment.verify import verify
    from ..language.catalogue import Words

    words = Words(arguments.lang)
    verdict = verify(arguments.folder, sample=arguments.sample, seed=arguments.seed, levers=arguments.levers)
    return tell_verdict(words, verdict, quiet=arguments.quiet)


def tell_verdict(words: Words, verdict: Verification, *, quiet: bool) -> int:
    """Print whether they are equal, unless they are and nobody wants to hear it; the exit code."""
    if not (quiet and verdict.equal):
        first, *more = (words.translated("lines", line.strip()) for line in str(verdict).splitlines())
        print(visible("\n  ".join([first, *more])))
    return 0 if verdict.equal else 1
