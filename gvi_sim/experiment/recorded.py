"""`expected.json`: what the model gave when somebody last recorded it on purpose, with Monte Carlo error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from ..analysis.estimand import Measured
from ..errors import ScenarioError
from ..execution.planning.machine import version
from ..execution.storage.atomic_files import write_atomic

EXPECTED = "expected.json"
DIGITS = 6


@dataclass(frozen=True)
class Recorded:
    """Version, seed and replicates of the recording, and each figure's number with its error."""

    version: str
    seed: int
    replicates: int
    figures: Mapping[str, Measured]


def read_recorded(folder: Path) -> Recorded | None:
    """What stands in the folder's `expected.json`; None when it was never recorded."""
    path = folder / EXPECTED
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text("utf-8"))
        replicates = int(content["replicates"])
        figures = {
            str(name): Measured(float(entry["value"]), float(entry["se"]), replicates)
            for name, entry in content["figures"].items()
        }
        return Recorded(str(content["version"]), int(content["seed"]), replicates, figures)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ScenarioError("expected-json/damaged", path=path, error=repr(error), name=folder.name) from error


def write_recorded(folder: Path, seed: int, figures: Mapping[str, Measured]) -> Path:
    """Record these figures in the folder's `expected.json`."""
    content = {
        "version": version(),
        "seed": seed,
        "replicates": next(iter(figures.values())).replicates,
        "figures": {name: {"value": _short(found.value), "se": _short(found.se)} for name, found in figures.items()},
    }
    path = folder / EXPECTED
    write_atomic(path, (json.dumps(content, indent=2, allow_nan=True) + "\n").encode())
    return path


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}") if isfinite(value) else value


def drift(found: Measured, before: Measured) -> float:
    """How far two measurements lie apart in standard errors of their difference."""
    apart = found.value - before.value
    spread = (found.se**2 + before.se**2) ** 0.5
    if not isfinite(apart) or not isfinite(spread):
        return 0.0 if (found.value != found.value) == (before.value != before.value) else float("inf")
    # what is written down is rounded, so equal numbers may differ in the last digit
    return apart / spread if spread > 0 else 0.0 if abs(apart) <= 1e-5 * abs(before.value) else float("inf")
