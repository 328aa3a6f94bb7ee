"""The loader: a damaged or doubled registry is refused, and distributions are what their names say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import sqrt
from pathlib import Path

import pytest

from gvi_sim import evidence
from gvi_sim.errors import EvidenceError
from gvi_sim.evidence import loader

ODDS = sqrt((0.02 / 0.98) * (0.8 / 0.2))
ENTRY = """\
years:
  unit: years
  domain: years
  note: For both places.
  at:
    default: {value: 10, sources: [assumption], grade: D, note: A choice.}
    SE: {value: 12, range: [5, 20, uniform], sources: [H19], grade: C, note: Derived.}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(loader, "_FOLDER", tmp_path)
    loader._registry.cache_clear()
    yield tmp_path
    loader._registry.cache_clear()


def test_a_registry_of_one_key(folder: Path) -> None:
    (folder / "a.yaml").write_text(ENTRY)
    assert evidence.keys() == ("years",)
    assert evidence.places("years") == ("default", "SE")
    assert evidence.entry("years", "malmo", "SE").value == 12
    assert evidence.entry("years", "malmo").value == 10
    assert evidence.unit("years") == "years"
    assert evidence.entry("years").note == "A choice. For both places."
    assert [entry.place for entry in evidence.entries()] == ["default", "SE"]


def test_a_key_in_two_files_is_refused(folder: Path) -> None:
    (folder / "a.yaml").write_text(ENTRY)
    (folder / "b.yaml").write_text(ENTRY)
    with pytest.raises(EvidenceError, match=r"b\.yaml: years has an entry in another file"):
        evidence.keys()


def test_a_file_of_a_site_adds_its_facts_and_keeps_its_faults_to_itself(folder: Path) -> None:
    (folder / "a.yaml").write_text(ENTRY)
    (folder / "sites").mkdir()
    (folder / "sites" / "vik.yaml").write_text("years: 7\nyear: 7\n")
    (folder / "sites" / "SE.yaml").write_text("years: {value: 7, sources: [H19]}\n")
    (folder / "sites" / "no.yaml").write_text("years: [\n")
    made = evidence.entry("years", "vik")
    assert (made.value, made.grade, made.sources, made.place) == (7, "D", ("assumption",), "vik")
    assert evidence.entry("years", "SE").value == 12 and evidence.countries() == ("SE",)
    assert [str(flaw) for flaw in evidence.flaws("vik")] == ["There is no parameter 'year'. Nearest: years."]
    assert "Rename the file" in str(evidence.flaws("SE")[0])
    assert "not valid YAML" in str(evidence.flaws("no")[0]) and evidence.flaws("huddinge") == ()


def test_a_damaged_file_is_refused(folder: Path) -> None:
    (folder / "a.yaml").write_text("years: [1\n")
    with pytest.raises(EvidenceError, match=r"The registry is damaged: a\.yaml"):
        evidence.keys()


@pytest.mark.parametrize(
    ("distribution", "median"),
    [
        ("uniform", 0.41),
        ("loguniform", sqrt(0.02 * 0.8)),
        ("lognormal", sqrt(0.02 * 0.8)),
        ("logitnormal", ODDS / (1 + ODDS)),
    ],
)
def test_medians(distribution: str, median: float) -> None:
    entry = replace(evidence.entry("exit.acceptance"), low=0.02, high=0.8, distribution=distribution, domain="prob")
    assert entry.quantile(0.5) == pytest.approx(median)


def test_a_count_is_drawn_in_whole_numbers() -> None:
    entry = evidence.entry("programme.call_in.summoned")
    assert {entry.quantile(u / 100) % 1 for u in range(1, 100)} == {0.0}
