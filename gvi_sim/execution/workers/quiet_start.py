"""Imported by the fork server before anything else, so that workers nobody waits for any more end in silence.

Ctrl-C while workers are being started stops the pool and takes away its locks. A worker that is just being
made does not find them, and would write a traceback under the message that the command has ended with. The fork
server itself is deaf to Ctrl-C: it leaves at its next import once the command is gone, and sweeps nothing at its end.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import traceback
from types import TracebackType

LOCKS = "multiprocessing/synchronize.py"


def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Tell of an error unless it is that a worker's locks are gone."""
    if not _locks_are_gone(error, trace):
        sys.__excepthook__(kind, error, trace)


def _locks_are_gone(error: BaseException, trace: TracebackType | None) -> bool:
    if not isinstance(error, FileNotFoundError):
        return False
    frames = traceback.extract_tb(trace)
    return bool(frames) and frames[-1].filename.replace("\\", "/").endswith(LOCKS)


class LeaveWithParent:
    """Stands first in the way of every import of this process, and ends it when its parent is gone."""

    def __init__(self) -> None:
        self._us, self._parent = os.getpid(), os.getppid()

    def find_spec(self, *_: object) -> None:
        """Find nothing; workers, which are made of this process, come by as well and are left alone."""
        if os.getpid() == self._us and os.getppid() != self._parent:
            os._exit(1)


sys.excepthook = hook
sys.meta_path.insert(0, LeaveWithParent())
atexit.register(gc.freeze)
