"""``gvi-sim run``: one scenario against business as usual."""

from __future__ import annotations

import argparse
from pathlib import Path

from .job import Job, checked_words, print_lines
from .options import add_run_options
from .parser import Parser

REPLICATES = 200
FIRST_SWEEP = "certainty_by_exit"


def add(commands: Parser) -> None:
    """Add the command."""
    parser = commands.command("run", _run)
    add_run_options(parser, REPLICATES)


def _run(arguments: argparse.Namespace) -> int:
    words = checked_words(arguments)
    from ..config import load_scenario
    from .listing import scenario_lines

    given = () if arguments.scenario is None else (Path(arguments.scenario),)
    scenario = load_scenario(*given, *arguments.words)
    if arguments.cfg:
        return print_lines(scenario_lines(words, scenario, arguments.parameters))
    from ..analysis.decomposition.effect_decomposition import expected_seconds
    from ..analysis.pairs.effect import compare
    from ..analysis.pairs.pairing import business_as_usual
    from ..execution.workers.pool import usable_cpus

    usual = business_as_usual(scenario)

    name = f"{scenario.site.key}-{scenario.choices['programme']}"
    job = Job(arguments, words, name)
    job.check(scenario)
    replicates = REPLICATES if arguments.replicates is None else arguments.replicates
    job.afterwards = expected_seconds(usual, scenario, replicates) / (arguments.workers or usable_cpus())
    effect = job.do(
        lambda: compare(
            usual, scenario, replicates=replicates, **job.options,
        )
    )  # fmt: skip
    job.do(lambda: job.look_closer(effect))
    runs, _ = scenario.programme_runs()
    ships = scenario.choices.get("site") == scenario.site.key
    choice = f"site={scenario.site.key}" if ships else f"--scenario {job.folder / 'scenario.yaml'}"
    return job.tell(
        effect, f"gvi-sim sweep experiment={FIRST_SWEEP} {choice}" if runs else f"gvi-sim run {choice} programme=gvi"
    )
