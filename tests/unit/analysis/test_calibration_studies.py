"""What the stored studies of the calibration show, the page made of them, and the studies run again (slow)."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gvi_sim.analysis.calibration.studies import rank_table, recovery_table

N = "n"


@pytest.fixture(scope="module")
def made(root: Path) -> dict[str, Any]:
    """The script that runs and stores the studies."""
    return runpy.run_path(str(root / "docs" / "make_calibration_studies.py"))


def stored(root: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(root / "docs" / "studies" / f"{name}.csv")


def check_recovery(rows: pd.DataFrame) -> None:
    table = recovery_table(rows).set_index("parameter")
    assert (table["truths"] == 60).all()
    assert table.loc[N, "median_error"] <= 0.08
    assert table.loc[N, "median_error"] < 0.7 * table.loc[N, "prior_error"]
    assert table["covered"].between(43, 60).all()


def check_ranks(ranks: pd.DataFrame) -> None:
    table = rank_table(ranks)
    assert (table["truths"] == 500).all()
    assert (table["p_uniform"] >= 1e-3).all()
    assert table["covered"].between(0.841, 0.959).all()


def test_sixty_truths_were_recovered(root: Path) -> None:
    check_recovery(stored(root, "recovery"))


def test_five_hundred_ranks_were_uniform(root: Path) -> None:
    check_ranks(stored(root, "ranks"))


def test_the_surface_of_constants_lay_near_the_engines_own(root: Path) -> None:
    found = stored(root, "constants").dropna()
    assert len(found) >= 10
    assert found["background"].abs().median() < 0.02 and found["background"].abs().max() < 0.06
    assert found["offspring"].abs().median() < 0.02 and found["offspring"].abs().max() < 0.06


def test_the_page_shows_what_is_stored(root: Path, made: dict[str, Any]) -> None:
    page = (root / "docs" / "calibration.md").read_text("utf-8")
    assert page == made["render"](), "run: python docs/make_calibration_studies.py page"


@pytest.mark.slow
def test_the_recovery_again(made: dict[str, Any]) -> None:
    check_recovery(made["recovery"]())


@pytest.mark.slow
def test_the_ranks_again(made: dict[str, Any]) -> None:
    check_ranks(made["ranks"]())


def test_wrong_posteriors_do_not_pass(root: Path) -> None:
    narrow = stored(root, "recovery")
    middle = narrow["middle"]
    narrow["low"], narrow["high"] = (middle + 0.3 * (narrow[end] - middle) for end in ("low", "high"))
    with pytest.raises(AssertionError):
        check_recovery(narrow)
    with pytest.raises(AssertionError):
        check_ranks(stored(root, "ranks") // 2)
