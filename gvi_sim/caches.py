"""Files that only save time: sealed, checked before they are believed, and made again when they are damaged.

A cached file is two lines and a content: the SHA-256 of what follows, the key that says what the content is of,
the content. Whatever has another seal or another key, or is no ordinary file, is taken away and made anew. It is
written beside its place and renamed, so any number of processes may write one at once. Where nothing can be
written, a process goes on without and says so once.
"""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

LARGEST = 2**28  # bytes; no cached file is ever that long
_LOG = logging.getLogger("gvi_sim")


@cache  # once a process and text
def _say(text: str) -> None:
    if multiprocessing.parent_process() is None:  # what all workers meet is told by the process that started them
        _LOG.warning("gvi-sim: %s", text)


def folder() -> Path | None:
    """Where cached files lie, or None where no home can be written."""
    base = os.environ.get("GVI_SIM_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    try:
        place = (Path(base) if base else Path.home() / ".cache") / "gvi_sim"
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place):
            return place
    except (OSError, RuntimeError):
        return None


def read(path: Path, key: str) -> bytes | None:
    """What was written to ``path`` under ``key``; None when there is nothing, or it was damaged and is now gone."""
    whole = _whole(path)
    if whole is None:
        return None
    seal, _, sealed = whole.partition(b"\n")
    name, _, content = sealed.partition(b"\n")
    if seal == _seal(sealed) and name == key.encode():
        return content
    discard(path)
    return None


def is_sound(path: Path) -> bool:
    """Whether ``path`` holds what was written to it, under whatever key; a damaged file is taken away."""
    whole = _whole(path)
    if whole is None:
        return False
    seal, _, sealed = whole.partition(b"\n")
    if seal == _seal(sealed):
        return True
    discard(path)
    return False


def discard(path: Path) -> None:
    """Take a damaged file away, and say that its content is made again."""
    _say(f"a cached file was damaged and is made again ({path})")
    with suppress(OSError):
        path.unlink()


def write(path: Path | None, key: str, content: bytes) -> None:
    """Keep ``content`` under ``key`` where it can be kept; without a place, or with a full one, say so once."""
    if path is None:
        return _say("nothing can be kept for the next run, since no cache folder can be written; this one goes on")
    sealed = key.encode() + b"\n" + content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(_seal(sealed) + b"\n" + sealed)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        _say(f"nothing can be kept for the next run ({path.parent}: {error.strerror or error}); this one goes on")


@contextmanager
def one_at_a_time(place: Path) -> Iterator[None]:
    """Within this context no other process is in one of the same place, where the system has locks."""
    file = None
    if sys.platform != "win32":
        import fcntl

        with suppress(OSError):
            file = place.open("a")
            fcntl.flock(file, fcntl.LOCK_EX)  # held by the open file: a process that ends lets go of it
    try:
        yield
    finally:
        if file is not None:
            file.close()


def _seal(sealed: bytes) -> bytes:
    return hashlib.sha256(sealed).hexdigest().encode()


def _whole(path: Path) -> bytes | None:
    try:
        about = path.stat()
        if stat.S_ISREG(about.st_mode) and about.st_size <= LARGEST:
            return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        pass
    discard(path)  # a folder, a device, a pipe, more than can be, or unreadable
    return None
