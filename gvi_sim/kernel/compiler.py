"""The one door to numba.

``kernel`` marks a function that other compiled functions call; ``inline`` marks a small one that is
always merged into its caller; ``entry`` marks what Python calls, and only entries are cached on disk.
The cache folder is named by a hash of every kernel source file and numba's version, since numba itself
does not notice that a helper in another file changed. Without a writable home nothing is cached and
each process compiles anew.

Kernels are compiled as one whole (``whole``), which saves minutes of compilation and builds on numba's inner parts.
Where those are missing, or with ``GVI_SIM_PLAIN_COMPILATION=1``, numba compiles as it does by itself: the same events,
later.

With ``GVI_SIM_PURE_PYTHON=1`` in the environment at import, nothing is compiled: the same functions run
as plain Python. Tests import the package a second time that way and compare event by event.
"""

from __future__ import annotations

import hashlib
import os
import struct
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from .. import caches
from ..surroundings import not_reading

PLAIN = os.environ.get("GVI_SIM_PLAIN_COMPILATION") == "1"
PURE_PYTHON = os.environ.get("GVI_SIM_PURE_PYTHON") == "1"
F = TypeVar("F", bound=Callable[..., Any])
RUN_ENTRIES = ("engine.advance", "engine.begin", "summary.close")
"""What a run calls first and last, by the names of their cached files."""

u64: Any
i64: Any
if PURE_PYTHON:
    # Python's integers cannot overflow, and are several times faster than numpy's scalars.
    u64 = int
    i64 = int
else:
    with not_reading(".numba_config.yaml"):
        import numba
        from numba.core import config as numba_config
    numba_config._config_fname = ""  # it is looked for again with every compilation

    u64 = np.uint64
    i64 = np.int64


def _kernel_sources() -> list[Path]:
    root = Path(__file__).resolve().parents[1]
    rooms = (sorted(root.glob(f"{room}/*.py")) for room in ("kernel", "world", "dynamics"))
    return [root / "config/ages.py", *(path for room in rooms for path in room)]


@cache
def kernel_digest() -> str:
    """Hash of every source that decides events: what a stored result or constant was made with."""
    digest = hashlib.sha256()
    for path in _kernel_sources():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _cache_key() -> str:
    versions = f"{numba.__version__} {sys.version_info[:2]} {PLAIN}"
    return hashlib.sha256(f"{versions} {kernel_digest()}".encode()).hexdigest()[:16]


def _compiled_folder() -> Path | None:
    base = caches.folder()
    return None if base is None else base / _cache_key()


if PURE_PYTHON:

    def kernel(function: F) -> F:
        """Leave ``function`` as plain Python."""
        return function

    def bits_of(x: Any) -> Any:
        """The 64 bits of a number, as an integer."""
        return struct.unpack("<q", struct.pack("<d", x))[0]

    def from_bits(bits: Any) -> Any:
        """The number with these 64 bits."""
        return struct.unpack("<d", struct.pack("<q", bits))[0]

    def fetch_ahead(row: Any) -> None:
        """Plain Python reads rows where they are."""

    def lookup_table(values: list[float]) -> Callable[[int], float]:
        """A function of an index from 0 on."""
        return values.__getitem__

    inline = kernel
    entry = kernel
else:
    _PART: dict[str, Any] = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    _WHOLE: dict[str, Any] = {"forceinline": False, "error_model": "numpy", "no_cfunc_wrapper": True}
    if not PLAIN:
        try:
            from .whole import PartCompiler, WholeCompiler
        except (ImportError, AttributeError):  # it builds on names that are numba's own
            PLAIN = True
        else:
            _PART["pipeline_class"], _WHOLE["pipeline_class"] = PartCompiler, WholeCompiler

    FOLDER = _compiled_folder()

    from .compiled_cache import SealedCache

    def kernel(function: F) -> F:
        """Compile ``function`` for use by other compiled functions."""
        compiled: F = numba.njit(function, forceinline=False, **_PART)
        return compiled

    def inline(function: F) -> F:
        """Compile ``function`` and merge it into every caller."""
        compiled: F = numba.njit(function, forceinline=True, **_PART)
        return compiled

    def entry(function: F) -> F:
        """Compile ``function`` for use from Python, cached on disk where a home can be written."""
        compiled: F = numba.njit(function, **_WHOLE)
        compiled._cache = SealedCache(function, FOLDER, _cache_key())  # type: ignore[attr-defined]
        return compiled

    @inline
    def bits_of(x: Any) -> Any:
        """The 64 bits of a number, as an integer."""
        return np.float64(x).view(np.int64)

    @inline
    def from_bits(bits: Any) -> Any:
        """The number with these 64 bits."""
        return np.int64(bits).view(np.float64)


if PURE_PYTHON:

    def pointer_struct(cls: type, fields: dict[str, tuple[np.dtype[Any], int]]) -> None:
        """Plain Python reads the arrays of ``cls`` as they are."""
else:
    from .pointers import fetch_ahead as fetch_ahead
    from .pointers import lookup_table as lookup_table
    from .pointers import pointer_struct as pointer_struct


def compile_for(function: Callable[..., Any], *arguments: Any) -> None:
    """Compile an entry for arguments of these types, without calling it."""
    compiled: Any = function
    compiled.compile(tuple(numba.typeof(argument) for argument in arguments))


def is_compiled_before(*entries: str) -> bool:
    """Whether compiled code of exactly these sources lies sound in the cache (else the first run compiles)."""
    if PURE_PYTHON or FOLDER is None:
        return PURE_PYTHON
    return all(any(map(caches.is_sound, FOLDER.glob(f"{entry}-*.nbc"))) for entry in entries or RUN_ENTRIES)
