"""Reports of real, small runs: whole in the folder, the same from the store, in either language."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from gvi_sim.analysis.pairs.effect import Effect, compare
from gvi_sim.config import load_scenario
from gvi_sim.errors import ScenarioError, StoreError
from gvi_sim.execution.storage.store import open_store
from gvi_sim.experiment.design_files import design_from
from gvi_sim.experiment.opening import open_result
from gvi_sim.experiment.sweep import Sweep, sweep
from gvi_sim.experiment.verify import verify
from gvi_sim.report.building.build import run_view
from gvi_sim.report.building.build_sweep import sweep_view
from gvi_sim.report.plotting import plot
from gvi_sim.report.views.parameter_table import resting, sources_of
from gvi_sim.report.write import remember_command, write_report, write_swedish_tables
from gvi_sim.simulate import simulate

READERS: tuple[tuple[str, dict[str, str]], ...] = (
    (".csv", {}),
    (".sv.csv", {"sep": ";", "decimal": ",", "encoding": "utf-8-sig"}),
)
SHORT = ("years=1", "burn_in_years=0.5")


@pytest.fixture(scope="module")
def effect(tmp_path_factory: pytest.TempPathFactory) -> Effect:
    scenario = load_scenario("site=huddinge", "programme.start_date=2023-01-01", *SHORT)
    out = tmp_path_factory.mktemp("runs") / "effect"
    return compare(scenario.replace("programme=none"), scenario, replicates=4, seed=1, workers=1, out=out)


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    words = ["site=huddinge", *SHORT, "programme.sanction_certainty=0,1", "exit.offer_rate=0,0.5,1"]
    out = tmp_path_factory.mktemp("runs") / "sweep"
    return sweep(design_from(words), replicates=3, seed=1, workers=1, out=out)


def test_a_comparison_leaves_page_and_figures_that_the_manifest_knows(effect: Effect) -> None:
    page = write_report(effect)
    assert effect.folder is not None and page == effect.folder / "report.html"
    files = open_store(effect.folder).files
    for name in ("forest", "fan", "years", "lorenz"):
        assert {f"figures/{name}.svg", f"figures/{name}.png"} <= set(files)
    assert open_store(effect.folder).read_file("report.html").startswith(b"<!doctype html>")


def test_figures_and_tables_say_what_they_were_made_from(effect: Effect) -> None:
    from PIL import Image

    assert effect.folder is not None
    remember_command(effect.folder, "gvi-sim run --seed 1")
    folder = write_report(effect).parent
    write_swedish_tables(folder)
    store = open_store(folder)
    about = json.loads(store.read_file("csv-metadata.json"))
    for path in folder.glob("figures/*.png"):
        with Image.open(path) as picture:
            text = picture.text
        assert text["Software"].startswith("gvi_sim ") and text["Description"].startswith("SYNTHETIC"), path
        assert text["Source"] == about["dc:source"], path
    told = about["dc:source"]
    assert told.endswith("gvi-sim run --seed 1") and "seed 1;" in told
    assert effect.scenario.scenario.digest()[:12] in told
    assert about["dc:description"].startswith("SYNTHETIC")
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.csv"))
    assert [table["url"] for table in about["tables"]] == names and "tables/effect.sv.csv" in names
    plain, swedish = (pd.read_csv(folder / f"tables/effect{end}", **how) for end, how in READERS)
    pd.testing.assert_frame_equal(plain, swedish)
    assert store.tables == open_store(folder).tables and "effect.sv" not in store.tables
    assert verify(folder, sample=0).equal


def test_a_sweep_leaves_page_and_figures(swept: Sweep) -> None:
    page = write_report(swept, "sv")
    text = page.read_text("utf-8")
    assert '<html lang="sv">' in text and "Modellen säger" in text
    for name in ("heat", "lines", "interaction", "burden", "fan", "lorenz"):
        assert (page.parent / "figures" / f"{name}.png").stat().st_size > 10_000


@pytest.mark.slow
def test_the_report_from_the_store_is_the_same(effect: Effect) -> None:
    assert effect.folder is not None
    first = write_report(effect).read_bytes()
    again = open_result(effect.folder)
    assert isinstance(again, Effect)
    assert write_report(again).read_bytes() == first


def test_figures_of_the_report_agree_with_the_tables(effect: Effect) -> None:
    view = run_view(effect)
    found = effect.row("shootings")
    assert (view.rows["shootings"].base, view.rows["shootings"].scenario) == (found.base, found.scenario)
    assert sum(year.row.base for year in view.by_year) == pytest.approx(found.base)
    assert view.rows["detained_days"].base == pytest.approx(view.rows["person_years_detained"].base)


def test_the_corner_of_a_sweep_is_its_last_cell_run_again(swept: Sweep) -> None:
    view = sweep_view(swept)
    assert view.corner is not None and view.fans is not None
    assert view.corner.levels == ("1", "1")
    months = swept.months[swept.months["arm"] == len(swept.manifest["arms"]) - 1]
    assert view.fans[1].mean[-1] == pytest.approx(months["shootings"].to_numpy()[-view.fans[1].months :].sum())


def test_a_lever_averts_the_difference_of_its_end_cells(swept: Sweep) -> None:
    view = sweep_view(swept)
    first, last = (view.cell(level, "0.5").rows["shootings"].scenario for level in ("0", "1"))
    assert view.lever_effects[0].averted.value == pytest.approx(first - last)


def test_every_parameter_has_a_grade_and_its_sources_are_cited() -> None:
    scenario = load_scenario("site=malmo", "programme.sanction_certainty=0.9")
    found = {entry.key: entry for entry in resting(scenario)}
    assert found["programme.sanction_certainty"].grade == "set"
    assert {entry.grade for entry in found.values()} == {"A", "B", "C", "D", "set"}
    assert len(sources_of(found.values())) > 20


def test_the_command_that_made_it_is_given_again(effect: Effect) -> None:
    assert re.fullmatch(
        r"gvi-sim run \S+scenario\.yaml --replicates 4 --seed 1",
        run_view(effect).origin.command.replace("'", ""),
    )


def test_a_result_in_memory_has_no_folder_for_a_report() -> None:
    scenario = load_scenario("site=huddinge", *SHORT)
    found = compare(scenario.replace("programme=none"), scenario, replicates=2, seed=1, workers=1)
    with pytest.raises(StoreError, match="out="):
        write_report(found)
    assert plot(found, "years").axes


def test_plot_names_the_figures_there_are(effect: Effect, swept: Sweep) -> None:
    assert plot(effect).axes and plot(swept, "heat", lang="sv").axes
    with pytest.raises(ScenarioError, match=r"Nearest: heat\. There are heat, lines"):
        plot(swept, "heap")


def test_plot_refuses_runs_of_one_scenario() -> None:
    runs = simulate(load_scenario("site=huddinge", *SHORT), replicates=2, seed=1, workers=1)
    with pytest.raises(ScenarioError, match="compare"):
        plot(runs)


def test_without_the_municipality_the_report_says_why(tmp_path: Path) -> None:
    scenario = load_scenario("site=huddinge", "programme=no_municipality", *SHORT)
    base = scenario.replace("programme.enabled=false")
    found = compare(base, scenario, replicates=2, seed=1, workers=1, out=tmp_path / "out")
    text = write_report(found).read_text("utf-8")
    assert "Without the municipality, no GVI in Huddinge" in text
    assert "without a programme, Huddinge has on average" in text
