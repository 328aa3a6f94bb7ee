"""Pages name only files and tests that are there, and every fault that is promised is made."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def documents() -> list[Path]:
    patterns = ("*.md", "docs/*.md", "docs/recipes/*.md", "experiments/*/question.md")
    return [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]


def text_of(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def missing_files(text: str, folder: Path) -> list[str]:
    """Relative links, and paths and tests in code marks under a folder of the tree, that lead nowhere."""
    links = [folder / link for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)]
    top = "benchmarks|conf|docs|experiments|gvi_sim|tests"
    links += [ROOT / path for path in re.findall(rf"`((?:{top})/[\w./-]*)`", text)]
    tests = re.findall(r"`(tests/[\w./-]*\.py)::(test_\w+)`", text)
    links += [ROOT / path / name for path, name in tests if f"\ndef {name}(" not in text_of(ROOT / path)]
    return [str(link) for link in links if not link.exists()]


def test_documents_name_only_files_that_are_there() -> None:
    dead = {path.name: missing_files(path.read_text("utf-8"), path.parent) for path in documents()}
    assert {name: links for name, links in dead.items() if links} == {}


def test_every_fault_that_is_promised_is_made() -> None:
    """A row a goal, whose tests are there (the rule above) in a file that says that it holds this goal."""
    rows = re.findall(r"^\| ([BS]\d+): .*? \| `(.*?)::.* \|$", text_of(ROOT / "docs" / "trace.md"), re.MULTILINE)
    assert [goal for goal, _ in rows] == ["B1", "B2", "B4", "B5", "B8", "S12"]
    unsaid = [(goal, path) for goal, path in rows if goal not in re.findall(r"\w+", text_of(ROOT / path)[:40])]
    assert not unsaid


def test_dead_links_are_seen(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("x")
    assert missing_files("[a](there.md) [b](https://example.org/x.md) `tests/conftest.py`", tmp_path) == []
    assert missing_files("`tests/test_links.py::test_dead_links_are_seen`", tmp_path) == []
    dead = "[a](gone.md) `tests/gone.py` `tests/conftest.py::test_gone` `tests/gone.py::test_gone`"
    assert len(missing_files(dead, tmp_path)) == 4
