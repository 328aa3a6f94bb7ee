"""One run or sweep of a command: its folder, its seed, its progress line, and what is told at its end."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..console import when_stopped
from ..errors import ScenarioError
from .options import ENSEMBLE, lever_options

if TYPE_CHECKING:
    from ..analysis.decomposition.effect_decomposition import Closer
    from ..analysis.pairs.effect import Effect
    from ..config import Scenario
    from ..experiment.design import Axis
    from ..language.catalogue import Words
    from ..report.terminal import ProgressLine

_OPTIONS = {
    "replicates": "--replicates",
    "seed": "--seed",
    "workers": "--workers",
    "out": "--out",
    "lang": "--lang",
}
SECONDS_AROUND = 12.0  # start, certificate, tables, figures and report
LONG, MUCH = 20.0, 1e9  # seconds and bytes; what takes more is told beforehand
BYTES_AROUND = 4e8  # the program itself, its compiled engine and the report


def checked_words(arguments: argparse.Namespace) -> Words:
    """The reader's language, after words that belong to options and personal data in --out were refused."""
    for word in arguments.words:
        key, _, value = word.partition("=")
        if key in _OPTIONS:
            raise ScenarioError("option-of-command", key=key, word=word, option=_OPTIONS[key], value=value)
    from ..config.personal_data import refuse_personal_data
    from ..language.catalogue import Words

    refuse_personal_data(Path(arguments.out or "").name, "--out")
    return Words(arguments.lang)


class Job:
    """One run or sweep: its folder, its seed, its progress line, and what is told at the end."""

    def __init__(self, arguments: argparse.Namespace, words: Words, name: str) -> None:
        self.words, self.quiet, self.csv = words, bool(arguments.quiet), arguments.csv
        self.folder = Path(arguments.out) if arguments.out else free_folder(name)
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
            "levers": arguments.levers,
            "out": self.folder,
            "progress": self.line,
            "force": arguments.force,
        }

    def do(self, work: Callable[[], Any]) -> Any:
        """The result of ``work``; when Ctrl-C stops it, what is done by then is kept."""
        from ..execution.start_notice import when_it_begins

        try:
            with when_it_begins(self._say_if_long):
                return work()
        finally:
            self._clear()

    def look_closer(self, effect: Effect) -> Closer:
        """What the report says beyond the comparison; it takes further runs, so Ctrl-C may stop it too."""
        from ..analysis.decomposition.effect_decomposition import closer_of

        return closer_of(effect, workers=self.options["workers"], progress=self.line)

    def _clear(self) -> None:
        if self.line is not None:
            self.line.clear()

    def check(self, scenario: Scenario, axes: Sequence[Axis] = ()) -> None:
        """Refuse what no report may show before anything runs; say what was read, and when a person typed names."""
        from ..config import typed_names
        from ..report.building.disclosure_control import check_axes, check_size
        from ..report.text.first_lines import first_lines

        check_size(scenario)
        check_axes(axes)
        if not self.quiet:
            print_lines(first_lines(self.words, scenario, axes))
        if not self.quiet and (keys := typed_names(scenario)):
            print(self.words("terminal.names", keys=", ".join(keys[:5])), file=sys.stderr)

    def _say_if_long(self, seconds: float, memory: float) -> None:
        if not self.quiet:
            say_if_long(self.words, seconds + self.afterwards + SECONDS_AROUND, memory)

    def tell(self, result: Any, next_command: str) -> int:
        """Write the report and print the answer, the paths and the next command to try."""
        from ..report.terminal import screen
        from ..report.write import remember_command, view_of, write_swedish_tables, write_view

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


def free_folder(name: str) -> Path:
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
    plain = [word if "=" in word or not remembered else Path(word).name for word in words]
    return shlex.join([*plain, *lever_options(arguments, remembered=remembered)])


def _seed(given: int | None, folder: Path) -> int:
    """The seed given, the one of the run that was stopped in this folder, or a fresh one."""
    from ..execution.planning.plan import chosen_seed
    from ..execution.storage.manifest import NAME, read_manifest

    if given is None and (folder / NAME).is_file():
        return int(read_manifest(folder, finished=False)["seed"])
    return chosen_seed(given)


def progress_line(words: Words | None = None, *, quiet: bool) -> ProgressLine | None:
    """What shows how far a run is; None where nobody sees it or wants it."""
    if quiet or not sys.stderr.isatty():
        return None
    from ..language.catalogue import Words
    from ..report.terminal import ProgressLine

    return ProgressLine(words or Words(), sys.stderr)


def arm_options(arguments: argparse.Namespace) -> dict[str, Any]:
    """The options of ``add_arm_options``, as the analyses take them."""
    from ..language.catalogue import Words

    names = ("replicates", "seed", "workers", "parameters", "force")
    line = progress_line(Words(arguments.lang), quiet=arguments.quiet)
    return {name: getattr(arguments, name) for name in names} | {"progress": line}


def say_if_long(words: Words, seconds: float, memory: float) -> None:
    """Tell before it starts that the engine is compiled, and what it takes when that is long or much."""
    from ..execution.amounts.resource_estimate import spoken_bytes
    from ..kernel.compiler import is_compiled_before
    from ..report.terminal import duration

    if not is_compiled_before():
        print(words("terminal.compiling"), file=sys.stderr, flush=True)
    if seconds > LONG or memory > MUCH:
        told = words(
            "terminal.long", time=duration(seconds), memory=spoken_bytes(BYTES_AROUND + memory).text(words.lang)
        )
        print(told, file=sys.stderr, flush=True)


def print_lines(lines: Iterable[str]) -> int:
    """Print lines; the exit code of a command that did what it was asked."""
    for line in lines:
        print(line)
    return 0
