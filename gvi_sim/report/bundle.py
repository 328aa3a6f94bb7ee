"""A results folder packed for a colleague: one zip file that, unpacked, is the same results folder again."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from ..errors import ScenarioError
from ..execution.storage.atomic_files import inside, read_bytes, write_atomic
from ..execution.storage.manifest import NAME
from ..execution.storage.store import open_store

LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment a zip file can tell: when it was packed is nobody's business


def refuse_target(folder: Path, target: Path) -> None:
    """ScenarioError for a file that no bundle of ``folder`` can be."""
    if target.suffix.lower() != ".zip" or target.is_dir():
        raise ScenarioError("bundle-name", target=target)
    if target.resolve().is_relative_to(folder.resolve()):
        raise ScenarioError("bundle", target=target)


def write_bundle(folder: Path, target: Path) -> Path:
    """Pack the manifest of ``folder`` and every file in it, each verified, into ``target``.

    Equal folders give equal bytes on every machine: names in order, one date, nothing compressed (tables are
    already). Nothing that the manifest does not name goes in, and no link is followed. ScenarioError for a
    ``target`` that is no .zip, or that lies in the folder; StoreError for a damaged file or a full disk.
    """
    refuse_target(folder, target)
    store, buffer = open_store(folder), io.BytesIO()
    top = folder.resolve().name
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as packed:
        for name in sorted([NAME, *store.files]):
            data = read_bytes(inside(folder, NAME)) if name == NAME else store.read_file(name)
            entry = zipfile.ZipInfo(f"{top}/{name}", LONG_AGO)
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # else the system it was made on is told
            packed.writestr(entry, data)
    write_atomic(target, buffer.getvalue())
    return target
