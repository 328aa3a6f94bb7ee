"""``gvi-sim levers check``: whether every lever does what it is meant to."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from .job import arm_options
from .options import add_shared
from .parser import Parser

if TYPE_CHECKING:
    from ..analysis.lever_check import Checked, LeverCheck
    from ..language.catalogue import Words


def add(commands: Parser) -> None:
    """Add the command."""
    parser = commands.command("levers", _levers)
    parser.add_argument("what", choices=["check"])
    add_shared(parser, "words", "--replicates", "--parameters", "--seed", "--workers", "--yes", "--quiet")
    parser.set_defaults(replicates=100)


def _levers(arguments: argparse.Namespace) -> int:
    from ..analysis.lever_check import check_levers
    from ..config import load_scenario
    from ..language.catalogue import Words

    words = Words(arguments.lang)
    found = check_levers(load_scenario(*arguments.words), **arm_options(arguments))
    print("\n".join(lever_lines(words, found)))
    return 1 if found.wrong else 0


def lever_lines(words: Words, found: LeverCheck) -> list[str]:
    """What every lever does, a line each, below a line that says of what."""
    site, years = found.scenario.site.name, words.years(found.scenario.years)
    head = words("levers.head", site=site, years=years, replicates=words.number(found.replicates, 0), seed=found.seed)
    return [head, *(f"  {it.lever.key:<50} {_lever_line(words, it)}" for it in found.found)]


def _lever_line(words: Words, it: Checked) -> str:
    from ..analysis.lever_check import OTHER
    from ..report.estimates import Change
    from ..report.graded import estimate_text, grade, what
    from ..report.wording import enumerated

    eligible, full, outcome = words.number(it.eligible, 1), it.steps[-1].change, it.lever.outcome
    told = words(f"levers.{it.verdict.replace(' ', '_')}", eligible=eligible)
    if it.changed == 0:
        return told
    told = words(
        "levers.line", verdict=told, eligible=eligible, what=what(words, outcome),
        first=words.as_written(f"{it.steps[0].dose:g}"), last=words.as_written(f"{it.steps[-1].dose:g}"),
        change=estimate_text(words, Change(full.difference, full.low, full.high, full.verdict)),
        grade=grade(words, full.verdict, outcome),
    )  # fmt: skip
    doses = enumerated(words, [words.as_written(f"{dose:g}") for dose in it.wrong])
    against = words("levers.against", doses=doses) if doses else ""
    return f"{told}{against}" + (f"; {it.lever.because[words.lang]}" if it.verdict == OTHER else "")
