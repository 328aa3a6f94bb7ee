"""Work for the pool's tests, importable by workers."""

from __future__ import annotations

import errno
import os
import signal
import time
from pathlib import Path


def inverse(number: int) -> float:
    return 1 / number


def slow_pid(_: int) -> int:
    time.sleep(0.02)
    return os.getpid()


def die_once(folder: str, number: int) -> int:
    """Kills its worker the first time it meets 7, 20 or 33."""
    mark = Path(folder) / str(number)
    if number in (7, 20, 33) and not mark.exists():
        mark.write_text("")
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_at_seven(number: int) -> int:
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def insatiable(number: int) -> int:
    """Wants more than any machine has."""
    return len(bytearray(1 << 60)) + number


def hungry_once(folder: str, number: int) -> int:
    """Cannot have the memory it wants the first time it meets 7."""
    mark = Path(folder) / str(number)
    if number in (7, 11) and not mark.exists():
        mark.write_text("")
        if number == 11:  # as the system says it when it cannot open a file
            raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
        insatiable(number)
    return number
