"""Designs: every combination once, from files, from words, and refusals that say what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gvi_sim.errors import ScenarioError
from gvi_sim.experiment import design_files
from gvi_sim.experiment.design import Axis, Design, short_names
from gvi_sim.experiment.design_files import design_from, load_design

CERTAINTY, OFFER = "programme.sanction_certainty", "exit.offer_rate"
CONFIG = """
question: Does certainty matter more where more exits are offered?
base:
  site: huddinge
  programme: gvi
axes:
  programme.sanction_certainty: [0, 0.5, 1]
  exit.offer_rate: [0.1, 0.9]
replicates: 40
years: 2
"""


def test_every_combination_once_the_last_axis_fastest() -> None:
    design = Design("d", (Axis(CERTAINTY, (0, 0.5, 1)), Axis(OFFER, (0.1, 0.9))))
    assert [cell.levels for cell in design.cells] == [
        (0, 0.1),
        (0, 0.9),
        (0.5, 0.1),
        (0.5, 0.9),
        (1, 0.1),
        (1, 0.9),
    ]
    assert design.cells[3].overrides == (f"{CERTAINTY}=0.5", f"{OFFER}=0.9")
    assert design.cells[3].label == "sanction_certainty=0.5, offer_rate=0.9"
    assert [design.at(cell.indices) for cell in design.cells] == list(range(6))


def test_levels_become_overrides() -> None:
    axis = Axis("programme.start_date", (date(2020, 1, 1), date(2021, 1, 1)))
    flags = Axis("membership.turnover", (True, False))
    cell = Design("d", (axis, flags)).cells[0]
    assert cell.overrides == ("programme.start_date=2020-01-01", "membership.turnover=true")


def test_names_are_short_where_they_can_be() -> None:
    assert short_names(["a.x", "b.y"]) == ["x", "y"]
    assert short_names(["partners.police.commitment", "partners.community.commitment", "site"]) == [
        "partners.police.commitment", "partners.community.commitment", "site",
    ]  # fmt: skip


@pytest.mark.parametrize("levels", [(), (1,), (1, 1), (0.5, "0.5")])
def test_an_axis_needs_two_levels(levels: tuple[float, ...]) -> None:
    with pytest.raises(ScenarioError, match="at least two levels"):
        Axis(CERTAINTY, levels)


def test_a_key_stands_on_one_axis() -> None:
    with pytest.raises(ScenarioError, match="twice"):
        Design("d", (Axis("a", (1, 2)), Axis("a", (1, 3))))


def test_too_many_cells() -> None:
    axes = tuple(Axis(f"a{n}", tuple(range(10))) for n in range(6))
    with pytest.raises(ScenarioError, match="1,000,000 cells"):
        Design("d", axes)


def test_a_design_from_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "certainty_by_exit"
    folder.mkdir()
    (folder / "config.yaml").write_text(CONFIG)
    design = load_design(folder)
    assert design == load_design(folder / "config.yaml")
    assert (design.name, design.replicates, design.years) == ("certainty_by_exit", 40, 2.0)
    assert design.words == ("site=huddinge", "programme=gvi", "years=2")
    assert design.axes[0] == Axis(CERTAINTY, (0, 0.5, 1)) and len(design.cells) == 6
    assert design_files.design_of(design.to_dict()) == design


def test_a_shipped_design_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "certainty_by_exit").mkdir()
    (tmp_path / "certainty_by_exit" / "config.yaml").write_text(CONFIG)
    monkeypatch.setattr(design_files, "experiments_dir", lambda: tmp_path)
    assert design_files.experiment_names() == ("certainty_by_exit",)
    assert load_design("certainty_by_exit").name == "certainty_by_exit"
    with pytest.raises(ScenarioError, match="Nearest: certainty_by_exit"):
        load_design("certainty_by_exits")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("axis: {}", "Nearest: axes"),
        ("base: {}", "axes .* must map at least one key"),
        ("axes: {a: 3}", "must be a list of levels"),
        ("axes: {a: [1, [2]]}", "a level is a number"),
        ("axes: {a: [1]}", "at least two levels"),
        ("axes: {a: [1, 2]}\nbase: site", "base .* must be a list"),
        ("axes: {a: [1, 2]}\nreplicates: 1", "replicates = 1"),
        ("axes: {a: [1, 2]}\nyears: ten", "years .* must be a number"),
        ("axes: {a: [1, 2]}\naxes: {a: [1, 2]}", "axes"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(ScenarioError, match=message):
        load_design(tmp_path / "config.yaml")


def test_words_with_choices_become_axes() -> None:
    design = design_from(["site=malmo", f"{CERTAINTY}=0,0.5,1", "years=4"], replicates=30)
    assert design.axes == (Axis(CERTAINTY, (0, 0.5, 1)),)
    assert design.words == ("site=malmo", "years=4") and design.replicates == 30


def test_words_on_top_of_an_experiment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "certainty_by_exit").mkdir()
    (tmp_path / "certainty_by_exit" / "config.yaml").write_text(CONFIG)
    monkeypatch.setattr(design_files, "experiments_dir", lambda: tmp_path)
    start = "experiment=certainty_by_exit"
    replaced = design_from([start, f"{CERTAINTY}=0,1", "exit.places=3,9"])
    assert replaced.axes == (Axis(CERTAINTY, (0, 1)), Axis(OFFER, (0.1, 0.9)), Axis("exit.places", (3, 9)))
    fixed = design_from([start, f"{OFFER}=0.3", "years=1"])
    assert [axis.key for axis in fixed.axes] == [CERTAINTY]
    assert fixed.words[-2:] == (f"{OFFER}=0.3", "years=1")


def test_words_without_choices_are_no_sweep() -> None:
    with pytest.raises(ScenarioError, match="at least one key with several values"):
        design_from(["site=malmo"])
