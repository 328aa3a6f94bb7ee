"""The first compilation, on two processors: one process compiles the event loop while another compiles its ends.

What a process has compiled lies in the cache on disk, where the other finds it. Where nothing can be cached, each
entry is compiled when it is first called, as always.
"""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from ..jit import compile_for, is_cached, is_compiled_before
from ..world.state import World
from .engine import advance, begin
from .summary import close

_ENDS = "from gvi_sim.dynamics.warm import compile_ends; compile_ends()"


def _no_world() -> World:
    return object.__new__(World)  # only its type is looked at


def compile_ends() -> None:
    """Compile what begins a run and what closes its books, for the cache."""
    compile_for(begin, _no_world(), np.uint64(0), 0.0, 0.0, 0.0)
    compile_for(close, _no_world(), 0.0)


def compile_first() -> None:
    """Compile all that a run needs, where that was never done and can be kept."""
    if is_compiled_before() or not is_cached():
        return
    other = subprocess.Popen([sys.executable, "-c", _ENDS], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        compile_for(advance, _no_world(), 0.0)
    finally:
        other.wait()  # had it failed, the ends are compiled here when they are called
