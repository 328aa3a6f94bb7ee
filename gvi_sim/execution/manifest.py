"""The manifest: what was run, with what, on what, and the hash of every file it left.

A JSON object with its own SHA-256 in it. ``KEYS`` are its keys; "unfinished" while a run writes,
"finished" after.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import StoreError
from .files import read_bytes, write_atomic
from .machine import code_digest, commit, libraries, machine, version
from .plan import Plan
from .shards import SYNTHETIC

Manifest = dict[str, Any]
FORMAT = 1
NAME = "manifest.json"
UNFINISHED, FINISHED = "unfinished", "finished"
KEYS = (
    "format", "kind", "status", "synthetic", "version", "commit", "code", "created", "wall_seconds", "seed",
    "replicates", "batch", "keep", "levers", "rebuildable", "parameters", "ensemble", "arms", "event_hash", "libraries",
    "machine", "warnings", "files",
)  # fmt: skip


def new_manifest(plan: Plan, *, warnings: tuple[str, ...] = (), extra: Manifest | None = None) -> Manifest:
    """The manifest of ``plan`` before it has run; ``extra`` adds keys (a sweep's design)."""
    return {
        "format": FORMAT,
        "kind": plan.kind,
        "status": UNFINISHED,
        "synthetic": SYNTHETIC,
        "version": version(),
        "commit": commit(),
        "code": code_digest(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "wall_seconds": 0.0,
        "seed": plan.seed,
        "replicates": plan.replicates,
        "batch": plan.batch,
        "keep": sorted(plan.keep),
        "levers": list(plan.levers),
        "rebuildable": not plan.levers,
        "parameters": plan.source,
        "ensemble": None if plan.parameters is None else plan.parameters.to_manifest(),
        "arms": plan.describe_arms(),
        "event_hash": None,
        "libraries": libraries(),
        "machine": machine(),
        "warnings": list(warnings),
        "files": {},
        **(extra or {}),
    }


def event_hash(digests: list[str]) -> str:
    """SHA-256 over the replicates' event hashes, in order."""
    return hashlib.sha256("".join(digests).encode("ascii")).hexdigest()


def self_hash(manifest: Manifest) -> str:
    """SHA-256 of the manifest's canonical JSON without its own hash."""
    content = {key: value for key, value in manifest.items() if key != "sha256"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest with its own hash."""
    whole = {**manifest, "sha256": self_hash(manifest)}
    text = json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False)
    write_atomic(folder / NAME, text.encode() + b"\n")


def read_manifest(folder: Path, *, finished: bool = True) -> Manifest:
    """The manifest of ``folder``, checked against its own hash and format; StoreError says what is wrong.

    With ``finished`` a run that was stopped half-way is refused too.
    """
    path = folder / NAME
    if not path.is_file():
        raise StoreError(
            f"{folder} holds no {NAME}, so it is no results folder. Give the folder a run was written to."
        )
    try:
        manifest = json.loads(read_bytes(path))
        sound = isinstance(manifest, dict) and manifest.get("sha256") == self_hash(manifest)
    except ValueError:
        sound = False
    if not sound:
        raise StoreError(
            f"{path} was changed or damaged after it was written. Restore it from a copy, or run again in a "
            "new folder."
        )
    if manifest["format"] != FORMAT:
        raise StoreError(
            f"{path} has format {manifest['format']} of version {manifest['version']}; this version reads "
            f"format {FORMAT}. Open it with that version, or run again."
        )
    if finished and manifest["status"] != FINISHED:
        raise StoreError(
            f"{folder} holds a {manifest['kind']} that was stopped before its end. Give the same command "
            f"with the same out folder and seed={manifest['seed']} to finish it."
        )
    return dict(manifest)
