"""What a terminal shows stands in the tables, in both languages: help, lists, entries of the registry."""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gvi_sim.cli import main
from gvi_sim.cli.main import COMMANDS, _parser
from gvi_sim.cli.parser import Parser, asked_language
from gvi_sim.language.catalogue import LANGUAGES, fields, help_texts

NAMES = [command.__name__.rpartition(".")[2].replace("_", "-") for command in COMMANDS]


def shown(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """What a command prints."""
    try:
        assert main(argv) == 0
    except SystemExit as left:
        assert not left.code
    return capsys.readouterr().out


def pairs(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every text of the table that has languages, and where it stands."""
    if isinstance(node, dict) and set(node) & set(LANGUAGES):
        yield path, {lang: node.get(lang, "") for lang in LANGUAGES}
    if isinstance(node, dict):
        for name, inner in node.items():
            yield from pairs(inner, f"{path}.{name}")


def test_every_option_says_what_it_is_in_both_languages_and_the_code_says_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, complaints, declared = help_texts(), [], set()
    add = Parser.add_argument

    def noted(self: Parser, *flags: str, **how: Any) -> argparse.Action:
        declared.add((self.prog.split()[-1], flags[0].lstrip("-")))
        return add(self, *flags, **how)

    monkeypatch.setattr(Parser, "add_argument", noted)
    _parser("sv")
    assert set(NAMES) | {"gvi-sim"} == {name for name, _ in declared} == set(table) - {"frame", "shared"}
    for name, option in sorted(declared):
        own = table[name].get("options", {})
        complaints += [f"{name} {option} has no help"] if option not in own and option not in table["shared"] else []
    own = {(name, it) for name in (*NAMES, "gvi-sim") for it in table[name].get("options", {})}
    complaints += [f"{name} has no option {option}" for name, option in sorted(own - declared)]
    taken = {option for name, option in declared - own}
    complaints += [f"no command shares {option}" for option in table["shared"] if option not in taken]
    for path, texts in pairs(table):
        complaints += [f"{path} has no {lang}" for lang, text in texts.items() if not text]
        complaints += [f"{path} has other fields"] * (fields(texts["en"]) != fields(texts["sv"]))
    complaints += [
        f"{name} lacks {it}" for name in NAMES for it in ("help", "about", "examples") if not table[name][it]
    ]
    for path in sorted((root / "gvi_sim" / "cli").glob("*.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        texts = [word.arg for call in calls for word in call.keywords if isinstance(word.value, ast.Constant)]
        told = {"help", "description", "epilog", "metavar", "title", "usage"}.intersection(filter(None, texts))
        complaints += [f"{path.name} says {it} itself" for it in sorted(told)]
    assert complaints == []


FRAME = (
    "usage:",
    "options:",
    "positional arguments:",
    "commands:",
    "examples:",
    "show this help",
    "COMMAND",
    "OVERRIDE",
)


def test_help_comes_in_swedish_wherever_the_language_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    whole = shown(capsys, "--lang", "sv", "--help")
    assert whole == shown(capsys, "--help", "--lang", "sv") == shown(capsys, "--lang=sv")
    assert whole.startswith("användning: gvi-sim ") and "kommandon:" in whole
    helps = {name: shown(capsys, name, "--lang", "sv", "--help") for name in NAMES} | {"": whole}
    complaints = [f"{name}: {word}" for name, text in helps.items() for word in FRAME if word in text]
    complaints += [f"{name} differs" for name in NAMES if helps[name] != shown(capsys, name, "--help", "--lang=sv")]
    english = {name: shown(capsys, name, "--help") for name in NAMES}
    complaints += [
        f"{name} begins otherwise" for name, text in english.items() if not text.startswith("usage: gvi-sim")
    ]
    assert complaints == []
    assert asked_language(["list", "--lang"]) == asked_language([]) == "en"
    assert main(["--lang", "de", "check", "counts.csv"]) == 2


ASKED = (
    "list", "list levers", "list keys", "list sites", "reproduce --list", "evidence", "evidence --grade A",
    "evidence justice.clearance_fatal --place malmo", "evidence site.groups", "run --cfg exit.offer_rate=50%",
    "sweep --cfg experiment=certainty_by_exit",
)  # fmt: skip
ENGLISH = re.compile(
    r"\b((?:sites|programmes|structures|experiments|keys|levers|source|note):|inhabitants|of them|off (?:at )?\d|fewer"
    r"|shootings|grade|not drawn|over time|reference|from \d|entries|assumption|a table of|probability|days|registry"
    r"|drawn|override|cells|replicates|typed|Does|Do|Are|How|share of|month|the)\b"
)
WRITTEN = re.compile(r"  \S+: .*\(\d{4}\)|    |  (note|anmärkning): ")  # sources and notes


def test_lists_are_swedish_to_the_last_cell_but_for_titles_and_notes(capsys: pytest.CaptureFixture[str]) -> None:
    complaints, met = [], set()
    for asked in ASKED:
        lines = {
            lang: [
                line for line in shown(capsys, *asked.split(), "--lang", lang).splitlines() if not WRITTEN.match(line)
            ]
            for lang in LANGUAGES
        }
        met |= {found for line in lines["en"] for found in ENGLISH.findall(line)}
        complaints += [f"{asked}: {found[0]!r} in {line}" for line in lines["sv"] if (found := ENGLISH.search(line))]
    assert complaints == []
    assert len(met) > 25, "the words that are looked for do stand in what is printed in English"
    assert main(["evidence", "--lang", "de"]) == main(["list", "--lang", "de"]) == 2
