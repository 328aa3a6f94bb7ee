"""``gvi-sim reproduce``: experiments against their published figures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ScenarioError
from .job import free_folder, progress_line
from .options import add_shared
from .parser import Parser

if TYPE_CHECKING:
    from ..experiment.reproduction_run import Reproduced
    from ..language.catalogue import Words

FIGURE = "figure"


def add(commands: Parser) -> None:
    """Add the command."""
    parser = commands.command("reproduce", _reproduce)
    parser.add_argument("experiment", nargs="?")
    for name in ("--all", "--list", "--update"):
        parser.add_argument(name, action="store_true")
    add_shared(parser, "--replicates", "--seed", "--workers", "--parameters", "--out", "--quiet")


def _reproduce(arguments: argparse.Namespace) -> int:
    from ..experiment.reproduction import load_reproduction, reproduction_names
    from ..language.catalogue import Words
    from ..report.text.reproduction_text import question_of

    words = Words(arguments.lang)
    if arguments.list:
        for name in reproduction_names():
            print(f"  {name:<20} {question_of(words, load_reproduction(name))}")
        return 0
    names = list(reproduction_names()) if arguments.all else [arguments.experiment]
    _check(arguments)
    made = [_one(words, arguments, name) for name in names]
    return 0 if all(made) else 1


def _check(arguments: argparse.Namespace) -> None:
    if arguments.all == (arguments.experiment is not None):
        raise ScenarioError("which-reproduction")
    if arguments.update and (arguments.replicates, arguments.seed, arguments.parameters) != (None, None, None):
        raise ScenarioError("update-as-declared")


def _one(words: Words, arguments: argparse.Namespace, name: str) -> bool:
    from ..experiment.reproduction_run import reproduce
    from ..report.text.reproduction_text import overall_lines, terminal_lines

    plain = Path(name).name
    folder = Path(arguments.out) if arguments.out else free_folder(f"reproduce-{plain}")
    folder = folder / plain if arguments.all and arguments.out else folder
    line = progress_line(words, quiet=arguments.quiet)
    try:
        made = reproduce(
            name, replicates=arguments.replicates, seed=arguments.seed, workers=arguments.workers,
            parameters=arguments.parameters, out=folder, progress=line,
        )  # fmt: skip
    finally:
        if line is not None:
            line.clear()
    _draw(words, made, folder)
    if arguments.update:
        made.record()
    for text in overall_lines(words, [made]) if arguments.quiet else terminal_lines(words, made):
        print(text)
    if not arguments.quiet:
        print(f"{folder}\n")
    return made.passed


def _draw(words: Words, made: Reproduced, folder: Path) -> None:
    from ..execution.planning.machine import version
    from ..execution.storage.atomic_files import write_atomic
    from ..execution.storage.provenance import said_of
    from ..report.drawing.reproduction_figure import reproduction_chart
    from ..report.drawing.style import as_png, as_svg

    chart = reproduction_chart(words, made)
    about = said_of(version(), [f"reproduction {made.reproduction.name}", f"seed {made.seed}"])
    write_atomic(folder / f"{FIGURE}.png", as_png(chart, about))
    write_atomic(folder / f"{FIGURE}.svg", as_svg(chart))
