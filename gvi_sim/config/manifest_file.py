"""A results folder's manifest as a file: read whole, checked against its own hash, and the scenario in it.

JSON is read as JSON, so nothing in it is resolved or run; the scenario then passes the same checks as a scenario
file of somebody else.
"""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ScenarioError
from .personal_data import refuse_personal_data

__all__ = ["is_manifest", "read_manifest_file", "scenario_in", "self_hash"]

MOST_BYTES = 1 << 28  # a large sweep lists hundreds of thousands of files


def is_manifest(source: object) -> bool:
    """Whether a path names a manifest: a JSON file, which no scenario file is."""
    return isinstance(source, str | Path) and "=" not in str(source) and str(source).endswith(".json")


def self_hash(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of the manifest's canonical JSON without its own hash."""
    content = {key: value for key, value in manifest.items() if key != "sha256"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def read_manifest_file(path: Path) -> dict[str, Any]:
    """The manifest in a file, of whatever name; ScenarioError for what is none, or was changed since."""
    refuse_personal_data(path.name, "The name of the file")
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode) or about.st_size > MOST_BYTES:
            raise ScenarioError("bad-file/too-large", path=path, most=MOST_BYTES)
        found = json.loads(path.read_bytes())
        sound = isinstance(found, dict) and found.get("sha256") == self_hash(found)
    except OSError as error:
        raise ScenarioError("bad-file/unreadable", path=path, reason=error.strerror or error) from None
    except (ValueError, RecursionError):
        sound = False
    if not sound:
        raise ScenarioError("bad-file/no-manifest", path=path)
    return dict(found)


def scenario_in(path: Path) -> Mapping[str, object]:
    """The scenario a manifest tells of: of a comparison the one with the programme, of a sweep what its cells share."""
    manifest = read_manifest_file(path)
    arms = manifest.get("arms") or [{}]
    held = manifest.get("scenario") or manifest.get("base") or arms[-1].get("scenario")
    if not isinstance(held, dict):
        raise ScenarioError("bad-file/no-scenario", path=path, kind=manifest.get("kind"))
    return held
