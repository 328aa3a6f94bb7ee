"""Figures: titled with the answer, units on every axis, intervals shown, nothing taken from outside."""

from __future__ import annotations

import re
from dataclasses import replace

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from gvi_sim.analysis.inference.estimates import Stated
from gvi_sim.analysis.pairs.uncertainty import Uncertainty, drivers_of
from gvi_sim.language.catalogue import Words
from gvi_sim.report.drawing import figures, figures_years
from gvi_sim.report.drawing.figure_drivers import drivers_chart
from gvi_sim.report.drawing.pictures import run_figures, sweep_figures, title_of
from gvi_sim.report.drawing.scales import round_changes
from gvi_sim.report.drawing.style import as_png, as_svg
from gvi_sim.report.views.view import AxisView, Origin, RunView, SweepView

UNIT = re.compile(r"\(.+\)")
RUN = ("forest", "fan", "years", "ledger", "parts", "before_after", "lorenz")
SWEEP = ("heat", "lines", "interaction", "years", "years_levers", "burden", "fan", "lorenz")


def texts(figure: Figure) -> list[str]:
    """Every text that a figure shows."""
    return [text.get_text() for text in figure.findobj(matplotlib.text.Text) if text.get_text()]


def segments(axes: Axes) -> list[np.ndarray]:
    """The upright lines of an interval each."""
    collections = (found for found in axes.collections if isinstance(found, LineCollection))
    return [segment for collection in collections for segment in collection.get_segments()]


def drawn(words: Words, run: RunView, sweep: SweepView) -> dict[str, Figure]:
    found = {f"run {name}": draw() for name, draw in run_figures(words, run)}
    return found | {f"sweep {name}": draw() for name, draw in sweep_figures(words, sweep)}


def test_every_figure_says_what_the_model_says(words: Words, run: RunView, sweep: SweepView) -> None:
    shown = drawn(words, run, sweep)
    assert [name.split()[1] for name in shown] == [*RUN, *SWEEP]
    start = "The model says:" if words.lang == "en" else "Modellen säger:"
    assert all(title_of(figure).startswith(start) for figure in shown.values())


def test_without_a_change_to_draw_there_is_no_forest(words: Words, run: RunView) -> None:
    """As of a single draw, whose intervals have no lower end."""
    rows = {name: replace(row, ratio=replace(row.ratio, low=0.0)) for name, row in run.rows.items()}
    assert [name for name, _ in run_figures(words, replace(run, rows=rows))] == [*RUN[1:]]


def test_every_axis_has_a_unit(words: Words, run: RunView, sweep: SweepView) -> None:
    for name, figure in drawn(words, run, sweep).items():
        axes: list[Axes] = figure.axes
        assert all(UNIT.search(each.get_xlabel()) for each in axes), name
        assert UNIT.search(axes[0].get_ylabel()), name


def test_every_figure_is_marked_synthetic(words: Words, run: RunView, sweep: SweepView) -> None:
    mark = "SYNTHETIC" if words.lang == "en" else "SYNTETISKT"
    assert all(any(mark in text for text in texts(figure)) for figure in drawn(words, run, sweep).values())


def test_every_cell_of_the_heat_map_has_its_interval(sweep: SweepView) -> None:
    shown = texts(figures.heat_map(Words("en"), sweep))
    assert sum(bool(re.fullmatch(r"[−\d.]+ to [−\d.]+", text)) for text in shown) == len(sweep.cells)


def test_bands_and_intervals_are_drawn(run: RunView, sweep: SweepView) -> None:
    words = Words("en")
    fans = figures.fan_chart(words, run, run.rows["shootings"], run.fans)
    assert all(len(axes.collections) >= 2 for axes in fans.axes)
    assert len(segments(figures.line_chart(words, sweep).axes[0])) == len(sweep.cells)
    assert len(figures.interaction_chart(words, sweep).axes[0].collections) >= 4


def test_a_driver_is_filled_exactly_where_its_interval_leaves_0_out(run: RunView) -> None:
    """Found in made-up runs, whose drawn values hang together: shares of bystanders are large, correlations are not."""
    rng = np.random.default_rng(3)
    table = rng.normal(size=(100, 6))
    table[:, 1] += 1.5 * table[:, 0]
    values = table[np.arange(200) % 100, 0] + rng.normal(size=200)
    found = drivers_of(values, np.arange(200) % 100, table, tuple("abcdef"))
    assert {driver.drives for driver in found} == {True, False}
    nothing = Stated(1.0, 1.0, 1.0)
    doubt = Uncertainty("shootings", 100, 200, nothing, nothing, None, found, tuple("abcdef"), ())
    axes = drivers_chart(Words("en"), run.origin, doubt).axes[0]
    points = [line for line in axes.lines if line.get_marker() == "o"]
    for point, drawn in zip(points, axes.collections, strict=True):
        (low, _), (high, _) = drawn.get_segments()[0]
        assert (point.get_markerfacecolor() != "white") == (low > 0 or high < 0)


def test_the_start_of_the_programme_is_marked(run: RunView) -> None:
    words = Words("en")
    assert "GVI starts" in texts(figures.fan_chart(words, run, run.rows["shootings"], run.fans))
    without = replace(run, programme_start=None)
    assert "GVI starts" not in texts(figures.fan_chart(words, without, run.rows["shootings"], run.fans))


def test_a_name_is_text_and_neither_mathematics_nor_markup(hostile_run: RunView) -> None:
    figure = figures.year_chart(Words("en"), hostile_run)
    svg = as_svg(figure).decode()
    assert any("$\\frac{" in text for text in texts(figure))
    assert "<script" not in svg and "&lt;script&gt;" in svg


def test_svg_loads_nothing_and_carries_no_date(run: RunView) -> None:
    svg = as_svg(figures.forest_chart(Words("en"), run)).decode()
    assert not re.search(r"(?:href|src)\s*=\s*[\"'](?!#)", svg)
    assert "<dc:date>" not in svg and "@import" not in svg


def test_the_same_figure_has_the_same_bytes(run: RunView) -> None:
    first, second = (as_svg(figures.year_chart(Words("en"), run)) for _ in range(2))
    assert first == second
    assert as_png(figures.year_chart(Words("en"), run)).startswith(b"\x89PNG")


def test_drawing_leaves_the_settings_as_they_were(run: RunView) -> None:
    before = dict(matplotlib.rcParams)
    as_png(figures.forest_chart(Words("sv"), run))
    assert dict(matplotlib.rcParams) == before


def test_one_lever_is_drawn_without_a_heat_map(sweep: SweepView) -> None:
    axis = sweep.axes[0]
    cells = tuple(replace(cell, levels=cell.levels[:1]) for cell in sweep.cells if cell.levels[1] == "0.5")
    effect = replace(sweep.lever_effects[0], others=())
    single = replace(sweep, axes=(axis,), cells=cells, lever_effects=(effect,), interactions=(), corner=cells[-1])
    names = [name for name, draw in sweep_figures(Words("en"), replace(single, years=None)) if draw()]
    assert names == ["lines", "burden", "fan", "lorenz"]


def test_every_year_of_every_cell_has_its_interval_but_one_without_shootings(sweep: SweepView) -> None:
    """One scale for all panels; what they show is what the rows say."""
    assert sweep.years is not None
    figure = figures_years.years_chart(Words("en"), sweep)
    assert len({axes.get_ylim() for axes in figure.axes}) == 1 and len(figure.axes) == 5
    for axes, cell in zip(figure.axes, sweep.years.cells, strict=True):
        known = [year for year in cell.rows if year.year != 4]
        ends = [segment[:, 1].tolist() for segment in segments(axes)]
        assert ends == [[year.row.change.low, year.row.change.high] for year in known]
        assert [segment[0, 0] for segment in segments(axes)] == [year.year for year in known]
    assert "sanction certainty 0 and exit offers 0, year 2: very likely fewer" in title_of(figure)


def test_levers_and_their_interaction_stand_side_by_side(words: Words, sweep: SweepView) -> None:
    assert sweep.years is not None
    figure = figures_years.levers_chart(words, sweep)
    assert [len(segments(axes)) for axes in figure.axes] == [10, 10, 10]
    ends = [segment[:, 1].tolist() for segment in segments(figure.axes[2])]
    assert ends == [[it.low, it.high] for it in sweep.years.beyond]
    assert any(words("years.beyond") in text for text in texts(figure))


def test_the_start_is_marked_only_where_it_is_the_same_for_all(sweep: SweepView) -> None:
    assert sweep.years is not None
    first, *others = sweep.years.cells
    later = replace(sweep, years=replace(sweep.years, cells=(replace(first, begins=2026.0), *others)))
    assert "GVI starts" in texts(figures_years.levers_chart(Words("en"), sweep))
    assert "GVI starts" not in texts(figures_years.levers_chart(Words("en"), later))
    assert "year 4" in title_of(figures_years.levers_chart(Words("en"), later))


def test_a_single_year_is_not_drawn_again(sweep: SweepView) -> None:
    assert sweep.years is not None
    cells = tuple(replace(cell, rows=cell.rows[:1]) for cell in sweep.years.cells)
    nothing = tuple(replace(cell, rows=(cell.rows[3],) * 2) for cell in sweep.years.cells)
    for few in (cells, nothing):
        shown = replace(sweep, years=replace(sweep.years, cells=few))
        assert not {"years", "years_levers"} & {name for name, _ in sweep_figures(Words("en"), shown)}


def test_further_levers_are_held_in_the_middle(sweep: SweepView) -> None:
    third = AxisView("exit.places", ("5", "20", "40"), "places")
    cells = tuple(replace(cell, levels=(*cell.levels, level)) for cell in sweep.cells for level in third.levels)
    wider = replace(sweep, axes=(*sweep.axes, third), cells=cells)
    assert any("exit places 20" in text for text in texts(figures.heat_map(Words("en"), wider)))


@pytest.mark.parametrize(("low", "high"), [(0.98, 1.02), (0.7, 1.1), (0.3, 3.0), (0.01, 80.0)])
def test_ticks_of_changes_are_few_and_inside(low: float, high: float) -> None:
    ticks = round_changes(low, high)
    assert 1 <= len(ticks) <= 8
    assert all(low <= tick <= high for tick in ticks)
    assert np.all(np.diff(ticks) > 0)


def test_a_long_name_does_not_break_a_figure(run: RunView) -> None:
    origin: Origin = replace(run.origin, site="Å" * 400)
    assert as_png(figures.lorenz_chart(Words("sv"), replace(run, origin=origin), run.lorenz or ()))
