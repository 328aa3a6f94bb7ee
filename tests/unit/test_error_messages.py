"""Every message of an error: an identifier in the code, a sentence in English and one in Swedish in the table."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from gvi_sim import errors
from gvi_sim.cli.main import main
from gvi_sim.language.messages import FOLDER, read_catalogue

TABLE = read_catalogue(FOLDER / "errors.yaml")
HEADINGS = read_catalogue(FOLDER / "swedish.yaml")
KINDS = {name for name in errors.__all__ if name.endswith("Error")} | {"Message"}


def trees() -> dict[str, ast.Module]:
    root = FOLDER.parent
    return {str(path.relative_to(root)): ast.parse(path.read_text("utf-8")) for path in sorted(root.rglob("*.py"))}


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def given(call: ast.Call) -> frozenset[str]:
    return frozenset(word.arg for word in call.keywords if word.arg) - {"rule"}


def makers(tree: ast.Module) -> dict[str, frozenset[str]]:
    """Functions that take an identifier first and make an error of it, with the fields that they add."""
    return {
        function.name: given(call)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and [arg.arg for arg in function.args.args[:1]] == ["id"]
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and name_of(call) in KINDS
    }


def uses(modules: Mapping[str, ast.Module]) -> Iterator[tuple[str, ast.expr, frozenset[str]]]:
    """Where a message is made, what is given for its identifier, and the names of its fields."""
    found = {name: tree for name, tree in modules.items() if not name.startswith(("errors.", "language/messages."))}
    shared = {name: added for tree in found.values() for name, added in makers(tree).items() if name[0] != "_"}
    for path, tree in found.items():
        known = dict.fromkeys(KINDS, frozenset[str]()) | shared | makers(tree)
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and name_of(node) in known):
            first = call.args[0] if call.args else call
            if not (isinstance(first, ast.Name) and first.id == "id"):  # in a maker
                yield f"{path}:{call.lineno}", first, given(call) | known[name_of(call)]


def fields(sentence: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(sentence) if name)


def complaints(modules: Mapping[str, ast.Module]) -> list[str]:
    out = []
    for where, first, names in uses(modules):
        if not isinstance(first, ast.Constant) or first.value not in TABLE:
            out.append(f"{where} names no sentence of errors.yaml: {ast.unparse(first)[:80]}")
        elif names - {"key"} != fields(TABLE[first.value]["en"]) - {"key"}:
            told = sorted(fields(TABLE[first.value]["en"]))
            out.append(f"{where} {first.value} has the fields {told} and is given {sorted(names)}")
    return out


def test_every_error_gives_an_identifier_and_the_fields_of_its_sentence() -> None:
    modules = trees()
    used = {first.value for _, first, _ in uses(modules) if isinstance(first, ast.Constant)}
    assert "\n".join(complaints(modules)) == ""
    assert set(TABLE) - used == {"nearest"}  # which errors.py says itself


def test_both_languages_say_it_with_the_same_fields() -> None:
    out = [id for id, both in TABLE.items() if set(both) != {"en", "sv"} or fields(both["en"]) != fields(both["sv"])]
    for id, both in TABLE.items():
        specs = {spec or "" for _, _, spec, _ in string.Formatter().parse(both["sv"])}
        out += [f"{id}: {spec}" for spec in specs - {*HEADINGS, "and", "rows"} if len(spec) > 1 and spec.isalpha()]
        out += [f"{id}: the same" for _ in " " if both["en"] == both["sv"] and both["en"].count(" ") > 4]
    assert out == []


def test_free_text_a_name_that_is_not_there_and_a_missing_field_are_seen() -> None:
    for text in ('f"{x} is wrong"', '"no such name"', '"in-site"', '"in-site", name=1', "problem"):
        assert complaints({"a.py": ast.parse(f"raise ScenarioError({text})")}), text
    assert not complaints({"a.py": ast.parse('raise ScenarioError("in-site", name=1, error=2)')})


def test_numbers_lists_and_inner_messages_follow_the_language() -> None:
    error = errors.StoreError("not-written", path="a", size=1234567, reason=errors.Message("file/large", most=5000))
    assert "(1,234,567 bytes): it has more than 5,000 bytes." in str(error)
    assert "(1\u202f234\u202f567 byte): den har mer än 5\u202f000 byte." in error.text("sv")
    both = errors.ScenarioError("level-unknown", typed=["a", "b"], share="s", detonations=0.25, aliases=())
    assert str(both).startswith("a and b: with s = 0.25 nothing") and str(both).endswith("give none.")
    assert both.text("sv").startswith("a och b: med s = 0,25 säger") and both.text("sv").endswith("ange inga.")


@pytest.mark.parametrize("lang", ["en", "sv"])
def test_the_command_line_answers_in_the_language_that_was_asked_for(
    lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = tmp_path / "counts.csv"
    counts.write_text("period,attacks\n2019-02,two\n")
    wanted = (
        (["run", "gates.withdrawl=1"], "Nearest: gates.withdrawal.", "Närmast: gates.withdrawal."),
        (["run", "exit.offer_rate=30"], "is a probability and must lie in [0, 1]", "är en sannolikhet och måste ligga"),
        (["run", "exit.places=-1"], "(places at a time)", "(platser samtidigt)"),
        (["run", "site=malmoo"], "there is no such site", "det valet finns inte för site. Närmast: malmo."),
        (["run", "--replicates", "1"], "(an interval needs two)", "(ett intervall behöver två)"),
        (["run", "site=malmo,huddinge"], "A sweep runs them all", "Ett svep kör alla"),
        (["check", str(counts)], "counts.csv:2 has attacks = 'two'", "counts.csv:2 har attacks = 'two'; där ska ett"),
        (["check", str(tmp_path)], "it is a folder, not a file", "kan inte läsas: det är en mapp, ingen fil"),
        (["verify", str(tmp_path / "gone")], "is no results folder", "gone är ingen resultatmapp"),
        (["attribute", "--outcome", "x"], "is not shared out", "fördelas inte på delar"),
        (["list", "x"], "cannot be listed", "kan inte listas"),
        (["report"], "the following arguments are required: OUT", "fel: följande måste anges: MAPP"),
        (["run", "--seed", "x"], "invalid int value: 'x'", "--seed: 'x' är inget heltal"),
        (["run", "--sed", "1"], "--sed is not known here", "--sed är inte känt här"),
    )
    out = []
    for words, english, swedish in wanted:
        try:
            code = main([*words, "--lang", lang])
        except SystemExit as leaving:
            code = int(str(leaving.code))
        told = capsys.readouterr().err
        if code != 2 or (english if lang == "en" else swedish) not in told:
            out.append(f"{words}: {code} {told}")
    assert "\n".join(out) == ""
