"""The strict reader: data only, with the line at which a file goes wrong."""

from __future__ import annotations

from datetime import date
from math import inf
from pathlib import Path

import pytest
from each import each

from gvi_sim.errors import ScenarioError
from gvi_sim.evidence.strict_yaml import plain, read_text, read_yaml, scalar


@each(
    "word, value",
    [
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        (".inf", inf),
        ("inf", inf),
        ("2024-05-16", date(2024, 5, 16)),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("3,5", "3,5"),
        ("１２", "１２"),
        ("1e", "1e"),
        ("nan", "nan"),
        ("0", 0),
    ],
)
def test_a_plain_word_means_what_it_looks_like(word: str, value: object) -> None:
    found = scalar(word)
    assert found == value
    assert type(found) is type(value)


def test_a_quoted_word_is_text() -> None:
    assert plain(read_text("a: '12'\nb: \"true\"\n", "x")) == {"a": "12", "b": "true"}


def test_nested_data_keeps_its_lines() -> None:
    node = read_text("a:\n  b: [1, {c: 2.5}]\n\nd: text\n", "x")
    assert plain(node) == {"a": {"b": [1, {"c": 2.5}]}, "d": "text"}
    assert isinstance(node.value, dict)
    assert node.value["d"].line == 4


HOSTILE = {
    "alias": ("a: &x 1\nb: *x\n", "x.yaml:1 uses an anchor or alias"),
    "tag": (
        "a: !!python/object/apply:os.system ['true']\n",
        "x.yaml:1 uses the tag tag:yaml.org,2002:python",
    ),
    "own tag": ("a: !thing 1\n", "uses the tag !thing"),
    "interpolation": ("\na: ${oc.env:HOME}\n", "x.yaml:2 uses an interpolation"),
    "quoted interpolation": ("a: '${x}'\n", "uses an interpolation"),
    "merge key": ("<<: {a: 1}\n", "has a key that is not a plain word"),
    "complex key": ("? [a, b]\n: 1\n", "has a key that is not a plain word"),
    "duplicate": ("a: 1\nb: 2\na: 3\n", "x.yaml:3 gives the key 'a' twice (first on line 1)"),
    "two documents": ("a: 1\n---\nb: 2\n", "x.yaml:2 holds a second document"),
    "empty": ("", "is empty"),
    "comment": ("# nothing\n", "is empty"),
    "a list": ("- 1\n", "must hold a mapping"),
    "a word": ("hello\n", "must hold a mapping"),
    "syntax": ("a: [1, 2\n", "is not valid YAML"),
    "tab": ("a:\n\tb: 1\n", "is not valid YAML"),
    "no such date": ("a: 2024-02-31\n", "x.yaml:1 holds 2024-02-31, which is not a date"),
    "deep": ("a: " + "[" * 30 + "]" * 30 + "\n", "is nested deeper than 20 levels"),
    "wide": ("a: [" + "1, " * 10_001 + "1]\n", "holds more than 10,000 values"),
}


@each("text, message", HOSTILE.values())
def test_an_odd_file_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        read_text(text, "x.yaml")
    assert message in str(caught.value)
    assert caught.value.rule == "bad-file"


BYTES = {
    "byte order mark": (b"\xef\xbb\xbfyears: 5\n", None),
    "windows lines": (b"years: 5\r\nstrict: true\r\n", None),
    "utf-16": ("years: 5\n".encode("utf-16"), "is UTF-16 or UTF-32; save it as UTF-8"),
    "latin-1": ("site: {name: Malmö}\n".encode("latin-1"), "is not UTF-8"),
    "nul": (b"years: 5\nstrict: \x00\n", "x.yaml:2 holds a NUL character"),
    "large": (b"a" * 1_100_000, "has more than 1,048,576 bytes"),
}


@each("raw, message", BYTES.values())
def test_encodings(raw: bytes, message: str | None, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(raw)
    if message is None:
        assert isinstance(plain(read_yaml(path)), dict)
        return
    with pytest.raises(ScenarioError, match=message):
        read_yaml(path)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="does not exist"):
        read_yaml(tmp_path / "none.yaml")
    with pytest.raises(ScenarioError, match="is a folder"):
        read_yaml(tmp_path)
