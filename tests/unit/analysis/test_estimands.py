"""Estimands on tables made by hand: each number can be worked out on paper, errors against known formulas."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gvi_sim.analysis.estimand import (
    ESTIMANDS,
    counting,
    effects,
    estimand_named,
    measure,
    needed_tables,
    treatment,
)
from gvi_sim.analysis.estimand.base import change_of, mean_of, median_of, ratio_of
from gvi_sim.analysis.estimand.spans import weights
from gvi_sim.analysis.estimand.unevenness import top_share_of_groups
from gvi_sim.analysis.measures import ties
from gvi_sim.errors import ScenarioError
from gvi_sim.world.codes import BACKGROUND, DOSES, NOBODY, RETALIATION, SHOOTING

YEAR = 365.25


@dataclass(eq=False)
class Made:
    """Runs whose tables are written by hand: ``groups`` groups at one site, window in days."""

    tables: dict[str, pd.DataFrame]
    replicates: int = 2
    groups: int = 3
    window: tuple[float, float] = (0.0, 4 * YEAR)
    seed: int = 1
    scenario: Any = field(init=False)

    def __post_init__(self) -> None:
        site = SimpleNamespace(site=SimpleNamespace(groups=self.groups))
        self.scenario = SimpleNamespace(start_date=date(2020, 1, 1), each_site=lambda: (site,))

    def table(self, name: str) -> pd.DataFrame:
        return self.tables[name]


def attacks(rows: list[tuple[int, float, int]], **columns: Any) -> pd.DataFrame:
    """(run, day, attacker_group) a row; shootings that hit one person unless ``columns`` says otherwise."""
    frame = pd.DataFrame(rows, columns=["run", "day", "attacker_group"])
    frame["seq"] = frame.groupby("run").cumcount()
    plain = {"mode": SHOOTING, "hit": 1, "killed": 0, "cause": BACKGROUND, "parent_seq": NOBODY}
    return frame.assign(**(plain | columns))


def value(sums: Any) -> float:
    return measure(sums).value


def test_the_jackknife_of_a_mean_is_the_standard_error() -> None:
    values = np.array([1.0, 4.0, 2.0, 9.0, 5.0])
    found = measure(mean_of(values))
    assert found.value == pytest.approx(values.mean())
    assert found.se == pytest.approx(values.std(ddof=1) / np.sqrt(5))


def test_runs_without_a_value_are_left_out() -> None:
    assert value(mean_of(np.array([1.0, np.nan, 3.0]))) == 2.0
    assert np.isnan(value(mean_of(np.array([np.nan, np.nan]))))


def test_the_jackknife_of_a_ratio_meets_the_delta_method() -> None:
    k = np.arange(400.0)
    top, bottom = 10 + np.sin(k), 20 + np.sin(k) + np.cos(3 * k)
    found = measure(ratio_of(top, bottom))
    assert found.value == pytest.approx(top.sum() / bottom.sum())
    delta = (top - found.value * bottom).std(ddof=1) / bottom.mean() / np.sqrt(400)
    assert found.se == pytest.approx(delta, rel=0.02)
    assert value(change_of(bottom, top)) == pytest.approx(found.value - 1)


def test_a_median_of_pooled_values() -> None:
    values, run = np.array([1.5, 2.5, 3.5, 10.5]), np.array([0, 0, 1, 1])
    assert value(median_of(values, run, 2, np.arange(20.0))) == pytest.approx(3.0)


def test_what_counts_when() -> None:
    made = Made({"attacks": attacks([(0, 1, 0), (0, 400, 0), (1, 2, 1), (1, 5, 1)], hit=[0, 2, 1, 1])})
    arms = {"usual": made}
    assert value(counting.per_year(arms, arm="usual", what="persons_hit", between=[0, 1])) == pytest.approx(
        365.25 / 366
    )
    assert value(counting.per_year(arms, arm="usual", between=[date(2021, 1, 1), date(2022, 1, 1)])) == pytest.approx(
        0.5 * 365.25 / 365
    )
    assert value(counting.multi_victim_share(arms, arm="usual")) == pytest.approx(1 / 3)
    assert value(counting.level_against(arms, arm="usual", before=[0, 1], after=[1, 2])) == pytest.approx(366 / 365 / 3)
    with pytest.raises(ScenarioError, match="Nearest: shootings"):
        counting.per_year(arms, arm="usual", what="shotings")


def test_dispersion_by_hand() -> None:
    days = [0, 1, 2, 3, 14, 15]  # weeks 4, 0, 2, 0
    made = Made({"attacks": attacks([(run, day, 0) for run in (0, 1) for day in days])}, window=(0.0, 28.0))
    weekly = np.array([4, 0, 2, 0])
    arms = {"usual": made}
    assert value(counting.dispersion(arms, arm="usual")) == pytest.approx(weekly.var(ddof=1) / weekly.mean())
    pairs = np.mean([np.var([4, 0], ddof=1), np.var([2, 0], ddof=1)]) / weekly.mean()
    assert value(counting.dispersion(arms, arm="usual", about=2)) == pytest.approx(pairs)


def test_near_repeats_by_hand() -> None:
    rows = [(0, 0, 0), (0, 1, 0), (0, 100, 1), (0, 200, 1)]
    made = Made({"attacks": attacks(rows)}, replicates=1)
    # one of six pairs is near; two places with one pair each expect 1/6 each; the near pair lies in one place
    assert counting.near_repeats({"usual": made}, arm="usual", days=14, parts=2).per_run.tolist() == [
        [1.0, pytest.approx(2 / 6)]
    ]


def test_cascades_and_delays_by_hand() -> None:
    rows = [(0, 0, 0), (0, 10, 1), (0, 40, 0), (1, 5, 0)]
    table = attacks(rows, parent_seq=[NOBODY, 0, 1, NOBODY], cause=[BACKGROUND, RETALIATION, RETALIATION, BACKGROUND])
    arms = {"usual": Made({"attacks": table})}
    assert value(counting.mean_cascade(arms, arm="usual")) == pytest.approx(4 / 2)
    assert value(counting.largest_cascade(arms, arm="usual")) == pytest.approx(2.0)
    assert value(counting.mean_delay(arms, arm="usual")) == pytest.approx(20.0)
    assert value(counting.share_with_parent(arms, arm="usual")) == pytest.approx(0.5)


def test_the_top_share_of_groups_counts_quiet_ones() -> None:
    table = attacks([(0, day, 0) for day in range(8)] + [(0, 9, 1), (0, 9, 2)])
    made = Made({"attacks": table}, replicates=1, groups=10)
    assert value(top_share_of_groups({"usual": made}, arm="usual", share=0.1)) == pytest.approx(0.8)


def contacts(rows: list[tuple[int, float, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["run", "day", "group"])
    return frame.assign(kind=DOSES.index("call_in"), person=frame.index)


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups 0 - 1 - 2 in a row, 3 alone."""
    rivalry = np.zeros((4, 4))
    rivalry[[0, 1, 1, 2], [1, 0, 2, 1]] = 1
    network = ties.Network(rivalry, np.zeros((4, 4)), np.ones((4, 4)))
    monkeypatch.setattr(treatment, "networks", lambda runs: iter([network] * runs.replicates))


@pytest.mark.usefixtures("chain")
def test_groups_are_sorted_from_the_day_they_were_touched() -> None:
    doses = contacts([(0, 100.0, 0), (0, 300.0, 1), (0, 400.0, 0)])
    made = Made({"doses": doses}, replicates=1, groups=4, window=(0.0, 1000.0))
    spans = {kind: treatment.group_spans(made, kind, None) for kind in treatment.KINDS}
    begin, end = spans["treated"]
    assert begin[0].tolist()[:2] == [100, 300] and np.isnan(begin[0, 2:]).all() and set(end[0]) == {1000}
    begin, end = spans["tied"]  # 1 until its own contact, 2 from the contact of 1 on; 0 was first itself
    assert begin[0, 1:3].tolist() == [100, 300] and end[0, 1:3].tolist() == [300, 1000]
    assert np.isnan(begin[0, [0, 3]]).all()
    begin, _ = spans["others"]
    assert begin[0, 3] == 100 and np.isnan(begin[0, :3]).all()
    assert treatment.group_spans(made, "treated", 0.5)[1][0, 0] == pytest.approx(100 + 0.5 * YEAR)
    with pytest.raises(ScenarioError, match="Nearest: treated"):
        treatment.group_spans(made, "treatd", None)


@pytest.mark.usefixtures("chain")
def test_the_change_of_groups_and_its_spillover() -> None:
    doses = contacts([(0, 100.0, 0)])
    usual = attacks([(0, 50, 0), *[(0, 200, 0)] * 4, *[(0, 200, 1)] * 4, (0, 200, 3)])
    fewer = attacks([(0, 50, 0), *[(0, 200, 0)] * 2, *[(0, 200, 1)] * 3, (0, 200, 3)])
    arms: dict[str, Any] = {
        name: Made({"attacks": table, "doses": doses}, replicates=1, groups=4, window=(0.0, 1000.0))
        for name, table in (("usual", usual), ("gvi", fewer))
    }
    both = {"base": "usual", "scenario": "gvi"}
    assert effects.change_of_groups(arms, groups="treated", **both).per_run.tolist() == [[4, 2]]
    assert effects.change_of_groups(arms, groups="tied", **both).per_run.tolist() == [[4, 3]]
    ratio = effects.spillover(arms, **both)
    assert ratio.value(ratio.per_run.sum(axis=0)) == pytest.approx(0.25 / 0.5)


def test_fading_and_levers_by_hand() -> None:
    usual = attacks([*[(0, 10, 0)] * 10, *[(0, 900, 0)] * 10])
    gvi_ = attacks([*[(0, 10, 0)] * 5, *[(0, 900, 0)] * 8])
    arms: dict[str, Any] = {"usual": Made({"attacks": usual}, 1), "gvi": Made({"attacks": gvi_}, 1)}
    found = effects.fading(arms, base="usual", scenario="gvi", early=[0, 1], late=[2, 3])
    assert found.value(found.per_run.sum(axis=0)) == pytest.approx(0.2 / 0.5)
    found = effects.quotient_of_changes(arms, first=["usual", "gvi"], second=["gvi", "usual"])
    assert found.value(found.per_run.sum(axis=0)) == pytest.approx(-1.0)
    per_month = effects.difference_per_month(arms, base="usual", scenario="gvi", between=[0, 1])
    assert per_month.value(per_month.per_run.sum(axis=0)) == pytest.approx(-5 * 30.4375 / 366)


def test_every_estimand_says_what_it_reads_and_refuses_strange_options() -> None:
    assert all(declared.function.__doc__ for declared in ESTIMANDS.values())
    assert needed_tables(("change", "detained_persons")) == ("attacks", "spells")
    with pytest.raises(ScenarioError, match="Nearest: spillover"):
        estimand_named("spilover", {}, "here")
    with pytest.raises(ScenarioError, match="has no option 'bse'"):
        estimand_named("change", {"bse": "usual"}, "here")


def test_rows_with_names_for_codes_are_refused_and_not_counted_as_nothing() -> None:
    coded = pd.DataFrame({"mode": np.array([0, 1, 0]), "hit": [1, 0, 0], "killed": [0, 0, 0]})
    assert weights(coded, "shootings").sum() + weights(coded, "detonations").sum() == 3
    with pytest.raises(TypeError, match="has names for them"):
        weights(coded.assign(mode=["shooting", "detonation", "shooting"]), "shootings")
