"""``gvi-sim run``: one scenario against business as usual."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .job import Job, checked_words, print_lines
from .options import add_parser, add_run_options

REPLICATES = 200
FIRST_SWEEP = "certainty_by_exit"


def add(commands: Any) -> None:
    """Add the command."""
    parser = add_parser(
        commands,
        "run",
        _run,
        help="one scenario against business as usual",
        description="Run one scenario, paired with the same place without a programme, and write a report.\n"
        "Without words: Huddinge with GVI.",
        epilog="examples:\n  gvi-sim run\n  gvi-sim run site=malmo programme.sanction_certainty=0.7 years=5\n"
        "  gvi-sim run --scenario my_scenario.yaml --replicates 500 --lang sv",
    )
    parser.add_argument("words", nargs="*", metavar="OVERRIDE", help="key=value, or a scenario file")
    add_run_options(parser, f"runs of each side (default {REPLICATES})")


def _run(arguments: argparse.Namespace) -> int:
    words = checked_words(arguments)
    from ..config import load_scenario
    from .listing import scenario_lines

    given = () if arguments.scenario is None else (Path(arguments.scenario),)
    scenario = load_scenario(*given, *arguments.words)
    if arguments.cfg:
        return print_lines(scenario_lines(scenario, arguments.parameters))
    from ..analysis import compare
    from ..analysis.effect_decomposition import expected_seconds
    from ..analysis.pairing import business_as_usual
    from ..execution.pool import usable_cpus

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
    place = f"site={scenario.site.key}" if ships else f"--scenario {job.folder / 'scenario.yaml'}"
    return job.tell(
        effect, f"gvi-sim sweep experiment={FIRST_SWEEP} {place}" if runs else f"gvi-sim run {place} programme=gvi"
    )
