"""``gvi-sim attribute``: which part of the programme does what."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from textwrap import fill

from ..errors import ScenarioError
from .job import arm_options, free_folder
from .options import ENSEMBLE, add_shared, lever_options
from .parser import Parser


def add(commands: Parser) -> None:
    """Add the command."""
    parser = commands.command("attribute", _attribute)
    parser.facts = lambda: {"parts": _parts(parser.lang)}
    add_shared(parser, "words", "--replicates", "--parameters", "--seed", "--workers", "--yes", "--quiet")
    parser.set_defaults(replicates=200)
    parser.add_argument("--out")
    parser.add_argument("--part", action="append", default=[])
    parser.add_argument("--outcome", default="shootings")
    add_shared(parser, "--lever")


def _parts(lang: str) -> str:
    from ..config.levers import parts
    from ..language.catalogue import Words

    return fill(", ".join(f"{name} ({Words(lang)(f'part.{name}')})" for name in parts()), 100)


def _attribute(arguments: argparse.Namespace) -> int:
    from ..analysis.decomposition.attribution import OUTCOMES_SHARED, attribute
    from ..config import load_scenario
    from ..config.personal_data import refuse_personal_data
    from ..errors import nearest_hint
    from ..language.catalogue import Words
    from ..report.building.disclosure_control import check_size
    from ..report.terminal import screen
    from ..report.text.first_lines import first_lines
    from ..report.write import remember_command, view_of, write_view

    if arguments.outcome not in OUTCOMES_SHARED:
        raise ScenarioError(
            "unknown-outcome/shared",
            outcome=arguments.outcome,
            hint=nearest_hint(arguments.outcome, OUTCOMES_SHARED),
            known=OUTCOMES_SHARED,
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
    options = {**arm_options(arguments), "levers": arguments.levers, "out": folder}
    made = attribute(scenario, parts=parts_of(arguments.part) or None, **options)
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
    return shlex.join(["gvi-sim", "attribute", *words, *parts, *options, *lever_options(arguments)])


def parts_of(given: list[str]) -> dict[str, tuple[str, ...]]:
    """Parts from "name=change;change"; ScenarioError for one that names nothing or comes twice."""
    parts: dict[str, tuple[str, ...]] = {}
    for text in given:
        name, _, changes = text.partition("=")
        words = tuple(word.strip() for word in changes.split(";") if word.strip())
        if not name or not words or any("=" not in word for word in words) or name in parts:
            raise ScenarioError("parts/option", part=text)
        parts[name] = words
    return parts
