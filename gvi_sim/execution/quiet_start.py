"""Imported by the fork server before anything else, so that workers nobody waits for any more end in silence.

Ctrl-C while workers are being started stops the pool and takes away its locks. A worker that is just being
made does not find them, and would write a traceback under the message that the command has ended with.
"""

from __future__ import annotations

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


sys.excepthook = hook
