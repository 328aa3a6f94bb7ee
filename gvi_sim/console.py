"""The process of a command: what holds from its first import to its last byte, whichever way it was started.

Ctrl-C ends it with one line and code 130, whatever it is doing. A letter that the terminal lacks is written as the
nearest one it has. A reader that goes away ends it in silence. Nothing that lies in the working folder runs.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from .surroundings import leave_path

STOPPED = 130
PATIENCE = 3.0
"""Seconds after Ctrl-C until a command is ended where it is: the compiler cannot be interrupted."""
_NEAREST = {"−": "-", "–": "-", "—": "-", "×": "x", "≥": ">=", "≤": "<=", "…": "...", "±": "+/-", "’": "'", "·": "."}
STOPPED_LINES = {"en": "gvi-sim: stopped by Ctrl-C.", "sv": "gvi-sim: stoppad med Ctrl-C."}
"""Here, since no table of texts can be read before the first import is over."""
_line: str | None = STOPPED_LINES["en"]


def guarded(command: Callable[[], Any]) -> int:
    """The exit code of ``command``, which has this process to itself."""
    try:
        _take_ctrl_c()
        leave_path()
        make_printable()
        return _flushed(int(command() or 0))
    except KeyboardInterrupt:
        say_stopped()
        return STOPPED
    except SystemExit as leaving:
        return _flushed(leaving.code if isinstance(leaving.code, int) else int(bool(leaving.code)))
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is left is the interpreter's own end
        gc.freeze()  # which takes most of a second to look for cycles in what ends with it anyway


def when_stopped(text: str) -> None:
    """Say ``text`` from here on when Ctrl-C ends the command."""
    global _line
    _line = text


def say_stopped() -> None:
    """The one line of a command that Ctrl-C ended, once, in the place of a progress line."""
    global _line
    line, _line = _line, None
    if line is not None:
        print(f"\r\033[K{line}" if sys.stderr.isatty() else line, file=sys.stderr, flush=True)


def make_printable() -> None:
    """Let what is printed to a terminal or file of few letters be written with the nearest ones."""
    import codecs

    codecs.register_error("nearest", _nearest)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="nearest")


def _nearest(error: UnicodeError) -> tuple[str, int]:
    import unicodedata

    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    nearest = "".join(_NEAREST.get(letter) or unicodedata.normalize("NFKD", letter) for letter in letters)
    return nearest.encode("ascii", "ignore").decode() or "?", error.end


def _flushed(code: int) -> int:
    """The exit code when all that was printed has been taken; a reader that has gone is no fault."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # else Python complains at its exit
        if not isinstance(error, BrokenPipeError):
            print(f"gvi-sim: {error}", file=sys.stderr)
            return code or 1
    return code


# --- Ctrl-C ----------------------------------------------------------------------------------------------


def _take_ctrl_c() -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background
        return
    signal.signal(signal.SIGINT, _once)
    sys.unraisablehook = _again
    heard, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    _in_background(lambda: _leave_late(heard))


def _in_background(work: Callable[[], None]) -> None:
    import threading

    threading.Thread(target=work, daemon=True).start()


def _once(number: int, frame: object) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # pressed again while it stops
    raise KeyboardInterrupt


def _again(lost: Any) -> None:
    """Ctrl-C that reached a finaliser is swallowed there; it comes again. Other errors are told as ever."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    signal.signal(signal.SIGINT, _once)
    _in_background(lambda: signal.raise_signal(signal.SIGINT))


def _leave_late(heard: int) -> None:
    """End the process some time after Ctrl-C, should it not have ended by itself."""
    import time

    while signal.SIGINT not in os.read(heard, 64):
        pass
    time.sleep(PATIENCE)
    say_stopped()
    os._exit(STOPPED)
