"""What a run takes from the manifest of an earlier one, beside its scenario."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..analysis.effect import LABELS
from ..analysis.pairing import business_as_usual
from ..config.manifest_file import read_manifest_file
from ..errors import ScenarioError
from ..execution.machine import code_digest
from ..execution.manifest import Manifest, complaint
from ..simulate import scenario_of


class Asked(NamedTuple):
    """Seed and replicates of a manifest, and by which other version it was made ("" for this one)."""

    seed: int
    replicates: int
    other_version: str


def asked_of(path: Path) -> Asked:
    """What ``path`` asks for; ScenarioError for the manifest of what a run cannot make again from a scenario."""
    manifest = read_manifest_file(path)
    if manifest.get("kind") == "ensemble" or (wrong := complaint(manifest)):
        what = "a calibration: give its folder to --parameters" if manifest.get("kind") == "ensemble" else wrong
        raise ScenarioError(f"{path} is the manifest of no run, but of {what}.", rule="bad-file")
    if levers := manifest["levers"]:
        raise ScenarioError(
            f"{path} tells of runs with levers of a user's own ({', '.join(levers)}), whose code no manifest holds. "
            "Give the scenario.yaml beside it to run without them, or run the program that made it.",
            rule="levers-of-ones-own",
        )
    if manifest["kind"] == "comparison" and _has_own_base(manifest):
        raise ScenarioError(
            f"{path} compares two scenarios of its own ({' and '.join(f'{name}.yaml' for name in LABELS)}), and a run "
            f"compares one with business as usual. `gvi-sim rerun {path.parent}` makes the comparison again.",
            rule="own-base",
        )
    other = "" if manifest["code"] == code_digest() else str(manifest["version"])
    return Asked(int(manifest["seed"]), int(manifest["replicates"]), other)


def _has_own_base(manifest: Manifest) -> bool:
    base, scenario = (scenario_of(manifest, arm) for arm in (0, 1))
    return base.digest() != business_as_usual(scenario).digest()
