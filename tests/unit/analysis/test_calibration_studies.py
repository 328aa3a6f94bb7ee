"""What the stored studies of the calibration show, the page made of them, and the studies run again (slow)."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.makers.branching_towns import Town
from benchmarks.makers.branching_towns import record as recorded
from benchmarks.makers.calibration_studies import prepared, rank_table, reach_row, recovery_table, world
from benchmarks.makers.shared_shocks import shock_study
from benchmarks.makers.swing_study import claims_table
from gvi_sim.analysis.calibration.verdicts import CLEAR_N

N = "n"
PLACE = ("site=upplands_bro", "site.groups=12", "site.members=120", "site.attacks_per_year=150", "calendar=flat")


@pytest.fixture(scope="module")
def made(root: Path) -> dict[str, Any]:
    """The script that runs and stores the studies."""
    return runpy.run_path(str(root / "docs" / "make_calibration_studies.py"))


def stored(root: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(root / "docs" / "studies" / f"{name}.csv")


def check_recovery(rows: pd.DataFrame) -> None:
    table = recovery_table(rows).set_index("parameter")
    assert (table["truths"] == 60).all()
    assert table.loc[N, "median_error"] <= 0.09, "0.08 was reached while swings were not free"
    assert table.loc[N, "median_error"] < 0.7 * table.loc[N, "prior_error"]
    assert table["covered"].between(43, 60).all()


def check_ranks(ranks: pd.DataFrame) -> None:
    table = rank_table(ranks)
    assert (table["truths"] == 500).all()
    assert (table["p_uniform"] >= 1e-3).all()
    assert table["covered"].between(0.841, 0.959).all()


def check_shocks(rows: pd.DataFrame, seen: int) -> None:
    """Without retaliation it is claimed in at most 5 of 100 records, as 90 % intervals promise, and else ``seen``."""
    for n, part in rows.groupby("n"):
        claimed, clear = part["told"].str.startswith("set_off"), part["low"] >= CLEAR_N
        assert len(part) == 100 and not (claimed & ~clear).any()
        assert set(part["told"][~claimed]) <= {"shocks", "either"}, "anything else is not `cannot tell`"
        if n == 0.0:
            assert claimed.sum() <= 5
            assert part["low"].median() <= 0.0325, "the lower end lies below where the prior's own does"
        else:
            assert claimed.sum() >= seen
            assert part["low"].median() > (CLEAR_N if seen > 50 else 0.05), "a small place says less"


def test_sixty_truths_were_recovered(root: Path) -> None:
    check_recovery(stored(root, "recovery_city"))


def test_malmo_tells_less_than_asked_and_its_intervals_say_so(root: Path) -> None:
    table = recovery_table(stored(root, "recovery_malmo")).set_index("parameter")
    assert table.loc[N, "median_error"] < 0.6 * table.loc[N, "prior_error"]
    assert table["covered"].between(43, 60).all()


def test_longer_records_and_more_groups_tell_more(root: Path) -> None:
    rows = stored(root, "sizes").set_index(["groups", "years"])
    assert rows["covered"].between(0.841, 0.959).all() and (rows["records"] >= 300).all()
    for less, more in ((4, 3), (4, 24)), ((4, 6), (16, 6)):
        assert rows.loc[more, "median_error"] < rows.loc[less, "median_error"]
        assert rows.loc[more, "mean_width"] < rows.loc[less, "mean_width"]
    assert rows.loc[(16, 6), "error_high"] < rows.loc[(4, 6), "error_low"], "groups tell more than years do"


def test_the_interval_of_a_median_error_holds_it_as_often_as_it_says() -> None:
    """Errors of a standard normal have the median 0.6745."""
    rng, held = np.random.default_rng(7), 0
    for _ in range(400):
        miss = rng.normal(size=300)
        rows = pd.DataFrame({"parameter": N, "truth": 0.0, "low": miss - 1.0, "middle": miss, "high": miss + 1.0})
        row = reach_row(rows)
        held += row["error_low"] <= 0.6745 <= row["error_high"]
    assert row["mean_width"] == pytest.approx(2.0) and row["covered"] == (np.abs(miss) <= 1.0).mean()
    assert abs(held / 400 - 0.95) < 4.42 * (0.95 * 0.05 / 400) ** 0.5


SEEN = {"city": 60, "malmo": 20}
"""Of 100 records with n = 0.5, how many are told as retaliation at least: a small place says less."""


@pytest.mark.parametrize("place", SEEN)
def test_shared_shocks_were_not_taken_for_retaliation(place: str, root: Path) -> None:
    rows = stored(root, f"shocks_{place}")
    check_shocks(rows, SEEN[place])
    with pytest.raises(AssertionError):
        check_shocks(rows.assign(n=0.5 - rows["n"]), SEEN[place])


@pytest.mark.parametrize("place", SEEN)
def test_slow_swings_of_another_simulator_were_not_taken_for_retaliation(place: str, root: Path) -> None:
    table = claims_table(stored(root, f"claims_{place}").assign(world=place)).set_index("true_n")
    assert (table["records"] == 100).all()
    assert table.loc[0.0, "claim_retaliation"] <= 5 and table.loc[0.1, "claim_retaliation"] <= 5
    assert table.loc[0.1, "covered"] >= 84 and table.loc[0.5, "covered"] >= 84
    assert table.loc[0.5, "claim_retaliation"] >= SEEN[place]


@pytest.mark.parametrize("place", SEEN)
def test_truths_that_another_simulator_recorded_were_found(place: str, root: Path) -> None:
    both = pd.concat([stored(root, "recovery_" + place), stored(root, "towns_" + place)])
    n = both[both["parameter"] == N]
    miss = n["middle"] - n["truth"]
    assert len(n) == 120 and abs(miss.mean()) <= {"city": 0.03, "malmo": 0.05}[place]
    assert miss.abs().median() <= {"city": 0.09, "malmo": 0.1}[place]
    assert 0.8 <= ((n["low"] <= n["truth"]) & (n["truth"] <= n["high"])).mean() <= 1.0


def test_a_level_that_falls_to_three_tenths_in_three_years_was_inside(root: Path) -> None:
    rows = stored(root, "falls")
    assert 0.85 <= ((rows["low"] <= rows["truth"]) & (rows["truth"] <= rows["high"])).mean() <= 0.98


def test_the_other_simulator_makes_what_it_is_asked_for() -> None:
    """Means and a branching ratio that are known: level, n by the variance of yearly totals, areas by target."""
    asked = {"years": 10.0, "groups": 8, "areas": 4, "units": 520}
    plain, set_off, falling = (
        np.array([recorded(town, **asked, seed=seed) for seed in range(80)])
        for town in (Town(100.0, 0.0), Town(100.0, 0.5, fast_share=1.0), Town(100.0, 0.0, trend=-0.4))
    )
    for counts in (plain, set_off):
        assert counts.sum(axis=(1, 2)).mean() == pytest.approx(1000.0 * 3640 / 3652.5, rel=0.05)
    totals = [counts.sum(axis=(1, 2)) for counts in (plain, set_off)]
    assert totals[0].var() / totals[0].mean() == pytest.approx(1.0, abs=0.75)
    assert totals[1].var() / totals[1].mean() == pytest.approx(1.0 / (1.0 - 0.5) ** 2, rel=0.7)
    first, last = falling[:, :52].sum(), falling[:, -52:].sum()
    assert np.log(last / first) / 9.0 == pytest.approx(-0.4, abs=0.03)
    assert (plain.sum(axis=(0, 1)) > 0).all() and not np.array_equal(plain[0], plain[1])


@pytest.mark.slow
def test_shared_shocks_are_not_taken_for_retaliation_today() -> None:
    """A short study of a place of 12 groups: 20 records with shocks and no retaliation, 20 with much."""
    setting = world(*PLACE, years=4, areas=6, seed=5, workers=1)
    rows = shock_study(prepared(setting, 1000, seed=4, workers=1), each=4, true_n=(0.0, 0.6))
    claims = rows["told"].str.startswith("set_off").groupby(rows["n"]).sum()
    assert claims[0.0] <= 2 and claims[0.6] >= 4


def test_five_hundred_ranks_were_uniform(root: Path) -> None:
    check_ranks(stored(root, "ranks"))


def test_the_surface_of_constants_lay_near_the_engines_own(root: Path) -> None:
    found = stored(root, "constants").query("n > 0.05").dropna()
    assert len(found) >= 10
    assert found["background"].abs().median() < 0.01 and found["background"].abs().max() < 0.04
    assert found["offspring"].abs().median() < 0.015 and found["offspring"].abs().max() < 0.04  # of n


def test_the_page_shows_what_is_stored(root: Path, made: dict[str, Any]) -> None:
    page = (root / "docs" / "calibration.md").read_text("utf-8")
    assert page == made["render"](), "run: python docs/make_calibration_studies.py page"


@pytest.mark.slow
def test_the_city_again(made: dict[str, Any]) -> None:
    ready = made["city"]()
    check_recovery(made["recovery"](ready))
    check_shocks(made["shocks"](ready), SEEN["city"])


@pytest.mark.slow
def test_malmo_again(made: dict[str, Any]) -> None:
    check_shocks(made["shocks"](made["town"]()), SEEN["malmo"])


@pytest.mark.slow
def test_the_ranks_again(made: dict[str, Any]) -> None:
    check_ranks(made["ranks"]())


def test_wrong_posteriors_do_not_pass(root: Path) -> None:
    narrow = stored(root, "recovery_city")
    middle = narrow["middle"]
    narrow["low"], narrow["high"] = (middle + 0.3 * (narrow[end] - middle) for end in ("low", "high"))
    with pytest.raises(AssertionError):
        check_recovery(narrow)
    with pytest.raises(AssertionError):
        check_ranks(stored(root, "ranks") // 2)
