"""Commands that look closer, ``gvi-sim attribute`` and ``gvi-sim levers check``, and options that commands share."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ScenarioError

if TYPE_CHECKING:
    from ..analysis.levers import Checked, LeverCheck
    from .terminal import ProgressLine
    from .words import Words

Add = Callable[..., Any]
FreeFolder = Callable[[str], Path]


LONG, MUCH = 20.0, 1e9  # seconds and bytes; what takes more is told beforehand
BYTES_AROUND = 4e8  # the program itself, its compiled engine and the report
ENSEMBLE = "ensemble"  # ``execution.parameters.ENSEMBLE``, which would import numpy before any command is known


def add_parameters(parser: argparse.ArgumentParser) -> None:
    """The option ``--parameters``, which may also stand among the words as ``parameters=point``."""
    parser.add_argument(
        "--parameters",
        metavar="WHAT",
        help="ensemble: values drawn from what is known (default); point: the scenario's own; or the folder of a "
        "calibrated ensemble",
    )


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
    from .words import Words

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


def _take_manifest(arguments: argparse.Namespace) -> None:
    files = [word for word in (arguments.scenario, *arguments.words) if word and word.endswith(".json")]
    manifests = [file for file in files if "=" not in file]
    if not manifests:
        return
    from ..experiment.again import asked_of

    asked = asked_of(Path(manifests[0]))
    arguments.parameters = arguments.parameters or manifests[0]
    arguments.seed = asked.seed if arguments.seed is None else arguments.seed
    arguments.replicates = asked.replicates if arguments.replicates is None else arguments.replicates
    if asked.other_version and not arguments.quiet:
        from .words import Words

        told = Words(arguments.lang)("terminal.other_version", file=manifests[0], version=asked.other_version)
        print(told, file=sys.stderr)


def add_closer_looks(commands: Any, add: Add, free_folder: FreeFolder) -> None:
    """Add the commands; ``add`` makes a parser, ``free_folder`` names a results folder."""
    parser = add(
        commands,
        "attribute",
        lambda arguments: _attribute(arguments, free_folder),
        help="which part of the programme does what",
        description="Run every subset of the programme's parts, paired, and share the effect out among them\n"
        "(Shapley values), with what would be lost but for each part. Without --part: call-ins and\n"
        "notifications, sanctions, support, mediation, prevention.",
        epilog="examples:\n  gvi-sim attribute site=malmo\n"
        "  gvi-sim attribute site=malmo --part police=programme.sanction_certainty=0 "
        "--part help=exit.offer_rate=0",
    )
    _add_options(parser, 200, "print the report's path and nothing else")
    parser.add_argument("--out", metavar="DIR", help="results folder (default runs/<date>-<site>-parts)")
    parser.add_argument(
        "--part", action="append", default=[], metavar="NAME=OFF",
        help="a part of your own: what takes it away, several changes parted by ';' (up to six parts)",
    )  # fmt: skip
    parser.add_argument("--outcome", default="shootings", metavar="NAME", help="what is shared out (shootings)")
    add_language(parser)
    parser = add(
        commands,
        "levers",
        _levers,
        help="whether every lever does what it is meant to",
        description="For each lever: whether anything changes at full dose, how many were eligible, its\n"
        "dose response, and wrong signs. Exit 1 when a lever does the opposite of what is declared.",
        epilog="examples:\n  gvi-sim levers check site=malmo years=5\n  gvi-sim levers check --lang sv",
    )
    parser.add_argument("what", choices=["check"], help="check")
    _add_options(parser, 100, "no progress line")
    add_language(parser, "the answer")


def _add_options(parser: argparse.ArgumentParser, replicates: int, quiet: str) -> None:
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


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    from .words import Words

    names = ("replicates", "seed", "workers", "parameters", "force")
    line = progress_line(Words(arguments.lang), quiet=arguments.quiet)
    return {name: getattr(arguments, name) for name in names} | {"progress": line}


def progress_line(words: Words | None = None, *, quiet: bool) -> ProgressLine | None:
    """What shows how far a run is; None where nobody sees it or wants it."""
    if quiet or not sys.stderr.isatty():
        return None
    from .terminal import ProgressLine
    from .words import Words

    return ProgressLine(words or Words(), sys.stderr)


def say_if_long(words: Words, seconds: float, memory: float) -> None:
    """Tell before it starts that the engine is compiled, and what it takes when that is long or much."""
    from ..execution.estimate import spoken_bytes
    from ..kernel.compiler import is_compiled_before
    from .terminal import duration

    if not is_compiled_before():
        print(words("terminal.compiling"), file=sys.stderr, flush=True)
    if seconds > LONG or memory > MUCH:
        told = words("terminal.long", time=duration(seconds), memory=spoken_bytes(BYTES_AROUND + memory))
        print(told, file=sys.stderr, flush=True)


def _attribute(arguments: argparse.Namespace, free_folder: FreeFolder) -> int:
    from ..analysis.attribution import OUTCOMES_SHARED, attribute
    from ..config import load_scenario
    from ..config.personal_data import refuse_personal_data
    from ..errors import nearest_hint
    from .first_lines import first_lines
    from .smallest import check_size
    from .terminal import screen
    from .words import Words
    from .write import remember_command, view_of, write_view

    if arguments.outcome not in OUTCOMES_SHARED:
        raise ScenarioError(
            f"outcome = {arguments.outcome!r} is not shared out."
            f"{nearest_hint(arguments.outcome, OUTCOMES_SHARED)} There are {', '.join(OUTCOMES_SHARED)}.",
            rule="unknown-outcome",
        )
    words = Words(arguments.lang)
    refuse_personal_data(Path(arguments.out or "").name, "--out")
    for part in arguments.part:
        refuse_personal_data(part, "--part")
    scenario = load_scenario(*arguments.words)
    check_size(scenario)
    for line in () if arguments.quiet else first_lines(words, scenario):
        print(line)
    folder = Path(arguments.out) if arguments.out else free_folder(f"{scenario.site.key}-parts")
    made = attribute(scenario, parts=parts_of(arguments.part) or None, out=folder, **_options(arguments))
    command = _typed(arguments, made.seed)
    view = view_of(made, command)
    page = write_view(remember_command(folder, command), words, view)
    if arguments.quiet:
        print(page)
        return 0
    print(screen(words, view, arguments.outcome))
    print(f"\n{words('terminal.report')}: {page}\n{words('terminal.folder')}: {folder}")
    return 0


def _typed(arguments: argparse.Namespace, seed: int) -> str:
    """The command as it can be given again."""
    parts = [text for part in arguments.part for text in ("--part", part)]
    options = ["--replicates", str(arguments.replicates), "--seed", str(seed)]
    if arguments.parameters != ENSEMBLE:
        options += ["--parameters", Path(arguments.parameters).name]
    words = [word if "=" in word else Path(word).name for word in arguments.words]  # a path tells whose it was
    return shlex.join(["gvi-sim", "attribute", *words, *parts, *options])


def parts_of(given: list[str]) -> dict[str, tuple[str, ...]]:
    """Parts from "name=change;change"; ScenarioError for one that names nothing or comes twice."""
    parts: dict[str, tuple[str, ...]] = {}
    for text in given:
        name, _, changes = text.partition("=")
        words = tuple(word.strip() for word in changes.split(";") if word.strip())
        if not name or not words or any("=" not in word for word in words) or name in parts:
            raise ScenarioError(
                f"--part {text!r} is no part: write a name of its own and what takes the part away, such as "
                "--part help=exit.offer_rate=0.",
                rule="parts",
            )
        parts[name] = words
    return parts


def _levers(arguments: argparse.Namespace) -> int:
    from ..analysis.levers import check_levers
    from ..config import load_scenario
    from .words import Words

    words = Words(arguments.lang)
    found = check_levers(load_scenario(*arguments.words), **_options(arguments))
    print("\n".join(lever_lines(words, found)))
    return 1 if found.wrong else 0


def lever_lines(words: Words, found: LeverCheck) -> list[str]:
    """What every lever does, a line each, below a line that says of what."""
    site, years = found.scenario.site.name, words.years(found.scenario.years)
    head = words("levers.head", site=site, years=years, replicates=words.number(found.replicates, 0), seed=found.seed)
    return [head, *(f"  {it.lever.key:<50} {_lever_line(words, it)}" for it in found.found)]


def _lever_line(words: Words, it: Checked) -> str:
    from ..analysis.levers import OTHER
    from .estimates import Change
    from .graded import estimate_text, grade, what
    from .wording import joined

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
    doses = joined(words, [words.as_written(f"{dose:g}") for dose in it.wrong])
    against = words("levers.against", doses=doses) if doses else ""
    return f"{told}{against}" + (f"; {it.lever.because[words.lang]}" if it.verdict == OTHER else "")
