"""Run the calibration's studies and store them: ``python docs/make_calibration_studies.py recovery|ranks [WORKERS]``.

Takes a quarter of an hour. The stored results are what docs/calibration.md shows; a slow test runs them again.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from gvi_sim.analysis.calibration import studies

FOLDER = Path(__file__).with_name("studies")
CITY, CITY_SEED = ("site=us_midsize",), 11
SMALL, SMALL_SEED = ("site=upplands_bro", "site.attacks_per_year=30", "calendar=flat"), 12


def recovery(workers: int = 1, points: int = 6000, truths: int = 60) -> pd.DataFrame:
    """Known truths in a city of 69 groups, 12 districts and about 2,000 attacks in 8 years."""
    setting = studies.world(*CITY, years=8, areas=12, seed=CITY_SEED, workers=workers)
    return studies.recovery_study(setting, points=points, truths=truths, seed=CITY_SEED, workers=workers)


def ranks(workers: int = 1, points: int = 12_000, truths: int = 500) -> pd.DataFrame:
    """Draws in a small world: 3 groups, 2 years, about 60 attacks."""
    setting = studies.world(*SMALL, years=2, areas=3, seed=SMALL_SEED, workers=workers)
    return studies.rank_study(setting, points=points, truths=truths, seed=SMALL_SEED, workers=workers)


def main(which: str, workers: int) -> None:
    """Run one study and store its rows."""
    FOLDER.mkdir(exist_ok=True)
    if which == "recovery":
        recovery(workers).round(4).to_csv(FOLDER / "recovery.csv", index=False)
    else:
        ranks(workers).to_csv(FOLDER / "ranks.csv", index=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
