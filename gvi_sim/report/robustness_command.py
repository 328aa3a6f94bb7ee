"""``gvi-sim robustness``: the ranking of levers under rival structures."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .commands import add_machine_options, add_record_options, parts_of, progress_line, say_if_long

if TYPE_CHECKING:
    from ..config import Scenario
    from .terminal import ProgressLine


def add_robustness(commands: Any, add: Callable[..., Any]) -> None:
    """Add the command; ``add`` makes a parser."""
    parser = add(
        commands,
        "robustness",
        _robustness,
        help="whether the ranking of levers holds under rival structures",
        description="Rank the programme's parts by what would be lost without each, under each rival explanation of\n"
        "clustering (structure=retaliation, shared_shocks, withdrawal). With --record each rival is calibrated to\n"
        "your counts first and has a say only if it fits and can be run at that level. The ranking is robust\n"
        "only if all that have a say agree.",
        epilog="examples:\n  gvi-sim robustness site=malmo\n"
        "  gvi-sim robustness site=malmo --record counts.csv --confirm-small-cells --points 4000\n"
        "  gvi-sim robustness site=malmo --lang sv",
    )
    parser.add_argument("words", nargs="*", metavar="OVERRIDE", help="key=value, or a scenario file")
    parser.add_argument("--record", metavar="FILE.csv", help="counts that the rivals have to fit")
    add_record_options(parser)
    parser.add_argument("--points", type=int, default=4000, metavar="N", help="points of each calibration (4000)")
    parser.add_argument(
        "--lever", action="append", default=[], metavar="NAME=OFF",
        help="a lever of your own: what takes it away, several changes parted by ';'",
    )  # fmt: skip
    parser.add_argument("--outcome", default="shootings", metavar="NAME", help="what is prevented (shootings)")
    parser.add_argument("--replicates", type=int, default=200, metavar="N", help="runs of each scenario (200)")
    parser.add_argument("--lang", default="en", metavar="LANG", help="language of the answer: en or sv")
    add_machine_options(parser, "no progress line, no notice of a long run")


def _robustness(arguments: argparse.Namespace) -> int:
    from ..analysis.robustness import levers_to_rank, rank_levers
    from ..config import load_scenario
    from ..config.personal_data import refuse_personal_data
    from ..execution.notice import when_it_begins
    from .robustness_text import levers_in_order
    from .words import Words

    words = Words(arguments.lang)
    for lever in arguments.lever:
        refuse_personal_data(lever, "--lever")
    scenario = load_scenario(*arguments.words)
    levers = levers_to_rank(scenario, parts_of(arguments.lever, "--lever") or None, arguments.outcome)
    line = progress_line(words, quiet=arguments.quiet)
    with when_it_begins(lambda seconds: None if arguments.quiet else say_if_long(words, seconds)):
        points, fits = _calibrated(arguments, scenario, levers, line) if arguments.record else (None, None)
        found = rank_levers(
            scenario,
            levers=levers,
            points=points,
            fits=fits,
            outcome=arguments.outcome,
            replicates=arguments.replicates,
            seed=arguments.seed,
            workers=arguments.workers,
            progress=line,
            force=arguments.force,
        )
    if line is not None:
        line.clear()
    print(levers_in_order(words, found))
    return 0


def _calibrated(
    arguments: argparse.Namespace,
    scenario: Scenario,
    levers: Mapping[str, tuple[str, ...]],
    line: ProgressLine | None,
) -> tuple[dict[str, dict[str, object]], dict[str, bool]]:
    """Each rival calibrated to the record, after calibrations and ranking together were found possible."""
    from ..analysis.calibration import read_counts
    from ..analysis.rivals import Asked, calibrated_rivals, calibration_seconds
    from ..analysis.robustness import seconds_of_levers
    from ..execution.notice import it_begins

    asked = Asked(
        read_counts(arguments.record, confirm_small=arguments.confirm_small_cells), tuple(arguments.words),
        arguments.points, arguments.recording, arguments.seed, arguments.workers, arguments.force,
    )  # fmt: skip
    limits = {"workers": arguments.workers, "force": arguments.force}
    ranking = seconds_of_levers(scenario, levers, replicates=arguments.replicates, **limits)
    it_begins(calibration_seconds(asked) + ranking)
    return calibrated_rivals(asked, line)
