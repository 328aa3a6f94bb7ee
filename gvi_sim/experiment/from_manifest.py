"""What a run takes from the manifest of an earlier one, beside its scenario."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..analysis.pairs.pair import LABELS
from ..analysis.pairs.pairing import business_as_usual
from ..config.manifest_file import read_manifest_file
from ..errors import Message, ScenarioError
from ..execution.planning.machine import code_digest
from ..execution.storage.manifest import Manifest, complaint
from ..model.lever_protocol import check_same_levers
from ..simulate import stored_scenario


class Asked(NamedTuple):
    """Seed and replicates of a manifest, and by which other version it was made ("" for this one)."""

    seed: int
    replicates: int
    other_version: str


def asked_of(path: Path, levers: Sequence[object] = ()) -> Asked:
    """What ``path`` asks for, given the levers that acted; ScenarioError for what no run makes from a scenario."""
    manifest = read_manifest_file(path)
    if manifest.get("kind") == "ensemble" or (wrong := complaint(manifest)):
        what = Message("bad-file/calibration") if manifest.get("kind") == "ensemble" else wrong
        raise ScenarioError("bad-file/no-run", path=path, what=what)
    check_same_levers(manifest["levers"], levers, path)
    if manifest["kind"] == "comparison" and _has_own_base(manifest):
        raise ScenarioError("own-base", path=path, files=(f"{name}.yaml" for name in LABELS), folder=path.parent)
    other = "" if manifest["code"] == code_digest() else str(manifest["version"])
    return Asked(int(manifest["seed"]), int(manifest["replicates"]), other)


def _has_own_base(manifest: Manifest) -> bool:
    base, scenario = (stored_scenario(manifest, arm) for arm in (0, 1))
    return base.digest() != business_as_usual(scenario).digest()
