"""How runs are spread: fans, Lorenz curves and smooth quantiles against what can be worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gvi_sim.report.building.build import seen_fewer
from gvi_sim.report.views.distributions import fan, lorenz_view, monthly_counts, smooth_quantile, span_for, year_of


def test_months_of_several_sites_are_added() -> None:
    rows = [(run, site, month, run + 10 * month) for run in (3, 5) for site in (0, 1) for month in (0, 1)]
    frame = pd.DataFrame(rows, columns=["run", "site", "month", "shootings"])
    assert monthly_counts(frame, "shootings").tolist() == [[6.0, 26.0], [10.0, 30.0]]


def test_a_point_holds_the_months_before_it_and_none_after() -> None:
    counts = np.zeros((2, 24))
    counts[:, 12] = 5
    shown = fan(counts, date(2023, 1, 1), 6)
    assert shown.mean.tolist() == [0.0] * 7 + [5.0] * 6 + [0.0] * 6
    assert shown.years[0] == pytest.approx(2023.5, abs=0.01)
    assert shown.years[-1] == pytest.approx(2025.0, abs=0.01)


def test_bands_nest_around_each_other() -> None:
    counts = np.tile(np.arange(40.0), (36, 1)).T
    shown = fan(counts, date(2023, 1, 1), 1)
    (low, high), (lowest, highest) = shown.bands[0.5], shown.bands[0.9]
    assert (lowest <= low).all() and (low < high).all() and (high <= highest).all()


@pytest.mark.parametrize(("level", "months"), [(5.0, 1), (0.8, 3), (0.4, 6), (0.01, 12)])
def test_rarer_events_are_seen_over_longer_spans(level: float, months: int) -> None:
    assert span_for(np.full((4, 60), level)) == months


def test_a_short_window_is_not_looked_back_over_beyond_itself() -> None:
    assert span_for(np.full((4, 8), 0.01)) == 3
    assert span_for(np.full((4, 1), 0.01)) == 1


@given(st.lists(st.integers(0, 30), min_size=5, max_size=60), st.floats(0.05, 0.95))
def test_a_smooth_quantile_is_within_one_of_the_ordinary_one(values: list[int], share: float) -> None:
    counts = np.array(values, float)[:, None]
    smooth = float(smooth_quantile(counts, share)[0])
    lower, upper = np.quantile(counts, share, method="lower"), np.quantile(counts, share, method="higher")
    assert lower - 1 <= smooth <= upper + 1
    assert smooth >= 0


def test_smooth_quantiles_move_between_whole_numbers() -> None:
    few = smooth_quantile(np.array([[1.0]] * 6 + [[2.0]] * 4), 0.5)[0]
    more = smooth_quantile(np.array([[1.0]] * 5 + [[2.0]] * 5), 0.5)[0]
    assert 1 < few < more <= 1.5


def test_equal_groups_lie_on_the_diagonal() -> None:
    groups = pd.DataFrame({"run": [0] * 5 + [1] * 5, "attacks": [3] * 5 + [2] * 5})
    curve = lorenz_view(groups, pd.DataFrame({"gini_groups": [0.0, 0.0]}))
    assert np.allclose(curve.mean, curve.groups)
    assert curve.top_fifth == pytest.approx(0.2)


def test_one_group_with_everything_bends_the_curve_all_the_way() -> None:
    groups = pd.DataFrame({"run": [0] * 5 + [1] * 5, "attacks": [9, 0, 0, 0, 0] * 2})
    curve = lorenz_view(groups, pd.DataFrame({"gini_groups": [0.8, 0.8]}))
    assert curve.top_fifth == pytest.approx(1.0)
    assert curve.gini.value == pytest.approx(0.8)


def test_runs_without_attacks_have_no_curve() -> None:
    groups = pd.DataFrame({"run": [0, 0], "attacks": [0, 0]})
    curve = lorenz_view(groups, pd.DataFrame({"gini_groups": [np.nan]}))
    assert np.isnan(curve.mean).all() and not curve.gini.is_known


@given(
    st.lists(st.integers(0, 6), min_size=2, max_size=12),
    st.lists(st.integers(0, 6), min_size=12, max_size=12),
)
def test_how_often_two_places_show_it_counts_every_pair_of_different_runs(base: list[int], other: list[int]) -> None:
    first, second = np.array(base, float), np.array(other[: len(base)], float)
    pairs = [(a < b) + 0.5 * (a == b) for i, a in enumerate(second) for j, b in enumerate(first) if i != j]
    assert seen_fewer(first, second) == pytest.approx(np.mean(pairs))


def test_a_date_becomes_a_year_with_decimals() -> None:
    assert year_of(date(2023, 1, 1)) == 2023.0
    assert year_of(date(2024, 7, 2)) == pytest.approx(2024.5, abs=0.001)
