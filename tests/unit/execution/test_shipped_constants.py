"""The reference constants that ship are those that pilots find, and every packaged site and programme has them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from benchmarks.makers.constants_file import acting, constant_entries, packaged_words, witness
from gvi_sim.config import load_scenario
from gvi_sim.config.conf_files import options
from gvi_sim.dynamics import shipped
from gvi_sim.dynamics.reference import pilot_scenario
from gvi_sim.errors import EvidenceError
from gvi_sim.execution.ensembles.reference_surface import constants_anew

STORED = json.loads(shipped.FILE.read_bytes())


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the file that may be damaged."""
    copy = tmp_path / "constants.json"
    copy.write_bytes(shipped.FILE.read_bytes())
    monkeypatch.setattr(shipped, "FILE", copy)
    shipped._constants.cache_clear()
    yield copy
    shipped._constants.cache_clear()


def test_everything_packaged_has_its_constants_and_nothing_else_is_kept() -> None:
    wanted = set()
    for words in packaged_words():
        scenario = load_scenario(words)
        drawn = acting(scenario)
        assert drawn is not None
        wanted |= {shipped.key_of(pilot_scenario(scenario), draws) for draws in ("", drawn.sha256)}
    assert STORED["edition"] == shipped.EDITION
    assert wanted == set(STORED["constants"]), "run python -m benchmarks.makers.constants_file"


def other_witnesses(sites: Collection[str]) -> list[str]:
    """Sites whose small pilot does not give what it gave when the file was made, to the last bit."""
    complaints = []
    for entry in STORED["constants"].values():
        scenario = load_scenario(entry["of"])
        drawn = acting(scenario) if len(entry["pairs"]) > 1 else None
        if scenario.site.key in sites and witness(scenario, drawn, entry["pairs"]) != entry["witness"]:
            complaints.append(f"{entry['of']}: raise EDITION and run python -m benchmarks.makers.constants_file")
    return complaints


def test_the_rules_are_those_that_the_constants_were_found_under() -> None:
    assert not other_witnesses(["huddinge", "us_small"])


@pytest.mark.slow
def test_the_rules_are_those_of_every_site() -> None:
    assert not other_witnesses(options("site"))


@pytest.mark.parametrize("words", ["site.name=Elsewhere", "start_date=2019-03-01", "years=3", "exit.offer_rate=0.9"])
def test_what_moves_no_attack_needs_no_pilot(words: str) -> None:
    assert shipped.shipped(pilot_scenario(load_scenario(words))) is not None


@pytest.mark.parametrize("words", ["site.shootings_per_year=7", "exit.places=3", "gates.replacement=0.1"])
def test_what_moves_attacks_has_pilots_of_its_own(words: str) -> None:
    assert shipped.shipped(pilot_scenario(load_scenario(words))) is None


def test_a_damaged_file_is_refused(file: Path) -> None:
    pilot, whole = pilot_scenario(load_scenario()), file.read_text()
    assert shipped.shipped(pilot) is not None
    first = STORED["constants"][shipped.key_of(pilot)]["pairs"][0][0]
    for damaged in (whole.replace(repr(first), repr(first * 4), 1), whole[:-40], "[]", "{}", ""):
        assert damaged != whole
        file.write_text(damaged)
        shipped._constants.cache_clear()
        with pytest.raises(EvidenceError, match="Install the package anew"):
            shipped.shipped(pilot)


def test_constants_of_other_rules_are_not_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "EDITION", shipped.EDITION + 1)
    assert shipped.shipped(pilot_scenario(load_scenario())) is None


@pytest.mark.slow
@pytest.mark.parametrize("words", [words for words in packaged_words() if words.startswith("site=")])
def test_pilots_find_what_ships(words: str) -> None:
    """Minutes a site: every pilot again."""
    with shipped.without_shipped(), constants_anew():
        found = json.loads(json.dumps(dict(constant_entries(load_scenario(words)))))
    assert found == {key: {k: v for k, v in STORED["constants"][key].items() if k != "of"} for key in found}
