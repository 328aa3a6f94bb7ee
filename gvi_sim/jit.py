"""The one door to numba.

``kernel`` marks a function that other compiled functions call; ``inline`` marks a small one that is
always merged into its caller; ``entry`` marks what Python calls, and only entries are cached on disk.
The cache folder is named by a hash of every kernel source file and numba's version, since numba itself
does not notice that a helper in another file changed. Without a writable home nothing is cached and
each process compiles anew.

With ``GVI_SIM_PURE_PYTHON=1`` in the environment at import, nothing is compiled: the same functions run
as plain Python. Tests import the package a second time that way and compare event by event.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

PURE_PYTHON = os.environ.get("GVI_SIM_PURE_PYTHON") == "1"
F = TypeVar("F", bound=Callable[..., Any])

u64: Any
i64: Any
if PURE_PYTHON:
    # Python's integers cannot overflow, and are several times faster than numpy's scalars.
    u64 = int
    i64 = int
else:
    import numba

    u64 = np.uint64
    i64 = np.int64


def _kernel_sources() -> list[Path]:
    root = Path(__file__).parent
    return [root / "jit.py", root / "draws.py", *sorted(root.glob("world/*.py")), *sorted(root.glob("dynamics/*.py"))]


@cache
def kernel_digest() -> str:
    """Hash of every source that decides events: what a stored result or constant was made with."""
    digest = hashlib.sha256()
    for path in _kernel_sources():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _cache_key() -> str:
    versions = f"{numba.__version__} {sys.version_info[:2]}"
    return hashlib.sha256(f"{versions} {kernel_digest()}".encode()).hexdigest()[:16]


def _user_cache() -> Path:
    base = os.environ.get("GVI_SIM_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "gvi_sim"


def cache_folder() -> Path | None:
    """Folder for compiled code and reference constants, or None where no home can be written."""
    try:
        folder = _user_cache()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return None


def _compiled_folder() -> Path | None:
    base = cache_folder()
    return None if base is None else base / _cache_key()


if PURE_PYTHON:

    def kernel(function: F) -> F:
        """Leave ``function`` as plain Python."""
        return function

    inline = kernel
    entry = kernel
else:
    FOLDER = _compiled_folder()

    def kernel(function: F) -> F:
        """Compile ``function`` for use by other compiled functions."""
        compiled: F = numba.njit(function, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
        return compiled

    def inline(function: F) -> F:
        """Compile ``function`` and merge it into every caller."""
        compiled: F = numba.njit(
            function, forceinline=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True
        )
        return compiled

    def entry(function: F) -> F:
        """Compile ``function`` for use from Python, cached on disk where a home can be written."""
        if FOLDER is None:
            uncached: F = numba.njit(function, error_model="numpy")
            return uncached
        previous, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(FOLDER)
        try:
            compiled: F = numba.njit(function, cache=True, error_model="numpy")
            return compiled
        finally:
            numba.config.CACHE_DIR = previous


if PURE_PYTHON:

    def pointer_struct(cls: type, fields: dict[str, tuple[np.dtype[Any], int]]) -> None:
        """Plain Python reads the arrays of ``cls`` as they are."""
else:
    from llvmlite import ir
    from numba.core import cgutils, types
    from numba.core.typing.templates import AttributeTemplate
    from numba.extending import (
        NativeValue,
        infer_getattr,
        lower_getattr_generic,
        models,
        register_model,
        typeof_impl,
        unbox,
    )  # fmt: skip
    from numba.np.arrayobj import make_array, populate_array
    from numba.np.numpy_support import from_dtype

    _WORD = ir.IntType(64)

    def _read_array(context: Any, builder: Any, kind: Any, hub: Any, place: int) -> Any:
        """Native array of type ``kind`` from its address and shape at ``place`` of the hub."""

        def word(offset: int) -> Any:
            return builder.load(builder.gep(hub, [ir.Constant(_WORD, place + offset)]))

        array = make_array(kind)(context, builder)
        itemsize = ir.Constant(_WORD, context.get_abi_sizeof(context.get_data_type(kind.dtype)))
        shape = [word(1 + k) for k in range(kind.ndim)]
        strides = [itemsize]
        for length in reversed(shape[1:]):
            strides.insert(0, builder.mul(strides[0], length))
        data = builder.inttoptr(word(0), context.get_data_type(kind.dtype).as_pointer())
        populate_array(array, data=data, shape=shape, strides=strides, itemsize=itemsize, meminfo=None)
        return array._getvalue()

    _FIELDS: dict[str, tuple[dict[str, int], dict[str, Any]]] = {}

    # At module level, so that a cached signature finds the same class again.
    class Struct(types.Type):
        """A pointer to a table of addresses and shapes; which one is its name."""

    @register_model(Struct)
    class _StructModel(models.PrimitiveModel):
        def __init__(self, manager: Any, kind: Any) -> None:
            super().__init__(manager, kind, _WORD)

    @infer_getattr
    class _StructAttributes(AttributeTemplate):
        key = Struct

        def generic_resolve(self, kind: Any, name: str) -> Any:
            return _FIELDS[kind.name][1].get(name)

    @lower_getattr_generic(Struct)
    def _read_field(context: Any, builder: Any, kind: Any, value: Any, name: str) -> Any:
        places, kinds = _FIELDS[kind.name]
        hub = builder.inttoptr(value, _WORD.as_pointer())
        return _read_array(context, builder, kinds[name], hub, places[name])

    @unbox(Struct)
    def _struct_from_object(kind: Any, value: Any, c: Any) -> Any:
        address = c.pyapi.object_getattr_string(value, "address")
        native = c.pyapi.long_as_longlong(address)
        c.pyapi.decref(address)
        return NativeValue(native, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))

    def pointer_struct(cls: type, fields: dict[str, tuple[np.dtype[Any], int]]) -> None:
        """Let compiled code take an instance of ``cls`` and read its arrays as attributes.

        ``fields`` gives type and number of dimensions of each array; ``cls.hub`` is an int64 array that holds
        for each field, in order, its address and its shape. Only one pointer travels from function to
        function: passing the arrays themselves costs a reference count and eight words each, every call.
        """
        places, kinds = _FIELDS.setdefault(cls.__name__, ({}, {}))
        for name, (dtype, dimensions) in fields.items():
            places[name] = sum(1 + kind.ndim for kind in kinds.values())
            kinds[name] = types.Array(from_dtype(dtype), dimensions, "C")
        typeof_impl.register(cls)(lambda value, context: Struct(cls.__name__))


def is_compiled_before() -> bool:
    """Whether compiled code of exactly these sources lies in the cache (else the first run compiles)."""
    return PURE_PYTHON or (FOLDER is not None and FOLDER.is_dir() and any(FOLDER.rglob("engine.advance*.nbc")))
