"""What lies in the folder somebody works in neither runs nor steers anything: programs belong there, and names clash.

Python puts that folder first on the path of ``python -c`` and ``python -m``, which is also how worker processes
start, so that a ``struct.py`` of the user's would stand in for Python's own; and some libraries read settings from
there as they are imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def _here() -> str:
    try:
        return os.path.realpath(os.getcwd())
    except OSError:  # it was deleted
        return ""


def path_from_elsewhere() -> list[str]:
    """This process's path with the working folder, where it stands on it, moved to the end."""
    here = _here()
    away = [entry for entry in sys.path if entry and os.path.realpath(entry) != here]
    return away if len(away) == len(sys.path) or not here else [*away, here]


def leave_path() -> None:
    """Take the working folder off the path of a command, unless the package itself lies there: then it comes last."""
    path, here = path_from_elsewhere(), _here()
    home = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    sys.path[:] = path if here == home else [entry for entry in path if entry != here]


@contextmanager
def starting_elsewhere() -> Iterator[None]:
    """Within this context a Python that is started has not the working folder before Python's own modules.

    Nor does it tell of the locks that a process left behind which ended at once, as after Ctrl-C.
    """
    filters = [text for text in (os.environ.get("PYTHONWARNINGS"), "ignore:resource_tracker") if text]
    settings = {"PYTHONSAFEPATH": "1", "PYTHONWARNINGS": ",".join(filters)}
    before, path = {name: os.environ.get(name) for name in settings}, sys.path
    sys.path = path_from_elsewhere()
    os.environ.update(settings)
    try:
        yield
    finally:
        sys.path = path
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def not_reading(settings: str) -> Iterator[None]:
    """Within this context, for an import, the working folder is another one if it holds a file of that name."""
    if not os.path.lexists(settings):
        yield
        return
    here = os.getcwd()
    os.chdir(os.path.abspath(os.sep))
    try:
        yield
    finally:
        os.chdir(here)
