"""Saying it: figures, tables, wording and the one-file report, in English and Swedish."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..language.catalogue import LANGUAGES, Words
    from .plotting import plot
    from .write import write_report

__all__ = ["LANGUAGES", "Words", "plot", "write_report"]
_HOMES = {
    "LANGUAGES": "..language.catalogue",
    "Words": "..language.catalogue",
    "plot": ".plotting",
    "write_report": ".write",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"gvi_sim.report has no {name!r}; it has {', '.join(__all__)}")
    value: object = getattr(import_module(_HOMES[name], __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
