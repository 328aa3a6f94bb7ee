"""Making the packaged ensemble: ``python -m benchmarks.makers.mechanism_files [FOLDER]``.

Takes about twenty minutes on two processors and gives the same files every time with the same code. The draws go into
``mechanisms.csv``, and what they were calibrated to and what they achieve, measured again on the draws that
were kept, into ``mechanisms.json`` beside it; without FOLDER over the files in the package.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.makers import mechanisms
from benchmarks.makers.mechanism_priors import KEYS, SHARED, candidates, prior
from benchmarks.makers.mechanisms import PLACES, TARGETS, MechanismFigures, Told
from gvi_sim.config import load_scenario
from gvi_sim.execution.ensembles.ensemble import StoredEnsemble
from gvi_sim.execution.ensembles.packaged import FOLDER, NAME
from gvi_sim.execution.ensembles.structures import STRUCTURES, forms_of
from gvi_sim.execution.planning.machine import code_digest, version
from gvi_sim.execution.storage.atomic_files import write_atomic

CANDIDATES, DRAWS, RUNS, CHECK_RUNS, RESTRAINT_RUNS = 1024, 100, 6, 20, 4
DIGITS = 5
AT = (0.05, 0.5, 0.95)
NEAR = 0.03
"""How far the treated groups' ratio may lie from its target at each of its points: what a few runs can resolve."""
LEAST_RESTRAINT = 0.5
NEXT_TO_NOTHING = 0.95
MEDIAN_WITHOUT_DEEDS = 1.0 / 3.0
LEAST_LATE = 0.05
"""Of effects smaller than this a share cannot be told from chance."""


def make(folder: Path, tell: Told = print) -> dict[str, Any]:
    """Calibrate, check and write the ensemble into ``folder``; returns what was achieved."""
    all_candidates = candidates(CANDIDATES)
    measured = mechanisms.measured_figures(all_candidates, runs=RUNS, tell=tell)
    draws = all_candidates.draws[mechanisms.chosen_strengths(measured, DRAWS)]
    rounded = np.array([[float(f"{value:.{DIGITS}g}") for value in draw] for draw in _spread(draws)])
    ensemble = StoredEnsemble(NAME, KEYS, rounded, np.full(DRAWS, 1.0 / DRAWS))
    checked = mechanisms.measured_figures(ensemble, runs=CHECK_RUNS, tell=tell)
    reached = achieved(checked, own_restraint(ensemble, RESTRAINT_RUNS)) | by_structure(ensemble, checked)
    write_ensemble(folder, ensemble, reached)
    return reached


def _spread(draws: np.ndarray) -> np.ndarray:
    """The draws in an order whose every beginning is spread over the strengths: few replicates see all kinds."""
    shared = draws[:, [KEYS.index(key) for key in SHARED]]
    strength = np.argsort((shared / shared.max(axis=0)).sum(axis=1), kind="stable")
    order = np.argsort([(place + 1) * mechanisms.GOLDEN % 1.0 for place in range(len(draws))], kind="stable")
    spread = np.empty_like(draws)
    spread[order] = draws[strength]
    return spread


def own_restraint(ensemble: StoredEnsemble, runs: int) -> dict[str, float]:
    """By place, the share of the effect on treated groups that is gone when nobody restrains himself any more."""
    off = ensemble.draws.copy()
    off[:, [KEYS.index(key) for key in (*SHARED, "gates.personal_strength")]] = 0.0
    without = StoredEnsemble(ensemble.name, ensemble.keys, off, ensemble.weights)
    shares = {}
    for place, words in PLACES.items():
        scenario = load_scenario(*words)
        full, rest = (float(1.0 - mechanisms.ratios(scenario, e, runs)[0].mean()) for e in (ensemble, without))
        shares[place] = 1.0 - rest / full
    return shares


def achieved(measured: MechanismFigures, restraint: Mapping[str, float]) -> dict[str, Any]:
    """What the draws do, in the words of the targets: 5 %, 50 % and 95 % points over the draws."""
    shows = measured.pooled < mechanisms.HARDLY_ANY
    found = {
        "treated": measured.pooled,
        "spillover": measured.spillover[shows],
        "asking": measured.asking,
        "entering": measured.entering,
        "completing": measured.completing,
        "five years": measured.five_years,
        **{f"treated in {place}": ratio for place, ratio in measured.treated.items()},
        **{f"others in {place}": ratio for place, ratio in measured.others.items()},
    }
    told: dict[str, Any] = {name: [round(float(x), 4) for x in np.quantile(v, AT)] for name, v in found.items()}
    deeds = measured.without_deeds[measured.late[-1] > LEAST_LATE]
    told["without deeds"] = [round(float(x), 4) for x in np.quantile(deeds, (0.1, 0.5, 0.9))]
    told["hardly any effect"] = round(float((measured.pooled >= NEXT_TO_NOTHING).mean()), 4)
    told["own restraint"] = {place: round(share, 4) for place, share in restraint.items()}
    return told


def by_structure(ensemble: StoredEnsemble, measured: MechanismFigures) -> dict[str, Any]:
    """For each form of each structure: its share of the draws, and medians of what the draws of it do."""
    found = {}
    for name, form in forms_of(ensemble).items():
        for number, word in enumerate(STRUCTURES[name].forms):
            inside = form == number
            found[f"{name}: {word}"] = {
                "share": round(float(inside.mean()), 4),
                "treated": round(float(np.median(measured.pooled[inside])), 4),
                "five years": round(float(np.median(measured.five_years[inside])), 4),
            }
    return {"structures": found, "medoid": medoid(measured), "lasting": lasting(measured)}


def medoid(measured: MechanismFigures) -> int:
    """The draw whose effects by year at every certainty lie nearest the medians over the draws."""
    gaps = measured.by_year - np.median(measured.by_year, axis=1, keepdims=True)
    return int(np.argmin((gaps**2).sum(axis=(0, 2))))


def lasting(measured: MechanismFigures) -> dict[str, float]:
    """Of the draws with an effect in the first year, shares whose effect of the third is so much of it."""
    ratio = measured.third_over_first[1.0 - measured.by_year[-1][:, 0] > LEAST_LATE]
    low, high = mechanisms.STEADY
    shares = {f"at most {most:g}": ratio <= most for most in (0.5, mechanisms.FADED)}
    shares[f"{low:g} to {high:g}"] = (ratio >= low) & (ratio <= high)
    return {name: round(float(inside.mean()), 4) for name, inside in shares.items()}


def misses(reached: Mapping[str, Any]) -> list[str]:
    """Targets that are not met, each in a sentence; none when the ensemble is what it says."""
    points = zip(("5 % point", "median", "95 % point"), reached["treated"], TARGETS["treated"][:3], strict=True)
    told = [
        f"treated groups' ratio: its {name} {found:g} is not within {NEAR:g} of {aim:g}"
        for name, found, aim in points
        if abs(found - aim) > NEAR
    ]
    for name in ("spillover", "five years", "asking", "entering", "completing"):
        target, median = TARGETS[name], reached[name][1]
        low, high = target.median or (target.low, target.high)
        if not low <= median <= high:
            told.append(f"{name}: median {median:g} outside {low:g} to {high:g}")
    for place, share in reached["own restraint"].items():
        if share <= LEAST_RESTRAINT:
            told.append(f"own restraint makes {share:.0%} of the effect in {place}")
    deeds = reached["without deeds"]
    if deeds[2] > mechanisms.MOST_WITHOUT_DEEDS or deeds[1] > MEDIAN_WITHOUT_DEEDS:
        told.append(f"without deeds: median {deeds[1]:g}, 90 % point {deeds[2]:g} of the late effect")
    return told


def write_ensemble(folder: Path, ensemble: StoredEnsemble, reached: Mapping[str, Any]) -> None:
    """Both files; they name each other by the hash of the draws."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(ensemble.keys)
    lines.writerows(ensemble.draws.tolist())
    about = {
        "sha256": ensemble.sha256,
        "made_by": "makers.mechanism_files",
        "version": version(),
        "code": code_digest(),
        "seed": mechanisms.SEED,
        "candidates": CANDIDATES,
        "runs": {"candidates": RUNS, "check": CHECK_RUNS, "own restraint": RESTRAINT_RUNS},
        "places": {**PLACES, **mechanisms.FUNNELS, "lasting": mechanisms.LASTING},
        "priors": {key: prior(key) for key in ensemble.keys},
        "targets": {name: target._asdict() for name, target in TARGETS.items()},
        "achieved": dict(reached),
        "misses": misses(reached),
    }
    write_atomic(folder / f"{NAME}.csv", text.getvalue().encode())
    write_atomic(folder / f"{NAME}.json", (json.dumps(about, indent=1, ensure_ascii=False) + "\n").encode())


if __name__ == "__main__":
    made = make(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    print("\n".join(misses(made)) or "all targets met")
