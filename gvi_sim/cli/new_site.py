"""``gvi-sim new-site``: a site of one's own from a few counts, as a scenario file or as a file of the registry."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ScenarioError
from .job import print_lines
from .parser import Parser

if TYPE_CHECKING:
    from ..config import Scenario
    from ..language.catalogue import Words

REQUIRED = {"groups": "site.groups", "persons": "site.members", "shootings": "site.shootings_per_year"}
DERIVED = {"detonations": "site.detonations_per_year", "population": "site.population", "country": "site.country"}
SHARE, SERIES = "attacks.detonation_share", "calendar.series"
IN_TREE = Path("gvi_sim", "evidence", "registry", "sites")

Facts = dict[str, tuple[Any, str]]
"""Leaves of a site with their values, and how each was derived ("": it was given)."""


def add(commands: Parser) -> None:
    """Add the command."""
    parser = commands.command("new-site", _new_site)
    parser.add_argument("place")
    for name in REQUIRED | DERIVED:
        parser.add_argument(f"--{name}")
    where = parser.either()
    parser.add_argument("--scenario", among=where)
    parser.add_argument("--site", among=where, nargs="?", const="")


def _new_site(arguments: argparse.Namespace) -> int:
    from ..config import Scenario
    from ..execution.storage.atomic_files import write_atomic
    from ..language.catalogue import Words

    words = Words(arguments.lang)
    key, is_site = _key(arguments.place), arguments.site is not None
    path = _path(arguments, key)
    given = _given(words, arguments)
    facts = _facts(words, given)
    text = _scenario_text(words, {"site.key": (key, ""), "site.name": (arguments.place, ""), **facts})
    made = Scenario.from_yaml(text, path.name)  # refuses what contradicts itself
    if is_site:
        text = _site_text(arguments.place, _facts(Words("en"), given))
    write_atomic(path, text.encode())
    return print_lines(_told(words, made, facts, path, is_site=is_site))


def _key(name: str) -> str:
    """The name as a key. ScenarioError for one that tells of a person, says nothing, or ships already."""
    from ..config import options
    from ..config.conf_files import spelt
    from ..config.convert import convert
    from ..config.sourced_value import Given
    from ..evidence import DEFAULT_PLACE

    convert("site.name", Given(name, "NAME"))
    key = re.sub(r"[^a-z0-9]+", "_", spelt(name)).strip("_")
    if not 1 <= len(key) <= 40:
        raise ScenarioError("bad-name/no-key", name=name)
    if key in (*options("site"), DEFAULT_PLACE):
        raise ScenarioError("site-exists", name=name, site=key)
    return key


def _path(arguments: argparse.Namespace, key: str) -> Path:
    """The file to write. ScenarioError where it cannot be, or is there already."""
    from ..config.personal_data import refuse_personal_data
    from ..evidence.site_files import FOLDER

    path = Path(arguments.scenario or f"{key}.yaml")
    if arguments.site is not None:
        path = (Path(arguments.site) / IN_TREE if arguments.site else FOLDER) / f"{key}.yaml"
    refuse_personal_data(path.name, "The name of the file")
    if path.suffix not in (".yaml", ".yml"):
        raise ScenarioError("bad-file/no-yaml", path=path)
    if path.exists():
        raise ScenarioError("file-exists", path=path)
    if not path.parent.is_dir():
        raise ScenarioError("bad-file/no-folder", folder=path.parent)
    return path


def _given(words: Words, arguments: argparse.Namespace) -> dict[str, Any]:
    """What was given or is asked for. One ScenarioError for all that is wanting where nobody can be asked."""
    typed = {name: text for name in REQUIRED | DERIVED if (text := getattr(arguments, name)) is not None}
    given = {name: _value(name, text) for name, text in typed.items()}
    missing = [name for name in REQUIRED if name not in given]
    if missing and not sys.stdin.isatty():
        raise _lacking(missing)
    for name in REQUIRED | DERIVED:
        if missing and name not in given and (value := _asked(words, name)) is not None:
            given[name] = value
    return given


def _value(name: str, text: str) -> Any:
    from ..config.convert import convert
    from ..config.typed_values import read_typed

    key = (REQUIRED | DERIVED)[name]
    return convert(key, read_typed(key, text))


def _asked(words: Words, name: str) -> Any:
    while True:
        try:
            text = input(f"{words(f'new_site.ask.{name}')}: ").strip()
            return None if name in DERIVED and not text else _value(name, text)
        except ScenarioError as error:
            print(error.text(words.lang), file=sys.stderr)
        except EOFError:
            raise _lacking([name]) from None


def _lacking(names: list[str]) -> ScenarioError:
    wanting = ", ".join(f"--{name}" for name in names)
    return ScenarioError("missing", options=wanting)


def _facts(words: Words, given: dict[str, Any]) -> Facts:
    """Every fact of the site: what was given, and the rest derived from that."""
    from ..config.site_facts import mean_ties, members_share
    from ..evidence import entry

    groups, persons, shootings = (given[name] for name in REQUIRED)
    usual = str(entry("site.country").value)
    part = entry(SHARE, country := given.get("country", usual))
    of_attacks, (of_people, whose) = float(str(part.value)), members_share(country)
    detonations = round(shootings * of_attacks / (1 - of_attacks), 2)
    inhabitants = max(int(float(f"{persons / of_people:.2g}")), persons)
    rivals, allies = (round(mean, 2) for mean in mean_ties(groups))
    short = {
        "detonations": detonations, "shootings": shootings, "persons": persons, "rivals": rivals, "allies": allies,
    }  # fmt: skip
    said: dict[str, str] = {name: words.as_written(f"{number:g}") for name, number in short.items()}
    said |= {"attacks": words.percent(of_attacks), "place": part.place, "country": usual, "whose": whose}
    said |= {"population": words.number(inhabitants, 0), "people": words.percent(of_people, 2)}
    derived = {"detonations": detonations, "population": inhabitants, "country": usual}
    facts: Facts = {key: (given[name], "") for name, key in REQUIRED.items()}
    for name, key in DERIVED.items():
        facts[key] = (given[name], "") if name in given else (derived[name], words(f"new_site.how.{name}", **said))
    how = words("new_site.how.ties", **said)
    return facts | {"site.rivals_mean": (rivals, how), "site.allies_mean": (allies, how)}


def _scenario_text(words: Words, facts: Facts) -> str:
    """The scenario file, each derived value with how it was."""
    from ..config.scenario_file import dump

    (key, _), (name, _) = facts["site.key"], facts["site.name"]
    lines = [f"# {words('new_site.head', name=name, file=f'{key}.yaml')}\nsite:\n"]
    for leaf, (value, how) in facts.items():
        line = dump({leaf.removeprefix("site."): value})
        lines.append(f"  {line[:-1]}  # {how}\n" if how else f"  {line}")
    return "".join(lines)


def _site_text(name: str, facts: Facts) -> str:
    """The file of facts, in the registry's language. The level by mode is a level and a share that no date moves."""
    from ..config.scenario_file import dump
    from ..evidence import entry

    named: Facts = {"site.name": (name, "")}
    facts = named | facts
    (shootings, _), (detonations, how) = (facts.pop(f"site.{mode}_per_year") for mode in ("shootings", "detonations"))
    note = f"{shootings:g} shootings and {detonations:g} detonations a year. {how}".strip()
    level = round(shootings + detonations, 2)
    facts["site.attacks_per_year"] = level, note
    facts[SHARE] = round(detonations / level, 4) if level else 0.0, note
    series = entry(SERIES, facts["site.country"][0])
    if isinstance(series.value, dict) and SHARE in series.value:
        kept = {key: [list(row) for row in rows] for key, rows in series.value.items() if key != SHARE}
        facts[SERIES] = kept, f"As for {series.place}, without a dated share of detonations."
    told = "As given to `gvi-sim new-site`; no source yet."
    body = {
        leaf: {"value": value, "sources": ["assumption"], "grade": "D", "note": note or told}
        for leaf, (value, note) in facts.items()
    }
    return f"# {name}. Put in a source and a grade wherever there is one.\n" + dump(body)


def _told(words: Words, made: Scenario, facts: Facts, path: Path, *, is_site: bool) -> list[str]:
    """What was written, what was derived from what, what the rest is, and the next command."""
    from ..report.building.origins import abroad
    from ..report.text.wording import evidence_from_abroad

    counts = {name: words.as_written(f"{facts[key][0]:g}") for name, key in REQUIRED.items()}
    return [
        words("new_site.made", name=made.site.name, **counts),
        words("new_site.derived"),
        *(f"  {how}" for how in dict.fromkeys(how for _, how in facts.values() if how)),
        words("new_site.rest"),
        *(f"{words('terminal.warning')}: {text}" for text in evidence_from_abroad(words, abroad([made]))),
        *([words("new_site.sources")] if is_site else []),
        words("terminal.wrote", path=path),
        f"{words('terminal.next')}: gvi-sim run {f'site={made.site.key}' if is_site else path}",
    ]
