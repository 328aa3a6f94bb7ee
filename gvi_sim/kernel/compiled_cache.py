"""Compiled code kept for the next process: numba's own format, unpickled only after its seal was checked.

Numba's index and data files are believed as they lie: one that was cut short raises for ever after, and a flipped
bit in machine code takes the process down. Here each entry and signature is one sealed file, named by a hash of
all that decides it, which no other process needs to find through an index.
"""

from __future__ import annotations

import hashlib
import pickle  # noqa: TID251 - what numba makes of compiled code; its seal is checked before it is read
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from .. import caches


class SealedCache(NullCache):
    """What a dispatcher asks for code of an earlier process; ``folder`` None keeps nothing.

    ``sources`` is a hash of all sources and versions that the code follows from.
    """

    def __init__(self, function: Callable[..., Any], folder: Path | None, sources: str) -> None:
        self._folder = folder
        self._name = entry_name(function)
        self._follows_from = f"{sources} {self._name} {hashlib.sha256(function.__code__.co_code).hexdigest()}"

    @property
    def cache_path(self) -> str | None:
        """Where the code is kept."""
        return None if self._folder is None else str(self._folder)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled code for a signature, None when there is none that can be used."""
        target_context.refresh()
        key, path = self._stored_at(sig, target_context.codegen())
        content = None if path is None else caches.read(path, key)
        if path is None or content is None:
            return None
        try:
            return CompileResult._rebuild(target_context, *pickle.loads(content))  # noqa: S301 - see above
        except Exception:  # sealed by a process that was ill
            caches.discard(path)
            return None

    def save_overload(self, sig: Any, cres: Any) -> None:
        """Keep compiled code."""
        key, path = self._stored_at(sig, cres.codegen)
        if not cres.library.has_dynamic_globals:
            caches.write(path, key, dumps(cres._reduce()))

    def _stored_at(self, sig: Any, codegen: Any) -> tuple[str, Path | None]:
        key = " ".join(f"{self._follows_from} {sig} {codegen.magic_tuple()}".split())
        name = f"{self._name}-{hashlib.sha256(key.encode()).hexdigest()[:16]}.nbc"
        return key, None if self._folder is None else self._folder / name


def entry_name(function: Callable[..., Any]) -> str:
    """How the file of an entry begins: the last two words of its full name."""
    return f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"
