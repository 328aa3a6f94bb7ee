"""What every figure and table that leaves its folder says of itself: made by what, from what, and synthetic.

A PNG carries it in its text, an SVG in its metadata. A CSV has no place for it that pandas and spreadsheets would not
take for data, so it has a companion: ``csv-metadata.json``, as the W3C's "CSV on the Web" names and forms it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .shards import SYNTHETIC

if TYPE_CHECKING:
    from .manifest import Manifest
    from .store import Store

COMMAND = "command.txt"
COMPANION = "csv-metadata.json"
SWEDISH = ".sv.csv"


def command_in(store: Store) -> str:
    """The command that made a folder, "" when none did."""
    return store.read_file(COMMAND).decode().strip() if COMMAND in store.files else ""


def provenance_of(manifest: Manifest, command: str = "") -> dict[str, str]:
    """Program, scenario, seed, command and notice, by the names that PNG and Dublin Core share. No date: what is
    made again has the same bytes.
    """
    digests = dict.fromkeys(str(arm["digest"])[:12] for arm in manifest["arms"])
    shown = [*digests][:2] + ["..."] * (len(digests) > 2)
    told = [f"scenario {', '.join(shown)}"] * bool(shown) + [f"seed {manifest['seed']}"]
    return said_of(manifest["version"], [*told, f"code {manifest['code'][:12]}", *([command] if command else [])])


def said_of(version: str, told: Iterable[str]) -> dict[str, str]:
    """The same of what has no manifest: ``told`` is what it was made from, part by part."""
    return {"Creator": f"gvi_sim {version}", "Source": "; ".join(told), "Description": SYNTHETIC}


def describe_tables(store: Store) -> None:
    """Write the companion of all CSV files in ``store``."""
    said = provenance_of(store.manifest, command_in(store))
    files = [path for path in sorted(store.files) if path.endswith(".csv")]
    about: dict[str, Any] = {
        "@context": "http://www.w3.org/ns/csvw",
        **{f"dc:{name.lower()}": text for name, text in said.items()},
        "tables": [_about(path) for path in files],
    }
    store.write_file(COMPANION, (json.dumps(about, indent=1, ensure_ascii=False) + "\n").encode())


def _about(path: str) -> dict[str, Any]:
    return {"url": path, "dialect": {"delimiter": ";"}} if path.endswith(SWEDISH) else {"url": path}
