"""The results of one arm, whether they lie in memory or in a folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ...errors import StoreError, nearest_hint
from ...world.tables import FIELDS, OUTCOMES, SERIES, STORED_BESIDE
from ..planning.batch import Batch
from ..planning.years import BY_YEAR, STORED, YEARS, years_within
from .shards import notes_of
from .store import Store

if TYPE_CHECKING:
    import pandas as pd


class ArmResults(Protocol):
    """One scenario's replicates: float64 outcomes [runs, sites, outcomes] and series [runs, sites, months,
    series].

    Without whole series there is one "run" in ``series``: the sum over the replicates.
    """

    @property
    def window(self) -> tuple[float, float]:
        """First and last day compared."""

    @property
    def outcomes(self) -> np.ndarray:
        """The engine's outcomes."""

    @property
    def series(self) -> np.ndarray:
        """The engine's monthly series."""

    @property
    def digests(self) -> list[str]:
        """The event hash of every replicate."""

    def table(self, name: str) -> pd.DataFrame:
        """A kept table of all replicates."""


class InMemory:
    """Results made of the batches of one arm, in order."""

    def __init__(self, batches: Sequence[Batch]) -> None:
        self._batches = batches

    @property
    def window(self) -> tuple[float, float]:
        """First and last day compared."""
        return self._batches[0].window

    @cached_property
    def outcomes(self) -> np.ndarray:
        """The engine's outcomes."""
        return np.concatenate([batch.outcomes for batch in self._batches])

    @cached_property
    def series(self) -> np.ndarray:
        """The engine's monthly series."""
        whole = np.concatenate([batch.series for batch in self._batches])
        return whole if self._batches[0].whole_series else whole.sum(axis=0, keepdims=True)

    @cached_property
    def digests(self) -> list[str]:
        """The event hash of every replicate."""
        return [digest for batch in self._batches for digest in batch.digests]

    def table(self, name: str) -> pd.DataFrame:
        """A kept table of all replicates."""
        import pandas as pd

        kept = self._batches[0].tables
        if name not in kept:
            raise _not_kept(name, kept)
        return pd.DataFrame(np.concatenate([batch.tables[name] for batch in self._batches]))


class InFolder:
    """Results of one arm of a folder, read and verified when they are asked for."""

    def __init__(self, store: Store, arm: int) -> None:
        self._store, self._arm = store, arm

    @cached_property
    def window(self) -> tuple[float, float]:
        """First and last day compared."""
        first = next(iter(self._store.pieces("outcomes", self._arm)))
        start, end = notes_of(first)["window"]
        return float(start), float(end)

    @cached_property
    def outcomes(self) -> np.ndarray:
        """The engine's outcomes."""
        pieces = list(self._store.pieces("outcomes", self._arm))
        sites = int(notes_of(pieces[0])["sites"])
        return np.concatenate([matrix(piece, OUTCOMES).reshape(-1, sites, len(OUTCOMES)) for piece in pieces])

    @cached_property
    def series(self) -> np.ndarray:
        """The engine's monthly series."""
        pieces = list(self._store.pieces("series", self._arm))
        notes = notes_of(pieces[0])
        shape = (-1, int(notes["sites"]), int(notes["months"]), len(SERIES))
        whole = np.concatenate([matrix(piece, SERIES).reshape(shape) for piece in pieces])
        return whole if "run" in pieces[0].column_names else whole.sum(axis=0, keepdims=True)

    @cached_property
    def years(self) -> np.ndarray:
        """What was counted in each year, float64 [runs, sites, years, len(BY_YEAR)]; StoreError where no run's years
        are stored.
        """
        pieces = list(self._store.pieces(YEARS, self._arm))
        notes = notes_of(pieces[0])
        shape = (-1, int(notes["sites"]), years_within(int(notes["months"])), len(BY_YEAR))
        return np.concatenate([matrix(piece, BY_YEAR).reshape(shape) for piece in pieces])

    @cached_property
    def digests(self) -> list[str]:
        """The event hash of every replicate."""
        return self._store.digests(self._arm)

    def table(self, name: str) -> pd.DataFrame:
        """A kept table of all replicates."""
        if not self._store.shards(name, self._arm):
            raise _not_kept(name, self._store.manifest["keep"])
        import pandas as pd

        frame = self._store.read_table(name, self._arm)
        frame = frame.drop(columns=[column for column in STORED_BESIDE if column in frame])
        for column in coded(name) if self._store.manifest["format"] > 1 else ():  # format 1 holds the codes
            frame[column] = pd.Categorical(frame[column], categories=FIELDS[name][column].codes).codes
        return frame


def coded(table: str) -> Iterator[str]:
    """The columns of a table that hold codes, which stored files give by name."""
    return (column for column, field in STORED[table].items() if field.codes)


def named(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with names for codes, as stored files have them."""
    import pandas as pd

    names = {column: pd.Index(FIELDS[table][column].codes) for column in coded(table)}
    return frame.assign(**{name: pd.Categorical.from_codes(frame[name], of) for name, of in names.items()})


def matrix(table: Any, names: tuple[str, ...]) -> np.ndarray:
    """Columns of a pyarrow table as float64 [rows, columns]."""
    return np.column_stack([table.column(name).to_numpy() for name in names])


def _not_kept(name: str, kept: Any) -> StoreError:
    return StoreError("not-kept", name=name, hint=nearest_hint(name, kept), kept=sorted(kept))
