"""``gvi-sim verify``: whether a results folder is what its manifest says."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ..errors import visible
from .options import add_language, add_levers, add_parser

if TYPE_CHECKING:
    from ..experiment import Verification
    from ..language.catalogue import Words


def add(commands: Any) -> None:
    """Add the command."""
    parser = add_parser(
        commands,
        "verify",
        _verify,
        help="whether a results folder is what its manifest says",
        description="Check every file of a results folder and run a sample of its batches (up to 50 runs of\n"
        "one scenario) again from the manifest, bit for bit. Exit 0 equal, 1 not equal: the first row that\n"
        "differs is printed.",
        epilog="examples:\n  gvi-sim verify runs/2026-01-31-huddinge-gvi\n"
        "  gvi-sim verify runs/2026-01-31-certainty --sample 200 --seed 1",
    )
    parser.add_argument("folder", metavar="OUT", help="results folder")
    parser.add_argument("--sample", type=int, default=20, metavar="N", help="batches to run again (20)")
    parser.add_argument("--seed", type=int, metavar="N", help="chooses the sample (default: a fresh one)")
    add_levers(parser, "which the result was made with")
    add_told(parser)


def _verify(arguments: argparse.Namespace) -> int:
    from ..experiment.verify import verify
    from ..language.catalogue import Words

    words = Words(arguments.lang)
    verdict = verify(arguments.folder, sample=arguments.sample, seed=arguments.seed, levers=arguments.levers)
    return tell_verdict(words, verdict, quiet=arguments.quiet)


def add_told(parser: argparse.ArgumentParser) -> None:
    """The options of a command that says whether two results are equal."""
    add_language(parser, "what is said")
    parser.add_argument("--quiet", action="store_true", help="print nothing when it is equal")


def tell_verdict(words: Words, verdict: Verification, *, quiet: bool) -> int:
    """Print whether they are equal, unless they are and nobody wants to hear it; the exit code."""
    if not (quiet and verdict.equal):
        first, *more = (words.translated("lines", line.strip()) for line in str(verdict).splitlines())
        print(visible("\n  ".join([first, *more])))
    return 0 if verdict.equal else 1
