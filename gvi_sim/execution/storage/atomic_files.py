"""Files that are whole or not there: checked names, one atomic writer, hashes.

A file is written beside its final path under a temporary name, synced, renamed, and the folder synced: a reader
sees the old content or the new, never a part, whenever the machine stops.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path, PurePosixPath

from ...errors import StoreError
from ...evidence.regular_file import read_regular

NAME = re.compile(r"[A-Za-z0-9åäöÅÄÖ._ -]{1,80}")
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
PART = ".part"
MOST_BYTES = 1 << 31
"""No file of results is larger: a batch is some hundred megabytes at most."""


def check_name(name: str) -> str:
    """Return ``name`` if it may be one part of a path inside a results folder; StoreError otherwise."""
    bad = not NAME.fullmatch(name) or name in (".", "..") or name.endswith((".", " ")) or name.startswith(" ")
    if bad or name.split(".")[0].lower() in DEVICES:
        raise StoreError("bad-file-name", name=name)
    return name


def inside(root: Path, relative: str) -> Path:
    """The path of ``relative`` (with "/" between names) under ``root``, refusing whatever leads out of it."""
    parts = PurePosixPath(relative).parts
    if not parts or relative.startswith("/") or "\\" in relative:
        raise StoreError("outside-folder", path=relative)
    path = root.joinpath(*(check_name(part) for part in parts))
    if not path.resolve().is_relative_to(root.resolve()) or path.is_symlink():
        raise StoreError("outside-folder/link", path=relative, root=root)
    return path


def write_atomic(path: Path, data: bytes) -> str:
    """Write ``data`` to ``path`` so that it appears whole or not at all; returns its SHA-256 in hexadecimal.

    StoreError names the path and the number of bytes when the disk is full or the folder cannot be written;
    what stood at ``path`` before is then untouched.
    """
    part = path.with_name(f".{secrets.token_hex(8)}{PART}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_synced(part, data)
        os.replace(part, path)
        _sync_folder(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StoreError("not-written", path=path, size=len(data), reason=error.strerror or error) from error
    return hashlib.sha256(data).hexdigest()


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder, and needs no sync of one
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """The content of ``path``; StoreError when it is missing, no file, over ``most`` bytes, or cannot be read."""
    try:
        return read_regular(path, most)
    except OSError as error:
        raise StoreError("unreadable", path=path, reason=error.strerror or error) from error


def read_verified(path: Path, sha256: str, size: int | None = None) -> bytes:
    """The content of ``path`` after its SHA-256 was found to be ``sha256``; StoreError otherwise.

    A file larger than ``size``, where that is known, was changed too, and is not read to find that out.
    """
    too_large = size is not None and path.is_file() and path.stat().st_size > size
    found = "of a larger file" if too_large else hashlib.sha256(data := read_bytes(path)).hexdigest()
    if found != sha256:
        raise StoreError("damaged/file", path=path, found=found[:16], wanted=sha256[:16])
    return data


def remove_parts(folder: Path) -> None:
    """Delete what writers that were stopped left half-written under ``folder``."""
    for path in folder.rglob(f".*{PART}"):
        path.unlink(missing_ok=True)
