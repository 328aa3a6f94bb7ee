"""The manifest: what was run, with what, on what, and the hash of every file it left.

A JSON object with its own SHA-256 in it. ``KEYS`` are its keys; "unfinished" while a run writes,
"finished" after.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, NoneType
from typing import Any

from ...config.manifest_file import self_hash
from ...errors import Message, StoreError
from ...model.lever_protocol import can_be_rebuilt, in_manifest
from ..ensembles.ensemble import ASSIGNMENT
from ..ensembles.parameters import POINT
from ..planning.machine import code_digest, commit, libraries, machine, version
from ..planning.plan import Plan
from .atomic_files import read_bytes, write_atomic
from .shards import SYNTHETIC

Manifest = dict[str, Any]
FORMAT = 2  # since 2 tables hold names in place of codes, and the arm's name
READABLE = (1, FORMAT)
NAME = "manifest.json"
MOST_BYTES = 1 << 28
UNFINISHED, FINISHED = "unfinished", "finished"
KEYS = (
    "format", "kind", "status", "synthetic", "version", "commit", "code", "created", "wall_seconds", "seed",
    "replicates", "batch", "keep", "levers", "rebuildable", "parameters", "ensemble", "arms", "event_hash", "libraries",
    "machine", "warnings", "files",
)  # fmt: skip
# What each key holds, so that a folder of somebody else is refused before anything trusts it.
_SHAPE: Mapping[str, tuple[type, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("format", "seed", "replicates", "batch"), (int,)),
        **dict.fromkeys(("kind", "status", "synthetic", "version", "code", "created", "parameters"), (str,)),
        **dict.fromkeys(("commit", "event_hash"), (str, NoneType)),
        **dict.fromkeys(("keep", "levers", "arms", "warnings"), (list,)),
        **dict.fromkeys(("libraries", "machine", "files"), (dict,)),
        "wall_seconds": (int, float),
        "rebuildable": (bool,),
    }
)
_ARM = ("key", "label", "digest")
BY_KIND: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"sweep": ("design", "base"), "attribution": ("parts", "base", "scenario")}
)


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
        "levers": in_manifest(plan.levers),
        "rebuildable": can_be_rebuilt(plan.levers),
        "parameters": plan.source,
        "ensemble": None if plan.parameters is None else plan.parameters.to_manifest(),
        "arms": plan.describe_arms(),
        "event_hash": None,
        "libraries": libraries(),
        "machine": machine(),
        "warnings": [*plan.warnings, *warnings],
        "files": {},
        **(extra or {}),
    }


def event_hash(digests: list[str]) -> str:
    """SHA-256 over the replicates' event hashes, in order."""
    return hashlib.sha256("".join(digests).encode("ascii")).hexdigest()


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
        raise StoreError("no-results/manifest", folder=folder, name=NAME)
    try:
        manifest = json.loads(read_bytes(path, MOST_BYTES))
        sound = isinstance(manifest, dict) and manifest.get("sha256") == self_hash(manifest)
    except (ValueError, RecursionError):  # no JSON, no text, no finite number, or nested beyond all reason
        sound = False
    if not sound:
        raise StoreError("damaged/manifest", path=path)
    if manifest.get("format") not in READABLE:
        raise StoreError(
            "unknown-format",
            path=path,
            format=manifest.get("format"),
            version=manifest.get("version"),
            readable=map(str, READABLE),
        )
    if manifest["format"] == 1:  # which had names of levers alone
        manifest["levers"] = [{"name": str(name), "sha256": None} for name in manifest.get("levers", ())]
    if wrong := complaint(manifest):
        raise StoreError("damaged/shape", path=path, wrong=wrong)
    if finished and manifest["status"] != FINISHED:
        raise StoreError("unfinished", folder=folder, kind=manifest["kind"], remedy=_to_finish(manifest))
    return dict(manifest)


def _to_finish(manifest: Manifest) -> Message:
    if not manifest["rebuildable"]:
        return Message("unfinished/levers")
    return Message("unfinished/again", seed=manifest["seed"])


def _complaint_of_draws(manifest: Manifest, *, of_draws: bool) -> Message | None:
    """What is wrong with the ensemble a manifest tells of, None if nothing."""
    stored = manifest.get("ensemble", "")
    if stored is None and not of_draws and manifest.get("parameters", POINT) == POINT:
        return None
    wanted = ("name", "keys", "sha256") if of_draws else ("name", "keys", "sha256", "fixed", "draws")
    if not isinstance(stored, dict) or not all(key in stored for key in wanted):
        return Message("manifest/ensemble", known=wanted)
    if not of_draws and stored.get("assignment") != ASSIGNMENT:
        return Message("manifest/assignment", edition=stored.get("assignment", 1), ours=ASSIGNMENT)
    lists = (stored[key] for key in wanted if key in ("keys", "fixed", "draws"))
    return None if all(isinstance(value, list) for value in lists) else Message("manifest/list")


def complaint(manifest: Manifest) -> Message | None:
    """What a manifest of this format lacks or holds in another shape than ``write_manifest`` gives it."""
    of_draws = manifest.get("kind") == "ensemble"  # draws of parameters, of which nothing has run
    for key, kinds in _SHAPE.items():
        if key not in manifest:
            return Message("manifest/lacks", key=key)
        if of_draws and key == "seed" and manifest[key] is None:
            continue
        if not isinstance(manifest[key], kinds) or (isinstance(manifest[key], bool) and bool not in kinds):
            return Message("manifest/type", key=key, type=type(manifest[key]).__name__)
    for number, arm in enumerate(manifest["arms"]):
        if not isinstance(arm, dict) or not all(isinstance(arm.get(key), str) for key in _ARM):
            return Message("manifest/arm", number=number, known=_ARM)
    for lever in manifest["levers"]:
        sound = isinstance(lever, dict) and isinstance(lever.get("name"), str)
        if not sound or not isinstance(lever.get("sha256", 0), str | NoneType):
            return Message("manifest/lever")
    if wrong := _complaint_of_draws(manifest, of_draws=of_draws):
        return wrong
    if of_draws:
        return None
    if not manifest["arms"] or manifest["replicates"] < 1 or manifest["batch"] < 1:
        return Message("manifest/no-run")
    for key in BY_KIND.get(manifest["kind"], ()):
        if not isinstance(manifest.get(key), dict):
            return Message("manifest/of-kind", kind=manifest["kind"], key=key)
    if manifest["kind"] in ("run", "comparison"):
        wanted = 1 if manifest["kind"] == "run" else 2
        if len(manifest["arms"]) != wanted or not all(isinstance(a.get("scenario"), dict) for a in manifest["arms"]):
            return Message("manifest/arms", kind=manifest["kind"], count=wanted)
    for name, note in manifest["files"].items():
        if not isinstance(note, dict) or not isinstance(note.get("sha256"), str):
            return Message("manifest/file", name=name)
    return None
