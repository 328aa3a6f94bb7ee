"""Run the calibration's studies and store them: ``python docs/make_calibration_studies.py recovery|ranks [WORKERS]``.

Takes a quarter of an hour. The stored results are what docs/calibration.md shows; a slow test runs them again.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gvi_sim.analysis.calibration import studies

FOLDER = Path(__file__).with_name("studies")
RECOVERY_WORLD = {"words": ("site=us_midsize",), "years": 8, "areas": 12}
RANK_WORLD = {
    "words": ("site=upplands_bro", "site.attacks_per_year=30", "calendar=flat"),
    "years": 2,
    "areas": 3,
}


def recovery(workers: int) -> None:
    """60 known truths in a city of 69 groups, 12 districts and about 2,000 attacks in 8 years."""
    setting = studies.world(*RECOVERY_WORLD["words"], years=8, areas=12, seed=11, workers=workers)
    rows = studies.recovery_study(setting, points=6000, truths=60, seed=11, workers=workers)
    rows.round(4).to_csv(FOLDER / "recovery.csv", index=False)
    studies.recovery_table(rows).round(4).to_csv(FOLDER / "recovery_table.csv", index=False)


def ranks(workers: int) -> None:
    """500 draws in a small world: 3 groups, 2 years, about 60 attacks."""
    setting = studies.world(*RANK_WORLD["words"], years=2, areas=3, seed=12, workers=workers)
    found = studies.rank_study(setting, points=12_000, truths=500, seed=12, workers=workers)
    found.to_csv(FOLDER / "ranks.csv", index=False)
    studies.rank_table(found).round(4).to_csv(FOLDER / "rank_table.csv", index=False)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    {"recovery": recovery, "ranks": ranks}[sys.argv[1]](int(sys.argv[2]) if len(sys.argv) > 2 else 1)
