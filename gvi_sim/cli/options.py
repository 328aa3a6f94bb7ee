"""The options that commands share, and what is done to all of them before a command begins."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from .parser import Parser

ENSEMBLE = "ensemble"  # ``execution.parameters.ENSEMBLE``, which would import numpy before any command is known
SHARED: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "--yes": (("--force",), {"dest": "force", "action": "store_true"}),  # as it was called
    "--lever": ((), {"dest": "levers", "action": "append", "default": []}),  # the only way to run code of a user's
    "--missing": ((), {"action": "append", "default": []}),
    "--csv": ((), {"choices": ["sv"]}),
    "words": ((), {"nargs": "*"}),
    **{name: ((), {"type": int}) for name in ("--replicates", "--seed", "--workers")},
    **{name: ((), {"action": "store_true"}) for name in ("--cfg", "--keep-outliers", "--quiet")},
}
"""Options that several commands have: other names of them, and how argparse takes them where that is not as text."""


def add_shared(parser: Parser, *names: str) -> None:
    """Declare options and words that several commands have."""
    for name in names:
        others, how = SHARED.get(name, ((), {}))
        parser.add_argument(name, *others, **how)


def add_run_options(parser: Parser, replicates: int) -> None:
    """The words and options of commands that run a scenario or a design."""
    add_shared(parser, "words", "--scenario")
    parser.add_argument("--replicates", type=int, facts={"default": replicates})
    add_shared(parser, "--seed", "--workers", "--out", "--parameters", "--lever", "--yes", "--cfg", "--csv", "--quiet")


def cap_workers(arguments: argparse.Namespace) -> None:
    """No more processes than processors, and a word when more were asked for: they would only take memory."""
    asked = getattr(arguments, "workers", None)
    if asked is None or asked <= 2:
        return
    from ..execution.workers.pool import usable_cpus
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
