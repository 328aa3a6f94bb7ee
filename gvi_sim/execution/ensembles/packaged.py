"""The ensemble that ships with the package: strengths of the programme's mechanisms, and how they came about.

``evidence/ensembles/mechanisms.csv`` holds one row a draw and a column a key, all of equal weight;
``mechanisms.json`` beside it what they were calibrated to, what they achieve, and the hash of the draws.
``python -m benchmarks.makers.mechanism_files`` makes both.
"""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import EvidenceError
from .ensemble import StoredEnsemble

NAME = "mechanisms"
FOLDER = Path(__file__).parents[2] / "evidence" / "ensembles"


@cache
def packaged_ensemble() -> StoredEnsemble:
    """The draws that ``parameters=ensemble`` uses; EvidenceError when the files do not belong together."""
    about = packaged_provenance()
    with (FOLDER / f"{NAME}.csv").open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    draws = np.array([[float(value) for value in row] for row in rows])
    ensemble = StoredEnsemble(NAME, tuple(header), draws, np.full(len(draws), 1.0 / len(draws)), about)
    if ensemble.sha256 != about.get("sha256"):
        raise EvidenceError("damaged/ensemble", name=NAME)
    return ensemble


@cache
def packaged_provenance() -> dict[str, Any]:
    """Targets, what was achieved, priors, seed and code of the packaged ensemble."""
    return dict(json.loads((FOLDER / f"{NAME}.json").read_text(encoding="utf-8")))
