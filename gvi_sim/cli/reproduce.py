"""``gvi-sim reproduce``: experiments against their published figures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ScenarioError
from .job import free_folder, progress_line
from .options import add_language, add_parser

if TYPE_CHECKING:
    from ..experiment import Reproduced
    from ..language.catalogue import Words

FIGURE = "figure"


def add(commands: Any) -> None:
    """Add the command."""
    parser = add_parser(
        commands,
        "reproduce",
        _reproduce,
        help="an experiment against its published figures",
        description="Run an experiment and print published figures against the model's: pass or fail, and how\n"
        "far outside. A table, a figure and the runs go into the results folder. Exit 1 when a figure lies\n"
        "outside its accepted range.",
        epilog="examples:\n  gvi-sim reproduce --list\n  gvi-sim reproduce boston_gangs\n  gvi-sim reproduce --all",
    )
    parser.add_argument("experiment", nargs="?", metavar="NAME", help="experiment, or a folder that holds one")
    parser.add_argument("--all", action="store_true", help="every one")
    parser.add_argument("--list", action="store_true", help="show what there is, run nothing")
    parser.add_argument("--update", action="store_true", help="record what the model gives in expected.json")
    parser.add_argument("--replicates", type=int, metavar="N", help="runs of each arm (default: the experiment's)")
    parser.add_argument("--seed", type=int, metavar="N", help="seed of all draws (default: the experiment's)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes (default: as many as pay off)")
    parser.add_argument("--parameters", metavar="CHOICE", help="parameter values as for simulate (default: its own)")
    parser.add_argument("--out", metavar="DIR", help="results folder (default runs/<date>-reproduce-<name>)")
    parser.add_argument("--quiet", action="store_true", help="print a line an experiment and nothing else")
    add_language(parser, "answer and figure")


def _reproduce(arguments: argparse.Namespace) -> int:
    from ..experiment import load_reproduction, reproduction_names
    from ..language.catalogue import Words
    from ..report.reproduction_text import question_of

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
    from ..experiment import reproduce
    from ..report.reproduction_text import overall_lines, terminal_lines

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
    from ..execution.atomic_files import write_atomic
    from ..execution.machine import version
    from ..execution.provenance import said_of
    from ..report.reproduction_figure import reproduction_chart
    from ..report.style import as_png, as_svg

    chart = reproduction_chart(words, made)
    about = said_of(version(), [f"reproduction {made.reproduction.name}", f"seed {made.seed}"])
    write_atomic(folder / f"{FIGURE}.png", as_png(chart, about))
    write_atomic(folder / f"{FIGURE}.svg", as_svg(chart))
