"""Telling whoever asked that a run was found possible and is about to begin.

What a user gave is refused before that, so nothing said from here on is followed by a refusal of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Tell = Callable[[float, float], None]
_asked: ContextVar[Tell | None] = ContextVar("gvi_sim_when_it_begins", default=None)


@contextmanager
def when_it_begins(tell: Tell) -> Iterator[None]:
    """Within this context ``tell`` is called once, with the seconds and bytes expected, when a run is to begin."""
    token = _asked.set(tell)
    try:
        yield
    finally:
        _asked.reset(token)


def it_begins(seconds: float, memory: float) -> None:
    """Tell who asked, the first time, how long it is expected to take and how many bytes."""
    tell = _asked.get()
    if tell is not None:
        _asked.set(None)
        tell(seconds, memory)
