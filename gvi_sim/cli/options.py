"""Parsers of commands, the options that commands share, and what is done to all of them before a command begins."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

ENSEMBLE = "ensemble"  # ``execution.parameters.ENSEMBLE``, which would import numpy before any command is known


def add_parser(commands: Any, name: str, command: Callable[[argparse.Namespace], int], **texts: Any) -> Any:
    """The parser of a command, which runs ``command``; ``texts`` as for argparse."""
    parser = commands.add_parser(name, formatter_class=argparse.RawDescriptionHelpFormatter, **texts)
    parser.set_defaults(command=command, name=name)
    return parser


def add_parameters(parser: argparse.ArgumentParser) -> None:
    """The option ``--parameters``, which may also stand among the words as ``parameters=point``."""
    parser.add_argument(
        "--parameters",
        metavar="WHAT",
        help="ensemble: values drawn from what is known (default); point: the scenario's own; or the folder of a "
        "calibrated ensemble",
    )


def add_levers(parser: argparse.ArgumentParser, what: str = "acts with the programme, not without it") -> None:
    """The option ``--lever``: the only way in which a command runs code of a user's."""
    parser.add_argument(
        "--lever", dest="levers", action="append", default=[], metavar="FILE.py:Name",
        help=f"a lever that you wrote ({what}); the file runs as code of yours, and its SHA-256 is written down",
    )  # fmt: skip


def add_reader_options(parser: argparse.ArgumentParser) -> None:
    """The options of what a reader is shown."""
    add_language(parser)
    parser.add_argument(
        "--csv", choices=["sv"], help="write each table for a Swedish spreadsheet too (decimal comma, semicolon)"
    )
    parser.add_argument("--quiet", action="store_true", help="print the report's path and nothing else")


def add_language(parser: argparse.ArgumentParser, of: str = "answer and report") -> None:
    """The option ``--lang``."""
    parser.add_argument("--lang", default="en", metavar="LANG", help=f"language of {of}: en or sv")


def asked_language(argv: Sequence[str]) -> str:
    """The language that ``--lang`` names last, before anything is parsed; ``en`` when it names none that there is."""
    pairs = (text.partition("=") if "=" in text else (text, "", after) for text, after in pairwise([*argv, ""]))
    named = [value for option, _, value in pairs if option == "--lang"]
    return "sv" if named[-1:] == ["sv"] else "en"


def add_record_options(parser: argparse.ArgumentParser) -> None:
    """What a calibration is told about the record."""
    parser.add_argument("--recording", type=float, default=1.0, metavar="SHARE", help="share of attacks recorded (1)")
    parser.add_argument(
        "--confirm-small-cells", action="store_true", help="cells of 1 to 4 attacks are meant to be there"
    )


def add_machine_options(parser: argparse.ArgumentParser, quiet: str, workers: str = "as many as pay off") -> None:
    """Seed, processes (``workers``: how many when none are named), leave to take long, and silence."""
    parser.add_argument("--seed", type=int, metavar="N", help="seed of all draws (default: a fresh one)")
    parser.add_argument("--workers", type=int, metavar="N", help=f"processes (default: {workers})")
    add_yes(parser)
    parser.add_argument("--quiet", action="store_true", help=quiet)


def add_yes(parser: argparse.ArgumentParser) -> None:
    """The option ``--yes``, which was called ``--force``."""
    parser.add_argument(
        "--yes", "--force", dest="force", action="store_true",
        help="run even when it takes over ten minutes or half of the memory",
    )  # fmt: skip


def cap_workers(arguments: argparse.Namespace) -> None:
    """No more processes than processors, and a word when more were asked for: they would only take memory."""
    asked = getattr(arguments, "workers", None)
    if asked is None or asked <= 2:
        return
    from ..execution.pool import usable_cpus
    from ..language.catalogue import Words

    if asked > (most := max(usable_cpus(), 2)):
        arguments.workers = most
        if not arguments.quiet:
            words = Words(getattr(arguments, "lang", "en"))
            print(words("terminal.capped", asked=words.number(asked, 0), most=most), file=sys.stderr)


def take_parameters(arguments: argparse.Namespace) -> None:
    """``parameters=point`` among the words is the option of that name: it reads like a key, and is a run key.

    A manifest that a run starts from gives what was not said: its draws, its seed, its replicates.
    """
    if not hasattr(arguments, "parameters") or not hasattr(arguments, "words"):
        return
    prefix = "parameters="
    given = [word.removeprefix(prefix) for word in arguments.words if word.startswith(prefix)]
    arguments.words = [word for word in arguments.words if not word.startswith(prefix)]
    arguments.parameters = (given or [arguments.parameters])[-1]
    if hasattr(arguments, "scenario"):
        _take_manifest(arguments)
    arguments.parameters = arguments.parameters or ENSEMBLE


def take_levers(arguments: argparse.Namespace) -> None:
    """The levers that ``--lever`` names, in place of the words; ``lever_words`` keeps those."""
    if not (given := getattr(arguments, "levers", None)):
        return
    from ..config.personal_data import refuse_personal_data
    from ..model.lever_file import lever_from

    for word in given:
        refuse_personal_data(Path(word).name, "--lever")
    arguments.lever_words, arguments.levers = given, tuple(map(lever_from, given))


def lever_options(arguments: argparse.Namespace, *, remembered: bool = True) -> list[str]:
    """The option as it can be given again; what is ``remembered`` names files without their folders."""
    given = getattr(arguments, "lever_words", [])
    return [text for word in given for text in ("--lever", Path(word).name if remembered else word)]


def _take_manifest(arguments: argparse.Namespace) -> None:
    files = [word for word in (arguments.scenario, *arguments.words) if word and word.endswith(".json")]
    manifests = [file for file in files if "=" not in file]
    if not manifests:
        return
    from ..experiment.from_manifest import asked_of

    asked = asked_of(Path(manifests[0]), getattr(arguments, "levers", ()))
    arguments.parameters = arguments.parameters or manifests[0]
    arguments.seed = asked.seed if arguments.seed is None else arguments.seed
    arguments.replicates = asked.replicates if arguments.replicates is None else arguments.replicates
    if asked.other_version and not arguments.quiet:
        from ..language.catalogue import Words

        told = Words(arguments.lang)("terminal.other_version", file=manifests[0], version=asked.other_version)
        print(told, file=sys.stderr)


def add_run_options(parser: argparse.ArgumentParser, replicates: str) -> None:
    """The options of commands that run a scenario or a design."""
    parser.add_argument("--scenario", metavar="FILE", help="scenario file, read as data only; words go on top of it")
    parser.add_argument("--replicates", type=int, metavar="N", help=replicates)
    parser.add_argument("--seed", type=int, metavar="N", help="seed of all draws (default: a fresh one, written down)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes (default: as many as pay off)")
    parser.add_argument("--out", metavar="DIR", help="results folder (default runs/<date>-<name>)")
    add_parameters(parser)
    add_levers(parser)
    add_yes(parser)
    parser.add_argument("--cfg", action="store_true", help="print the scenario with each value's origin, run nothing")
    add_reader_options(parser)


def add_arm_options(parser: argparse.ArgumentParser, replicates: int, quiet: str) -> None:
    """The options of commands that run many arms of one scenario."""
    parser.add_argument("words", nargs="*", metavar="OVERRIDE", help="key=value, or a scenario file")
    parser.add_argument(
        "--replicates",
        type=int,
        default=replicates,
        metavar="N",
        help=f"runs of each scenario ({replicates})",
    )
    add_parameters(parser)
    add_machine_options(parser, quiet)


def add_gaps(parser: argparse.ArgumentParser) -> None:
    """What is known about gaps and outliers of a record."""
    parser.add_argument("--missing", action="append", default=[], metavar="MONTH", help="month not recorded, 2019-03")
    parser.add_argument("--keep-outliers", action="store_true", help="absurd counts are right")
