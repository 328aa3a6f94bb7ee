"""``gvi-sim new-site``: a site of one's own from a few counts, as a scenario file or as a file of the registry."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ScenarioError
from .job import print_lines
from .options import add_language, add_parser

if TYPE_CHECKING:
    from ..language.catalogue import Words

REQUIRED = {"groups": "site.groups", "persons": "site.members", "shootings": "site.shootings_per_year"}
DERIVED = {"detonations": "site.detonations_per_year", "population": "site.population", "country": "site.country"}
SHARE, SERIES = "attacks.detonation_share", "calendar.series"
IN_TREE = Path("gvi_sim", "evidence", "registry", "sites")
_GIVEN = "As given to `gvi-sim new-site`; no source yet."


class Fact(NamedTuple):
    """A leaf of the site with its value, and the sentence that says how it was derived (none: it was given)."""

    leaf: str
    value: Any
    how: str = ""
    fields: dict[str, str] = {}  # noqa: RUF012  # never changed

    def told(self, words: Words) -> str:
        """How it was derived."""
        return words(f"new_site.how.{self.how}", **self.fields)


def add(commands: Any) -> None:
    """Add the command."""
    parser = add_parser(
        commands,
        "new-site",
        _new_site,
        help="a site of one's own from a few counts",
        description="Write a scenario file that `gvi-sim run` takes at once, or with --site the file of facts that "
        "makes it a\nsite of this tree. What is not given is asked for at a terminal, or derived, and told.",
        epilog="examples:\n  gvi-sim new-site Moss --groups 4 --persons 60 --shootings 6 --country NO\n"
        "  gvi-sim new-site Moss --groups 4 --persons 60 --shootings 6 --site",
    )
    parser.add_argument("place", metavar="NAME", help="the place's name, as reports write it")
    parser.add_argument("--groups", metavar="N", help="groups")
    parser.add_argument("--persons", metavar="N", help="persons in all groups together")
    parser.add_argument("--shootings", metavar="N", help="shootings a year")
    parser.add_argument("--detonations", metavar="N", help="detonations a year (default: as the country has them)")
    parser.add_argument("--population", metavar="N", help="inhabitants (default: from the persons)")
    parser.add_argument("--country", metavar="CC", help="the country's two letters (default: SE)")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--scenario", metavar="FILE.yaml", help="the scenario file to write (default NAME.yaml)")
    where.add_argument(
        "--site", nargs="?", const="", metavar="FOLDER", help="write a site's file into the tree in FOLDER (this one)"
    )
    add_language(parser, "questions and answer")


def _new_site(arguments: argparse.Namespace) -> int:
    from ..config import Scenario
    from ..execution.atomic_files import write_atomic
    from ..language.catalogue import Words

    words = Words(arguments.lang)
    key = _key(arguments.place)
    path = _path(arguments, key)
    facts = _facts(words, _given(words, arguments))
    scenario = _scenario_text(words, key, arguments.place, facts)
    made = Scenario.from_yaml(scenario, path.name)  # refuses what contradicts itself
    text = scenario if arguments.site is None else _site_text(arguments.place, facts)
    write_atomic(path, text.encode())
    return print_lines(_told(words, made, facts, path, is_site=arguments.site is not None))


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
        raise ScenarioError(f"NAME = {name!r} makes no key: give a name with 1 to 40 of a-z and 0-9.", rule="bad-name")
    if key in (*options("site"), DEFAULT_PLACE):
        raise ScenarioError(
            f"NAME = {name!r}: there is a site {key} already; take another name, or run it: gvi-sim run site={key}.",
            rule="site-exists",
        )
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
        raise ScenarioError(f"{path}: a scenario file's name ends in .yaml.", rule="bad-file")
    if path.exists():
        raise ScenarioError(f"{path} exists already: name another file, or remove it.", rule="file-exists")
    if not path.parent.is_dir():
        raise ScenarioError(f"{path.parent} is no folder: make it, or name another.", rule="bad-file")
    return path


def _given(words: Words, arguments: argparse.Namespace) -> dict[str, Any]:
    """What was given or is asked for. One ScenarioError for all that is wanting where nobody can be asked."""
    given = {
        name: _value(key, text)
        for name, key in (REQUIRED | DERIVED).items()
        if (text := getattr(arguments, name)) is not None
    }
    missing = [name for name in REQUIRED if name not in given]
    if missing and not sys.stdin.isatty():
        wanting = ", ".join(f"--{name}" for name in missing)
        raise ScenarioError(
            f"new-site lacks {wanting}: give them, or run it at a terminal, which asks.", rule="missing"
        )
    for name in [*missing, *(name for name in DERIVED if missing and name not in given)]:
        if (value := _asked(words, name)) is not None:
            given[name] = value
    return given


def _value(key: str, text: str) -> Any:
    from ..config.convert import convert
    from ..config.typed_values import read_typed

    return convert(key, read_typed(key, text))


def _asked(words: Words, name: str) -> Any:
    while True:
        try:
            text = input(f"{words(f'new_site.ask.{name}')}: ").strip()
            return None if name in DERIVED and not text else _value((REQUIRED | DERIVED)[name], text)
        except ScenarioError as error:
            print(error, file=sys.stderr)
        except EOFError:
            raise ScenarioError(f"new-site lacks --{name}, and the questions were cut short.", rule="missing") from None


def _facts(words: Words, given: dict[str, Any]) -> list[Fact]:
    """Every fact of the site: what was given, and the rest derived from that."""
    from ..config.site_facts import mean_ties, members_share
    from ..evidence import entry

    groups, persons, shootings = (given[name] for name in REQUIRED)
    usual = str(entry("site.country").value)
    country = given.get("country", usual)
    part = float(str(entry(SHARE, country).value))
    share, whose = members_share(country)
    detonations = round(shootings * part / (1 - part), 2)
    inhabitants = max(int(float(f"{persons / share:.2g}")), persons)
    rivals, allies = (round(mean, 2) for mean in mean_ties(groups))
    how = {
        "country": {"value": usual},
        "population": {"value": words.number(inhabitants, 0), "persons": words.number(persons, 0),
                       "share": words.percent(share, 2), "country": whose},
        "detonations": {"value": _short(words, detonations), "share": words.percent(part),
                        "shootings": _short(words, shootings), "place": entry(SHARE, country).place},
        "ties": {"rivals": _short(words, rivals), "allies": _short(words, allies), "groups": str(groups)},
    }  # fmt: skip
    derived = {"country": usual, "population": inhabitants, "detonations": detonations}
    facts = [
        Fact(key, given[name]) if name in given else Fact(key, derived[name], name, how[name])
        for name, key in (REQUIRED | DERIVED).items()
    ]
    ties = {"site.rivals_mean": rivals, "site.allies_mean": allies}
    return [*facts, *(Fact(key, value, "ties", how["ties"]) for key, value in ties.items())]


def _short(words: Words, number: float) -> str:
    return words.as_written(f"{number:g}")


def _scenario_text(words: Words, key: str, name: str, facts: list[Fact]) -> str:
    """The scenario file, each derived value with how it was."""
    from ..config.scenario_file import dump

    site = {"key": key, "name": name} | {fact.leaf.removeprefix("site."): fact.value for fact in facts}
    remarks = {fact.leaf.removeprefix("site."): fact.told(words) for fact in facts if fact.how}
    lines = dump({"site": site}).splitlines()
    for number, line in enumerate(lines):
        if remark := remarks.get(line.split(":")[0].strip()):
            lines[number] = f"{line}  # {remark}"
    return "\n".join([f"# {words('new_site.head', name=name, file=f'{key}.yaml')}", *lines, ""])


def _site_text(name: str, facts: list[Fact]) -> str:
    """The file of facts, in the registry's language. The level by mode is a level and a share that no date moves."""
    from ..config.scenario_file import dump
    from ..evidence import entry
    from ..language.catalogue import Words

    english = Words("en")
    known = {fact.leaf: fact for fact in facts}
    shootings, detonations = (known.pop(f"site.{mode}_per_year") for mode in ("shootings", "detonations"))
    level = round(shootings.value + detonations.value, 2)
    note = f"{shootings.value:g} shootings and {detonations.value:g} detonations a year. "
    note += detonations.told(english) if detonations.how else _GIVEN
    body: dict[str, object] = {"site.name": _assumed(name, _GIVEN)}
    for key, fact in known.items():
        body[key] = _assumed(fact.value, fact.told(english) if fact.how else _GIVEN)
    body["site.attacks_per_year"] = _assumed(level, note)
    body[SHARE] = _assumed(round(detonations.value / level, 4) if level else 0.0, note)
    series = entry(SERIES, str(known["site.country"].value))
    if isinstance(series.value, dict) and SHARE in series.value:
        kept = {key: [list(row) for row in rows] for key, rows in series.value.items() if key != SHARE}
        body[SERIES] = _assumed(kept, f"As for {series.place}, without a dated share of detonations.")
    return f"# {name}. Put in a source and a grade wherever there is one.\n" + dump(body)


def _assumed(value: object, note: str) -> dict[str, object]:
    return {"value": value, "sources": ["assumption"], "grade": "D", "note": note}


def _told(words: Words, made: Any, facts: list[Fact], path: Path, *, is_site: bool) -> list[str]:
    """What was written, what was derived from what, what the rest is, and the next command."""
    from ..report.origins import abroad
    from ..report.wording import countries

    own = made.site
    shootings = next(fact.value for fact in facts if fact.leaf == REQUIRED["shootings"])
    counts = {"groups": own.groups, "persons": own.members, "shootings": _short(words, shootings)}
    derived = dict.fromkeys(fact.told(words) for fact in facts if fact.how)
    return [
        words("new_site.made", name=own.name, **counts),
        words("new_site.derived"),
        *(f"  {text}" for text in derived),
        words("new_site.rest"),
        *(f"{words('terminal.warning')}: {text}" for text in countries(words, abroad([made]))),
        *([words("new_site.sources")] if is_site else []),
        words("terminal.wrote", path=path),
        f"{words('terminal.next')}: gvi-sim run {f'site={own.key}' if is_site else path}",
    ]
