"""One writer a folder.

The operating system holds the lock and lets go of it when the process ends, however it ends, so a lock
left behind by a killed run never blocks. The file says who holds it: process number and a hash of the
machine's name.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from pathlib import Path
from types import TracebackType
from typing import IO

from ...errors import Message, StoreError

LOCK = ".lock"

if sys.platform == "win32":
    import msvcrt

    def _hold(file: IO[str]) -> None:
        file.seek(1 << 20)  # beyond the text, which others may then still read
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _hold(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def machine_mark() -> str:
    """Eight hexadecimal digits that tell machines apart without naming them."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


class FolderLock:
    """Context manager: this process alone writes ``folder``; StoreError when another one does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / LOCK
        self._file: IO[str] | None = None

    def __enter__(self) -> FolderLock:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._file = self._take()
        except BlockingIOError as error:
            raise self._refusal() from error
        except PermissionError as error:
            if sys.platform == "win32" and self.path.exists():
                raise self._refusal() from error
            raise StoreError("not-written/folder", folder=self.folder, reason=error.strerror) from error
        except OSError as error:
            raise StoreError("not-written/unusable", folder=self.folder, reason=error.strerror) from error
        return self

    def _take(self) -> IO[str]:
        while True:
            file = self.path.open("a+", encoding="utf-8")
            try:
                _hold(file)
                if self._is_current(file):
                    self._sign(file)
                    return file
            except BaseException:
                file.close()
                raise
            file.close()  # its owner took the file away between our opening and locking it

    def _is_current(self, file: IO[str]) -> bool:
        try:
            return os.path.samestat(os.fstat(file.fileno()), self.path.stat())
        except FileNotFoundError:
            return False

    def _sign(self, file: IO[str]) -> None:
        file.seek(0)
        file.truncate()
        json.dump({"pid": os.getpid(), "machine": machine_mark()}, file)
        file.flush()

    def _refusal(self) -> StoreError:
        try:
            holder = json.loads(self.path.read_text(encoding="utf-8"))
            pid, is_here = int(holder["pid"]), holder["machine"] == machine_mark()
            who = Message("locked/here", pid=pid) if is_here else Message("locked/elsewhere", pid=pid)
        except (OSError, ValueError, KeyError, TypeError):
            who = Message("locked/other")
        return StoreError("locked", folder=self.folder, who=who)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is None:
            return
        if sys.platform != "win32":
            self.path.unlink(missing_ok=True)  # while it is still held, so that no second holder loses it
        self._file.close()
        self._file = None
