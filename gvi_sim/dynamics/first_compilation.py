"""The first compilation, on two processors: one process compiles the event loop while another compiles its ends.

What a process has compiled lies in the cache on disk, where the other finds it. Where nothing can be cached, each
entry is compiled when it is first called, as always.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache

import numpy as np

from ..caches import one_at_a_time
from ..kernel import compiler
from ..kernel.compiler import compile_for, is_compiled_before
from ..surroundings import path_from_elsewhere
from ..world.state import World
from .engine import advance, begin
from .summary import close

_ENDS = (
    "import sys; sys.path[:] = {path!r}; from gvi_sim.dynamics.first_compilation import compile_ends; compile_ends()"
)


def _no_world() -> World:
    return object.__new__(World)  # only its type is looked at


def _leave_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # nothing is ever sent
    os._exit(1)


def compile_ends() -> None:
    """Compile what begins a run and what closes its books, for the cache; end with who holds this one's input."""
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    compile_for(begin, _no_world(), np.uint64(0), 0.0, 0.0, 0.0)
    compile_for(close, _no_world(), 0.0)


@cache
def compile_kernels() -> None:
    """Compile all that a run needs, where that was never done and can be kept; once for all processes."""
    if compiler.PURE_PYTHON or compiler.FOLDER is None or is_compiled_before():
        return
    with suppress(OSError):
        compiler.FOLDER.mkdir(parents=True, exist_ok=True)
    with one_at_a_time(compiler.FOLDER / "compiling"):
        if not is_compiled_before():
            _compile_in_two()


def _compile_in_two() -> None:
    command = [sys.executable, "-P", "-c", _ENDS.format(path=path_from_elsewhere())]
    nowhere = subprocess.DEVNULL
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere)
    try:
        compile_for(advance, _no_world(), 0.0)
        other.wait()  # had it failed, the ends are compiled here when they are called
    finally:
        other.kill()  # nobody waits for it after Ctrl-C
        other.communicate()
