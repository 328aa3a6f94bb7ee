"""Levers in a file that a user names on the command line: the one way in which a file becomes running code.

The bytes that are hashed are the bytes that run: no compiled copy is read or written beside the file. Only the
option ``--lever`` (and a caller in Python) reaches this; no scenario, manifest, result or page does.
"""

from __future__ import annotations

import hashlib
import importlib.abc
import importlib.util
import sys
import traceback
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import GviError, Message, ScenarioError, nearest_hint

MOST_BYTES = 1 << 20
FORM = "FILE.py:Name"


class FileLever:
    """A lever from a file, with what a manifest knows it by; other processes read it from the same file."""

    def __init__(self, path: str, name: str, sha256: str, own: Any) -> None:
        self.path, self.attribute, self.sha256 = path, name, sha256
        self._own = own

    @property
    def name(self) -> str:
        """The file's name, without its folder, and the lever's."""
        return f"{Path(self.path).name}:{self.attribute}"

    def next_time(self, t: float) -> float:
        """As the lever in the file says."""
        day: float = self._do("next_time", t)
        return day

    def apply(self, model: Any, t: float) -> None:
        """As the lever in the file does."""
        self._do("apply", model, t)

    def _do(self, method: str, *arguments: Any) -> Any:
        try:
            return getattr(self._own, method)(*arguments)
        except Exception as error:  # whatever a user's code raises
            raise ScenarioError(
                "lever-failed",
                key="lever",
                name=self.name,
                method=method,
                day=arguments[-1],
                error=_error_text(error, self.path),
            ) from error

    def __deepcopy__(self, memo: dict[int, Any]) -> FileLever:
        return FileLever(self.path, self.attribute, self.sha256, deepcopy(self._own, memo))

    def __reduce__(self) -> tuple[Any, ...]:
        return _read_again, (self.path, self.attribute, self.sha256)


def lever_from(given: str) -> FileLever:
    """The lever that ``FILE.py:Name`` names: a class, which is built without arguments, or an object.

    ScenarioError for a file that cannot be read or imported, and for a name that is not in it.
    """
    path, _, name = given.rpartition(":")
    if not path.endswith(".py") or not name.isidentifier():
        raise ScenarioError("lever-file/form", key="lever", given=given, form=FORM)
    code = _bytes_of(Path(path))
    return _lever(str(Path(path).resolve()), name, hashlib.sha256(code).hexdigest(), code)


def _read_again(path: str, name: str, sha256: str) -> FileLever:
    code = _bytes_of(Path(path))
    if hashlib.sha256(code).hexdigest() != sha256:
        raise ScenarioError("lever-file/changed", key="lever", file=Path(path).name)
    return _lever(path, name, sha256, code)


def _lever(path: str, name: str, sha256: str, code: bytes) -> FileLever:
    module = _module(path, sha256, code)
    if not hasattr(module, name):
        known = [key for key in vars(module) if not key.startswith("_")]
        raise ScenarioError(
            "lever-file/name", key="lever", file=Path(path).name, name=name, hint=nearest_hint(name, known)
        )
    own = getattr(module, name)
    missing = [method for method in ("next_time", "apply") if not callable(getattr(own, method, None))]
    if missing:
        raise ScenarioError("lever-file/no-lever", key="lever", file=Path(path).name, name=name, missing=missing[0])
    try:
        own = own() if isinstance(own, type) else deepcopy(own)
    except Exception as error:  # whatever a user's class raises
        file, error_text = Path(path).name, _error_text(error, path)
        raise ScenarioError("lever-file/built", key="lever", file=file, name=name, error=error_text) from error
    return FileLever(path, name, sha256, own)


def _bytes_of(path: Path) -> bytes:
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            what = Message("lever-file/large") if path.is_file() else Message("lever-file/none")
            raise ScenarioError("lever-file", key="lever", path=path, what=what, form=FORM)
        return path.read_bytes()
    except OSError as error:
        raise ScenarioError("lever-file/unreadable", key="lever", path=path, reason=error.strerror or error) from error


class _Bytes(importlib.abc.SourceLoader):
    """Source that was read already: nothing else is read for it, and nothing kept of it."""

    def __init__(self, path: str, code: bytes) -> None:
        self._path, self._code = path, code

    def get_filename(self, fullname: str) -> str:
        return self._path

    def get_data(self, path: str) -> bytes:
        if path != self._path:
            raise FileNotFoundError(path)
        return self._code


@lru_cache(maxsize=16)
def _module(path: str, sha256: str, code: bytes) -> ModuleType:
    name = f"gvi_sim_lever_{sha256[:16]}"
    spec = importlib.util.spec_from_loader(name, _Bytes(path, code))
    assert spec is not None and spec.loader is not None  # noqa: S101  the loader is given
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # whatever a user's file raises
        del sys.modules[name]
        file, error_text = Path(path).name, _error_text(error, path)
        raise ScenarioError("lever-file/import", key="lever", file=file, error=error_text) from error
    return module


def _error_text(error: BaseException, path: str) -> Message | GviError | str:
    """An error with the line of the user's file where it arose."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    error_text = error if isinstance(error, GviError) else f"{type(error).__name__}: {error}"
    return Message("lever-failed/line", error=error_text, file=Path(path).name, line=lines[-1]) if lines else error_text
