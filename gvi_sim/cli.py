"""The command line: run, sweep, report, verify, evidence, list, and closer looks.

Words after a command are overrides in Hydra's grammar (``site=malmo programme.sanction_certainty=0.7``).
Exit codes: 0 done, 2 something in the command is not right (one message, nothing written), 1 a fault of
ours or of the machine, 130 stopped by Ctrl-C (the same command goes on from there).

Everything heavy is imported inside the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from .console import STOPPED, STOPPED_LINE, say_stopped, when_stopped
from .errors import GviError, ScenarioError, nearest_hint, visible
from .report.calibrate_command import add_calibrate
from .report.check_command import add_check
from .report.commands import (
    ENSEMBLE,
    add_closer_looks,
    add_parameters,
    add_reader_options,
    add_yes,
    cap_workers,
    progress_line,
    say_if_long,
    take_parameters,
)
from .report.folder_commands import add_folder_commands
from .report.reproduce_command import add_reproduce

if TYPE_CHECKING:
    from .analysis import Effect
    from .analysis.closer import Closer
    from .config import Scenario
    from .experiment import Axis
    from .report.words import Words

REPLICATES = 200
OPTIONS = {
    "replicates": "--replicates",
    "seed": "--seed",
    "workers": "--workers",
    "out": "--out",
    "lang": "--lang",
}
SECONDS_AROUND = 12.0  # start, certificate, tables, figures and report
FIRST_SWEEP = "certainty_by_exit"
WITHDRAWN = {
    "robustness": "it ranked levers at point values under one structure at a time, which is no answer with an "
    "interval. Run the same question under each structure instead: `gvi-sim attribute site=malmo "
    "structure=shared_shocks` (or retaliation, withdrawal)",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; ``argv`` as in ``sys.argv[1:]``, which None takes."""
    try:
        when_stopped(STOPPED_LINE)
        arguments = _parsed(list(sys.argv[1:] if argv is None else argv))
        command: Callable[[argparse.Namespace], int] = arguments.command
        return command(arguments)
    except GviError as error:
        print(f"gvi-sim: {_told(str(error))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        say_stopped()
        return STOPPED
    except BrokenPipeError:
        return 0
    except OSError as error:
        print(f"gvi-sim: {_told(str(error))}", file=sys.stderr)
        return 1


def _told(message: str) -> str:
    """A message that may quote somebody else: no data about a person, and nothing that steers the terminal."""
    from .config.personal_data import without_personal_data

    return visible(without_personal_data(message))


class _Parser(argparse.ArgumentParser):
    """Its complaints are messages like any other."""

    def error(self, message: str) -> NoReturn:
        super().error(_told(message))


# --- what may be said ------------------------------------------------------------------------------------


def _parsed(argv: list[str]) -> argparse.Namespace:
    if argv and argv[0] in WITHDRAWN:
        raise ScenarioError(f"{argv[0]} was withdrawn: {WITHDRAWN[argv[0]]}.", rule="withdrawn-command")
    parser = _parser()
    arguments, rest = parser.parse_known_args(argv)
    if not hasattr(arguments, "command"):
        parser.print_help()
        raise SystemExit(0)
    # Overrides and options may come in any order; argparse hands back the words that follow an option.
    strange = [word for word in rest if word.startswith("-")]
    if strange or (rest and not hasattr(arguments, "words")):
        parser.error(f"{(strange or rest)[0]} is not known here; `gvi-sim {arguments.name} --help` shows what is")
    if rest:
        arguments.words = [*arguments.words, *rest]
    if hasattr(arguments, "words"):
        from .config.words import joined

        arguments.words = joined(arguments.words)
    take_parameters(arguments)
    cap_workers(arguments)
    return arguments


class _Version(argparse.Action):
    """Prints the version when it is asked for; not before, since that needs an import."""

    def __call__(self, *_: Any, **__: Any) -> None:
        from .execution.machine import version

        print(f"gvi-sim {version()}")
        raise SystemExit(0)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="gvi-sim",
        description="A simulation of Group Violence Intervention (GVI, Sluta skjut): what the model says "
        "about sanction certainty, exit offers and the rest, and how sure one can be. All persons are "
        "synthetic.",
        epilog="Begin with `gvi-sim run`: Huddinge, with GVI and without, a report in half a minute.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and leave")
    commands = parser.add_subparsers(title="commands", metavar="")
    _add_run(commands)
    _add_sweep(commands)
    add_folder_commands(commands, _add)
    _add_evidence(commands)
    _add_list(commands)
    add_reproduce(commands, _add, _free_folder)
    add_closer_looks(commands, _add, _free_folder)
    add_check(commands, _add)
    add_calibrate(commands, _add, _free_folder)
    return parser


def _add(commands: Any, name: str, command: Callable[[argparse.Namespace], int], **texts: Any) -> Any:
    parser = commands.add_parser(name, formatter_class=argparse.RawDescriptionHelpFormatter, **texts)
    parser.set_defaults(command=command, name=name)
    return parser


def _add_run(commands: Any) -> None:
    parser = _add(
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
    _add_run_options(parser, f"runs of each side (default {REPLICATES})")


def _add_sweep(commands: Any) -> None:
    parser = _add(
        commands,
        "sweep",
        _sweep,
        help="every combination of several choices",
        description="Run every combination of choices, each paired with business as usual; write a report.",
        epilog=f"examples:\n  gvi-sim sweep experiment={FIRST_SWEEP} site=malmo\n"
        "  gvi-sim sweep programme.sanction_certainty=0,0.5,1 exit.places=5,20",
    )
    parser.add_argument("words", nargs="*", metavar="OVERRIDE", help="key=value, key=a,b,c or experiment=NAME")
    _add_run_options(parser, "runs of each combination (default: the experiment's, else 200)")


def _add_run_options(parser: argparse.ArgumentParser, replicates: str) -> None:
    parser.add_argument("--scenario", metavar="FILE", help="scenario file, read as data only; words go on top of it")
    parser.add_argument("--replicates", type=int, metavar="N", help=replicates)
    parser.add_argument("--seed", type=int, metavar="N", help="seed of all draws (default: a fresh one, written down)")
    parser.add_argument("--workers", type=int, metavar="N", help="processes (default: as many as pay off)")
    parser.add_argument("--out", metavar="DIR", help="results folder (default runs/<date>-<name>)")
    add_parameters(parser)
    add_yes(parser)
    parser.add_argument("--cfg", action="store_true", help="print the scenario with each value's origin, run nothing")
    add_reader_options(parser)


def _add_evidence(commands: Any) -> None:
    parser = _add(
        commands,
        "evidence",
        _evidence,
        help="where a number comes from",
        description="Value, range, grade and sources of a parameter, or all parameters on a line each.\n"
        "Grades: A published and direct, B published elsewhere, C derived or recalled, D assumption.",
        epilog="examples:\n  gvi-sim evidence exit.assessment_pass\n  gvi-sim evidence --grade D --part programme\n"
        "  gvi-sim evidence --source SA-04\n  gvi-sim evidence justice.clearance_fatal --place malmo",
    )
    parser.add_argument("parameter", nargs="?", metavar="PARAMETER")
    parser.add_argument("--grade", metavar="G", help="only entries of these grades, such as D or CD")
    parser.add_argument("--source", metavar="KEY", help="only entries that rest on this source, or assumption")
    parser.add_argument("--place", metavar="PLACE", help="only entries of this place: a site, SE, US or default")
    parser.add_argument("--part", metavar="TEXT", help="only keys with this in their name")


def _add_list(commands: Any) -> None:
    parser = _add(
        commands,
        "list",
        _list,
        help="what there is to choose from",
        description="Sites, programmes, experiments or keys.",
    )
    parser.add_argument("what", nargs="?", metavar="sites|programmes|experiments|keys")


# --- run and sweep ---------------------------------------------------------------------------------------


def _run(arguments: argparse.Namespace) -> int:
    words = _checked(arguments)
    from .config import load_scenario
    from .report.listing import scenario_lines

    given = () if arguments.scenario is None else (Path(arguments.scenario),)
    scenario = load_scenario(*given, *arguments.words)
    if arguments.cfg:
        return _print(scenario_lines(scenario, arguments.parameters))
    from .analysis import compare
    from .analysis.closer import expected_seconds
    from .analysis.pairing import business_as_usual
    from .execution.pool import usable_cpus

    usual = business_as_usual(scenario)

    name = f"{scenario.site.key}-{scenario.choices['programme']}"
    job = _Job(arguments, words, name)
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


def _sweep(arguments: argparse.Namespace) -> int:
    words = _checked(arguments)
    from .config import load_scenario
    from .config.load import file_word
    from .experiment import design_from
    from .experiment.sweep import sweep
    from .report.listing import design_lines

    design = design_from([*file_word(arguments.scenario), *arguments.words])
    if arguments.cfg:
        return _print(design_lines(design, arguments.parameters))
    job = _Job(arguments, words, design.name)
    job.check(load_scenario(*design.words), design.axes)
    found = job.do(lambda: sweep(design, replicates=arguments.replicates, **job.options))
    other = "sv" if arguments.lang == "en" else "en"
    return job.tell(found, f"gvi-sim report {job.folder} --lang {other}")


def _checked(arguments: argparse.Namespace) -> Words:
    """The reader's language, after words that belong to options and personal data in --out were refused."""
    for word in arguments.words:
        key, _, value = word.partition("=")
        if key in OPTIONS:
            raise ScenarioError(f"{word} is an option of the command: write {OPTIONS[key]} {value}.", key=key)
    from .config.personal_data import refuse_personal_data
    from .report.words import Words

    refuse_personal_data(Path(arguments.out or "").name, "--out")
    return Words(arguments.lang)


class _Job:
    """One run or sweep: its folder, its seed, its progress line, and what is told at the end."""

    def __init__(self, arguments: argparse.Namespace, words: Words, name: str) -> None:
        self.words, self.quiet, self.csv = words, bool(arguments.quiet), arguments.csv
        self.folder = Path(arguments.out) if arguments.out else _free_folder(name)
        self.command, self.again = (_typed(arguments, remembered=known) for known in (True, False))
        self.seed = _seed(arguments.seed, self.folder)
        again = f"{self.again} --out {self.folder} --seed {self.seed}"
        when_stopped(words("terminal.stopped", folder=self.folder, command=again))
        self.line = progress_line(words, quiet=self.quiet)
        self.afterwards = 0.0  # seconds that what follows the runs will take
        self.options: dict[str, Any] = {
            "seed": self.seed,
            "workers": arguments.workers,
            "parameters": arguments.parameters,
            "out": self.folder,
            "progress": self.line,
            "force": arguments.force,
        }

    def do(self, work: Callable[[], Any]) -> Any:
        """The result of ``work``; when Ctrl-C stops it, what is done by then is kept."""
        from .execution.notice import when_it_begins

        try:
            with when_it_begins(self._say_if_long):
                return work()
        finally:
            self._clear()

    def look_closer(self, effect: Effect) -> Closer:
        """What the report says beyond the comparison; it takes further runs, so Ctrl-C may stop it too."""
        from .analysis.closer import closer_of

        return closer_of(effect, workers=self.options["workers"], progress=self.line)

    def _clear(self) -> None:
        if self.line is not None:
            self.line.clear()

    def check(self, scenario: Scenario, axes: Sequence[Axis] = ()) -> None:
        """Refuse what no report may show before anything runs; say what was read, and when a person typed names."""
        from .config import typed_names
        from .report.first_lines import first_lines
        from .report.smallest import check_axes, check_size

        check_size(scenario)
        check_axes(axes)
        if not self.quiet:
            _print(first_lines(self.words, scenario, axes))
        if not self.quiet and (keys := typed_names(scenario)):
            print(self.words("terminal.names", keys=", ".join(keys[:5])), file=sys.stderr)

    def _say_if_long(self, seconds: float, memory: float) -> None:
        if not self.quiet:
            say_if_long(self.words, seconds + self.afterwards + SECONDS_AROUND, memory)

    def tell(self, result: Any, next_command: str) -> int:
        """Write the report and print the answer, the paths and the next command to try."""
        from .report.terminal import screen
        from .report.write import remember_command, view_of, write_swedish_tables, write_view

        store = remember_command(self.folder, f"{self.command} --seed {self.seed}")
        view = view_of(result, f"{self.command} --seed {self.seed}")
        page = write_view(store, self.words, view)
        if self.csv:
            write_swedish_tables(self.folder)
        if self.quiet:
            print(page)
            return 0
        print(screen(self.words, view))
        print(f"\n{self.words('terminal.report')}: {page}")
        print(f"{self.words('terminal.folder')}: {self.folder}")
        print(f"{self.words('terminal.next')}: {next_command}")
        return 0


def _free_folder(name: str) -> Path:
    """``runs/<date>-<name>``, with a number behind it when that is taken."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower())[:60].strip("-") or "run"
    first = Path("runs") / f"{date.today().isoformat()}-{plain}"
    number, folder = 1, first
    while folder.exists():
        number += 1
        folder = first.with_name(f"{first.name}-{number}")
    return folder


def _typed(arguments: argparse.Namespace, *, remembered: bool) -> str:
    """The command as it can be given again, without folder and seed.

    One that is ``remembered`` in the results names files without their folders: a path tells whose it was.
    """
    import shlex

    options = [] if arguments.scenario is None else ["--scenario", arguments.scenario]
    options += [] if arguments.replicates is None else ["--replicates", str(arguments.replicates)]
    drawn = arguments.parameters not in (ENSEMBLE, arguments.scenario, *arguments.words)
    options += ["--parameters", arguments.parameters] if drawn else []
    words = ["gvi-sim", arguments.name, *arguments.words, *options]
    return shlex.join([word if "=" in word or not remembered else Path(word).name for word in words])


def _seed(given: int | None, folder: Path) -> int:
    """The seed given, the one of the run that was stopped in this folder, or a fresh one."""
    from .execution.manifest import NAME, read_manifest
    from .execution.plan import chosen_seed

    if given is None and (folder / NAME).is_file():
        return int(read_manifest(folder, finished=False)["seed"])
    return chosen_seed(given)


# --- evidence and list ----------------------------------------------------------------------


def _evidence(arguments: argparse.Namespace) -> int:
    from . import evidence
    from .report import listing

    if arguments.parameter is not None:
        return _print([evidence.told(arguments.parameter, arguments.place)])
    filters = {
        "grade": arguments.grade,
        "source_key": arguments.source,
        "place": arguments.place,
        "part": arguments.part,
    }
    if any(value is not None for value in filters.values()):
        return _print(listing.entry_lines(evidence.filtered(**filters)))
    return _print(listing.parameters())


def _list(arguments: argparse.Namespace) -> int:
    from .report import listing

    what = arguments.what
    if what is None:
        return _print(listing.overview())
    if what not in listing.LISTS:
        raise ScenarioError(
            f"{what!r} cannot be listed.{nearest_hint(what, listing.LISTS)} There are {', '.join(listing.LISTS)}.",
            rule="unknown-list",
        )
    return _print(listing.LISTS[what]())


def _print(lines: Iterable[str]) -> int:
    for line in lines:
        print(line)
    return 0
